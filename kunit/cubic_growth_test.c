// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of cubic_rfc9438's windows over time, from outside: the curve, Reno's
 * region, clamps and extremes, and RFC 9438's tables of means.
 */
#include <kunit/test.h>

#include "../cc_algos/cc_algos.h"
#include "../cc_algos/cubic_window.h"
#include "cc_socket.h"
#include "cubic_means.h"

#define SECOND_US	1000000U

static struct tcp_sock *fake_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	return tcpdiag_cc_connect(test, &tcpdiag_cubic_rfc9438, cwnd, ssthresh);
}

static struct tcp_sock *after_loss(struct kunit *test, u32 cwnd)
{
	return tcpdiag_cc_after_loss(test, &tcpdiag_cubic_rfc9438, cwnd);
}

/* The curve, each second, over twice K. Recovery does not count as time. */
static void cubic_follows_curve(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	u64 start_us = tp->tcp_mstamp, t_us;
	u64 expected;
	u32 second;

	for (second = 1; second <= 18; second++) {
		while (tp->tcp_mstamp < start_us + second * SECOND_US)
			tcpdiag_cc_round_trips(tp, 1);
		t_us = tp->tcp_mstamp - start_us;
		expected = tcpdiag_cubic_window(1000ULL << 32, 9085603, t_us);
		/* between W_cubic(t) and one round trip later, a packet off */
		KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp) + 3, expected >> 32);
		expected = tcpdiag_cubic_window(1000ULL << 32, 9085603,
						t_us + CC_RTT_US);
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), (expected >> 32) + 3);
	}
}

/* A short path: Reno's window leads, by 9/17 a round trip, then by 1. */
static void cubic_reno_friendly(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 20);
	u32 rounds = 0;

	tp->srtt_us = 1000 << 3;
	while (tcp_snd_cwnd(tp) < 20) {
		tcpdiag_cc_round_trips(tp, 1);
		KUNIT_ASSERT_LT(test, ++rounds, 20);
	}
	/* six packets: 6 * 17 / 9 = 11.3 */
	KUNIT_EXPECT_GE(test, rounds, 11);
	KUNIT_EXPECT_LE(test, rounds, 13);
	tcpdiag_cc_round_trips(tp, 20);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 38);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 41);
}

/* The smallest round-trip times: one packet a round trip, not one an ACK. */
static void cubic_tiny_rtt(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 20);

	tp->srtt_us = 20 << 3;
	tcpdiag_cc_round_trips(tp, 100);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 14 + 80);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 14 + 110);
}

static void cubic_clamp(struct kunit *test)
{
	struct tcp_sock *tp = tcpdiag_cc_expect_clamp(test,
						      &tcpdiag_cubic_rfc9438);

	/* no growth was saved up while the window was clamped */
	tp->snd_cwnd_clamp = NO_LIMIT;
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 13);
}

/* Bursts: unpaced, an ACK for many packets counts as eight. */
static void cubic_slow_start_limit(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 100, NO_LIMIT);

	tcpdiag_cc_ack(tp, 45);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 108);
	sk_of(tp)->sk_pacing_status = SK_PACING_FQ;
	tcpdiag_cc_ack(tp, 45);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 153);
}

/* Windows and round-trip times of all sizes: growth stays within bounds. */
static void cubic_extremes(struct kunit *test)
{
	static const u32 cwnds[] = { 1, 2, 3, 10, 1000, 1000000, 1 << 30,
				     S32_MAX - 8 };
	static const u32 srtts[] = { 0, 1, 8, 8000, 800000, S32_MAX, U32_MAX };
	unsigned int i, j, step;
	struct tcp_sock *tp;
	u32 cwnd;

	for (i = 0; i < ARRAY_SIZE(cwnds); i++) {
		for (j = 0; j < ARRAY_SIZE(srtts); j++) {
			tp = fake_socket(test, cwnds[i], cwnds[i]);
			tp->srtt_us = srtts[j];
			for (step = 0; step < 200; step++) {
				cwnd = tcp_snd_cwnd(tp);
				tp->tcp_mstamp += srtts[j] / 8 + 1;
				tcpdiag_cc_ack(tp, 1 + step % 3);
				KUNIT_ASSERT_GE(test, tcp_snd_cwnd(tp), cwnd);
				KUNIT_ASSERT_LE(test, tcp_snd_cwnd(tp),
						cwnd + 3);
			}
			KUNIT_EXPECT_GE(test,
					tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)),
					2);
		}
	}
}

/* The low 32 bits of the clock wrap each 71 minutes. */
static void cubic_clock_wraps(struct kunit *test)
{
	struct tcp_sock *plain = after_loss(test, 1000);
	struct tcp_sock *tp = after_loss(test, 1000);
	u32 i;

	tp->tcp_mstamp = U32_MAX - 10 * CC_RTT_US;
	for (i = 0; i < 60; i++) {
		tcpdiag_cc_round_trips(plain, 1);
		tcpdiag_cc_round_trips(tp, 1);
		KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), tcp_snd_cwnd(plain));
	}
}

/* Limited to this loss interval, because each packet is acknowledged. */
static const void *means(const void *prev, char *desc)
{
	return cubic_mean_next(prev, 10000, desc);
}

static void cubic_steady(struct kunit *test)
{
	const struct cubic_mean *mean = test->param_value;
	struct tcp_sock *tp = fake_socket(test, 10, 10);

	tp->srtt_us = mean->rtt_us << 3;
	tcpdiag_cc_expect_mean(test, tp, mean->per_loss, 24, mean->average, 15);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cubic_follows_curve),
	KUNIT_CASE(cubic_reno_friendly),
	KUNIT_CASE(cubic_tiny_rtt),
	KUNIT_CASE(cubic_clamp),
	KUNIT_CASE(cubic_slow_start_limit),
	KUNIT_CASE(cubic_extremes),
	KUNIT_CASE(cubic_clock_wraps),
	KUNIT_CASE_PARAM(cubic_steady, means),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_cubic_growth",
	.test_cases = cases,
};

kunit_test_suite(suite);
