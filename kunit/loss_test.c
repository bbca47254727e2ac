// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what is counted of losses, and when it is more than usual.
 */
#include <kunit/test.h>

#include "model/loss.c"

static void loss_windows(struct kunit *test)
{
	struct tcpdiag_loss_window w = {};
	struct tcpdiag_loss_sum sum;

	tcpdiag_loss_roll(&w, 10 * TCPDIAG_LOSS_NS + 5);
	w.sum[0].again = 3;
	tcpdiag_loss_roll(&w, 10 * TCPDIAG_LOSS_NS + 6);
	KUNIT_EXPECT_EQ(test, w.sum[0].again, 3);
	tcpdiag_loss_roll(&w, 11 * TCPDIAG_LOSS_NS + 7);
	w.sum[0].again = 4;
	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_EQ(test, sum.again, 7);
	KUNIT_EXPECT_EQ(test, w.since_ns[1], 10 * TCPDIAG_LOSS_NS + 5);
	/* a reader whose time is from before the lock */
	tcpdiag_loss_roll(&w, 11 * TCPDIAG_LOSS_NS - 1);
	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_EQ(test, sum.again, 7);
	/* nobody came for a whole window */
	tcpdiag_loss_roll(&w, 13 * TCPDIAG_LOSS_NS);
	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_EQ(test, sum.again, 0);
	KUNIT_EXPECT_EQ(test, w.since_ns[1], 13 * TCPDIAG_LOSS_NS);
}

static void loss_timeout(struct kunit *test)
{
	struct tcpdiag_loss_timeout t = {
		.first = true, .tail = true, .probed = true, .rto_ms = 200,
	};
	struct tcpdiag_loss_sum sum = {};

	tcpdiag_loss_time_out(&sum, &t);
	t.nth = 1;
	t.rto_ms = 400;
	tcpdiag_loss_time_out(&sum, &t);
	KUNIT_EXPECT_EQ(test, sum.timeouts, 1);
	KUNIT_EXPECT_EQ(test, sum.tails, 1);
	KUNIT_EXPECT_EQ(test, sum.probed, 1);
	KUNIT_EXPECT_EQ(test, sum.repeated, 1);
	KUNIT_EXPECT_EQ(test, sum.connections, 1);
	KUNIT_EXPECT_EQ(test, sum.waited_ms, 600);
	/* the peer is not there: none of it was a loss */
	t.nth = 2;
	t.rto_ms = 800;
	tcpdiag_loss_time_out(&sum, &t);
	t.nth = 3;
	t.rto_ms = 1600;
	tcpdiag_loss_time_out(&sum, &t);
	KUNIT_EXPECT_EQ(test, sum.timeouts, 0);
	KUNIT_EXPECT_EQ(test, sum.tails, 0);
	KUNIT_EXPECT_EQ(test, sum.probed, 0);
	KUNIT_EXPECT_EQ(test, sum.repeated, 0);
	KUNIT_EXPECT_EQ(test, sum.connections, 0);
	KUNIT_EXPECT_EQ(test, sum.waited_ms, 0);
	/* the first two were in the window before */
	t.nth = 2;
	tcpdiag_loss_time_out(&sum, &t);
	KUNIT_EXPECT_EQ(test, sum.timeouts, 0);
	KUNIT_EXPECT_EQ(test, sum.waited_ms, 0);
	/* a tail of another connection stays one */
	sum.timeouts = 2;
	sum.tails = 1;
	t.tail = false;
	tcpdiag_loss_time_out(&sum, &t);
	KUNIT_EXPECT_EQ(test, sum.timeouts, 1);
	KUNIT_EXPECT_EQ(test, sum.tails, 1);
}

static const struct share {
	const char *name;
	u64 segments;
	u32 again;
	u32 long_connections;
	enum tcpdiag_loss want;
} shares[] = {
	{ "nothing", 0, 0, 0, TCPDIAG_LOSS_USUAL },
	{ "a path as most are", 100000, 100, 20, TCPDIAG_LOSS_USUAL },
	{ "radio", 100000, 999, 20, TCPDIAG_LOSS_USUAL },
	{ "one in a hundred", 100000, 1000, 20, TCPDIAG_LOSS_SOME },
	{ "three in a hundred", 100000, 3000, 20, TCPDIAG_LOSS_MUCH },
	{ "too few segments", 1999, 100, 5, TCPDIAG_LOSS_USUAL },
	{ "just enough", 2000, 100, 2, TCPDIAG_LOSS_MUCH },
	{ "one connection", 2000, 100, 1, TCPDIAG_LOSS_USUAL },
	{ "a long one", 10000, 500, 1, TCPDIAG_LOSS_MUCH },
	{ "the most", U32_MAX, U32_MAX, 9, TCPDIAG_LOSS_MUCH },
	{ "a fast link", 100ULL * U32_MAX, U32_MAX / 2, 9, TCPDIAG_LOSS_USUAL },
};

static void share_name(const struct share *s, char *desc)
{
	strscpy(desc, s->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(shares, shares, share_name);

static void loss_share(struct kunit *test)
{
	const struct share *s = test->param_value;
	struct tcpdiag_loss_sum sum = {
		.segments = s->segments,
		.again = s->again,
		.long_connections = s->long_connections,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_loss_share(&sum), s->want);
}

#define SEC	((u64)USEC_PER_SEC)

static void loss_timeouts(struct kunit *test)
{
	struct tcpdiag_loss_sum sum = {
		.connections = 2, .timeouts = 100, .seconds = 50,
		.waited_ms = 30000,
	};

	/* 30 s of 60 s, one timeout in 100 segments */
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 10000, false),
			TCPDIAG_LOSS_MUCH);
	/* each client has a path of its own */
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 10000, true),
			TCPDIAG_LOSS_SOME);
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 100000, true),
			TCPDIAG_LOSS_USUAL);
	/* seldom, among what the host sends */
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 100000, false),
			TCPDIAG_LOSS_SOME);
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 1000000, false),
			TCPDIAG_LOSS_USUAL);
	/* a small part of the time */
	sum.waited_ms = 10000;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 10000, false),
			TCPDIAG_LOSS_SOME);
	sum.waited_ms = 1000;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 10000, false),
			TCPDIAG_LOSS_USUAL);
	/* all within a moment: a switch-over */
	sum.waited_ms = 30000;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 9 * SEC, 1000, false),
			TCPDIAG_LOSS_USUAL);
	/* a switch-over, and one more timeout later */
	sum.seconds = SECONDS - 1;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 11 * SEC, 1000, false),
			TCPDIAG_LOSS_USUAL);
	sum.seconds = SECONDS;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 11 * SEC, 1000, false),
			TCPDIAG_LOSS_MUCH);
	/* a few, of a client with a bad radio link */
	sum.timeouts = 9;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 100, false),
			TCPDIAG_LOSS_USUAL);
	/* one connection must have had more */
	sum.timeouts = 19;
	sum.connections = 1;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 100, false),
			TCPDIAG_LOSS_USUAL);
	sum.timeouts = 20;
	KUNIT_EXPECT_EQ(test,
			tcpdiag_loss_timeouts(&sum, 60 * SEC, 100, false),
			TCPDIAG_LOSS_MUCH);
}

/* 0 is no TCP_USER_TIMEOUT; the shortest of both windows is told. */
static void loss_give_up(struct kunit *test)
{
	struct tcpdiag_loss_window w = {};
	struct tcpdiag_loss_sum sum;

	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_FALSE(test, tcpdiag_loss_is_impatient(&sum));
	/* their peers are most likely gone */
	tcpdiag_loss_give_up(&w.sum[0], 10000, true);
	tcpdiag_loss_give_up(&w.sum[0], 20000, true);
	KUNIT_EXPECT_FALSE(test, tcpdiag_loss_give_up(&w.sum[0], 3000, true));
	/* an accident or two */
	KUNIT_EXPECT_TRUE(test, tcpdiag_loss_give_up(&w.sum[0], 2999, true));
	tcpdiag_loss_give_up(&w.sum[1], 300, true);
	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_EQ(test, sum.given_up, 2);
	KUNIT_EXPECT_EQ(test, sum.user_timeout_ms, 300);
	KUNIT_EXPECT_FALSE(test, tcpdiag_loss_is_impatient(&sum));
	tcpdiag_loss_give_up(&w.sum[0], 500, false);
	tcpdiag_loss_read(&w, &sum);
	KUNIT_EXPECT_EQ(test, sum.user_timeout_ms, 300);
	KUNIT_EXPECT_TRUE(test, tcpdiag_loss_is_impatient(&sum));
	/* long ones are none */
	KUNIT_EXPECT_EQ(test, sum.accidents, 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(loss_windows),
	KUNIT_CASE(loss_timeout),
	KUNIT_CASE_PARAM(loss_share, shares_gen_params),
	KUNIT_CASE(loss_timeouts),
	KUNIT_CASE(loss_give_up),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_loss",
	.test_cases = cases,
};

kunit_test_suite(suite);
