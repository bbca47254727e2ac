// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's Startup and Drain, the example cases of the appendix of
 * draft-ietf-ccwg-bbr among them, on the simulated path of bbr3_path.c.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_volume.h"
#include "bbr3_path.h"

static void startup_plateau(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);
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
	/* 40 packets in 8 to 12 round trips: it doubled in each */
	KUNIT_EXPECT_LE(test, m->round_count, 12);
	KUNIT_EXPECT_EQ(test, p->lost, 0);
}

static void startup_loss_app_limited(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);
	struct bbr3_model *m = &p->model;

	p->app_us = 1200;
	tcpdiag_path_run(p, SECOND);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_STARTUP);
	p->drop_every = 4;
	tcpdiag_path_leave(p, BBR3_STARTUP, 5 * SECOND);
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

/* Without SACK one loss in fast recovery is enough. */
static void startup_loss_without_sack(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);

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
	struct path *p = tcpdiag_path_usual(test);
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
	/* Drain ends with the right ACK, not one too early or too late */
	KUNIT_EXPECT_LE(test, p->ack.inflight,
			bbr3_inflight(m, m->bw, BBR3_UNIT));
	KUNIT_EXPECT_GE(test, before,
			bbr3_inflight(m, m->bw, BBR3_UNIT));
	KUNIT_EXPECT_LE(test, m->round_count - m->drain_start_round, 3);
}

static void drain_by_time(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);
	struct bbr3_model *m = &p->model;
	unsigned int rounds;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 5 * SECOND));
	for (rounds = 1; rounds <= 4; rounds++) {
		KUNIT_EXPECT_EQ(test, m->state, BBR3_DRAIN);
		tcpdiag_path_feed_inflight(p, 3 * path_bdp(p));
	}
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_EQ(test, m->round_count - m->drain_start_round, 4);
}

/* ACKs for 10 ms at a time: the window must bridge the silence. */
static void startup_aggregation(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);
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

/*
 * A round trip of @n ACKs that each report a loss, and the ACK that ends it;
 * @tx_lost of @tx_inflight packets are lost by then.
 */
static void lossy_round(struct path *p, unsigned int n, u32 tx_inflight,
			u32 tx_lost)
{
	unsigned int i;

	for (i = 0; i <= n; i++) {
		struct bbr3_ack a = tcpdiag_path_next_ack(p);

		a.recovery = true;
		a.app_limited = true;
		a.tx_inflight = tx_inflight;
		a.tx_lost = tx_lost;
		if (i == n) {
			tcpdiag_path_feed(p, &a);
			break;
		}
		a.prior_delivered = p->model.loss_round_delivered - 1;
		a.delivered = p->ack.delivered + 1;
		a.lost = 1;
		tcpdiag_path_feed_loss(p, &a, tx_inflight, tx_lost);
	}
}

/* Below each of the three thresholds, Startup goes on. */
static void startup_stays_with_little_loss(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);

	/* five losses in a round trip, 10 % */
	p->app_us = 1200;
	tcpdiag_path_run(p, SECOND);
	lossy_round(p, 5, 40, 5);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
	/* many, but 2 % */
	lossy_round(p, 8, 400, 8);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
}

/* What a probe may lose Startup may lose, too: here 10 %. */
static void startup_loss_percent(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);

	tcpdiag_path_run(p, 3 * RTT_US);
	p->model.loss_percent = 10;
	lossy_round(p, 8, 100, 10);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_STARTUP);
	lossy_round(p, 8, 100, 11);
	KUNIT_EXPECT_NE(test, p->model.state, BBR3_STARTUP);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(startup_plateau),
	KUNIT_CASE(startup_loss_app_limited),
	KUNIT_CASE(startup_loss_without_sack),
	KUNIT_CASE(drain_by_inflight),
	KUNIT_CASE(drain_by_time),
	KUNIT_CASE(startup_aggregation),
	KUNIT_CASE(startup_stays_with_little_loss),
	KUNIT_CASE(startup_loss_percent),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_startup",
	.test_cases = cases,
};

kunit_test_suite(suite);
