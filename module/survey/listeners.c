// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at the listeners of a namespace, once a second and for each reader.
 * Queues are read from the sockets, so they need no hook, and a SYN costs
 * nothing. Each look makes a new list, in the order of the sockets' addresses.
 * Peaks, drops and verdicts are carried over from the list before.
 *
 * A look is bounded (listeners_stock.c). It is taken by a kernel thread (look.h),
 * and readers hold the list only while they copy a few entries. If there are more
 * than LISTENERS_AT_ONCE listeners, readers see the look of the last second.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "account/service.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/once.h"
#include "store/record.h"
#include "survey/listeners.h"
#include "survey/look.h"

/* Readers have the listeners looked at if there are at most this many. */
#define LISTENERS_AT_ONCE	1024

/**
 * struct tcpdiag_listening - all listeners of a namespace
 * @tn: the namespace
 * @look: looks at them for readers
 * @mutex: one look at a time; readers do not take it
 * @lock: @l, @n, @worst, @total and @rates, which readers copy
 * @l: the listeners, in the order of their sockets' addresses
 * @n: how many are in @l
 * @worst: the worst listeners of each kind of trouble, at the last second; NULL
 *	if there was none
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
	struct tcpdiag_listeners_worst *worst;
	struct tcpdiag_listeners_total total;
	struct tcpdiag_listeners_rates rates;
	u64 tick;
	u64 last_ns;
	u64 overflows_last;
	u64 full_last;
	u64 valid_last;
};

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
	l->accepted = from->accepted;
	l->done_per_s = from->done_per_s;
	l->accepted_per_s = from->accepted_per_s;
	l->rates_known = from->rates_known;
	l->verdict = from->verdict;
	l->verdict_since = from->verdict_since;
	l->flood_seen = from->flood_seen;
	l->floods = from->floods;
	l->overflowed = from->overflowed;
}

static void carry_all_over(struct tcpdiag_stock *stock,
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

static void drop_list(struct tcpdiag_listener *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		put_pid(l[i].pid);
	kvfree(l);
}

/* Show the list to readers, and put its sockets. */
static void publish(struct tcpdiag_listening *in, struct tcpdiag_stock *stock)
{
	size_t i, n = stock->n;

	lockdep_assert_held(&in->mutex);
	for (i = 0; i < n; i++)
		sock_put(tcpdiag_stock_sock(&stock->l[i]));
	spin_lock(&in->lock);
	swap(in->l, stock->l);
	swap(in->n, n);
	in->total = stock->total;
	spin_unlock(&in->lock);
	drop_list(stock->l, n);
}

static void get_worst(const struct tcpdiag_listeners_worst *w)
{
	unsigned int k, i;

	for (k = 0; k < TCPDIAG_WORST_KINDS; k++)
		for (i = 0; i < w[k].n; i++)
			get_pid(w[k].l[i].pid);
}

static void put_worst(const struct tcpdiag_listeners_worst *w)
{
	unsigned int k, i;

	for (k = 0; w && k < TCPDIAG_WORST_KINDS; k++)
		for (i = 0; i < w[k].n; i++)
			put_pid(w[k].l[i].pid);
}

/* NULL if no listener is in trouble; an error if memory is short. */
static struct tcpdiag_listeners_worst *
find_worst(struct tcpdiag_stock *stock)
{
	struct tcpdiag_listeners_worst *w = NULL;
	unsigned int k;
	size_t i;

	for (i = 0; i < stock->n; i++) {
		for (k = 0; k < TCPDIAG_WORST_KINDS; k++) {
			if (!tcpdiag_worst_how_bad(&stock->l[i], k))
				continue;
			w = w ?: kcalloc(TCPDIAG_WORST_KINDS, sizeof(*w),
					 TCPDIAG_GFP);
			if (!w)
				return ERR_PTR(-ENOMEM);
			tcpdiag_worst_add(&w[k], k, stock->l, i);
		}
	}
	if (w)
		get_worst(w);
	return w;
}

/* False if memory is short: then the worst of the second before stay. */
static bool publish_second(struct tcpdiag_listening *in,
			   struct tcpdiag_stock *stock,
			   const struct tcpdiag_listeners_rates *rates)
{
	struct tcpdiag_listeners_worst *worst = find_worst(stock);

	lockdep_assert_held(&in->mutex);
	if (IS_ERR(worst))
		return false;
	spin_lock(&in->lock);
	swap(worst, in->worst);
	in->rates = *rates;
	spin_unlock(&in->lock);
	put_worst(worst);
	kfree(worst);
	return true;
}

/* Whether a listener's queue shows where the SYNs go. */
static bool any_queue_full(const struct tcpdiag_stock *stock)
{
	size_t i;

	for (i = 0; i < stock->n; i++)
		if (stock->l[i].verdict == TCPDIAG_VERDICT_SYN_FLOOD ||
		    stock->l[i].verdict == TCPDIAG_VERDICT_SYN_QUEUE_FULL)
			return true;
	return false;
}

static bool judge_second(struct tcpdiag_listening *in, struct tcpdiag_stock *stock,
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
	struct tcpdiag_stock stock = {};
	bool whole = true;
	u32 *keys = NULL;
	u64 overflowed;

	lockdep_assert_held(&in->mutex);
	if (!in->n && !in->worst && !any_listener(in->tn)) {
		/*
		 * No listeners, and none to forget, which is done by seconds
		 * only: a look for a reader may have been the first that found
		 * none left. Reading the counters costs by CPUs.
		 */
		in->last_ns = 0;
		return true;
	}
	if (!tcpdiag_stock_find(&stock, in->tn, in->n))
		return false;
	tcpdiag_stock_look(&stock);
	overflowed = tcpdiag_stock_drops(&stock, in->tn);
	if (stock.n && !tcpdiag_stock_services(&stock, in->tn, &keys)) {
		kvfree(keys);
		tcpdiag_stock_drop(&stock);
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
 * tcpdiag_listeners_read_total() - sum of all listeners, as the last look found them
 * @tn: the namespace
 * @total: the result; overwritten
 * @rates: the last second of the namespace; overwritten
 *
 * Context: process.
 */
void tcpdiag_listeners_read_total(struct tcpdiag_net *tn,
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
 * tcpdiag_listeners_read_worst() - find the worst listeners of each kind of trouble
 * @tn: the namespace
 *
 * As the last second's look found them.
 *
 * Context: process, may sleep.
 * Return: the worst listeners, to be put with tcpdiag_listeners_worst_put();
 * NULL if memory is short.
 */
struct tcpdiag_listeners_troubles *
tcpdiag_listeners_read_worst(struct tcpdiag_net *tn)
{
	struct tcpdiag_listening *in = READ_ONCE(tn->listening);
	struct tcpdiag_listeners_troubles *t;

	t = kzalloc(sizeof(*t), TCPDIAG_GFP);
	if (!t || !in)
		return t;
	spin_lock(&in->lock);
	if (in->worst)
		memcpy(t->worst, in->worst, sizeof(t->worst));
	t->rates = in->rates;
	get_worst(t->worst);
	spin_unlock(&in->lock);
	return t;
}

/**
 * tcpdiag_listeners_worst_put() - free the worst listeners
 * @t: from tcpdiag_listeners_read_worst()
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
	kfree(in->worst);
	drop_list(in->l, in->n);
	kfree(in);
	tn->listening = NULL;
}
