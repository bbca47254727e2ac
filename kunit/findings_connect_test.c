// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding on attempts to connect: each cause is found when it should be
 * and only then, with the program and its destination.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "model/causes.c"
#include "diagnose/findings_connect.c"
#include "findings_case.h"

/* Each cause by itself, from the threshold on. */
static void connects_by_cause(struct kunit *test)
{
	static const char *const words[TCPDIAG_CAUSES] = {
		[TCPDIAG_CAUSE_REFUSED] = "was refused",
		[TCPDIAG_CAUSE_TIMED_OUT] = "no answer came",
		[TCPDIAG_CAUSE_UNREACHABLE] = "is unreachable",
		[TCPDIAG_CAUSE_RESET] = "was reset",
		[TCPDIAG_CAUSE_TUPLE_IN_USE] = "that the program chose with bind()",
		[TCPDIAG_CAUSE_OTHER] = "an unusual error",
	};
	struct findings_case *c = findings_case(test);
	unsigned int i;

	for (i = 0; i < TCPDIAG_CAUSES; i++) {
		struct tcpdiag_connect_fact *x = &c->facts.connect.cause[i];

		x->minute = i == TCPDIAG_CAUSE_TUPLE_IN_USE ?
			    0 : c->facts.limits.failed_connects - 1;
		findings_expect_none(test, c);
		x->minute++;
		if (words[i]) {
			findings_expect_one(test, c, "connects_fail",
					    TCPDIAG_WARNING);
			findings_expect_in(test, c->out.found[0].what,
					   words[i]);
		} else {
			findings_expect_none(test, c);
		}
		x->minute = 0;
	}
}

static void connects_victim(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_REFUSED];
	x->minute = 1000;
	x->most = 1000;
	x->total = 2000;
	x->last_known = true;
	x->v6 = true;
	x->to.s6_addr[15] = 1;
	x->port = 443;
	x->owner.pid = 5;
	strscpy(x->owner.comm, "curl", sizeof(x->owner.comm));
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "by curl (pid 5) to [::1]:443");
	findings_expect_in(test, c->out.found[0].evidence,
			   "failed_minute=1000 failed=2000");
	findings_expect_in(test, c->out.found[0].application,
			   "nothing listens there");
}

/* Who was last is named only if most were for the same destination. */
static void connects_several(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_REFUSED];
	x->minute = 60;
	x->most = 1;
	x->ports = 8;
	x->total = 60;
	x->last_known = true;
	x->port = 81;
	x->owner = (struct tcpdiag_owner){ .pid = 9, .comm = "curl" };
	x->here = true;
	c->facts.connect.holder_known = true;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_NOTE);
	KUNIT_EXPECT_STREQ(test, f->what,
			   "60 attempts to connect failed in the last minute, to several ports: the connection was refused (ECONNREFUSED)");
	findings_expect_in(test, f->evidence,
			   "failed_minute=60 failed=60 same_port=1 ports=8 failed_connects=");
	findings_expect_not_in(test, f->application, "nothing listens there");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 0);
	KUNIT_EXPECT_EQ(test, f->about.peer_port, 0);
	/* two services are down */
	x->ports = 2;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "nothing listens there");
	x->ports = 8;
	/* no route is one fault, whoever meets it */
	c->facts.connect.cause[TCPDIAG_CAUSE_UNREACHABLE] = *x;
	x->minute = 0;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "to several ports");
	KUNIT_EXPECT_NE(test, *f->host, 0);
	c->facts.connect.cause[TCPDIAG_CAUSE_UNREACHABLE].minute = 0;
	x->minute = 60;
	/* half of them is not most */
	x->most = 30;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_NOTE);
	x->most = 59;
	x->owner = (struct tcpdiag_owner){ .pid = 7, .comm = "telegraf" };
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "in the last minute, at least 59 of them to one port, the last one 0 us ago by telegraf (pid 7) to 0.0.0.0:81: ");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 7);
	findings_expect_in(test, f->application, "nothing listens there");
}

/* Who rejects by ICMP is a firewall: nobody need look for the service. */
static void connects_rejected(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_REFUSED];
	x->minute = 1000;
	x->most = 1000;
	x->by_icmp = true;
	/* the last one is not known */
	findings_judge(c);
	findings_expect_in(test, f->application, "nothing listens there");
	x->last_known = true;
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "(ECONNREFUSED), by an ICMP message and not by a RST");
	findings_expect_in(test, f->host, "a firewall rejects");
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
	x->not_sent = true;
	findings_judge(c);
	findings_expect_in(test, f->what, "did not leave this host");
	findings_expect_in(test, f->host, "this host drops it itself");
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
}

/* Nobody answers, and the program does not wait for the kernel to give up. */
static void connects_unanswered(struct kunit *test)
{
	struct tcpdiag_connect_fact *x, *told;
	struct findings_case *c = findings_case(test);

	x = &c->facts.connect.silent;
	told = &c->facts.connect.cause[TCPDIAG_CAUSE_TIMED_OUT];
	x->minute = SILENT - 1;
	x->last_known = true;
	x->syns = 3;
	x->to.s6_addr32[0] = htonl(0xc0000207);
	x->port = 24224;
	x->owner = (struct tcpdiag_owner){ .pid = 5, .comm = "fluent-bit" };
	findings_expect_none(test, c);
	x->minute = SILENT;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "no answer came to at least 5 attempts to connect to 192.0.2.7:24224, which ended");
	findings_expect_in(test, c->out.found[0].what, "by fluent-bit (pid 5)");
	findings_expect_in(test, c->out.found[0].host, "firewall");
	/* those that the kernel gives up take two minutes each */
	x->syns = 7;
	x->waited_s = 63;
	x->minute = 2;
	findings_expect_none(test, c);
	x->minute = 3;
	c->facts.connect.silent_since_us = 300 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "the first one 5m00s ago");
	/* the first of the last ten minutes is not known */
	c->facts.connect.silent_since_us = SILENT_US;
	findings_judge(c);
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].what, "the first one"));
	findings_expect_in(test, c->out.found[0].what,
			   "three times or more: the last one 0 us ago");
	/* a kernel that sends five SYNs in four seconds */
	x->syns = 5;
	x->waited_s = 4;
	findings_expect_none(test, c);
	/* two attempts, however patient, may be an accident */
	x->syns = 100;
	x->waited_s = 100;
	x->minute = 2;
	findings_expect_none(test, c);
	/* so many that they are told by their cause */
	x->minute = 100;
	*told = *x;
	told->most = 51;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "failed in the last minute");
	/* or their cause is told of several ports */
	told->most = 50;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, c->out.total, 2);
	*told = (struct tcpdiag_connect_fact) {};
	x->ago_us = SILENT_OVER_US;
	findings_expect_none(test, c);
}

/* Attempts on a port, all refused; who listens there is looked for on this host. */
static struct tcpdiag_connect_fact *refused_here(struct findings_case *c,
						 u16 port)
{
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_REFUSED];
	x->minute = 1000;
	x->most = 1000;
	x->last_known = true;
	x->port = port;
	c->facts.connect.holder_known = true;
	return x;
}

static void api_listens(struct findings_case *c, u16 port)
{
	struct tcpdiag_port_holder *h = &c->facts.connect.holder;

	h->listening = 1;
	h->owner = (struct tcpdiag_owner){ .pid = 9, .comm = "api" };
	h->addr.lport = port;
}

/* The service is on this host, but on another address. */
static void connects_other_address(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_port_holder *h = &c->facts.connect.holder;
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_connect_fact *x = refused_here(c, 3004);

	x->v6 = true;
	x->to.s6_addr[15] = 1;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "nothing listens there");
	api_listens(c, 3004);
	h->addr.local.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "api (pid 9) listens on 127.0.0.1:3004, but not on the address");
	findings_expect_in(test, f->application, "have clients ask 127.0.0.1:3004");
	/* it has started since */
	h->v6 = true;
	h->addr.local = x->to;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "by now api (pid 9) listens on [::1]:3004");
	/* as docker-proxy does, whose port leads to a container by DNAT */
	h->in_time = 1;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "api (pid 9) listens on [::1]:3004, and did so then");
	findings_expect_in(test, f->application, "DNAT");
	KUNIT_EXPECT_NULL(test, strstr(f->application, "restarted"));
}

/* One family only, or one device only. */
static void connects_other_kind(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_port_holder *h = &c->facts.connect.holder;
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_connect_fact *x = refused_here(c, 8080);

	x->to.s6_addr32[0] = htonl(0x0a000101);
	api_listens(c, 8080);
	h->v6 = true;
	h->v6only = true;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "api (pid 9) listens on [::]:8080, for IPv6 only (IPV6_V6ONLY)");
	findings_expect_in(test, f->application, "clear IPV6_V6ONLY");
	/* the other way round */
	h->v6 = false;
	h->v6only = false;
	x->v6 = true;
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "api (pid 9) listens on 0.0.0.0:8080, for IPv4 only");
	x->v6 = false;
	h->in_time = 1;
	strscpy(h->device, "eth9", sizeof(h->device));
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "api (pid 9) listens on 0.0.0.0:8080 of device eth9 only (SO_BINDTODEVICE)");
	findings_expect_in(test, f->application, "have clients come by eth9");
	strscpy(h->device, "e\033c", sizeof(h->device));
	findings_judge(c);
	findings_expect_in(test, f->what, "of device e\\033c only (SO_BINDTODEVICE)");
	h->listening = 2;
	findings_judge(c);
	findings_expect_not_in(test, f->what, "of device eth9 only");
}

/* Nobody else need be looked for. */
static void connects_dropped_here(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_connect_fact *x = &c->facts.connect.silent;
	struct tcpdiag_port_holder *h = &c->facts.connect.silent_holder;
	const struct tcpdiag_finding *f = &c->out.found[0];

	x->minute = 8;
	x->last_known = true;
	x->waited_s = 7;
	x->to.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	x->port = 8080;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "check the other host");
	x->here = true;
	findings_judge(c);
	findings_expect_in(test, f->what, "; that is an address of this host");
	findings_expect_not_in(test, f->host, "other host");
	h->listening = 1;
	h->owner = (struct tcpdiag_owner){ .pid = 9, .comm = "api" };
	h->addr.lport = 8080;
	findings_judge(c);
	findings_expect_in(test, f->what, ", where api (pid 9) listens");
	/* what does not even leave the program's socket */
	x->not_sent = true;
	findings_judge(c);
	findings_expect_in(test, f->host, "this host drops it itself");
}

/* The port, which is the program's own choice, is told; more ports do not help. */
static void connects_tuple(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_TUPLE_IN_USE];
	x->minute = 1;
	x->most = 1;
	x->total = 4;
	x->last_known = true;
	x->to.s6_addr32[0] = htonl(0xc0000207);
	x->port = 443;
	x->local_port = 65535;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "by a process from source port 65535 to 192.0.2.7:443: ");
	findings_expect_in(test, f->what, "EADDRNOTAVAIL");
	findings_expect_in(test, f->application, "IP_BIND_ADDRESS_NO_PORT");
	findings_expect_in(test, f->no_help, "ip_local_port_range");
}

static void connects_causes(struct kunit *test)
{
	static const struct {
		int err;
		enum tcpdiag_cause cause;
	} cases[] = {
		{ 0, TCPDIAG_CAUSE_ABANDONED },
		{ ECONNREFUSED, TCPDIAG_CAUSE_REFUSED },
		{ ETIMEDOUT, TCPDIAG_CAUSE_TIMED_OUT },
		{ EHOSTUNREACH, TCPDIAG_CAUSE_UNREACHABLE },
		{ ENETUNREACH, TCPDIAG_CAUSE_UNREACHABLE },
		{ EACCES, TCPDIAG_CAUSE_UNREACHABLE },
		{ ECONNRESET, TCPDIAG_CAUSE_RESET },
		{ ECONNABORTED, TCPDIAG_CAUSE_KILLED },
		{ EPROTO, TCPDIAG_CAUSE_OTHER },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = cases[i].err;

		KUNIT_EXPECT_EQ(test, tcpdiag_cause_of(err, true, false),
				cases[i].cause);
		KUNIT_EXPECT_EQ(test, tcpdiag_cause_of(err, true, true),
				cases[i].cause);
		/* without a SYN the error is an older one */
		KUNIT_EXPECT_EQ(test, tcpdiag_cause_of(err, false, false),
				TCPDIAG_CAUSE_NO_PORT);
		KUNIT_EXPECT_EQ(test, tcpdiag_cause_of(err, false, true),
				TCPDIAG_CAUSE_TUPLE_IN_USE);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(connects_by_cause),
	KUNIT_CASE(connects_victim),
	KUNIT_CASE(connects_several),
	KUNIT_CASE(connects_rejected),
	KUNIT_CASE(connects_unanswered),
	KUNIT_CASE(connects_other_address),
	KUNIT_CASE(connects_other_kind),
	KUNIT_CASE(connects_dropped_here),
	KUNIT_CASE(connects_tuple),
	KUNIT_CASE(connects_causes),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_connect",
	.test_cases = cases,
};

kunit_test_suite(suite);
