// SPDX-License-Identifier: GPL-2.0
/*
 * Remembers which TCP options peers have agreed to, to tell an option that a peer
 * does not know from one that is missing in some of its handshakes.
 */
#include "model/options.h"

/* Who was not met for so long makes room for another; an option is forgotten. */
#define MINUTES	10

static void note_had(struct tcpdiag_options_peer *p, unsigned int have,
		     u16 minute)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_OPTIONS; i++)
		if (have & BIT(i))
			p->had_minute[i] = minute;
		else if ((u16)(minute - p->had_minute[i]) >= MINUTES)
			p->had &= ~BIT(i);
	p->had |= have;
}

/**
 * tcpdiag_options_meet() - a connection is looked at
 * @m: what peers have agreed to
 * @hash: which peer it is
 * @offered: TCPDIAG_OPTION_* that this end has offered, or would have agreed to
 * @have: those that the connection has
 * @minute: the time, in minutes
 *
 * Context: any; one at a time.
 * Return: those that it was offered and does not have, and that the peer has had
 * in another connection of the last ten minutes.
 */
unsigned int tcpdiag_options_meet(struct tcpdiag_options_memory *m, u64 hash,
				  unsigned int offered, unsigned int have,
				  u16 minute)
{
	struct tcpdiag_options_peer *p =
		&m->peer[hash % TCPDIAG_OPTIONS_PEERS];
	u32 tag = hash >> 32 ?: 1;

	if (p->tag != tag) {
		if (p->tag && (u16)(minute - p->minute) < MINUTES)
			return 0;
		*p = (struct tcpdiag_options_peer) { .tag = tag };
	}
	p->minute = minute;
	note_had(p, have, minute);
	return offered & p->had & ~have;
}
