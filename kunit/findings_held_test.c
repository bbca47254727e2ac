// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding held_sockets.
 */
#include <kunit/test.h>

#include "diagnose/findings_held.c"
#include "findings_case.h"

/* A server has shut down 120 connections, and none of its 1,024 descriptors is short. */
static struct findings_case *held_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_held_facts *held = &c->facts.held;

	held->n = 1;
	held->fin_timeout_us = 60 * USEC_PER_SEC;
	held->group[0] = (struct tcpdiag_held_group) {
		.owner = { .pid = 77, .comm = "websrv" },
		.state = TCP_FIN_WAIT2,
		.port = 8000,
		.fds_known = true,
		.sockets = 120,
		.oldest_us = 95 * USEC_PER_SEC,
		.fds = 128,
		.fd_limit = 1024,
	};
	return c;
}

/* It may be waiting for answers. */
static void held_note(struct kunit *test)
{
	struct findings_case *c = held_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_held_group *g = &c->facts.held.group[0];

	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "websrv (pid 77) keeps 120 sockets in FIN_WAIT2 on port 8000, the oldest for 1m35s:");
	findings_expect_in(test, f->what, "may still be waiting");
	findings_expect_in(test, f->host,
			   "tcp_fin_timeout is 60 s and does not apply");
	g->sockets = 1;
	g->connected = true;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "keeps 1 socket in FIN_WAIT2 to port 8000, open for 1m35s:");
	c->facts.held.n = 0;
	findings_expect_none(test, c);
}

static void held_leak(struct kunit *test)
{
	struct findings_case *c = held_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_held_group *g = &c->facts.held.group[0];

	/* a server, many, and for long */
	g->oldest_us = 600 * USEC_PER_SEC;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "waits for peers that do not close");
	g->connected = true;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
	/* descriptors are short, and not because of something else */
	g->fd_limit = 160;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "128 of its 160 file descriptors are in use");
	g->sockets = 63;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
	g->sockets = 120;
	g->fd_limit = 128;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "(EMFILE)");
	findings_expect_in(test, f->application, "shutdown(SHUT_WR)");
	findings_expect_in(test, f->no_help, "begins at close()");
	/* how many descriptors there are is not known */
	g->fds_known = false;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
}

/* The peer does not acknowledge our FIN: nobody waits for an answer. */
static void held_unacked(struct kunit *test)
{
	struct findings_case *c = held_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_held_group *g = &c->facts.held.group[0];

	g->state = TCP_LAST_ACK;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "in LAST_ACK on port 8000");
	findings_expect_in(test, f->what, "does not acknowledge our FIN");
	findings_expect_in(test, f->application, "TCP_USER_TIMEOUT");
	g->state = TCP_CLOSING;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "in CLOSING on port 8000");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(held_note),
	KUNIT_CASE(held_leak),
	KUNIT_CASE(held_unacked),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_held",
	.test_cases = cases,
};

kunit_test_suite(suite);
