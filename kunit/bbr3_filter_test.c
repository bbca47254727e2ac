// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's three estimators against their definitions: a maximum over
 * two cycles, a minimum over ten seconds, a maximum over ten round trips.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../cc_algos/bbr3_filter.h"

#define SECOND		1000000ULL

static void filter_rate(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bbr3_rate(0, 1), 0);
	KUNIT_EXPECT_EQ(test, bbr3_rate(1, 1), 1 << 24);
	KUNIT_EXPECT_EQ(test, bbr3_rate(1, 1 << 24), 1);
	/* too slow to be represented */
	KUNIT_EXPECT_EQ(test, bbr3_rate(1, U32_MAX), 0);
	KUNIT_EXPECT_EQ(test, bbr3_rate(255, 1), 255U << 24);
	/* too fast: stays below the value for "no bound" */
	KUNIT_EXPECT_EQ(test, bbr3_rate(256, 1), BBR3_INFINITE - 1);
	KUNIT_EXPECT_EQ(test, bbr3_rate(U32_MAX, 1), BBR3_INFINITE - 1);
	KUNIT_EXPECT_EQ(test, bbr3_rate(U32_MAX, U32_MAX), 1 << 24);
}

static void filter_max_bw(struct kunit *test)
{
	struct bbr3_max_bw f = {};

	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 0);
	bbr3_max_bw_add(&f, 10);
	bbr3_max_bw_add(&f, 7);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 10);
	/* kept for one more cycle ... */
	bbr3_max_bw_advance(&f);
	bbr3_max_bw_add(&f, 5);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 10);
	/* ... and not for two */
	bbr3_max_bw_advance(&f);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 5);
	bbr3_max_bw_add(&f, 6);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 6);
	/* cycles without a sample forget nothing */
	bbr3_max_bw_advance(&f);
	bbr3_max_bw_advance(&f);
	bbr3_max_bw_advance(&f);
	KUNIT_EXPECT_EQ(test, bbr3_max_bw(&f), 6);
}

static void filter_min_rtt(struct kunit *test)
{
	struct bbr3_min_rtt f = { .rtt_us = BBR3_INFINITE, .stamp_us = SECOND };

	bbr3_min_rtt_add(&f, SECOND, 500, false, false);
	bbr3_min_rtt_add(&f, 2 * SECOND, 400, false, true);
	bbr3_min_rtt_add(&f, 3 * SECOND, 450, false, false);
	KUNIT_EXPECT_EQ(test, f.rtt_us, 400);
	KUNIT_EXPECT_EQ(test, f.stamp_us, 2 * SECOND);
	KUNIT_EXPECT_FALSE(test, bbr3_min_rtt_expired(&f, 12 * SECOND));
	KUNIT_EXPECT_TRUE(test, bbr3_min_rtt_expired(&f, 12 * SECOND + 1));
	/* a clock that is set back, even to 0 */
	KUNIT_EXPECT_FALSE(test, bbr3_min_rtt_expired(&f, 0));
	/* a higher sample after the old one expired; not from a delayed ACK */
	bbr3_min_rtt_add(&f, 13 * SECOND, 900, true, true);
	KUNIT_EXPECT_EQ(test, f.rtt_us, 400);
	bbr3_min_rtt_add(&f, 13 * SECOND, BBR3_INFINITE, true, false);
	KUNIT_EXPECT_EQ(test, f.rtt_us, 400);
	bbr3_min_rtt_add(&f, 13 * SECOND, 600, true, false);
	KUNIT_EXPECT_EQ(test, f.rtt_us, 600);
	KUNIT_EXPECT_FALSE(test, bbr3_min_rtt_expired(&f, 14 * SECOND));
	/* never 0, which would allow nothing in flight */
	bbr3_min_rtt_add(&f, 14 * SECOND, 0, false, false);
	KUNIT_EXPECT_EQ(test, f.rtt_us, 1);
}

/* One packet a millisecond is expected. */
#define RATE	((1 << BBR3_RATE_SHIFT) / 1000)

static void filter_extra_acked(struct kunit *test)
{
	struct bbr3_extra_acked f = {};

	bbr3_extra_acked_restart(&f, SECOND);
	/* as expected: one packet ahead, the one that just came */
	bbr3_extra_acked_add(&f, SECOND + 1000, RATE, 1, 100);
	bbr3_extra_acked_add(&f, SECOND + 2000, RATE, 1, 100);
	bbr3_extra_acked_add(&f, SECOND + 3000, RATE, 1, 100);
	KUNIT_EXPECT_LE(test, f.max, 2);
	/* nothing for 20 ms, then 20 at once, then 5 more after 2 ms */
	bbr3_extra_acked_add(&f, SECOND + 23000, RATE, 20, 100);
	KUNIT_EXPECT_EQ(test, f.max, 20);
	bbr3_extra_acked_add(&f, SECOND + 25000, RATE, 5, 100);
	KUNIT_EXPECT_GE(test, f.max, 23);
	KUNIT_EXPECT_LE(test, f.max, 24);
	/* no more than the window */
	bbr3_extra_acked_add(&f, SECOND + 25000, RATE, 500, 100);
	KUNIT_EXPECT_EQ(test, f.max, 100);
	/* an interval too long to multiply starts again */
	bbr3_extra_acked_add(&f, SECOND << 30, U32_MAX, 7, 100);
	KUNIT_EXPECT_EQ(test, f.acked, 7);
	/* and so does a clock that is set back */
	bbr3_extra_acked_add(&f, 5, RATE, 3, 100);
	KUNIT_EXPECT_EQ(test, f.acked, 3);
	KUNIT_EXPECT_EQ(test, f.start_us, 5);
}

/* The window against the plain definition, on random excesses. */
static void filter_extra_acked_window(struct kunit *test)
{
	u32 past[BBR3_EXTRA_ACKED_ROUNDS] = {};
	struct bbr3_extra_acked f = {};
	struct rnd_state rnd;
	unsigned int round, i;
	u64 now = SECOND;

	prandom_seed_state(&rnd, 3);
	for (round = 0; round < 1000; round++) {
		u32 packets = prandom_u32_state(&rnd) % 1000 + 1;
		u32 expected = 0;

		/* a second of silence ends any burst: 1000 were expected */
		now += 2 * SECOND;
		bbr3_extra_acked_add(&f, now, RATE, packets, U32_MAX);
		past[round % BBR3_EXTRA_ACKED_ROUNDS] = packets;
		for (i = 0; i < BBR3_EXTRA_ACKED_ROUNDS; i++)
			expected = max(expected, past[i]);
		KUNIT_ASSERT_EQ(test, f.max, expected);
		past[(round + 1) % BBR3_EXTRA_ACKED_ROUNDS] = 0;
		bbr3_extra_acked_round(&f, true);
	}
	/* in Startup only one round trip is remembered */
	bbr3_extra_acked_round(&f, false);
	KUNIT_EXPECT_EQ(test, f.max, 0);
	bbr3_extra_acked_round(&f, true);
	KUNIT_EXPECT_EQ(test, f.max, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(filter_rate),
	KUNIT_CASE(filter_max_bw),
	KUNIT_CASE(filter_min_rtt),
	KUNIT_CASE(filter_extra_acked),
	KUNIT_CASE(filter_extra_acked_window),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3_filter",
	.test_cases = cases,
};

kunit_test_suite(suite);
