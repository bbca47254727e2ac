// SPDX-License-Identifier: GPL-2.0
/*
 * How often something happened in the last minute. Pure functions.
 */
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "model/minute.h"

/* What was seen is kept for so long, and then for as long again. */
#define SEEN_S	30

/**
 * tcpdiag_minute_add() - count for the last minute
 * @w: the minute
 * @tick: number of the second; call for each second, in order
 * @n: the count of this second
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_minute_add(struct tcpdiag_minute *w, u64 tick, u64 n)
{
	u32 second, part;

	part = div_u64_rem(tick, TCPDIAG_MINUTE_PART_S, &second) %
	       TCPDIAG_MINUTE_PARTS;
	if (!second)
		w->part[part] = 0;
	w->part[part] += min_t(u64, n, U32_MAX - w->part[part]);
}

/**
 * tcpdiag_minute_sum() - the count of the last minute
 * @w: the minute
 *
 * Context: any; the user's lock held.
 * Return: the count of the last 50 to 60 s.
 */
u64 tcpdiag_minute_sum(const struct tcpdiag_minute *w)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < TCPDIAG_MINUTE_PARTS; i++)
		sum += w->part[i];
	return sum;
}

/**
 * tcpdiag_minute_most_add() - add an event
 * @m: the events
 * @id: what it has
 *
 * Context: any; the user's lock held.
 * Return: true if it is for the candidate.
 */
bool tcpdiag_minute_most_add(struct tcpdiag_minute_most *m, u32 id)
{
	m->seen[0] |= BIT_ULL(id % 64);
	switch (tcpdiag_vote_add(&m->vote, id)) {
	case TCPDIAG_VOTED_NEW:
		m->counted = 0;
		m->hits = (struct tcpdiag_minute) {};
		return true;
	case TCPDIAG_VOTED_SAME:
		return true;
	default:
		return false;
	}
}

/**
 * tcpdiag_minute_most_kinds() - how many different things events had lately
 * @m: the events
 *
 * Context: any; the user's lock held.
 * Return: that of the last minute, of half of it at least; at most 64, and less
 * than there are if several have the same bit.
 */
unsigned int tcpdiag_minute_most_kinds(const struct tcpdiag_minute_most *m)
{
	return hweight64(m->seen[0] | m->seen[1]);
}

/**
 * tcpdiag_minute_most_tick() - count for the last minute
 * @m: the events
 * @tick: number of the second; call for each second, in order
 *
 * A candidate is no further ahead than by its events of the last minute: what was
 * before does not keep it.
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_minute_most_tick(struct tcpdiag_minute_most *m, u64 tick)
{
	u32 second;

	div_u64_rem(tick, SEEN_S, &second);
	if (!second) {
		m->seen[1] = m->seen[0];
		m->seen[0] = 0;
	}
	tcpdiag_minute_add(&m->hits, tick, m->vote.hits - m->counted);
	m->counted = m->vote.hits;
	m->vote.votes = min_t(u64, m->vote.votes,
			      tcpdiag_minute_sum(&m->hits));
}
