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
	struct tcpdiag_lately_sum *lately = &fact->sum.fast_open_lately;
	u32 *n = fact->sum.fast_open;

	c->facts.ports.now_ns = 100 * (u64)NSEC_PER_SEC;
	lately->since_ns = 40 * (u64)NSEC_PER_SEC;
	lately->last_ns = 98 * (u64)NSEC_PER_SEC;
	/* one of those that connect there, and the one that had the trouble */
	fact->user = (struct tcpdiag_owner){ .pid = 8, .comm = "other" };
	fact->fast_open_user =
		(struct tcpdiag_owner){ .pid = 9, .comm = "caller" };
	n[TCPDIAG_FAST_OPEN_USED] = 1000;
	n[TCPDIAG_FAST_OPEN_DROPPED] = 10;
	fact->sum.fast_open_lost_ns = 10 * (u64)NSEC_PER_SEC;
	lately->all = 15;
	lately->slow = LEAST - 1;
	findings_expect_none(test, c);
	lately->slow = LEAST;
	findings_expect_one(test, c, "fast_open", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "3 of 15 connections from ");
	findings_expect_in(test, f->what,
			   "in the last 1m00s, most recently 2.0 s ago in caller (pid 9)");
	findings_expect_in(test, f->what, "which cost 1.0 s on average");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 9);
	lately->all = 16;
	findings_expect_none(test, c);
	/* long ago it was worse */
	lately->slow = 0;
	lately->all = 0;
	n[TCPDIAG_FAST_OPEN_DROPPED] = 10000;
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
