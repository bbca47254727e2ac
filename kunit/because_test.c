// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the order of findings: which follows from which, and which is told
 * first. One of what is not known, or of another program, port or peer, follows
 * from nothing.
 */
#include <kunit/test.h>

#include "diagnose/because.c"
#include "findings_case.h"

static struct tcpdiag_findings *empty(struct kunit *test)
{
	struct tcpdiag_findings *fs = kunit_kzalloc(test, sizeof(*fs),
						    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fs);
	return fs;
}

/* They come in the order of their severities, as from the judgement. */
static struct tcpdiag_about *finds(struct tcpdiag_findings *fs,
				   const char *code,
				   enum tcpdiag_severity severity)
{
	struct tcpdiag_finding *f;

	fs->code = code;
	f = tcpdiag_findings_add(fs, severity);
	tcpdiag_say(f->what, "%s", code);
	return &f->about;
}

static void expect(struct kunit *test, struct tcpdiag_findings *fs,
		   unsigned int n, const char *code, unsigned int because)
{
	const struct tcpdiag_finding *f = &fs->found[n - 1];

	KUNIT_EXPECT_STREQ(test, f->code, code);
	KUNIT_EXPECT_STREQ(test, f->what, code);
	KUNIT_EXPECT_EQ_MSG(test, f->because, because, "%s", code);
}

/* A leak that takes all descriptors, and the same program's listener. */
static struct tcpdiag_findings *leak_and_listener(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	a = finds(fs, "accept_queue_overflow", TCPDIAG_CRITICAL);
	a->owner.pid = 812;
	a->port = 80;
	a = finds(fs, "close_wait_leak", TCPDIAG_WARNING);
	a->owner.pid = 812;
	a->peer_port = 5432;
	a->no_fds = true;
	return fs;
}

/*
 * Sockets of a backend wait, and on both of its sides those of a proxy that connects to
 * port 9000; the backend listens on @port, and @holder holds what is on its side.
 */
static struct tcpdiag_findings *proxy(struct kunit *test, u16 port,
				      pid_t holder)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	a = finds(fs, "close_wait_leak", TCPDIAG_WARNING);
	a->owner.pid = 204;
	a->port = port;
	a = finds(fs, "close_wait_leak", TCPDIAG_NOTE);
	a->owner.pid = 227;
	a->port = 8000;
	a->peer_port = 9000;
	a->peer_here = true;
	a = finds(fs, "held_sockets", TCPDIAG_NOTE);
	a->owner.pid = holder;
	a->peer_port = 9000;
	return fs;
}

/* The proxy's sockets wait for the backend's. */
static void because_of_the_next(struct kunit *test)
{
	struct tcpdiag_findings *fs = proxy(test, 9000, 227);

	tcpdiag_because(fs);
	expect(test, fs, 1, "close_wait_leak", 0);
	expect(test, fs, 2, "close_wait_leak", 1);
	expect(test, fs, 3, "held_sockets", 2);
}

/* Where the next one is not on this box, the proxy itself comes first. */
static void because_not_of_another_port(struct kunit *test)
{
	struct tcpdiag_findings *fs = proxy(test, 9001, 228);

	tcpdiag_because(fs);
	expect(test, fs, 1, "close_wait_leak", 0);
	expect(test, fs, 2, "close_wait_leak", 0);
	expect(test, fs, 3, "held_sockets", 0);
}

static void because_of_descriptors(struct kunit *test)
{
	struct tcpdiag_findings *fs = leak_and_listener(test);

	tcpdiag_because(fs);
	expect(test, fs, 1, "close_wait_leak", 0);
	expect(test, fs, 2, "accept_queue_overflow", 1);
}

static void because_not_of_another_program(struct kunit *test)
{
	struct tcpdiag_findings *fs = leak_and_listener(test);

	fs->found[1].about.owner.pid = 813;
	tcpdiag_because(fs);
	expect(test, fs, 1, "accept_queue_overflow", 0);
	expect(test, fs, 2, "close_wait_leak", 0);
}

/* The reader may not see owners, or descriptors are left. */
static void because_not_of_what_is_unknown(struct kunit *test)
{
	struct tcpdiag_findings *fs = leak_and_listener(test);

	fs->found[0].about.owner.pid = 0;
	fs->found[1].about.owner.pid = 0;
	tcpdiag_because(fs);
	expect(test, fs, 1, "accept_queue_overflow", 0);
	fs = leak_and_listener(test);
	fs->found[1].about.no_fds = false;
	tcpdiag_because(fs);
	expect(test, fs, 1, "accept_queue_overflow", 0);
	expect(test, fs, 2, "close_wait_leak", 0);
}

/* Who connects in vain to a listener of this box follows from its queue. */
static void because_of_a_listener_here(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *queue, *vain;

	queue = finds(fs, "accept_queue_overflow", TCPDIAG_WARNING);
	queue->port = 8080;
	vain = finds(fs, "connects_fail", TCPDIAG_WARNING);
	vain->peer.s6_addr32[0] = htonl(INADDR_LOOPBACK);
	vain->peer_port = 8080;
	vain->error = ETIMEDOUT;
	tcpdiag_because(fs);
	expect(test, fs, 2, "connects_fail", 0);
	vain->peer_here = true;
	tcpdiag_because(fs);
	expect(test, fs, 2, "connects_fail", 1);
	/* it listens on another address */
	queue->local.s6_addr32[0] = htonl(0x0a000001);
	tcpdiag_because(fs);
	expect(test, fs, 2, "connects_fail", 0);
	queue->local = vain->peer;
	tcpdiag_because(fs);
	expect(test, fs, 2, "connects_fail", 1);
	/* nobody listens: that is no queue */
	vain->error = ECONNREFUSED;
	tcpdiag_because(fs);
	expect(test, fs, 2, "connects_fail", 0);
}

/* The pool's server has closed; what the same program accepted is another matter. */
static void because_of_a_pool(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	a = finds(fs, "close_wait_leak", TCPDIAG_CRITICAL);
	a->owner.pid = 812;
	a->port = 8080;
	a = finds(fs, "close_wait_leak", TCPDIAG_WARNING);
	a->owner.pid = 812;
	a->peer_port = 5432;
	a = finds(fs, "pool_outlives_server", TCPDIAG_NOTE);
	a->owner.pid = 812;
	a->peer_port = 5432;
	tcpdiag_because(fs);
	expect(test, fs, 1, "close_wait_leak", 0);
	expect(test, fs, 2, "pool_outlives_server", 0);
	expect(test, fs, 3, "close_wait_leak", 2);
}

/* Both ends of a connection of this host: the one that does not read is the cause. */
static void because_of_a_reader(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	a = finds(fs, "zero_window_peer", TCPDIAG_WARNING);
	a->peer_port = 9092;
	a->peer_here = true;
	a = finds(fs, "zero_window_own", TCPDIAG_WARNING);
	a->port = 9092;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_own", 0);
	expect(test, fs, 2, "zero_window_peer", 1);
}

/* What is read on one side of a proxy is passed on to the other. */
static void because_it_passes_on(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *own, *peer;

	own = finds(fs, "zero_window_own", TCPDIAG_WARNING);
	own->owner.pid = 9;
	own->peer_port = 9000;
	own->sockets = 3;
	peer = finds(fs, "zero_window_peer", TCPDIAG_NOTE);
	peer->owner.pid = 9;
	peer->port = 80;
	peer->sockets = 2;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_own", 0);
	/* a client for each that is not read */
	peer->sockets = 3;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_peer", 0);
	expect(test, fs, 2, "zero_window_own", 1);
	/* both are clients */
	own = &fs->found[1].about;
	own->peer_port = 0;
	own->port = 80;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_own", 0);
	/* it does not read because it may not run */
	own = &fs->found[0].about;
	own->port = 0;
	own->peer_port = 9000;
	own->owner.halted = TCPDIAG_HALTED_STOPPED;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_own", 0);
	expect(test, fs, 2, "zero_window_peer", 0);
}

/* Threads that all wait in send() neither read nor accept. */
static void because_all_write(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *unread, *peer;

	unread = finds(fs, "requests_unread", TCPDIAG_WARNING);
	unread->owner.pid = 9;
	unread->port = 5222;
	peer = finds(fs, "zero_window_peer", TCPDIAG_NOTE);
	peer->owner.pid = 9;
	peer->sockets = 1;
	tcpdiag_because(fs);
	expect(test, fs, 1, "requests_unread", 0);
	peer->all_write = true;
	tcpdiag_because(fs);
	expect(test, fs, 1, "zero_window_peer", 0);
	expect(test, fs, 2, "requests_unread", 1);
}

/* Short connections use up the ports, if these are in TIME_WAIT. */
static void because_of_churn(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *ports, *churn;

	ports = finds(fs, "ports_exhausted", TCPDIAG_CRITICAL);
	churn = finds(fs, "connection_churn", TCPDIAG_NOTE);
	ports->peer_port = 6379;
	churn->peer_port = 6379;
	tcpdiag_because(fs);
	expect(test, fs, 1, "ports_exhausted", 0);
	ports->time_wait = true;
	tcpdiag_because(fs);
	expect(test, fs, 1, "connection_churn", 0);
	expect(test, fs, 2, "ports_exhausted", 1);
}

/* The worst group is first; of equal ones that which explains most. */
static void because_order(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	finds(fs, "impossible_transition", TCPDIAG_CRITICAL);
	a = finds(fs, "syn_flood", TCPDIAG_WARNING);
	a->port = 25;
	a = finds(fs, "accept_queue_overflow", TCPDIAG_WARNING);
	a->port = 80;
	a = finds(fs, "slow_accept", TCPDIAG_WARNING);
	a->port = 80;
	a = finds(fs, "close_wait_leak", TCPDIAG_WARNING);
	a->port = 80;
	a->unaccepted = true;
	finds(fs, "stale_established", TCPDIAG_NOTE);
	tcpdiag_because(fs);
	expect(test, fs, 1, "impossible_transition", 0);
	expect(test, fs, 2, "accept_queue_overflow", 0);
	expect(test, fs, 3, "slow_accept", 2);
	expect(test, fs, 4, "close_wait_leak", 2);
	expect(test, fs, 5, "syn_flood", 0);
	expect(test, fs, 6, "stale_established", 0);
}

/* Two that could each follow from the other: one of them is the cause. */
static void because_no_circle(struct kunit *test)
{
	struct tcpdiag_findings *fs = leak_and_listener(test);

	fs->found[1].about.port = 80;
	fs->found[1].about.unaccepted = true;
	tcpdiag_because(fs);
	expect(test, fs, 1, "close_wait_leak", 0);
	expect(test, fs, 2, "accept_queue_overflow", 1);
}

/* As many as are kept, in reverse: none is lost or doubled. */
static void because_full(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;
	unsigned int i, seen = 0;

	for (i = 0; i < TCPDIAG_FINDINGS_MAX / 2; i++) {
		a = finds(fs, "slow_accept", TCPDIAG_WARNING);
		a->port = 1 + i;
	}
	for (i = 0; i < TCPDIAG_FINDINGS_MAX / 2; i++) {
		a = finds(fs, "accept_queue_overflow", TCPDIAG_WARNING);
		a->port = TCPDIAG_FINDINGS_MAX / 2 - i;
	}
	tcpdiag_because(fs);
	for (i = 0; i < TCPDIAG_FINDINGS_MAX; i += 2) {
		expect(test, fs, i + 1, "accept_queue_overflow", 0);
		expect(test, fs, i + 2, "slow_accept", i + 1);
		KUNIT_EXPECT_EQ(test, fs->found[i].about.port,
				fs->found[i + 1].about.port);
		seen |= BIT(fs->found[i].about.port);
	}
	KUNIT_EXPECT_EQ(test, hweight32(seen), TCPDIAG_FINDINGS_MAX / 2);
}

static void because_about_same(struct kunit *test)
{
	struct tcpdiag_about a = { .port = 80, .owner.pid = 5 };
	struct tcpdiag_about b = { .port = 80, .owner.pid = 6 };

	KUNIT_EXPECT_TRUE(test, tcpdiag_about_same(&a, &b));
	b.peer_port = 1;
	KUNIT_EXPECT_FALSE(test, tcpdiag_about_same(&a, &b));
}

/* A queue that is full drops. */
static void because_queue(struct kunit *test)
{
	static const char *const codes[] = {
		"timeouts", "retransmits", "bufferbloat",
	};
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		a = finds(fs, codes[i], TCPDIAG_NOTE);
		a->peer_port = 5432;
		a->peer.s6_addr32[0] = htonl(0x0a000005);
	}
	tcpdiag_because(fs);
	expect(test, fs, 1, "bufferbloat", 0);
	expect(test, fs, 2, "timeouts", 1);
	expect(test, fs, 3, "retransmits", 1);
}

/* What is lost is sent again, and at the end of a message not before a timeout. */
static void because_loss(struct kunit *test)
{
	struct tcpdiag_findings *fs = empty(test);
	struct tcpdiag_about *a;

	a = finds(fs, "timeouts", TCPDIAG_WARNING);
	a->peer_port = 5432;
	a->peer.s6_addr32[0] = htonl(0x0a000005);
	a = finds(fs, "retransmits", TCPDIAG_WARNING);
	a->peer_port = 5432;
	a->peer.s6_addr32[0] = htonl(0x0a000005);
	tcpdiag_because(fs);
	expect(test, fs, 1, "retransmits", 0);
	expect(test, fs, 2, "timeouts", 1);
	/* to another one */
	fs = empty(test);
	a = finds(fs, "timeouts", TCPDIAG_WARNING);
	a->peer_port = 5432;
	a = finds(fs, "retransmits", TCPDIAG_WARNING);
	a->peer_port = 5432;
	a->peer.s6_addr32[0] = htonl(0x0a000006);
	tcpdiag_because(fs);
	expect(test, fs, 1, "timeouts", 0);
	expect(test, fs, 2, "retransmits", 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(because_queue),
	KUNIT_CASE(because_loss),
	KUNIT_CASE(because_of_the_next),
	KUNIT_CASE(because_not_of_another_port),
	KUNIT_CASE(because_of_descriptors),
	KUNIT_CASE(because_not_of_another_program),
	KUNIT_CASE(because_not_of_what_is_unknown),
	KUNIT_CASE(because_of_a_listener_here),
	KUNIT_CASE(because_of_a_pool),
	KUNIT_CASE(because_of_a_reader),
	KUNIT_CASE(because_it_passes_on),
	KUNIT_CASE(because_all_write),
	KUNIT_CASE(because_of_churn),
	KUNIT_CASE(because_order),
	KUNIT_CASE(because_no_circle),
	KUNIT_CASE(because_full),
	KUNIT_CASE(because_about_same),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_because",
	.test_cases = cases,
};

kunit_test_suite(suite);
