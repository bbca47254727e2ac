// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding on memory of TCP that is short.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "diagnose/findings_memory.c"
#include "findings_case.h"

static struct tcpdiag_memory_facts *pressure(struct findings_case *c)
{
	struct tcpdiag_memory_facts *m = &c->facts.memory;

	m->samples = 10;
	m->span_us = 60 * USEC_PER_SEC;
	m->machine = true;
	m->pages_known = true;
	m->pages = 310;
	m->whole = 310 * 4096;
	m->limit[0] = 200;
	m->limit[1] = 300;
	m->limit[2] = 400;
	m->open = 21;
	m->looked = 21;
	m->n = 2;
	m->holder[0] = (struct tcpdiag_memory_holder) {
		.owner = { .pid = 9, .comm = "app" },
		.sockets = 20,
		.unread = 900000,
		.held = 1000000,
	};
	m->holder[1] = (struct tcpdiag_memory_holder) {
		.owner = { .pid = 10, .comm = "idle" },
		.sockets = 1,
	};
	return m;
}

static void memory_machine(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_memory_facts *m = pressure(c);

	findings_expect_one(test, c, "tcp_memory", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "the memory that TCP may have on this machine is short");
	findings_expect_in(test, f->what, "app (pid 9) has");
	findings_expect_in(test, f->what, "in 20 connections, which take 1.0M bytes of memory");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "looked at"));
	/* who holds nothing is not at fault */
	KUNIT_EXPECT_NULL(test, strstr(f->what, "idle"));
	findings_expect_in(test, f->evidence, "pages=310 tcp_mem=200,300,400");
	findings_expect_in(test, f->host, "tcp_mem is 200 300 400 pages");
	findings_expect_in(test, f->application, "read from these");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 9);
	/* nobody leaves data unread */
	m->holder[0].unread = 0;
	m->holder[0].queued = 900000;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 9);
	/* somebody else has it */
	m->holder[0].unread = 900;
	m->holder[0].queued = 0;
	m->holder[0].held = 40000;
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "of memory; no program that was looked at here has a sixteenth");
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 0);
	/* a moment */
	m->samples = LEAST - 1;
	findings_expect_none(test, c);
}

/* A FIN that was not read takes a page, and no look comes to all connections. */
static void memory_of_ends(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_memory_facts *m = pressure(c);

	m->holder[0] = (struct tcpdiag_memory_holder) {
		.owner = { .pid = 9, .comm = "app" },
		.sockets = 10,
		.port = 8080,
		.held = 40960,
		.closed = 40960,
	};
	findings_expect_one(test, c, "tcp_memory", TCPDIAG_WARNING);
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 0);
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
	m->open = 84;
	findings_judge(c);
	findings_expect_in(test, f->what, "; 21 of 84 connections were looked at");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "no program"));
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 9);
	findings_expect_in(test, f->what,
			   "app (pid 9), which listens on port 8080, has 0 bytes");
	findings_expect_in(test, f->application, "whose peer has closed");
	/* they are many, and the memory is that of others */
	m->holder[0].closed = 10000;
	m->holder[0].unread = 30000;
	findings_judge(c);
	findings_expect_in(test, f->application, "read from these");
}

static void memory_cgroup(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_memory_facts *m = pressure(c);

	m->machine = false;
	findings_expect_one(test, c, "tcp_memory", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "in the memory cgroup of some");
	findings_expect_in(test, f->host, "memory.max");
	/* what is thrown away may be beyond a connection's own buffer */
	m->dropped = 1;
	findings_expect_one(test, c, "tcp_memory", TCPDIAG_NOTE);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "thrown away"));
	m->mostly = true;
	findings_expect_one(test, c, "tcp_memory", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "1 segment that had come was thrown away in this namespace");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(memory_machine),
	KUNIT_CASE(memory_of_ends),
	KUNIT_CASE(memory_cgroup),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_memory",
	.test_cases = cases,
};

kunit_test_suite(suite);
