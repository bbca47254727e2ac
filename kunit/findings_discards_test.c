// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding on packets that come to this host and are discarded.
 */
#include <kunit/test.h>

#include "diagnose/because.h"
#include "diagnose/findings_discards.c"
#include "findings_case.h"

static struct tcpdiag_discard_fact *discards(struct findings_case *c,
					     enum tcpdiag_discard reason)
{
	struct tcpdiag_discard_fact *x = &c->facts.discards.by[reason];

	*x = (struct tcpdiag_discard_fact) {
		.seconds = SECONDS,
		.packets = PACKETS,
		.span_us = 150 * USEC_PER_SEC,
		.ago_us = 2 * USEC_PER_SEC,
	};
	return x;
}

static void discards_each(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_discard_fact *x;

	x = discards(c, TCPDIAG_DISCARD_MD5_MISSING);
	findings_expect_one(test, c, "arrivals_discarded", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "this host discards segments without a signature (TCP MD5)");
	findings_expect_in(test, f->what,
			   "; 10 in the last 2m30s, the last 2.0 s ago");
	findings_expect_in(test, f->evidence, "TcpExtTCPMD5NotFound=10 seconds=5");
	/* few, in a moment, or over */
	x->packets = PACKETS - 1;
	findings_expect_none(test, c);
	x->packets = 1000;
	x->seconds = SECONDS - 1;
	findings_expect_none(test, c);
	x->seconds = 100;
	x->ago_us = OVER_US;
	findings_expect_none(test, c);
	/* what it may be there for */
	discards(c, TCPDIAG_DISCARD_RP_FILTER);
	findings_expect_one(test, c, "arrivals_discarded", TCPDIAG_NOTE);
	findings_expect_in(test, f->host, "rp_filter to 2");
	findings_expect_in(test, f->what, "of whatever protocol: if they are of TCP");
}

static void discards_checksums(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	discards(c, TCPDIAG_DISCARD_CHECKSUM);
	c->facts.discards.segments = PACKETS * DAMAGED_OF;
	findings_expect_one(test, c, "arrivals_discarded", TCPDIAG_WARNING);
	findings_expect_in(test, f->evidence, " segments=10000");
	c->facts.discards.segments++;
	findings_expect_one(test, c, "arrivals_discarded", TCPDIAG_NOTE);
}

/* Each goes on, and is over, by itself. */
static void discards_differ(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	discards(c, TCPDIAG_DISCARD_RP_FILTER);
	discards(c, TCPDIAG_DISCARD_CHECKSUM);
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 2);
	KUNIT_EXPECT_FALSE(test, tcpdiag_about_same(&c->out.found[0].about,
						    &c->out.found[1].about));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(discards_each),
	KUNIT_CASE(discards_checksums),
	KUNIT_CASE(discards_differ),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_discards",
	.test_cases = cases,
};

kunit_test_suite(suite);
