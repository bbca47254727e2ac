// SPDX-License-Identifier: GPL-2.0
/*
 * The ring of moments: BBR's per-packet state on a kernel that has none.
 *
 * draft-ietf-ccwg-bbr, 4.1.2.2, stores with each packet the volume in flight
 * when it was sent (P.tx_in_flight) and the count of losses until then
 * (P.lost). A stock kernel stores only the count of deliveries until then
 * (tcp_skb_cb.tx.delivered). That count is a clock which ticks with every ACK:
 * it names the ACK after which the packet was sent. So one moment is kept for
 * each tick instead of one for each packet:
 *
 *   delivered  100      104      108      112         <- key, ascending
 *   lost         0        0        1        3
 *   inflight    40       42       45       44         <- told by the next ACK
 *
 * A packet that carries 105 was sent after the ACK that made it 104, with at
 * most 42 in flight; if 5 are lost by now, 5 were lost since. The volume is an
 * upper bound that is off by no more than what was sent between two ticks.
 *
 * What one ACK alone marks lost, which is all that struct rate_sample tells,
 * answers another question: with one loss an ACK it exceeds 2 % of the volume
 * only if the volume is below 50 packets.
 *
 * Counters wrap at 2^32, so keys are compared by their difference.
 */
#include <linux/string.h>

#include "bbr3_ring.h"

/**
 * tcpdiag_bbr3_ring_init() - begin with one slot
 * @ring: anything
 * @delivered: packets delivered so far
 * @lost: packets lost so far
 * @inflight: packets in flight
 */
void tcpdiag_bbr3_ring_init(struct bbr3_ring *ring, u32 delivered, u32 lost,
			    u32 inflight)
{
	memset(ring, 0, sizeof(*ring));
	tcpdiag_bbr3_ring_open(ring, delivered, lost);
	bbr3_ring_sent(ring, inflight);
}

/**
 * tcpdiag_bbr3_ring_open() - open a slot; the oldest may go
 * @ring: the ring
 * @delivered: packets delivered so far, not less than that of the last slot
 * @lost: packets lost so far
 */
void tcpdiag_bbr3_ring_open(struct bbr3_ring *ring, u32 delivered, u32 lost)
{
	struct bbr3_slot *slot = &ring->slot[ring->opened % BBR3_RING_SLOTS];

	slot->delivered = delivered;
	slot->lost = lost;
	slot->inflight = 0;
	ring->opened++;
	if (ring->filled < BBR3_RING_SLOTS)
		ring->filled++;
	/* the cursor must not point to what is gone */
	if (ring->opened - ring->cursor > BBR3_RING_SLOTS)
		ring->cursor = ring->opened - BBR3_RING_SLOTS;
}

/**
 * tcpdiag_bbr3_ring_find() - the moment after which a packet was sent
 * @ring: with at least one slot
 * @delivered: what the packet carries
 *
 * Queries come in nearly ascending order, so the search begins where the last
 * one ended and seldom takes more than one step.
 *
 * Return: the last slot not after @delivered; the oldest if all are after it,
 *	which makes losses since then too few rather than too many.
 */
const struct bbr3_slot *tcpdiag_bbr3_ring_find(struct bbr3_ring *ring,
					       u32 delivered)
{
	u32 oldest = ring->opened - ring->filled;
	u32 at = ring->cursor;

	while (at + 1 != ring->opened &&
	       (s32)(delivered -
		     ring->slot[(at + 1) % BBR3_RING_SLOTS].delivered) >= 0)
		at++;
	while (at != oldest &&
	       (s32)(delivered - ring->slot[at % BBR3_RING_SLOTS].delivered) < 0)
		at--;
	ring->cursor = at;
	return &ring->slot[at % BBR3_RING_SLOTS];
}
