// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how a sleep of this host is noticed: by the clocks, dated by the look
 * before, in a row with those that follow soon.
 */
#include <kunit/test.h>

#include "model/sleep.c"

#define S	((u64)NSEC_PER_SEC)

static void sleep_none(struct kunit *test)
{
	struct tcpdiag_sleep s = {};
	u64 now;

	/* what it slept before the first look is not of interest */
	for (now = 100 * S; now < 2000 * S; now += S)
		tcpdiag_sleep_look(&s, now + 90000 * S, now);
	KUNIT_EXPECT_FALSE(test, tcpdiag_sleep_was_lately(&s, now));
	/* too short to end a connection */
	tcpdiag_sleep_look(&s, now + 90000 * S + TCPDIAG_SLEEP_LEAST_NS - 1,
			   now);
	KUNIT_EXPECT_FALSE(test, tcpdiag_sleep_was_lately(&s, now));
	/* read one after the other, the clocks may go back a little */
	tcpdiag_sleep_look(&s, now + 90000 * S, now + 1);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 0);
	tcpdiag_sleep_look(&s, 5, 6);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 0);
}

static void sleep_once(struct kunit *test)
{
	struct tcpdiag_sleep s = {};

	tcpdiag_sleep_look(&s, 100 * S, 100 * S);
	tcpdiag_sleep_look(&s, 28902 * S, 102 * S);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 28800 * S);
	KUNIT_EXPECT_EQ(test, s.first_ns, 100 * S);
	KUNIT_EXPECT_EQ(test, s.woke_ns, 100 * S);
	tcpdiag_sleep_look(&s, 28903 * S, 103 * S);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 28800 * S);
	KUNIT_EXPECT_TRUE(test, tcpdiag_sleep_was_lately(&s, 103 * S));
	KUNIT_EXPECT_TRUE(test, tcpdiag_sleep_was_lately(&s, 699 * S));
	KUNIT_EXPECT_FALSE(test, tcpdiag_sleep_was_lately(&s, 700 * S));
}

/* Awake for half a minute between two sleeps, as to look for mail. */
static void sleep_in_a_row(struct kunit *test)
{
	struct tcpdiag_sleep s = {};

	tcpdiag_sleep_look(&s, 100 * S, 100 * S);
	tcpdiag_sleep_look(&s, 3701 * S, 101 * S);
	tcpdiag_sleep_look(&s, 3730 * S, 130 * S);
	tcpdiag_sleep_look(&s, 7331 * S, 131 * S);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 7200 * S);
	KUNIT_EXPECT_EQ(test, s.first_ns, 100 * S);
	KUNIT_EXPECT_EQ(test, s.woke_ns, 130 * S);
	/* after a day at work it is another one */
	tcpdiag_sleep_look(&s, 36131 * S, 28931 * S);
	tcpdiag_sleep_look(&s, 36192 * S, 28932 * S);
	KUNIT_EXPECT_EQ(test, s.slept_ns, 60 * S);
	KUNIT_EXPECT_EQ(test, s.first_ns, 28931 * S);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sleep_none),
	KUNIT_CASE(sleep_once),
	KUNIT_CASE(sleep_in_a_row),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_sleep",
	.test_cases = cases,
};

kunit_test_suite(suite);
