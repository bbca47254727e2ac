// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's model as a whole, on the simulated path of bbr3_path.c: how
 * it follows a path (also with example cases of the appendix of
 * draft-ietf-ccwg-bbr), volumes, extremes, the fast path. Its parts have suites
 * of their own.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../cc_algos/bbr3_model.c"
#include "bbr3_path.h"

/* 10 packets a second and 20 ms: a fifth of a packet fills the path. */
static void sub_packet_bdp(struct kunit *test)
{
	struct path *p = tcpdiag_path_new(test, 100000, 20000, DEEP);
	struct bbr3_model *m = &p->model;

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE,
						   60 * SECOND));
	tcpdiag_path_run(p, 5 * SECOND);
	KUNIT_EXPECT_GE(test, p->cwnd, 4);
	/* four packets make a queue of 400 ms, which becomes the minimum RTT */
	KUNIT_EXPECT_LE(test, p->cwnd, 12);
	KUNIT_EXPECT_TRUE(test, near(m->bw, rate_of(100000), 5));
	KUNIT_EXPECT_GE(test, tcpdiag_path_run(p, 20 * SECOND), 190);
}

static void bandwidth_up_10x(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
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
	/* bounded by the loss, or by what arrives through the queue */
	while (m->bw > rate_of(1500) && p->now_us < start + 5 * SECOND)
		tcpdiag_path_step(p);
	KUNIT_EXPECT_LE(test, m->bw, rate_of(1500));
	/* twelve round trips at 0.7 each; a round trip may now be long */
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

static void timeout_recovers(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);

	/* a second in which nothing arrives */
	p->drop_every = 1;
	tcpdiag_path_run(p, SECOND);
	p->drop_every = 0;
	tcpdiag_path_run(p, 6 * SECOND);
	KUNIT_EXPECT_GE(test, tcpdiag_path_run(p, 5 * SECOND), 4500);
}

static void volume_extremes(struct kunit *test)
{
	struct bbr3_model *m = &tcpdiag_path_usual(test)->model;

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
 * Random ACKs: windows stay between 1 and the kernel's maximum, states are
 * valid, and nothing divides by zero.
 */
static u32 any(struct rnd_state *rnd)
{
	static const u32 values[] = { 0, 1, 2, 3, 40, 1000, 1 << 20, 1U << 31,
				      U32_MAX - 1, U32_MAX };

	return values[prandom_u32_state(rnd) % ARRAY_SIZE(values)];
}

static void any_ack(struct kunit *test)
{
	struct bbr3_model *m = &tcpdiag_path_usual(test)->model;
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
			.rwnd_limited = any(&rnd) & 1,
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
			tcpdiag_bbr3_loss_packet(m, &a, &l);
			break;
		case 2:
			tcpdiag_bbr3_loss_mark(m, &a);
			break;
		case 3:
			tcpdiag_bbr3_loss_recovery(m, a.cwnd, a.recovery);
			a.cwnd = tcpdiag_bbr3_loss_undo(m, &a);
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
 * The fast path, run beside the full one on every ACK of all kinds of paths: it
 * gives the same result, and most ACKs take it.
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
		delivered += tcpdiag_path_run(p, 12 * SECOND);
		KUNIT_EXPECT_EQ_MSG(test, p->quiet_differs, 0, "path %u", i);
		quiet += p->quiet;
		if (!i)
			KUNIT_EXPECT_GT(test, p->quiet * 10, p->delivered * 7);
	}
	KUNIT_EXPECT_GT(test, quiet * 10, delivered * 4);
}

/* Counters that wrap in mid-flight change nothing. */
static void counters_wrap(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test), *q = tcpdiag_path_usual(test);

	/* a connection that has already delivered its first window */
	tcpdiag_path_connect(p, 1000, 0);
	tcpdiag_path_connect(q, 0U - 1500, 0U - 3);
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

/* A clock that is set back must not delay anything by more than a cycle. */
static void clock_steps(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);
	u32 rounds;

	a.now_us = 5;
	tcpdiag_path_feed(p, &a);
	for (rounds = 0; m->state != BBR3_UP && rounds < 70; rounds++)
		tcpdiag_path_feed_next(p);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
	/* and far ahead: only the minimum has expired */
	a = tcpdiag_path_next_ack(p);
	a.now_us += 1ULL << 50;
	tcpdiag_path_feed(p, &a);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_GE(test, m->cwnd, 4);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sub_packet_bdp),
	KUNIT_CASE(bandwidth_up_10x),
	KUNIT_CASE(bandwidth_down_10x),
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
