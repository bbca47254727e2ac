// SPDX-License-Identifier: GPL-2.0
/*
 * The account of a namespace: transitions, gauges, stays, in shards.
 *
 * A socket without a record (refused, or no memory) is still counted: the
 * matrix of transitions alone gives the gauges, records give durations and
 * names. Counters are atomic and belong to one CPU, or to a few above 16 CPUs;
 * births and ends of records take the shard's lock.
 *
 * Memory of a namespace that uses TCP, per shard that was touched: about
 * 2.9 KiB, 1.3 KiB for each of eleven distributions, 4.1 KiB for each congestion
 * control algorithm with which data was sent, 1.4 KiB for each port listened on,
 * and 16.7 KiB where programs connect and close. Shards: one per CPU up to 16.
 * With 128 CPUs, one algorithm and one port: at most 635 KiB for a namespace busy
 * on all of them, where per-CPU accounts would take 5 MiB.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <net/inet_connection_sock.h>

#include "account/attempts.h"
#include "account/congestion.h"
#include "store/record.h"
#include "account/service.h"

static struct kmem_cache *tally_cache;
unsigned int tcpdiag_shard_mask __read_mostly;

static void shard_release(struct tcpdiag_shard *shard)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_STATES; i++)
		if (shard->tally[i])
			kmem_cache_free(tally_cache, shard->tally[i]);
	tcpdiag_congestion_free(shard);
	tcpdiag_service_release(shard);
	kfree(shard->resets);
	tcpdiag_ports_free(shard);
	tcpdiag_time_wait_free(shard);
	kfree_rcu(shard, rcu);
}

/* Requests have no event at their end, and CLOSE is no part of a life. */
static bool is_told(unsigned int state)
{
	return state != TCP_CLOSE && state != TCP_NEW_SYN_RECV;
}

static struct tcpdiag_shard *shard_alloc(struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	unsigned int i;

	shard = kzalloc(sizeof(*shard), GFP_ATOMIC | __GFP_NOWARN);
	if (!shard)
		return NULL;
	for (i = 0; i < TCPDIAG_STATES; i++) {
		if (!is_told(i))
			continue;
		shard->tally[i] = kmem_cache_zalloc(tally_cache, GFP_ATOMIC |
						    __GFP_NOWARN);
		if (!shard->tally[i]) {
			shard_release(shard);
			return NULL;
		}
	}
	spin_lock_init(&shard->lock);
	shard->net = tn;
	INIT_LIST_HEAD(&shard->young[0]);
	INIT_LIST_HEAD(&shard->young[1]);
	shard->young_now = shard->young;
	for (i = 0; i < TCPDIAG_STATES; i++)
		INIT_LIST_HEAD(&shard->ordered[i]);
	return shard;
}

/* No event that begins from now on finds the shard. */
static void end_shard(struct tcpdiag_net *tn, unsigned int i)
{
	struct tcpdiag_shard *shard = xchg(&tn->shard[i], NULL);

	if (!shard)
		return;
	WRITE_ONCE(shard->dead, true);
	tn->ended[i] = shard;
}

/**
 * tcpdiag_account_new_shard() - first event on a CPU, or on one that shares
 * @net: the namespace
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end or there is no
 * memory, which is counted.
 */
struct tcpdiag_shard *tcpdiag_account_new_shard(const struct net *net)
{
	unsigned int i = raw_smp_processor_id() & tcpdiag_shard_mask;
	struct tcpdiag_shard *shard, *old;
	struct tcpdiag_net *tn;

	/* there may be none because of tcpdiag_account_kill(); pairs with it */
	smp_rmb();
	tn = tcpdiag_net(net);
	if (!tn)
		return NULL;
	shard = shard_alloc(tn);
	if (!shard) {
		atomic64_inc(&tn->lost);
		return NULL;
	}
	old = cmpxchg(&tn->shard[i], NULL, shard);
	if (old) {
		shard_release(shard);
		return old;
	}
	/* pairs with tcpdiag_account_kill(), which may have missed the shard */
	if (READ_ONCE(tn->dead)) {
		end_shard(tn, i);
		return NULL;
	}
	return shard;
}

/* Any record of the shard, or NULL. */
static struct tcpdiag_record *shard_any(struct tcpdiag_shard *shard)
{
	struct tcpdiag_record *rec;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shard->young); i++) {
		rec = list_first_entry_or_null(&shard->young[i],
					       struct tcpdiag_record, age);
		if (rec)
			return rec;
	}
	for (i = 0; i < TCPDIAG_STATES; i++) {
		rec = list_first_entry_or_null(&shard->ordered[i],
					       struct tcpdiag_record, age);
		if (rec)
			return rec;
	}
	return NULL;
}

/* End one record of the shard; false when there is none left. */
static bool shard_pop(struct tcpdiag_shard *shard)
{
	struct tcpdiag_record *rec;

	spin_lock_irq(&shard->lock);
	rec = shard_any(shard);
	if (rec) {
		tcpdiag_leave(shard, rec, 0);
		if (rec->flags & TCPDIAG_F_MINI)
			shard->minis--;
		tcpdiag_end(shard, rec);
	}
	spin_unlock_irq(&shard->lock);
	return rec;
}

static void shard_free(struct tcpdiag_shard *shard)
{
	tcpdiag_time_wait_unmark(shard);
	while (shard_pop(shard))
		cond_resched();
	tcpdiag_table_free_spares(shard);
	shard_release(shard);
}

/**
 * tcpdiag_account_kill() - no event may touch a namespace's account any more
 * @tn: the namespace
 *
 * Events that began before may go on until a grace period is over.
 */
void tcpdiag_account_kill(struct tcpdiag_net *tn)
{
	unsigned int i;

	WRITE_ONCE(tn->dead, true);
	/* pairs with both barriers in tcpdiag_account_new_shard() */
	smp_mb();
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		end_shard(tn, i);
}

/**
 * tcpdiag_account_purge() - free a namespace's account and all its records
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process, may sleep.
 */
void tcpdiag_account_purge(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		if (tn->ended[i])
			shard_free(tn->ended[i]);
		tn->ended[i] = NULL;
	}
}

/*
 * Requests (NEW_SYN_RECV) have no event at their end: count those that the
 * namespace's listeners hold now. Listeners change seldom and are few beside
 * connections.
 */
static u64 shard_requests(struct tcpdiag_shard *shard)
{
	struct tcpdiag_record *rec;
	u64 n = 0;

	lockdep_assert_held(&shard->lock);
	list_for_each_entry(rec, &shard->ordered[TCP_LISTEN], age) {
		const struct sock *sk = rec->key;

		if (!tcpdiag_may_look(rec))
			continue;
		n += max(reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue), 0);
	}
	return n;
}

static void add_shard(struct tcpdiag_shard *shard,
		      struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;

	for (from = 1; from < TCPDIAG_STATES; from++)
		for (to = 1; to < TCPDIAG_STATES; to++)
			snap->moves[from][to] +=
				atomic64_read(&shard->moves[TCPDIAG_MOVE(from, to)]);
	for (i = 0; i < TCPDIAG_CC_SLOTS; i++) {
		u64 ended = atomic64_read(&shard->cc_ended[i]);
		u64 begun;

		/* after that, so that no end is counted without its beginning */
		smp_rmb();
		begun = atomic64_read(&shard->cc_begun[i]);
		snap->cc_begun[i] += begun;
		snap->cc_live[i] += begun - ended;
	}
	snap->alloc_failed += atomic64_read(&shard->alloc_failed);
	snap->mismatched += atomic64_read(&shard->mismatched);
	spin_lock_irq(&shard->lock);
	for (i = 1; i < TCPDIAG_STATES; i++)
		snap->preexisting[i] += shard->preexisting[i];
	snap->records += shard->records - shard->nr_spares - shard->minis;
	snap->minis += shard->minis;
	snap->refused += shard->refused;
	snap->now[TCP_NEW_SYN_RECV] += shard_requests(shard);
	tcpdiag_age_oldest(shard, ktime_get_ns(), snap->oldest_us);
	spin_unlock_irq(&shard->lock);
}

/*
 * Counters are of different moments, and a hand-over to a minisocket may count
 * a CLOSE down in one shard that its event counts up in another.
 */
static u64 not_below_zero(u64 n)
{
	return (s64)n < 0 ? 0 : n;
}

static void derive(struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			snap->entered[to] += snap->moves[from][to];
			if (!tcpdiag_fsm_is_birth(from, to))
				snap->left[from] += snap->moves[from][to];
			snap->moves[from][to] =
				not_below_zero(snap->moves[from][to]);
		}
	}
	for (i = 1; i < TCPDIAG_STATES; i++) {
		u64 in = snap->preexisting[i] + snap->entered[i];

		if (i == TCP_NEW_SYN_RECV)
			snap->left[i] = not_below_zero(in - snap->now[i]);
		else
			snap->now[i] = not_below_zero(in - snap->left[i]);
		snap->entered[i] = not_below_zero(snap->entered[i]);
		snap->left[i] = not_below_zero(snap->left[i]);
	}
	snap->now[TCP_CLOSE] = 0;
}

/**
 * tcpdiag_account_read() - copy a namespace's figures
 * @tn: the namespace
 * @snap: the copy; overwritten
 *
 * Counters are read one after another: what happens meanwhile may be in one and
 * not in another.
 *
 * Context: process. Cost: by shards and listeners, not by connections.
 */
void tcpdiag_account_read(struct tcpdiag_net *tn,
			  struct tcpdiag_snapshot *snap)
{
	struct tcpdiag_shard *shard;

	memset(snap, 0, sizeof(*snap));
	tcpdiag_age_sort(tn);
	tcpdiag_for_each_shard(shard, tn)
		add_shard(shard, snap);
	derive(snap);
	snap->lost = atomic64_read(&tn->lost);
	snap->alloc_failed += atomic64_read(&tn->alloc_failed);
	snap->approximate = tcpdiag_approximate();
	snap->have_requests = tcpdiag_hooks_have_requests();
}

static void add_tally(struct tcpdiag_net *tn, unsigned int told,
		      struct tcpdiag_hist *sum)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn)
		if (shard->tally[told])
			tcpdiag_hist_merge(sum, shard->tally[told]);
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
	memset(sum, 0, sizeof(*sum));
	add_tally(tn, state, sum);
	if (state == TCP_SYN_SENT) {
		add_tally(tn, TCPDIAG_TOLD_UNFINISHED, sum);
	} else if (state == TCP_SYN_RECV) {
		/* these stays are 0 and told by the services only */
		u64 at_once = tcpdiag_service_at_once(tn);

		sum->bucket[0] += at_once;
		sum->count += at_once;
	}
}

/**
 * tcpdiag_account_read_attempts() - sum the stays in SYN_SENT by their end
 * @tn: the namespace
 * @finished: those that ended in ESTABLISHED, or the others
 * @sum: the sum; overwritten
 *
 * Context: process.
 */
void tcpdiag_account_read_attempts(struct tcpdiag_net *tn, bool finished,
				   struct tcpdiag_hist *sum)
{
	memset(sum, 0, sizeof(*sum));
	add_tally(tn, finished ? TCP_SYN_SENT : TCPDIAG_TOLD_UNFINISHED, sum);
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
		local_irq_disable();
		shard = tcpdiag_shard_lock(tn->net);
		if (shard) {
			shard->preexisting[TCP_NEW_SYN_RECV] +=
				snap->now[TCP_NEW_SYN_RECV] - seen;
			tcpdiag_unlock(&shard->lock);
		}
		local_irq_enable();
	}
	kfree(snap);
}

/**
 * tcpdiag_account_shards() - how many parts does a namespace's account have?
 * @tn: the namespace; more may be added meanwhile
 *
 * Context: any.
 * Return: how many.
 */
unsigned int tcpdiag_account_shards(const struct tcpdiag_net *tn)
{
	unsigned int i, n = 0;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		n += !!READ_ONCE(tn->shard[i]);
	return n;
}

/**
 * tcpdiag_account_bytes() - memory of a namespace's account and records
 * @tn: the namespace
 *
 * Return: bytes.
 */
size_t tcpdiag_account_bytes(struct tcpdiag_net *tn)
{
	size_t bytes = sizeof(*tn);
	struct tcpdiag_shard *shard;
	unsigned int state;

	tcpdiag_for_each_shard(shard, tn) {
		bytes += sizeof(*shard);
		spin_lock_irq(&shard->lock);
		bytes += shard->records * sizeof(struct tcpdiag_record);
		for (state = 0; state < TCPDIAG_STATES; state++)
			if (shard->tally[state])
				bytes += sizeof(struct tcpdiag_tally);
		bytes += tcpdiag_congestion_bytes(shard);
		bytes += tcpdiag_service_bytes(shard);
		if (READ_ONCE(shard->resets))
			bytes += sizeof(struct tcpdiag_resets);
		bytes += tcpdiag_ports_bytes(shard);
		bytes += tcpdiag_time_wait_bytes(shard);
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
	unsigned long shards = roundup_pow_of_two(nr_cpu_ids);

	tcpdiag_shard_mask = min_t(ulong, shards, TCPDIAG_MAX_SHARDS) - 1;
	tally_cache = kmem_cache_create("tcpdiag_tally",
					sizeof(struct tcpdiag_tally), 0, 0,
					NULL);
	return tally_cache ? 0 : -ENOMEM;
}

/**
 * tcpdiag_account_exit() - undo tcpdiag_account_init(), after all purges
 */
void tcpdiag_account_exit(void)
{
	kmem_cache_destroy(tally_cache);
}
