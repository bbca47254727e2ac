// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the bounds of bbr3's model: how loss cuts them and how probing
 * raises the long-term one. Some are example cases of the appendix of
 * draft-ietf-ccwg-bbr.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_bounds.c"
#include "bbr3_path.h"

/* If it limits, the bound grows by 1, 2, 4, 8 packets a round trip. */
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
		/* the first round trip has slope 1, each next one more */
		KUNIT_EXPECT_TRUE_MSG(test, near(m->inflight_longterm - bound,
						 max(expected / 2, 1U), 20) ||
				      expected < 8, "%u: %u", expected,
				      m->inflight_longterm - bound);
		bound = m->inflight_longterm;
	}
	/* not if the window is not used, or is below the bound */
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
	/* from now on 1000 packets a second, and 300 more once */
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

static void loss_threshold(struct kunit *test)
{
	struct bbr3_model m = { .loss_percent = BBR3_LOSS_PERCENT };

	KUNIT_EXPECT_FALSE(test, bbr3_too_high(&m, 100, 2, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 100, 3, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 99, 2, true));
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(&m, 0, 0, true));
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(&m, 0, 0, false));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 1000, 1, false));
	/* a product of 32 bits would be small */
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 100, 1U << 31, true));
	/* bbr3_loss_percent */
	m.loss_percent = 10;
	KUNIT_EXPECT_FALSE(test, bbr3_too_high(&m, 100, 10, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 100, 11, true));
	KUNIT_EXPECT_TRUE(test, bbr3_too_high(&m, 1000, 1, false));
}

/* Loss outside a probe cuts by 0.7 a round trip, never below what arrives. */
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
		/* the first round trip still delivered most of the rate */
		if (!i)
			KUNIT_EXPECT_GE(test, m->bw, bw / 100 * 85);
		else
			KUNIT_EXPECT_TRUE(test, near(m->bw, last / 10 * 7, 1));
		last = m->bw;
	}
	KUNIT_EXPECT_LE(test, m->inflight_shortterm, cwnd * 7 / 10);
	KUNIT_EXPECT_LE(test, m->cwnd, m->inflight_shortterm);
	/* without loss the bound falls no further */
	bw = m->bw;
	tcpdiag_path_feed_next(p);
	KUNIT_EXPECT_EQ(test, m->bw, bw);
	/* the next probe forgets it */
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_REFILL, 5 * SECOND));
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->inflight_shortterm, BBR3_INFINITE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(longterm_doubles),
	KUNIT_CASE(policer),
	KUNIT_CASE(shallow_buffer),
	KUNIT_CASE(loss_threshold),
	KUNIT_CASE(shortterm_bounds),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_bounds",
	.test_cases = cases,
};

kunit_test_suite(suite);
