// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's ProbeBW: what ends DOWN, CRUISE, REFILL and UP, the example
 * cases of the appendix of draft-ietf-ccwg-bbr among them, on the simulated
 * path of bbr3_path.c.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_states.c"
#include "bbr3_path.h"

static void up_plateau(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 start = m->round_count;
	unsigned int round;

	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].pacing_percent, 125);
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].cwnd, 576);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
	KUNIT_EXPECT_GT(test, m->full_bw, 0);
	/* no queue: what limits the rate is not at a buffer */
	for (round = 1; round <= 3; round++) {
		KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
		tcpdiag_path_feed_next(p);
		KUNIT_EXPECT_EQ(test, m->full_bw_count, round);
	}
	KUNIT_EXPECT_NE(test, m->state, BBR3_UP);
	KUNIT_EXPECT_EQ(test, m->ack_phase, BBR3_ACKS_STOPPING);
	KUNIT_EXPECT_TRUE(test, m->full_bw_now);
	KUNIT_EXPECT_FALSE(test, m->probe_too_high);
	KUNIT_EXPECT_EQ(test, m->round_count - start, 3);
}

/* Growth restarts the count: UP lasts as long as the rate grows. */
static void up_growth(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 rate = m->full_bw;
	unsigned int round;

	for (round = 0; round < 12; round++) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		rate = rate / 100 * 112;
		a.rate = rate;
		tcpdiag_path_feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		KUNIT_ASSERT_LE(test, m->full_bw_count, 2);
	}
	/* limited by the bound and not by the path, UP lasts too */
	m->inflight_longterm = 50;
	for (round = 0; round < 12; round++) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		a.rate = rate;
		tcpdiag_path_feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		tcpdiag_path_feed_at_bound(p);
		KUNIT_ASSERT_EQ(test, m->full_bw_count, 0);
	}
}

/* A queue of a quarter of the BDP, for a round trip, ends UP too. */
static void up_queue(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 start = m->round_count;

	tcpdiag_path_leave(p, BBR3_UP, 30 * SECOND);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
	KUNIT_EXPECT_GE(test, m->round_count - start, 1);
	KUNIT_EXPECT_LE(test, m->round_count - start, 2);
	KUNIT_EXPECT_GE(test, path_inflight(p), path_bdp(p) * 5 / 4);
	KUNIT_EXPECT_LE(test, path_inflight(p), path_bdp(p) * 6 / 4);
	KUNIT_EXPECT_EQ(test, p->lost, 0);
}

static void up_loss_app_limited(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;

	p->app_us = 1100;
	tcpdiag_path_run(p, 2 * RTT_US);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	KUNIT_ASSERT_TRUE(test, p->ack.app_limited);
	p->drop_every = 10;
	tcpdiag_path_leave(p, BBR3_UP, 30 * SECOND);
	/* there is no queue, so DOWN may be over with the same ACK */
	KUNIT_EXPECT_TRUE(test, m->state == BBR3_DOWN ||
			  m->state == BBR3_CRUISE);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
	/* limited by the program, UP shows nothing about the path's limit */
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, BBR3_INFINITE);
	KUNIT_EXPECT_FALSE(test, m->bw_probe_sample);
}

static void app_limited_stays(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);

	p->app_us = 2000;
	/* less than ten seconds: the minimum RTT is not to expire */
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
	KUNIT_EXPECT_FALSE(test, p->model.full_bw_reached);

	p = tcpdiag_path_usual_in(test, BBR3_UP);
	p->app_us = 2000;
	p->model.min_rtt.stamp_us = p->now_us;
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_UP);
}

static void down_by_inflight(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 target, before = 0;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_DOWN, 5 * SECOND));
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].pacing_percent, 90);
	KUNIT_EXPECT_GT(test, path_inflight(p), path_bdp(p) * 5 / 4);
	while (m->state == BBR3_DOWN && p->now_us < 30 * SECOND) {
		before = p->ack.inflight;
		tcpdiag_path_step(p);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_CRUISE);
	target = bbr3_inflight(m, bbr3_max_bw(&m->max_bw), BBR3_UNIT);
	KUNIT_EXPECT_LE(test, p->ack.inflight, target);
	KUNIT_EXPECT_GE(test, before, target);
}

static void down_by_time(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_DOWN);
	struct bbr3_model *m = &p->model;
	u64 begin = m->cycle_stamp_us;

	KUNIT_EXPECT_GE(test, m->probe_wait_us, 2 * SECOND);
	KUNIT_EXPECT_LE(test, m->probe_wait_us, 3 * SECOND);
	while (m->state == BBR3_DOWN && p->now_us < 30 * SECOND) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		a.inflight = 2 * path_bdp(p);
		/* keep the clock of round trips from ending it */
		m->rounds_since_probe = 0;
		m->min_rtt.stamp_us = a.now_us;
		KUNIT_ASSERT_LE(test, p->ack.now_us, begin + m->probe_wait_us);
		tcpdiag_path_feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_GT(test, p->ack.now_us, begin + m->probe_wait_us);
}

/* How many round trips a CRUISE lasts, if the wall clock does not end it. */
static u32 rounds_of_cruise(struct path *p)
{
	struct bbr3_model *m = &p->model;
	u32 rounds;

	m->rounds_since_probe = 0;
	m->cycle_stamp_us = p->now_us + 100 * SECOND;
	for (rounds = 0; m->state == BBR3_CRUISE && rounds < 100; rounds++) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		m->min_rtt.stamp_us = a.now_us;
		tcpdiag_path_feed(p, &a);
	}
	return rounds;
}

/* As many round trips as packets, to be fair to Reno; at most 63. */
static void cruise_by_rounds(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	u32 target = bbr3_target_inflight(&p->model, p->cwnd);

	KUNIT_ASSERT_TRUE(test, near(target, path_bdp(p), 10));
	KUNIT_EXPECT_TRUE(test, near(rounds_of_cruise(p), target, 3));
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_REFILL);

	p = tcpdiag_path_new(test, 100, RTT_US, DEEP);
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 9 * SECOND));
	KUNIT_EXPECT_EQ(test, rounds_of_cruise(p), 63);
}

static void cruise_aggregation(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 delivered, rounds, max;

	p->batch_us = 60000;
	tcpdiag_path_run(p, SECOND);
	delivered = tcpdiag_path_run(p, 3 * SECOND);
	/* 60 packets come at once */
	KUNIT_EXPECT_GE(test, m->extra_acked.max, 30);
	KUNIT_EXPECT_GT(test, p->cwnd, 2 * path_bdp(p));
	KUNIT_EXPECT_TRUE_MSG(test, near(delivered, 3000, 5), "%u", delivered);
	/* the excess is forgotten after ten round trips, not before */
	p->batch_us = 0;
	max = m->extra_acked.max;
	rounds = m->round_count;
	while (m->extra_acked.max >= max && m->round_count - rounds < 30)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_GE(test, m->round_count - rounds, 5);
	/* at 99 % of the rate, 60 packets ahead are 6 s */
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_LT(test, m->extra_acked.max, max / 4);
}

static void refill_app_limited(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_REFILL);
	struct bbr3_model *m = &p->model;
	u32 bw = bbr3_max_bw(&m->max_bw);

	p->app_us = 10000;
	while (m->state == BBR3_REFILL && p->now_us < 30 * SECOND) {
		tcpdiag_path_step(p);
		KUNIT_ASSERT_EQ(test, bbr3_max_bw(&m->max_bw), bw);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
	tcpdiag_path_run(p, SECOND);
	KUNIT_EXPECT_TRUE(test, p->ack.app_limited);
	KUNIT_EXPECT_LT(test, p->ack.rate, bw / 5);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&m->max_bw), bw);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
	p->app_us = 0;
	KUNIT_EXPECT_TRUE(test, tcpdiag_path_until(p, BBR3_DOWN, 5 * SECOND));
}

/* With a bound, DOWN lasts until 15 % below it are free. */
static void down_leaves_headroom(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_DOWN);
	struct bbr3_model *m = &p->model;

	m->inflight_longterm = 40;
	m->cycle_stamp_us = p->ack.now_us;
	tcpdiag_path_feed_inflight(p, 35);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	tcpdiag_path_feed_inflight(p, 34);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_CRUISE);
	KUNIT_EXPECT_LE(test, m->cwnd, 34);
}

/* After a probe that was too high the next stops at the bound, then goes on. */
static void precautionary_probe(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_REFILL);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a;

	m->probe_too_high = true;
	m->inflight_longterm = 50;
	tcpdiag_path_feed_next(p);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	tcpdiag_path_feed_inflight(p, 49);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	tcpdiag_path_feed_inflight(p, 50);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_TRUE(test, m->probe_precautionary);
	/* a round trip of feedback without loss: at once to the next */
	tcpdiag_path_feed_next(p);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_FALSE(test, m->probe_precautionary);
	/* but not if there was loss */
	tcpdiag_path_feed_next(p);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	m->probe_too_high = true;
	tcpdiag_path_feed_inflight(p, 60);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_DOWN);
	a = tcpdiag_path_next_ack(p);
	a.lost = 9;
	a.tx_lost = 9;
	tcpdiag_path_feed_loss(p, &a, 60, 9);
	KUNIT_EXPECT_NE(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(up_plateau),
	KUNIT_CASE(up_growth),
	KUNIT_CASE(up_queue),
	KUNIT_CASE(up_loss_app_limited),
	KUNIT_CASE(app_limited_stays),
	KUNIT_CASE(down_by_inflight),
	KUNIT_CASE(down_by_time),
	KUNIT_CASE(cruise_by_rounds),
	KUNIT_CASE(cruise_aggregation),
	KUNIT_CASE(refill_app_limited),
	KUNIT_CASE(down_leaves_headroom),
	KUNIT_CASE(precautionary_probe),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_probe_bw",
	.test_cases = cases,
};

kunit_test_suite(suite);
