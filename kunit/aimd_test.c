// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of aimd's windows: its operations are called as TCP calls them, on a
 * made-up socket. Figures are from RFC 5681, section 3.1.
 */
#include <kunit/test.h>

#include "cc_socket.h"

#include "../cc_algos/aimd.c"

static struct tcp_sock *fake_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	return tcpdiag_cc_connect(test, &tcpdiag_aimd, cwnd, ssthresh);
}

static u32 window_after_loss(struct kunit *test, u32 cwnd)
{
	return tcpdiag_cc_window_after_loss(test, &tcpdiag_aimd, cwnd);
}

static void set_parameters(unsigned int increase, unsigned int beta_percent)
{
	aimd_increase = increase;
	aimd_beta_percent = beta_percent;
}

static int aimd_test_init(struct kunit *test)
{
	set_parameters(1, 50);
	return 0;
}

static void aimd_halves(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 10), 5);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 11), 5);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 100), 50);
}

/* RFC 5681, equation 4: never below two segments. */
static void aimd_floor(struct kunit *test)
{
	u32 cwnd;

	for (cwnd = 1; cwnd <= 5; cwnd++)
		KUNIT_EXPECT_EQ(test, window_after_loss(test, cwnd), 2);
	set_parameters(1, BETA_MIN);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 29), 2);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 30), 3);
}

static void aimd_beta(struct kunit *test)
{
	set_parameters(1, 90);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 100), 90);
	set_parameters(1, 70);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 10), 7);
	set_parameters(1, 10);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 1000), 100);
}

/* The product must not be cut to 32 bits. */
static void aimd_huge_window(struct kunit *test)
{
	set_parameters(1, 90);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 1 << 30), 966367641);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, S32_MAX), 1932735282);
}

static void aimd_slow_start_doubles(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);
	u32 expected;

	for (expected = 20; expected <= 10 << 12; expected *= 2) {
		tcpdiag_cc_round_trips(tp, 1);
		KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), expected);
	}
}

/* Slow start ends exactly at ssthresh; the rest of an ACK still counts. */
static void aimd_slow_start_ends(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 15);

	tcpdiag_cc_ack(tp, 5);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 15);
	tp = fake_socket(test, 10, 15);
	tcpdiag_cc_ack(tp, 5 + 15);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 16);
}

static void aimd_one_more_a_round_trip(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 10);

	tcpdiag_cc_round_trips(tp, 100);
	/* only whole packets, so it may be one or two behind, never ahead */
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 110);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 108);
}

/* Every increase that the parameter allows; a larger one grows faster. */
static void aimd_increase_a_round_trip(struct kunit *test)
{
	struct tcp_sock *tp;
	unsigned int a;

	for (a = INCREASE_MIN; a <= INCREASE_MAX; a++) {
		set_parameters(a, 50);
		tp = fake_socket(test, 1000, 1000);
		tcpdiag_cc_round_trips(tp, 10);
		/* cwnd / a is rounded down: a little more than a */
		KUNIT_EXPECT_GE_MSG(test, tcp_snd_cwnd(tp), 1000 + 10 * a - 1,
				    "increase %u", a);
		KUNIT_EXPECT_LE_MSG(test, tcp_snd_cwnd(tp),
				    1000 + 10 * a + a, "increase %u", a);
	}
}

/* A window smaller than the increase must not divide by zero. */
static void aimd_small_window(struct kunit *test)
{
	struct tcp_sock *tp;
	u32 cwnd;

	set_parameters(INCREASE_MAX, 50);
	for (cwnd = 1; cwnd <= INCREASE_MAX; cwnd++) {
		tp = fake_socket(test, cwnd, 1);
		tcpdiag_cc_round_trips(tp, 1);
		KUNIT_EXPECT_GT(test, tcp_snd_cwnd(tp), cwnd);
		/* no faster than slow start */
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 2 * cwnd);
	}
}

/* RFC 7661: a window that was not filled must not grow. */
static void aimd_not_used(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 5);

	tp->is_cwnd_limited = 0;
	tcpdiag_cc_round_trips(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 10);
	tp = fake_socket(test, 10, NO_LIMIT);
	tp->is_cwnd_limited = 0;
	tp->max_packets_out = 4;
	tcpdiag_cc_round_trips(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 10);
	/* in slow start half a window counts as used */
	tp->max_packets_out = 6;
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 11);
}

static void aimd_clamp(struct kunit *test)
{
	tcpdiag_cc_expect_clamp(test, &tcpdiag_aimd);
}

/* After a spurious loss the window is as it was. */
static void aimd_undo(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 5, 5);

	tp->prior_cwnd = 10;
	KUNIT_EXPECT_EQ(test, tcpdiag_aimd.undo_cwnd(sk_of(tp)), 10);
}

/*
 * The saw-tooth: with a loss at each top the mean window is 3/4 of the top. RFC
 * 5681's response function, 1.22 / sqrt(p), follows from this.
 */
static void aimd_saw_tooth(struct kunit *test)
{
	const u32 top = 100;
	struct tcp_sock *tp = fake_socket(test, top / 2, top / 2);
	u32 sum = 0, rounds = 0;

	while (rounds < 1000) {
		sum += tcp_snd_cwnd(tp);
		rounds++;
		tcpdiag_cc_round_trips(tp, 1);
		if (tcp_snd_cwnd(tp) < top)
			continue;
		tcpdiag_cc_reduce(tp);
	}
	KUNIT_EXPECT_GE(test, sum / rounds, 73);
	KUNIT_EXPECT_LE(test, sum / rounds, 76);
}

/*
 * A path that loses each Nth packet, with a round trip without growth after
 * each loss: the mean window is 1.22 / sqrt(p), RFC 5681's response function
 * (RFC 3649, section 2, equation 1: 1.2 / sqrt(p)).
 */
static const struct steady {
	u32 per_loss;
	u32 average;
} steadies[] = {
	{ 100, 12 },
	{ 1000, 38 },
	{ 10000, 120 },
};

static void steady_name(const struct steady *s, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "1 loss in %u", s->per_loss);
}

KUNIT_ARRAY_PARAM(steadies, steadies, steady_name);

static void aimd_response_function(struct kunit *test)
{
	const struct steady *s = test->param_value;
	struct tcp_sock *tp = fake_socket(test, 10, 10);

	tcpdiag_cc_expect_mean(test, tp, s->per_loss, 40, s->average, 10);
}

/* A loss reduces a window of more than two packets at any setting. */
static void aimd_always_gives_back(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 1, 1);
	unsigned int beta;
	u32 cwnd;

	for (beta = BETA_MIN; beta <= BETA_MAX; beta++) {
		set_parameters(1, beta);
		for (cwnd = 3; cwnd < 200; cwnd++) {
			tcp_snd_cwnd_set(tp, cwnd);
			KUNIT_EXPECT_LT(test, tcpdiag_aimd.ssthresh(sk_of(tp)),
					cwnd);
		}
	}
}

/* Credit from a slower setting does not become a burst at a faster one. */
static void aimd_parameter_changes_under_way(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 1000, 1000);

	tcpdiag_cc_ack(tp, 999);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 1000);
	set_parameters(INCREASE_MAX, 50);
	tcpdiag_cc_ack(tp, 2);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 1001);
}

/* A window far beyond any that sequence numbers allow. */
static void aimd_huge_window_grows(struct kunit *test)
{
	const u32 huge = 1 << 30;
	struct tcp_sock *tp = fake_socket(test, huge, 2);

	tcpdiag_cc_ack(tp, huge - 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), huge);
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), huge + 1);
}

/* Chosen in the middle of a transfer, it continues from the present window. */
static void aimd_needs_no_init(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 40, 30);

	memset(inet_csk(sk_of(tp))->icsk_ca_priv, 0xa5, ICSK_CA_PRIV_SIZE);
	tp->snd_cwnd_cnt = 39;
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 41);
	KUNIT_EXPECT_EQ(test, tcpdiag_aimd.ssthresh(sk_of(tp)), 20);
}

/* What is in range is taken and the rest refused: kunit/param_test.c. */
static void aimd_parameters(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, increase_range.value, &aimd_increase);
	KUNIT_EXPECT_EQ(test, increase_range.min, 1);
	KUNIT_EXPECT_EQ(test, increase_range.max, 16);
	KUNIT_EXPECT_PTR_EQ(test, beta_range.value, &aimd_beta_percent);
	KUNIT_EXPECT_EQ(test, beta_range.min, 10);
	KUNIT_EXPECT_EQ(test, beta_range.max, 90);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(aimd_halves),
	KUNIT_CASE(aimd_floor),
	KUNIT_CASE(aimd_beta),
	KUNIT_CASE(aimd_huge_window),
	KUNIT_CASE(aimd_slow_start_doubles),
	KUNIT_CASE(aimd_slow_start_ends),
	KUNIT_CASE(aimd_one_more_a_round_trip),
	KUNIT_CASE(aimd_increase_a_round_trip),
	KUNIT_CASE(aimd_small_window),
	KUNIT_CASE(aimd_not_used),
	KUNIT_CASE(aimd_clamp),
	KUNIT_CASE(aimd_undo),
	KUNIT_CASE(aimd_saw_tooth),
	KUNIT_CASE_PARAM(aimd_response_function, steadies_gen_params),
	KUNIT_CASE(aimd_always_gives_back),
	KUNIT_CASE(aimd_parameter_changes_under_way),
	KUNIT_CASE(aimd_huge_window_grows),
	KUNIT_CASE(aimd_needs_no_init),
	KUNIT_CASE(aimd_parameters),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_aimd",
	.init = aimd_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
