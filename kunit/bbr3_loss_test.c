// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how bbr3's model responds to losses and marks: a probe that loses
 * too much ends and cuts the bound, and a spurious loss is undone completely.
 * Some are example cases of the appendix of draft-ietf-ccwg-bbr.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_loss.c"
#include "../cc_algos/bbr3_volume.h"
#include "bbr3_path.h"

/* One ACK with losses in UP, and its undo. */
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
	tcpdiag_bbr3_loss_recovery(m, cwnd, false);
	KUNIT_EXPECT_EQ(test, m->prior_cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, m->undo_inflight_longterm, bound);
	KUNIT_EXPECT_EQ(test, m->undo_bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, m->undo_inflight_shortterm, BBR3_INFINITE);
	a.recovery = true;
	a.lost = 9;
	if (timeout)
		a.cwnd = 1;
	tcpdiag_bbr3_loss_packet(m, &a, &l);
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
	a.cwnd = tcpdiag_bbr3_loss_undo(m, &a);
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
	/* the cut stops at beta times the bandwidth-delay product */
	KUNIT_EXPECT_GE(test, m->inflight_longterm, target * 7 / 10);
	KUNIT_EXPECT_LE(test, m->full_bw_count, 2);
}

/* Startup that a spurious loss ended resumes, but not from ProbeRTT. */
static void spurious_in_startup(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	tcpdiag_bbr3_loss_recovery(m, p->cwnd, false);
	m->undo_state = BBR3_STARTUP;
	tcpdiag_bbr3_loss_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);

	p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	m = &p->model;
	tcpdiag_bbr3_loss_recovery(m, p->cwnd, false);
	m->undo_state = BBR3_STARTUP;
	m->state = BBR3_PROBE_RTT;
	tcpdiag_bbr3_loss_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);
	/* nor does a probe begin from ProbeRTT */
	m->undo_state = BBR3_UP;
	tcpdiag_bbr3_loss_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	/* without saved values undo raises no bound */
	m->undo_inflight_longterm = 0;
	m->inflight_longterm = 77;
	tcpdiag_bbr3_loss_undo(m, &a);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 77);
}

/* Loss far below the inflight target: the cut stops at beta. */
static void up_loss_beta(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	const struct bbr3_loss l = { .tx_inflight = 5, .tx_lost = 5, .size = 1 };
	u32 target = bbr3_target_inflight(m, p->cwnd);
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	tcpdiag_bbr3_loss_packet(m, &a, &l);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, target * 7 / 10);
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
		/* the loss before was already too much */
		{ { 1000, 60, 20 }, 980 },
		{ { 10, 20, 20 }, 0 },
		{ { 0, 1, 1 }, 0 },
		{ { U32_MAX, U32_MAX, 1 }, U32_MAX - 1 },
	};
	struct bbr3_model m = { .loss_percent = BBR3_LOSS_PERCENT };
	const struct bbr3_loss more = { 1000, 60, 20 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_EQ_MSG(test, inflight_at_loss(&m, &table[i].l),
				    table[i].expected, "row %u", i);
	/* 40 of 980 are lost; with x more it is a twentieth: 49 of 989 */
	m.loss_percent = 5;
	KUNIT_EXPECT_EQ(test, inflight_at_loss(&m, &more), 989);
}

/* A mark needs no threshold. */
static void marks(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_UP);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);
	unsigned int i;

	a.tx_inflight = 43;
	tcpdiag_bbr3_loss_mark(m, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 43);
	KUNIT_EXPECT_TRUE(test, m->probe_too_high);
	/* one response for each probe */
	a.tx_inflight = 30;
	tcpdiag_bbr3_loss_mark(m, &a);
	KUNIT_EXPECT_EQ(test, m->inflight_longterm, 43);

	p = tcpdiag_path_usual(test);
	m = &p->model;
	tcpdiag_path_run(p, 3 * RTT_US);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_STARTUP);
	for (i = 0; i < 10 && m->state == BBR3_STARTUP; i++) {
		a = tcpdiag_path_next_ack(p);
		a.rate = m->full_bw * 2;
		tcpdiag_bbr3_loss_mark(m, &a);
		tcpdiag_path_feed(p, &a);
	}
	KUNIT_EXPECT_NE(test, m->state, BBR3_STARTUP);
	KUNIT_EXPECT_GE(test, i, 2);
	KUNIT_EXPECT_LE(test, i, 4);
}

/*
 * A round trip of DOWN with marks, or with loss, in which @percent of the path's
 * rate was delivered. Return: the rate then, in percent.
 */
static u32 after_down(struct kunit *test, u32 percent, bool lost)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	u32 bw = bbr3_max_bw(&m->max_bw);
	struct bbr3_ack a;

	m->state = BBR3_DOWN;
	m->round_percent = 90;
	a = tcpdiag_path_next_ack(p);
	bbr3_reset_congestion_signals(m);
	a.inflight = 2 * path_bdp(p);
	a.rate = div_u64((u64)bw * percent, 100);
	a.lost = lost;
	if (lost)
		tcpdiag_bbr3_loss_packet(m, &a, &(struct bbr3_loss){ 40, 1, 1 });
	else
		tcpdiag_bbr3_loss_mark(m, &a);
	m->loss_round_delivered = a.prior_delivered;
	tcpdiag_path_feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_DOWN);
	KUNIT_ASSERT_NE(test, m->bw_shortterm, BBR3_INFINITE);
	return DIV_ROUND_CLOSEST_ULL(100ULL * m->bw_shortterm, bw);
}

/* What DOWN does not send is not what the path does not carry. */
static void marks_in_down(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, after_down(test, 90, false), 100);
	KUNIT_EXPECT_EQ(test, after_down(test, 72, false), 80);
	KUNIT_EXPECT_EQ(test, after_down(test, 20, false), 70);
	/* never more than the filter has */
	KUNIT_EXPECT_EQ(test, after_down(test, 99, false), 100);
	/* the draft's rule */
	KUNIT_EXPECT_EQ(test, after_down(test, 90, true), 90);
	KUNIT_EXPECT_EQ(test, after_down(test, 20, true), 70);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(spurious_recovery),
	KUNIT_CASE(spurious_timeout),
	KUNIT_CASE(up_loss_with_bound),
	KUNIT_CASE(spurious_in_startup),
	KUNIT_CASE(up_loss_beta),
	KUNIT_CASE(loss_prefix),
	KUNIT_CASE(marks),
	KUNIT_CASE(marks_in_down),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_loss",
	.test_cases = cases,
};

kunit_test_suite(suite);
