// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of whether a connection stands in a queue.
 */
#include <kunit/test.h>

#include "model/bloat.c"

/* A transfer behind a queue of 400 ms, on a path of 20 ms. */
static struct tcpdiag_bloat_look bulk(void)
{
	return (struct tcpdiag_bloat_look) {
		.packets_out = 300,
		.in_flight = 300 * 1448,
		.notsent = 100000,
		.room = 1000000,
		.mss = 1448,
		.sent_us = 4000,
		.srtt_us = 420000,
		.base_us = 20000,
		.base_ago_us = 10 * (u64)USEC_PER_SEC,
		.own = 4000,
	};
}

static enum tcpdiag_bloat of(struct tcpdiag_bloat_look l)
{
	return tcpdiag_bloat_judge(&l, 0);
}

static void bloat_queue(struct kunit *test)
{
	struct tcpdiag_bloat_look l = bulk();

	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_PATH);
	l.own = 2 * l.in_flight;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_OWN);
	l.own = l.in_flight / 2;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_PATH);
	/* a long path, and one whose queue is short */
	l.base_us = 300000;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_FREE);
	l.base_us = 1000;
	l.srtt_us = 100000;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_FREE);
	l.srtt_us = 101000;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_PATH);
	l.base_us = U32_MAX;
	l.srtt_us = U32_MAX;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_FREE);
}

/* The shortest round trip may be one of another path. */
static void bloat_route(struct kunit *test)
{
	struct tcpdiag_bloat_look l = bulk();

	l.base_ago_us = FRESH_US + 1;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	/* unless it is known of this one */
	KUNIT_EXPECT_EQ(test, tcpdiag_bloat_judge(&l, 20000),
			TCPDIAG_BLOAT_PATH);
	/* after five minutes the queue is taken for the path */
	l.base_us = 400000;
	KUNIT_EXPECT_EQ(test, tcpdiag_bloat_judge(&l, 20000),
			TCPDIAG_BLOAT_PATH);
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_FREE);
	/* nor does it say anything if there is none */
	l.base_us = 0;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	KUNIT_EXPECT_FALSE(test, tcpdiag_bloat_is_fresh(&l));
}

/* A path that becomes longer is not one with a queue for ever. */
static void bloat_learn(struct kunit *test)
{
	struct tcpdiag_bloat_known known = {};
	struct tcpdiag_bloat_look l = bulk();
	u64 now = 5 * KNOWN_NS;

	tcpdiag_bloat_learn(&known, &l, now);
	KUNIT_EXPECT_EQ(test, known.us, 20000);
	/* hardly longer: it is still so */
	l.base_us = 25000;
	tcpdiag_bloat_learn(&known, &l, now += KNOWN_NS - 1);
	KUNIT_EXPECT_EQ(test, known.us, 20000);
	l.base_us = 200000;
	tcpdiag_bloat_learn(&known, &l, now += KNOWN_NS - 1);
	KUNIT_EXPECT_EQ(test, known.us, 20000);
	tcpdiag_bloat_learn(&known, &l, now += 1);
	KUNIT_EXPECT_EQ(test, known.us, 200000);
	l.base_us = 30000;
	tcpdiag_bloat_learn(&known, &l, now);
	KUNIT_EXPECT_EQ(test, known.us, 30000);
	/* one that is not fresh says nothing */
	l.base_us = 10000;
	l.base_ago_us = FRESH_US + 1;
	tcpdiag_bloat_learn(&known, &l, now);
	KUNIT_EXPECT_EQ(test, known.us, 30000);
	tcpdiag_bloat_learn(&known, &l, now + KNOWN_NS);
	KUNIT_EXPECT_EQ(test, known.us, 0);
}

/* What else makes round trips long. */
static void bloat_none(struct kunit *test)
{
	struct tcpdiag_bloat_look l = bulk();

	/* ACKs that are delayed: a rest is held back */
	l.packets_out = SEVERAL - 1;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	/* of what has not left nobody delays an ACK */
	l.packets_out = 2;
	l.in_flight = 2 * 1448;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_OWN);
	l = bulk();
	l.room = 0;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	l = bulk();
	l.notsent = 0;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	l = bulk();
	l.sent_us = SENDING_US;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	l = bulk();
	l.disturbed = true;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
	l = bulk();
	l.srtt_us = 0;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_BLOAT_UNKNOWN);
}

/* A longer path from the fifth second on, and a queue that congestion control fills. */
static void bloat_varies(struct kunit *test)
{
	u32 srtt[TCPDIAG_BLOAT_RTTS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(srtt); i++)
		srtt[i] = i < 2 ? 120000 : 150000 + i * 500;
	KUNIT_EXPECT_FALSE(test, tcpdiag_bloat_varies(srtt, ARRAY_SIZE(srtt)));
	for (i = 0; i < ARRAY_SIZE(srtt); i++)
		srtt[i] = 560000 + i % 8 * 34000;
	KUNIT_EXPECT_TRUE(test, tcpdiag_bloat_varies(srtt, ARRAY_SIZE(srtt)));
	KUNIT_EXPECT_TRUE(test, tcpdiag_bloat_varies(srtt, 8));
	KUNIT_EXPECT_FALSE(test, tcpdiag_bloat_varies(srtt, 3));
	KUNIT_EXPECT_FALSE(test, tcpdiag_bloat_varies(srtt, 0));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bloat_varies),
	KUNIT_CASE(bloat_queue),
	KUNIT_CASE(bloat_route),
	KUNIT_CASE(bloat_learn),
	KUNIT_CASE(bloat_none),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bloat",
	.test_cases = cases,
};

kunit_test_suite(suite);
