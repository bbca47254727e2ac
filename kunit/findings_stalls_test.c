// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on connections that cannot go on.
 */
#include <kunit/test.h>

#include "diagnose/findings_stalls.c"
#include "findings_case.h"

/* One group of connections to 10.0.0.5:5432. */
static struct tcpdiag_stall_group *group(struct findings_case *c,
					 enum tcpdiag_stall_cause cause)
{
	struct tcpdiag_stalls_facts *s = &c->facts.stalls;
	struct tcpdiag_stall_group *g = &s->group[s->n++];

	s->retries = 15;
	s->keepalive_s = 7200;
	g->owner = (struct tcpdiag_owner) { .pid = 9, .comm = "app" };
	g->connected = true;
	g->one_peer = true;
	g->peer.s6_addr32[0] = htonl(0x0a000005);
	g->port = 5432;
	g->sockets = 3;
	g->bytes = 300;
	g->longest = (struct tcpdiag_stall) {
		.cause = cause,
		.for_us = 6 * USEC_PER_SEC,
		.bytes = 100,
		.tries = 4,
		.next_known = true,
		.next_us = 2 * USEC_PER_SEC,
	};
	return g;
}

static void stalls_peer_silent(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_PEER_SILENT);
	g->longest.end_known = true;
	g->longest.end_us = 900 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, "peer_silent", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432: the peer answers nothing, the longest for 6.0 s; 300 bytes wait, and the kernel tries again and again; the next try is in 2.0 s, and the program gets ETIMEDOUT in 15m00s");
	KUNIT_EXPECT_PTR_EQ(test, strstr(f->what, "forgotten"), NULL);
	findings_expect_in(test, f->application, "TCP_USER_TIMEOUT");
	findings_expect_in(test, f->host, "tcp_retries2 is 15");
	KUNIT_EXPECT_EQ(test, f->about.peer_port, 5432);
	/* idle before */
	g->idle_us = 360 * (u64)USEC_PER_SEC;
	findings_judge(c);
	findings_expect_in(test, f->what, "nothing had come from it for 6m00s");
	findings_expect_in(test, f->application, "SO_KEEPALIVE");
	findings_expect_in(test, f->application,
			   "before they have been idle for 6m00s");
	/* clients of a server may vanish */
	g->connected = false;
	g->port = 443;
	findings_expect_one(test, c, "peer_silent", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "on port 443 with 10.0.0.5: the");
	KUNIT_EXPECT_EQ(test, f->about.port, 443);
	g->one_peer = false;
	findings_judge(c);
	findings_expect_in(test, f->what, "on port 443 with several peers");
}

/* This host's own fault, also of connections that were accepted. */
static void stalls_not_sent(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_NOT_SENT);
	findings_expect_one(test, c, "not_sent", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 cannot send: what they send does not leave this host, the longest for 6.0 s; 300 bytes wait");
	findings_expect_in(test, f->host, "nft list ruleset");
	findings_expect_in(test, f->host, "TcpExtTCPRetransFail");
	KUNIT_EXPECT_TRUE(test, f->about.not_sent);
	g->connected = false;
	g->port = 443;
	findings_expect_one(test, c, "not_sent", TCPDIAG_WARNING);
}

/* The address has moved to another host, or was removed. */
static void stalls_gone(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_NOT_SENT);
	g->local.s6_addr32[0] = htonl(0x0a000105);
	g->gone = 2;
	findings_expect_one(test, c, "not_sent", TCPDIAG_WARNING);
	findings_expect_not_in(test, f->what, "gone");
	KUNIT_EXPECT_TRUE(test, f->about.not_sent);
	g->gone = 3;
	findings_expect_one(test, c, "not_sent", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "their address here, 10.0.1.5, is gone from this host");
	findings_expect_not_in(test, f->host, "nft");
	KUNIT_EXPECT_FALSE(test, f->about.not_sent);
	g->longest.cause = TCPDIAG_STALL_PEER_SILENT;
	findings_expect_one(test, c, "peer_silent", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "is gone from this host");
	findings_expect_not_in(test, f->application, "peer's host");
}

static void stalls_mtu_black_hole(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_LARGE_LOST);
	g->longest.segment = 1448;
	findings_expect_one(test, c, "mtu_black_hole", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 lose every large segment (1448 bytes), the longest for 6.0 s");
	findings_expect_in(test, f->what, "smaller MTU");
	findings_expect_in(test, f->host, "tcp_mtu_probing is 0");
	findings_expect_in(test, f->host, "clamp the MSS");
}

static void stalls_zero_window_peer(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_ZERO_WINDOW_PEER);
	findings_expect_one(test, c, "zero_window_peer", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 cannot send: the peer has closed its window");
	findings_expect_in(test, f->what, "waits without end");
	findings_expect_in(test, f->application, "this end is not at fault");
	/* nobody else is served meanwhile */
	g->threads = 2;
	g->writers = 1;
	findings_judge(c);
	KUNIT_EXPECT_FALSE(test, f->about.all_write);
	g->writers = 2;
	findings_judge(c);
	KUNIT_EXPECT_TRUE(test, f->about.all_write);
	findings_expect_in(test, f->what,
			   "; all 2 threads of the program wait in send() for that");
	findings_expect_in(test, f->application, "one peer holds up all of them");
	/* not by the peer, if it may not run */
	g->owner.halted = TCPDIAG_HALTED_STOPPED;
	findings_judge(c);
	KUNIT_EXPECT_FALSE(test, f->about.all_write);
	findings_expect_not_in(test, f->what, "wait in send()");
	g->owner.halted = TCPDIAG_HALTED_NOT;
	g->writers = 0;
	g->longest.end_known = true;
	findings_judge(c);
	KUNIT_EXPECT_PTR_EQ(test, strstr(f->what, "without end"), NULL);
	/* one may pause, for a while */
	g->sockets = 1;
	findings_expect_one(test, c, "zero_window_peer", TCPDIAG_NOTE);
	g->longest.for_us = PAUSE_US;
	findings_expect_one(test, c, "zero_window_peer", TCPDIAG_WARNING);
	g->connected = false;
	findings_expect_one(test, c, "zero_window_peer", TCPDIAG_NOTE);
}

static void stalls_zero_window_own(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_ZERO_WINDOW_OWN);
	g->longest.next_known = false;
	/* a proxy waits for its own clients, a consumer works on what it has */
	findings_expect_one(test, c, "zero_window_own", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "app (pid 9) does not read: 3 connections to 10.0.0.5:5432 are full, the longest for 6.0 s, with 300 bytes unread");
	KUNIT_EXPECT_PTR_EQ(test, strstr(f->evidence, "tries"), NULL);
	findings_expect_in(test, f->application, "gdb");
	/* neither end reads */
	g->mutual = 1;
	findings_expect_one(test, c, "zero_window_own", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "; on 1 of them so does this end");
	findings_expect_in(test, f->application, "gdb");
	g->mutual = 2;
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "; on 2 of them so does this end, because the peer does not read either");
	g->mutual = 3;
	findings_judge(c);
	findings_expect_in(test, f->what, "; so does this end, because");
	findings_expect_not_in(test, f->application, "gdb");
	/* it may not run */
	g->owner.halted = TCPDIAG_HALTED_STOPPED;
	findings_judge(c);
	findings_expect_not_in(test, f->what, "so does this end");
	g->mutual = 0;
	findings_expect_in(test, f->what, "app (pid 9, stopped) does not read");
	findings_expect_in(test, f->application, "kill -CONT 9");
	g->owner.halted = TCPDIAG_HALTED_FROZEN;
	findings_judge(c);
	findings_expect_in(test, f->what, "app (pid 9, frozen) does not read");
	findings_expect_in(test, f->application, "docker unpause");
	g->owner.halted = TCPDIAG_HALTED_NOT;
	/* whoever connected */
	g->connected = false;
	g->port = 9092;
	findings_expect_one(test, c, "zero_window_own", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "on port 9092 with 10.0.0.5 are full");
}

static void stalls_slow(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_SEND_BUFFER);
	g->longest.next_known = false;
	g->longest.room = 65536;
	g->longest.bps = 10400000;
	g->longest.rtt_us = 50 * USEC_PER_MSEC;
	g->longest.per_rtt = 65000;
	findings_expect_one(test, c, "send_buffer_limited", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 reach no more than");
	findings_expect_in(test, f->what,
			   "(SO_SNDBUF) has 65536 bytes and a round trip takes 50.0 ms: 65000 bytes went out in each round trip");
	/* whoever connected: this end has set it */
	g->connected = false;
	findings_expect_one(test, c, "send_buffer_limited", TCPDIAG_WARNING);
	/* a small device among the clients of a server */
	g->longest.cause = TCPDIAG_STALL_WINDOW;
	findings_expect_one(test, c, "window_limited", TCPDIAG_NOTE);
	g->connected = true;
	findings_expect_one(test, c, "window_limited", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "SO_RCVBUF");
	/* a queue that has stood for longer than the kernel remembers the path */
	g->longest.for_us = FORGETS_US;
	findings_expect_one(test, c, "window_limited", TCPDIAG_NOTE);
	/* in half of the time in which it sent */
	g->longest.for_us = FORGETS_US / 2;
	g->longest.percent = 50;
	findings_expect_one(test, c, "window_limited", TCPDIAG_NOTE);
	g->longest.percent = 100;
	findings_expect_one(test, c, "window_limited", TCPDIAG_WARNING);
	g->longest.for_us = 6 * USEC_PER_SEC;
	g->longest.unscaled = true;
	findings_judge(c);
	findings_expect_in(test, f->what, "without window scaling");
	/* enough for most */
	g->longest.room = FAST_ROOM;
	findings_expect_one(test, c, "window_limited", TCPDIAG_NOTE);
}

static void stalls_receive_buffer(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_RECEIVE_BUFFER);
	g->longest.next_known = false;
	g->longest.room = 24576;
	g->longest.bps = 1600000;
	g->longest.rtt_us = 100 * USEC_PER_MSEC;
	g->longest.per_rtt = 20000;
	g->longest.set = true;
	c->facts.stalls.rmem_max = 6291456;
	findings_expect_one(test, c, "receive_buffer_limited", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:5432 get no more than 1.6M bit/s, because the receive buffer that the program has set (SO_RCVBUF) gives a window of 24576 bytes");
	findings_expect_in(test, f->application, "do not set SO_RCVBUF");
	/* the limit of all */
	g->longest.set = false;
	findings_expect_one(test, c, "receive_buffer_limited", TCPDIAG_WARNING);
	KUNIT_EXPECT_PTR_EQ(test, strstr(f->what, "SO_RCVBUF"), NULL);
	KUNIT_EXPECT_STREQ(test, f->application, "");
	findings_expect_in(test, f->host, "tcp_rmem's maximum, 6291456");
	/* enough for most */
	g->longest.room = FAST_ROOM;
	findings_expect_one(test, c, "receive_buffer_limited", TCPDIAG_NOTE);
}

static void stalls_requests_unread(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_stall_group *g;

	g = group(c, TCPDIAG_STALL_UNREAD);
	g->connected = false;
	g->port = 7000;
	g->longest.next_known = false;
	g->longest.for_us = UNREAD_US;
	findings_expect_one(test, c, "requests_unread", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "app (pid 9) does not read what clients have sent: on 3 connections on port 7000 with 10.0.0.5, the longest for 30.0 s, 300 bytes wait unread");
	KUNIT_EXPECT_EQ(test, f->about.port, 7000);
	/* two may be clients that nobody minds; a pause is none */
	g->sockets = SOME_UNREAD - 1;
	findings_expect_none(test, c);
	g->sockets = MANY_UNREAD;
	g->longest.for_us = UNREAD_US - 1;
	findings_expect_none(test, c);
	g->longest.for_us = PAUSE_US;
	findings_expect_one(test, c, "requests_unread", TCPDIAG_WARNING);
}

/* One finding for each program and peer. */
static void stalls_of_two(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_stall_group *g;

	group(c, TCPDIAG_STALL_PEER_SILENT);
	g = group(c, TCPDIAG_STALL_PEER_SILENT);
	g->port = 5433;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, c->out.n, 2);
	KUNIT_EXPECT_STRNEQ(test, c->out.found[0].subject,
			    c->out.found[1].subject);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stalls_peer_silent),
	KUNIT_CASE(stalls_not_sent),
	KUNIT_CASE(stalls_gone),
	KUNIT_CASE(stalls_mtu_black_hole),
	KUNIT_CASE(stalls_zero_window_peer),
	KUNIT_CASE(stalls_zero_window_own),
	KUNIT_CASE(stalls_slow),
	KUNIT_CASE(stalls_receive_buffer),
	KUNIT_CASE(stalls_requests_unread),
	KUNIT_CASE(stalls_of_two),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_stalls",
	.test_cases = cases,
};

kunit_test_suite(suite);
