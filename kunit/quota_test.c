// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of quotas: the last event, the last moment, and the edges of a second.
 */
#include <kunit/test.h>

#include "model/quota.c"

#define S	((u64)NSEC_PER_SEC)

static void quota_none(struct kunit *test)
{
	struct tcpdiag_quota quota = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 0));
	KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, U64_MAX),
			TCPDIAG_QUOTA_GOES_ON);
}

static void quota_events(struct kunit *test)
{
	struct tcpdiag_quota quota = {
		.events = 3, .per_s = 100, .time_ns = S64_MAX,
	};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, S),
				TCPDIAG_QUOTA_GOES_ON);
		KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, S));
	}
	KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, S),
			TCPDIAG_QUOTA_EVENTS);
}

static void quota_time(struct kunit *test)
{
	struct tcpdiag_quota quota = {
		.events = 3, .per_s = 100, .began_ns = 7 * S, .time_ns = 5 * S,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, 12 * S - 1),
			TCPDIAG_QUOTA_GOES_ON);
	KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, 7 * S - 1),
			TCPDIAG_QUOTA_GOES_ON);
	KUNIT_EXPECT_EQ(test, tcpdiag_quota_end(&quota, 12 * S),
			TCPDIAG_QUOTA_TIME);
}

/* Those that are refused take nothing. */
static void quota_rate(struct kunit *test)
{
	struct tcpdiag_quota quota = {
		.events = 100, .per_s = 2, .time_ns = S64_MAX,
	};

	KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 10 * S));
	KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 10 * S + 5));
	KUNIT_EXPECT_FALSE(test, tcpdiag_quota_take(&quota, 10 * S + 5));
	/* a clock that was read earlier on another CPU */
	KUNIT_EXPECT_FALSE(test, tcpdiag_quota_take(&quota, 10 * S - 1));
	KUNIT_EXPECT_FALSE(test, tcpdiag_quota_take(&quota, 11 * S - 1));
	KUNIT_EXPECT_EQ(test, quota.taken, 2);
	KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 11 * S));
	KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 11 * S + 1));
	KUNIT_EXPECT_FALSE(test, tcpdiag_quota_take(&quota, 11 * S + 2));
	KUNIT_EXPECT_TRUE(test, tcpdiag_quota_take(&quota, 60 * S));
	KUNIT_EXPECT_EQ(test, quota.taken, 5);
}

static struct kunit_case quota_cases[] = {
	KUNIT_CASE(quota_none),
	KUNIT_CASE(quota_events),
	KUNIT_CASE(quota_time),
	KUNIT_CASE(quota_rate),
	{}
};

static struct kunit_suite quota_suite = {
	.name = "tcpdiag_quota",
	.test_cases = quota_cases,
};

kunit_test_suite(quota_suite);
