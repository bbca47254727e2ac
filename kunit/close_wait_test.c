// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of why sockets stay in CLOSE_WAIT: the cause from the facts of one
 * socket, the figures of a group, the forecast.
 */
#include <kunit/test.h>

#include "model/close_wait.c"
#include "model/ticks.h"

#define LIMIT_US	(60 * USEC_PER_SEC)

/* Accepted, everything read, idle since long before the limit. */
static const struct tcpdiag_cw_socket idle = {
	.accepted = true,
	.holders = 1,
	.rcv_nxt = 1001,
	.copied_seq = 1001,
	.write_seq = 500,
	.snd_una = 500,
	.stay_us = 2 * LIMIT_US,
	.sent_us = 3 * LIMIT_US,
};

static void expect_cause(struct kunit *test, const struct tcpdiag_cw_socket *s,
			 enum tcpdiag_cw_cause cause)
{
	KUNIT_EXPECT_STREQ(test,
			   tcpdiag_cw_cause_name(tcpdiag_cw_cause(s, LIMIT_US)),
			   tcpdiag_cw_cause_name(cause));
}

/*
 * Around each 71.6 minutes since the last data, where a time of 32 bits in
 * microseconds begins again at 0, and up to what ticks of 32 bits can tell.
 */
static void cw_idle_for_long(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;
	unsigned int i;

	for (i = 1; i <= 20; i++) {
		u64 us = i * (U32_MAX + 1ULL) + USEC_PER_SEC;

		s.sent_us = tcpdiag_ticks_us(us / (USEC_PER_SEC / HZ));
		KUNIT_EXPECT_GE(test, s.sent_us, us - USEC_PER_SEC / HZ);
		expect_cause(test, &s, TCPDIAG_CW_EOF_READ);
	}
	KUNIT_EXPECT_EQ(test, tcpdiag_ticks_us(U32_MAX),
			(u64)U32_MAX * (USEC_PER_SEC / HZ));
}

static void cw_eof(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	expect_cause(test, &s, TCPDIAG_CW_EOF_READ);
	s.copied_seq = s.rcv_nxt - 1;
	expect_cause(test, &s, TCPDIAG_CW_EOF_UNREAD);
	s.copied_seq = s.rcv_nxt - 2;
	expect_cause(test, &s, TCPDIAG_CW_DATA_UNREAD);
}

/* Sequence numbers wrap. */
static void cw_unread(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	KUNIT_EXPECT_EQ(test, tcpdiag_cw_unread(&s), 0);
	s.copied_seq = s.rcv_nxt - 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_unread(&s), 0);
	s.copied_seq = s.rcv_nxt - 101;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_unread(&s), 100);
	s.rcv_nxt = 5;
	s.copied_seq = U32_MAX - 5;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_unread(&s), 10);
	expect_cause(test, &s, TCPDIAG_CW_DATA_UNREAD);
	s.rcv_nxt = 0;
	s.copied_seq = U32_MAX;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_unread(&s), 0);
	expect_cause(test, &s, TCPDIAG_CW_EOF_UNREAD);
}

static void cw_writing(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	/* waits to be sent, or to be acknowledged */
	s.write_seq++;
	expect_cause(test, &s, TCPDIAG_CW_WRITING);
	s = idle;
	s.sent_us = LIMIT_US - 1;
	expect_cause(test, &s, TCPDIAG_CW_WRITING);
	s.sent_us = LIMIT_US;
	expect_cause(test, &s, TCPDIAG_CW_EOF_READ);
}

/* Each cause hides those after it. */
static void cw_first_cause(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	s.copied_seq -= 100;
	expect_cause(test, &s, TCPDIAG_CW_DATA_UNREAD);
	s.holders = 2;
	expect_cause(test, &s, TCPDIAG_CW_SHARED);
	s.write_seq++;
	expect_cause(test, &s, TCPDIAG_CW_WRITING);
	s.accepted = false;
	expect_cause(test, &s, TCPDIAG_CW_NOT_ACCEPTED);
}

/* A reader that may not see owners does not learn that a socket is shared. */
static void cw_holders_unknown(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	s.holders = 0;
	expect_cause(test, &s, TCPDIAG_CW_EOF_READ);
}

static void cw_group(struct kunit *test)
{
	struct tcpdiag_cw_group g = {};
	struct tcpdiag_cw_socket s = idle;

	tcpdiag_cw_add(&g, &s, LIMIT_US);
	s.copied_seq -= 11;
	s.stay_us = 5 * LIMIT_US;
	s.estimated = true;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	s = idle;
	s.write_seq++;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	/* not yet in CLOSE_WAIT for too long */
	s = idle;
	s.stay_us = LIMIT_US;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.sockets, 4);
	KUNIT_EXPECT_EQ(test, g.suspects, 2);
	KUNIT_EXPECT_EQ(test, g.unread, 10);
	KUNIT_EXPECT_EQ(test, g.oldest_us, 5 * LIMIT_US);
	KUNIT_EXPECT_TRUE(test, g.estimated);
	KUNIT_EXPECT_EQ(test, g.causes[TCPDIAG_CW_EOF_READ], 1);
	KUNIT_EXPECT_EQ(test, g.causes[TCPDIAG_CW_DATA_UNREAD], 1);
	KUNIT_EXPECT_EQ(test, g.causes[TCPDIAG_CW_WRITING], 1);
}

static void cw_main_cause(struct kunit *test)
{
	struct tcpdiag_cw_group g = {};

	KUNIT_EXPECT_EQ(test, tcpdiag_cw_main_cause(&g), TCPDIAG_CW_CAUSES);
	g.causes[TCPDIAG_CW_WRITING] = 9;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_main_cause(&g), TCPDIAG_CW_WRITING);
	g.causes[TCPDIAG_CW_EOF_UNREAD] = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_main_cause(&g), TCPDIAG_CW_EOF_UNREAD);
	g.causes[TCPDIAG_CW_EOF_READ] = 2;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_main_cause(&g), TCPDIAG_CW_EOF_READ);
}

/* Read, and nothing sent since: an answer may be due. */
static void cw_pending(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	s.received = 100;
	s.received_us = s.stay_us;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	/* sent before the last of it came, or in the same tick, or after */
	s.sent = true;
	s.sent_us = s.received_us + 1;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	s.sent_us--;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	s.sent = false;
	/* nothing came, or nothing of it was read */
	s.received = 0;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	s.received = 100;
	s.copied_seq = s.rcv_nxt - 101;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	s.copied_seq++;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	s.accepted = false;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	s.accepted = true;
	s.connected = true;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
}

/* What goes on to be sent after the FIN is an answer in parts, for a while. */
static void cw_answer_in_parts(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;

	s.received = 100;
	s.sent = true;
	s.stay_us = 10 * LIMIT_US;
	s.received_us = s.stay_us;
	s.sent_us = 2 * LIMIT_US;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	s.sent_us = 8 * LIMIT_US;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	s.sent_us++;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	/* answered at once, or before the FIN */
	s.sent_us = s.stay_us;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	s.sent_us = s.stay_us + 1;
	s.received_us = s.sent_us + 1;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	/* events since the request, the last of them before the FIN */
	s.sent_us = 12 * LIMIT_US;
	s.received_us = 15 * LIMIT_US;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_is_pending(&s));
	s.received_us--;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
	/* who connected owes no answer */
	s.sent_us = 2 * LIMIT_US;
	s.connected = true;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_is_pending(&s));
}

/* Sent at once: a ticket or SETTINGS, unless the peer needed a single segment. */
static void cw_sent_at_once(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;
	struct tcpdiag_cw_group g = {};

	s.received = 100;
	s.received_us = s.stay_us;
	s.sent = true;
	s.sent_us = s.received_us;
	s.segments = 3;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.pending, 0);
	KUNIT_EXPECT_EQ(test, g.at_once, 1);
	KUNIT_EXPECT_EQ(test, g.waited, 0);
	/* a peer that sent one segment and closed has got an answer */
	s.segments = 1;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.at_once, 1);
	/* one that waited may have got a part */
	s.received_us = s.stay_us + TCPDIAG_CW_GAVE_UP_US;
	s.sent_us = s.received_us - 50 * USEC_PER_MSEC;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.at_once, 2);
	KUNIT_EXPECT_EQ(test, g.waited, 1);
	/* the first request of a connection comes soon */
	s.age_us = s.received_us + BEGINNING_US + 1;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.at_once, 2);
	s.age_us--;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.at_once, 3);
	/* later it is an answer */
	s.sent_us--;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	/* nothing was read: it answers nothing */
	s.sent_us++;
	s.copied_seq = s.rcv_nxt - 101;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	/* a pool does not answer */
	s.copied_seq = s.rcv_nxt;
	s.connected = true;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.at_once, 3);
	KUNIT_EXPECT_EQ(test, g.pending, 0);
	KUNIT_EXPECT_EQ(test, g.suspects, 8);
}

/* The group knows its youngest, who gave up, and the shortest lull. */
static void cw_group_signs(struct kunit *test)
{
	struct tcpdiag_cw_socket s = idle;
	struct tcpdiag_cw_group g = {};

	s.received = 100;
	s.received_us = s.stay_us;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.pending, 1);
	KUNIT_EXPECT_EQ(test, g.gave_up, 0);
	KUNIT_EXPECT_FALSE(test, g.newest_known);
	s.received_us = s.stay_us + TCPDIAG_CW_GAVE_UP_US;
	s.age_known = true;
	s.age_us = s.received_us;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.pending, 2);
	KUNIT_EXPECT_EQ(test, g.gave_up, 1);
	KUNIT_EXPECT_EQ(test, g.lull_us, TCPDIAG_CW_GAVE_UP_US);
	KUNIT_EXPECT_TRUE(test, g.newest_known);
	/* young ones count as newer, but not those that nobody has accepted */
	s.stay_us = 2 * USEC_PER_SEC;
	s.age_us = 3 * USEC_PER_SEC;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.newest_us, 3 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, g.pending, 2);
	s.accepted = false;
	s.age_us = 2 * USEC_PER_SEC;
	tcpdiag_cw_add(&g, &s, LIMIT_US);
	KUNIT_EXPECT_EQ(test, g.newest_us, 3 * USEC_PER_SEC);
}

static void cw_worse(struct kunit *test)
{
	struct tcpdiag_cw_group a = { .suspects = 2, .sockets = 2 };
	struct tcpdiag_cw_group b = { .suspects = 1, .sockets = 9 };

	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_worse(&a, &b));
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_worse(&b, &a));
	b.suspects = 2;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_worse(&b, &a));
	b.sockets = 2;
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_worse(&b, &a));
	KUNIT_EXPECT_FALSE(test, tcpdiag_cw_worse(&a, &b));
	a.oldest_us = 1;
	KUNIT_EXPECT_TRUE(test, tcpdiag_cw_worse(&a, &b));
}

static void cw_growth(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(10, 10, USEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(10, 15, 60 * USEC_PER_SEC), 5);
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(10, 15, 30 * USEC_PER_SEC), 10);
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(15, 10, 30 * USEC_PER_SEC),
			-10);
	/* less than one a minute counts as none */
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(10, 11, 61 * USEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_growth(0, 1 << 24, USEC_PER_SEC),
			60LL << 24);
}

static void cw_full(struct kunit *test)
{
	struct tcpdiag_cw_group g = {
		.fds_known = true,
		.fds = 24,
		.fd_limit = 1024,
		.growth_known = true,
		.growth = 100,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), 600 * USEC_PER_SEC);
	g.fds = 2000;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), 0);
	g.fds = 24;
	g.growth = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), U64_MAX);
	g.growth = -5;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), U64_MAX);
	g.growth = 1;
	g.fd_limit = MAX_DESCRIPTORS;
	g.fds = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g),
			MAX_DESCRIPTORS * US_PER_MIN);
	/* RLIM_INFINITY */
	g.fd_limit = ~0UL;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), U64_MAX);
	g.fd_limit = 1024;
	g.fds_known = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), U64_MAX);
	g.fds_known = true;
	g.growth_known = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_cw_full_us(&g), U64_MAX);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cw_eof),
	KUNIT_CASE(cw_idle_for_long),
	KUNIT_CASE(cw_unread),
	KUNIT_CASE(cw_writing),
	KUNIT_CASE(cw_first_cause),
	KUNIT_CASE(cw_holders_unknown),
	KUNIT_CASE(cw_group),
	KUNIT_CASE(cw_main_cause),
	KUNIT_CASE(cw_pending),
	KUNIT_CASE(cw_sent_at_once),
	KUNIT_CASE(cw_answer_in_parts),
	KUNIT_CASE(cw_group_signs),
	KUNIT_CASE(cw_worse),
	KUNIT_CASE(cw_growth),
	KUNIT_CASE(cw_full),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_close_wait",
	.test_cases = cases,
};

kunit_test_suite(suite);
