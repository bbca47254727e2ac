// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what bbr3 does on a path that it shares: the bound on its rate from
 * a queue of several flows, and probes beside such a queue.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_bounds.h"
#include "bbr3_path.h"

/* 50 Mbit/s with packets of 1500 bytes, a buffer of one BDP. */
#define SHARED_SERVICE_US	242
#define SHARED_BUFFER		(RTT_US / SHARED_SERVICE_US)

/* --- two flows, one bottleneck -------------------------------------------- */

/* The one whose time is behind goes on; both wait for the same packets. */
static void step_both(struct path *a, struct path *b)
{
	struct path *p = a->now_us <= b->now_us ? a : b;

	a->free_us = max(a->free_us, b->free_us);
	b->free_us = a->free_us;
	tcpdiag_path_step(p);
}

static void run_both(struct path *a, struct path *b, u64 us)
{
	u64 end = min(a->now_us, b->now_us) + us;

	while (a->now_us < end || b->now_us < end)
		step_both(a, b);
}

static void late_flow(struct kunit *test, u64 alone_us)
{
	struct path *first = tcpdiag_path_new(test, SHARED_SERVICE_US, RTT_US,
					      SHARED_BUFFER);
	struct path *late = tcpdiag_path_new(test, SHARED_SERVICE_US, RTT_US,
					     SHARED_BUFFER);
	u64 a, b;

	tcpdiag_path_run(first, alone_us);
	late->now_us = first->now_us;
	tcpdiag_path_connect(late, 0, 0);
	run_both(first, late, 10 * SECOND);
	a = first->delivered;
	b = late->delivered;
	run_both(first, late, 15 * SECOND);
	a = first->delivered - a;
	b = late->delivered - b;
	/* Jain's index is at least .95, and nearly the whole rate is used */
	KUNIT_EXPECT_GE_MSG(test, 100 * (a + b) * (a + b),
			    95 * 2 * (a * a + b * b), "%llu, %llu", a, b);
	KUNIT_EXPECT_GE(test, a + b, 15 * SECOND / SHARED_SERVICE_US / 100 * 95);
	/* one packet in 200 is lost at most */
	KUNIT_EXPECT_LE(test, (first->lost + late->lost) * 200,
			first->sent + late->sent);
}

static void late_after_5s(struct kunit *test)
{
	late_flow(test, 5 * SECOND);
}

static void late_after_9s(struct kunit *test)
{
	late_flow(test, 9 * SECOND);
}

/* The late flow once got stuck at 35 %: room that it made lowered its share. */
static void late_after_13s(struct kunit *test)
{
	late_flow(test, 13 * SECOND);
}

static void late_after_30s(struct kunit *test)
{
	late_flow(test, 30 * SECOND);
}

/* --- the bound ------------------------------------------------------------ */

/* In CRUISE; the next ACKs end a round trip each, and none expires. */
static struct path *in_cruise(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);

	tcpdiag_path_feed_next(p);
	tcpdiag_path_feed_next(p);
	KUNIT_ASSERT_EQ(test, p->model.state, BBR3_CRUISE);
	KUNIT_ASSERT_NE(test, p->model.ack_phase, BBR3_ACKS_STOPPING);
	p->model.stall_rounds = 0;
	p->model.rounds_since_probe = 0;
	p->model.cycle_stamp_us = p->ack.now_us + 100 * SECOND;
	p->model.min_rtt.stamp_us = p->ack.now_us + 100 * SECOND;
	return p;
}

/* @acks ACKs of two packets each: a round trip at @percent of the path's rate. */
static void feed_acks(struct path *p, u32 acks, u32 percent, u32 rtt_us,
		      bool app_limited)
{
	struct bbr3_ack end = tcpdiag_path_next_ack(p), a;
	u32 left;

	end.rate = div_u64((u64)rate_of(SERVICE_US) * percent, 100);
	end.rtt_us = rtt_us;
	end.app_limited = app_limited;
	end.acked = 2;
	end.sample = 2 * acks;
	for (left = acks - 1; left; left--) {
		a = end;
		a.now_us -= RTT_US / acks * left;
		a.delivered -= 2 * left;
		a.prior_delivered--;
		tcpdiag_path_feed(p, &a);
	}
	tcpdiag_path_feed(p, &end);
}

static void feed_share(struct path *p, u32 percent, u32 rtt_us, bool app_limited)
{
	feed_acks(p, path_bdp(p) / 2, percent, rtt_us, app_limited);
}

static u32 bw_percent(const struct path *p)
{
	return DIV_ROUND_CLOSEST_ULL(100ULL * p->model.bw,
				     rate_of(SERVICE_US));
}

/* A share of 60 %, in Cruise, without a queue. */
static struct path *with_share(struct kunit *test)
{
	struct path *p = in_cruise(test);

	feed_share(p, 60, RTT_US * 3 / 2, false);
	feed_share(p, 60, RTT_US * 3 / 2, false);
	feed_share(p, 60, RTT_US, false);
	KUNIT_ASSERT_EQ(test, bw_percent(p), 60);
	return p;
}

/* Nine tenths of the share while the queue drains, then the share. */
static void share_drains(struct kunit *test)
{
	struct path *p = in_cruise(test);

	feed_share(p, 60, RTT_US * 3 / 2, false);
	feed_share(p, 60, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
	KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(&p->model), 90);
	feed_share(p, 60, RTT_US, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
	KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(&p->model), 100);
	/* it does not grow by itself */
	feed_share(p, 70, RTT_US, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
}

/*
 * In a queue a flow gets what it has sent: less if it has made room, more if it
 * has just probed. In either case it gives up 3 % of its share.
 */
static void share_given_up(struct kunit *test)
{
	struct path *p = in_cruise(test);

	feed_share(p, 60, RTT_US * 3 / 2, false);
	feed_share(p, 60, RTT_US * 3 / 2, false);
	KUNIT_ASSERT_EQ(test, bw_percent(p), 60);
	feed_share(p, 54, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 58);
	feed_share(p, 98, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 56);
	/* a round trip that does not show the path changes nothing */
	feed_share(p, 30, RTT_US * 3 / 2, true);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 56);
}

/* Many flows have filled the queue. It shrinks, so each goes on making room. */
static void queue_shrinks(struct kunit *test)
{
	struct path *p = in_cruise(test);
	u32 rtt_us = 2 * RTT_US;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		feed_share(p, 60, rtt_us, false);
		KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(&p->model), 90);
		rtt_us -= RTT_US / 16;
	}
	/* the last step was too small */
	feed_share(p, 60, rtt_us + RTT_US / 16 - 1, false);
	KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(&p->model), 100);
	KUNIT_EXPECT_GE(test, bw_percent(p), 60 * 4 / 5);
}

/* Somebody fills the queue on purpose: after four round trips no more. */
static void share_ends(struct kunit *test)
{
	struct path *p = in_cruise(test);
	u32 percent;

	for (percent = 60; percent >= 30; percent -= 5)
		feed_share(p, percent, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_GE(test, bw_percent(p), 40);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_CRUISE);
	KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(&p->model), 100);
}

/*
 * A path that has become longer by half: the flow makes room, and that it then
 * gets less is its own doing.
 */
static void longer_path(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);

	p->rtt_us = 3 * RTT_US / 2;
	tcpdiag_path_run(p, 2 * SECOND);
	KUNIT_EXPECT_EQ(test, p->model.bw_share, BBR3_INFINITE);
	KUNIT_EXPECT_TRUE(test, near(p->model.bw, rate_of(SERVICE_US), 3));
}

/* The path, alone, stands still for a time each second: 97 % of the rest is used. */
static void stall(struct kunit *test, u32 stall_us)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	u32 rest_us = 10 * SECOND - 10 * stall_us;
	u32 delivered = 0;
	unsigned int i;

	for (i = 0; i < 10; i++) {
		p->free_us = max(p->free_us, p->now_us) + stall_us;
		delivered += tcpdiag_path_run(p, SECOND);
		KUNIT_EXPECT_TRUE(test, near(p->model.bw, rate_of(SERVICE_US),
					     5));
	}
	KUNIT_EXPECT_GE_MSG(test, delivered, rest_us / SERVICE_US / 100 * 97,
			    "%u us", stall_us);
}

static void stalls(struct kunit *test)
{
	stall(test, 15000);
	stall(test, 50000);
	stall(test, 200000);
}

/* The path, alone, changes its length all the time. */
static void length_changes(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	u32 delivered = 0;
	unsigned int i;

	for (i = 0; i < 40; i++) {
		p->rtt_us = RTT_US * 3 / 2;
		delivered += tcpdiag_path_run(p, SECOND * 16 / 100);
		p->rtt_us = RTT_US;
		delivered += tcpdiag_path_run(p, SECOND * 6 / 100);
	}
	KUNIT_EXPECT_GE(test, delivered, 40 * 220 * 95 / 100);
}

/* The receiver's window is a bit larger than the BDP, and the path's length changes. */
static void full_rwnd(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
	unsigned int i;

	p->rwnd = path_bdp(p) * 5 / 4;
	for (i = 0; i < 8; i++) {
		p->rtt_us = RTT_US * 3 / 2;
		tcpdiag_path_run(p, SECOND / 2);
		p->rtt_us = RTT_US;
		tcpdiag_path_run(p, SECOND / 2);
		KUNIT_EXPECT_EQ(test, p->model.bw_share, BBR3_INFINITE);
	}
	KUNIT_EXPECT_EQ(test, p->quiet_differs, 0);
}

/* Six packets in flight, and the receiver ACKs every second one: no stall. */
static void few_packets(struct kunit *test)
{
	struct path *p = in_cruise(test);
	unsigned int i;

	/* what was in flight before is forgotten */
	for (i = 0; i < 4; i++)
		feed_acks(p, 3, 100, RTT_US, false);
	for (i = 0; i < 2; i++)
		feed_acks(p, 3, 60, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
}

/* No queue; a queue of one's own; a program that has little to send. */
static void no_share(struct kunit *test)
{
	struct path *p = in_cruise(test);
	u32 bw = p->model.bw;
	unsigned int i;

	for (i = 0; i < 5; i++)
		feed_share(p, 60, RTT_US * 9 / 8, false);
	KUNIT_EXPECT_EQ(test, p->model.bw, bw);
	for (i = 0; i < 5; i++)
		feed_share(p, 98 * bbr3_pacing_percent(&p->model) / 100,
			   RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, p->model.bw, bw);
	for (i = 0; i < 5; i++)
		feed_share(p, 10, RTT_US * 3 / 2, true);
	KUNIT_EXPECT_EQ(test, p->model.bw, bw);
}

/* Two milliseconds are no queue, however short the path is. */
static void short_path(struct kunit *test)
{
	struct path *p = in_cruise(test);
	u32 bw = p->model.bw;
	unsigned int i;

	p->model.min_rtt.rtt_us = 100;
	bw = p->model.bw;
	for (i = 0; i < 5; i++)
		feed_share(p, 60, 1900, false);
	KUNIT_EXPECT_EQ(test, p->model.bw, bw);
}

/* The next probe begins at the share, and what it delivers is kept. */
static void probe_raises_share(struct kunit *test)
{
	struct path *p = with_share(test);
	struct bbr3_model *m = &p->model;

	m->cycle_stamp_us = 0;
	m->probe_wait_us = 0;
	feed_share(p, 60, RTT_US, false);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
	feed_share(p, 60, RTT_US, false);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	feed_share(p, 75, RTT_US, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 75);
	/* packets that the probe has sent return after its end, too */
	feed_share(p, 75, 2 * RTT_US, false);
	feed_share(p, 75, 2 * RTT_US, false);
	KUNIT_ASSERT_NE(test, m->state, BBR3_UP);
	feed_share(p, 80, RTT_US, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 80);
}

/* A queue that was there before UP does not end it; a longer one does. */
static void up_beside_queue(struct kunit *test)
{
	struct path *p = in_cruise(test);
	struct bbr3_model *m = &p->model;
	unsigned int i;

	for (i = 0; i < 5; i++)
		feed_share(p, 60, RTT_US * 3 / 2, false);
	m->cycle_stamp_us = 0;
	m->probe_wait_us = 0;
	for (i = 0; i < 2; i++)
		feed_share(p, 60, RTT_US * 3 / 2, false);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_UP);
	feed_share(p, 70, RTT_US * 13 / 8, false);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_UP);
	for (i = 0; i < 2; i++)
		feed_share(p, 80, RTT_US * 15 / 8, false);
	KUNIT_EXPECT_NE(test, m->state, BBR3_UP);
	KUNIT_EXPECT_FALSE(test, m->full_bw_now);
}

/* As long as the flow makes room in a queue, Reno's clock starts no probe. */
static void no_probe_into_queue(struct kunit *test)
{
	struct path *p = in_cruise(test);

	feed_share(p, 60, RTT_US * 3 / 2, false);
	feed_share(p, 60, RTT_US * 3 / 2, false);
	p->model.rounds_since_probe = 100;
	feed_share(p, 60, RTT_US * 3 / 2, false);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_CRUISE);
	feed_share(p, 60, RTT_US, false);
	KUNIT_EXPECT_EQ(test, p->model.state, BBR3_REFILL);
}

/* It was one of a time before the connection was idle. */
static void share_ends_idle(struct kunit *test)
{
	struct path *p = with_share(test);
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	p->model.min_rtt.stamp_us = a.now_us;
	a.now_us += 11 * SECOND;
	tcpdiag_bbr3_model_idle_restart(&p->model, &a);
	tcpdiag_path_feed(p, &a);
	KUNIT_EXPECT_NE(test, p->model.state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_EQ(test, p->model.bw_share, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 100);
}

/* Losses that were none: so was what was delivered while they were repaired. */
static void share_undone(struct kunit *test)
{
	struct path *p = with_share(test);
	struct bbr3_model *m = &p->model;

	tcpdiag_bbr3_loss_recovery(m, p->cwnd, false);
	feed_share(p, 40, RTT_US * 3 / 2, false);
	feed_share(p, 40, RTT_US * 3 / 2, false);
	KUNIT_ASSERT_LT(test, bw_percent(p), 60);
	tcpdiag_bbr3_loss_undo(m, &p->ack);
	feed_share(p, 60, RTT_US, false);
	KUNIT_EXPECT_EQ(test, bw_percent(p), 60);
}

/* ProbeRTT keeps the share, unless it finds that the path is longer. */
static void after_probe_rtt(struct kunit *test, u32 rtt_us, u32 percent)
{
	struct path *p = with_share(test);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);
	unsigned int i;

	m->min_rtt.stamp_us = p->ack.now_us - BBR3_MIN_RTT_LEN_US;
	a.rtt_us = rtt_us;
	a.rate = m->bw;
	tcpdiag_path_feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_PROBE_RTT);
	for (i = 0; i < 20 && m->state == BBR3_PROBE_RTT; i++) {
		a = tcpdiag_path_next_ack(p);
		a.rtt_us = rtt_us;
		a.rate = m->bw;
		a.inflight = 4;
		tcpdiag_path_feed(p, &a);
	}
	KUNIT_ASSERT_EQ(test, m->state, BBR3_CRUISE);
	KUNIT_EXPECT_EQ(test, bw_percent(p), percent);
}

static void share_after_probe_rtt(struct kunit *test)
{
	after_probe_rtt(test, RTT_US * 9 / 8, 60);
	after_probe_rtt(test, RTT_US * 3 / 2, 100);
}

/*
 * On a path as long as the wait for a probe, Refill begins while the packets of
 * the last probe return. The fast path does not raise the share, so it is not
 * taken.
 */
static void refill_in_probe(struct kunit *test)
{
	struct path *p = with_share(test);
	struct bbr3_model *m = &p->model;
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	m->bw_probe_sample = true;
	tcpdiag_bbr3_start_refill(m, &p->ack);
	a.prior_delivered--;
	a.rate = m->bw;
	tcpdiag_path_feed(p, &a);
	KUNIT_ASSERT_EQ(test, m->state, BBR3_REFILL);
	KUNIT_EXPECT_FALSE(test, m->quiet);
}

/* Startup goes on after a loss that was spurious, and nothing bounds it. */
static void startup_again(struct kunit *test)
{
	struct path *p = with_share(test);
	struct bbr3_model *m = &p->model;

	m->undo_state = BBR3_STARTUP;
	tcpdiag_bbr3_loss_undo(m, &p->ack);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	feed_share(p, 90, RTT_US, false);
	KUNIT_EXPECT_GE(test, bw_percent(p), 90);
	KUNIT_EXPECT_EQ(test, bbr3_pacing_percent(m), 277);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(late_after_5s),
	KUNIT_CASE(late_after_9s),
	KUNIT_CASE(late_after_13s),
	KUNIT_CASE(late_after_30s),
	KUNIT_CASE(share_drains),
	KUNIT_CASE(share_given_up),
	KUNIT_CASE(queue_shrinks),
	KUNIT_CASE(share_ends),
	KUNIT_CASE(stalls),
	KUNIT_CASE(length_changes),
	KUNIT_CASE(full_rwnd),
	KUNIT_CASE(few_packets),
	KUNIT_CASE(longer_path),
	KUNIT_CASE(no_share),
	KUNIT_CASE(short_path),
	KUNIT_CASE(probe_raises_share),
	KUNIT_CASE(up_beside_queue),
	KUNIT_CASE(no_probe_into_queue),
	KUNIT_CASE(share_ends_idle),
	KUNIT_CASE(share_undone),
	KUNIT_CASE(share_after_probe_rtt),
	KUNIT_CASE(refill_in_probe),
	KUNIT_CASE(startup_again),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_share",
	.test_cases = cases,
};

kunit_test_suite(suite);
