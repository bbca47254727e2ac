// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding pool_outlives_server.
 */
#include <kunit/test.h>

#include "diagnose/findings_pool.c"
#include "findings_case.h"

static void pool_outlives_server(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_pool_facts *p = &c->facts.pool;

	findings_expect_none(test, c);
	strscpy(p->peer, "10.0.0.5:5432", sizeof(p->peer));
	p->owner = (struct tcpdiag_owner){ .pid = 9, .comm = "app" };
	p->sockets = LEAST;
	p->least_us = 30 * USEC_PER_SEC;
	p->most_us = 34 * USEC_PER_SEC;
	findings_expect_one(test, c, "pool_outlives_server", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 were closed by that server after 30.0 s without data");
	findings_expect_in(test, f->application, "idle limit below 30.0 s");
	/* no limit, but the end of different work */
	p->most_us++;
	findings_expect_none(test, c);
	p->most_us = p->least_us;
	p->sockets = LEAST - 1;
	findings_expect_none(test, c);
	p->sockets = LEAST;
	p->least_us = IDLE_US - 1;
	p->most_us = IDLE_US - 1;
	findings_expect_none(test, c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pool_outlives_server),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_pool",
	.test_cases = cases,
};

kunit_test_suite(suite);
