// SPDX-License-Identifier: GPL-2.0
/*
 * What the hooks tell of the sockets of the test at load.
 *
 * An argument of a hooked function is only compared until it has proved to be
 * what it is taken for: the first of them that is known is a socket of the test.
 * What else is behind one is read so that a wrong address does no harm.
 */
#include <linux/interrupt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <net/inet_sock.h>
#include <net/inet_timewait_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "account/attempts.h"
#include "compat.h"
#include "hooks/selftest.h"
#include "store/addr.h"
#include "store/record.h"

/* Two listeners, three clients and two children make about 40. */
#define EVENTS	64
#define KNOWN	16
#define PORTS	2

DEFINE_STATIC_KEY_FALSE(tcpdiag_test_key);

/**
 * struct test_log - what is known and what was told
 * @lock: protects the rest; hooks may come at the same time
 * @known: sockets and minisockets of the test
 * @knowns: how many
 * @port: ports that the listeners of the test have
 * @ports: how many
 * @rec: a record of the last socket that began to connect, as conn.c makes it
 * @event: the events, in their order
 * @n: how many
 * @lost: there was no room for something
 */
static struct test_log {
	spinlock_t lock; /* the rest */
	const void *known[KNOWN];
	unsigned int knowns;
	u16 port[PORTS];
	unsigned int ports;
	struct tcpdiag_record rec;
	struct tcpdiag_test_event event[EVENTS];
	unsigned int n;
	bool lost;
} test_log = {
	.lock = __SPIN_LOCK_UNLOCKED(test_log.lock),
};

/**
 * tcpdiag_test_log_clear() - forget everything
 *
 * Context: process.
 */
void tcpdiag_test_log_clear(void)
{
	spin_lock_irq(&test_log.lock);
	test_log.knowns = 0;
	test_log.ports = 0;
	test_log.n = 0;
	test_log.lost = false;
	spin_unlock_irq(&test_log.lock);
}

static bool is_known(const void *sk)
{
	unsigned int i;

	lockdep_assert_held(&test_log.lock);
	for (i = 0; i < test_log.knowns; i++)
		if (test_log.known[i] == sk)
			return true;
	return false;
}

static void know(const void *sk)
{
	lockdep_assert_held(&test_log.lock);
	if (is_known(sk))
		return;
	if (test_log.knowns == KNOWN)
		test_log.lost = true;
	else
		test_log.known[test_log.knowns++] = sk;
}

/**
 * tcpdiag_test_log_know() - log the events of a socket from now on
 * @sk: the socket
 *
 * Context: process.
 */
void tcpdiag_test_log_know(const void *sk)
{
	spin_lock_irq(&test_log.lock);
	know(sk);
	spin_unlock_irq(&test_log.lock);
}

/**
 * tcpdiag_test_log_know_port() - log the events of a listener's children too
 * @port: its port
 *
 * Context: process.
 */
void tcpdiag_test_log_know_port(u16 port)
{
	spin_lock_irq(&test_log.lock);
	if (test_log.ports == PORTS)
		test_log.lost = true;
	else
		test_log.port[test_log.ports++] = port;
	spin_unlock_irq(&test_log.lock);
}

/**
 * tcpdiag_test_log_is_whole() - whether there was room for everything
 *
 * Context: process.
 * Return: false if an event may be missing.
 */
bool tcpdiag_test_log_is_whole(void)
{
	return !READ_ONCE(test_log.lost);
}

/**
 * tcpdiag_test_log_at() - an event
 * @index: 0 for the first
 *
 * Context: process; while nothing is added.
 * Return: the event; NULL after the last.
 */
const struct tcpdiag_test_event *tcpdiag_test_log_at(unsigned int index)
{
	return index < test_log.n ? &test_log.event[index] : NULL;
}

/* NULL without room. */
static struct tcpdiag_test_event *add(enum tcpdiag_test_kind kind,
				      const void *sk, const void *other)
{
	struct tcpdiag_test_event *e;

	lockdep_assert_held(&test_log.lock);
	if (test_log.n == EVENTS) {
		test_log.lost = true;
		return NULL;
	}
	e = &test_log.event[test_log.n++];
	*e = (struct tcpdiag_test_event) {
		.kind = kind,
		.softirq = in_serving_softirq(),
		.cpu = raw_smp_processor_id(),
		.sk = sk,
		.other = other,
		.cause = TCPDIAG_CAUSES,
	};
	return e;
}

/* Whether a socket that enters SYN_RECV may be a child of the test's listeners. */
static bool may_be_child(const struct sock *sk)
{
	unsigned int i;

	lockdep_assert_held(&test_log.lock);
	if (!net_eq(sock_net(sk), &init_net))
		return false;
	for (i = 0; i < test_log.ports; i++)
		if (test_log.port[i] == inet_sk(sk)->inet_num)
			return true;
	return false;
}

static void add_state(const struct sock *sk, int old, int new)
{
	struct tcpdiag_test_event *e;

	lockdep_assert_held(&test_log.lock);
	if (new == TCP_SYN_RECV && may_be_child(sk))
		know(sk);
	if (!is_known(sk))
		return;
	e = add(TCPDIAG_TEST_STATE, sk, NULL);
	if (!e)
		return;
	e->old = old;
	e->new = new;
	e->port = inet_sk(sk)->inet_num;
	e->flags = tcpdiag_addr_listener_flags(sk);
	if (new == TCP_SYN_SENT) {
		test_log.rec.in.bound = inet_sk(sk)->inet_num;
		test_log.rec.in.sent = tcp_sk(sk)->segs_out;
		test_log.rec.in.sport = inet_sk(sk)->inet_sport;
	}
	if (old == TCP_SYN_SENT && new == TCP_CLOSE)
		e->cause = tcpdiag_attempts_cause(sk, &test_log.rec);
}

/**
 * tcpdiag_test_state() - log a change of state; in place of tcpdiag_conn_event()
 * @unused: data of the tracepoint
 * @sk: the socket
 * @left: the state it leaves
 * @entered: the state it enters
 *
 * Context: softirq or process, socket locked.
 */
void tcpdiag_test_state(void *unused, const struct sock *sk, const int left,
			const int entered)
{
	unsigned long irqflags;

	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	spin_lock_irqsave(&test_log.lock, irqflags);
	add_state(sk, left, entered);
	spin_unlock_irqrestore(&test_log.lock, irqflags);
}

/* An event of a socket or minisocket that has no more to it. */
static void log_plain(enum tcpdiag_test_kind kind, const void *sk,
		      const void *other)
{
	unsigned long irqflags;

	spin_lock_irqsave(&test_log.lock, irqflags);
	if (is_known(sk ?: other))
		add(kind, sk, other);
	spin_unlock_irqrestore(&test_log.lock, irqflags);
}

/**
 * tcpdiag_test_destroy() - log a socket's end; in place of
 *	tcpdiag_closed_retire()
 * @unused: data of the tracepoint
 * @sk: the socket
 *
 * Context: softirq or process.
 */
void tcpdiag_test_destroy(void *unused, struct sock *sk)
{
	log_plain(TCPDIAG_TEST_DESTROY, sk, NULL);
}

/**
 * tcpdiag_test_request() - log a request
 * @listener: what is taken for the listening socket
 * @req: what is taken for the request
 *
 * Context: softirq.
 */
void tcpdiag_test_request(const struct sock *listener,
			  const struct request_sock *req)
{
	struct sock *of;
	unsigned long irqflags;

	spin_lock_irqsave(&test_log.lock, irqflags);
	if (is_known(listener) &&
	    !get_kernel_nofault(of, &req->rsk_listener) && of == listener)
		add(TCPDIAG_TEST_REQUEST, listener, req);
	spin_unlock_irqrestore(&test_log.lock, irqflags);
}

/**
 * tcpdiag_test_mini_begin() - log a minisocket that takes a socket's place
 * @tw: what is taken for the minisocket
 * @sk: what is taken for the full socket
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_test_mini_begin(const struct inet_timewait_sock *tw,
			     const struct sock *sk)
{
	struct tcpdiag_test_event *e;
	unsigned char substate;

	spin_lock(&test_log.lock);
	if (!is_known(sk) ||
	    get_kernel_nofault(substate,
			       (const unsigned char *)&tw->tw_substate))
		goto out;
	know(tw);
	e = add(TCPDIAG_TEST_MINI_BEGIN, sk, tw);
	if (e) {
		e->old = sk->sk_state;
		e->new = substate;
	}
out:
	spin_unlock(&test_log.lock);
}

/**
 * tcpdiag_test_mini_segment() - log a minisocket that has a segment to handle
 * @tw: what is taken for the minisocket
 *
 * Context: softirq.
 */
void tcpdiag_test_mini_segment(const struct inet_timewait_sock *tw)
{
	log_plain(TCPDIAG_TEST_MINI_SEGMENT, NULL, tw);
}

/**
 * tcpdiag_test_mini_end() - log a minisocket that is freed
 * @tw: what is taken for the minisocket
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_test_mini_end(const struct inet_timewait_sock *tw)
{
	log_plain(TCPDIAG_TEST_MINI_END, NULL, tw);
}
