// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what two looks at a connection tell.
 */
#include <kunit/test.h>

#include "model/pace.c"

#define S	((u64)USEC_PER_SEC)

static void pace_rate(struct kunit *test)
{
	struct tcpdiag_pace before = { .at_us = 10 * S, .acked = 5000000 };
	struct tcpdiag_pace now = before;

	now.at_us = 12 * S;
	now.acked += 80000000;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_rate(&before, &now), 40000000ULL);
	now.received = 100000000;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_rate(&before, &now), 50000000ULL);
	/* a burst */
	now.at_us = before.at_us + LEAST_US - 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_rate(&before, &now), 0ULL);
	/* clocks do not go back */
	now.at_us = before.at_us - 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_rate(&before, &now), 0ULL);
}

/* 2 GiB in a minute are 35.8 MB/s. */
static void pace_wraps(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, tcpdiag_pace_wraps(0));
	KUNIT_EXPECT_FALSE(test, tcpdiag_pace_wraps(35700000));
	KUNIT_EXPECT_TRUE(test, tcpdiag_pace_wraps(35800000));
}

/* A window of 1,152 bytes, of which half goes at a time. */
static struct tcpdiag_pace silly(void)
{
	return (struct tcpdiag_pace) {
		.at_us = 1 * S,
		.sent = 57600,
		.segs_out = 100,
		.received = 57600,
		.segs_in = 100,
		.window_us = 800000,
		.mss = 1448,
		.max_window = 1152,
		.own_mss = 1448,
		.own_window = 1152,
		.own_most = 1152,
	};
}

static void pace_silly_out(struct kunit *test)
{
	struct tcpdiag_pace before = { .own_window = 1152 }, now = silly();

	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 576);
	/* the program writes little at a time */
	now.window_us = 400000;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 0);
	now = silly();
	now.max_window = 1448;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 0);
	/* segments that have no room in it */
	now = silly();
	now.max_window = 575;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 0);
	/* too few to tell */
	now = silly();
	now.segs_out = SEGMENTS - 1;
	now.sent = 1000;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 0);
	/* segments of loopback are large: half of a usual one counts */
	now = silly();
	now.mss = 65483;
	now.max_window = 32768;
	now.sent = 1638400;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_out(&before, &now), 0);
}

static void pace_silly_in(struct kunit *test)
{
	struct tcpdiag_pace before = { .own_window = 1152 }, now = silly();

	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 576);
	/* somebody types */
	now.received = 100;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
	now = silly();
	before.own_window = 65535;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
	before.own_window = 1152;
	now.own_window = 65535;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
	/* the window is small because much is unread: the buffer has room */
	now = silly();
	now.own_most = 1448;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
	/* it is closed */
	now = silly();
	now.own_window = 0;
	before.own_window = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
	before.own_window = 1152;
	/* whole segments */
	now = silly();
	now.received = 144800;
	KUNIT_EXPECT_EQ(test, tcpdiag_pace_silly_in(&before, &now), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pace_rate),
	KUNIT_CASE(pace_wraps),
	KUNIT_CASE(pace_silly_out),
	KUNIT_CASE(pace_silly_in),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_pace",
	.test_cases = cases,
};

kunit_test_suite(suite);
