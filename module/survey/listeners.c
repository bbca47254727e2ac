// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at the listeners of a namespace, once a second and for each reader.
 * Queues are read from the sockets, so they need no hook, and a SYN costs
 * nothing. Each look makes a new list, in the order of the sockets' addresses.
 * Peaks, drops and verdicts are carried over from the list before.
 *
 * The cost grows with listeners, not with connections.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/inet_sock.h>

#include "account/service.h"
#include "store/addr.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/record.h"
#include "store/scan.h"
#include "survey/listeners.h"

/* Room for more listeners than the last time. */
#define SPARE_ROOM	16
/* How often drops are read again until overflows match them. */
#define MATCH_TRIES	4

/* tcpdiag_net.listening */
static DEFINE_MUTEX(listeners_mutex);

/**
 * struct stock - listeners that are being looked at
 * @l: the listeners; each socket is referenced
 * @n: listeners in @l
 * @room: how many fit in @l
 * @missed: how many did not fit
 */
struct stock {
	struct tcpdiag_listener *l;
	size_t n;
	size_t room;
	size_t missed;
};

/* The record is on a list, so its socket is not destroyed yet. */
static void collect(struct stock *stock, const struct tcpdiag_record *rec)
{
	struct sock *sk = (struct sock *)rec->key;
	struct tcpdiag_listener *l;

	if (!tcpdiag_may_look(rec))
		return;
	lockdep_assert_held(&rec->shard->lock);
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

static void collect_all(struct stock *stock, struct tcpdiag_net *tn)
{
	struct tcpdiag_record *rec;
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn) {
		raw_spin_lock_irq(&shard->lock);
		list_for_each_entry(rec, &shard->ordered[TCP_LISTEN], age)
			collect(stock, rec);
		raw_spin_unlock_irq(&shard->lock);
	}
}

static struct sock *sock_of(const struct tcpdiag_listener *l)
{
	return (struct sock *)l->sk;
}

static void drop(struct stock *stock)
{
	while (stock->n) {
		struct tcpdiag_listener *l = &stock->l[--stock->n];

		put_pid(l->pid);
		sock_put(sock_of(l));
	}
	kvfree(stock->l);
	stock->l = NULL;
	stock->missed = 0;
}

static int by_socket(const void *a, const void *b)
{
	const struct tcpdiag_listener *x = a, *y = b;

	if (x->sk == y->sk)
		return 0;
	return x->sk < y->sk ? -1 : 1;
}

/* False if memory is short. */
static bool find(struct stock *stock, struct tcpdiag_net *tn, size_t expected)
{
	stock->room = expected + SPARE_ROOM;
	for (;;) {
		stock->l = kvcalloc(stock->room, sizeof(*stock->l), TCPDIAG_GFP);
		if (!stock->l)
			return false;
		collect_all(stock, tn);
		if (!stock->missed)
			break;
		stock->room = stock->n + stock->missed + SPARE_ROOM;
		drop(stock);
	}
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
		for (i = 0; i < TCPDIAG_FULL_STATES; i++)
			ns += rec.spent_ns[i];
		ns += now - min(now, rec.entered);
		put_pid(rec.pid);
	}
	sock_put(child);
	return div_u64(ns, NSEC_PER_USEC);
}

/* Read what never changes, and the present queues. */
static void look_at(struct tcpdiag_listener *l)
{
	struct sock *sk = sock_of(l);
	const struct netns_ipv4 *ipv4 = &sock_net(sk)->ipv4;
	const struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcpdiag_addr addr;

	tcpdiag_addr_read(sk, &addr);
	l->key = tcpdiag_service_key_of(sk);
	l->addr = addr.local;
	l->port = addr.lport;
	l->v6 = sk->sk_family == AF_INET6;
	l->v6only = sk->sk_ipv6only;
	l->device = READ_ONCE(sk->sk_bound_dev_if);
	l->uid = READ_ONCE(sk->sk_uid);
	l->ino = sock_i_ino(sk);
	l->q.syn = max(reqsk_queue_len(&icsk->icsk_accept_queue), 0);
	l->q.young = max(reqsk_queue_len_young(&icsk->icsk_accept_queue), 0);
	l->q.accept = READ_ONCE(sk->sk_ack_backlog);
	l->q.limit = READ_ONCE(sk->sk_max_ack_backlog);
	l->q.tfo = READ_ONCE(icsk->icsk_accept_queue.fastopenq.qlen);
	l->q.tfo_limit = READ_ONCE(icsk->icsk_accept_queue.fastopenq.max_qlen);
	l->syn_limit =
		tcpdiag_listener_syn_limit(l,
					   READ_ONCE(ipv4->sysctl_tcp_syncookies),
					   READ_ONCE(ipv4->sysctl_max_syn_backlog));
	l->wait_us = wait_us(sk);
	l->syn_peak = l->q.syn;
	l->accept_peak = l->q.accept;
	l->wait_max_us = l->wait_us;
}

/* Drop listeners that have been closed since they were found. */
static void leave_out_closed(struct stock *stock)
{
	size_t i, n = 0;

	for (i = 0; i < stock->n; i++) {
		struct tcpdiag_listener *l = &stock->l[i];

		if (inet_sk_state_load(l->sk) == TCP_LISTEN && l->port) {
			stock->l[n++] = *l;
			continue;
		}
		put_pid(l->pid);
		sock_put(sock_of(l));
	}
	stock->n = n;
}

static u64 overflows(struct tcpdiag_net *tn)
{
	return tcpdiag_mib(tn, TCPDIAG_MIB_LISTEN_OVERFLOWS);
}

/* Drops of each listener, and the namespace's overflows at the same moment. */
static u64 read_drops(struct stock *stock, struct tcpdiag_net *tn)
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

/* A new listener; drops from before insmod do not count. */
static void begin(struct tcpdiag_listener *l)
{
	if (l->older) {
		l->drops_before = l->q.drops;
		l->drops_last = l->q.drops;
	}
	l->done_last = l->done;
	l->done_known_last = l->done_known;
	l->accepting_last = l->accepting;
	l->rates_known = l->done_known;
	l->verdict_since = l->since;
}

static void carry_over(struct tcpdiag_listener *l,
		       const struct tcpdiag_listener *from)
{
	l->syn_peak = max(l->syn_peak, from->syn_peak);
	l->accept_peak = max(l->accept_peak, from->accept_peak);
	l->wait_max_us = max(l->wait_max_us, from->wait_max_us);
	l->drops_before = from->drops_before;
	l->drops_last = from->drops_last;
	l->overflows = from->overflows;
	l->done_last = from->done_last;
	l->done_known_last = from->done_known_last;
	l->accepting_last = from->accepting_last;
	l->done_per_s = from->done_per_s;
	l->accepted_per_s = from->accepted_per_s;
	l->rates_known = from->rates_known;
	l->verdict = from->verdict;
	l->verdict_since = from->verdict_since;
	l->flood_seen = from->flood_seen;
	l->floods = from->floods;
	l->overflowed = from->overflowed;
}

static void carry_all_over(struct stock *stock,
			   const struct tcpdiag_listening *from)
{
	size_t i, j = 0;

	for (i = 0; i < stock->n; i++) {
		struct tcpdiag_listener *l = &stock->l[i];

		while (j < from->n && from->l[j].sk < l->sk)
			j++;
		if (j < from->n && from->l[j].sk == l->sk &&
		    from->l[j].since == l->since)
			carry_over(l, &from->l[j]);
		else
			begin(l);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_listener *x = *(void **)a, *y = *(void **)b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/*
 * Set the figures that listeners of one service share; @keys gets the keys in
 * ascending order. False if memory is short.
 */
static bool read_services(struct stock *stock, struct tcpdiag_net *tn,
			  u32 **keys)
{
	struct tcpdiag_listener **order;
	size_t i, from, to;

	order = kvmalloc_array(stock->n, sizeof(*order), TCPDIAG_GFP);
	*keys = kvmalloc_array(stock->n, sizeof(**keys), TCPDIAG_GFP);
	if (!order || !*keys) {
		kvfree(order);
		return false;
	}
	for (i = 0; i < stock->n; i++)
		order[i] = &stock->l[i];
	sort(order, stock->n, sizeof(*order), by_key, NULL);
	for (from = 0; from < stock->n; from = to) {
		bool partial;
		u64 done = tcpdiag_service_done(tn, order[from]->key, &partial);
		u64 accepting = 0;

		for (to = from; to < stock->n &&
		     order[to]->key == order[from]->key; to++)
			accepting += order[to]->q.accept;
		for (i = from; i < to; i++) {
			order[i]->sharing = to - from;
			order[i]->done = done;
			order[i]->done_known = !partial;
			order[i]->accepting = accepting;
			(*keys)[i] = order[i]->key;
		}
	}
	kvfree(order);
	return true;
}

static void drop_list(struct tcpdiag_listening *of)
{
	size_t i;

	for (i = 0; i < of->n; i++)
		put_pid(of->l[i].pid);
	kvfree(of->l);
	of->l = NULL;
	of->n = 0;
}

/* Give the list to the namespace and put its sockets. */
static void keep(struct tcpdiag_listening *in, struct stock *stock)
{
	size_t i;

	lockdep_assert_held(&listeners_mutex);
	for (i = 0; i < stock->n; i++)
		sock_put(sock_of(&stock->l[i]));
	drop_list(in);
	in->l = stock->l;
	in->n = stock->n;
}

/* Whether a listener's queue shows where the SYNs go. */
static bool any_queue_full(const struct stock *stock)
{
	size_t i;

	for (i = 0; i < stock->n; i++)
		if (stock->l[i].verdict == TCPDIAG_VERDICT_SYN_FLOOD ||
		    stock->l[i].verdict == TCPDIAG_VERDICT_SYN_QUEUE_FULL)
			return true;
	return false;
}

static void judge_second(struct tcpdiag_net *tn, struct stock *stock, u64 overflowed)
{
	struct tcpdiag_listening *in = tn->listening;
	const struct netns_ipv4 *ipv4 = &tn->net->ipv4;
	u64 full = tcpdiag_mib(tn, TCPDIAG_MIB_FULL_COOKIES) +
		   tcpdiag_mib(tn, TCPDIAG_MIB_FULL_DROPS);
	u64 valid = tcpdiag_mib(tn, TCPDIAG_MIB_COOKIES_VALID);
	u64 now = ktime_get_ns();
	struct tcpdiag_second s = {
		.now = now,
		.ns = in->last_ns ? max(now - in->last_ns, 1ULL) : NSEC_PER_SEC,
		.tick = ++in->tick,
		.overflows = overflowed - in->overflows_last,
		.full = full - in->full_last,
		.cookies = READ_ONCE(ipv4->sysctl_tcp_syncookies),
		.max_syn_backlog = READ_ONCE(ipv4->sysctl_max_syn_backlog),
		.flood_per_s = READ_ONCE(tn->limits.syn_flood_per_s),
		.slow_us = (u64)READ_ONCE(tn->limits.slow_accept_ms) *
			   USEC_PER_MSEC,
	};

	lockdep_assert_held(&listeners_mutex);
	tcpdiag_listeners_second(stock->l, stock->n, &s);
	in->full_per_s = tcpdiag_per_second(&s, s.full);
	in->valid_per_s = tcpdiag_per_second(&s, valid - in->valid_last);
	/* if every SYN gets a cookie, no queue shows the target of a flood */
	if (s.cookies && in->full_per_s >= s.flood_per_s &&
	    2 * in->valid_per_s < in->full_per_s && !any_queue_full(stock))
		in->flood_seen = s.now;
	in->last_ns = now;
	in->overflows_last = overflowed;
	in->full_last = full;
	in->valid_last = valid;
}

static bool uses_tcp(const struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		if (READ_ONCE(tn->shard[i]))
			return true;
	return false;
}

/* False if memory is short; the list before is kept. */
static bool take_stock(struct tcpdiag_net *tn, bool is_second)
{
	struct stock stock = {};
	u32 *keys = NULL;
	u64 overflowed;
	size_t i;

	lockdep_assert_held(&listeners_mutex);
	if (!tn->listening)
		tn->listening = kzalloc(sizeof(*tn->listening), TCPDIAG_GFP);
	if (!tn->listening || !find(&stock, tn, tn->listening->n))
		return false;
	if (!stock.n && !tn->listening->n) {
		/* no listeners; reading the counters costs by CPUs */
		tn->listening->last_ns = 0;
		drop(&stock);
		return true;
	}
	for (i = 0; i < stock.n; i++)
		look_at(&stock.l[i]);
	leave_out_closed(&stock);
	overflowed = read_drops(&stock, tn);
	if (stock.n && !read_services(&stock, tn, &keys)) {
		kvfree(keys);
		drop(&stock);
		return false;
	}
	carry_all_over(&stock, tn->listening);
	if (is_second) {
		judge_second(tn, &stock, overflowed);
		tcpdiag_service_prune(tn, keys, stock.n);
	}
	kvfree(keys);
	keep(tn->listening, &stock);
	return true;
}

/**
 * tcpdiag_listeners_tick() - once a second: look at all listeners, judge them
 * @tn: a namespace
 *
 * Context: process, may sleep; the same namespace once a second.
 */
void tcpdiag_listeners_tick(struct tcpdiag_net *tn)
{
	if (!uses_tcp(tn))
		return;
	mutex_lock(&listeners_mutex);
	if (!take_stock(tn, true))
		atomic64_inc(&tn->alloc_failed);
	mutex_unlock(&listeners_mutex);
}

/**
 * tcpdiag_listeners_look() - look at all listeners of a namespace
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: grows with listeners.
 * Return: false if memory is short; the list before is kept.
 */
bool tcpdiag_listeners_look(struct tcpdiag_net *tn)
{
	bool done;

	mutex_lock(&listeners_mutex);
	done = take_stock(tn, false);
	mutex_unlock(&listeners_mutex);
	return done;
}

/* Index of the first listener at or after an address. */
static size_t first_from(const struct tcpdiag_listening *in, unsigned long from)
{
	size_t low = 0, high = in->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if ((unsigned long)in->l[middle].sk < from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * tcpdiag_listeners_copy() - copy listeners as the last look found them
 * @tn: the namespace
 * @from: copy only listeners whose socket's address is not below this
 * @l: the copies, each with a reference to its pid that the caller puts
 * @room: how many fit in @l
 *
 * Copies are in the order of the sockets' addresses.
 *
 * Context: process, may sleep.
 * Return: how many were copied.
 */
unsigned int tcpdiag_listeners_copy(struct tcpdiag_net *tn, unsigned long from,
				    struct tcpdiag_listener *l,
				    unsigned int room)
{
	const struct tcpdiag_listening *in;
	unsigned int n = 0;
	size_t i;

	mutex_lock(&listeners_mutex);
	in = tn->listening;
	for (i = in ? first_from(in, from) : 0; in && i < in->n && n < room;
	     i++, n++) {
		l[n] = in->l[i];
		get_pid(l[n].pid);
	}
	mutex_unlock(&listeners_mutex);
	return n;
}

/**
 * tcpdiag_listeners_total() - sum of all listeners, as the last look found them
 * @tn: the namespace
 * @total: the result; overwritten
 *
 * Context: process, may sleep.
 */
void tcpdiag_listeners_total(struct tcpdiag_net *tn,
			     struct tcpdiag_listeners_total *total)
{
	const struct tcpdiag_listening *in;
	size_t i;

	memset(total, 0, sizeof(*total));
	mutex_lock(&listeners_mutex);
	in = tn->listening;
	for (i = 0; in && i < in->n; i++) {
		total->q.syn += in->l[i].q.syn;
		total->q.young += in->l[i].q.young;
		total->q.accept += in->l[i].q.accept;
		total->q.tfo += in->l[i].q.tfo;
	}
	if (in) {
		total->n = in->n;
		total->flood_seen = in->flood_seen;
	}
	mutex_unlock(&listeners_mutex);
}

static void consider(struct tcpdiag_listeners_worst *w,
		     const struct tcpdiag_listener *l, bool has, u64 how_bad)
{
	if (!has)
		return;
	if (!w->listeners++ || how_bad > w->how_bad) {
		w->l = *l;
		w->how_bad = how_bad;
	}
}

static void find_worst(const struct tcpdiag_listening *all,
		       struct tcpdiag_listeners_worst w[TCPDIAG_WORST_KINDS])
{
	unsigned int k;
	size_t i;

	lockdep_assert_held(&listeners_mutex);
	for (i = 0; i < all->n; i++) {
		const struct tcpdiag_listener *l = &all->l[i];
		u64 lately = tcpdiag_minute_sum(&l->overflowed);

		consider(&w[TCPDIAG_WORST_FLOOD], l,
			 l->verdict == TCPDIAG_VERDICT_SYN_FLOOD, l->q.syn);
		consider(&w[TCPDIAG_WORST_SYN_FULL], l,
			 l->verdict == TCPDIAG_VERDICT_SYN_QUEUE_FULL,
			 l->q.syn);
		consider(&w[TCPDIAG_WORST_OVERFLOW], l, lately, lately);
		consider(&w[TCPDIAG_WORST_SLOW], l,
			 l->verdict == TCPDIAG_VERDICT_SLOW_ACCEPT,
			 l->wait_us);
	}
	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		get_pid(w[k].l.pid);
}

/**
 * tcpdiag_listeners_worst() - find the worst listener of each kind of trouble
 * @tn: the namespace
 *
 * Uses the last list; does not look at the sockets.
 *
 * Context: process, may sleep.
 * Return: the worst listeners, to be put with tcpdiag_listeners_worst_put();
 * NULL if memory is short.
 */
struct tcpdiag_listeners_troubles *
tcpdiag_listeners_worst(struct tcpdiag_net *tn)
{
	const struct tcpdiag_listening *all;
	struct tcpdiag_listeners_troubles *t;

	t = kzalloc(sizeof(*t), TCPDIAG_GFP);
	if (!t)
		return NULL;
	mutex_lock(&listeners_mutex);
	all = tn->listening;
	if (all) {
		find_worst(all, t->worst);
		t->full_per_s = all->full_per_s;
		t->valid_per_s = all->valid_per_s;
		t->flood_seen = all->flood_seen;
	}
	mutex_unlock(&listeners_mutex);
	return t;
}

/**
 * tcpdiag_listeners_worst_put() - free the worst listeners
 * @t: from tcpdiag_listeners_worst()
 *
 * Context: process.
 */
void tcpdiag_listeners_worst_put(struct tcpdiag_listeners_troubles *t)
{
	unsigned int k;

	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		put_pid(t->worst[k].l.pid);
	kfree(t);
}

/**
 * tcpdiag_listeners_release() - free a namespace's listeners
 * @tn: the namespace, without readers
 *
 * Context: process, may sleep.
 */
void tcpdiag_listeners_release(struct tcpdiag_net *tn)
{
	if (!tn->listening)
		return;
	drop_list(tn->listening);
	kfree(tn->listening);
	tn->listening = NULL;
}
