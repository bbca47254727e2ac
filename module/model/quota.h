/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many events a subscriber is sent: in all, in a second, and for how long.
 * Pure functions.
 */
#ifndef TCPDIAG_MODEL_QUOTA_H
#define TCPDIAG_MODEL_QUOTA_H

#include <linux/types.h>

/**
 * struct tcpdiag_quota - the quota of a subscriber
 * @events: in all; 0 for no limit, then the others are none either
 * @per_s: in a second
 * @time_ns: so long
 * @began_ns: since then, ktime_get_ns()
 * @taken: events so far
 * @second_ns: when the present second began
 * @in_second: events in it
 */
struct tcpdiag_quota {
	u32 events;
	u32 per_s;
	u64 time_ns;
	u64 began_ns;
	u32 taken;
	u32 in_second;
	u64 second_ns;
};

/**
 * enum tcpdiag_quota_end - whether a quota is used up
 * @TCPDIAG_QUOTA_GOES_ON: it is not
 * @TCPDIAG_QUOTA_EVENTS: there were as many events as there may be
 * @TCPDIAG_QUOTA_TIME: its time is over
 */
enum tcpdiag_quota_end {
	TCPDIAG_QUOTA_GOES_ON,
	TCPDIAG_QUOTA_EVENTS,
	TCPDIAG_QUOTA_TIME,
};

bool tcpdiag_quota_take(struct tcpdiag_quota *quota, u64 now);
enum tcpdiag_quota_end tcpdiag_quota_end(const struct tcpdiag_quota *quota,
					 u64 now);

#endif /* TCPDIAG_MODEL_QUOTA_H */
