// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how many events were slow lately.
 */
#include <kunit/test.h>

#include "model/lately.h"

static void lately_windows(struct kunit *test)
{
	struct tcpdiag_lately_sum sum;
	struct tcpdiag_lately l = {};

	tcpdiag_lately_add(&l, 0, 10 * TCPDIAG_LATELY_NS);
	tcpdiag_lately_add(&l, 7, 11 * TCPDIAG_LATELY_NS);
	tcpdiag_lately_read(&l, 9, &sum);
	KUNIT_EXPECT_EQ(test, sum.slow, 2);
	KUNIT_EXPECT_EQ(test, sum.all, 9);
	tcpdiag_lately_roll(&l, 9, 13 * TCPDIAG_LATELY_NS);
	tcpdiag_lately_read(&l, 9, &sum);
	KUNIT_EXPECT_EQ(test, sum.slow, 0);
}

/* Who took the time before the lock comes after one who took it later. */
static void lately_steps_back(struct kunit *test)
{
	struct tcpdiag_lately_sum sum;
	struct tcpdiag_lately l = {};

	tcpdiag_lately_add(&l, 0, 10 * TCPDIAG_LATELY_NS);
	tcpdiag_lately_add(&l, 1, 11 * TCPDIAG_LATELY_NS);
	tcpdiag_lately_roll(&l, 2, 11 * TCPDIAG_LATELY_NS - 1);
	tcpdiag_lately_read(&l, 2, &sum);
	KUNIT_EXPECT_EQ(test, sum.slow, 2);
	KUNIT_EXPECT_EQ(test, sum.since_ns, 10 * TCPDIAG_LATELY_NS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lately_windows),
	KUNIT_CASE(lately_steps_back),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_lately",
	.test_cases = cases,
};

kunit_test_suite(suite);
