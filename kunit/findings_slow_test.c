// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding slow_connects.
 */
#include <kunit/test.h>

#include "diagnose/findings_slow.c"
#include "findings_case.h"

/* 40 of 200 connects to 10.0.1.2:443 needed a second SYN. */
static struct findings_case *slow_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.late;

	c->facts.ports.now_ns = 100 * (u64)NSEC_PER_SEC;
	fact->sum.key.word[0] = (__force u32)htonl(0x0a000102);
	fact->sum.key.rest = (__force u16)htons(443);
	fact->sum.connects = 200;
	fact->sum.late = 40;
	fact->sum.late_twice = 8;
	fact->sum.late_ns = 56 * (u64)NSEC_PER_SEC;
	fact->sum.lately.slow = 40;
	fact->sum.lately.all = 200;
	fact->sum.lately.since_ns = 40 * (u64)NSEC_PER_SEC;
	fact->late_us = USEC_PER_SEC;
	fact->late_user = (struct tcpdiag_owner){ .pid = 9, .comm = "caller" };
	return c;
}

static void slow_connects(struct kunit *test)
{
	struct findings_case *c = slow_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_peer_sum *s = &c->facts.ports.late.sum;

	findings_expect_one(test, c, "slow_connects", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "40 of 200 connections (20 %) from 0.0.0.0 to 10.0.1.2:443");
	findings_expect_in(test, f->what,
			   "in the last 1m00s, most recently 1.0 s ago in caller (pid 9)");
	findings_expect_in(test, f->what,
			   "it took 1.4 s on average; since the module was loaded 8 of 40 needed a third SYN");
	findings_expect_in(test, f->host, "look for what drops SYNs");
	/* all of them, and the second SYN, which does not ask for ECN, gets there */
	c->facts.ports.ecn = 1;
	s->late_twice = 0;
	findings_judge(c);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	s->lately.slow = 180;
	findings_judge(c);
	findings_expect_in(test, f->host, "net.ipv4.tcp_ecn is 1");
	c->facts.ports.ecn = 4;
	findings_judge(c);
	findings_expect_in(test, f->host, "net.ipv4.tcp_ecn is 4");
	c->facts.ports.ecn = 2;
	findings_judge(c);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	s->lately.slow = 9;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_NOTE);
	s->lately.all = 1000;
	findings_expect_none(test, c);
	s->lately.all = 9;
	s->lately.slow = LEAST - 1;
	findings_expect_none(test, c);
	s->lately.slow = LEAST;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_WARNING);
	/* SYNs without data get through, or did not long ago */
	s->lately.slow = 40;
	s->lately.all = 200;
	s->fast_open[TCPDIAG_FAST_OPEN_DROPPED] = 1000;
	s->fast_open_lately.slow = 20;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_WARNING);
	s->fast_open_lately.slow = 21;
	findings_expect_none(test, c);
}

/* The other side is on this machine, and says why. */
static void slow_here(struct kunit *test)
{
	struct findings_case *c = slow_case(test);
	struct tcpdiag_listener_fact *l = &c->facts.listen.overflow[0];
	const struct tcpdiag_facts facts = {
		.listen = &c->facts.listen, .ports = &c->facts.ports,
	};
	struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.ports.late_here = true;
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	l->listeners = 1;
	l->port = 443;
	l->owner.holder = (struct tcpdiag_owner){ .pid = 4, .comm = "api" };
	say_cause(&facts, f);
	findings_expect_in(test, f->host,
			   "see accept_queue_overflow on port 443, of api (pid 4)");
	/* another host with a server on that port */
	c->facts.ports.late_here = false;
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	c->facts.ports.late_here = true;
	/* a wildcard of IPv6 is one of IPv4 too, or not */
	l->v6 = true;
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "see accept_queue_overflow");
	l->v6only = true;
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	l->v6 = false;
	/* at another address of the machine */
	l->addr.s6_addr32[0] = htonl(0x7f000001);
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "look for what drops SYNs");
	l->addr.s6_addr32[0] = htonl(0x0a000102);
	say_cause(&facts, f);
	findings_expect_in(test, f->host, "see accept_queue_overflow");
}

/* Our side accepts: 12 of 60 handshakes needed a second SYN-ACK. */
static void slow_accepts(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_synacks_facts *s = &c->facts.synacks;

	*s = (struct tcpdiag_synacks_facts) {
		.port = 443, .late = 12, .recent = 12, .of = 60,
		.since_us = 60 * USEC_PER_SEC, .ago_us = USEC_PER_SEC,
		.owner = { .pid = 4, .comm = "api" },
	};
	findings_expect_one(test, c, "slow_connects", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "12 of 60 connections (20 %) to port 443 of api (pid 4) were slow");
	findings_expect_in(test, f->what, "SYN-ACK had to be sent again");
	s->recent = 11;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_NOTE);
	s->of = 2000;
	findings_expect_none(test, c);
	s->of = 60;
	s->recent = TCPDIAG_SYNACKS_LEAST - 1;
	findings_expect_none(test, c);
	s->recent = TCPDIAG_SYNACKS_LEAST;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_NOTE);
	/* TCP_DEFER_ACCEPT repeats SYN-ACKs by design */
	s->defers = true;
	findings_expect_none(test, c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(slow_accepts),
	KUNIT_CASE(slow_connects),
	KUNIT_CASE(slow_here),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_slow",
	.test_cases = cases,
};

kunit_test_suite(suite);
