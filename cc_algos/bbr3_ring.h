/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was in flight when a packet was sent, and what has been lost since: two
 * questions that BBR asks of each delivered and each lost packet, and that a
 * stock kernel's packets cannot answer. See bbr3_ring.c.
 */
#ifndef TCPDIAG_BBR3_RING_H
#define TCPDIAG_BBR3_RING_H

#include <linux/types.h>

#define BBR3_RING_SLOTS		64
/*
 * A slot is opened when more than a window / 2^5 has been delivered since the
 * last: the ring then covers two windows, and a packet is about 3 % of a window
 * off at most.
 */
#define BBR3_RING_GRAIN_SHIFT	5

/**
 * struct bbr3_slot - one moment
 * @delivered: packets delivered by then; what packets sent next carry
 * @lost: packets lost by then
 * @inflight: highest number in flight before the next slot was opened
 */
struct bbr3_slot {
	u32	delivered;
	u32	lost;
	u32	inflight;
};

/**
 * struct bbr3_ring - the last moments
 * @opened: how many slots were opened ever; the newest is opened - 1. Wraps,
 *	which the modulo survives: BBR3_RING_SLOTS divides 2^32
 * @filled: how many of them are still here
 * @cursor: number of the slot found last; the next is near it
 * @slot: slot number n is at n modulo BBR3_RING_SLOTS
 */
struct bbr3_ring {
	u32			opened;
	u32			filled;
	u32			cursor;
	struct bbr3_slot	slot[BBR3_RING_SLOTS];
};

/**
 * bbr3_ring_sent() - tell what was in flight just before an ACK
 * @ring: with at least one slot
 * @inflight: packets
 *
 * Everything that was sent since the last ACK is in it, so it belongs to the
 * newest slot.
 */
static inline void bbr3_ring_sent(struct bbr3_ring *ring, u32 inflight)
{
	struct bbr3_slot *slot =
		&ring->slot[(ring->opened - 1) % BBR3_RING_SLOTS];

	if (inflight > slot->inflight)
		slot->inflight = inflight;
}

void tcpdiag_bbr3_ring_init(struct bbr3_ring *ring, u32 delivered, u32 lost,
			    u32 inflight);
void tcpdiag_bbr3_ring_open(struct bbr3_ring *ring, u32 delivered, u32 lost);

/**
 * bbr3_ring_acked() - an ACK was processed
 * @ring: the ring
 * @delivered: packets delivered so far
 * @lost: packets lost so far
 * @cwnd: the window, packets
 */
static inline void bbr3_ring_acked(struct bbr3_ring *ring, u32 delivered,
				   u32 lost, u32 cwnd)
{
	const struct bbr3_slot *slot =
		&ring->slot[(ring->opened - 1) % BBR3_RING_SLOTS];
	u32 grain = (cwnd >> BBR3_RING_GRAIN_SHIFT) + 1;

	if (delivered - slot->delivered >= grain)
		tcpdiag_bbr3_ring_open(ring, delivered, lost);
}

const struct bbr3_slot *tcpdiag_bbr3_ring_find(struct bbr3_ring *ring,
					       u32 delivered);

#endif /* TCPDIAG_BBR3_RING_H */
