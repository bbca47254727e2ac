// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on listeners: each is found when it should be and only
 * then, says whose it is, and fits.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "diagnose/findings_listen.c"
#include "findings_case.h"

/* A listener of nginx on 192.0.2.1:80, one of those that have the trouble. */
static void have(struct tcpdiag_listener_fact *x, unsigned int listeners)
{
	x->listeners = listeners;
	x->addr.s6_addr32[0] = htonl(0xc0000201);
	x->port = 80;
	memset(&x->owner, 0, sizeof(x->owner));
	x->owner.holder.pid = 812;
	strscpy(x->owner.holder.comm, "nginx", sizeof(x->owner.holder.comm));
	x->owner.holders = 1;
	x->owner.holders_known = true;
	x->limit = 128;
	x->syn_limit = 128;
	x->rates_known = true;
	x->accepted_us = USEC_PER_SEC;
}

static struct findings_case *listen_case(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.listen.somaxconn = 4096;
	c->facts.listen.max_syn_backlog = 1024;
	c->facts.listen.syncookies = 1;
	return c;
}

static void listen_flood(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(&c->facts.listen.flood[0], 3);
	c->facts.listen.flood[0].syn = 128;
	c->facts.listen.full_per_s = 5000;
	findings_expect_one(test, c, "syn_flood", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "against nginx (pid 812) on 192.0.2.1:80 for");
	findings_expect_in(test, f->what,
			   "128 SYNs in the queue (limit 128), 0 handshakes completed");
	findings_expect_in(test, f->what, "2 more listeners are affected");
	findings_expect_in(test, f->evidence, "full_per_s=5000");
	findings_expect_in(test, f->host, "net.ipv4.tcp_syncookies is 1");
	c->facts.listen.flood[0].listeners = 2;
	c->facts.listen.syncookies = 0;
	findings_expect_one(test, c, "syn_flood", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "1 more listener is affected");
	findings_expect_in(test, f->host, "set it to 1");
}

static void listen_flood_of_none(struct kunit *test)
{
	struct findings_case *c = listen_case(test);

	c->facts.listen.flood_unlocated = true;
	c->facts.listen.syncookies = 2;
	findings_expect_one(test, c, "syn_flood", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].host, "tcp_syncookies is 2");
}

/* The knob is the one that set the limit. */
static void listen_overflow_knob(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.overflow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	x->overflows_minute = 12;
	x->accepted_per_s = 10;
	findings_expect_one(test, c, "accept_queue_overflow", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "the accept queue has been full: 12 SYNs or ACKs were dropped");
	findings_expect_in(test, f->what,
			   "0 connections in the queue (backlog 128, room for 129), 10 accepted");
	findings_expect_in(test, f->application,
			   "the program asked for 128, and net.core.somaxconn allows 4096");
	findings_expect_in(test, f->evidence, "limit_by=listen");
	KUNIT_EXPECT_STREQ(test, f->host, "");
	c->facts.listen.somaxconn = 128;
	findings_expect_one(test, c, "accept_queue_overflow", TCPDIAG_WARNING);
	findings_expect_in(test, f->host,
			   "net.core.somaxconn is 128 and capped the backlog at 128");
	findings_expect_in(test, f->evidence, "limit_by=somaxconn");
	KUNIT_EXPECT_STREQ(test, f->application, "");
	x->overflows_minute = 1;
	x->accept = 1;
	findings_expect_one(test, c, "accept_queue_overflow", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "1 SYN or ACK was dropped");
	findings_expect_in(test, f->what, "1 connection in the queue");
}

/* A program that has stopped is not helped by a longer queue. */
static void listen_overflow_stopped(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.overflow[0];

	have(x, 1);
	x->now = true;
	x->accepted_us = 90 * (u64)USEC_PER_SEC;
	x->wait_us = 90 * (u64)USEC_PER_SEC;
	c->facts.listen.somaxconn = 128;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what,
			   "the last one was accepted 1m30s ago");
	/* nobody is sent to a sysctl that would not help */
	KUNIT_EXPECT_STREQ(test, c->out.found[0].host, "");
	findings_expect_in(test, c->out.found[0].application,
			   "stopped calling accept()");
	/* nobody had come for a minute and a half */
	x->wait_us = USEC_PER_SEC;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host, "backlog");
	x->wait_us = 90 * (u64)USEC_PER_SEC;
	x->accepted_per_s = 1;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host, "backlog");
}

/* Nobody has stopped while it is not known how many were accepted. */
static void listen_accepted_unknown(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_listener_fact *x = &c->facts.listen.overflow[0];

	have(x, 1);
	x->now = true;
	x->rates_known = false;
	c->facts.listen.somaxconn = 128;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "an unknown number accepted");
	findings_expect_in(test, f->evidence, "accepted_per_s=- ");
	KUNIT_EXPECT_STREQ(test, f->application, "");
	c->facts.listen.slow[0] = *x;
	x->listeners = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "an unknown number accepted");
	findings_expect_in(test, f->evidence, "accepted_per_s=-");
}

static void listen_syn_queue_full(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.syn_full[0];

	have(x, 1);
	findings_expect_one(test, c, "syn_queue_full", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].application, "backlog");
	x->syn_limit = 48;
	findings_expect_one(test, c, "syn_queue_full", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].host,
			   "tcp_max_syn_backlog is 1024");
}

static void listen_slow(struct kunit *test)
{
	struct findings_case *c = listen_case(test);

	have(&c->facts.listen.slow[0], 1);
	c->facts.listen.slow[0].wait_us = 2300000;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	c->facts.listen.slow[0].accept = 40;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "40 connections in the queue (backlog 128, room for 129), the first for 2.3 s; 0 accepted");
}

/* A service that is started when the first client comes. */
static void listen_starts(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];

	have(x, 1);
	x->accept = 1;
	x->wait_us = 3 * USEC_PER_SEC;
	x->accepted_us = 600 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "may still be starting");
	x->accept = 65;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x->accept = 1;
	x->overflows_minute = 1;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x->overflows_minute = 0;
	x->accepted_us = 4 * USEC_PER_SEC;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x->accepted_us = 600 * (u64)USEC_PER_SEC;
	x->wait_us = 10 * USEC_PER_SEC;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x->wait_us = 3 * USEC_PER_SEC;
	x->rates_known = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
}

/* Each of the worst is named; the first says how many are not. */
static void listen_several(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	const struct tcpdiag_finding *f = c->out.found;

	have(&c->facts.listen.slow[0], 2);
	have(&c->facts.listen.slow[1], 1);
	c->facts.listen.slow[1].port = 81;
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 2U);
	findings_expect_in(test, f[0].what, "on 192.0.2.1:80 ");
	findings_expect_in(test, f[0].what, "1 more listener is affected");
	findings_expect_in(test, f[1].what, "on 192.0.2.1:81 ");
	KUNIT_EXPECT_NULL(test, strstr(f[1].what, "more listener"));
}

/* Who has to accept is named first, then who listened, where they differ. */
static void listen_owners(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "nginx (pid 812) on 192.0.2.1:80 is slow to accept");
	findings_expect_in(test, f->evidence, "holders=1");
	x->owner.lister = (struct tcpdiag_owner){ .pid = 1, .comm = "systemd" };
	x->owner.holders = 2;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "nginx (pid 812), which has the listener from systemd (pid 1), on 192.0.2.1:80 is slow");
	findings_expect_in(test, f->evidence, "holders=2");
	/* it listened and has ended */
	x->owner.lister.pid = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "nginx (pid 812), which has the listener from systemd (has ended), on");
	/* in no table of descriptors: nobody is accused */
	memset(&x->owner.lister, 0, sizeof(x->owner.lister));
	x->owner.holders = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "a socket of nginx (pid 812) that no process was found to have open, on");
	findings_expect_in(test, f->evidence, "holders=0");
	x->owner.holder = (struct tcpdiag_owner){
		.comm = TCPDIAG_KERNEL_COMM,
		.kernel = true,
	};
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "the kernel on 192.0.2.1:80 is slow");
	/* not looked for yet */
	have(x, 1);
	x->owner.holders = 0;
	x->owner.holders_known = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "nginx (pid 812) on 192.0.2.1:80 is slow to accept");
	findings_expect_in(test, f->evidence, "holders=-");
	/* for a reader who may not see owners */
	memset(&x->owner, 0, sizeof(x->owner));
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "a process on 192.0.2.1:80 is slow");
	findings_expect_in(test, f->evidence, "holders=-");
}

/* No descriptor is left: that is the reason, and who has them is told. */
static void listen_no_descriptors(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	x->fds = (struct tcpdiag_descriptors) {
		.known = true, .used = 1024, .limit = 1024, .sockets = 1000,
		.state = TCP_FIN_WAIT2, .in_state = 990,
	};
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "192.0.2.1:80 does not accept: 0 connections");
	findings_expect_in(test, f->what,
			   "EMFILE: all 1024 file descriptors of the process are in use, 990 of them by sockets in FIN_WAIT2");
	findings_expect_in(test, f->application,
			   "1000 are TCP sockets, 990 of these in FIN_WAIT2");
	findings_expect_in(test, f->host, "the limit is 1024");
	findings_expect_not_in(test, f->what, "connections with");
	x->fds.with_peer = 900;
	x->fds.peer.s6_addr32[0] = htonl(0x0a000102);
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "; 900 of its sockets are connections with 10.0.1.2");
	x->fds.with_peer = 0;
	findings_expect_in(test, f->evidence, " fds=1024 fd_limit=1024");
	x->fds.state = TCP_CLOSE_WAIT;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "990 are sockets in CLOSE_WAIT");
	x->fds.in_state = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "/proc/PID/fd");
	/* it accepts all the same, or nobody knows */
	x->accepted_per_s = 5;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "is slow to accept");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "EMFILE"));
	x->accepted_per_s = 0;
	x->rates_known = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "EMFILE"));
	x->rates_known = true;
	/* one is left, or nobody knows */
	x->fds.used = 1023;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "accept() in a loop");
	x->fds.used = 1024;
	x->fds.known = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "accept() in a loop");
	KUNIT_EXPECT_NULL(test, strstr(f->evidence, "fds="));
	c->facts.listen.overflow[0] = *x;
	x->listeners = 0;
	x = &c->facts.listen.overflow[0];
	x->now = true;
	x->fds.known = true;
	findings_expect_one(test, c, "accept_queue_overflow", TCPDIAG_CRITICAL);
	findings_expect_in(test, f->what, "EMFILE");
	KUNIT_EXPECT_NULL(test, strstr(f->application, "hangs"));
	findings_expect_not_in(test, f->what, "tcp_abort_on_overflow");
	c->facts.listen.aborts = true;
	findings_judge(c);
	findings_expect_in(test, f->what, "tcp_abort_on_overflow is 1");
}

/* Who has inherited a listener will never accept; one that accepts is left. */
static void listen_inherited(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	x->owner.lister = (struct tcpdiag_owner){ .comm = "webd" };
	x->owner.inherited = true;
	x->accepted_us = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "inherited"));
	x->wait_us = STOPPED_US;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "it has inherited the listener");
	findings_expect_in(test, f->application,
			   "webd (has ended): set close-on-exec");
	findings_expect_in(test, f->host, "end nginx (pid 812), which keeps");
	/* who listened has it too, as a service manager does */
	x->owner.kept = true;
	x->never = true;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "inherited"));
	findings_expect_in(test, f->application,
			   "webd (has ended) called listen(), nginx (pid 812) has inherited the listener (fork, exec); if that one is not meant to accept, set close-on-exec");
	x->never = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "where the program hangs");
	x->owner.kept = false;
	x->accepted_per_s = 1;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "accept() in a loop");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "inherited"));
	x->accepted_per_s = 0;
	x->rates_known = false;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "inherited"));
}

/* Nothing was ever accepted; or nothing for a while. */
static void listen_never(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	x->accepted_us = 0;
	x->never = true;
	x->wait_us = STOPPED_US;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "does not accept");
	findings_expect_in(test, f->what, "nothing was ever accepted here");
	KUNIT_EXPECT_NULL(test, strstr(f->application, "more workers"));
	x->never = false;
	x->wait_us = 0;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "is slow to accept");
	x->wait_us = STOPPED_US;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "where the program hangs");
	x->accepted_us = STOPPED_US - 1;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "is slow to accept");
	x->accepted_us++;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "the last one was accepted 10.0 s ago");
}

/* Nobody is told to use what he uses. */
static void listen_reuseport(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact *x = &c->facts.listen.slow[0];
	const struct tcpdiag_finding *f = &c->out.found[0];

	have(x, 1);
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->application, "(SO_REUSEPORT)");
	x->reuseport = true;
	x->sharing = 1;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->application, "SO_REUSEPORT"));
	x->sharing = 4;
	x->accepting = 9;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "one of 4 listeners of this port (SO_REUSEPORT), for which 9 connections wait in all");
	findings_expect_in(test, f->application, "this one of the 4 listeners");
	findings_expect_in(test, f->evidence, " sharing=4 accepting=9");
}

/* The longest names, the longest numbers. */
static void listen_fits(struct kunit *test)
{
	struct findings_case *c = listen_case(test);
	struct tcpdiag_listener_fact x, none = {};

	memset(&x, 0xff, sizeof(x));
	x.v6 = true;
	x.now = true;
	x.rates_known = true;
	x.owner.holders_known = true;
	x.owner.holder.kernel = false;
	x.owner.holder.pid = INT_MAX;
	x.owner.holder.halted = TCPDIAG_HALTED_NOT;
	memset(x.owner.holder.comm, '\n', sizeof(x.owner.holder.comm));
	x.owner.holder.comm[TASK_COMM_LEN - 1] = '\0';
	x.owner.lister = x.owner.holder;
	x.fds.state = TCP_CLOSE_WAIT;
	x.accepted_per_s = 0;
	x.since_us = 86400000000ULL * 999;
	x.wait_us = x.since_us;
	c->facts.listen.full_per_s = U32_MAX;
	c->facts.listen.valid_per_s = U32_MAX;
	x.done_per_s = U32_MAX;
	x.overflows_minute = U32_MAX;
	c->facts.listen.flood[0] = x;
	findings_expect_one(test, c, "syn_flood", TCPDIAG_WARNING);
	c->facts.listen.flood[0] = none;
	c->facts.listen.overflow[0] = x;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	c->facts.listen.overflow[0] = none;
	c->facts.listen.syn_full[0] = x;
	findings_expect_one(test, c, "syn_queue_full", TCPDIAG_WARNING);
	c->facts.listen.syn_full[0] = none;
	c->facts.listen.slow[0] = x;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x.fds.known = false;
	c->facts.listen.slow[0] = x;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x.owner.kept = false;
	c->facts.listen.slow[0] = x;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	x.owner.inherited = false;
	c->facts.listen.slow[0] = x;
	findings_expect_one(test, c, "slow_accept", TCPDIAG_WARNING);
	c->facts.listen.slow[0] = none;
	c->facts.listen.overflow[0] = x;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	x.owner.holder.halted = TCPDIAG_HALTED_STOPPED;
	c->facts.listen.overflow[0] = x;
	findings_expect_one(test, c, "accept_queue_overflow",
			    TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].application, "kill -CONT");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(listen_flood),
	KUNIT_CASE(listen_flood_of_none),
	KUNIT_CASE(listen_overflow_knob),
	KUNIT_CASE(listen_overflow_stopped),
	KUNIT_CASE(listen_accepted_unknown),
	KUNIT_CASE(listen_syn_queue_full),
	KUNIT_CASE(listen_slow),
	KUNIT_CASE(listen_starts),
	KUNIT_CASE(listen_several),
	KUNIT_CASE(listen_owners),
	KUNIT_CASE(listen_no_descriptors),
	KUNIT_CASE(listen_inherited),
	KUNIT_CASE(listen_never),
	KUNIT_CASE(listen_reuseport),
	KUNIT_CASE(listen_fits),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_listen",
	.test_cases = cases,
};

kunit_test_suite(suite);
