// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on local ports and TIME_WAIT: each is found when it
 * should be and only then.
 */
#include <kunit/test.h>
#include <linux/in.h>
#include <net/tcp_states.h>

#include "diagnose/findings_ports.c"
#include "findings_case.h"

/* A destination with 1,000 connections of a range of 28,232 ports, at rest. */
static struct findings_case *ports_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_ports_facts *ports = &c->facts.ports;
	struct tcpdiag_ports_fact *fact = &ports->fullest;

	ports->low = 32768;
	ports->high = 60999;
	ports->rules.capacity = 28232;
	ports->rules.window_ms = 7000;
	ports->rules.reuse = 2;
	ports->rules.reuse_ms = 1500;
	c->facts.time_wait.limit = 65536;
	fact->sum.in_use[TCPDIAG_PEER_ESTABLISHED] = 1000;
	fact->sum.connects = 1000;
	fact->taken = 1000;
	fact->forecast_s = TCPDIAG_NEVER;
	fact->user = (struct tcpdiag_owner){ .pid = 77, .comm = "app" };
	fact->victim = (struct tcpdiag_owner){ .pid = 78, .comm = "job" };
	ports->refused = *fact;
	ports->busiest = *fact;
	return c;
}

static void ports_none_at_rest(struct kunit *test)
{
	findings_expect_none(test, ports_case(test));
}

static void ports_exhausted(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.refused;

	fact->sum.no_port = 7;
	fact->refused_us = 5 * USEC_PER_SEC;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "failed 7 times");
	findings_expect_in(test, c->out.found[0].what, "EADDRNOTAVAIL");
	findings_expect_in(test, c->out.found[0].what, "job");
	findings_expect_in(test, c->out.found[0].what, "78");
	findings_expect_in(test, c->out.found[0].evidence, "no_port=7");
	findings_expect_in(test, c->out.found[0].host,
			   "ip_local_port_range is 32768 60999");
	findings_expect_in(test, c->out.found[0].host, "tcp_tw_reuse is 2");
	findings_expect_not_in(test, c->out.found[0].host, "reserved");
	c->facts.ports.reserved = 2824;
	findings_judge(c);
	findings_expect_in(test, c->out.found[0].host,
			   "ip_local_reserved_ports takes 2824 of the 28232 ports");
	c->facts.ports.reserved = 0;
	findings_expect_in(test, c->out.found[0].no_help, "tcp_fin_timeout");
	/* no lecture on TIME_WAIT where there is none */
	findings_expect_in(test, c->out.found[0].no_help,
			   "none of these ports is in TIME_WAIT");
	fact->sum.in_use[TCPDIAG_PEER_TIME_WAIT] = 1;
	fact->sum.no_port = 1;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "failed 1 time because");
	findings_expect_in(test, c->out.found[0].no_help, "tcp_tw_recycle");
}

/* The advice depends on the state that the ports are in. */
static void ports_remedies(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.refused;

	fact->sum.no_port = 1;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].application,
			   "limit the size of the pool");
	findings_expect_in(test, c->out.found[0].host,
			   "0 of 1000 ports in use are in TIME_WAIT");
	/* all of them are free again */
	fact->sum.in_use[TCPDIAG_PEER_ESTABLISHED] = 0;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].application,
			   "and close those that are not in use");
	findings_expect_in(test, c->out.found[0].host, "1 lets connect()");
	findings_expect_in(test, c->out.found[0].no_help, "tcp_tw_recycle");
	fact->sum.in_use[TCPDIAG_PEER_ESTABLISHED] = 1000;
	fact->sum.in_use[TCPDIAG_PEER_TIME_WAIT] = 1000;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].application, "keep-alive");
	findings_expect_in(test, c->out.found[0].host,
			   "tcp_tw_reuse is 2, and 1 lets connect() take");
	/* loopback */
	fact->reuses = true;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host,
			   "tcp_tw_reuse is 2, which already lets connect() take ports that have been in TIME_WAIT for 1500 ms,");
	fact->reuses = false;
	fact->sum.unstamped = true;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host,
			   "no difference here, because these connections had no TCP timestamps");
}

/* It is told for an hour, but not as if it went on. */
static void ports_were_exhausted(struct kunit *test)
{
	struct findings_case *c = ports_case(test);

	c->facts.ports.refused.sum.no_port = 1;
	c->facts.ports.refused.refused_us = RECENT_US;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_WARNING);
	c->facts.ports.refused.refused_us = OVER_US - 1;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_WARNING);
	c->facts.ports.refused.refused_us = OVER_US;
	findings_expect_none(test, c);
}

static void ports_filling(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fullest;
	/* the least that is 80 % of the range */
	const u32 limit = DIV_ROUND_UP(28232 * 80, 100);

	fact->taken = limit - 1;
	findings_expect_none(test, c);
	fact->taken = limit;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "22586 of 28232 local ports (80 %) for connections from");
	findings_expect_in(test, c->out.found[0].what, "app");
	fact->forecast_s = SOON_S + 1;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "none will be left in 61 s");
	fact->forecast_s = SOON_S;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_CRITICAL);
	fact->forecast_s = 0;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "; none is left");
	c->facts.limits.ports_percent = 81;
	findings_expect_none(test, c);
}

/* Not who connects there has the ports that bind() took for others. */
static void ports_filling_bound(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fullest;
	const struct tcpdiag_finding *f = &c->out.found[0];

	fact->taken = 23000;
	fact->sum.bound_most = 22000;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "in use, 22000 of them because bind() to port 0 took them for other destinations, others by app (pid 77)");
	findings_expect_in(test, f->application,
			   "set IP_BIND_ADDRESS_NO_PORT before bind() to a local address: 22000 ports");
	/* that is bind_no_port */
	fact->sum.bound_most = 22600;
	findings_expect_none(test, c);
	c->facts.binds.autobind_reuse = true;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
}

/* Ports that connect() may reuse are not on the way to an end. */
static void ports_reused(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fullest;

	fact->sum.in_use[TCPDIAG_PEER_TIME_WAIT] = 27232;
	fact->reuses = true;
	findings_expect_none(test, c);
	fact->taken = 28232;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
}

/* Once connect() fails there is no forecast that it will. */
static void ports_filled(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fullest;

	fact->taken = 28232;
	fact->sum.no_port = 1;
	fact->refused_us = 1;
	c->facts.ports.refused = *fact;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
}

static void ports_overflow(struct kunit *test)
{
	struct findings_case *c = ports_case(test);

	c->facts.snap.now[TCP_TIME_WAIT] = 65536;
	findings_expect_none(test, c);
	/* it was long ago */
	c->facts.time_wait.overflows = 12;
	findings_expect_none(test, c);
	c->facts.time_wait.lately = true;
	findings_expect_one(test, c, "time_wait_overflow", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "12 connections ended");
	findings_expect_in(test, c->out.found[0].host,
			   "raise net.ipv4.tcp_max_tw_buckets, which is 65536");
	findings_expect_in(test, c->out.found[0].no_help, "descriptor");
	c->facts.time_wait.owned = 60000;
	c->facts.time_wait.owner = (struct tcpdiag_owner){
		.pid = 7, .comm = "updater"
	};
	c->facts.time_wait.gone = 50000;
	c->facts.time_wait.dest = c->facts.ports.busiest.sum.key;
	c->facts.time_wait.dest.word[0] =
		(__force u32)htonl(INADDR_LOOPBACK);
	c->facts.time_wait.dest.rest = (__force u16)htons(8080);
	findings_expect_one(test, c, "time_wait_overflow", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "50000 of the 65536 in TIME_WAIT are connections to 127.0.0.1:8080; updater (pid 7) closed 60000 of those in TIME_WAIT first");
	/* long after: who has a few now had no part in it */
	c->facts.snap.now[TCP_TIME_WAIT] = 5;
	c->facts.time_wait.owned = 3;
	c->facts.time_wait.gone = 3;
	findings_expect_one(test, c, "time_wait_overflow", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].what, "updater"));
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].what, "127.0.0.1"));
}

/* 100 connects a second for 7 s, that lived for 1 ms. */
static struct findings_case *churn_case(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_peer_sum *s = &c->facts.ports.busiest.sum;

	s->made = 700;
	s->lived = 1000;
	s->lived_short = 900;
	s->lives = 1;
	s->life[0] = NSEC_PER_MSEC >> TCPDIAG_LIFE_SHIFT;
	return c;
}

static void ports_churn(struct kunit *test)
{
	struct findings_case *c = churn_case(test);

	findings_expect_one(test, c, "connection_churn", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "app");
	findings_expect_in(test, c->out.found[0].what, "100 connections");
	findings_expect_in(test, c->out.found[0].what, "90 %");
	findings_expect_in(test, c->out.found[0].application, "pool");
}

static void ports_no_churn(struct kunit *test)
{
	struct findings_case *c = churn_case(test);

	c->facts.ports.busiest.sum.made--;
	findings_expect_none(test, c);
	c = churn_case(test);
	c->facts.ports.busiest.sum.lived_short--;
	findings_expect_none(test, c);
	c = churn_case(test);
	c->facts.limits.churn_per_second = 101;
	findings_expect_none(test, c);
	/* a burst, of which nobody knows yet whether it lasts */
	c = churn_case(test);
	c->facts.ports.rules.window_ms = WINDOW_MS - 1;
	findings_expect_none(test, c);
	/* none has ended yet */
	c = churn_case(test);
	c->facts.ports.busiest.sum.lives = 0;
	findings_expect_none(test, c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ports_none_at_rest),
	KUNIT_CASE(ports_exhausted),
	KUNIT_CASE(ports_remedies),
	KUNIT_CASE(ports_were_exhausted),
	KUNIT_CASE(ports_filling),
	KUNIT_CASE(ports_filling_bound),
	KUNIT_CASE(ports_reused),
	KUNIT_CASE(ports_filled),
	KUNIT_CASE(ports_overflow),
	KUNIT_CASE(ports_churn),
	KUNIT_CASE(ports_no_churn),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_ports",
	.test_cases = cases,
};

kunit_test_suite(suite);
