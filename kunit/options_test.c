// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the memory of which TCP options peers have agreed to.
 */
#include <kunit/test.h>

#include "model/options.c"

#define ALL	(TCPDIAG_OPTION_SCALE | TCPDIAG_OPTION_TIMES | TCPDIAG_OPTION_SACK)
#define PEER	((7ULL << 32) | 5)

static struct tcpdiag_options_memory *memory(struct kunit *test)
{
	struct tcpdiag_options_memory *m = kunit_kzalloc(test, sizeof(*m),
							 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	return m;
}

/* A peer that never had an option does not know it. */
static void options_not_supported(struct kunit *test)
{
	struct tcpdiag_options_memory *m = memory(test);
	unsigned int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test,
				tcpdiag_options_meet(m, PEER, ALL,
						     TCPDIAG_OPTION_SACK, 1),
				0);
}

static void options_mixed(struct kunit *test)
{
	struct tcpdiag_options_memory *m = memory(test);

	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, PEER, ALL, 0, 1), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, PEER, ALL, ALL, 1), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, PEER, ALL, 0, 1), ALL);
	KUNIT_EXPECT_EQ(test,
			tcpdiag_options_meet(m, PEER, ALL,
					     ALL & ~TCPDIAG_OPTION_SCALE, 2),
			TCPDIAG_OPTION_SCALE);
	/* this end has not offered it */
	KUNIT_EXPECT_EQ(test,
			tcpdiag_options_meet(m, PEER, TCPDIAG_OPTION_SACK,
					     TCPDIAG_OPTION_SACK, 2),
			0);
}

/* What another peer had says nothing, though it has the same place. */
static void options_other_peer(struct kunit *test)
{
	struct tcpdiag_options_memory *m = memory(test);
	u64 other = (8ULL << 32) | 5;

	tcpdiag_options_meet(m, PEER, ALL, ALL, 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, other, ALL, 0, 2), 0);
	/* the place is the first one's as long as that is met */
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, PEER, ALL, 0, 10), ALL);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, other, ALL, ALL, 20), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, other, ALL, 0, 21), ALL);
	KUNIT_EXPECT_EQ(test, tcpdiag_options_meet(m, PEER, ALL, 0, 22), 0);
}

/* A peer that was changed is still met, and has less than before. */
static void options_forgotten(struct kunit *test)
{
	struct tcpdiag_options_memory *m = memory(test);
	unsigned int i;

	tcpdiag_options_meet(m, PEER, ALL, ALL, 65530);
	for (i = 1; i < 10; i++)
		KUNIT_EXPECT_EQ(test,
				tcpdiag_options_meet(m, PEER, ALL,
						     TCPDIAG_OPTION_SACK,
						     65530 + i),
				ALL & ~TCPDIAG_OPTION_SACK);
	KUNIT_EXPECT_EQ(test,
			tcpdiag_options_meet(m, PEER, ALL, 0, 65530 + i),
			TCPDIAG_OPTION_SACK);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(options_not_supported),
	KUNIT_CASE(options_mixed),
	KUNIT_CASE(options_other_peer),
	KUNIT_CASE(options_forgotten),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_options",
	.test_cases = cases,
};

kunit_test_suite(suite);
