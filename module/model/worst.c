// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the worst listeners for a kind of trouble, and counts those that have it.
 * A group of listeners with SO_REUSEPORT is one: the worst of them stands for it.
 * Pure functions.
 */
#include <linux/bits.h>
#include <linux/minmax.h>

#include "model/worst.h"

/**
 * tcpdiag_worst_how_bad() - how bad a kind of trouble is
 * @l: a listener that was judged
 * @kind: TCPDIAG_WORST_*
 *
 * Context: any.
 * Return: a figure to compare; 0 if it has no such trouble.
 */
u64 tcpdiag_worst_how_bad(const struct tcpdiag_listener *l, unsigned int kind)
{
	switch (kind) {
	case TCPDIAG_WORST_FLOOD:
		return l->verdict == TCPDIAG_VERDICT_SYN_FLOOD ?
		       l->q.syn + 1ULL : 0;
	case TCPDIAG_WORST_SYN_FULL:
		return l->verdict == TCPDIAG_VERDICT_SYN_QUEUE_FULL ?
		       l->q.syn + 1ULL : 0;
	case TCPDIAG_WORST_OVERFLOW:
		return tcpdiag_minute_sum(&l->overflowed);
	default:
		return l->verdict == TCPDIAG_VERDICT_SLOW_ACCEPT ?
		       l->wait_us + 1 : 0;
	}
}

static void move(struct tcpdiag_listeners_worst *w, unsigned int from,
		 unsigned int to)
{
	w->l[to] = w->l[from];
	w->how_bad[to] = w->how_bad[from];
}

static void take_out(struct tcpdiag_listeners_worst *w, unsigned int i)
{
	for (w->n--; i < w->n; i++)
		move(w, i + 1, i);
}

static void put_in(struct tcpdiag_listeners_worst *w,
		   const struct tcpdiag_listener *l, u64 bad)
{
	unsigned int i;

	for (i = w->n; i && bad > w->how_bad[i - 1]; i--)
		if (i < TCPDIAG_WORST_EACH)
			move(w, i - 1, i);
	if (i == TCPDIAG_WORST_EACH)
		return;
	w->l[i] = *l;
	w->how_bad[i] = bad;
	w->n = min(w->n + 1, TCPDIAG_WORST_EACH);
}

/* The index of one of the same group; @w->n if there is none. */
static unsigned int find_group(const struct tcpdiag_listeners_worst *w,
			       const struct tcpdiag_listener *l)
{
	unsigned int i;

	for (i = 0; i < w->n && w->l[i].group != l->group; i++)
		;
	return i;
}

/**
 * tcpdiag_worst_add() - consider a listener
 * @w: the worst so far
 * @kind: for which kind of trouble, TCPDIAG_WORST_*
 * @all: the listeners; the first of its group is marked as counted
 * @i: the index of this one, which has that trouble
 *
 * Context: any.
 */
void tcpdiag_worst_add(struct tcpdiag_listeners_worst *w, unsigned int kind,
		       struct tcpdiag_listener *all, size_t i)
{
	u64 bad = tcpdiag_worst_how_bad(&all[i], kind);
	struct tcpdiag_listener *first = &all[all[i].group];
	unsigned int at = find_group(w, &all[i]);

	w->listeners += !(first->counted & BIT(kind));
	first->counted |= BIT(kind);
	if (at < w->n) {
		if (bad <= w->how_bad[at])
			return;
		take_out(w, at);
	}
	put_in(w, &all[i], bad);
}
