// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at the listeners of a namespace, once a second and for each reader.
 * Queues are read from the sockets, so they need no hook, and a SYN costs
 * nothing. Each look makes a new list, in the order of the sockets' addresses.
 * Peaks, drops and verdicts are carried over from the list before.
 *
 * The cost grows with listeners, which any user may make, so a look is bounded:
 * it keeps at most LISTENERS_KEPT of them, those with something on their queues
 * first, and counts the others. Looks are taken by kernel threads (look.h), and
 * readers hold the list only while they copy a few entries. If there are more
 * than LISTENERS_AT_ONCE, readers see the look of the last second.
 */
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>

#include "account/service.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/once.h"
#include "store/record.h"
#include "store/scan.h"
#include "survey/listeners.h"
#include "survey/look.h"

/* Room for more listeners than the last time. */
#define SPARE_ROOM		16
/* How often drops are read again until overflows match them. */
#define MATCH_TRIES		4
/* A look goes along at most this many listeners ... */
#define LISTENERS_COUNTED	65536
/* ... keeps at most this many, half of them with empty queues ... */
#define LISTENERS_KEPT		8192
/* ... and is taken for each reader if there are at most this many. */
#define LISTENERS_AT_ONCE	1024

/**
 * struct tcpdiag_listening - all listeners of a namespace
 * @tn: the namespace
 * @look: looks at them for readers
 * @mutex: one look at a time; readers do not take it
 * @lock: @list, @worst, @total and @rates, which readers copy
 * @l: the listeners, in the order of their sockets' addresses
 * @n: how many are in @l
 * @worst: the worst listener of each kind of trouble, at the last second
 * @total: the sum of all listeners
 * @rates: what happened in the last second in the namespace
 * @tick: number of the last second; @mutex, as all that follows
 * @last_ns: end of the last second, ktime_get_ns()
 * @overflows_last: the namespace's overflows at the last second
 * @full_last: SYNs that found a full queue, at the last second
 * @valid_last: valid cookies that came back, at the last second
 */
struct tcpdiag_listening {
	struct tcpdiag_net *tn;
	struct tcpdiag_look look;
	struct mutex mutex; /* see @mutex */
	spinlock_t lock; /* see @lock */
	struct tcpdiag_listener *l;
	size_t n;
	struct tcpdiag_listeners_worst worst[TCPDIAG_WORST_KINDS];
	struct tcpdiag_listeners_total total;
	struct tcpdiag_listeners_rates rates;
	u64 tick;
	u64 last_ns;
	u64 overflows_last;
	u64 full_last;
	u64 valid_last;
};

/**
 * struct stock - listeners that are being looked at
 * @l: the listeners; each socket is referenced
 * @n: listeners in @l
 * @room: how many fit in @l
 * @idle: those of @l with empty queues
 * @missed: how many would have been kept if there had been room
 * @total: the sum of all listeners that the look went along
 */
struct stock {
	struct tcpdiag_listener *l;
	size_t n;
	size_t room;
	size_t idle;
	size_t missed;
	struct tcpdiag_listeners_total total;
};

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
static bool is_wanted(const struct stock *stock, bool idle)
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
	struct stock *stock = arg;
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

static struct sock *sock_of(const struct tcpdiag_listener *l)
{
	return (struct sock *)l->sk;
}

static void leave_out(struct tcpdiag_listener *l)
{
	put_pid(l->pid);
	sock_put(sock_of(l));
}

static void drop(struct stock *stock)
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

/* False if memory is short. */
static bool find(struct stock *stock, struct tcpdiag_net *tn, size_t expected)
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
			drop(stock);
			return false;
		}
		if (!stock->missed)
			break;
		room = stock->n + stock->missed + SPARE_ROOM;
		drop(stock);
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
static void leave_out_closed(struct stock *stock)
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
	/* what was before its first second is not known */
	l->done_known_last = false;
	l->accepting_last = l->accepting;
	l->rates_known = false;
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

/*
 * Set the figures that listeners of one service share; @keys gets the keys in
 * ascending order. False if memory is short.
 */
static bool read_services(struct stock *stock, struct tcpdiag_net *tn,
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
	sort(order, stock->n, sizeof(*order), by_key, NULL);
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

static void drop_list(struct tcpdiag_listener *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		put_pid(l[i].pid);
	kvfree(l);
}

/* Show the list to readers, and put its sockets. */
static void publish(struct tcpdiag_listening *in, struct stock *stock)
{
	size_t i, n = stock->n;

	lockdep_assert_held(&in->mutex);
	for (i = 0; i < n; i++)
		sock_put(sock_of(&stock->l[i]));
	spin_lock(&in->lock);
	swap(in->l, stock->l);
	swap(in->n, n);
	in->total = stock->total;
	spin_unlock(&in->lock);
	drop_list(stock->l, n);
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

static void find_worst(const struct stock *stock,
		       struct tcpdiag_listeners_worst w[TCPDIAG_WORST_KINDS])
{
	unsigned int k;
	size_t i;

	for (i = 0; i < stock->n; i++) {
		const struct tcpdiag_listener *l = &stock->l[i];
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

static void put_worst(struct tcpdiag_listeners_worst w[TCPDIAG_WORST_KINDS])
{
	unsigned int k;

	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		put_pid(w[k].l.pid);
}

/* False if memory is short: then the worst of the second before stay. */
static bool publish_second(struct tcpdiag_listening *in,
			   const struct stock *stock,
			   const struct tcpdiag_listeners_rates *rates)
{
	struct tcpdiag_listeners_worst *worst;
	unsigned int k;

	lockdep_assert_held(&in->mutex);
	worst = kcalloc(TCPDIAG_WORST_KINDS, sizeof(*worst), TCPDIAG_GFP);
	if (!worst)
		return false;
	find_worst(stock, worst);
	spin_lock(&in->lock);
	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		swap(worst[k], in->worst[k]);
	in->rates = *rates;
	spin_unlock(&in->lock);
	put_worst(worst);
	kfree(worst);
	return true;
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

static bool judge_second(struct tcpdiag_listening *in, struct stock *stock,
			 u64 overflowed)
{
	struct tcpdiag_net *tn = in->tn;
	const struct netns_ipv4 *ipv4 = &tn->net->ipv4;
	struct tcpdiag_listeners_rates rates = in->rates;
	u64 full = tcpdiag_mib(tn, TCPDIAG_MIB_FULL_COOKIES) +
		   tcpdiag_mib(tn, TCPDIAG_MIB_FULL_DROPS);
	u64 valid = tcpdiag_mib(tn, TCPDIAG_MIB_COOKIES_VALID);
	u64 now = ktime_get_ns();
	struct tcpdiag_second s = {
		.now = now,
		.ns = in->last_ns ? max(now - in->last_ns, 1ULL) : NSEC_PER_SEC,
		.tick = ++in->tick,
		.all = !stock->total.partial,
		.overflows = overflowed - in->overflows_last,
		.full = full - in->full_last,
		.cookies = READ_ONCE(ipv4->sysctl_tcp_syncookies),
		.max_syn_backlog = READ_ONCE(ipv4->sysctl_max_syn_backlog),
		.flood_per_s = READ_ONCE(tn->limits.syn_flood_per_s),
		.slow_us = (u64)READ_ONCE(tn->limits.slow_accept_ms) *
			   USEC_PER_MSEC,
	};

	lockdep_assert_held(&in->mutex);
	tcpdiag_listeners_second(stock->l, stock->n, &s);
	rates.full_per_s = tcpdiag_per_second(&s, s.full);
	rates.valid_per_s = tcpdiag_per_second(&s, valid - in->valid_last);
	/* if every SYN gets a cookie, no queue shows the target of a flood */
	if (s.cookies && rates.full_per_s >= s.flood_per_s &&
	    2 * rates.valid_per_s < rates.full_per_s && !any_queue_full(stock))
		rates.flood_seen = s.now;
	in->last_ns = now;
	in->overflows_last = overflowed;
	in->full_last = full;
	in->valid_last = valid;
	return publish_second(in, stock, &rates);
}

static bool any_listener(const struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn)
		if (!list_empty(&shard->ordered[TCP_LISTEN]))
			return true;
	return false;
}

/* False if memory is short; the list before is kept. */
static bool take_stock(struct tcpdiag_listening *in, bool is_second)
{
	struct stock stock = {};
	bool whole = true;
	u32 *keys = NULL;
	u64 overflowed;
	size_t i;

	lockdep_assert_held(&in->mutex);
	if (!in->n && !any_listener(in->tn)) {
		/* no listeners; reading the counters costs by CPUs */
		in->last_ns = 0;
		return true;
	}
	if (!find(&stock, in->tn, in->n))
		return false;
	for (i = 0; i < stock.n; i++) {
		look_at(&stock.l[i]);
		cond_resched();
	}
	leave_out_closed(&stock);
	overflowed = read_drops(&stock, in->tn);
	if (stock.n && !read_services(&stock, in->tn, &keys)) {
		kvfree(keys);
		drop(&stock);
		return false;
	}
	/* only looks write the list, and they hold the mutex */
	carry_all_over(&stock, in);
	if (is_second) {
		whole = judge_second(in, &stock, overflowed);
		if (!stock.total.partial)
			tcpdiag_service_prune(in->tn, keys, stock.n);
	}
	kvfree(keys);
	publish(in, &stock);
	return whole;
}

static void look(struct tcpdiag_listening *in, bool is_second)
{
	mutex_lock(&in->mutex);
	if (!take_stock(in, is_second))
		atomic64_inc(&in->tn->alloc_failed);
	mutex_unlock(&in->mutex);
}

static void take_look(struct work_struct *work)
{
	struct tcpdiag_listening *in = container_of(work,
						    struct tcpdiag_listening,
						    look.work);
	long served = tcpdiag_look_begin(&in->look);

	look(in, false);
	tcpdiag_look_end(&in->look, served);
}

static bool uses_tcp(const struct tcpdiag_net *tn)
{
	unsigned int place = 0;

	return tcpdiag_shard_from(tn, &place);
}

/* NULL if memory is short, which is counted. */
static struct tcpdiag_listening *listening_of(struct tcpdiag_net *tn)
{
	struct tcpdiag_listening *in = READ_ONCE(tn->listening);

	if (in)
		return in;
	in = kzalloc(sizeof(*in), TCPDIAG_GFP);
	if (!in) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	in->tn = tn;
	tcpdiag_look_init(&in->look, take_look);
	mutex_init(&in->mutex);
	spin_lock_init(&in->lock);
	return tcpdiag_set_once(&tn->listening, in, kfree);
}

/**
 * tcpdiag_listeners_tick() - once a second: look at all listeners, judge them
 * @tn: a namespace
 *
 * Context: process, may sleep; the same namespace once a second.
 */
void tcpdiag_listeners_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_listening *in;

	if (!uses_tcp(tn))
		return;
	in = listening_of(tn);
	if (in)
		look(in, true);
}

/**
 * tcpdiag_listeners_look() - have the listeners of a namespace looked at
 * @tn: the namespace
 *
 * If there are many, the look of the last second serves.
 *
 * Context: process, may sleep.
 * Return: false if memory is short or the task is being killed.
 */
bool tcpdiag_listeners_look(struct tcpdiag_net *tn)
{
	struct tcpdiag_listening *in = listening_of(tn);

	if (!in)
		return false;
	return READ_ONCE(in->total.n) > LISTENERS_AT_ONCE ||
	       tcpdiag_look_wait(&in->look);
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
	struct tcpdiag_listening *in = READ_ONCE(tn->listening);
	unsigned int n = 0;
	size_t i;

	if (!in)
		return 0;
	spin_lock(&in->lock);
	for (i = first_from(in, from); i < in->n && n < room; i++, n++) {
		l[n] = in->l[i];
		get_pid(l[n].pid);
	}
	spin_unlock(&in->lock);
	return n;
}

/**
 * tcpdiag_listeners_total() - sum of all listeners, as the last look found them
 * @tn: the namespace
 * @total: the result; overwritten
 * @rates: the last second of the namespace; overwritten
 *
 * Context: process.
 */
void tcpdiag_listeners_total(struct tcpdiag_net *tn,
			     struct tcpdiag_listeners_total *total,
			     struct tcpdiag_listeners_rates *rates)
{
	struct tcpdiag_listening *in = READ_ONCE(tn->listening);

	memset(total, 0, sizeof(*total));
	memset(rates, 0, sizeof(*rates));
	if (!in)
		return;
	spin_lock(&in->lock);
	*total = in->total;
	*rates = in->rates;
	spin_unlock(&in->lock);
}

/**
 * tcpdiag_listeners_worst() - find the worst listener of each kind of trouble
 * @tn: the namespace
 *
 * As the last second's look found them.
 *
 * Context: process, may sleep.
 * Return: the worst listeners, to be put with tcpdiag_listeners_worst_put();
 * NULL if memory is short.
 */
struct tcpdiag_listeners_troubles *
tcpdiag_listeners_worst(struct tcpdiag_net *tn)
{
	struct tcpdiag_listening *in = READ_ONCE(tn->listening);
	struct tcpdiag_listeners_troubles *t;
	unsigned int k;

	t = kzalloc(sizeof(*t), TCPDIAG_GFP);
	if (!t || !in)
		return t;
	spin_lock(&in->lock);
	memcpy(t->worst, in->worst, sizeof(t->worst));
	t->rates = in->rates;
	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		get_pid(t->worst[k].l.pid);
	spin_unlock(&in->lock);
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
	put_worst(t->worst);
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
	struct tcpdiag_listening *in = tn->listening;

	if (!in)
		return;
	tcpdiag_look_stop(&in->look);
	put_worst(in->worst);
	drop_list(in->l, in->n);
	kfree(in);
	tn->listening = NULL;
}
