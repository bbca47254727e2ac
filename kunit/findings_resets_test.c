// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings resets_keepalive_race, resets_close_unread, resets_linger,
 * resets_not_accepted, resets_forgotten, resets_refused and orphans.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "diagnose/findings_resets.c"
#include "diagnose/reset_words.c"
#include "findings_case.h"

static struct tcpdiag_reset_fact *add_fact(struct findings_case *c,
					   enum tcpdiag_reset reason,
					   const char *comm, u16 port)
{
	struct tcpdiag_reset_fact *x;

	x = &c->facts.resets.fact[c->facts.resets.n++];
	x->reason = reason;
	x->port = port;
	x->owner.pid = 100 + c->facts.resets.n;
	strscpy(x->owner.comm, comm, sizeof(x->owner.comm));
	x->count = 40;
	x->recent = 40;
	x->per_s = 13;
	x->since_us = 30 * USEC_PER_SEC;
	x->ago_us = 2 * USEC_PER_SEC;
	return x;
}

static struct tcpdiag_reset_fact *add_client(struct findings_case *c)
{
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_PEER_CLOSED, "balancer", 3000);
	x->active = true;
	x->addr.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	x->idle = (struct tcpdiag_range){ 40, 4990, 5012 };
	x->gap = (struct tcpdiag_range){ 40, 480, 2000 };
	return x;
}

static struct tcpdiag_reset_fact *add_server(struct findings_case *c)
{
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_PEER_DATA, "appserver", 3000);
	x->one_peer = true;
	x->addr.s6_addr32[0] = htonl(0x0a000002);
	x->idle = (struct tcpdiag_range){ 40, 4990, 5012 };
	x->gap = (struct tcpdiag_range){ 40, 500, 520 };
	return x;
}

static void resets_client(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x = add_client(c);

	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	KUNIT_EXPECT_STREQ(test, f->subject, "balancer to 127.0.0.1:3000");
	findings_expect_in(test, f->what,
			   "balancer (pid 101) reuses connections to 127.0.0.1:3000 that the server has closed");
	findings_expect_in(test, f->what, "40 times in the last 30.0 s, 1.3 a second");
	findings_expect_in(test, f->what,
			   "the server closes after about 5.0 s without data, the request came 480 ms to 2.0 s later");
	findings_expect_in(test, f->application, "idle for more than 3.9 s");
	/* closed at once: not an idle limit */
	x->idle = (struct tcpdiag_range){ 40, 0, 3 };
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "without data"));
	findings_expect_in(test, f->application, "look whether the peer");
	x->recent = 2;
	findings_expect_none(test, c);
	/* a server whose clients go away before the answer */
	x->recent = 40;
	x->active = false;
	findings_expect_none(test, c);
}

static void resets_both_ends(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	add_client(c)->local = true;
	add_server(c)->local = true;
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "balancer (pid 101)");
	findings_expect_in(test, f->what,
			   "the server is appserver (pid 102) on this host");
	/* another server of that port, elsewhere */
	c->facts.resets.fact[0].local = false;
	c->facts.resets.fact[1].local = false;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, c->out.total, 2);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "appserver"));
}

static void resets_server(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x = add_server(c);

	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "appserver (pid 101) closes connections on port 3000 after about 5.0 s without data");
	findings_expect_in(test, f->what, "most of them from 10.0.0.2,");
	/* browsers */
	x->one_peer = false;
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "from several peers");
	/* not idle before: the server refuses to read on */
	x->idle.min_ms = 0;
	findings_expect_none(test, c);
	x->idle.min_ms = 4990;
	x->active = true;
	findings_expect_none(test, c);
}

static void resets_unread(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_CLOSE_UNREAD, "uploadd", 8000);
	x->count = 90;
	/* all that was sent has arrived */
	findings_expect_none(test, c);
	x->lost = 2;
	findings_expect_none(test, c);
	x->lost = 38;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "uploadd (pid 101) calls close() on connections on port 8000 with data unread");
	findings_expect_in(test, f->what, "in 38 of 40");
	findings_expect_in(test, f->evidence,
			   "reason=close_unread resets_10min=40 lost_10min=38 resets=90");
	/* the figures are those of the last ten minutes */
	x->recent = 39;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "in 38 of 39");
	x->recent = 40;
	findings_expect_in(test, f->application, "shutdown(SHUT_WR)");
	/* a client breaks off */
	x->active = true;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_NOTE);
	findings_expect_not_in(test, f->what, "the answer");
	findings_expect_in(test, f->application, "nothing, if it breaks off");
	x->active = false;
	x->reason = TCPDIAG_RESET_EXIT_UNREAD;
	findings_expect_none(test, c);
	x->reason = TCPDIAG_RESET_LINGER;
	findings_expect_one(test, c, "resets_linger", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "uploadd (pid 101) closes connections on port 8000 with SO_LINGER of 0 s");
	findings_expect_in(test, f->what, "in 38 of 40 there was some");
	/* nothing was on its way */
	x->lost = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_none(test, c);
}

static void resets_orphans(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stuck_facts *s = &c->facts.stuck;
	struct tcpdiag_reset_fact *x;

	/* as many as there may be are no fault, if the kernel lets them be */
	s->orphans = 100000;
	s->on_machine = 100000;
	s->on_machine_known = true;
	s->aborted = 5;
	findings_expect_none(test, c);
	x = add_fact(c, TCPDIAG_RESET_ORPHANS, "ssserver", 8388);
	s->orphans = 250;
	findings_expect_one(test, c, "orphans", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what,
			   "connections of ssserver (pid 101) on port 8388");
	findings_expect_in(test, f->what, "net.ipv4.tcp_max_orphans");
	findings_expect_in(test, f->what, "now there are 250 here");
	findings_expect_in(test, f->evidence,
			   "reason=orphans resets_10min=40 lost_10min=0 resets=40 orphans=250 on_machine=100000 aborted_since_boot=5");
	findings_expect_in(test, f->host, "raise net.ipv4.tcp_max_orphans");
	s->cut = true;
	x->per_s = 0;
	findings_expect_one(test, c, "orphans", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "now there are at least 250 here");
	x->reason = TCPDIAG_RESET_MEMORY;
	findings_expect_one(test, c, "orphans", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "net.ipv4.tcp_mem");
	KUNIT_EXPECT_NULL(test, strstr(f->host, "max_orphans"));
}

static void resets_not_accepted(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_NOT_ACCEPTED, "worker", 8000);
	findings_expect_one(test, c, "resets_not_accepted", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "nobody listens there now");
	x->unsure = true;
	findings_expect_one(test, c, "resets_not_accepted", TCPDIAG_NOTE);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "nobody listens"));
	x->unsure = false;
	x->served = true;
	findings_expect_one(test, c, "resets_not_accepted", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "worker (pid 101) closed the listener on port 8000");
	findings_expect_in(test, f->what, "40 times in the last 30.0 s");
	findings_expect_in(test, f->host, "net.ipv4.tcp_migrate_req is 0");
	x->recent = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_none(test, c);
}

/* A balancer forgets; a server that fails in its work is something else. */
static void resets_forgotten(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x = add_client(c);

	x->reason = TCPDIAG_RESET_BY_PEER;
	x->gap.n = 0;
	x->lost = x->count;
	x->idle = (struct tcpdiag_range){ 40, 600000, 605000 };
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "from which nothing had come for about 10m05s");
	findings_expect_in(test, f->application, "idle for more than 8m00s");
	x->lost = 0;
	findings_expect_none(test, c);
	x->lost = x->count;
	x->idle.min_ms = FORGOTTEN_MS - 1;
	findings_expect_none(test, c);
	x->idle.min_ms = FORGOTTEN_MS;
	x->active = false;
	findings_expect_none(test, c);
}

/* In a sleep connections end, and no clock of TCP goes on. */
static void resets_after_sleep(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_resets_sleep *sleep = &c->facts.resets.sleep;
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x = add_client(c);

	x->reason = TCPDIAG_RESET_BY_PEER;
	x->gap.n = 0;
	x->lost = x->count;
	x->idle = (struct tcpdiag_range){ 40, 45000, 45000 };
	x->since_us = 15 * USEC_PER_SEC;
	x->ago_us = USEC_PER_SEC;
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "although no end came");
	findings_expect_in(test, f->what, ", or this host was asleep");
	findings_expect_in(test, f->application, "idle for more than 36.0 s");
	sleep->slept_us = 8 * 3600 * (u64)USEC_PER_SEC;
	sleep->first_us = 20 * USEC_PER_SEC;
	sleep->woke_us = 20 * USEC_PER_SEC;
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "this host was asleep for 8h00m until 20.0 s ago: its connections ended meanwhile");
	findings_expect_not_in(test, f->what, "45");
	findings_expect_not_in(test, f->application, "36");
	KUNIT_EXPECT_EQ(test, f->host[0], '\0');
	/* it woke twice, and they were reset since the first time */
	sleep->woke_us = 10 * USEC_PER_SEC;
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "until 10.0 s ago");
	/* there were some before it slept */
	x->since_us = 21 * USEC_PER_SEC;
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_WARNING);
}

/* Nobody listens where clients ask, but on another address, or by now. */
static void resets_other_address(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_resets_facts *r = &c->facts.resets;
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_port_holder *h = &r->refused_holder;

	r->refused = 60;
	r->refused_hits = 60;
	r->refused_port = 8955;
	r->refused_asked.s6_addr32[0] = htonl(0x0a000102);
	h->listening = 1;
	h->owner = (struct tcpdiag_owner){ .pid = 5, .comm = "python3" };
	h->addr.local.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	h->addr.lport = 8955;
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "nobody listens on 10.0.1.2:8955");
	findings_expect_in(test, f->what,
			   "python3 (pid 5) listens on 127.0.0.1:8955, but not on the address");
	findings_expect_in(test, f->application,
			   "have python3 (pid 5) listen on the address that clients ask");
	/* as Java has it: a socket of IPv6 at an address of IPv4 */
	h->v6 = true;
	h->addr.local = (struct in6_addr){
		.s6_addr = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 },
	};
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->application,
			   "have python3 (pid 5) listen on the address that clients ask");
	h->v6 = false;
	memset(&h->addr.local, 0, sizeof(h->addr.local));
	h->addr.local.s6_addr32[0] = htonl(0x0a000202);
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->application, "have clients ask 10.0.2.2:8955");
	/* IPv4 at any address is not IPv6 */
	h->addr.local.s6_addr32[0] = 0;
	r->refused_v6 = true;
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "python3 (pid 5) listens on 0.0.0.0:8955, for IPv4 only");
	/* it has started since */
	r->refused_v6 = false;
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "nobody listened on 10.0.1.2:8955");
	findings_expect_in(test, f->what,
			   "by now python3 (pid 5) listens on 0.0.0.0:8955");
	/* it was there all the time: a restart is not the reason */
	h->in_time = 1;
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "found no listener for 10.0.1.2:8955");
	findings_expect_in(test, f->what,
			   "python3 (pid 5) listens on 0.0.0.0:8955, and did so then");
	findings_expect_in(test, f->application, "SO_BINDTODEVICE");
	h->in_time = 0;
	/* where it listens is not known */
	h->addr.lport = 0;
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "python3"));
}

static void resets_refused(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_resets_facts *r = &c->facts.resets;
	const struct tcpdiag_finding *f = &c->out.found[0];

	/* a scan */
	r->refused = 65535;
	r->refused_hits = 1;
	findings_expect_none(test, c);
	r->refused_port = 9999;
	findings_expect_none(test, c);
	r->refused_hits = 60000;
	r->refused_peer.s6_addr32[0] = htonl(0x0a000002);
	r->refused_asked.s6_addr32[0] = htonl(0x0a000001);
	findings_expect_one(test, c, "resets_refused", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "nobody listens on port 9999 of the address asked for (last 10.0.0.1): at least 60000");
	findings_expect_in(test, f->what, "it came from 10.0.0.2");
}

/* Only what a finding judges takes one of the few facts. */
static void resets_judged(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	unsigned int i;

	for (i = 0; i < TCPDIAG_RESETS; i++) {
		struct tcpdiag_reset_fact *x;

		c->facts.resets.n = 0;
		x = add_fact(c, i, "any", 80);
		x->lost = 40;
		x->idle = (struct tcpdiag_range){ 40, 600000, 601000 };
		x->active = i == TCPDIAG_RESET_PEER_CLOSED ||
			    i == TCPDIAG_RESET_BY_PEER;
		findings_judge(c);
		/* that is told of with what the other end saw: findings_ended_test.c */
		if (i == TCPDIAG_RESET_EXIT_UNREAD)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, c->out.total,
				    tcpdiag_resets_judge(i, TCP_ESTABLISHED),
				    "%s", tcpdiag_reset_name(i));
	}
}

/* Long names, and both addresses IPv6. */
static void resets_fit(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_reset_fact *x = add_client(c);

	x->v6 = true;
	memset(&x->addr, 0xff, sizeof(x->addr));
	x->port = 65535;
	x->owner.pid = INT_MAX;
	strscpy(x->owner.comm, "fifteen-letters", sizeof(x->owner.comm));
	x->count = U32_MAX;
	x->recent = U32_MAX;
	x->per_s = U32_MAX;
	x->idle = (struct tcpdiag_range){ 40, 1000, 86400000 };
	x->gap = (struct tcpdiag_range){ 40, 1, 86400000 };
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	x->reason = TCPDIAG_RESET_CLOSE_UNREAD;
	x->lost = U32_MAX;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_NOTE);
	x->reason = TCPDIAG_RESET_ORPHANS;
	findings_expect_one(test, c, "orphans", TCPDIAG_CRITICAL);
	x->reason = TCPDIAG_RESET_PEER_DATA;
	x->active = false;
	x->one_peer = true;
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(resets_client),
	KUNIT_CASE(resets_both_ends),
	KUNIT_CASE(resets_server),
	KUNIT_CASE(resets_unread),
	KUNIT_CASE(resets_orphans),
	KUNIT_CASE(resets_refused),
	KUNIT_CASE(resets_judged),
	KUNIT_CASE(resets_not_accepted),
	KUNIT_CASE(resets_forgotten),
	KUNIT_CASE(resets_after_sleep),
	KUNIT_CASE(resets_other_address),
	KUNIT_CASE(resets_fit),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_resets",
	.test_cases = cases,
};

kunit_test_suite(suite);
