// SPDX-License-Identifier: GPL-2.0
/*
 * A ring of counters that stands in for BBR's per-packet state, for which a
 * stock kernel has no room.
 *
 * draft-ietf-ccwg-bbr, 4.1.2.2, keeps with each packet how much was in flight
 * when it was sent (P.tx_in_flight) and how much had been lost until then
 * (P.lost). A stock kernel keeps only how much had been delivered until then
 * (tcp_skb_cb.tx.delivered). That count grows with every ACK, so it identifies
 * the ACK after which the packet was sent. The ring therefore stores the two
 * figures for each such ACK instead of for each packet:
 *
 *   delivered  100      104      108      112         <- key, ascending
 *   lost         0        0        1        3
 *   inflight    40       42       45       44         <- set by the next ACK
 *
 * Example: a packet carries 105. It was sent after the ACK that raised the
 * count to 104, with at most 42 packets in flight. If 5 packets are lost by
 * now, 5 were lost since it was sent. The figure in flight is an upper bound;
 * it exceeds the true one by no more than what was sent between two slots.
 *
 * The losses that one ACK reports, all that struct rate_sample has, are no
 * substitute. An ACK usually reports one loss, and one packet is more than 2 %
 * of what was in flight only if that was below 50 packets.
 *
 * Counters wrap at 2^32, so keys are compared by their difference.
 */
#include <linux/string.h>

#include "bbr3_ring.h"

/**
 * tcpdiag_bbr3_ring_init() - begin with one slot
 * @ring: memory, of any content
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
 * tcpdiag_bbr3_ring_open() - open a slot; a full ring gives up its oldest
 * @ring: the ring
 * @delivered: packets delivered so far, no fewer than in the newest slot
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
	/* the cursor must not stay at a slot that was overwritten */
	if (ring->opened - ring->cursor > BBR3_RING_SLOTS)
		ring->cursor = ring->opened - BBR3_RING_SLOTS;
}

/**
 * tcpdiag_bbr3_ring_excuse() - do not count the latest losses
 * @ring: the ring
 * @packets: how many of the packets lost so far are no sign of congestion; the
 *	ring has met none of them yet
 *
 * To every packet in flight it looks as if they had been lost before it was
 * sent.
 */
void tcpdiag_bbr3_ring_excuse(struct bbr3_ring *ring, u32 packets)
{
	unsigned int i;

	for (i = 0; i < BBR3_RING_SLOTS; i++)
		ring->slot[i].lost += packets;
}

/**
 * tcpdiag_bbr3_ring_find() - the slot of the ACK after which a packet was sent
 * @ring: ring with at least one slot
 * @delivered: the count that the packet carries
 *
 * Queries come in nearly ascending order, so the search begins where the last
 * one ended and seldom takes more than one step.
 *
 * Return: the newest slot whose count is not above @delivered. If all are above
 *	it, the oldest slot, which makes the losses since then too few rather
 *	than too many.
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
