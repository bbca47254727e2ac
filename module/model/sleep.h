/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When this host was asleep (suspended): the clock of the boot goes on then, the
 * monotonic one and jiffies do not. Pure functions.
 */
#ifndef TCPDIAG_MODEL_SLEEP_H
#define TCPDIAG_MODEL_SLEEP_H

#include <linux/time64.h>
#include <linux/types.h>

/* A shorter sleep ends no connection. */
#define TCPDIAG_SLEEP_LEAST_NS	(10 * (u64)NSEC_PER_SEC)
/* After a waking so long ago what a sleep has ended is known. */
#define TCPDIAG_SLEEP_OVER_NS	(600 * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_sleep - when this host was asleep lately
 * @looked: @ahead_ns and @now_ns are set
 * @ahead_ns: how far the clock of the boot was ahead at the last look
 * @now_ns: when that was, ktime_get_ns()
 * @slept_ns: for how long it was asleep, in all of a row of sleeps with short wakings
 *	between them; 0 for never
 * @first_ns: not after the first waking of that row, ktime_get_ns()
 * @woke_ns: not after the last one
 */
struct tcpdiag_sleep {
	bool looked;
	u64 ahead_ns;
	u64 now_ns;
	u64 slept_ns;
	u64 first_ns;
	u64 woke_ns;
};

void tcpdiag_sleep_look(struct tcpdiag_sleep *s, u64 boot_ns, u64 now_ns);
bool tcpdiag_sleep_was_lately(const struct tcpdiag_sleep *s, u64 now_ns);

#endif /* TCPDIAG_MODEL_SLEEP_H */
