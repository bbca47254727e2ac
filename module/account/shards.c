// SPDX-License-Identifier: GPL-2.0
/*
 * The shards of a namespace's account. A shard is made at the first event of a
 * CPU and ends with the namespace.
 *
 * Counters are atomic. They belong to one CPU, or to a few if there are more
 * than 16. Births and ends of records take the shard's lock.
 *
 * Memory of a namespace that uses TCP, for each shard in use: about 2.9 KiB,
 * plus 1.3 KiB for each of eleven distributions, 4.1 KiB for each congestion
 * control algorithm that sent data, 1.4 KiB for each port listened on, 14 KiB
 * for connections with data that have ended, and 18.2 KiB where programs connect
 * and close. There is one shard for each CPU, up to 16. A namespace with open
 * connections has 28.5 KiB for those. With 128 CPUs, one algorithm and one port
 * that is at most 919 KiB for a namespace that is busy on all CPUs; an account
 * for each CPU would take 7 MiB.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "account/congestion.h"
#include "account/flows.h"
#include "account/ports.h"
#include "account/losses.h"
#include "account/reset_table.h"
#include "account/resets.h"
#include "account/service.h"
#include "account/shards.h"
#include "account/time_wait.h"
#include "store/write.h"

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
	tcpdiag_resets_free(shard);
	tcpdiag_flows_free(shard);
	tcpdiag_ports_free(shard);
	tcpdiag_time_wait_free(shard);
	kfree_rcu(shard, rcu);
}

/* Not for requests, whose end has no event, and not for CLOSE. */
static bool is_told(unsigned int state)
{
	return state != TCP_CLOSE && state != TCP_NEW_SYN_RECV;
}

static struct tcpdiag_shard *shard_alloc(struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	unsigned int i;

	shard = kzalloc(sizeof(*shard), TCPDIAG_GFP_EVENT);
	if (!shard)
		return NULL;
	for (i = 0; i < TCPDIAG_STATES; i++) {
		if (!is_told(i))
			continue;
		shard->tally[i] = kmem_cache_zalloc(tally_cache,
						    TCPDIAG_GFP_EVENT);
		if (!shard->tally[i]) {
			shard_release(shard);
			return NULL;
		}
	}
	raw_spin_lock_init(&shard->lock);
	shard->net = tn;
	shard->young_now = shard->young;
	for (i = 0; i < TCPDIAG_STATES; i++)
		INIT_LIST_HEAD(&shard->ordered[i]);
	return shard;
}

/*
 * Events that begin after this do not find the shard. A place may have more than one:
 * who lost a race to tcpdiag_shards_kill() adds a shard after another has been made
 * and has ended.
 */
static void end_shard(struct tcpdiag_net *tn, unsigned int i)
{
	struct tcpdiag_shard *shard = xchg(&tn->shard[i], NULL);

	if (!shard)
		return;
	WRITE_ONCE(shard->dead, true);
	llist_add(&shard->of_ended, &tn->ended);
}

/**
 * tcpdiag_shards_new() - make the shard of this CPU at its first event
 * @net: the namespace
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end, or if memory is
 * short, which is counted.
 */
struct tcpdiag_shard *tcpdiag_shards_new(const struct net *net)
{
	unsigned int i = raw_smp_processor_id() & tcpdiag_shard_mask;
	struct tcpdiag_shard *shard, *old;
	struct tcpdiag_net *tn;

	/* pairs with tcpdiag_shards_kill(), which may have removed the shard */
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
	/* pairs with tcpdiag_shards_kill(), which may have missed the shard */
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
		rec = hlist_entry_safe(shard->young[i].first,
				       struct tcpdiag_record, young);
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

	raw_spin_lock_irq(&shard->lock);
	rec = shard_any(shard);
	if (rec) {
		tcpdiag_leave(shard, rec, 0);
		if (rec->flags & TCPDIAG_F_MINI)
			shard->minis--;
		tcpdiag_record_end(shard, rec);
	}
	raw_spin_unlock_irq(&shard->lock);
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
 * tcpdiag_shards_kill() - allow no event to touch a namespace's account
 * @tn: the namespace
 *
 * Events that began before may go on until an RCU grace period is over.
 *
 * Context: process.
 */
void tcpdiag_shards_kill(struct tcpdiag_net *tn)
{
	unsigned int i;

	WRITE_ONCE(tn->dead, true);
	/* pairs with both barriers in tcpdiag_shards_new() */
	smp_mb();
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		end_shard(tn, i);
}

/**
 * tcpdiag_shards_purge() - free a namespace's account and all its records
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process, may sleep.
 */
void tcpdiag_shards_purge(struct tcpdiag_net *tn)
{
	struct llist_node *ended = llist_del_all(&tn->ended);
	struct tcpdiag_shard *shard, *next;

	llist_for_each_entry_safe(shard, next, ended, of_ended)
		shard_free(shard);
}

/**
 * tcpdiag_shards_count() - how many shards a namespace's account has
 * @tn: the namespace; more may be added meanwhile
 *
 * Context: any.
 * Return: how many.
 */
unsigned int tcpdiag_shards_count(const struct tcpdiag_net *tn)
{
	unsigned int i, n = 0;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		n += !!READ_ONCE(tn->shard[i]);
	return n;
}

/**
 * tcpdiag_shards_bytes() - memory of a namespace's account and records
 * @tn: the namespace
 *
 * Context: process.
 * Return: bytes.
 */
size_t tcpdiag_shards_bytes(struct tcpdiag_net *tn)
{
	size_t bytes = sizeof(*tn) + tcpdiag_reset_table_bytes(tn) +
		       tcpdiag_losses_bytes(tn) +
		       (READ_ONCE(tn->flows) ? sizeof(*tn->flows) : 0);
	struct tcpdiag_shard *shard;
	unsigned int state;

	tcpdiag_for_each_shard(shard, tn) {
		bytes += sizeof(*shard);
		raw_spin_lock_irq(&shard->lock);
		bytes += shard->records * sizeof(struct tcpdiag_record);
		for (state = 0; state < TCPDIAG_STATES; state++)
			if (shard->tally[state])
				bytes += sizeof(struct tcpdiag_tally);
		bytes += tcpdiag_congestion_bytes(shard);
		bytes += tcpdiag_service_bytes(shard);
		bytes += tcpdiag_resets_bytes(shard);
		bytes += tcpdiag_flows_bytes(shard);
		bytes += tcpdiag_ports_bytes(shard);
		bytes += tcpdiag_time_wait_bytes(shard);
		raw_spin_unlock_irq(&shard->lock);
	}
	return bytes;
}

/**
 * tcpdiag_shards_init() - set up what all accounts share
 *
 * Context: process, may sleep; at load.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_shards_init(void)
{
	unsigned long shards = roundup_pow_of_two(nr_cpu_ids);

	tcpdiag_shard_mask = min_t(ulong, shards, TCPDIAG_MAX_SHARDS) - 1;
	tally_cache = kmem_cache_create("tcpdiag_tally",
					sizeof(struct tcpdiag_tally), 0, 0,
					NULL);
	return tally_cache ? 0 : -ENOMEM;
}

/**
 * tcpdiag_shards_exit() - undo tcpdiag_shards_init(), after all purges
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_shards_exit(void)
{
	kmem_cache_destroy(tally_cache);
}
