// SPDX-License-Identifier: GPL-2.0
/*
 * The account of a namespace: transitions, gauges, stays, in shards.
 *
 * One event takes one lock, its shard's. A socket without a record (refused,
 * or no memory) is still counted: the matrix of transitions alone gives the
 * gauges, records give durations and names.
 *
 * Each shard keeps its nodes on one list per state in order of entry, so the
 * longest open stay is the list's head: a read looks at shards, not sockets.
 *
 * Memory of a namespace that uses TCP, per shard that was touched: about
 * 1.8 KiB and 1.4 KiB for each state in which a stay ended (at most 9):
 * 14 KiB. Shards: one per CPU up to 16. With 128 CPUs: at most 224 KiB for a
 * namespace busy on all of them, where per-CPU accounts would take 1.8 MiB.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <net/inet_connection_sock.h>

#include "tcpdiag.h"

static struct kmem_cache *hist_cache;
static unsigned int shard_mask;

static struct tcpdiag_shard *shard_alloc(struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	unsigned int state;

	shard = kzalloc(sizeof(*shard), GFP_ATOMIC | __GFP_NOWARN);
	if (!shard)
		return NULL;
	spin_lock_init(&shard->lock);
	shard->net = tn;
	for (state = 0; state < TCPDIAG_STATES; state++)
		INIT_LIST_HEAD(&shard->age[state]);
	return shard;
}

/* First event on this CPU, or on one that shares the shard. */
static noinline struct tcpdiag_shard *shard_install(struct tcpdiag_net *tn,
						    unsigned int i)
{
	struct tcpdiag_shard *shard, *old;

	shard = shard_alloc(tn);
	if (!shard) {
		atomic64_inc(&tn->lost);
		return NULL;
	}
	old = cmpxchg(&tn->shard[i], NULL, shard);
	if (old) {
		kfree(shard);
		return old;
	}
	return shard;
}

/**
 * tcpdiag_account_shard() - where this CPU accounts new nodes of a namespace
 * @tn: the namespace
 *
 * Context: any; moving to another CPU does no harm.
 * Return: the shard; NULL if there is no memory for one, which is counted.
 */
struct tcpdiag_shard *tcpdiag_account_shard(struct tcpdiag_net *tn)
{
	unsigned int i = raw_smp_processor_id() & shard_mask;
	struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

	/* pairs with cmpxchg() in shard_install() */
	if (likely(shard))
		return shard;
	return shard_install(tn, i);
}

/**
 * tcpdiag_account_enter() - begin a stay
 * @shard: the node's shard, locked
 * @node: on no list, or after tcpdiag_account_stay()
 * @state: the state that is entered
 * @now: when the stay began, ktime_get_ns(); later than any on the list,
 *	unless it is an estimate
 */
void tcpdiag_account_enter(struct tcpdiag_shard *shard,
			   struct tcpdiag_node *node, unsigned int state,
			   u64 now)
{
	lockdep_assert_held(&shard->lock);
	node->state = state;
	node->entered = now;
	list_add_tail(&node->age, &shard->age[state]);
	if (state == TCP_ESTABLISHED && node->cc < TCPDIAG_CC_SLOTS)
		shard->cc_live[node->cc]++;
}

static noinline struct tcpdiag_hist *hist_install(struct tcpdiag_shard *shard,
						  unsigned int state)
{
	struct tcpdiag_hist *hist;

	hist = kmem_cache_zalloc(hist_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!hist)
		shard->alloc_failed++;
	shard->hist[state] = hist;
	return hist;
}

/**
 * tcpdiag_account_leave() - take a node off its state's list
 * @shard: the node's shard, locked
 * @node: on the list of its state
 * @now: ktime_get_ns()
 *
 * Return: how long it was there, in microseconds.
 */
u64 tcpdiag_account_leave(struct tcpdiag_shard *shard,
			  struct tcpdiag_node *node, u64 now)
{
	lockdep_assert_held(&shard->lock);
	list_del(&node->age);
	if (node->state == TCP_ESTABLISHED && node->cc < TCPDIAG_CC_SLOTS)
		shard->cc_live[node->cc]--;
	return now > node->entered ?
	       div_u64(now - node->entered, NSEC_PER_USEC) : 0;
}

/**
 * tcpdiag_account_stay() - end a stay and enter it in the histogram
 * @shard: the node's shard, locked
 * @node: on the list of its state
 * @now: ktime_get_ns()
 *
 * Estimated stays are left out of the histograms, and so are those in CLOSE,
 * which is no part of a connection's life.
 *
 * Return: how long the stay was, in microseconds.
 */
u64 tcpdiag_account_stay(struct tcpdiag_shard *shard,
			 struct tcpdiag_node *node, u64 now)
{
	u64 us = tcpdiag_account_leave(shard, node, now);
	unsigned int state = node->state;
	struct tcpdiag_hist *hist;

	if (unlikely(node->flags & TCPDIAG_F_EST_STAY)) {
		node->flags &= ~TCPDIAG_F_EST_STAY;
		return us;
	}
	if (state == TCP_CLOSE)
		return us;
	hist = shard->hist[state];
	if (unlikely(!hist))
		hist = hist_install(shard, state);
	if (likely(hist))
		tcpdiag_hist_add(hist, us);
	return us;
}

/**
 * tcpdiag_account_missed() - count a socket that got no node
 * @shard: where it is accounted, locked
 * @refused: the cap was the reason, not memory
 */
void tcpdiag_account_missed(struct tcpdiag_shard *shard, bool refused)
{
	lockdep_assert_held(&shard->lock);
	if (refused) {
		shard->refused++;
		return;
	}
	shard->alloc_failed++;
	if (tcpdiag_walking())
		tcpdiag_set_approximate();
}

/**
 * tcpdiag_account_drop() - take a node off its list for good
 * @shard: the node's shard, locked
 * @node: on the list of its state
 */
void tcpdiag_account_drop(struct tcpdiag_shard *shard,
			  struct tcpdiag_node *node)
{
	lockdep_assert_held(&shard->lock);
	list_del(&node->age);
	if (node->flags & TCPDIAG_F_MINI)
		shard->minis--;
	else
		shard->records--;
}

static struct tcpdiag_node *shard_pop(struct tcpdiag_shard *shard)
{
	struct tcpdiag_node *node = NULL;
	unsigned int state;

	spin_lock_irq(&shard->lock);
	for (state = 0; state < TCPDIAG_STATES && !node; state++)
		node = list_first_entry_or_null(&shard->age[state],
						struct tcpdiag_node, age);
	if (node)
		tcpdiag_account_drop(shard, node);
	spin_unlock_irq(&shard->lock);
	return node;
}

static void shard_free(struct tcpdiag_shard *shard)
{
	struct tcpdiag_node *node;
	unsigned int state;

	while ((node = shard_pop(shard))) {
		local_irq_disable();
		tcpdiag_table_del(node);
		local_irq_enable();
		tcpdiag_table_free(node);
		cond_resched();
	}
	for (state = 0; state < TCPDIAG_STATES; state++)
		if (shard->hist[state])
			kmem_cache_free(hist_cache, shard->hist[state]);
	kfree(shard);
}

/**
 * tcpdiag_account_purge() - free a namespace's account and all its nodes
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process, may sleep.
 */
void tcpdiag_account_purge(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		if (tn->shard[i])
			shard_free(tn->shard[i]);
		tn->shard[i] = NULL;
	}
}

static void add_oldest(struct tcpdiag_shard *shard,
		       struct tcpdiag_snapshot *snap, u64 now)
{
	unsigned int state;

	for (state = 1; state < TCPDIAG_STATES; state++) {
		struct tcpdiag_node *node;
		u64 us;

		node = list_first_entry_or_null(&shard->age[state],
						struct tcpdiag_node, age);
		if (!node || state == TCP_CLOSE || now < node->entered)
			continue;
		us = div_u64(now - node->entered, NSEC_PER_USEC);
		snap->oldest_us[state] = max(snap->oldest_us[state], us);
	}
}

/*
 * Requests (NEW_SYN_RECV) have no event at their end: count those that the
 * namespace's listeners hold now. Listeners change seldom and are few beside
 * connections.
 */
static u64 shard_requests(struct tcpdiag_shard *shard)
{
	struct tcpdiag_node *node;
	u64 n = 0;

	lockdep_assert_held(&shard->lock);
	list_for_each_entry(node, &shard->age[TCP_LISTEN], age) {
		const struct sock *sk = node->key;

		n += max(reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue), 0);
	}
	return n;
}

static void add_shard(struct tcpdiag_shard *shard,
		      struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;
	u64 now;

	spin_lock_irq(&shard->lock);
	now = ktime_get_ns();
	for (from = 1; from < TCPDIAG_STATES; from++)
		for (to = 1; to < TCPDIAG_STATES; to++)
			snap->moves[from][to] += shard->moves[from][to];
	for (i = 1; i < TCPDIAG_STATES; i++)
		snap->preexisting[i] += shard->preexisting[i];
	for (i = 0; i < TCPDIAG_CC_SLOTS; i++)
		snap->cc_live[i] += shard->cc_live[i];
	snap->records += shard->records;
	snap->minis += shard->minis;
	snap->refused += shard->refused;
	snap->alloc_failed += shard->alloc_failed;
	snap->mismatched += shard->mismatched;
	snap->now[TCP_NEW_SYN_RECV] += shard_requests(shard);
	add_oldest(shard, snap, now);
	spin_unlock_irq(&shard->lock);
}

static void derive(struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			snap->entered[to] += snap->moves[from][to];
			if (!tcpdiag_fsm_is_birth(from, to))
				snap->left[from] += snap->moves[from][to];
		}
	}
	for (i = 1; i < TCPDIAG_STATES; i++) {
		u64 in = snap->preexisting[i] + snap->entered[i];

		if (i == TCP_NEW_SYN_RECV)
			snap->left[i] = in - min(in, snap->now[i]);
		else
			snap->now[i] = in - min(in, snap->left[i]);
	}
	snap->now[TCP_CLOSE] = 0;
}

/**
 * tcpdiag_account_read() - copy a namespace's figures
 * @tn: the namespace
 * @snap: the copy; overwritten
 *
 * Each shard is copied under its lock, one after another: what happens
 * meanwhile may be in one shard and not in another.
 *
 * Context: process. Cost: by shards and listeners, not by connections.
 */
void tcpdiag_account_read(struct tcpdiag_net *tn,
			  struct tcpdiag_snapshot *snap)
{
	unsigned int i;

	memset(snap, 0, sizeof(*snap));
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (shard)
			add_shard(shard, snap);
	}
	derive(snap);
	snap->lost = atomic64_read(&tn->lost);
	snap->approximate = tcpdiag_approximate();
	snap->have_requests = tcpdiag_hooks_have_requests();
}

/**
 * tcpdiag_account_read_hist() - sum the stays in one state over all shards
 * @tn: the namespace
 * @state: the state
 * @sum: the sum; overwritten
 *
 * Context: process.
 */
void tcpdiag_account_read_hist(struct tcpdiag_net *tn, unsigned int state,
			       struct tcpdiag_hist *sum)
{
	unsigned int i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (!shard)
			continue;
		spin_lock_irq(&shard->lock);
		if (shard->hist[state])
			tcpdiag_hist_merge(sum, shard->hist[state]);
		spin_unlock_irq(&shard->lock);
	}
}

/**
 * tcpdiag_account_settle() - fix what was there before insmod and has no event
 * @tn: the namespace
 *
 * Requests that the listeners hold at the walk's end and that no hook saw
 * coming are older than the module.
 *
 * Context: process.
 */
void tcpdiag_account_settle(struct tcpdiag_net *tn)
{
	struct tcpdiag_snapshot *snap;
	struct tcpdiag_shard *shard;
	u64 seen;

	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!snap) {
		tcpdiag_set_approximate();
		return;
	}
	tcpdiag_account_read(tn, snap);
	seen = min(snap->now[TCP_NEW_SYN_RECV],
		   snap->entered[TCP_NEW_SYN_RECV]);
	if (snap->now[TCP_NEW_SYN_RECV] > seen) {
		shard = tcpdiag_account_shard(tn);
		if (shard) {
			spin_lock_irq(&shard->lock);
			shard->preexisting[TCP_NEW_SYN_RECV] +=
				snap->now[TCP_NEW_SYN_RECV] - seen;
			spin_unlock_irq(&shard->lock);
		}
	}
	kfree(snap);
}

/**
 * tcpdiag_account_bytes() - memory of a namespace's account and nodes
 * @tn: the namespace
 *
 * Return: bytes.
 */
size_t tcpdiag_account_bytes(struct tcpdiag_net *tn)
{
	size_t bytes = sizeof(*tn);
	unsigned int i, state;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (!shard)
			continue;
		bytes += sizeof(*shard);
		spin_lock_irq(&shard->lock);
		bytes += shard->records * sizeof(struct tcpdiag_conn) +
			 shard->minis * sizeof(struct tcpdiag_node);
		for (state = 0; state < TCPDIAG_STATES; state++)
			if (shard->hist[state])
				bytes += sizeof(struct tcpdiag_hist);
		spin_unlock_irq(&shard->lock);
	}
	return bytes;
}

/**
 * tcpdiag_account_init() - prepare what all accounts share
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_account_init(void)
{
	shard_mask = min_t(unsigned int, roundup_pow_of_two(nr_cpu_ids),
			   TCPDIAG_MAX_SHARDS) - 1;
	hist_cache = kmem_cache_create("tcpdiag_hist",
				       sizeof(struct tcpdiag_hist), 0, 0, NULL);
	return hist_cache ? 0 : -ENOMEM;
}

/**
 * tcpdiag_account_exit() - undo tcpdiag_account_init(), after all purges
 */
void tcpdiag_account_exit(void)
{
	kmem_cache_destroy(hist_cache);
}
