// SPDX-License-Identifier: GPL-2.0
/*
 * How many events a subscriber is sent.
 */
#include <linux/time64.h>

#include "model/quota.h"

/**
 * tcpdiag_quota_end() - whether a quota is used up
 * @quota: the quota
 * @now: ktime_get_ns()
 *
 * Context: any; the caller sees to it that nobody takes of it meanwhile.
 * Return: by what.
 */
enum tcpdiag_quota_end tcpdiag_quota_end(const struct tcpdiag_quota *quota,
					 u64 now)
{
	if (!quota->events)
		return TCPDIAG_QUOTA_GOES_ON;
	if (quota->taken >= quota->events)
		return TCPDIAG_QUOTA_EVENTS;
	/* an event's time may be before */
	if ((s64)(now - quota->began_ns) >= (s64)quota->time_ns)
		return TCPDIAG_QUOTA_TIME;
	return TCPDIAG_QUOTA_GOES_ON;
}

/**
 * tcpdiag_quota_take() - take one event of a quota that is not used up
 * @quota: the quota
 * @now: ktime_get_ns()
 *
 * Seconds begin with an event.
 *
 * Context: any; one at a time.
 * Return: false if there were too many in this second.
 */
bool tcpdiag_quota_take(struct tcpdiag_quota *quota, u64 now)
{
	if (!quota->events)
		return true;
	/* another CPU may have read the clock later, and come first */
	if (!quota->in_second ||
	    (s64)(now - quota->second_ns) >= (s64)NSEC_PER_SEC) {
		quota->second_ns = now;
		quota->in_second = 0;
	}
	if (quota->in_second == quota->per_s)
		return false;
	quota->in_second++;
	quota->taken++;
	return true;
}
