// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how namespaces share the places for signs.
 */
#include <kunit/test.h>

#include "account/signs.c"

static void begin(void)
{
	waiting.n = 0;
	memset(shares, 0, sizeof(shares));
}

/* Signs of a share; how many of them got a place. */
static unsigned int give(unsigned int share, unsigned int n)
{
	unsigned int got = 0;

	while (n--) {
		unsigned int at = find_place(share);

		if (at == TCPDIAG_SIGNS)
			continue;
		shares[share]++;
		share_of[at] = share;
		got++;
	}
	return got;
}

/* Who is alone may have all. */
static void signs_alone(struct kunit *test)
{
	begin();
	KUNIT_EXPECT_EQ(test, give(3, 1000), TCPDIAG_SIGNS);
	KUNIT_EXPECT_EQ(test, shares[3], TCPDIAG_SIGNS);
}

/* One tenant has an outage, and another one connection without an answer. */
static void signs_shared(struct kunit *test)
{
	begin();
	give(3, 1000);
	KUNIT_EXPECT_EQ(test, give(5, 1), 1);
	KUNIT_EXPECT_EQ(test, shares[5], 1);
	KUNIT_EXPECT_EQ(test, shares[3], TCPDIAG_SIGNS - 1);
	/* which has no less for it when the outage goes on */
	give(3, 1000);
	KUNIT_EXPECT_EQ(test, shares[5], 1);
	/* an outage of both: each has half */
	give(5, 1000);
	KUNIT_EXPECT_GE(test, shares[5], TCPDIAG_SIGNS / 2 - 1);
	KUNIT_EXPECT_LE(test, shares[5], TCPDIAG_SIGNS / 2);
	KUNIT_EXPECT_EQ(test, waiting.n, TCPDIAG_SIGNS);
	begin();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(signs_alone),
	KUNIT_CASE(signs_shared),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_signs",
	.test_cases = cases,
};

kunit_test_suite(suite);
