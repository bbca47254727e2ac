// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of rates over a time: steady, growing, with gaps, and around the end of
 * the ring.
 */
#include <kunit/test.h>

#include "model/window.c"

/* Counter and time do not begin at 0. */
#define BEGAN_NS	(1000 * (u64)NSEC_PER_SEC)
#define BEGAN_TOTAL	5000

static u64 at(u64 ms)
{
	return BEGAN_NS + ms * NSEC_PER_MSEC;
}

/* A counter that grows by @per_second, sampled for @seconds. */
static struct tcpdiag_window *steady(struct kunit *test, unsigned int seconds,
				     unsigned int per_second)
{
	struct tcpdiag_window *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	for (i = 0; i <= seconds; i++)
		tcpdiag_window_add(w, BEGAN_TOTAL + i * per_second,
				   at(i * 1000));
	return w;
}

static void window_empty(struct kunit *test)
{
	struct tcpdiag_window *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, 100, at(0), 10), 0);
}

static void window_steady(struct kunit *test)
{
	static const unsigned int lengths[] = { 5, 60, 61, 62, 200 };
	static const unsigned int spans[] = { 1, 10, 60 };
	struct tcpdiag_window *w;
	unsigned int i, j, n;
	u64 rate;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		n = lengths[i];
		w = steady(test, n, 37);
		for (j = 0; j < ARRAY_SIZE(spans); j++) {
			rate = tcpdiag_window_rate(w, BEGAN_TOTAL + n * 37,
						   at(n * 1000), spans[j]);
			KUNIT_EXPECT_EQ(test, rate, 370);
		}
	}
}

/* 100 in the last second of a minute: each span divides it by its length. */
static void window_burst(struct kunit *test)
{
	struct tcpdiag_window *w = steady(test, 60, 0);
	const u64 total = BEGAN_TOTAL + 100;

	tcpdiag_window_add(w, total, at(61000));
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(61000), 1),
			1000);
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(61000), 10),
			100);
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(61000), 60),
			100 * 10 / 60);
	/* a span begins at a sample, so it is at most a second longer */
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(61500), 1),
			666);
	/* and the burst leaves the span some time */
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(62000), 1), 0);
}

/* A window younger than the span: the rate over the time there is. */
static void window_young(struct kunit *test)
{
	struct tcpdiag_window *w = steady(test, 0, 0);

	KUNIT_EXPECT_EQ(test, 100, tcpdiag_window_rate(w, BEGAN_TOTAL + 20,
						       at(2000), 60));
	/* at once, and when the counter is behind */
	KUNIT_EXPECT_EQ(test, 0, tcpdiag_window_rate(w, BEGAN_TOTAL + 20,
						     at(0), 60));
	KUNIT_EXPECT_EQ(test, 0, tcpdiag_window_rate(w, BEGAN_TOTAL - 1,
						     at(2000), 60));
}

/* The worker was late by ten seconds. */
static void window_gap(struct kunit *test)
{
	struct tcpdiag_window *w = steady(test, 20, 10);
	const u64 total = BEGAN_TOTAL + 300;

	tcpdiag_window_add(w, total, at(30000));
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(30000), 1), 100);
	KUNIT_EXPECT_EQ(test, tcpdiag_window_rate(w, total, at(30000), 10),
			100);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(window_empty),
	KUNIT_CASE(window_steady),
	KUNIT_CASE(window_burst),
	KUNIT_CASE(window_young),
	KUNIT_CASE(window_gap),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_window",
	.test_cases = cases,
};

kunit_test_suite(suite);
