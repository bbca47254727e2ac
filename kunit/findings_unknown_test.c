// SPDX-License-Identifier: GPL-2.0
/*
 * What is not known never accuses (diagnose/facts.h): a case for each finding,
 * with its facts not known, incomplete or estimated. A figure whose flag says
 * that it is not known has a value that would accuse if it were read. Those on how
 * connections go are in findings_unknown_flows_test.c.
 */
#include <kunit/test.h>
#include <linux/time64.h>
#include <net/tcp_states.h>

#include "findings_case.h"

/* Events and sockets that are not counted are no change of state. */
static void unknown_impossible_transition(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.approximate = true;
	c->facts.snap.lost = 1000;
	findings_expect_one(test, c, "gauges_approximate", TCPDIAG_NOTE);
}

/* One group with a suspect that has read everything. */
static struct tcpdiag_cw_group *leak(struct findings_case *c)
{
	struct tcpdiag_cw_group *g = &c->facts.close_wait.groups[0];

	c->facts.close_wait.n = 1;
	g->owner = (struct tcpdiag_owner){ .pid = 812, .comm = "nginx" };
	g->sockets = 10;
	g->suspects = 10;
	g->causes[TCPDIAG_CW_EOF_READ] = 10;
	g->oldest_us = 90 * USEC_PER_SEC;
	g->newest_known = true;
	g->newest_us = 30 * USEC_PER_SEC;
	return g;
}

static void unknown_close_wait_leak(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_cw_group *g = leak(c);

	/* neither growth nor descriptors: nobody runs out of them */
	g->growth = 1000;
	g->growth_us = 60 * USEC_PER_SEC;
	g->fds = 1024;
	g->fd_limit = 1024;
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->host, "no file descriptor left");
	findings_expect_not_in(test, f->evidence, "fds");
	findings_expect_not_in(test, f->evidence, "growth");
	g->fds_known = true;
	g->fds = 1000;
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->host, "at the present growth");
	/* an estimated age, and sockets that nobody looked at */
	g->estimated = true;
	c->facts.close_wait.cut = true;
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "at least 10 sockets");
	findings_expect_in(test, f->what, "the oldest for at least 1m30s");
	/* how young the youngest is: nothing else speaks against it */
	g->newest_known = false;
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_NOTE);
	/* those alone accuse nobody */
	g->suspects = 0;
	g->causes[TCPDIAG_CW_EOF_READ] = 0;
	c->facts.close_wait.other = 100000;
	findings_expect_none(test, c);
	c->facts.close_wait.n = 0;
	findings_expect_none(test, c);
}

/* Who has the descriptor open is not known, so it may be shared. */
static void unknown_close_wait_holders(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_cw_group *g = leak(c);

	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->application, "another process");
	c->facts.owners = false;
	g->owner = (struct tcpdiag_owner){};
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "a process keeps 10 sockets");
	findings_expect_in(test, f->application,
			   "whether another process has the descriptor open");
	/* one in the accept queue has no descriptor */
	g->causes[TCPDIAG_CW_NOT_ACCEPTED] = 11;
	findings_expect_one(test, c, "close_wait_leak", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->application, "another process");
}

static void unknown_stuck_last_ack(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stuck_facts *s = &c->facts.stuck;

	s->cut = true;
	s->last_ack_oldest_us = 3600 * (u64)USEC_PER_SEC;
	findings_expect_none(test, c);
	s->last_ack = 1;
	strscpy(s->peer, "192.0.2.1:80", sizeof(s->peer));
	findings_expect_one(test, c, "stuck_last_ack", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "at least 1 socket");
}

/* How many there are, here or on the machine, does not tell what was reset. */
static void unknown_orphans(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stuck_facts *s = &c->facts.stuck;

	s->cut = true;
	s->on_machine = 1000000;
	s->orphans = 1000000;
	s->aborted = 1000;
	findings_expect_none(test, c);
}

/* Times that are not known, and programs that the reader may not see. */
static void unknown_resets(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_reset_fact *x = &c->facts.resets.fact[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.resets.n = 1;
	x->reason = TCPDIAG_RESET_PEER_DATA;
	x->count = 100;
	x->recent = 100;
	x->port = 80;
	/* whether the connections were idle is not known */
	findings_expect_none(test, c);
	x->reason = TCPDIAG_RESET_PEER_CLOSED;
	x->active = true;
	findings_expect_one(test, c, "resets_keepalive_race", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "a process reuses connections");
	findings_expect_not_in(test, f->what, "without data");
	findings_expect_not_in(test, f->application, "idle for more than");
	x->reason = TCPDIAG_RESET_CLOSE_UNREAD;
	findings_expect_none(test, c);
	x->lost = 100;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "a process calls close()");
	x->reason = TCPDIAG_RESET_LINGER;
	findings_expect_one(test, c, "resets_linger", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "a process closes connections");
	x->reason = TCPDIAG_RESET_OTHER;
	findings_expect_none(test, c);
	/* whether anything waited for an answer is not known, or since when */
	x->reason = TCPDIAG_RESET_BY_PEER;
	findings_expect_none(test, c);
	x->unanswered = 100;
	x->lost = 100;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "connections of a process to");
	findings_expect_not_in(test, f->what, "which was");
	x->reason = TCPDIAG_RESET_TIMEOUT;
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "connections of a process to");
	findings_expect_not_in(test, f->what, "nothing had been sent");
	x->reason = TCPDIAG_RESET_OTHER;
	/* no port has most of them */
	c->facts.resets.refused = 100000;
	c->facts.resets.refused_hits = 100000;
	findings_expect_none(test, c);
}

/* The one that was idle for longest is gone, and so is who had it. */
static void unknown_stale_established(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stale_facts *s = &c->facts.stale;

	s->idle_us = 86400 * (u64)USEC_PER_SEC;
	findings_expect_none(test, c);
	s->sockets = 3;
	s->owner = (struct tcpdiag_owner){ .pid = 77, .comm = "pool" };
	findings_expect_one(test, c, "stale_established", TCPDIAG_NOTE);
	findings_expect_not_in(test, c->out.found[0].what, "pool");
}

/* A listener whose handshakes are counted elsewhere: 0 is what was counted. */
static void listener(struct tcpdiag_listener_fact *x)
{
	x->listeners = 1;
	x->port = 80;
	x->limit = 128;
	x->syn_limit = 128;
	x->syn = 128;
	x->accept = 129;
	x->now = true;
	x->rates_known = false;
}

static void unknown_syn_flood(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.listen.syncookies = 1;
	c->facts.listen.full_per_s = 5000;
	/* no verdict rests on it, in model/listener.c */
	findings_expect_none(test, c);
	/* one from when it was known lasts for some seconds */
	listener(&c->facts.listen.flood[0]);
	findings_expect_one(test, c, "syn_flood", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   ", an unknown number of handshakes completed in");
	findings_expect_not_in(test, f->what, " 0 handshakes");
	findings_expect_in(test, f->evidence, "handshakes_per_s=- ");
	/* the port is not known: no listener is named */
	memset(&c->facts.listen.flood[0], 0xff, sizeof(c->facts.listen.flood[0]));
	c->facts.listen.flood[0].listeners = 0;
	c->facts.listen.flood_unlocated = true;
	findings_expect_one(test, c, "syn_flood", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "which port it is against is not known");
}

static void unknown_accept_queue_overflow(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.listen.somaxconn = 4096;
	listener(&c->facts.listen.overflow[0]);
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_not_in(test, f->application, "stopped");
	findings_expect_in(test, f->what, "an unknown number accepted");
	findings_expect_in(test, f->evidence, "accepted_per_s=- ");
}

static void unknown_syn_queue_full(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	c->facts.listen.somaxconn = 4096;
	listener(&c->facts.listen.syn_full[0]);
	findings_expect_one(test, c, "syn_queue_full", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "(an unknown number in the last second)");
	findings_expect_in(test, f->evidence, "handshakes_per_s=-");
}

static void unknown_slow_accept(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	listener(&c->facts.listen.slow[0]);
	c->facts.listen.slow[0].wait_us = 2 * USEC_PER_SEC;
	/* neither the descriptors nor what was accepted */
	c->facts.listen.slow[0].fds.used = 64;
	c->facts.listen.slow[0].fds.limit = 64;
	c->facts.listen.slow[0].owner.inherited = true;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->what, "EMFILE");
	findings_expect_not_in(test, f->what, "inherited");
	findings_expect_in(test, f->what, "is slow to accept");
	findings_expect_in(test, f->what, "an unknown number accepted");
	findings_expect_in(test, f->evidence, "accepted_per_s=-");
}

/* Counted, but memory was short for who it was. */
static void unknown_connects_fail(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_connect_fact *x;

	x = &c->facts.connect.cause[TCPDIAG_CAUSE_REFUSED];
	x->owner = (struct tcpdiag_owner){ .pid = 5, .comm = "curl" };
	x->total = 1000000;
	findings_expect_none(test, c);
	x->minute = 1000;
	findings_expect_one(test, c, "connects_fail", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "1000 attempts to connect failed in the last minute: ");
	findings_expect_not_in(test, c->out.found[0].what, "curl");
	findings_expect_not_in(test, c->out.found[0].what, "0.0.0.0");
}

/* 1,000 established, of a range of 28,232 ports; another 1,000 not counted. */
static struct findings_case *ports_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_ports_facts *ports = &c->facts.ports;

	ports->low = 32768;
	ports->high = 60999;
	ports->rules.capacity = 28232;
	ports->rules.window_ms = 7000;
	ports->rules.reuse = 2;
	ports->fullest.sum.in_use[TCPDIAG_PEER_ESTABLISHED] = 1000;
	ports->fullest.sum.missed = 1000;
	ports->fullest.forecast_s = TCPDIAG_NEVER;
	return c;
}

/* Half of the ports are in a state that nobody knows. */
static void unknown_ports_exhausted(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_ports_fact *fact = &c->facts.ports.refused;

	*fact = c->facts.ports.fullest;
	fact->user = (struct tcpdiag_owner){ .pid = 77, .comm = "app" };
	findings_expect_none(test, c);
	fact->sum.no_port = 7;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "in a process");
	findings_expect_not_in(test, f->what, "app");
	findings_expect_in(test, f->evidence, "missing_at_most=1000");
	findings_expect_not_in(test, f->host, "makes no difference");
	findings_expect_not_in(test, f->no_help,
			       "none of these ports is in TIME_WAIT");
	/* of so few it does not matter */
	fact->sum.missed = 10;
	findings_expect_one(test, c, "ports_exhausted", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->host, "makes no difference");
	findings_expect_not_in(test, f->no_help,
			       "none of these ports is in TIME_WAIT");
}

static void unknown_ports_filling(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fullest;

	/* what is not counted fills nothing */
	fact->sum.missed = 28000;
	findings_expect_none(test, c);
	fact->sum.in_use[TCPDIAG_PEER_ESTABLISHED] = 28000;
	fact->taken = 28000;
	fact->sum.missed = 5;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "at least 28000 of 28232");
	findings_expect_in(test, f->what, "by a process");
	/* a burst just after the load: nobody knows whether it lasts */
	fact->forecast_s = 3;
	c->facts.ports.rules.window_ms = 300;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->what, "at this rate");
	c->facts.ports.rules.window_ms = 7000;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "none will be left in 3 s");
	/* that none is left is known at any time */
	fact->forecast_s = 0;
	c->facts.ports.rules.window_ms = 300;
	findings_expect_one(test, c, "ports_filling", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "none is left");
}

/* The gauge may be off, and the limit be reached: only the kernel's count says. */
static void unknown_time_wait_overflow(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.now[TCP_TIME_WAIT] = 1000000;
	c->facts.snap.refused = 1000000;
	c->facts.time_wait.limit = 65536;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
}

/* How long they live is known only of those that have ended. */
static void unknown_connection_churn(struct kunit *test)
{
	struct findings_case *c = ports_case(test);
	struct tcpdiag_peer_sum *s = &c->facts.ports.busiest.sum;

	s->made = 7000;
	s->connects = 10000;
	s->in_use[TCPDIAG_PEER_ESTABLISHED] = 9990;
	s->lived = 10;
	s->lived_short = 10;
	s->lives = 1;
	findings_expect_none(test, c);
	/* those that are older than the module were not made by it */
	s->connects = 10;
	findings_expect_one(test, c, "connection_churn", TCPDIAG_NOTE);
	/* those in TIME_WAIT have ended */
	s->connects = 10000;
	s->in_use[TCPDIAG_PEER_ESTABLISHED] = 0;
	s->in_use[TCPDIAG_PEER_TIME_WAIT] = 9990;
	findings_expect_one(test, c, "connection_churn", TCPDIAG_NOTE);
	/* too short a time for a rate */
	c->facts.ports.rules.window_ms = 1000;
	findings_expect_none(test, c);
}

/*
 * What tcpdiag says of itself when its account is incomplete: it accuses nobody
 * else. gauges_approximate, records_refused, sources_missing.
 */
static void unknown_account(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	unsigned int i;

	c->facts.owners = false;
	c->facts.snap.approximate = true;
	c->facts.snap.lost = 1;
	c->facts.snap.refused = 1;
	c->facts.close_wait.cut = true;
	c->facts.close_wait.other = 1000000;
	c->facts.stuck.cut = true;
	memset(&c->facts.sources, true, sizeof(c->facts.sources));
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 3);
	for (i = 0; i < c->out.n; i++)
		KUNIT_EXPECT_EQ(test, c->out.found[i].severity, TCPDIAG_NOTE);
	KUNIT_EXPECT_STREQ(test, c->out.found[0].code, "gauges_approximate");
	KUNIT_EXPECT_STREQ(test, c->out.found[1].code, "records_refused");
	KUNIT_EXPECT_STREQ(test, c->out.found[2].code, "sources_missing");
}

/* No figure says that ports are left: sockets only bound are not counted. */
static void unknown_bind_no_port(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_ANY];

	c->facts.binds.missed = 4;
	findings_expect_none(test, c);
	fact->sum.count = 3;
	c->facts.owners = false;
	findings_expect_one(test, c, "bind_no_port", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "failed at least 3 times");
	findings_expect_in(test, f->what, "in a process");
	findings_expect_not_in(test, f->what, "are held by");
}

/* Some sockets of the port were not looked at, or none. */
static void unknown_bind_in_use(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bind_fact *fact =
		&c->facts.binds.kind[TCPDIAG_BIND_CHOSEN];

	c->facts.binds.missed = 4;
	c->facts.owners = false;
	fact->sum.port = 8080;
	fact->sum.count = 3;
	fact->sum.recent = 3;
	fact->holder.open = 200;
	fact->holder.cut = true;
	findings_expect_none(test, c);
	fact->holder_known = true;
	findings_expect_one(test, c, "bind_in_use", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "failed at least 3 times");
	findings_expect_in(test, f->what, "in a process");
	findings_expect_in(test, f->what,
			   "at least 200 connections have it");
}

static void unknown_held_sockets(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_held_group *g = &c->facts.held.group[0];

	c->facts.held.cut = true;
	findings_expect_none(test, c);
	c->facts.owners = false;
	c->facts.held.n = 1;
	c->facts.held.fin_timeout_us = 60 * USEC_PER_SEC;
	g->state = TCP_FIN_WAIT2;
	g->port = 8000;
	g->sockets = 120;
	g->estimated = true;
	g->oldest_us = 95 * USEC_PER_SEC;
	findings_expect_one(test, c, "held_sockets", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "a process keeps at least 120 sockets in FIN_WAIT2 on port 8000, the oldest for at least 1m35s");
	findings_expect_not_in(test, f->evidence, "descriptors=");
}

/* Of how many connects, and in whose program, is not known. */
static void unknown_slow_connects(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.late;

	fact->sum.late = 100;
	fact->sum.lately.slow = 100;
	findings_expect_none(test, c);
	fact->sum.lately.all = 100;
	c->facts.owners = false;
	findings_expect_one(test, c, "slow_connects", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "in a process");
}

/* Who connects is not known, and the kernel may have paused long ago. */
static void unknown_fast_open(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_ports_fact *fact = &c->facts.ports.fast_open;

	c->facts.owners = false;
	c->facts.fast_open.pauses = 3;
	findings_expect_none(test, c);
	fact->sum.fast_open[TCPDIAG_FAST_OPEN_DROPPED] = 10;
	fact->sum.fast_open_lately.slow = 10;
	fact->sum.fast_open_lately.all = 10;
	findings_expect_one(test, c, "fast_open", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "ago in a process, which");
}

/* Sockets that nobody looked at, and times that are not known, are no limit. */
static void unknown_pool_outlives_server(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_pool_facts *p = &c->facts.pool;

	p->cut = true;
	findings_expect_none(test, c);
	p->sockets = 100;
	findings_expect_none(test, c);
	p->least_us = 30 * USEC_PER_SEC;
	p->most_us = 30 * USEC_PER_SEC;
	c->facts.owners = false;
	findings_expect_one(test, c, "pool_outlives_server", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "at least 100 connections of a process");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(unknown_pool_outlives_server),
	KUNIT_CASE(unknown_fast_open),
	KUNIT_CASE(unknown_bind_no_port),
	KUNIT_CASE(unknown_bind_in_use),
	KUNIT_CASE(unknown_held_sockets),
	KUNIT_CASE(unknown_slow_connects),
	KUNIT_CASE(unknown_impossible_transition),
	KUNIT_CASE(unknown_close_wait_leak),
	KUNIT_CASE(unknown_close_wait_holders),
	KUNIT_CASE(unknown_stuck_last_ack),
	KUNIT_CASE(unknown_orphans),
	KUNIT_CASE(unknown_resets),
	KUNIT_CASE(unknown_stale_established),
	KUNIT_CASE(unknown_syn_flood),
	KUNIT_CASE(unknown_accept_queue_overflow),
	KUNIT_CASE(unknown_syn_queue_full),
	KUNIT_CASE(unknown_slow_accept),
	KUNIT_CASE(unknown_connects_fail),
	KUNIT_CASE(unknown_ports_exhausted),
	KUNIT_CASE(unknown_ports_filling),
	KUNIT_CASE(unknown_time_wait_overflow),
	KUNIT_CASE(unknown_connection_churn),
	KUNIT_CASE(unknown_account),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_unknown",
	.test_cases = cases,
};

kunit_test_suite(suite);
