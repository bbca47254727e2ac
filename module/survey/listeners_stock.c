// SPDX-License-Identifier: GPL-2.0
/*
 * Takes stock of a namespace's listeners, for survey/listeners.c: finds them, and
 * reads their queues and drops from their sockets and their handshakes from their
 * services.
 *
 * Anybody may make very many listeners, so it goes along at most
 * LISTENERS_COUNTED of them, a slice at a time, and keeps at most
 * LISTENERS_KEPT, those with something on their queues first.
 */
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/inet_sock.h>

#include "account/service.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/record.h"
#include "store/scan.h"
#include "survey/listeners_stock.h"

/* Room for more listeners than the last time. */
#define SPARE_ROOM		16
/* How often drops are read again until overflows match them. */
#define MATCH_TRIES		4
/* A look goes along at most this many listeners ... */
#define LISTENERS_COUNTED	65536
/* ... and keeps at most this many, half of them with empty queues. */
#define LISTENERS_KEPT		8192

static void read_queues(struct tcpdiag_queues *q, struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);

	q->syn = max(reqsk_queue_len(&icsk->icsk_accept_queue), 0);
	q->young = max(reqsk_queue_len_young(&icsk->icsk_accept_queue), 0);
	q->accept = READ_ONCE(sk->sk_ack_backlog);
	q->limit = READ_ONCE(sk->sk_max_ack_backlog);
	q->tfo = READ_ONCE(icsk->icsk_accept_queue.fastopenq.qlen);
	q->tfo_limit = READ_ONCE(icsk->icsk_accept_queue.fastopenq.max_qlen);
}

static void count(struct tcpdiag_listeners_total *total,
		  const struct tcpdiag_queues *q)
{
	total->n++;
	total->q.syn += q->syn;
	total->q.young += q->young;
	total->q.accept += q->accept;
	total->q.tfo += q->tfo;
}

/* Whether a listener is kept if there is room in the list. */
static bool is_wanted(const struct tcpdiag_stock *stock, bool idle)
{
	return stock->n + stock->missed < LISTENERS_KEPT &&
	       (!idle || stock->idle < LISTENERS_KEPT / 2);
}

/* The record is on a list, so its socket is not destroyed yet. */
static void collect(const struct tcpdiag_record *rec, void *arg)
{
	struct sock *sk = (struct sock *)rec->key;
	struct tcpdiag_listener *l;
	struct tcpdiag_queues q;
	struct tcpdiag_stock *stock = arg;
	bool idle;

	lockdep_assert_held(&rec->shard->lock);
	read_queues(&q, sk);
	count(&stock->total, &q);
	idle = !q.syn && !q.accept;
	if (!is_wanted(stock, idle))
		return;
	stock->idle += idle;
	if (stock->n == stock->room) {
		stock->missed++;
		return;
	}
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return;
	l = &stock->l[stock->n++];
	l->sk = sk;
	l->since = rec->entered;
	l->older = rec->flags & TCPDIAG_F_EST_AGE;
	l->pid = get_pid(rec->pid);
	memcpy(l->comm, rec->comm, sizeof(l->comm));
}

static void leave_out(struct tcpdiag_listener *l)
{
	put_pid(l->pid);
	sock_put(tcpdiag_stock_sock(l));
}

/**
 * tcpdiag_stock_drop() - let go of all listeners
 * @stock: what tcpdiag_stock_find() found; empty afterwards
 *
 * Context: process.
 */
void tcpdiag_stock_drop(struct tcpdiag_stock *stock)
{
	while (stock->n)
		leave_out(&stock->l[--stock->n]);
	kvfree(stock->l);
	memset(stock, 0, sizeof(*stock));
}

static int by_socket(const void *a, const void *b)
{
	const struct tcpdiag_listener *x = a, *y = b;

	if (x->sk == y->sk)
		return 0;
	return x->sk < y->sk ? -1 : 1;
}

/**
 * tcpdiag_stock_find() - find the listeners of a namespace
 * @stock: the result; empty before
 * @tn: the namespace
 * @expected: about how many there are
 *
 * Context: process, may sleep.
 * Return: false if memory is short; then @stock is empty.
 */
bool tcpdiag_stock_find(struct tcpdiag_stock *stock, struct tcpdiag_net *tn,
			size_t expected)
{
	size_t room = expected + SPARE_ROOM;
	int err;

	for (;;) {
		stock->room = room;
		stock->l = kvcalloc(room, sizeof(*stock->l), TCPDIAG_GFP);
		if (!stock->l)
			return false;
		err = tcpdiag_age_each(tn, TCP_LISTEN, LISTENERS_COUNTED,
				       collect, NULL, stock);
		if (err == -ENOMEM) {
			tcpdiag_stock_drop(stock);
			return false;
		}
		if (!stock->missed)
			break;
		room = stock->n + stock->missed + SPARE_ROOM;
		tcpdiag_stock_drop(stock);
	}
	stock->total.kept = stock->n;
	stock->total.partial = err || stock->total.n > stock->n;
	sort(stock->l, stock->n, sizeof(*stock->l), by_socket, NULL);
	return true;
}

/* Age of the first connection in the accept queue. */
static u64 wait_us(struct sock *sk)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	struct tcpdiag_record rec;
	struct tcpdiag_addr addr;
	struct sock *child;
	u64 now, ns = 0;
	unsigned int i;

	if (reqsk_queue_empty(queue))
		return 0;
	spin_lock_bh(&queue->rskq_lock);
	child = queue->rskq_accept_head ? queue->rskq_accept_head->sk : NULL;
	if (child)
		sock_hold(child);
	spin_unlock_bh(&queue->rskq_lock);
	if (!child)
		return 0;
	if (tcpdiag_scan_copy(child, &rec, &addr)) {
		now = ktime_get_ns();
		for (i = 1; i <= TCPDIAG_FULL_STATES; i++)
			if (i != TCP_TIME_WAIT && i != TCP_CLOSE)
				ns += rec.spent_ns[i - 1];
		ns += now - min(now, rec.entered);
		put_pid(rec.pid);
	}
	sock_put(child);
	return div_u64(ns, NSEC_PER_USEC);
}

/* Read what never changes, and the present queues. */
static void look_at(struct tcpdiag_listener *l)
{
	struct sock *sk = tcpdiag_stock_sock(l);
	const struct netns_ipv4 *ipv4 = &sock_net(sk)->ipv4;
	struct tcpdiag_addr addr;

	tcpdiag_addr_read(sk, &addr);
	l->key = tcpdiag_service_key_of(sk);
	l->addr = addr.local;
	l->port = addr.lport;
	l->v6 = sk->sk_family == AF_INET6;
	l->v6only = sk->sk_ipv6only;
	l->device = READ_ONCE(sk->sk_bound_dev_if);
	l->reuseport = sk->sk_reuseport;
	l->uid = READ_ONCE(sk->sk_uid);
	l->ino = sock_i_ino(sk);
	read_queues(&l->q, sk);
	l->syn_limit =
		tcpdiag_listener_syn_limit(l,
					   READ_ONCE(ipv4->sysctl_tcp_syncookies),
					   READ_ONCE(ipv4->sysctl_max_syn_backlog));
	l->wait_us = wait_us(sk);
	l->syn_peak = l->q.syn;
	l->accept_peak = l->q.accept;
	l->wait_max_us = l->wait_us;
}

/*
 * Leave out listeners that have been closed since they were found, and those
 * found twice, because they listened again meanwhile.
 */
static void leave_out_closed(struct tcpdiag_stock *stock)
{
	size_t i, n = 0;

	for (i = 0; i < stock->n; i++) {
		struct tcpdiag_listener *l = &stock->l[i];

		if (inet_sk_state_load(l->sk) == TCP_LISTEN && l->port &&
		    !(n && stock->l[n - 1].sk == l->sk))
			stock->l[n++] = *l;
		else
			leave_out(l);
	}
	stock->n = n;
}

/**
 * tcpdiag_stock_look() - read the figures of all listeners from their sockets
 * @stock: what tcpdiag_stock_find() found
 *
 * Those that have been closed since are left out.
 *
 * Context: process, may sleep.
 */
void tcpdiag_stock_look(struct tcpdiag_stock *stock)
{
	size_t i;

	for (i = 0; i < stock->n; i++) {
		look_at(&stock->l[i]);
		cond_resched();
	}
	leave_out_closed(stock);
}

static u64 overflows(struct tcpdiag_net *tn)
{
	return tcpdiag_mib(tn, TCPDIAG_MIB_LISTEN_OVERFLOWS);
}

/**
 * tcpdiag_stock_drops() - read what each listener dropped
 * @stock: the listeners
 * @tn: their namespace
 *
 * Context: process.
 * Return: the namespace's overflows at the same moment.
 */
u64 tcpdiag_stock_drops(struct tcpdiag_stock *stock, struct tcpdiag_net *tn)
{
	u64 before, after = overflows(tn);
	unsigned int tries = 0;
	size_t i;

	do {
		before = after;
		for (i = 0; i < stock->n; i++)
			stock->l[i].q.drops =
				atomic_read(&stock->l[i].sk->sk_drops);
		after = overflows(tn);
	} while (after != before && ++tries < MATCH_TRIES);
	return before;
}

/* Services in order of their keys; in each, the listeners of a group together. */
static int by_service(const void *a, const void *b)
{
	const struct tcpdiag_listener *x = *(void **)a, *y = *(void **)b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->reuseport != y->reuseport)
		return x->reuseport ? 1 : -1;
	if (x->v6 != y->v6)
		return x->v6 ? 1 : -1;
	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return memcmp(&x->addr, &y->addr, sizeof(x->addr));
}

static bool is_same_group(const struct tcpdiag_listener *a,
			  const struct tcpdiag_listener *b)
{
	return a->reuseport && !by_service(&a, &b);
}

/* Set the group of each of @order. */
static void group(struct tcpdiag_stock *stock, struct tcpdiag_listener **order)
{
	size_t i;

	for (i = 0; i < stock->n; i++)
		order[i]->group = i && is_same_group(order[i - 1], order[i]) ?
				  order[i - 1]->group : order[i] - stock->l;
}

/* Set what listeners of one service share: entries @from to @to of @order. */
static void share(struct tcpdiag_listener **order, size_t from, size_t to,
		  const struct tcpdiag_services *services)
{
	u64 accepting = 0, done;
	bool known;
	size_t i;

	known = tcpdiag_services_done(services, order[from]->key, &done);
	for (i = from; i < to; i++)
		accepting += order[i]->q.accept;
	for (i = from; i < to; i++) {
		order[i]->sharing = to - from;
		order[i]->done = done;
		order[i]->done_known = known;
		order[i]->accepting = accepting;
	}
}

/**
 * tcpdiag_stock_services() - set the figures that listeners of a service share
 * @stock: the listeners, at least one
 * @tn: their namespace
 * @keys: set to the keys of the services in ascending order, to be freed with
 *	kvfree(), also on failure
 *
 * Context: process, may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_stock_services(struct tcpdiag_stock *stock, struct tcpdiag_net *tn,
			    u32 **keys)
{
	struct tcpdiag_services *services = tcpdiag_services_read(tn);
	struct tcpdiag_listener **order;
	size_t i, from, to;

	order = kvmalloc_array(stock->n, sizeof(*order), TCPDIAG_GFP);
	*keys = kvmalloc_array(stock->n, sizeof(**keys), TCPDIAG_GFP);
	if (!services || !order || !*keys) {
		kvfree(services);
		kvfree(order);
		return false;
	}
	for (i = 0; i < stock->n; i++)
		order[i] = &stock->l[i];
	sort(order, stock->n, sizeof(*order), by_service, NULL);
	group(stock, order);
	for (from = 0; from < stock->n; from = to) {
		for (to = from; to < stock->n &&
		     order[to]->key == order[from]->key; to++)
			(*keys)[to] = order[to]->key;
		share(order, from, to, services);
	}
	kvfree(services);
	kvfree(order);
	return true;
}
