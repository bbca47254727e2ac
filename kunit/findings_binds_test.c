// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings bind_no_port and bind_in_use.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "diagnose/findings_binds.c"
#include "findings_case.h"

static const struct tcpdiag_owner gateway = { .pid = 77, .comm = "gateway" };
static const struct tcpdiag_owner web = { .pid = 12, .comm = "web" };

/* 2,000 calls failed; 900 ports are taken of 1,000. */
static struct findings_case *any_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_ANY];

	c->facts.ports.low = 40000;
	c->facts.ports.high = 40999;
	c->facts.ports.rules.capacity = 1000;
	c->facts.ports.binder = gateway;
	fact->sum.count = 2000;
	fact->sum.recent = 5;
	fact->ago_us = 3 * USEC_PER_SEC;
	fact->victim = gateway;
	return c;
}

static void binds_no_port(struct kunit *test)
{
	struct findings_case *c = any_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_ANY];

	c->facts.ports.bound.sum.bound_local = 1000;
	c->facts.ports.bound_least = 1000;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what,
			   "failed 2000 times with EADDRINUSE, most recently 3.0 s ago in gateway (pid 77): no port is left");
	findings_expect_in(test, f->what, "1000 of 1000 are held by connections that were");
	findings_expect_in(test, f->what, ", all by gateway (pid 77)");
	findings_expect_in(test, f->application, "IP_BIND_ADDRESS_NO_PORT");
	findings_expect_in(test, f->evidence, "failed=2000 failed_lately=5");
	findings_expect_in(test, f->evidence, "bound=1000 capacity=1000");
	fact->sum.count = 1;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "failed 1 time with");
	/* sockets only bound are not counted: no "0 of 1000" */
	c->facts.ports.bound.sum.bound_local = 0;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "are held by"));
	fact->ago_us = RECENT_US;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_WARNING);
	fact->ago_us = OVER_US;
	findings_expect_none(test, c);
}

/* Who failed is not who has the ports; who has few of them is at no fault. */
static void binds_binder(struct kunit *test)
{
	struct findings_case *c = any_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_ANY];

	fact->victim = web;
	c->facts.ports.bound.sum.bound_local = 1000;
	c->facts.ports.bound_least = 501;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "ago in web (pid 12): no port");
	findings_expect_in(test, f->what,
			   "at least 501 of them by gateway (pid 77)");
	findings_expect_in(test, f->application,
			   "in gateway (pid 77): set IP_BIND_ADDRESS_NO_PORT");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, gateway.pid);
	c->facts.ports.bound_least = 500;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, web.pid);
	KUNIT_EXPECT_EQ(test, strncmp(f->application, "set IP_", 7), 0);
	c->facts.ports.bound_least = 0;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "gateway"));
	/* they are of another local address */
	c->facts.ports.bound_least = 1000;
	c->facts.ports.bound.sum.key.word[0] =
		(u64)(__force u32)htonl(0x7f000001) << 32;
	fact->sum.to.addr.s6_addr32[0] = htonl(0x7f000002);
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "are held by"));
	KUNIT_EXPECT_NULL(test, strstr(f->evidence, "bound="));
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, web.pid);
	fact->sum.to.addr.s6_addr32[0] = htonl(0x7f000001);
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "all by gateway");
	/* a wildcard wants them all */
	fact->sum.to.addr.s6_addr32[0] = 0;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "all by gateway");
	fact->sum.to.v6 = true;
	fact->sum.to.v6only = true;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "are held by"));
}

/* Before one fails, the ports that are taken are a finding. */
static void binds_filling(struct kunit *test)
{
	struct findings_case *c = any_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.binds.kind[TCPDIAG_BIND_ANY].sum.count = 0;
	c->facts.ports.bound.sum.bound_local = 799;
	findings_expect_none(test, c);
	c->facts.ports.bound.sum.bound_local = 800;
	c->facts.ports.bound_least = 800;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "800 of 1000 local ports (80 %) are used up for all destinations, because bind() to port 0 was called before connect(), as from");
	findings_expect_in(test, f->what, ", all by gateway (pid 77)");
	/* these may share a port */
	c->facts.binds.autobind_reuse = true;
	findings_expect_none(test, c);
}

/* A bind() to port 8080 failed three times in a minute. */
static struct findings_case *chosen_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_CHOSEN];

	c->facts.ports.low = 32768;
	c->facts.ports.high = 60999;
	fact->sum.kind = TCPDIAG_BIND_CHOSEN;
	fact->sum.port = 8080;
	fact->sum.count = 3;
	fact->sum.recent = 3;
	fact->ago_us = USEC_PER_SEC;
	fact->victim = web;
	fact->holder_known = true;
	return c;
}

static void binds_in_use(struct kunit *test)
{
	struct findings_case *c = chosen_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_CHOSEN];

	fact->holder.listening = 1;
	fact->holder.in_time = 1;
	fact->holder.time_wait = 7;
	fact->holder.owner = gateway;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "bind() for 0.0.0.0:8080 failed 3 times with EADDRINUSE, most recently 1.0 s ago in web (pid 12); gateway (pid 77) listens on it");
	findings_expect_in(test, f->application, "stop the program");
	/* it was started once more, as a daemon is by whoever sees to it that it runs */
	strscpy(fact->holder.owner.comm, "web",
		sizeof(fact->holder.owner.comm));
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->application,
			   "left over from an earlier run");
	findings_expect_in(test, f->application, "who starts it a second time");
	/* it went on to the next port: of its like it has looked for one */
	fact->sum.searched = true;
	findings_expect_none(test, c);
	/* of others it wanted this one too */
	fact->holder.owner = gateway;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	fact->sum.searched = false;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "sport = :8080");
	fact->holder.listening = 0;
	fact->holder.bound = 1;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "gateway (pid 77) has bound a socket");
	/* a program that looks for a free port tries each once */
	fact->sum.recent = AGAIN - 1;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_NOTE);
	/* as it may be for long, it is told for an hour */
	fact->ago_us = RECENT_US;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_NOTE);
	fact->ago_us = OVER_US;
	findings_expect_none(test, c);
}

static void binds_time_wait(struct kunit *test)
{
	struct findings_case *c = chosen_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_CHOSEN];

	fact->holder.time_wait = 1;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "1 socket in TIME_WAIT has it");
	findings_expect_in(test, f->application, "set SO_REUSEADDR before");
	fact->sum.reuse = true;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->application,
			   "the program sets SO_REUSEADDR, but");
	/* a connection got the port of a server */
	fact->holder.open = 2;
	fact->holder.owner = gateway;
	fact->sum.port = 40000;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "2 connections have it, one of gateway (pid 77)");
	findings_expect_in(test, f->host,
			   "add it to net.ipv4.ip_local_reserved_ports");
	/* one that connect() gave it to */
	fact->holder.given = true;
	fact->holder.addr.remote.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	fact->holder.addr.rport = 631;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "one of gateway (pid 77) to 127.0.0.1:631, for which connect() found this port");
	findings_expect_in(test, f->application,
			   "add port 40000 to net.ipv4.ip_local_reserved_ports");
	KUNIT_EXPECT_NULL(test, strstr(f->application, "SO_REUSEADDR"));
	fact->holder.given = false;
	/* it listens only since the last failure: it may be the same program */
	fact->holder.listening = 1;
	findings_expect_none(test, c);
	fact->holder.in_time = 1;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	fact->holder.listening = 0;
	/* nobody has it any more, or nobody of those that were looked at */
	fact->holder.open = 0;
	fact->holder.time_wait = 0;
	fact->holder.cut = true;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "who has it is not known");
	fact->holder.cut = false;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "nobody has it now");
	fact->ago_us = RECENT_US;
	findings_expect_none(test, c);
}

static void binds_listen(struct kunit *test)
{
	struct findings_case *c = chosen_case(test);
	struct tcpdiag_bind_fact *kind = c->facts.binds.kind;

	kind[TCPDIAG_BIND_LISTEN] = kind[TCPDIAG_BIND_CHOSEN];
	memset(&kind[TCPDIAG_BIND_CHOSEN], 0, sizeof(*kind));
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "listen() for 0.0.0.0:8080 failed 3 times");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(binds_no_port),
	KUNIT_CASE(binds_binder),
	KUNIT_CASE(binds_filling),
	KUNIT_CASE(binds_in_use),
	KUNIT_CASE(binds_time_wait),
	KUNIT_CASE(binds_listen),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_binds",
	.test_cases = cases,
};

kunit_test_suite(suite);
