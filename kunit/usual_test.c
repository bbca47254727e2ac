// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what is usual for stays in CLOSE_WAIT: by port, the latest ports, for a
 * day.
 */
#include <kunit/test.h>

#include "model/usual.c"

#define DAY_NS	(86400 * (u64)NSEC_PER_SEC)

static struct tcpdiag_usual *usual(struct kunit *test)
{
	struct tcpdiag_usual *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, u);
	return u;
}

static void usual_by_port(struct kunit *test)
{
	struct tcpdiag_usual *u = usual(test);
	const struct tcpdiag_stay *stay;

	KUNIT_EXPECT_NULL(test, tcpdiag_usual_find(u, 80, false, 10));
	/* a free entry is not port 0 */
	KUNIT_EXPECT_NULL(test, tcpdiag_usual_find(u, 0, false, 10));
	tcpdiag_usual_note(u, 80, false, 7, 10);
	tcpdiag_usual_note(u, 80, false, 5, 20);
	tcpdiag_usual_note(u, 80, true, 99, 30);
	stay = tcpdiag_usual_find(u, 80, false, 40);
	KUNIT_ASSERT_NOT_NULL(test, stay);
	KUNIT_EXPECT_EQ(test, stay->ended, 2);
	KUNIT_EXPECT_EQ(test, stay->longest_us, 7);
	stay = tcpdiag_usual_find(u, 80, true, 40);
	KUNIT_ASSERT_NOT_NULL(test, stay);
	KUNIT_EXPECT_EQ(test, stay->ended, 1);
	KUNIT_EXPECT_NULL(test, tcpdiag_usual_find(u, 81, false, 40));
}

/* The port whose last stay ended first makes room. */
static void usual_makes_room(struct kunit *test)
{
	struct tcpdiag_usual *u = usual(test);
	unsigned int i;

	for (i = 0; i < TCPDIAG_USUAL_PORTS; i++)
		tcpdiag_usual_note(u, 1 + i, false, 1, 100 + i);
	tcpdiag_usual_note(u, 1, false, 1, 200);
	tcpdiag_usual_note(u, 9000, false, 1, 201);
	KUNIT_EXPECT_NOT_NULL(test, tcpdiag_usual_find(u, 9000, false, 202));
	KUNIT_EXPECT_NOT_NULL(test, tcpdiag_usual_find(u, 1, false, 202));
	KUNIT_EXPECT_NULL(test, tcpdiag_usual_find(u, 2, false, 202));
	KUNIT_EXPECT_NOT_NULL(test, tcpdiag_usual_find(u, 3, false, 202));
}

static void usual_forgets(struct kunit *test)
{
	struct tcpdiag_usual *u = usual(test);
	const struct tcpdiag_stay *stay;

	tcpdiag_usual_note(u, 80, false, 7, 10);
	KUNIT_EXPECT_NOT_NULL(test, tcpdiag_usual_find(u, 80, false,
						       9 + DAY_NS));
	KUNIT_EXPECT_NULL(test, tcpdiag_usual_find(u, 80, false, 10 + DAY_NS));
	/* it begins anew */
	tcpdiag_usual_note(u, 80, false, 5, 10 + DAY_NS);
	stay = tcpdiag_usual_find(u, 80, false, 11 + DAY_NS);
	KUNIT_ASSERT_NOT_NULL(test, stay);
	KUNIT_EXPECT_EQ(test, stay->ended, 1);
	KUNIT_EXPECT_EQ(test, stay->longest_us, 5);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(usual_by_port),
	KUNIT_CASE(usual_makes_room),
	KUNIT_CASE(usual_forgets),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_usual",
	.test_cases = cases,
};

kunit_test_suite(suite);
