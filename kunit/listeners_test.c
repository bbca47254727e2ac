// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the judgement of listeners each second: which listener overflowed,
 * what was accepted, and the verdict; which are the worst; and of the counts of
 * the last minute.
 */
#include <kunit/test.h>

#include "model/listener.c"
#include "model/minute.c"
#include "model/worst.c"

#define LISTENERS	3

struct listeners_case {
	struct tcpdiag_listener l[LISTENERS];
	struct tcpdiag_second s;
};

/* Three listeners where all is well. */
static struct listeners_case *quiet(struct kunit *test)
{
	struct listeners_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	for (i = 0; i < LISTENERS; i++) {
		c->l[i].q.limit = 128;
		c->l[i].done_known = true;
		c->l[i].done_known_last = true;
	}
	c->s.now = 1000 * (u64)NSEC_PER_SEC;
	c->s.ns = NSEC_PER_SEC;
	c->s.tick = 1000;
	c->s.all = true;
	c->s.cookies = true;
	c->s.max_syn_backlog = 1024;
	c->s.flood_per_s = 10;
	c->s.slow_us = USEC_PER_SEC;
	return c;
}

static void pass(struct listeners_case *c)
{
	c->s.now += NSEC_PER_SEC;
	c->s.tick++;
	tcpdiag_listeners_second(c->l, LISTENERS, &c->s);
}

static void listeners_quiet(struct kunit *test)
{
	struct listeners_case *c = quiet(test);
	unsigned int i;

	pass(c);
	for (i = 0; i < LISTENERS; i++) {
		KUNIT_EXPECT_EQ(test, c->l[i].verdict, TCPDIAG_VERDICT_OK);
		KUNIT_EXPECT_EQ(test, c->l[i].overflows, 0);
		KUNIT_EXPECT_EQ(test, c->l[i].accepted_per_s, 0);
	}
}

/* One listener drops: the namespace's overflows are its own. */
static void listeners_one_drops(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[1].q.drops = 9;
	c->s.overflows = 4;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[1].overflows, 4);
	KUNIT_EXPECT_EQ(test, c->l[1].drops_last, 9);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_ACCEPT_FULL);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 0);
	/* overflows are not counted twice */
	c->s.overflows = 0;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[1].overflows, 4);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_OK);
}

/* Two listeners drop 3 and 5 more; the namespace counts @overflows more. */
static void two_drop(struct listeners_case *c, u64 overflows)
{
	c->l[0].q.drops += 3;
	c->l[2].q.drops += 5;
	c->s.overflows = overflows;
	pass(c);
}

/* Others that were not looked at may have dropped them: who is full is sure. */
static void listeners_some_left_out(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->s.all = false;
	c->l[1].q.drops = 9;
	c->s.overflows = 9;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[1].overflows, 0);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_OK);
	c->l[1].q.drops += 4;
	c->l[1].q.accept = c->l[1].q.limit + 1;
	c->s.overflows = 4;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[1].overflows, 4);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_ACCEPT_FULL);
}

/* Several drop, and all drops are overflows. */
static void listeners_all_overflow(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	two_drop(c, 8);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 3);
	KUNIT_EXPECT_EQ(test, c->l[2].overflows, 5);
	/* more overflows than drops: some were of a listener that is gone */
	two_drop(c, 10);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 6);
	KUNIT_EXPECT_EQ(test, c->l[2].overflows, 10);
}

/* Several drop, and not all drops are overflows: it is not known whose. */
static void listeners_ambiguous(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	two_drop(c, 4);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 0);
	KUNIT_EXPECT_EQ(test, c->l[2].overflows, 0);
	/* except for the listener whose queue is full */
	c->l[2].q.accept = 129;
	two_drop(c, 4);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 0);
	KUNIT_EXPECT_EQ(test, c->l[2].overflows, 4);
}

/* The kernel's counter of drops has 32 bits. */
static void listeners_drops_wrap(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].drops_last = U32_MAX - 1;
	c->l[0].q.drops = 3;
	c->s.overflows = 5;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].overflows, 5);
}

/* Connections that completed and do not wait were accepted. */
static void listeners_accepted(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].done = 100;
	c->l[0].accepting = 30;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].done_per_s, 100);
	KUNIT_EXPECT_EQ(test, c->l[0].accepted_per_s, 70);
	c->l[0].accepting = 5;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].done_per_s, 0);
	KUNIT_EXPECT_EQ(test, c->l[0].accepted_per_s, 25);
	/* with Fast Open the queue may grow before the handshake is complete */
	c->l[0].accepting = 9;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].accepted_per_s, 0);
}

/* The worker was late: counts of 4 s must not be taken for those of one. */
static void listeners_late(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->s.ns = 4 * (u64)NSEC_PER_SEC;
	c->l[0].done = 100;
	c->l[0].accepting = 20;
	c->l[0].q.syn = 128;
	c->s.full = 37;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].done_per_s, 25);
	KUNIT_EXPECT_EQ(test, c->l[0].accepted_per_s, 20);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->s.full = 400;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
}

static void listeners_accept_full(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].q.accept = 128;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->l[0].q.accept = 129;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_ACCEPT_FULL);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict_since, c->s.now);
}

static void listeners_slow(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].q.accept = 1;
	c->l[0].wait_us = USEC_PER_SEC - 1;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->l[0].wait_us = USEC_PER_SEC;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SLOW_ACCEPT);
}

/* A flood of the first: cookies are counted by namespace, its queue is full. */
static void listeners_flood(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].q.syn = 128;
	c->l[1].q.syn = 63;
	c->s.full = 9;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->s.full = 10;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_OK);
	KUNIT_EXPECT_EQ(test, c->l[2].verdict, TCPDIAG_VERDICT_OK);
	KUNIT_EXPECT_EQ(test, c->l[0].floods, 1);
}

/* A flood ends when it is not seen for a while; then another may begin. */
static void listeners_flood_again(struct kunit *test)
{
	struct listeners_case *c = quiet(test);
	unsigned int i;

	c->l[0].q.syn = 128;
	c->s.full = 1000;
	pass(c);
	for (i = 1; i < TCPDIAG_FLOOD_QUIET_S; i++) {
		c->s.full = 0;
		pass(c);
		KUNIT_EXPECT_EQ(test, c->l[0].verdict,
				TCPDIAG_VERDICT_SYN_FLOOD);
	}
	KUNIT_EXPECT_EQ(test, c->l[0].floods, 1);
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->s.full = 1000;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	KUNIT_EXPECT_EQ(test, c->l[0].floods, 2);
}

/* Clients that complete their handshakes are no flood. */
static void listeners_burst(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].q.syn = 128;
	c->s.full = 100;
	c->l[0].done = 50;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_QUEUE_FULL);
	c->l[0].done += 49;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	/* they took longer than a second */
	c->l[0].done += 50;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_QUEUE_FULL);
}

/* Without cookies each listener's own drops show a flood. */
static void listeners_flood_without_cookies(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->s.cookies = false;
	c->s.max_syn_backlog = 64;
	c->l[0].q.syn = 48;
	c->l[0].q.drops = 500;
	c->l[1].q.syn = 48;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	KUNIT_EXPECT_EQ(test, c->l[1].verdict, TCPDIAG_VERDICT_OK);
}

/*
 * Without cookies most SYNs of a burst of real clients are dropped. They are no flood
 * as long as those in the queue do not grow old.
 */
static void listeners_burst_without_cookies(struct kunit *test)
{
	struct listeners_case *c = quiet(test);
	struct tcpdiag_listener *l = &c->l[0];

	c->s.cookies = false;
	l->q.limit = 16;
	l->q.syn = 16;
	l->q.young = 16;
	l->q.drops = 400;
	pass(c);
	KUNIT_EXPECT_EQ(test, l->verdict, TCPDIAG_VERDICT_OK);
	l->q.drops += 400;
	l->done += 16;
	pass(c);
	KUNIT_EXPECT_EQ(test, l->verdict, TCPDIAG_VERDICT_SYN_QUEUE_FULL);
	/* they never complete, but for a few others */
	l->q.drops += 400;
	l->q.young = 7;
	l->done += 1;
	pass(c);
	KUNIT_EXPECT_EQ(test, l->verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	/* all run out together, and the queue is filled anew */
	l->q.drops += 400;
	l->q.young = 16;
	l->done += 1;
	pass(c);
	KUNIT_EXPECT_EQ(test, l->verdict, TCPDIAG_VERDICT_SYN_FLOOD);
	KUNIT_EXPECT_EQ(test, l->floods, 1);
	/* that half of all complete is clear whatever was before */
	l->q.drops += 30;
	l->done += 16;
	pass(c);
	KUNIT_EXPECT_EQ(test, l->verdict, TCPDIAG_VERDICT_SYN_QUEUE_FULL);
}

/*
 * While it is not known how many handshakes are completed, real clients are not
 * called a flood; what is known is still judged.
 */
static void listeners_rates_unknown(struct kunit *test)
{
	struct listeners_case *c = quiet(test);

	c->l[0].q.syn = 128;
	c->s.full = 1000;
	c->l[0].done_known = false;
	pass(c);
	KUNIT_EXPECT_FALSE(test, c->l[0].rates_known);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_OK);
	c->l[0].wait_us = 2 * USEC_PER_SEC;
	pass(c);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SLOW_ACCEPT);
	/* the first count that is known says nothing about the last second */
	c->l[0].done_known = true;
	pass(c);
	KUNIT_EXPECT_FALSE(test, c->l[0].rates_known);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SLOW_ACCEPT);
	pass(c);
	KUNIT_EXPECT_TRUE(test, c->l[0].rates_known);
	KUNIT_EXPECT_EQ(test, c->l[0].verdict, TCPDIAG_VERDICT_SYN_FLOOD);
}

static void listeners_syn_limit(struct kunit *test)
{
	struct tcpdiag_listener l = { .q.limit = 128 };

	KUNIT_EXPECT_EQ(test, tcpdiag_listener_syn_limit(&l, true, 64), 128);
	KUNIT_EXPECT_EQ(test, tcpdiag_listener_syn_limit(&l, false, 64), 48);
	KUNIT_EXPECT_EQ(test, tcpdiag_listener_syn_limit(&l, false, 4096), 128);
}

static void listeners_limit_by(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, tcpdiag_limit_by(127, 128), "listen");
	KUNIT_EXPECT_STREQ(test, tcpdiag_limit_by(128, 128), "somaxconn");
	KUNIT_EXPECT_STREQ(test, tcpdiag_limit_by(129, 128),
			   "earlier_somaxconn");
}

/* What happened 60 s ago is forgotten, what happened 50 s ago is not. */
static void listeners_window(struct kunit *test)
{
	struct tcpdiag_minute w = {};
	u64 tick, sum;

	for (tick = 1; tick <= 1000; tick++) {
		tcpdiag_minute_add(&w, tick, 1);
		sum = tcpdiag_minute_sum(&w);
		KUNIT_EXPECT_GE(test, sum, min_t(u64, tick, 51));
		KUNIT_EXPECT_LE(test, sum, min_t(u64, tick, 60));
	}
	for (; tick <= 1060; tick++)
		tcpdiag_minute_add(&w, tick, 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_minute_sum(&w), 0);
}

static void listeners_window_full(struct kunit *test)
{
	struct tcpdiag_minute w = {};

	tcpdiag_minute_add(&w, 1, U64_MAX);
	tcpdiag_minute_add(&w, 2, 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_minute_sum(&w), U32_MAX);
}

/* @n events of @id in a second. */
static void events(struct tcpdiag_minute_most *m, u64 *tick, u32 id,
		   unsigned int n)
{
	while (n--)
		tcpdiag_minute_most_add(m, id);
	tcpdiag_minute_most_tick(m, ++*tick);
}

/* Most of the last minute: another one in between is none, and the past counts not. */
static void listeners_minute_most(struct kunit *test)
{
	struct tcpdiag_minute_most m = {};
	unsigned int i;
	u64 tick = 0;

	for (i = 0; i < 50; i++)
		events(&m, &tick, 7, 20);
	KUNIT_EXPECT_FALSE(test, tcpdiag_minute_most_add(&m, 9));
	KUNIT_EXPECT_TRUE(test, tcpdiag_minute_most_add(&m, 7));
	events(&m, &tick, 0, 0);
	KUNIT_EXPECT_EQ(test, m.vote.id, 7);
	KUNIT_EXPECT_EQ(test, tcpdiag_minute_sum(&m.hits), 1001);
	/* it has one a minute now, and another one has more */
	for (i = 0; i < 60; i++)
		events(&m, &tick, 7, i == 0);
	KUNIT_EXPECT_LE(test, m.vote.votes, 1);
	for (i = 0; i < 5; i++)
		events(&m, &tick, 9, 1);
	KUNIT_EXPECT_EQ(test, m.vote.id, 9);
	KUNIT_EXPECT_GE(test, tcpdiag_minute_sum(&m.hits), 4);
	/* a scan: none has more than a few */
	for (i = 100; i < 160; i++)
		events(&m, &tick, i, 1);
	KUNIT_EXPECT_LE(test, tcpdiag_minute_sum(&m.hits), 2);
}

/* Groups of four and two that are alone; not a member is next to another. */
#define WORST_GROUPS	5
#define WORST_ALL	(4 * WORST_GROUPS + 2)

static void worst_of(struct kunit *test, bool rising)
{
	struct tcpdiag_listeners_worst *w =
		kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);
	struct tcpdiag_listener *l =
		kunit_kcalloc(test, WORST_ALL, sizeof(*l), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_ASSERT_NOT_NULL(test, l);
	for (i = 0; i < WORST_ALL; i++) {
		l[i].group = i < 4 * WORST_GROUPS ? i % WORST_GROUPS : i;
		l[i].reuseport = i < 4 * WORST_GROUPS;
		l[i].verdict = TCPDIAG_VERDICT_SLOW_ACCEPT;
		l[i].wait_us = rising ? 100 + i : 1000 - i;
		tcpdiag_worst_add(w, TCPDIAG_WORST_SLOW, l, i);
	}
	KUNIT_EXPECT_EQ(test, w->listeners, WORST_GROUPS + 2);
	KUNIT_ASSERT_EQ(test, w->n, TCPDIAG_WORST_EACH);
	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		KUNIT_EXPECT_EQ(test, w->l[i].wait_us,
				rising ? 100 + WORST_ALL - 1 - i : 1000 - i);
	/* another kind of trouble is counted by itself */
	memset(w, 0, sizeof(*w));
	l[0].verdict = TCPDIAG_VERDICT_SYN_FLOOD;
	tcpdiag_worst_add(w, TCPDIAG_WORST_FLOOD, l, 0);
	KUNIT_EXPECT_EQ(test, w->listeners, 1);
}

/* However many members have a trouble, a group is one. */
static void listeners_worst(struct kunit *test)
{
	worst_of(test, true);
	worst_of(test, false);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(listeners_quiet),
	KUNIT_CASE(listeners_one_drops),
	KUNIT_CASE(listeners_some_left_out),
	KUNIT_CASE(listeners_all_overflow),
	KUNIT_CASE(listeners_ambiguous),
	KUNIT_CASE(listeners_drops_wrap),
	KUNIT_CASE(listeners_accepted),
	KUNIT_CASE(listeners_late),
	KUNIT_CASE(listeners_accept_full),
	KUNIT_CASE(listeners_slow),
	KUNIT_CASE(listeners_flood),
	KUNIT_CASE(listeners_flood_again),
	KUNIT_CASE(listeners_burst),
	KUNIT_CASE(listeners_flood_without_cookies),
	KUNIT_CASE(listeners_burst_without_cookies),
	KUNIT_CASE(listeners_rates_unknown),
	KUNIT_CASE(listeners_syn_limit),
	KUNIT_CASE(listeners_limit_by),
	KUNIT_CASE(listeners_window),
	KUNIT_CASE(listeners_window_full),
	KUNIT_CASE(listeners_minute_most),
	KUNIT_CASE(listeners_worst),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_listeners",
	.test_cases = cases,
};

kunit_test_suite(suite);
