// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's model: the example cases of the appendix of
 * draft-ietf-ccwg-bbr, in its order, on the simulated path of bbr3_path.c or,
 * where a case asks for what a path does not do by itself, with ACKs made by
 * hand; then bounds and extremes.
 *
 * The usual path: 1000 packets a second, 40 ms, so 40 packets fill it.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../cc_algos/bbr3_bounds.c"
#include "../cc_algos/bbr3_model.c"
#include "../cc_algos/bbr3_states.c"
#include "bbr3_path.h"

#define SERVICE_US	1000
#define RTT_US		40000
#define DEEP		1000
#define SECOND		1000000ULL

static u32 rate_of(u32 service_us)
{
	return bbr3_rate(1, service_us);
}

/* Is @v within @percent of @of? */
static bool near(u64 v, u64 of, unsigned int percent)
{
	u64 off = v > of ? v - of : of - v;

	return off * 100 <= of * percent;
}

static struct path *usual(struct kunit *test)
{
	return tcpdiag_path_new(test, SERVICE_US, RTT_US, DEEP);
}

/* A connection that has got to @state in the ordinary way. */
static struct path *usual_in(struct kunit *test, unsigned int state)
{
	struct path *p = usual(test);

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 5 * SECOND));
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, state, 15 * SECOND));
	return p;
}

/*
 * The next ACK by hand: of a packet sent a round trip ago, with nothing
 * remarkable about it. A case then changes what it is about.
 */
static struct bbr3_ack next_ack(const struct path *p)
{
	struct bbr3_ack a = p->ack;

	a.now_us += RTT_US;
	a.prior_delivered = a.delivered;
	a.delivered += path_bdp(p);
	a.acked = path_bdp(p);
	a.sample = path_bdp(p);
	a.rate = rate_of(SERVICE_US);
	a.rtt_us = RTT_US;
	a.inflight = path_bdp(p);
	a.cwnd = p->model.cwnd;
	a.tx_inflight = path_bdp(p);
	a.tx_lost = 0;
	a.lost = 0;
	a.has_data = true;
	a.app_limited = false;
	a.cwnd_limited = false;
	a.recovery = false;
	return a;
}

static void feed(struct path *p, const struct bbr3_ack *a)
{
	tcpdiag_bbr3_model_ack(&p->model, a);
	p->ack = *a;
}

/* Two ACKs in the midst of a round trip; the window is full, and the bound. */
static void feed_at_bound(struct path *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct bbr3_ack a = p->ack;

		a.prior_delivered = p->model.round_delivered - 1;
		a.acked = 0;
		a.cwnd = p->model.inflight_longterm;
		a.cwnd_limited = true;
		feed(p, &a);
	}
}

/* --- the appendix's cases -------------------------------------------------- */

static void startup_plateau(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;
	u32 round = 0, count = 0;

	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	while (m->state == BBR3_STARTUP && p->now_us < 10 * SECOND) {
		KUNIT_ASSERT_FALSE(test, m->full_bw_reached);
		/* one step a round trip, and back to 0 when there is growth */
		if (m->round_count != round)
			KUNIT_ASSERT_TRUE(test, m->full_bw_count == count + 1 ||
					  !m->full_bw_count);
		round = m->round_count;
		count = m->full_bw_count;
		tcpdiag_path_step(p);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DRAIN);
	KUNIT_EXPECT_EQ(test, count, 2);
	KUNIT_EXPECT_EQ(test, m->full_bw_count, 3);
	KUNIT_EXPECT_TRUE(test, m->full_bw_now);
	KUNIT_EXPECT_TRUE(test, m->full_bw_reached);
	KUNIT_EXPECT_TRUE_MSG(test, near(bbr3_max_bw(&m->max_bw),
					 rate_of(SERVICE_US), 2),
			      "%u", bbr3_max_bw(&m->max_bw));
	/* 40 packets in 8 to 12 round trips: it did double each */
	KUNIT_EXPECT_LE(test, m->round_count, 12);
	KUNIT_EXPECT_EQ(test, p->lost, 0);
}

static void startup_loss_app_limited(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;

	p->app_us = 1200;
	tcpdiag_path_run(p, SECOND);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_STARTUP);
	p->drop_every = 4;
	while (m->state == BBR3_STARTUP && p->now_us < 5 * SECOND)
		tcpdiag_path_step(p);
	/* there is no queue, so Drain may be over with the same ACK */
	KUNIT_EXPECT_TRUE(test, m->state == BBR3_DRAIN ||
			  bbr3_in_probe_bw(m));
	KUNIT_EXPECT_EQ(test, m->drain_start_round, m->round_count);
	KUNIT_EXPECT_TRUE(test, p->ack.app_limited);
	KUNIT_EXPECT_TRUE(test, m->full_bw_now);
	KUNIT_EXPECT_TRUE(test, m->full_bw_reached);
	KUNIT_EXPECT_EQ(test, m->undo_state, BBR3_STARTUP);
	KUNIT_EXPECT_GE(test, m->inflight_longterm,
			bbr3_inflight(m, m->bw, BBR3_UNIT));
	KUNIT_EXPECT_NE(test, m->inflight_longterm, BBR3_INFINITE);
}

/* Below each of the three thresholds, Startup goes on. */
static void startup_stays_with_little_loss(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_ack a;
	unsigned int i;

	/* five losses in a round trip, 10 % */
	p->app_us = 1200;
	tcpdiag_path_run(p, SECOND);
	for (i = 0; i < 5; i++) {
		a = next_ack(p);
		a.prior_delivered = p->model.loss_round_delivered - 1;
		a.delivered = p->ack.delivered + 1;
		a.recovery = true;
		a.app_limited = true;
		a.lost = 1;
		a.tx_lost = 5;
		tcpdiag_bbr3_model_lost(&p->model, &a,
					&(struct bbr3_loss) { 40, 5, 1 });
		feed(p, &a);
	}
	a = next_ack(p);
	a.recovery = true;
	a.app_limited = true;
	a.tx_lost = 5;
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
	/* many, but 2 % */
	for (i = 0; i < 8; i++) {
		a = next_ack(p);
		a.prior_delivered = p->model.loss_round_delivered - 1;
		a.delivered = p->ack.delivered + 1;
		a.recovery = true;
		a.app_limited = true;
		a.lost = 1;
		tcpdiag_bbr3_model_lost(&p->model, &a,
					&(struct bbr3_loss) { 400, 8, 1 });
		feed(p, &a);
	}
	a = next_ack(p);
	a.recovery = true;
	a.app_limited = true;
	a.tx_inflight = 400;
	a.tx_lost = 8;
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
}

/* Without SACK one loss in fast recovery is enough. */
static void startup_loss_without_sack(struct kunit *test)
{
	struct path *p = usual(test);

	p->no_sack = true;
	p->app_us = 1200;
	tcpdiag_path_run(p, SECOND);
	p->drop_every = p->sent + 1;
	while (!p->lost && p->now_us < 5 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_EQ(test, p->lost, 1);
	KUNIT_EXPECT_NE(test, p->model.state, BBR3_STARTUP);
}

static void drain_by_inflight(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;
	u32 before;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 5 * SECOND));
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].pacing_percent, 50);
	before = path_inflight(p);
	KUNIT_EXPECT_GT(test, before, path_bdp(p) * 3 / 2);
	while (m->state == BBR3_DRAIN && p->now_us < 10 * SECOND) {
		before = p->ack.inflight;
		tcpdiag_path_step(p);
	}
	KUNIT_EXPECT_TRUE(test, bbr3_in_probe_bw(m));
	/* not an ACK too early, not one too late */
	KUNIT_EXPECT_LE(test, p->ack.inflight,
			bbr3_inflight(m, m->bw, BBR3_UNIT));
	KUNIT_EXPECT_GE(test, before,
			bbr3_inflight(m, m->bw, BBR3_UNIT));
	KUNIT_EXPECT_LE(test, m->round_count - m->drain_start_round, 3);
}

static void drain_by_time(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;
	unsigned int rounds;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 5 * SECOND));
	for (rounds = 1; rounds <= 4; rounds++) {
		struct bbr3_ack a = next_ack(p);

		KUNIT_EXPECT_EQ(test, m->state, BBR3_DRAIN);
		a.inflight = 3 * path_bdp(p);
		feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_EQ(test, m->round_count - m->drain_start_round, 4);
}

static void up_plateau(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 start = m->round_count;
	unsigned int round;

	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].pacing_percent, 125);
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].cwnd, 576);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
	KUNIT_EXPECT_GT(test, m->full_bw, 0);
	/* no queue: what limits the rate is not at a buffer */
	for (round = 1; round <= 3; round++) {
		struct bbr3_ack a = next_ack(p);

		KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
		feed(p, &a);
		KUNIT_EXPECT_EQ(test, m->full_bw_count, round);
	}
	KUNIT_EXPECT_NE(test, m->state, BBR3_UP);
	KUNIT_EXPECT_EQ(test, m->ack_phase, BBR3_ACKS_STOPPING);
	KUNIT_EXPECT_TRUE(test, m->full_bw_now);
	KUNIT_EXPECT_FALSE(test, m->probe_too_high);
	KUNIT_EXPECT_EQ(test, m->round_count - start, 3);
}

/* Growth starts the count again: UP goes on for as long as there is more. */
static void up_growth(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 rate = m->full_bw;
	unsigned int round;

	for (round = 0; round < 12; round++) {
		struct bbr3_ack a = next_ack(p);

		rate = rate / 100 * 112;
		a.rate = rate;
		feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		KUNIT_ASSERT_LE(test, m->full_bw_count, 2);
	}
	/* limited by the bound and not by the path, it goes on too */
	m->inflight_longterm = 50;
	for (round = 0; round < 12; round++) {
		struct bbr3_ack a = next_ack(p);

		a.rate = rate;
		feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		feed_at_bound(p);
		KUNIT_ASSERT_EQ(test, m->full_bw_count, 0);
	}
}

/* A queue of a quarter of the product ends UP too, after a round trip of it. */
static void up_queue(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 start = m->round_count;

	while (m->state == BBR3_UP && p->now_us < 30 * SECOND)
		tcpdiag_path_step(p);
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
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;

	p->app_us = 1100;
	tcpdiag_path_run(p, 2 * RTT_US);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	KUNIT_ASSERT_TRUE(test, p->ack.app_limited);
	p->drop_every = 10;
	while (m->state == BBR3_UP && p->now_us < 30 * SECOND)
		tcpdiag_path_step(p);
	/* there is no queue, so DOWN may be over with the same ACK */
	KUNIT_EXPECT_TRUE(test, m->state == BBR3_DOWN ||
			  m->state == BBR3_CRUISE);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
	/* what the program limits tells nothing of the path's limit */
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, BBR3_INFINITE);
	KUNIT_EXPECT_FALSE(test, m->bw_probe_sample);
}

static void app_limited_stays(struct kunit *test)
{
	struct path *p = usual(test);

	p->app_us = 2000;
	/* less than ten seconds: the minimum RTT is not to expire */
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
	KUNIT_EXPECT_FALSE(test, p->model.full_bw_reached);

	p = usual_in(test, BBR3_UP);
	p->app_us = 2000;
	p->model.min_rtt.stamp_us = p->now_us;
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_UP);
}

static void down_by_inflight(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
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

/* With a bound, DOWN lasts until 15 % below it are free. */
static void down_leaves_headroom(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_DOWN);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = next_ack(p);

	m->inflight_longterm = 40;
	m->cycle_stamp_us = a.now_us;
	a.inflight = 35;
	a.tx_inflight = 30;
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	a = next_ack(p);
	a.inflight = 34;
	a.tx_inflight = 30;
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_CRUISE);
	KUNIT_EXPECT_LE(test, m->cwnd, 34);
}

static void down_by_time(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_DOWN);
	struct bbr3_model *m = &p->model;
	u64 begin = m->cycle_stamp_us;

	KUNIT_EXPECT_GE(test, m->probe_wait_us, 2 * SECOND);
	KUNIT_EXPECT_LE(test, m->probe_wait_us, 3 * SECOND);
	while (m->state == BBR3_DOWN && p->now_us < 30 * SECOND) {
		struct bbr3_ack a = next_ack(p);

		a.inflight = 2 * path_bdp(p);
		/* not the other clock */
		m->rounds_since_probe = 0;
		m->min_rtt.stamp_us = a.now_us;
		KUNIT_ASSERT_LE(test, p->ack.now_us, begin + m->probe_wait_us);
		feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_GT(test, p->ack.now_us, begin + m->probe_wait_us);
}

/* As many round trips as packets, for Reno's sake; 63 at most. */
static void cruise_by_rounds(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 target = bbr3_target_inflight(m, p->cwnd), rounds;

	KUNIT_ASSERT_TRUE(test, near(target, path_bdp(p), 10));
	m->rounds_since_probe = 0;
	m->cycle_stamp_us = p->now_us + 100 * SECOND;
	for (rounds = 0; m->state == BBR3_CRUISE && rounds < 100; rounds++) {
		struct bbr3_ack a = next_ack(p);

		m->min_rtt.stamp_us = a.now_us;
		feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_TRUE(test, near(rounds, target, 3));

	p = tcpdiag_path_new(test, 100, RTT_US, DEEP);
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 9 * SECOND));
	m = &p->model;
	m->rounds_since_probe = 0;
	m->cycle_stamp_us = p->now_us + 100 * SECOND;
	for (rounds = 0; m->state == BBR3_CRUISE && rounds < 100; rounds++) {
		struct bbr3_ack a = next_ack(p);

		m->min_rtt.stamp_us = a.now_us;
		feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, rounds, 63);
}

static void probe_rtt(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u64 done, expires;
	u32 cwnd, half;

	/* the path becomes longer: no sample is as low as the minimum */
	p->rtt_us = 3 * RTT_US / 2;
	expires = m->min_rtt.stamp_us + BBR3_MIN_RTT_LEN_US;
	half = 0;
	while (m->state != BBR3_PROBE_RTT && p->now_us < 40 * SECOND) {
		half = bbr3_inflight(m, m->bw, BBR3_UNIT / 2);
		KUNIT_ASSERT_LE(test, p->ack.now_us, expires);
		tcpdiag_path_step(p);
	}
	KUNIT_ASSERT_EQ(test, m->state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_GT(test, p->now_us, expires);
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_gains[m->state].cwnd, 128);
	/* of the old estimate, though the filter holds the new one by now */
	KUNIT_EXPECT_GT(test, m->min_rtt.rtt_us, RTT_US);
	KUNIT_EXPECT_EQ(test, m->probe_rtt_cwnd, half);
	KUNIT_EXPECT_TRUE(test, near(half, path_bdp(p) / 3, 10));
	cwnd = m->prior_cwnd;
	while (!m->probe_rtt_done_us && p->now_us < 40 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_LE(test, path_inflight(p), half);
	done = m->probe_rtt_done_us;
	KUNIT_EXPECT_EQ(test, done, p->now_us + 200000);
	while (m->state == BBR3_PROBE_RTT && p->now_us < 40 * SECOND) {
		KUNIT_ASSERT_LE(test, p->cwnd, half);
		KUNIT_ASSERT_EQ(test, m->probe_rtt_cwnd, half);
		tcpdiag_path_step(p);
	}
	KUNIT_EXPECT_GT(test, p->now_us, done);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_CRUISE);
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	/* the window is what it was, and the rate comes back */
	KUNIT_EXPECT_GE(test, p->cwnd, min(cwnd, p->model.cwnd));
	KUNIT_EXPECT_GT(test, p->cwnd, 3 * half / 2);
	cwnd = p->delivered;
	tcpdiag_path_run(p, SECOND);
	KUNIT_EXPECT_TRUE(test, near(p->delivered - cwnd, 1000, 7));
	/* samples of ProbeRTT did not lower the estimate */
	KUNIT_EXPECT_TRUE(test, near(m->bw, rate_of(SERVICE_US), 3));
}

static void probe_rtt_skipped_after_idle(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u64 stamp = m->min_rtt.stamp_us;
	u64 end;

	p->silent = true;
	tcpdiag_path_run(p, 11 * SECOND);
	KUNIT_ASSERT_EQ(test, path_inflight(p), 0);
	KUNIT_ASSERT_TRUE(test, bbr3_min_rtt_expired(&m->min_rtt, p->now_us));
	p->silent = false;
	while (!path_inflight(p))
		tcpdiag_path_step(p);
	KUNIT_EXPECT_TRUE(test, m->idle_restart);
	end = p->now_us + SECOND;
	while (p->now_us < end) {
		tcpdiag_path_step(p);
		KUNIT_ASSERT_NE(test, m->state, BBR3_PROBE_RTT);
	}
	KUNIT_EXPECT_FALSE(test, m->idle_restart);
	KUNIT_EXPECT_GT(test, m->min_rtt.stamp_us, stamp);
}

/* ACKs for 10 ms at a time: the window must bridge the silence. */
static void startup_aggregation(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;

	p->batch_us = 20000;
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 9 * SECOND));
	KUNIT_EXPECT_TRUE_MSG(test, near(bbr3_max_bw(&m->max_bw),
					 rate_of(SERVICE_US), 5),
			      "%u", bbr3_max_bw(&m->max_bw));
	KUNIT_EXPECT_GT(test, m->extra_acked.max, 0);
	KUNIT_EXPECT_GT(test, p->cwnd, 2 * path_bdp(p));
	KUNIT_EXPECT_LE(test, m->round_count, 14);
}

static void cruise_aggregation(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 delivered, rounds, max;

	p->batch_us = 60000;
	tcpdiag_path_run(p, SECOND);
	delivered = p->delivered;
	tcpdiag_path_run(p, 3 * SECOND);
	/* 60 packets come at once */
	KUNIT_EXPECT_GE(test, m->extra_acked.max, 30);
	KUNIT_EXPECT_GT(test, p->cwnd, 2 * path_bdp(p));
	KUNIT_EXPECT_TRUE_MSG(test, near(p->delivered - delivered, 3000, 5),
			      "%u", p->delivered - delivered);
	/* it is forgotten after ten round trips, and not before */
	p->batch_us = 0;
	max = m->extra_acked.max;
	rounds = m->round_count;
	while (m->extra_acked.max == max && m->round_count - rounds < 30)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_GE(test, m->round_count - rounds, 5);
	/* at 99 % of the rate, 60 packets ahead are 6 s */
	tcpdiag_path_run(p, 9 * SECOND);
	KUNIT_EXPECT_LT(test, m->extra_acked.max, max / 4);
}

/* 10 packets a second and 20 ms: a fifth of a packet fills the path. */
static void sub_packet_bdp(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 100000, 20000, DEEP);
	struct bbr3_model *m = &p->model;
	u32 delivered;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE,
						   60 * SECOND));
	tcpdiag_path_run(p, 5 * SECOND);
	KUNIT_EXPECT_GE(test, p->cwnd, 4);
	/* four packets make a queue of 400 ms, which is the minimum then */
	KUNIT_EXPECT_LE(test, p->cwnd, 12);
	KUNIT_EXPECT_TRUE(test, near(m->bw, rate_of(100000), 5));
	delivered = p->delivered;
	tcpdiag_path_run(p, 20 * SECOND);
	KUNIT_EXPECT_GE(test, p->delivered - delivered, 190);
}

static void bandwidth_up_10x(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u64 start;

	m->inflight_longterm = 60;
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_UP, 5 * SECOND));
	p->service_us = SERVICE_US / 10;
	start = p->now_us;
	while (m->bw < rate_of(SERVICE_US / 10) / 100 * 95 &&
	       p->now_us < start + 20 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_GE(test, m->bw, rate_of(SERVICE_US / 10) / 100 * 95);
	/* from 60 to 400 packets, at one packet a round trip: 14 s */
	KUNIT_EXPECT_LE_MSG(test, p->now_us - start, 2 * SECOND, "%llu us",
			    p->now_us - start);
}

/* The bound grows by 1, 2, 4, 8 packets a round trip, if it is what limits. */
static void longterm_doubles(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	u32 expected, bound = 1000;

	m->inflight_longterm = bound;
	m->probe_up_rounds = 0;
	m->probe_up_acked_per_inc = bound;
	for (expected = 1; expected <= 256; expected *= 2) {
		struct bbr3_ack a = next_ack(p);

		a.acked = bound;
		a.cwnd = bound;
		a.cwnd_limited = true;
		feed(p, &a);
		KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
		feed_at_bound(p);
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
		struct bbr3_ack a = next_ack(p);

		a.acked = bound;
		a.cwnd = bound - expected;
		a.cwnd_limited = expected;
		feed(p, &a);
		KUNIT_EXPECT_EQ(test, m->inflight_longterm, bound);
	}
}

static void bandwidth_down_10x(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 200, RTT_US, 20);
	struct bbr3_model *m = &p->model;
	u64 start;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 9 * SECOND));
	tcpdiag_path_run(p, SECOND);
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 9 * SECOND));
	p->service_us = 2000;
	start = p->now_us;
	while (m->bw_shortterm > rate_of(1500) && p->now_us < start + 5 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_LE(test, m->bw_shortterm, rate_of(1500));
	/* twelve round trips at 0.7 each, and a round trip may be long now */
	KUNIT_EXPECT_LE_MSG(test, p->now_us - start, 2 * SECOND, "%llu us",
			    p->now_us - start);
	while (bbr3_max_bw(&m->max_bw) > rate_of(1900) &&
	       p->now_us < start + 30 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_LE_MSG(test, p->now_us - start, 12 * SECOND, "%llu us",
			    p->now_us - start);
	KUNIT_EXPECT_TRUE(test, near(bbr3_max_bw(&m->max_bw), rate_of(2000),
				     6));
}

static void policer(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 100, RTT_US, DEEP);
	struct bbr3_model *m = &p->model;
	u32 delivered, lost;
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
	delivered = p->delivered;
	lost = p->lost;
	tcpdiag_path_run(p, 10 * SECOND);
	KUNIT_EXPECT_GE(test, p->delivered - delivered, 9000);
	/* less than 5 % */
	KUNIT_EXPECT_LE_MSG(test, p->lost - lost, 500, "%u", p->lost - lost);
}

/* What one ACK with losses would do to an UP, and its undoing. */
static void spurious(struct kunit *test, bool timeout)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	const struct bbr3_loss l = { .tx_inflight = 45, .tx_lost = 9,
				     .size = 1 };
	u32 cwnd = p->cwnd, bound = 123;
	struct bbr3_ack a;

	m->inflight_longterm = bound;
	a = next_ack(p);
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
	feed(p, &a);
	KUNIT_EXPECT_LT(test, m->cwnd, cwnd);
	/* another round trip of recovery, with loss, cuts the other bounds */
	a = next_ack(p);
	a.recovery = true;
	a.lost = 5;
	tcpdiag_bbr3_model_lost(m, &a, &l);
	feed(p, &a);
	a = next_ack(p);
	a.recovery = true;
	feed(p, &a);
	KUNIT_EXPECT_NE(test, m->bw_shortterm, BBR3_INFINITE);
	/* all of it was reordering */
	a = next_ack(p);
	a.cwnd = tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, a.cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, bound);
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->inflight_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_FALSE(test, m->loss_in_round);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
	KUNIT_EXPECT_EQ(test, m->undo_state, BBR3_STATES);
	feed(p, &a);
	a = next_ack(p);
	feed(p, &a);
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

/* Startup that a spurious loss has ended goes on, but not out of ProbeRTT. */
static void spurious_in_startup(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = next_ack(p);

	tcpdiag_bbr3_model_recovery(m, p->cwnd, false);
	m->undo_state = BBR3_STARTUP;
	tcpdiag_bbr3_model_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);

	p = usual_in(test, BBR3_CRUISE);
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

static void probe_rtt_in_startup(struct kunit *test)
{
	struct path *p = usual(test);
	struct bbr3_model *m = &p->model;

	/* slow, so that the pipe is never full */
	p->app_us = 5000;
	tcpdiag_path_run(p, 2 * SECOND);
	p->rtt_us = RTT_US + 2000;
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_PROBE_RTT,
						   12 * SECOND));
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);
	while (m->state == BBR3_PROBE_RTT && p->now_us < 30 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	/* and finds the rate, once there is something to send */
	p->app_us = 0;
	KUNIT_EXPECT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 5 * SECOND));
	KUNIT_EXPECT_TRUE(test, near(bbr3_max_bw(&m->max_bw),
				     rate_of(SERVICE_US), 2));
}

static void up_loss_with_bound(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
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

/* Loss far below what we want in flight: the bound stops at beta. */
static void up_loss_beta(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	const struct bbr3_loss l = { .tx_inflight = 5, .tx_lost = 5, .size = 1 };
	u32 target = bbr3_target_inflight(m, p->cwnd);
	struct bbr3_ack a = next_ack(p);

	tcpdiag_bbr3_model_lost(m, &a, &l);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, target * 7 / 10);
}

static void refill_app_limited(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_REFILL);
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

/* --- beyond the appendix ---------------------------------------------------- */

/* A shallow buffer: a bound is found, loss stays low, the link stays full. */
static void shallow_buffer(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 250, RTT_US, 16);
	struct bbr3_model *m = &p->model;
	u32 delivered, lost;

	tcpdiag_path_run(p, 5 * SECOND);
	KUNIT_EXPECT_NE(test, m->inflight_longterm, BBR3_INFINITE);
	KUNIT_EXPECT_TRUE_MSG(test, near(m->inflight_longterm, 176, 15), "%u",
			      m->inflight_longterm);
	delivered = p->delivered;
	lost = p->lost;
	tcpdiag_path_run(p, 15 * SECOND);
	KUNIT_EXPECT_GE(test, p->delivered - delivered, 60000 * 88 / 100);
	KUNIT_EXPECT_LE_MSG(test, p->lost - lost, 600, "%u", p->lost - lost);
}

/* After a probe that was too high the next stops at the bound, then goes on. */
static void precautionary_probe(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_REFILL);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a;

	m->probe_too_high = true;
	m->inflight_longterm = 50;
	a = next_ack(p);
	feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	a = next_ack(p);
	a.inflight = 49;
	feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	a = next_ack(p);
	a.inflight = 50;
	feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_TRUE(test, m->probe_precautionary);
	/* a round trip of feedback without loss: at once to the next */
	a = next_ack(p);
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_FALSE(test, m->probe_precautionary);
	/* but not if there was loss */
	a = next_ack(p);
	feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	m->probe_too_high = true;
	a = next_ack(p);
	a.inflight = 60;
	feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_DOWN);
	a = next_ack(p);
	a.lost = 9;
	tcpdiag_bbr3_model_lost(m, &a, &(struct bbr3_loss) { 60, 9, 1 });
	a.tx_lost = 9;
	feed(p, &a);
	KUNIT_EXPECT_NE(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
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
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 last = 0, bw = bbr3_max_bw(&m->max_bw), cwnd = p->cwnd;
	struct bbr3_ack a;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		/* a round trip with loss, and the ACK that ends it */
		a = next_ack(p);
		a.recovery = true;
		a.lost = 1;
		a.rate = bw / 4;
		a.sample = 5;
		tcpdiag_bbr3_model_lost(m, &a,
					&(struct bbr3_loss) { 40, 1, 1 });
		feed(p, &a);
		a = next_ack(p);
		a.recovery = true;
		a.rate = bw / 4;
		a.sample = 5;
		feed(p, &a);
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
	a = next_ack(p);
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->bw, bw);
	/* the next probe forgets it */
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_REFILL, 5 * SECOND));
	KUNIT_EXPECT_EQ(test, m->bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->inflight_shortterm, BBR3_INFINITE);
}

/* A mark needs no threshold. */
static void marks(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = next_ack(p);
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

	p = usual(test);
	m = &p->model;
	tcpdiag_path_run(p, 3 * RTT_US);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_STARTUP);
	for (i = 0; i < 10 && m->state == BBR3_STARTUP; i++) {
		a = next_ack(p);
		a.rate = m->full_bw * 2;
		tcpdiag_bbr3_model_marked(m, &a);
		feed(p, &a);
	}
	KUNIT_EXPECT_NE(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_GE(test, i, 2);
	KUNIT_EXPECT_LE(test, i, 4);
}

static void timeout_recovers(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	u32 delivered;

	/* a second in which nothing arrives */
	p->drop_every = 1;
	tcpdiag_path_run(p, SECOND);
	p->drop_every = 0;
	tcpdiag_path_run(p, 6 * SECOND);
	delivered = p->delivered;
	tcpdiag_path_run(p, 5 * SECOND);
	KUNIT_EXPECT_GE(test, p->delivered - delivered, 4500);
}

static void volume_extremes(struct kunit *test)
{
	struct bbr3_model *m = &usual(test)->model;

	KUNIT_EXPECT_EQ(test, bbr3_inflight(m, U32_MAX, BBR3_UNIT),
			m->initial_cwnd);
	m->min_rtt.rtt_us = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, bbr3_inflight(m, U32_MAX, 576), BBR3_MAX_VOLUME);
	m->min_rtt.rtt_us = 1;
	KUNIT_EXPECT_EQ(test, bbr3_inflight(m, 0, 576), 1);
	m->min_rtt.rtt_us = 40000;
	KUNIT_EXPECT_TRUE(test, near(bbr3_inflight(m, rate_of(1), 256),
				     40000, 1));
	m->inflight_longterm = 1;
	KUNIT_EXPECT_EQ(test, bbr3_with_headroom(m), 4);
	m->inflight_longterm = 5;
	KUNIT_EXPECT_EQ(test, bbr3_with_headroom(m), 4);
	m->inflight_longterm = 6;
	KUNIT_EXPECT_EQ(test, bbr3_with_headroom(m), 5);
	m->inflight_longterm = 100;
	KUNIT_EXPECT_EQ(test, bbr3_with_headroom(m), 85);
	m->inflight_longterm = BBR3_INFINITE;
	KUNIT_EXPECT_EQ(test, bbr3_with_headroom(m), BBR3_INFINITE);
}

/*
 * Any ACK whatever: windows stay between 1 and what the kernel can hold, states
 * are states, and nothing divides by zero.
 */
static u32 any(struct rnd_state *rnd)
{
	static const u32 values[] = { 0, 1, 2, 3, 40, 1000, 1 << 20, 1U << 31,
				      U32_MAX - 1, U32_MAX };

	return values[prandom_u32_state(rnd) % ARRAY_SIZE(values)];
}

static void any_ack(struct kunit *test)
{
	struct bbr3_model *m = &usual(test)->model;
	struct rnd_state rnd;
	u32 i;

	prandom_seed_state(&rnd, 5);
	for (i = 0; i < 200000; i++) {
		struct bbr3_ack a = {
			.now_us = (u64)any(&rnd) << (any(&rnd) % 20),
			.delivered = any(&rnd),
			.prior_delivered = any(&rnd),
			.sample = any(&rnd),
			.rate = any(&rnd),
			.rtt_us = any(&rnd),
			.acked = any(&rnd) % BBR3_MAX_VOLUME,
			.lost = any(&rnd),
			.inflight = any(&rnd),
			.cwnd = any(&rnd) % BBR3_MAX_VOLUME,
			.tx_inflight = any(&rnd) % BBR3_MAX_VOLUME,
			.tx_lost = any(&rnd),
			.has_data = any(&rnd) & 1,
			.app_limited = any(&rnd) & 1,
			.cwnd_limited = any(&rnd) & 1,
			.sack = any(&rnd) & 1,
			.delayed = any(&rnd) & 1,
			.recovery = any(&rnd) & 1,
		};
		struct bbr3_loss l = {
			.tx_inflight = a.tx_inflight,
			.tx_lost = a.tx_lost,
			.size = any(&rnd),
		};

		switch (any(&rnd) % 7) {
		case 1:
			tcpdiag_bbr3_model_lost(m, &a, &l);
			break;
		case 2:
			tcpdiag_bbr3_model_marked(m, &a);
			break;
		case 3:
			tcpdiag_bbr3_model_recovery(m, a.cwnd, a.recovery);
			a.cwnd = tcpdiag_bbr3_model_undo(m, &a);
			break;
		case 4:
			tcpdiag_bbr3_model_idle_restart(m, &a);
			break;
		}
		tcpdiag_bbr3_model_ack(m, &a);
		KUNIT_ASSERT_LT(test, m->state, BBR3_STATES);
		KUNIT_ASSERT_GE(test, m->cwnd, 4);
		KUNIT_ASSERT_LE(test, m->cwnd, 2 * BBR3_MAX_VOLUME);
		KUNIT_ASSERT_LE(test, m->bw, bbr3_max_bw(&m->max_bw));
		KUNIT_ASSERT_GT(test, m->min_rtt.rtt_us, 0);
	}
}

/*
 * The short path, tried beside the full one on every ACK of paths of all kinds:
 * it comes to the same, and it is what most ACKs take.
 */
static void quiet_path(struct kunit *test)
{
	static const struct {
		u32 service_us, rtt_us, buffer, drop_every, batch_us, app_us;
	} paths[] = {
		{ 1000, 40000, 1000, 0, 0, 0 },
		{ 250, 40000, 16, 0, 0, 0 },
		{ 250, 40000, 1000, 100, 0, 0 },
		{ 250, 40000, 1000, 1000, 3000, 0 },
		{ 1000, 40000, 1000, 0, 20000, 0 },
		{ 1000, 20000, 1000, 0, 0, 1100 },
		{ 100000, 20000, 1000, 0, 0, 0 },
	};
	u32 quiet = 0, delivered = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		struct path *p = tcpdiag_path_new(test, paths[i].service_us,
						  paths[i].rtt_us,
						  paths[i].buffer);

		p->drop_every = paths[i].drop_every;
		p->batch_us = paths[i].batch_us;
		p->app_us = paths[i].app_us;
		tcpdiag_path_run(p, 12 * SECOND);
		KUNIT_EXPECT_EQ_MSG(test, p->quiet_differs, 0, "path %u", i);
		quiet += p->quiet;
		delivered += p->delivered;
		if (!i)
			KUNIT_EXPECT_GT(test, p->quiet * 10, p->delivered * 7);
	}
	KUNIT_EXPECT_GT(test, quiet * 10, delivered * 4);
}

/* Counters that wrap in mid-flight change nothing. */
static void counters_wrap(struct kunit *test)
{
	struct path *p = usual(test), *q = usual(test);

	/* a connection that has delivered its first window already */
	p->delivered = 1000;
	tcpdiag_bbr3_model_init(&p->model, p->now_us, p->delivered, p->cwnd,
				BBR3_INFINITE, 12345);
	tcpdiag_bbr3_ring_init(&p->ring, p->delivered, p->lost, 0);
	q->delivered = 0U - 1500;
	q->lost = 0U - 3;
	tcpdiag_bbr3_model_init(&q->model, q->now_us, q->delivered, q->cwnd,
				BBR3_INFINITE, 12345);
	tcpdiag_bbr3_ring_init(&q->ring, q->delivered, q->lost, 0);
	p->buffer = 15;
	q->buffer = 15;
	tcpdiag_path_run(p, 6 * SECOND);
	tcpdiag_path_run(q, 6 * SECOND);
	KUNIT_EXPECT_GT(test, p->lost, 3);
	KUNIT_EXPECT_EQ(test, q->delivered + 2500, p->delivered);
	KUNIT_EXPECT_EQ(test, q->lost + 3, p->lost);
	KUNIT_EXPECT_EQ(test, q->model.round_count, p->model.round_count);
	KUNIT_EXPECT_EQ(test, q->cwnd, p->cwnd);
}

/* A clock that is put back must not stop anything for longer than a cycle. */
static void clock_steps(struct kunit *test)
{
	struct path *p = usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = next_ack(p);
	u32 rounds;

	a.now_us = 5;
	feed(p, &a);
	for (rounds = 0; m->state != BBR3_UP && rounds < 70; rounds++) {
		a = next_ack(p);
		feed(p, &a);
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
	/* and far ahead: the minimum has expired, no more */
	a = next_ack(p);
	a.now_us += 1ULL << 50;
	feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_GE(test, m->cwnd, 4);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(startup_plateau),
	KUNIT_CASE(startup_loss_app_limited),
	KUNIT_CASE(startup_stays_with_little_loss),
	KUNIT_CASE(startup_loss_without_sack),
	KUNIT_CASE(drain_by_inflight),
	KUNIT_CASE(drain_by_time),
	KUNIT_CASE(up_plateau),
	KUNIT_CASE(up_growth),
	KUNIT_CASE(up_queue),
	KUNIT_CASE(up_loss_app_limited),
	KUNIT_CASE(app_limited_stays),
	KUNIT_CASE(down_by_inflight),
	KUNIT_CASE(down_leaves_headroom),
	KUNIT_CASE(down_by_time),
	KUNIT_CASE(cruise_by_rounds),
	KUNIT_CASE(probe_rtt),
	KUNIT_CASE(probe_rtt_skipped_after_idle),
	KUNIT_CASE(startup_aggregation),
	KUNIT_CASE(cruise_aggregation),
	KUNIT_CASE(sub_packet_bdp),
	KUNIT_CASE(bandwidth_up_10x),
	KUNIT_CASE(longterm_doubles),
	KUNIT_CASE(bandwidth_down_10x),
	KUNIT_CASE(policer),
	KUNIT_CASE(spurious_recovery),
	KUNIT_CASE(spurious_timeout),
	KUNIT_CASE(spurious_in_startup),
	KUNIT_CASE(probe_rtt_in_startup),
	KUNIT_CASE(up_loss_with_bound),
	KUNIT_CASE(up_loss_beta),
	KUNIT_CASE(refill_app_limited),
	KUNIT_CASE(shallow_buffer),
	KUNIT_CASE(precautionary_probe),
	KUNIT_CASE(loss_prefix),
	KUNIT_CASE(loss_threshold),
	KUNIT_CASE(shortterm_bounds),
	KUNIT_CASE(marks),
	KUNIT_CASE(timeout_recovers),
	KUNIT_CASE(volume_extremes),
	KUNIT_CASE(any_ack),
	KUNIT_CASE(quiet_path),
	KUNIT_CASE(counters_wrap),
	KUNIT_CASE(clock_steps),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_model",
	.test_cases = cases,
};

kunit_test_suite(suite);
