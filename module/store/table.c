// SPDX-License-Identifier: GPL-2.0
/*
 * The table of records: finds the record of a socket by the socket's address
 * (the look-up itself is in record.h), and owns the memory of all records.
 *
 * A look-up walks a chain without a lock: records come from a
 * SLAB_TYPESAFE_BY_RCU cache, chains are nulls lists, and a record's key is
 * cleared before it is freed. Each chain changes under one of the bucket
 * locks.
 *
 * Size: one chain for four records of the cap. Users share the cap; reclaim.c
 * takes records from the TIME_WAITs of those who have more than their share. A
 * new socket that gets no record is counted as refused. The cap does not apply
 * to sockets that the walk at load finds, nor where a gauge depends on the
 * record: to listeners (their requests are counted through it) and to FIN_WAIT2
 * minisockets (tcp_max_tw_buckets limits those). Records beyond the cap take
 * nothing of it and are never kept as spares.
 *
 * A shard keeps freed records as spares for its next sockets. Under a steady
 * load most new sockets then need neither the allocator nor a test of the cap;
 * spares count towards the cap. Spares that are not used go back gradually,
 * except for TCPDIAG_SPARES. When half of the cap is in use, a shard keeps at
 * most TCPDIAG_SPARES; when nearly all of it is, none. The rest goes back
 * within a second.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "store/param.h"
#include "store/net.h"
#include "store/record.h"
#include "store/reclaim.h"
#include "store/table.h"

#define RECORDS_PER_CHAIN	4
#define MIN_RECORDS		64UL
#define MAX_RECORDS		(16UL << 20)
/*
 * When no more than this part of the cap is left, no shard keeps spares: what one
 * namespace has spare, another of the same user may need. It is twice the reserve
 * (model/shares.c), so that they go back before a user is refused records.
 */
#define SPARES_PART		8
/* One in DECAY of the spares beyond TCPDIAG_SPARES goes back each second. */
#define DECAY			64
/* Spares given back each time the lock is held. */
#define TRIM			64U
/* Default cap: one record for 8 KiB of memory, so at most 2.4 % of memory. */
#define BYTES_PER_RECORD	(8UL << 10)

static unsigned int max_records;
static struct tcpdiag_param_range max_records_range = {
	&max_records, MIN_RECORDS, MAX_RECORDS,
};

module_param_cb(max_records, &tcpdiag_param_number, &max_records_range, 0444);
MODULE_PARM_DESC(max_records,
		 "most sockets, TIME_WAIT included, that get a record (default: one to 8 KiB of memory)");

struct tcpdiag_table tcpdiag_table __read_mostly;
/* Records in CLOSE, of sockets that are still open. */
atomic_t tcpdiag_nr_closed __read_mostly;
/* each protects the chains of the buckets that share it */
unsigned long tcpdiag_bucket_locks[TCPDIAG_BUCKET_LOCKS];

struct lockdep_map tcpdiag_bucket_map;
static struct lock_class_key bucket_class;

static struct kmem_cache *cache;

/* How many spares a shard may keep when @all records are allocated. */
static unsigned int spares_at(unsigned long all)
{
	if (all >= max_records - max_records / SPARES_PART)
		return 0;
	return all > max_records / 2 ? TCPDIAG_SPARES : UINT_MAX;
}

/* Count a record that is made (@n is 1) or freed (-1). */
static void count(struct tcpdiag_shard *shard, int n, bool exempt)
{
	unsigned int spares = spares_at(tcpdiag_payer_count(shard->net->payer,
							    n, exempt));

	lockdep_assert_held(&shard->lock);
	shard->records += n;
	if (spares != READ_ONCE(tcpdiag_table.spares))
		WRITE_ONCE(tcpdiag_table.spares, spares);
}

/**
 * tcpdiag_table_alloc() - get a record from the allocator
 * @shard: the shard that will count it, locked
 * @must: ignore the cap; the walk at load ignores it in any case
 *
 * Context: interrupts off.
 * Return: a record with only its flags set, to TCPDIAG_F_EXEMPT or 0; NULL,
 * which is counted, if its user gets none or memory is short.
 */
struct tcpdiag_record *tcpdiag_table_alloc(struct tcpdiag_shard *shard,
					   bool must)
{
	bool full = !tcpdiag_reclaim_admits(shard->net->payer);
	struct tcpdiag_record *rec;

	if (full && !must && !tcpdiag_walking()) {
		shard->refused++;
		return NULL;
	}
	rec = kmem_cache_alloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!rec) {
		atomic64_inc(&shard->alloc_failed);
		if (tcpdiag_walking())
			tcpdiag_phase_set_approximate();
		return NULL;
	}
	count(shard, 1, full);
	rec->flags = full ? TCPDIAG_F_EXEMPT : 0;
	return rec;
}

/**
 * tcpdiag_table_release() - give a record back to the allocator
 * @shard: the shard that counted it, locked
 * @rec: the record, in no chain and on no list
 *
 * Context: interrupts off.
 */
void tcpdiag_table_release(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec)
{
	count(shard, -1, rec->flags & TCPDIAG_F_EXEMPT);
	kmem_cache_free(cache, rec);
}

/**
 * tcpdiag_table_release_spares() - give back spares of a shard
 * @shard: the shard, locked
 * @max: at most so many
 *
 * Context: interrupts off.
 * Return: how many.
 */
unsigned int tcpdiag_table_release_spares(struct tcpdiag_shard *shard,
					  unsigned int max)
{
	struct tcpdiag_record *rec;
	unsigned int n;

	lockdep_assert_held(&shard->lock);
	for (n = 0; n < max && shard->spares; n++) {
		rec = shard->spares;
		shard->spares = rec->next_spare;
		shard->nr_spares--;
		tcpdiag_table_release(shard, rec);
	}
	return n;
}

/* Give back up to @n spares. */
static void release_spares(struct tcpdiag_shard *shard, unsigned int n)
{
	while (n && READ_ONCE(shard->spares)) {
		raw_spin_lock_irq(&shard->lock);
		n -= tcpdiag_table_release_spares(shard, min(n, TRIM));
		raw_spin_unlock_irq(&shard->lock);
		cond_resched();
	}
}

/**
 * tcpdiag_table_trim() - once a second: give back spares beyond the limit
 * @shard: the shard
 *
 * Context: process, may sleep.
 */
void tcpdiag_table_trim(struct tcpdiag_shard *shard)
{
	unsigned int limit = READ_ONCE(tcpdiag_table.spares);
	unsigned int have = READ_ONCE(shard->nr_spares);

	if (have > limit)
		release_spares(shard, have - limit);
	else if (have > TCPDIAG_SPARES)
		release_spares(shard, DIV_ROUND_UP(have - TCPDIAG_SPARES,
						   DECAY));
}

/**
 * tcpdiag_table_free_spares() - give back all spares of a shard
 * @shard: a shard without records, about to be freed
 *
 * Context: process, may sleep.
 */
void tcpdiag_table_free_spares(struct tcpdiag_shard *shard)
{
	release_spares(shard, UINT_MAX);
}

/**
 * tcpdiag_table_cap() - the cap in force
 *
 * Context: any.
 * Return: records.
 */
unsigned long tcpdiag_table_cap(void)
{
	return max_records;
}

/**
 * tcpdiag_table_bytes() - memory of the table without its records
 *
 * Context: any.
 * Return: bytes.
 */
size_t tcpdiag_table_bytes(void)
{
	return sizeof(*tcpdiag_table.heads) * tcpdiag_table_buckets();
}

/**
 * tcpdiag_table_buckets() - number of chains
 *
 * Context: any.
 * Return: a power of two.
 */
unsigned int tcpdiag_table_buckets(void)
{
	return 1U << (64 - tcpdiag_table.shift);
}

/**
 * tcpdiag_table_each() - call a function for the records of one chain
 * @bucket: the chain
 * @take: called with the bucket lock held and interrupts off; returns false to
 *	stop
 * @arg: passed to @take
 *
 * Context: process.
 */
void tcpdiag_table_each(unsigned int bucket,
			bool (*take)(struct tcpdiag_record *rec, void *arg),
			void *arg)
{
	unsigned long *lock = tcpdiag_bucket_lock(bucket);
	struct hlist_nulls_node *pos;
	struct tcpdiag_record *rec;

	if (hlist_nulls_empty(&tcpdiag_table.heads[bucket]))
		return;
	local_irq_disable();
	tcpdiag_bucket_acquire(lock);
	hlist_nulls_for_each_entry(rec, pos, &tcpdiag_table.heads[bucket],
				   hash) {
		if (!take(rec, arg))
			break;
	}
	tcpdiag_bucket_release(lock);
	local_irq_enable();
}

static unsigned long default_max_records(void)
{
	unsigned long n = totalram_pages() * (PAGE_SIZE >> 10) /
			  (BYTES_PER_RECORD >> 10);

	return clamp(n, MIN_RECORDS, MAX_RECORDS);
}

static int heads_init(void)
{
	struct tcpdiag_table *t = &tcpdiag_table;
	unsigned int bits = order_base_2(max_records / RECORDS_PER_CHAIN);
	unsigned int i;

	t->spares = spares_at(0);
	t->shift = 64 - bits;
	t->heads = kvmalloc_array(1UL << bits, sizeof(*t->heads), GFP_KERNEL);
	if (!t->heads)
		return -ENOMEM;
	for (i = 0; i < 1U << bits; i++)
		INIT_HLIST_NULLS_HEAD(&t->heads[i], i);
	lockdep_init_map(&tcpdiag_bucket_map, "tcpdiag_bucket", &bucket_class,
			 0);
	return 0;
}

/**
 * tcpdiag_table_init() - allocate the table and its cache
 *
 * Context: process, may sleep; at load.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_table_init(void)
{
	int err;

	if (!max_records)
		max_records = default_max_records();
	tcpdiag_payers_init(max_records);
	err = heads_init();
	if (err)
		return err;
	cache = kmem_cache_create("tcpdiag_record",
				  sizeof(struct tcpdiag_record), 0,
				  SLAB_TYPESAFE_BY_RCU | SLAB_HWCACHE_ALIGN,
				  NULL);
	if (!cache) {
		kvfree(tcpdiag_table.heads);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tcpdiag_table_exit() - free the table; it must be empty
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_table_exit(void)
{
	kmem_cache_destroy(cache);
	kvfree(tcpdiag_table.heads);
}
