// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on what this host drops itself: connection tracking that is
 * full, and SYNs and segments that do not leave the host.
 */
#include <kunit/test.h>

#include "diagnose/findings_conntrack.c"
#include "findings_case.h"

static void conntrack_full(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_conntrack_facts *ct = &c->facts.conntrack;
	const struct tcpdiag_finding *f = &c->out.found[0];

	*ct = (struct tcpdiag_conntrack_facts) {
		.seconds = 2,
		.dropped = 2,
		.span_us = 150 * USEC_PER_SEC,
		.ago_us = 2 * USEC_PER_SEC,
		.entries = 262140,
		.max = 262144,
	};
	findings_expect_one(test, c, "conntrack_full", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what,
			   "2 packets in the last 2m30s, the last 2.0 s ago, with 262140 of 262144 entries");
	findings_expect_in(test, f->evidence,
			   "dropped=2 seconds=2 entries=262140 max=262144");
	findings_expect_in(test, f->host, "nf_conntrack_max (262144;");
	/* a moment */
	ct->seconds = 1;
	ct->dropped = 9;
	findings_expect_none(test, c);
	ct->dropped = 10;
	findings_expect_one(test, c, "conntrack_full", TCPDIAG_CRITICAL);
	/* two packets of one connection at once: the table has room */
	ct->entries = 1000;
	findings_expect_none(test, c);
	ct->entries = 262140;
	/* over */
	ct->ago_us = 60 * USEC_PER_SEC;
	findings_expect_none(test, c);
	/* without a limit it is never full */
	ct->ago_us = 0;
	ct->max = 0;
	findings_expect_none(test, c);
}

/* NAT is out of ports: the table has room. */
static void conntrack_clashes(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_conntrack_facts *ct = &c->facts.conntrack;
	const struct tcpdiag_finding *f = &c->out.found[0];

	*ct = (struct tcpdiag_conntrack_facts) {
		.clashes = 20,
		.clash_seconds = 10,
		.clash_span_us = 150 * USEC_PER_SEC,
		.clash_ago_us = 2 * USEC_PER_SEC,
		.entries = 10,
		.max = 262144,
	};
	findings_expect_one(test, c, "conntrack_clashes", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "20 packets in the last 2m30s, the last 2.0 s ago");
	findings_expect_in(test, f->what, "of whatever protocol");
	findings_expect_in(test, f->evidence, "insert_failed=20 seconds=10");
	ct->clash_seconds = 30;
	findings_expect_one(test, c, "conntrack_clashes", TCPDIAG_WARNING);
	/* one now and then */
	ct->clashes = 19;
	findings_expect_none(test, c);
	ct->clashes = 100;
	ct->clash_seconds = 9;
	findings_expect_none(test, c);
	ct->clash_seconds = 30;
	ct->clash_ago_us = 60 * USEC_PER_SEC;
	findings_expect_none(test, c);
}

/* What does not leave this host is not the other host's fault. */
static void connects_not_sent(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_connect_fact *x = &c->facts.connect.silent;
	const struct tcpdiag_finding *f = &c->out.found[0];

	x->minute = 8;
	x->last_known = true;
	x->syns = 4;
	x->waited_s = 7;
	x->port = 5432;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "check the other host");
	KUNIT_EXPECT_FALSE(test, f->about.not_sent);
	x->not_sent = true;
	findings_judge(c);
	findings_expect_in(test, f->what, "whose last SYN did not leave this host");
	findings_expect_in(test, f->host, "this host drops it itself");
	KUNIT_EXPECT_TRUE(test, f->about.not_sent);
	/* the cause is known */
	c->facts.conntrack = (struct tcpdiag_conntrack_facts) {
		.seconds = 5,
		.dropped = 40,
		.entries = 100,
		.max = 100,
	};
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 2);
	KUNIT_EXPECT_STREQ(test, f->code, "conntrack_full");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(conntrack_full),
	KUNIT_CASE(conntrack_clashes),
	KUNIT_CASE(connects_not_sent),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_conntrack",
	.test_cases = cases,
};

kunit_test_suite(suite);
