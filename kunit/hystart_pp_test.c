// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of HyStart++: made-up traces of ACKs, a packet each, on a path whose
 * round-trip time the test sets. Figures are from RFC 9406, section 4.
 */
#include <kunit/test.h>

#include "../cc_algos/hystart_pp.c"

#define MSS		1000U
#define FIRST_FLIGHT	10U
#define BASE_US		80000
/* an eighth of BASE_US: between the two limits */
#define GREW_US		(BASE_US + BASE_US / 8)

/* A sender whose window is all in flight. */
struct trace {
	struct tcpdiag_hystart h;
	u32 una, nxt;
};

static bool take(struct tcpdiag_hystart *h, s32 rtt_us, u32 una, u32 nxt)
{
	return tcpdiag_hystart_ack(h, rtt_us, una, nxt, true);
}

static struct trace begin_at(u32 seq)
{
	struct trace t = { .una = seq, .nxt = seq + FIRST_FLIGHT * MSS };

	/* whatever it was before */
	memset(&t.h, 0xa5, sizeof(t.h));
	tcpdiag_hystart_start(&t.h);
	/* an ACK for nothing: the first round is the first flight */
	take(&t.h, -1, t.una, t.nxt);
	return t;
}

static struct trace begin(void)
{
	return begin_at(1);
}

static u32 in_flight(const struct trace *t)
{
	return (t->nxt - t->una) / MSS;
}

/* One packet is acknowledged, and what the window allows is sent. */
static bool ack(struct trace *t, s32 rtt_us)
{
	t->una += MSS;
	t->nxt += MSS * (1 + tcpdiag_hystart_growth(&t->h, 1, true));
	return take(&t->h, rtt_us, t->una, t->nxt);
}

/* All that is in flight. */
static bool round_trip(struct trace *t, s32 rtt_us)
{
	u32 packets = in_flight(t);
	bool over = false;

	while (packets--)
		over |= ack(t, rtt_us);
	return over;
}

static bool acks(struct trace *t, u32 packets, s32 rtt_us)
{
	bool over = false;

	while (packets--)
		over |= ack(t, rtt_us);
	return over;
}

static struct trace in_css(struct kunit *test)
{
	struct trace t = begin();

	round_trip(&t, BASE_US);
	acks(&t, N_RTT_SAMPLE, GREW_US);
	KUNIT_ASSERT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	return t;
}

static void hystart_pp_off(struct kunit *test)
{
	struct tcpdiag_hystart h = {};
	u32 i;

	for (i = 1; i < 100; i++)
		KUNIT_EXPECT_FALSE(test, take(&h, i * 1000, i, i + 1));
	KUNIT_EXPECT_EQ(test, h.phase, TCPDIAG_HYSTART_OFF);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&h, 100, true), 100);
}

static void hystart_pp_steady_path_doubles(struct kunit *test)
{
	struct trace t = begin();
	u32 expected;

	for (expected = 20; expected <= 10 << 12; expected *= 2) {
		KUNIT_EXPECT_FALSE(test, round_trip(&t, BASE_US));
		KUNIT_EXPECT_EQ(test, in_flight(&t), expected);
		KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	}
}

static const struct threshold {
	u32 last_us;
	u32 enough_us;
} thresholds[] = {
	{ 0, 4000 },
	{ 100, 4100 },
	{ 32000, 36000 },
	{ 40000, 45000 },
	{ 80000, 90000 },
	{ 128000, 144000 },
	{ 400000, 416000 },
	{ S32_MAX - 16000, S32_MAX },
};

static void threshold_name(const struct threshold *t, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u us", t->last_us);
}

KUNIT_ARRAY_PARAM(thresholds, thresholds, threshold_name);

/* One microsecond less is not enough; nor are seven samples. */
static void hystart_pp_threshold(struct kunit *test)
{
	const struct threshold *limit = test->param_value;
	struct trace t = begin();

	round_trip(&t, limit->last_us);
	round_trip(&t, limit->enough_us - 1);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);

	t = begin();
	round_trip(&t, limit->last_us);
	acks(&t, N_RTT_SAMPLE - 1, limit->enough_us);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	ack(&t, limit->enough_us);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	KUNIT_EXPECT_EQ(test, t.h.css_baseline_us, limit->enough_us);
}

/* Only the round before counts, not the smallest ever. */
static void hystart_pp_slow_drift(struct kunit *test)
{
	struct trace t = begin();
	s32 rtt_us;

	for (rtt_us = BASE_US; rtt_us < 2 * BASE_US; rtt_us += 9000)
		KUNIT_EXPECT_FALSE(test, round_trip(&t, rtt_us));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
}

/* One packet without delay in a round clears it. */
static void hystart_pp_least_counts(struct kunit *test)
{
	struct trace t = begin();

	round_trip(&t, BASE_US);
	acks(&t, N_RTT_SAMPLE - 1, 2 * BASE_US);
	ack(&t, BASE_US);
	acks(&t, 12, 2 * BASE_US);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	KUNIT_EXPECT_EQ(test, t.h.last_min_us, BASE_US);
}

static void hystart_pp_few_samples(struct kunit *test)
{
	struct trace t = begin();
	u32 i, round;

	round_trip(&t, BASE_US);
	/* a sender with seven packets a round trip */
	t.nxt = t.una;
	t.h.window_end = t.nxt;
	for (round = 1; round < 20; round++) {
		t.nxt = t.una + (N_RTT_SAMPLE - 1) * MSS;
		for (i = 1; i < N_RTT_SAMPLE; i++) {
			t.una += MSS;
			take(&t.h, round * BASE_US, t.una, t.nxt);
		}
		KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	}
	/* ACKs without a round-trip time are no samples */
	t = begin();
	round_trip(&t, BASE_US);
	acks(&t, N_RTT_SAMPLE - 1, GREW_US);
	acks(&t, 10, -1);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
}

/* A round without samples gives nothing to compare with. */
static void hystart_pp_round_without_samples(struct kunit *test)
{
	struct trace t = begin();

	round_trip(&t, BASE_US);
	round_trip(&t, -1);
	round_trip(&t, 4 * BASE_US);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	acks(&t, N_RTT_SAMPLE, 8 * BASE_US);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
}

/* A quarter of the growth, for five rounds, including the one begun. */
static void hystart_pp_css_rounds(struct kunit *test)
{
	struct trace t = begin();
	u32 round, before;

	round_trip(&t, BASE_US);
	KUNIT_ASSERT_EQ(test, in_flight(&t), 20);
	/* the eighth ACK enters CSS: twelve of twenty count a quarter */
	KUNIT_EXPECT_FALSE(test, round_trip(&t, GREW_US));
	KUNIT_EXPECT_EQ(test, in_flight(&t), 20 + 8 + 12 / 4);
	for (round = 2; round < CSS_ROUNDS; round++) {
		before = in_flight(&t);
		KUNIT_EXPECT_FALSE(test, round_trip(&t, GREW_US));
		KUNIT_EXPECT_GE(test, in_flight(&t), before + before / 4);
		KUNIT_EXPECT_LE(test, in_flight(&t), before + before / 4 + 1);
	}
	/* the last ACK of the fifth round ends it, once */
	KUNIT_EXPECT_FALSE(test, acks(&t, in_flight(&t) - 1, GREW_US));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	t = in_css(test);
	acks(&t, 12, GREW_US);
	for (round = 2; round < CSS_ROUNDS; round++)
		round_trip(&t, GREW_US);
	KUNIT_EXPECT_TRUE(test, round_trip(&t, GREW_US));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_OFF);
	KUNIT_EXPECT_FALSE(test, round_trip(&t, 10 * BASE_US));
}

/* A request of a program that sends little is a round, but no trial. */
static void hystart_pp_css_requests(struct kunit *test)
{
	struct trace t = in_css(test);
	u32 round;

	acks(&t, 12, GREW_US);
	for (round = 0; round < 2 * CSS_ROUNDS; round++) {
		t.nxt += MSS;
		KUNIT_EXPECT_FALSE(test,
				   tcpdiag_hystart_ack(&t.h, GREW_US, t.nxt,
						       t.nxt, false));
	}
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	KUNIT_EXPECT_EQ(test, t.h.css_rounds, 1);
}

/* The first flight is the first round, though its ACKs come one by one. */
static void hystart_pp_first_round(struct kunit *test)
{
	struct tcpdiag_hystart h;
	u32 i;

	tcpdiag_hystart_start(&h);
	for (i = 1; i < FIRST_FLIGHT; i++)
		take(&h, BASE_US, 1 + i, 1 + FIRST_FLIGHT + i);
	KUNIT_EXPECT_EQ(test, h.window_end, 2 + FIRST_FLIGHT);
	KUNIT_EXPECT_EQ(test, h.last_min_us, NO_RTT);
	/* it ends when its last byte is acknowledged, not before */
	take(&h, BASE_US, 1 + FIRST_FLIGHT, 50);
	KUNIT_EXPECT_EQ(test, h.last_min_us, NO_RTT);
	take(&h, BASE_US, 2 + FIRST_FLIGHT, 50);
	KUNIT_EXPECT_EQ(test, h.last_min_us, BASE_US);
	KUNIT_EXPECT_EQ(test, h.window_end, 50);
}

static void hystart_pp_spurious(struct kunit *test)
{
	struct trace t = in_css(test);

	/* the same delay as at entry is not less */
	acks(&t, 12, GREW_US);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	/* less, but not yet enough samples in this round */
	acks(&t, N_RTT_SAMPLE - 1, GREW_US - 1);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	KUNIT_EXPECT_FALSE(test, ack(&t, GREW_US));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 3, true), 3);
	/* HyStart++ stays active: it finds the next queue in five rounds */
	acks(&t, (t.h.window_end - t.una) / MSS, BASE_US);
	round_trip(&t, GREW_US);
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	KUNIT_EXPECT_EQ(test, t.h.css_rounds, 1);
}

/* A false alarm in the round that raised it. */
static void hystart_pp_spurious_at_once(struct kunit *test)
{
	struct trace t = in_css(test);

	KUNIT_EXPECT_FALSE(test, ack(&t, BASE_US));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_SS);
}

/* The delay grew by another threshold: no need to wait for five rounds. */
static void hystart_pp_delay_goes_on_growing(struct kunit *test)
{
	const s32 more_us = GREW_US + GREW_US / 8;
	struct trace t = in_css(test);

	acks(&t, 12, 2 * more_us);
	KUNIT_EXPECT_EQ(test, t.h.css_rounds, 1);
	KUNIT_EXPECT_FALSE(test, round_trip(&t, more_us - 1));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_CSS);
	KUNIT_EXPECT_FALSE(test, acks(&t, N_RTT_SAMPLE - 1, more_us));
	KUNIT_EXPECT_TRUE(test, ack(&t, more_us));
	KUNIT_EXPECT_EQ(test, t.h.phase, TCPDIAG_HYSTART_OFF);
}

/* Sequence numbers wrap in any round, and nothing else changes. */
static void hystart_pp_wrap(struct kunit *test)
{
	u32 before;

	for (before = 0; before < 400; before++) {
		struct trace plain = begin();
		struct trace t = begin_at(1 - before * MSS);
		u32 i;

		for (i = 0; i < 500; i++) {
			s32 rtt_us = i < 150 ? BASE_US : GREW_US;

			KUNIT_ASSERT_EQ(test, ack(&t, rtt_us),
					ack(&plain, rtt_us));
			KUNIT_ASSERT_EQ(test, t.h.phase, plain.h.phase);
			KUNIT_ASSERT_EQ(test, in_flight(&t), in_flight(&plain));
		}
		KUNIT_EXPECT_NE(test, plain.h.phase, TCPDIAG_HYSTART_SS);
	}
}

/* An ACK for everything in flight, as when a connection becomes idle. */
static void hystart_pp_nothing_in_flight(struct kunit *test)
{
	struct tcpdiag_hystart h;
	u32 seq;

	tcpdiag_hystart_start(&h);
	for (seq = 1; seq < 100 * MSS; seq += MSS)
		KUNIT_EXPECT_FALSE(test, take(&h, BASE_US + seq, seq, seq));
	KUNIT_EXPECT_EQ(test, h.phase, TCPDIAG_HYSTART_SS);
}

static void hystart_pp_l(struct kunit *test)
{
	struct trace t = begin();

	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 1, false), 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 8, false), 8);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 9, false), 8);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 45, true), 45);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, U32_MAX, true),
			U32_MAX);
	t = in_css(test);
	t.h.credit = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 45, false), 2);
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, 45, true), 11);
	t.h.credit = 3;
	KUNIT_EXPECT_EQ(test, tcpdiag_hystart_growth(&t.h, U32_MAX, true),
			1U << 30);
}

/* The remainder of a quarter is not lost, for ACKs of any size. */
static void hystart_pp_credit(struct kunit *test)
{
	u32 packets, i, growth;

	for (packets = 1; packets <= L_UNPACED; packets++) {
		struct trace t = in_css(test);

		t.h.credit = 0;
		growth = 0;
		for (i = 0; i < 100; i++)
			growth += tcpdiag_hystart_growth(&t.h, packets, false);
		KUNIT_EXPECT_EQ(test, growth, 25 * packets);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hystart_pp_off),
	KUNIT_CASE(hystart_pp_steady_path_doubles),
	KUNIT_CASE_PARAM(hystart_pp_threshold, thresholds_gen_params),
	KUNIT_CASE(hystart_pp_slow_drift),
	KUNIT_CASE(hystart_pp_least_counts),
	KUNIT_CASE(hystart_pp_few_samples),
	KUNIT_CASE(hystart_pp_round_without_samples),
	KUNIT_CASE(hystart_pp_css_rounds),
	KUNIT_CASE(hystart_pp_css_requests),
	KUNIT_CASE(hystart_pp_first_round),
	KUNIT_CASE(hystart_pp_spurious),
	KUNIT_CASE(hystart_pp_spurious_at_once),
	KUNIT_CASE(hystart_pp_delay_goes_on_growing),
	KUNIT_CASE(hystart_pp_wrap),
	KUNIT_CASE(hystart_pp_nothing_in_flight),
	KUNIT_CASE(hystart_pp_l),
	KUNIT_CASE(hystart_pp_credit),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_hystart_pp",
	.test_cases = cases,
};

kunit_test_suite(suite);
