// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding sources_missing.
 */
#include "diagnose/findings_sources.c"
#include "findings_case.h"

static void sources_all_there(struct kunit *test)
{
	findings_expect_none(test, findings_case(test));
}

static void sources_one_missing(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.sources.missing[TCPDIAG_SOURCE_RESETS_RECEIVED] = true;
	findings_expect_one(test, c, "sources_missing", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "(RST segments received)");
	findings_expect_in(test, c->out.found[0].evidence, "missing=1");
}

static void sources_all_missing(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	memset(&c->facts.sources, true, sizeof(c->facts.sources));
	findings_expect_one(test, c, "sources_missing", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "(new requests (NEW_SYN_RECV), losses and timeouts, RST segments sent, RST segments received, repeated SYN-ACKs, bind() that fails, Fast Open, listeners of new connections, connects without a port, TIME_WAITs, congestion states)");
	findings_expect_in(test, c->out.found[0].evidence, "missing=11");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sources_all_there),
	KUNIT_CASE(sources_one_missing),
	KUNIT_CASE(sources_all_missing),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_sources",
	.test_cases = cases,
};

kunit_test_suite(suite);
