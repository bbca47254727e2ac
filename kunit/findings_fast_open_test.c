// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding fast_open.
 */
#include <kunit/test.h>

#include "diagnose/findings_fast_open.c"
#include "findings_case.h"

static void fast_open_dropped(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fast_open;
	u32 *n = fact->sum.fast_open;

	fact->user = (struct tcpdiag_owner){ .pid = 9, .comm = "caller" };
	n[TCPDIAG_FAST_OPEN_USED] = 12;
	n[TCPDIAG_FAST_OPEN_DROPPED] = LEAST - 1;
	findings_expect_none(test, c);
	n[TCPDIAG_FAST_OPEN_DROPPED] = LEAST;
	fact->sum.fast_open_lost_ns = LEAST * (u64)NSEC_PER_SEC;
	findings_expect_one(test, c, "fast_open", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 of 15 connections of caller (pid 9)");
	findings_expect_in(test, f->what, "which cost 1.0 s each");
	n[TCPDIAG_FAST_OPEN_REFUSED] = 1;
	findings_expect_none(test, c);
	n[TCPDIAG_FAST_OPEN_REFUSED] = 0;
	fact->fast_open_us = OVER_US;
	findings_expect_none(test, c);
}

static void fast_open_paused(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_fast_open_facts *facts = &c->facts.fast_open;

	facts->pauses = 1;
	facts->timeout_s = 3600;
	findings_expect_none(test, c);
	facts->paused_us = 600 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, "fast_open", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "for 10m00s more");
	findings_expect_in(test, c->out.found[0].host,
			   "tcp_fastopen_blackhole_timeout is 3600 s");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(fast_open_dropped),
	KUNIT_CASE(fast_open_paused),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_fast_open",
	.test_cases = cases,
};

kunit_test_suite(suite);
