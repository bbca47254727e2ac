/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR asks two things of each packet that is delivered or lost: how much was in
 * flight when it was sent, and how much has been lost since. A stock kernel
 * does not store that with the packet; the ring has it. See bbr3_ring.c.
 */
#ifndef TCPDIAG_BBR3_RING_H
#define TCPDIAG_BBR3_RING_H

#include <linux/types.h>

#define BBR3_RING_SLOTS		64
/*
 * A slot is opened when more than 2^-5 of a window has been delivered since the
 * last one. The ring then covers two windows, and what it says was in flight is
 * wrong by about 3 % of a window at most.
 */
#define BBR3_RING_GRAIN_SHIFT	5

/**
 * struct bbr3_slot - the counters at one moment
 * @delivered: packets delivered until then. Packets sent next carry this count
 * @lost: packets lost until then
 * @inflight: highest number of packets in flight until the next slot was opened
 */
struct bbr3_slot {
	u32	delivered;
	u32	lost;
	u32	inflight;
};

/**
 * struct bbr3_ring - the most recent slots
 * @opened: how many slots were ever opened; the newest has number opened - 1.
 *	It may wrap, because BBR3_RING_SLOTS divides 2^32
 * @filled: how many slots are in the ring
 * @cursor: number of the slot found last, where the next search starts
 * @slot: slot number n is at n modulo BBR3_RING_SLOTS
 */
struct bbr3_ring {
	u32			opened;
	u32			filled;
	u32			cursor;
	struct bbr3_slot	slot[BBR3_RING_SLOTS];
};

/**
 * bbr3_ring_sent() - record what was in flight just before an ACK
 * @ring: ring with at least one slot
 * @inflight: packets in flight
 *
 * That includes everything sent since the last ACK, so it belongs to the newest
 * slot.
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
void tcpdiag_bbr3_ring_excuse(struct bbr3_ring *ring, u32 packets);

/**
 * bbr3_ring_acked() - after an ACK, open a slot if it is time to
 * @ring: ring with at least one slot
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
