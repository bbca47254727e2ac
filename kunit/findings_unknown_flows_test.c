// SPDX-License-Identifier: GPL-2.0
/*
 * What is not known never accuses: as findings_unknown_test.c, for the findings on
 * connections that hang or are slow.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "findings_case.h"

/* A list that was full is a lower bound, and an owner may be hidden. */
static void unknown_stalls(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stalls_facts *s = &c->facts.stalls;
	struct tcpdiag_stall_group *g = &s->group[0];

	s->cut = true;
	findings_expect_none(test, c);
	s->n = 1;
	c->facts.owners = false;
	g->connected = true;
	g->sockets = 1024;
	g->longest.cause = TCPDIAG_STALL_PEER_SILENT;
	findings_expect_one(test, c, "peer_silent", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 1024 connections of a process");
	findings_expect_not_in(test, c->out.found[0].what, "ETIMEDOUT");
	g->longest.cause = TCPDIAG_STALL_LARGE_LOST;
	findings_expect_one(test, c, "mtu_black_hole", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 1024 connections of a process");
	g->longest.cause = TCPDIAG_STALL_NOT_SENT;
	findings_expect_one(test, c, "not_sent", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 1024 connections of a process");
	findings_expect_not_in(test, c->out.found[0].what, "ETIMEDOUT");
	g->longest.cause = TCPDIAG_STALL_SEND_BUFFER;
	findings_expect_one(test, c, "send_buffer_limited", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "at least 1024");
	g->longest.cause = TCPDIAG_STALL_WINDOW;
	findings_expect_one(test, c, "window_limited", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "at least 1024");
	g->longest.cause = TCPDIAG_STALL_ZERO_WINDOW_OWN;
	findings_expect_one(test, c, "zero_window_own", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "a process does not read: at least 1024 connections");
	g->longest.cause = TCPDIAG_STALL_ZERO_WINDOW_PEER;
	findings_expect_one(test, c, "zero_window_peer", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 1024 connections of a process");
	g->longest.cause = TCPDIAG_STALL_RECEIVE_BUFFER;
	findings_expect_one(test, c, "receive_buffer_limited", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 1024 connections of a process");
	g->longest.cause = TCPDIAG_STALL_UNREAD;
	g->longest.for_us = 60 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, "requests_unread", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "a process does not read what clients have sent: on at least 1024");
}

/* Few samples are none, and an owner may be hidden. */
static void unknown_tails(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_sampled *t = &c->facts.sampled.row[0];

	c->facts.owners = false;
	c->facts.sampled.n = 1;
	t->kind = TCPDIAG_SAMPLE_NAGLE;
	t->samples = 2;
	findings_expect_none(test, c);
	t->samples = 3;
	findings_expect_one(test, c, "nagle_delayed_ack", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "a process loses time");
	t->kind = TCPDIAG_SAMPLE_CORKED;
	t->samples = 30;
	findings_expect_one(test, c, "corked", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "a process loses time");
}

/* Few samples, or one socket, are none; an owner may be hidden. */
static void unknown_segments(struct kunit *test)
{
	static const struct {
		enum tcpdiag_sample kind;
		const char *code;
		enum tcpdiag_severity severity;
	} all[] = {
		{ TCPDIAG_SAMPLE_STRIPPED, "options_stripped", TCPDIAG_NOTE },
		{ TCPDIAG_SAMPLE_WRAP, "wrap_risk", TCPDIAG_NOTE },
		{ TCPDIAG_SAMPLE_SILLY_OWN, "silly_window", TCPDIAG_NOTE },
		{ TCPDIAG_SAMPLE_SILLY_PEER, "silly_window", TCPDIAG_NOTE },
	};
	struct findings_case *c = findings_case(test);
	struct tcpdiag_sampled *s = &c->facts.sampled.row[0];
	unsigned int i;

	c->facts.owners = false;
	c->facts.sampled.n = 1;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		s->kind = all[i].kind;
		s->samples = 2;
		s->sockets = 1;
		s->mask = 2;
		findings_expect_none(test, c);
		s->samples = 3;
		s->sockets = 2;
		findings_expect_one(test, c, all[i].code, all[i].severity);
		findings_expect_in(test, c->out.found[0].what, "a process");
	}
}

/* A container may not see the machine's figures, nor a reader the programs. */
static void unknown_tcp_memory(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_memory_facts *m = &c->facts.memory;

	c->facts.owners = false;
	m->machine = true;
	m->dropped = 100;
	m->pages = 1000;
	m->n = 1;
	m->holder[0].unread = 1000;
	m->holder[0].held = 4096;
	findings_expect_none(test, c);
	m->samples = 3;
	findings_expect_one(test, c, "tcp_memory", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "a process has");
	findings_expect_in(test, c->out.found[0].evidence,
			   "pages=- tcp_mem=-");
	findings_expect_not_in(test, c->out.found[0].host, "1000");
}

/* Figures that are not judged are none, and an owner may be hidden. */
static void unknown_losses(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_loss_fact *x = &c->facts.losses.fact[0];

	c->facts.owners = false;
	c->facts.losses.n = 1;
	x->sum.timeouts = 1000;
	x->sum.again = 1000;
	findings_expect_none(test, c);
	x->timeouts = TCPDIAG_LOSS_MUCH;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "connections of a process on port 0");
	x->timeouts = TCPDIAG_LOSS_USUAL;
	x->share = TCPDIAG_LOSS_MUCH;
	findings_expect_one(test, c, "retransmits", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "a process sends again");
}

/* A few looks are chance, a device may not be known, and an owner be hidden. */
static void unknown_bloat(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_bloat_sum *b = &c->facts.bloat.sum[0];

	c->facts.owners = false;
	c->facts.bloat.n = 1;
	b->samples = 4;
	b->busy = 4;
	b->own = 4;
	b->varies = true;
	findings_expect_none(test, c);
	b->samples = 5;
	b->own = 5;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "transfers of a process on port 0");
	findings_expect_in(test, c->out.found[0].what, "on the way");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(unknown_stalls),
	KUNIT_CASE(unknown_tails),
	KUNIT_CASE(unknown_segments),
	KUNIT_CASE(unknown_tcp_memory),
	KUNIT_CASE(unknown_losses),
	KUNIT_CASE(unknown_bloat),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_unknown_flows",
	.test_cases = cases,
};

kunit_test_suite(suite);
