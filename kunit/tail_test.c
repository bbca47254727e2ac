// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of whether a socket holds small data back.
 */
#include <kunit/test.h>

#include "model/tail.c"

/* A small segment is out, 100 bytes wait for its ACK. */
static struct tcpdiag_tail_look small(void)
{
	return (struct tcpdiag_tail_look) {
		.nagle = true,
		.small_out = true,
		.packets_out = 1,
		.cwnd = 10,
		.bytes = 100,
		.mss = 1448,
		.room = 65000,
		.sent_us = 20 * (u64)USEC_PER_MSEC,
		.received_us = 21 * (u64)USEC_PER_MSEC,
		.min_rtt_us = 100,
	};
}

static enum tcpdiag_tail of(struct tcpdiag_tail_look l)
{
	return tcpdiag_tail_judge(&l);
}

static void tail_nagle(struct kunit *test)
{
	struct tcpdiag_tail_look l = small();

	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NAGLE);
	/* the ACK may be on its way */
	l.sent_us = PROMPT_US - 1;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_BRIEF);
	l.sent_us = 99 * (u64)USEC_PER_MSEC;
	l.min_rtt_us = 50 * USEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_BRIEF);
	l.sent_us = 100 * (u64)USEC_PER_MSEC;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NAGLE);
}

static void tail_none(struct kunit *test)
{
	struct tcpdiag_tail_look l = small();

	l.nagle = false;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	l = small();
	l.bytes = 0;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	/* a whole segment waits for something else */
	l.bytes = 1448;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	l = small();
	l.packets_out = 10;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	l = small();
	l.room = 99;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	l = small();
	l.disturbed = true;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	/* the end of a large write */
	l = small();
	l.small_out = false;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
}

/* Lines for a log server, which never answers: nobody waits. */
static void tail_stream(struct kunit *test)
{
	struct tcpdiag_tail_look l = small();

	l.received_us = l.sent_us + ANSWERED_US - 1;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NAGLE);
	l.received_us++;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
}

static void tail_corked(struct kunit *test)
{
	struct tcpdiag_tail_look l = small();

	l.nagle = false;
	l.corked = true;
	l.packets_out = 0;
	l.held_us = FILL_US;
	l.program_waits = true;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_CORKED);
	/* it reads the rest from a slow disk */
	l.program_waits = false;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	l.program_waits = true;
	/* the program may write on */
	l.held_us--;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
}

static void tail_left(struct kunit *test)
{
	struct tcpdiag_tail_look l = small();

	l.nagle = false;
	l.corked = true;
	l.packets_out = 0;
	l.bytes = 0;
	/* the first part went out after 200 ms, and the disk takes longer */
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
	/* the peer has answered */
	l.received_us = l.sent_us - 1;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_LEFT);
	/* nobody has anything to say */
	l.sent_us = QUIET_US;
	l.received_us = QUIET_US;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_LEFT);
	l.corked = false;
	KUNIT_EXPECT_EQ(test, of(l), TCPDIAG_TAIL_NONE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tail_nagle),
	KUNIT_CASE(tail_none),
	KUNIT_CASE(tail_stream),
	KUNIT_CASE(tail_corked),
	KUNIT_CASE(tail_left),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_tail",
	.test_cases = cases,
};

kunit_test_suite(suite);
