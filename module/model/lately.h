/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many of a kind of events were slow lately. Only slow ones do any work
 * here; the counter of all is the user's own. Two windows of a minute each: what
 * is read covers the present one and the one before. Pure functions.
 */
#ifndef TCPDIAG_MODEL_LATELY_H
#define TCPDIAG_MODEL_LATELY_H

#include <linux/time64.h>
#include <linux/types.h>

#define TCPDIAG_LATELY_NS	(60 * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_lately - slow events of the last two windows
 * @since_ns: when the present window began, and the one before
 * @all: the counter of all events then
 * @slow: slow events then
 * @total: all slow events
 * @last_ns: when the last one was, ktime_get_ns()
 */
struct tcpdiag_lately {
	u64 since_ns[2];
	u32 all[2];
	u32 slow[2];
	u32 total;
	u64 last_ns;
};

/**
 * tcpdiag_lately_add() - count a slow event
 * @l: the counts
 * @all: the counter of all events, without this one
 * @now: ktime_get_ns()
 *
 * After a window without any, counting begins anew.
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_lately_add(struct tcpdiag_lately *l, u32 all,
				      u64 now)
{
	u64 age = now - l->since_ns[0];

	if (!l->total || age >= TCPDIAG_LATELY_NS) {
		bool anew = !l->total || age >= 2 * TCPDIAG_LATELY_NS;

		l->since_ns[1] = anew ? now : l->since_ns[0];
		l->all[1] = anew ? all : l->all[0];
		l->slow[1] = anew ? l->total : l->slow[0];
		l->since_ns[0] = now;
		l->all[0] = all;
		l->slow[0] = l->total;
	}
	l->total++;
	l->last_ns = now;
}

#endif /* TCPDIAG_MODEL_LATELY_H */
