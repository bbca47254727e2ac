// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's ring of moments against packets that carry the same data
 * themselves, and of the loss ceiling that uses the ring against the naive
 * form.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../cc_algos/bbr3_ring.c"

#define PACKETS		65536

/* What the draft stores with each packet. */
struct packet {
	u32	delivered;
	u32	lost;
	u32	inflight;
};

/* A sender with a constant window, whose ACKs come for 1 to @burst packets. */
struct sender {
	struct bbr3_ring	ring;
	struct rnd_state	rnd;
	u32			cwnd;
	u32			burst;
	u32			permille;	/* of packets that are lost */
	u32			delivered;
	u32			lost;
	u32			head, tail;
	u32			acked;		/* by the last ACK */
	u32			lost_now;	/* told by the last ACK */
	struct packet		newest;		/* of the last ACK */
	struct packet		packet[PACKETS];
};

static void fill_window(struct sender *s)
{
	while (s->tail - s->head < s->cwnd) {
		struct packet *k = &s->packet[s->tail++ % PACKETS];

		k->delivered = s->delivered;
		k->lost = s->lost;
		k->inflight = s->tail - s->head;
	}
}

static struct sender *new_sender(struct kunit *test, u32 cwnd, u32 burst,
				 u32 permille, u32 start)
{
	struct sender *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	prandom_seed_state(&s->rnd, 11);
	s->cwnd = cwnd;
	s->burst = burst;
	s->permille = permille;
	s->delivered = start;
	s->lost = start;
	tcpdiag_bbr3_ring_init(&s->ring, s->delivered, s->lost, 0);
	fill_window(s);
	return s;
}

/* The next ACK, up to the query of the ring. */
static void ack(struct sender *s)
{
	u32 n = prandom_u32_state(&s->rnd) % s->burst + 1;

	bbr3_ring_sent(&s->ring, s->tail - s->head);
	s->acked = 0;
	s->lost_now = 0;
	while (s->acked < n) {
		const struct packet *k = &s->packet[s->head++ % PACKETS];

		if (prandom_u32_state(&s->rnd) % 1000 < s->permille &&
		    s->tail != s->head) {
			s->lost++;
			s->lost_now++;
			continue;
		}
		s->newest = *k;
		s->delivered++;
		s->acked++;
		if (s->head == s->tail)
			break;
	}
}

static void ack_end(struct sender *s)
{
	bbr3_ring_acked(&s->ring, s->delivered, s->lost, s->cwnd);
	fill_window(s);
}

static const struct window {
	u32 cwnd;
	u32 burst;
	u32 start;
} windows[] = {
	{ 1, 1, 0 }, { 2, 2, 0 }, { 4, 2, 0 }, { 10, 2, 0 }, { 63, 1, 0 },
	{ 64, 2, 0 }, { 100, 10, 0 }, { 400, 2, 0 }, { 1000, 44, 0 },
	{ 5000, 44, 0 }, { 20000, 88, 0 },
	/* counters wrap on the way */
	{ 100, 2, 0U - 3000 }, { 5000, 2, 0U - 30000 },
};

static void window_name(const struct window *w, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u packets, %u an ACK%s",
		 w->cwnd, w->burst, w->start ? ", wrapping" : "");
}

KUNIT_ARRAY_PARAM(windows, windows, window_name);

/*
 * What was in flight: at least what the packet knows, at most a burst and 4 %
 * of the window more. What was lost since: at least what the packet knows (it
 * looks from no later a moment), at most that of a slot more.
 */
static void ring_against_packets(struct kunit *test)
{
	const struct window *w = test->param_value;
	struct sender *s = new_sender(test, w->cwnd, w->burst, 20, w->start);
	u32 slack = w->cwnd / 25 + w->burst + 1;
	u32 i;

	for (i = 0; i < 30000; i++) {
		const struct bbr3_slot *slot;
		u32 lost, known;

		ack(s);
		slot = tcpdiag_bbr3_ring_find(&s->ring, s->newest.delivered);
		lost = s->lost - slot->lost;
		known = s->lost - s->newest.lost;
		ack_end(s);
		/* the first window was sent all at once, as one burst */
		if (s->newest.delivered == w->start)
			continue;
		KUNIT_ASSERT_GE(test, slot->inflight, s->newest.inflight);
		KUNIT_ASSERT_LE(test, slot->inflight,
				s->newest.inflight + slack);
		KUNIT_ASSERT_GE(test, lost, known);
		KUNIT_ASSERT_LE(test, lost, known + slack);
	}
}

/* Two windows are covered: a packet that is ACKed late is found too. */
static void ring_covers_two_windows(struct kunit *test)
{
	const struct window *w = test->param_value;
	struct sender *s = new_sender(test, w->cwnd, w->burst, 0, w->start);
	const struct bbr3_slot *slot;
	u32 i;

	for (i = 0; i < 5000; i++) {
		ack(s);
		ack_end(s);
		if (s->delivered - w->start < 2 * w->cwnd)
			continue;
		slot = tcpdiag_bbr3_ring_find(&s->ring,
					      s->delivered - 2 * w->cwnd +
					      w->cwnd / 16);
		KUNIT_ASSERT_LE(test, (s32)(slot->delivered -
				(s->delivered - 2 * w->cwnd + w->cwnd / 16)), 0);
	}
}

/* Queries in any order, against a search of all slots. */
static void ring_any_order(struct kunit *test)
{
	struct sender *s = new_sender(test, 300, 3, 20, 0U - 500);
	u32 i, j;

	for (i = 0; i < 3000; i++) {
		const struct bbr3_slot *expected = NULL, *slot;
		u32 key;

		ack(s);
		ack_end(s);
		key = s->delivered + 20 - prandom_u32_state(&s->rnd) % 900;
		for (j = s->ring.opened - s->ring.filled; j != s->ring.opened;
		     j++) {
			slot = &s->ring.slot[j % BBR3_RING_SLOTS];
			if (!expected || (s32)(slot->delivered - key) <= 0)
				expected = slot;
		}
		slot = tcpdiag_bbr3_ring_find(&s->ring, key);
		KUNIT_ASSERT_PTR_EQ(test, slot, expected);
	}
}

/* Losses that are excused are no losses to any packet in flight. */
static void ring_excuses(struct kunit *test)
{
	struct sender *s = new_sender(test, 300, 3, 20, 0U - 500);
	u32 i, j, before[BBR3_RING_SLOTS];

	for (i = 0; i < 3000; i++) {
		ack(s);
		ack_end(s);
		for (j = 0; j < BBR3_RING_SLOTS; j++)
			before[j] = s->lost - s->ring.slot[j].lost;
		s->lost += i;
		tcpdiag_bbr3_ring_excuse(&s->ring, i);
		for (j = 0; j < BBR3_RING_SLOTS; j++)
			KUNIT_ASSERT_EQ(test, s->lost - s->ring.slot[j].lost,
					before[j]);
	}
}

/* The number of slots ever opened wraps. */
static void ring_wraps(struct kunit *test)
{
	struct bbr3_ring *ring = kunit_kzalloc(test, sizeof(*ring), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, ring);
	tcpdiag_bbr3_ring_init(ring, 0, 0, 1);
	ring->opened = 0U - 30;
	ring->cursor = ring->opened - 1;
	ring->slot[ring->cursor % BBR3_RING_SLOTS] = ring->slot[0];
	for (i = 1; i < 300; i++) {
		u32 key = i > 100 ? i - 50 : i;

		tcpdiag_bbr3_ring_open(ring, i, i);
		KUNIT_ASSERT_EQ(test,
				tcpdiag_bbr3_ring_find(ring, key)->delivered,
				key);
	}
}

/*
 * The ceiling of 2 %. A link loses 5 % of its packets, one or none an ACK. With
 * what an ACK alone tells, "lost > 2 % of what is in flight" is true only if
 * less than 50 packets are in flight, whatever the share that is lost; with
 * the ring, it is true at any volume.
 */
static void ceiling(struct kunit *test, u32 cwnd, u32 permille,
		    u32 *by_ack, u32 *by_ring)
{
	struct sender *s = new_sender(test, cwnd, 2, permille, 0);
	u32 i;

	*by_ack = 0;
	*by_ring = 0;
	for (i = 0; i < 20000; i++) {
		const struct bbr3_slot *slot;

		ack(s);
		slot = tcpdiag_bbr3_ring_find(&s->ring, s->newest.delivered);
		/* the first window was sent all at once, as one burst */
		if (s->lost_now == 1 && s->newest.delivered) {
			*by_ack += s->lost_now * 50 > s->newest.inflight;
			*by_ring += (s->lost - slot->lost) * 50 >
				    slot->inflight;
		}
		ack_end(s);
	}
}

static void ring_ceiling(struct kunit *test)
{
	static const u32 cwnds[] = { 60, 100, 165, 1000, 5000 };
	u32 by_ack, by_ring, i;

	ceiling(test, 40, 50, &by_ack, &by_ring);
	KUNIT_EXPECT_GT(test, by_ack, 500);
	for (i = 0; i < ARRAY_SIZE(cwnds); i++) {
		ceiling(test, cwnds[i], 50, &by_ack, &by_ring);
		KUNIT_EXPECT_EQ_MSG(test, by_ack, 0, "%u packets", cwnds[i]);
		KUNIT_EXPECT_GT_MSG(test, by_ring, 500, "%u packets", cwnds[i]);
	}
	/* and a loss well below 2 % is tolerated */
	for (i = 2; i < ARRAY_SIZE(cwnds); i++) {
		ceiling(test, cwnds[i], 3, &by_ack, &by_ring);
		KUNIT_EXPECT_LT_MSG(test, by_ring, 10, "%u packets", cwnds[i]);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(ring_against_packets, windows_gen_params),
	KUNIT_CASE_PARAM(ring_covers_two_windows, windows_gen_params),
	KUNIT_CASE(ring_any_order),
	KUNIT_CASE(ring_excuses),
	KUNIT_CASE(ring_wraps),
	KUNIT_CASE(ring_ceiling),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_ring",
	.test_cases = cases,
};

kunit_test_suite(suite);
