// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings stuck_last_ack and stale_established.
 */
#include <kunit/test.h>

#include "diagnose/findings_stuck.c"
#include "findings_case.h"

#define LONGEST_PEER	"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"
static_assert(sizeof(LONGEST_PEER) <= TCPDIAG_PEER_LEN);

static void stuck_last_ack(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stuck_facts *s = &c->facts.stuck;
	const struct tcpdiag_finding *f = &c->out.found[0];

	s->last_ack = 3;
	s->last_ack_oldest_us = 95 * USEC_PER_SEC;
	s->retransmits = 7;
	strscpy(s->peer, "10.0.0.5:443", sizeof(s->peer));
	/* clients of a server come and go */
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_NOTE);
	s->last_ack = 100;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	s->last_ack = 3;
	s->last_ack_connected = 1;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 sockets in LAST_ACK for more than 30.0 s, the oldest for 1m35s: its peer 10.0.0.5:443 does not");
	findings_expect_in(test, f->evidence,
			   "sockets=3 oldest_us=95000000 retransmits=7 limit_ms=30000");
	/* the kernel takes 0 for 8 */
	findings_expect_in(test, f->host,
			   "tcp_orphan_retries is 0: the kernel gives up after 8 retransmissions;");
	s->rto_max_ms = 20000;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->host,
			   "after 8 retransmissions, or sooner when the next would be 20000 ms later (net.ipv4.tcp_rto_max_ms);");
	s->orphan_retries = 3;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->host,
			   "tcp_orphan_retries is 3: the kernel gives up after 3 retransmissions;");
	s->orphan_retries = 1;
	s->last_ack = 1;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "1 socket in LAST_ACK");
	findings_expect_in(test, f->host, "after 1 retransmission;");
	s->last_ack = 3;
	s->cut = true;
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "at least 3 sockets in LAST_ACK");
}

static void stuck_stale(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stale_facts *s = &c->facts.stale;
	const struct tcpdiag_finding *f = &c->out.found[0];

	s->sockets = 12;
	s->idle_us = 5 * 3600 * (u64)USEC_PER_SEC;
	s->keepalive_time = 7200;
	findings_expect_one(test, c, "stale_established", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "the longest for 5h00m: if");
	strscpy(s->peer, "10.0.0.5:5432", sizeof(s->peer));
	s->owner = (struct tcpdiag_owner) { .pid = 77, .comm = "pool" };
	findings_expect_one(test, c, "stale_established", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "12 connections without keepalive and without data for more than 2h00m, the longest for 5h00m, of pool (pid 77) to 10.0.0.5:5432: if");
	s->port = 6379;
	findings_expect_one(test, c, "stale_established", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "of pool (pid 77) on port 6379 from 10.0.0.5:5432: if");
	s->port = 0;
	findings_expect_in(test, f->host, "tcp_keepalive_time is 7200 s,");
}

/* The longest of everything. */
static void stuck_fits(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stuck_facts *s = &c->facts.stuck;

	memset(s, 0xff, sizeof(*s));
	s->last_ack_oldest_us = 1ULL << 59;
	strscpy(s->peer, LONGEST_PEER, sizeof(s->peer));
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_WARNING);
}

static void stuck_stale_fits(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stale_facts *s = &c->facts.stale;

	memset(s, 0xff, sizeof(*s));
	s->idle_us = 1ULL << 59;
	s->owner.pid = INT_MAX;
	strscpy(s->peer, LONGEST_PEER, sizeof(s->peer));
	findings_expect_one(test, c, "stale_established", TCPDIAG_NOTE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stuck_last_ack),
	KUNIT_CASE(stuck_stale),
	KUNIT_CASE(stuck_fits),
	KUNIT_CASE(stuck_stale_fits),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_stuck",
	.test_cases = cases,
};

kunit_test_suite(suite);
