/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many of a kind of events were slow lately. Only slow ones do any work
 * here; the counter of all is the user's own. Two windows of two minutes each:
 * what is read covers the present one and the one before. Windows begin at the
 * same time everywhere, so the figures of several shards can be added. Pure
 * functions.
 */
#ifndef TCPDIAG_MODEL_LATELY_H
#define TCPDIAG_MODEL_LATELY_H

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/types.h>

#define TCPDIAG_LATELY_NS	(120 * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_lately - slow events of the last two windows
 * @window: number of the present window
 * @since_ns: when counting in it began, and in the one before
 * @all: the counter of all events then
 * @slow: slow events then
 * @total: all slow events
 * @last_ns: when the last one was, ktime_get_ns()
 */
struct tcpdiag_lately {
	u64 window;
	u64 since_ns[2];
	u32 all[2];
	u32 slow[2];
	u32 total;
	u64 last_ns;
};

/**
 * struct tcpdiag_lately_sum - what was counted lately
 * @slow: slow events of the last two to four minutes
 * @all: all events in that time
 * @since_ns: when it began, ktime_get_ns(); 0 if nothing is counted
 * @last_ns: when the last slow event was, ktime_get_ns(); 0 for none
 */
struct tcpdiag_lately_sum {
	u32 slow;
	u32 all;
	u64 since_ns;
	u64 last_ns;
};

/**
 * tcpdiag_lately_roll() - begin a new window if it is time
 * @l: the counts
 * @all: the counter of all events
 * @now: ktime_get_ns()
 *
 * Call it every few seconds, whether or not there are events: a window that is
 * not ended goes on. After a whole window without a call counting begins anew.
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_lately_roll(struct tcpdiag_lately *l, u32 all,
				       u64 now)
{
	u64 window = 1 + div64_u64(now, TCPDIAG_LATELY_NS);
	bool next = l->window && window == l->window + 1;

	/* who took the time before the lock may be late */
	if (window <= l->window)
		return;
	l->since_ns[1] = next ? l->since_ns[0] : now;
	l->all[1] = next ? l->all[0] : all;
	l->slow[1] = next ? l->slow[0] : l->total;
	l->since_ns[0] = now;
	l->all[0] = all;
	l->slow[0] = l->total;
	l->window = window;
}

/**
 * tcpdiag_lately_add() - count a slow event
 * @l: the counts
 * @all: the counter of all events, without this one
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_lately_add(struct tcpdiag_lately *l, u32 all,
				      u64 now)
{
	tcpdiag_lately_roll(l, all, now);
	l->total++;
	l->last_ns = now;
}

/**
 * tcpdiag_lately_read() - what was counted lately
 * @l: the counts, rolled
 * @all: the counter of all events
 * @sum: the result; overwritten
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_lately_read(const struct tcpdiag_lately *l, u32 all,
				       struct tcpdiag_lately_sum *sum)
{
	sum->slow = l->total - l->slow[1];
	/* what is slow may have begun before the windows did */
	sum->all = max(all - l->all[1], sum->slow);
	sum->since_ns = l->since_ns[1];
	sum->last_ns = l->last_ns;
}

/**
 * tcpdiag_lately_merge() - add what another shard counted lately
 * @into: the sum so far
 * @s: what is added
 *
 * Context: any.
 */
static inline void tcpdiag_lately_merge(struct tcpdiag_lately_sum *into,
					const struct tcpdiag_lately_sum *s)
{
	into->slow += s->slow;
	into->all += s->all;
	if (s->since_ns && (!into->since_ns || s->since_ns < into->since_ns))
		into->since_ns = s->since_ns;
	into->last_ns = max(into->last_ns, s->last_ns);
}

#endif /* TCPDIAG_MODEL_LATELY_H */
