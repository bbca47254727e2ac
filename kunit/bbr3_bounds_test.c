// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the bounds of bbr3's model: how loss and marks cut them, how probing
 * raises the long-term one, and that a loss that was none leaves no trace. The
 * example cases of the appendix of draft-ietf-ccwg-bbr are among them.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_bounds.c"
#include "bbr3_path.h"

/* The bound grows by 1, 2, 4, 8 packets a round trip, if it is what limits. */
static void longterm_doubles(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 expected, bound = 1000;

	m->inflight_longterm = bound;
	m->probe_up_rounds = 0;
	m->probe_up_acked_per_inc = bound;
	for (expected = 1; expected <= 256; expected *= 2) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		a.acked = bound;
		a.cwnd = bound;
		a.cwnd_limited = true;
		tcpdiag_path_feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		tcpdiag_path_feed_at_bound(p);
		KUNIT_ASSERT_EQ(test, m->full_bw_count, 0);
		/* the first has the slope of one, then it is raised each time */
		KUNIT_EXPECT_TRUE_MSG(test, near(m->inflight_longterm - bound,
						 max(expected / 2, 1U), 20) ||
				      expected < 8, "%u: %u", expected,
				      m->inflight_longterm - bound);
		bound = m->inflight_longterm;
	}
	/* unless the window is not used, or below it */
	bound = m->inflight_longterm;
	for (expected = 0; expected < 2; expected++) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		a.acked = bound;
		a.cwnd = bound - expected;
		a.cwnd_limited = expected;
		tcpdiag_path_feed(p, &a);
		KUNIT_EXPECT_EQ(test, m->inflight_longterm, bound);
	}
}

static void policer(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 100, RTT_US, DEEP);
	struct bbr3_model *m = &p->model;
	u32 lost;
	bool cut = false;
	u64 end;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 9 * SECOND));
	/* now 1000 packets a second, and 300 more once */
	p->bucket = 300;
	p->token_us = SERVICE_US;
	p->tokens_us = p->now_us - 300 * SERVICE_US;
	end = p->now_us + 3 * SECOND;
	while (p->now_us < end) {
		tcpdiag_path_step(p);
		cut |= m->bw_shortterm < rate_of(150) &&
		       m->inflight_shortterm != BBR3_INFINITE;
	}
	KUNIT_EXPECT_TRUE(test, cut);
	tcpdiag_path_run(p, 15 * SECOND);
	lost = p->lost;
	KUNIT_EXPECT_GE(test, tcpdiag_path_run(p, 10 * SECOND), 9000);
	/* less than 5 % */
	KUNIT_EXPECT_LE_MSG(test, p->lost - lost, 500, "%u", p->lost - lost);
}

/* What one ACK with losses would do to an UP, and its undoing. */
static void spurious(struct kunit *test, bool timeout)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	const struct bbr3_loss l = { .tx_inflight = 45, .tx_lost = 9,
				     .size = 1 };
	u32 cwnd = p->cwnd, bound = 123;
	struct bbr3_ack a;

	m->inflight_longterm = bound;
	a = tcpdiag_path_next_ack(p);
	tcpdiag_bbr3_model_recovery(m, cwnd, false);
	KUNIT_EXPECT_EQ(test, m->prior_cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, m->undo_inflight_longterm, bound);
	KUNIT_EXPECT_EQ(test, m->undo_bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->undo_inflight_shortterm, BBR3_INFINITE);
	a.recovery = true;
	a.lost = 9;
	if (timeout)
		a.cwnd = 1;
	tcpdiag_bbr3_model_lost(m, &a, &l);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_EQ(test, m->undo_state, BBR3_UP);
	KUNIT_EXPECT_LT(test, m->inflight_longterm, bound);
	tcpdiag_path_feed(p, &a);
	KUNIT_EXPECT_LT(test, m->cwnd, cwnd);
	/* another round trip of recovery, with loss, cuts the other bounds */
	a = tcpdiag_path_next_ack(p);
	a.recovery = true;
	a.lost = 5;
	tcpdiag_path_feed_loss(p, &a, l.tx_inflight, l.tx_lost);
	a = tcpdiag_path_next_ack(p);
	a.recovery = true;
	tcpdiag_path_feed(p, &a);
	KUNIT_EXPECT_NE(test, m->bw_shortterm, BBR3_INFINITE);
	/* all of it was reordering */
	a = tcpdiag_path_next_ack(p);
	a.cwnd = tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, a.cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, bound);
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->inflight_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_FALSE(test, m->loss_in_round);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
	KUNIT_EXPECT_EQ(test, m->undo_state, BBR3_STATES);
	tcpdiag_path_feed(p, &a);
	tcpdiag_path_feed_next(p);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
}

static void spurious_recovery(struct kunit *test)
{
	spurious(test, false);
}

static void spurious_timeout(struct kunit *test)
{
	spurious(test, true);
}

static void up_loss_with_bound(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 bound = 200, target;

	m->inflight_longterm = bound;
	p->drop_every = 5;
	target = 0;
	while (m->state == BBR3_UP && p->now_us < 40 * SECOND) {
		target = bbr3_target_inflight(m, p->cwnd);
		tcpdiag_path_step(p);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
	KUNIT_EXPECT_LT(test, m->inflight_longterm, bound);
	/* no further than beta of the product */
	KUNIT_EXPECT_GE(test, m->inflight_longterm, target * 7 / 10);
	KUNIT_EXPECT_LE(test, m->full_bw_count, 2);
}

/* Startup that a spurious loss has ended goes on, but not out of ProbeRTT. */
static void spurious_in_startup(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	tcpdiag_bbr3_model_recovery(m, p->cwnd, false);
	m->undo_state = BBR3_STARTUP;
	tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);

	p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	m = &p->model;
	tcpdiag_bbr3_model_recovery(m, p->cwnd, false);
	m->undo_state = BBR3_STARTUP;
	m->state = BBR3_PROBE_RTT;
	tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);
	/* a probe is not begun out of ProbeRTT either */
	m->undo_state = BBR3_UP;
	tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	/* without a save before it, undo loosens nothing */
	m->undo_inflight_longterm = 0;
	m->inflight_longterm = 77;
	tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 77);
}

/* Loss far below what we want in flight: the bound stops at beta. */
static void up_loss_beta(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	const struct bbr3_loss l = { .tx_inflight = 5, .tx_lost = 5, .size = 1 };
	u32 target = bbr3_target_inflight(m, p->cwnd);
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	tcpdiag_bbr3_model_lost(m, &a, &l);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, target * 7 / 10);
}

/* A shallow buffer: a bound is found, loss stays low, the link stays full. */
static void shallow_buffer(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 250, RTT_US, 16);
	struct bbr3_model *m = &p->model;
	u32 lost;

	tcpdiag_path_run(p, 5 * SECOND);
	KUNIT_EXPECT_NE(test, m->inflight_longterm, BBR3_INFINITE);
	KUNIT_EXPECT_TRUE_MSG(test, near(m->inflight_longterm, 176, 15), "%u",
			      m->inflight_longterm);
	lost = p->lost;
	KUNIT_EXPECT_GE(test, tcpdiag_path_run(p, 15 * SECOND),
			60000 * 88 / 100);
	KUNIT_EXPECT_LE_MSG(test, p->lost - lost, 600, "%u", p->lost - lost);
}

/* The volume at which loss crossed 2 %, by hand; see inflight_at_loss(). */
static void loss_prefix(struct kunit *test)
{
	static const struct {
		struct bbr3_loss l;
		u32 expected;
	} table[] = {
		/* nothing lost before: 2 of 100, 1/49 of 98 more */
		{ { 100, 10, 2 }, 98 },
		{ { 100, 2, 2 }, 100 },
		{ { 1000, 45, 45 }, 955 + 19 },
		/* 18 of 980 before it: 80 / 49 more */
		{ { 1000, 38, 20 }, 980 + 1 },
		/* it was too much already */
		{ { 1000, 60, 20 }, 980 },
		{ { 10, 20, 20 }, 0 },
		{ { 0, 1, 1 }, 0 },
		{ { U32_MAX, U32_MAX, 1 }, U32_MAX - 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_EQ_MSG(test, inflight_at_loss(&table[i].l),
				    table[i].expected, "row %u", i);
}

static void loss_threshold(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(100, 2, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(100, 3, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(99, 2, true));
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(0, 0, true));
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(0, 0, false));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(1000, 1, false));
	/* a product of 32 bits would be small */
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(100, 1U << 31, true));
}

/* Loss outside of a probe: 0.7 a round trip, but never below what arrives. */
static void shortterm_bounds(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 last = 0, bw = bbr3_max_bw(&m->max_bw), cwnd = p->cwnd;
	struct bbr3_ack a;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		/* a round trip with loss, and the ACK that ends it */
		a = tcpdiag_path_next_ack(p);
		a.recovery = true;
		a.lost = 1;
		a.rate = bw / 4;
		a.sample = 5;
		tcpdiag_path_feed_loss(p, &a, 40, 1);
		a = tcpdiag_path_next_ack(p);
		a.recovery = true;
		a.rate = bw / 4;
		a.sample = 5;
		tcpdiag_path_feed(p, &a);
		KUNIT_EXPECT_EQ(test, m->inflight_longterm, BBR3_INFINITE);
		/* in the first, most of the rate was still delivered */
		if (!i)
			KUNIT_EXPECT_GE(test, m->bw, bw / 100 * 85);
		else
			KUNIT_EXPECT_TRUE(test, near(m->bw, last / 10 * 7, 1));
		last = m->bw;
	}
	KUNIT_EXPECT_LE(test, m->inflight_shortterm, cwnd * 7 / 10);
	KUNIT_EXPECT_LE(test, m->cwnd, m->inflight_shortterm);
	/* without loss, no further */
	bw = m->bw;
	tcpdiag_path_feed_next(p);
	KUNIT_EXPECT_EQ(test, m->bw, bw);
	/* the next probe forgets it */
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_REFILL, 5 * SECOND));
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->inflight_shortterm, BBR3_INFINITE);
}

/* A mark needs no threshold. */
static void marks(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);
	unsigned int i;

	a.tx_inflight = 43;
	tcpdiag_bbr3_model_marked(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 43);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
	/* one answer a probe */
	a.tx_inflight = 30;
	tcpdiag_bbr3_model_marked(m, &a);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 43);

	p = tcpdiag_path_usual(test);
	m = &p->model;
	tcpdiag_path_run(p, 3 * RTT_US);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_STARTUP);
	for (i = 0; i < 10 && m->state == BBR3_STARTUP; i++) {
		a = tcpdiag_path_next_ack(p);
		a.rate = m->full_bw * 2;
		tcpdiag_bbr3_model_marked(m, &a);
		tcpdiag_path_feed(p, &a);
	}
	KUNIT_EXPECT_NE(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_GE(test, i, 2);
	KUNIT_EXPECT_LE(test, i, 4);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(longterm_doubles),
	KUNIT_CASE(policer),
	KUNIT_CASE(spurious_recovery),
	KUNIT_CASE(spurious_timeout),
	KUNIT_CASE(up_loss_with_bound),
	KUNIT_CASE(spurious_in_startup),
	KUNIT_CASE(up_loss_beta),
	KUNIT_CASE(shallow_buffer),
	KUNIT_CASE(loss_prefix),
	KUNIT_CASE(loss_threshold),
	KUNIT_CASE(shortterm_bounds),
	KUNIT_CASE(marks),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_bounds",
	.test_cases = cases,
};

kunit_test_suite(suite);
