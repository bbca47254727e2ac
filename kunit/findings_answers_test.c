// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding on clients that do not wait for as long as answers take.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "diagnose/findings_answers.c"
#include "findings_case.h"

/* 20 that waited for 5 s; the answer came 3 s later. */
static struct tcpdiag_reset_fact *late_fact(struct findings_case *c,
					    enum tcpdiag_reset reason,
					    bool active)
{
	struct tcpdiag_reset_fact *x;

	x = &c->facts.resets.fact[c->facts.resets.n++];
	*x = (struct tcpdiag_reset_fact) {
		.reason = reason,
		.active = active,
		.one_peer = true,
		.port = 3000,
		.recent = 20,
		.unanswered = 20,
		.since_us = 12 * USEC_PER_SEC,
		.idle = { 20, 5003, 5008 },
		.gap = { 20, 2995, 2998 },
	};
	x->addr.s6_addr32[0] = htonl(0x0a000102);
	x->owner.pid = 9;
	strscpy(x->owner.comm, active ? "proxy" : "slowapp",
		sizeof(x->owner.comm));
	return x;
}

static void answers_client(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = late_fact(c, TCPDIAG_RESET_PEER_DATA, true);
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "proxy (pid 9) waits about 5.0 s for answers on connections to 10.0.1.2:3000, then closes, and the answer comes about 2.9 s later: it gets a RST (20 times");
	KUNIT_EXPECT_EQ(test, f->about.peer_port, 3000);
	x->recent = MANY - 1;
	x->unanswered = MANY - 1;
	findings_expect_one(test, c, "answers_late", TCPDIAG_NOTE);
	x->recent = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_none(test, c);
	x->recent = 20;
	/* something had come last: they were idle, and it may be anything */
	x->unanswered = 17;
	findings_expect_none(test, c);
	x->unanswered = 18;
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	/* what comes as soon as the client has closed may be a good-bye */
	x->gap = (struct tcpdiag_range) { 20, 1, REACTS_MS - 1 };
	findings_expect_none(test, c);
	x->gap.max_ms = REACTS_MS;
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	/* all were closed at once, as when a program ends; answers came after 1 s to 11 s */
	x->gap = (struct tcpdiag_range) { 20, 1000, 11001 };
	x->ago_us = 1 * USEC_PER_SEC;
	findings_expect_none(test, c);
	x->gap.max_ms = 11000;
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	/* people stop waiting when they like */
	x->idle.max_ms = 9000;
	findings_expect_none(test, c);
	/* nobody has waited */
	x->idle = (struct tcpdiag_range) { 20, 10, 12 };
	findings_expect_none(test, c);
}

static void answers_server(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x, *y;

	x = late_fact(c, TCPDIAG_RESET_PEER_CLOSED, false);
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "clients of slowapp (pid 9) on port 3000 wait about 5.0 s for an answer, then close");
	findings_expect_in(test, f->what, "most of them from 10.0.1.2");
	x->one_peer = false;
	findings_expect_one(test, c, "answers_late", TCPDIAG_NOTE);
	/* both ends are here */
	y = late_fact(c, TCPDIAG_RESET_PEER_DATA, true);
	x->local = true;
	y->local = true;
	findings_expect_one(test, c, "answers_late", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "; the server is slowapp (pid 9) on this host");
	/* of the client too little is known */
	y->recent = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_one(test, c, "answers_late", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "clients of slowapp (pid 9) on port 3000");
	/* a program that reuses what its server has closed is another finding */
	c->facts.resets.n = 0;
	late_fact(c, TCPDIAG_RESET_PEER_CLOSED, true);
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(answers_client),
	KUNIT_CASE(answers_server),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_answers",
	.test_cases = cases,
};

kunit_test_suite(suite);
