// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on small writes that are held back.
 */
#include <kunit/test.h>

#include "diagnose/findings_tails.c"
#include "findings_case.h"

static struct tcpdiag_sampled *waits(struct findings_case *c,
				     enum tcpdiag_sample kind)
{
	struct tcpdiag_sampled *t = &c->facts.sampled.row[0];

	c->facts.sampled.n = 1;
	t->kind = kind;
	t->owner = (struct tcpdiag_owner) { .pid = 9, .comm = "app" };
	t->connected = true;
	t->peer.s6_addr32[0] = htonl(0x0a000005);
	t->port = 11211;
	t->samples = 6;
	t->span_us = 20 * USEC_PER_SEC;
	return t;
}

static void tails_nagle(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_sampled *t;

	t = waits(c, TCPDIAG_SAMPLE_NAGLE);
	findings_expect_one(test, c, "nagle_delayed_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "app (pid 9) loses time to 10.0.0.5:11211: its small writes wait");
	findings_expect_in(test, f->what,
			   "of the looks in the last 20.0 s, one a second, 6 met such a wait");
	/* a minute at least, or a second would stand for an hour */
	findings_expect_in(test, f->evidence, "lost_ms_per_hour=360000");
	findings_expect_in(test, f->application, "TCP_NODELAY");
	findings_expect_in(test, f->no_help, "TCP_QUICKACK");
	/* five looks in a row, and nothing before */
	t->samples = 5;
	t->span_us = 5 * USEC_PER_SEC;
	findings_expect_one(test, c, "nagle_delayed_ack", TCPDIAG_NOTE);
	/* a stream, a part of which waits now and then */
	t->samples = 7;
	t->span_us = 78 * USEC_PER_SEC;
	findings_expect_one(test, c, "nagle_delayed_ack", TCPDIAG_NOTE);
	/* what was looked at is what is said */
	t->samples = 70;
	findings_expect_one(test, c, "nagle_delayed_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "in the last 1m18s, one a second");
	t->samples = LEAST - 1;
	findings_expect_none(test, c);
}

static void tails_corked(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_sampled *t;

	t = waits(c, TCPDIAG_SAMPLE_CORKED);
	t->connected = false;
	t->port = 80;
	/* it may clear TCP_CORK when a slow disk has given it the rest */
	findings_expect_one(test, c, "corked", TCPDIAG_NOTE);
	t->more = true;
	findings_expect_one(test, c, "corked", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "on port 80 with 10.0.0.5: it leaves TCP_CORK set");
	findings_expect_in(test, f->application, "clear TCP_CORK");
	KUNIT_EXPECT_EQ(test, f->about.port, 80);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(tails_nagle),
	KUNIT_CASE(tails_corked),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_tails",
	.test_cases = cases,
};

kunit_test_suite(suite);
