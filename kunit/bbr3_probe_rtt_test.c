// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's ProbeRTT, example cases of the appendix of
 * draft-ietf-ccwg-bbr, on the simulated path of bbr3_path.c.
 */
#include <kunit/test.h>

#include "../cc_algos/bbr3_volume.h"
#include "bbr3_path.h"

static void probe_rtt(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
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
	/* volume by the old estimate, although the filter has the new one */
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
	/* the window is restored, and the rate recovers */
	KUNIT_EXPECT_GE(test, p->cwnd, min(cwnd, p->model.cwnd));
	KUNIT_EXPECT_GT(test, p->cwnd, 3 * half / 2);
	KUNIT_EXPECT_TRUE(test, near(tcpdiag_path_run(p, SECOND), 1000, 7));
	/* samples of ProbeRTT did not lower the estimate */
	KUNIT_EXPECT_TRUE(test, near(m->bw, rate_of(SERVICE_US), 3));
}

static void probe_rtt_skipped_after_idle(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual_in(test, BBR3_CRUISE);
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

static void probe_rtt_in_startup(struct kunit *test)
{
	struct path *p = tcpdiag_path_usual(test);
	struct bbr3_model *m = &p->model;

	/* slow, so that the pipe is never full */
	p->app_us = 5000;
	tcpdiag_path_run(p, 2 * SECOND);
	p->rtt_us = RTT_US + 2000;
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_PROBE_RTT,
						   12 * SECOND));
	KUNIT_EXPECT_FALSE(test, m->full_bw_reached);
	tcpdiag_path_leave(p, BBR3_PROBE_RTT, 30 * SECOND);
	KUNIT_EXPECT_EQ(test, m->state, BBR3_STARTUP);
	/* and finds the rate as soon as there is data to send */
	p->app_us = 0;
	KUNIT_EXPECT_TRUE(test, tcpdiag_path_until(p, BBR3_DRAIN, 5 * SECOND));
	KUNIT_EXPECT_TRUE(test, near(bbr3_max_bw(&m->max_bw),
				     rate_of(SERVICE_US), 2));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(probe_rtt),
	KUNIT_CASE(probe_rtt_skipped_after_idle),
	KUNIT_CASE(probe_rtt_in_startup),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_probe_rtt",
	.test_cases = cases,
};

kunit_test_suite(suite);
