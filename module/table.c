// SPDX-License-Identifier: GPL-2.0
/*
 * The table of records: finds the record of a socket by the socket's address
 * (the look-up itself is in record.h), and owns the memory of all records.
 *
 * Look-up walks a chain without a lock: records come from a
 * SLAB_TYPESAFE_BY_RCU cache, chains are nulls lists, and a record's key is
 * cleared before it is freed. Each chain changes under one of the bucket
 * locks.
 *
 * Size: one chain to four records of the cap. Policy at the cap: the new
 * socket gets no record and is counted as refused; nothing is evicted. The
 * cap does not apply to what the walk at load takes in, nor where a gauge hangs
 * on the record: listeners (their requests are counted through it) and
 * FIN_WAIT2 minisockets (of which tcp_max_tw_buckets allows so many).
 *
 * A shard keeps some freed records for its next sockets: under a steady load
 * most need no allocator. These spares do not count against the cap.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "record.h"

#define BUCKET_LOCKS		256
#define RECORDS_PER_CHAIN	4
#define MIN_RECORDS		64UL
#define MAX_RECORDS		(16UL << 20)
/* Freed records: a shard keeps at most so many, all of them this part of the cap. */
#define SPARES_PER_SHARD	1024
#define SPARES_PART		16
/* How far a CPU's count may be from the total before it is added to it. */
#define BATCH			32
/* Default cap: a record to 8 KiB of memory, 2.4 % of it at the most. */
#define BYTES_PER_RECORD	(8UL << 10)

static unsigned long max_records;

static int set_max_records(const char *val, const struct kernel_param *kp)
{
	unsigned long n;
	int err;

	err = kstrtoul(val, 0, &n);
	if (err || n < MIN_RECORDS || n > MAX_RECORDS) {
		pr_err("tcpdiag: max_records must be a number from %lu to %lu\n",
		       MIN_RECORDS, MAX_RECORDS);
		return err ? err : -EINVAL;
	}
	return param_set_ulong(val, kp);
}

static const struct kernel_param_ops max_records_ops = {
	.set = set_max_records,
	.get = param_get_ulong,
};

module_param_cb(max_records, &max_records_ops, &max_records, 0444);
MODULE_PARM_DESC(max_records,
		 "most sockets, TIME_WAIT included, that get a record (default: one to 8 KiB of memory)");

struct tcpdiag_table tcpdiag_table __read_mostly;

/* each protects the chains of the buckets that share it */
static spinlock_t bucket_locks[BUCKET_LOCKS];

static struct kmem_cache *cache;

/*
 * Records in use and records allocated (in use or spare), in all namespaces.
 * What percpu_counter does, but inline for the hot path.
 */
static DEFINE_PER_CPU(int, in_use_here);
static atomic_long_t in_use;
static atomic_long_t allocated;
/* There are enough spares: free what is freed. */
static bool spares_full;

static spinlock_t *bucket_lock(unsigned int bucket)
{
	return &bucket_locks[bucket % BUCKET_LOCKS];
}

/**
 * tcpdiag_table_add() - make a record findable
 * @rec: filled in; no other record has its key
 *
 * Context: the record's shard is locked.
 */
void tcpdiag_table_add(struct tcpdiag_record *rec)
{
	unsigned int bucket = tcpdiag_bucket_of(rec->key);
	spinlock_t *lock = bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	tcpdiag_lock(lock);
	hlist_nulls_add_head_rcu(&rec->hash, &tcpdiag_table.heads[bucket]);
	tcpdiag_unlock(lock);
}

/**
 * tcpdiag_table_del() - make a record unfindable
 * @rec: a record that tcpdiag_table_add() added
 *
 * Context: the record's shard is locked.
 */
void tcpdiag_table_del(struct tcpdiag_record *rec)
{
	spinlock_t *lock = bucket_lock(tcpdiag_bucket_of(rec->key));

	lockdep_assert_held(&rec->shard->lock);
	tcpdiag_lock(lock);
	hlist_nulls_del_rcu(&rec->hash);
	tcpdiag_unlock(lock);
	/* A look-up that still stands on the freed record must not match it. */
	WRITE_ONCE(rec->key, NULL);
}

static noinline void fold_in_use(int here)
{
	long n;

	__this_cpu_sub(in_use_here, here);
	n = atomic_long_add_return(here, &in_use);
	WRITE_ONCE(spares_full, atomic_long_read(&allocated) - n >
				(long)(max_records / SPARES_PART));
}

static void count_in_use(int n)
{
	int here;

	lockdep_assert_irqs_disabled();
	here = __this_cpu_add_return(in_use_here, n);
	if (unlikely(abs(here) >= BATCH))
		fold_in_use(here);
}

/* Exact once the total is near the cap. */
static bool cap_reached(void)
{
	long n = atomic_long_read(&in_use);
	int cpu;

	if (likely(n + BATCH * (long)num_possible_cpus() < (long)max_records))
		return false;
	for_each_possible_cpu(cpu)
		n += per_cpu(in_use_here, cpu);
	return n >= (long)max_records;
}

static noinline struct tcpdiag_record *allocate(struct tcpdiag_shard *shard)
{
	struct tcpdiag_record *rec;

	rec = kmem_cache_alloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!rec) {
		shard->alloc_failed++;
		if (tcpdiag_walking())
			tcpdiag_set_approximate();
		return NULL;
	}
	atomic_long_inc(&allocated);
	return rec;
}

/**
 * tcpdiag_table_new() - memory for a record
 * @shard: where it will be accounted, locked
 * @must: the cap does not apply
 *
 * Return: a record of which only flags, pid and addr are set; NULL, which is
 * counted in the shard, if the cap is reached or memory is short.
 */
struct tcpdiag_record *tcpdiag_table_new(struct tcpdiag_shard *shard,
					 bool must)
{
	struct tcpdiag_record *rec;
	bool full;

	lockdep_assert_held(&shard->lock);
	full = cap_reached();
	if (unlikely(full && !must)) {
		shard->refused++;
		return NULL;
	}
	if (likely(shard->nr_spares)) {
		shard->nr_spares--;
		rec = list_first_entry(&shard->spares, struct tcpdiag_record,
				       age);
		tcpdiag_age_unlink(&rec->age);
	} else {
		rec = allocate(shard);
		if (unlikely(!rec))
			return NULL;
	}
	count_in_use(1);
	rec->flags = unlikely(full) ? TCPDIAG_F_EXEMPT : 0;
	rec->pid = NULL;
	rec->addr = NULL;
	return rec;
}

/**
 * tcpdiag_table_free() - give a record back
 * @shard: the record's shard, locked
 * @rec: unfindable and off its state's list
 */
void tcpdiag_table_free(struct tcpdiag_shard *shard,
			struct tcpdiag_record *rec)
{
	lockdep_assert_held(&shard->lock);
	count_in_use(-1);
	if (likely(shard->nr_spares < SPARES_PER_SHARD &&
		   !READ_ONCE(spares_full))) {
		shard->nr_spares++;
		tcpdiag_age_link(&rec->age, &shard->spares,
				 shard->spares.next);
		return;
	}
	atomic_long_dec(&allocated);
	kmem_cache_free(cache, rec);
}

/**
 * tcpdiag_table_free_spares() - give back what a shard keeps for reuse
 * @shard: a shard without records, about to be freed
 */
void tcpdiag_table_free_spares(struct tcpdiag_shard *shard)
{
	struct tcpdiag_record *rec, *next;

	list_for_each_entry_safe(rec, next, &shard->spares, age) {
		atomic_long_dec(&allocated);
		kmem_cache_free(cache, rec);
	}
}

/**
 * tcpdiag_table_cap() - the cap in force
 *
 * Return: records.
 */
unsigned long tcpdiag_table_cap(void)
{
	return max_records;
}

/**
 * tcpdiag_table_bytes() - memory of the table without its records
 *
 * Return: bytes.
 */
size_t tcpdiag_table_bytes(void)
{
	return sizeof(*tcpdiag_table.heads) << tcpdiag_table.bits;
}

/**
 * tcpdiag_table_buckets() - number of chains
 *
 * Return: a power of two.
 */
unsigned int tcpdiag_table_buckets(void)
{
	return 1U << tcpdiag_table.bits;
}

/**
 * tcpdiag_table_each() - hand the records of one chain to a function
 * @bucket: the chain
 * @skip: how many records to pass over
 * @take: called with the bucket lock held and interrupts off, with the record
 *	and its place in the chain; returns false to stop
 * @arg: passed on to @take
 *
 * Context: process.
 */
void tcpdiag_table_each(unsigned int bucket, unsigned int skip,
			bool (*take)(struct tcpdiag_record *rec,
				     unsigned int place, void *arg),
			void *arg)
{
	spinlock_t *lock = bucket_lock(bucket);
	struct hlist_nulls_node *pos;
	struct tcpdiag_record *rec;
	unsigned int i = 0;

	if (hlist_nulls_empty(&tcpdiag_table.heads[bucket]))
		return;
	spin_lock_irq(lock);
	hlist_nulls_for_each_entry(rec, pos, &tcpdiag_table.heads[bucket],
				   hash) {
		if (i >= skip && !take(rec, i, arg))
			break;
		i++;
	}
	spin_unlock_irq(lock);
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
	unsigned int i;

	t->bits = order_base_2(max_records / RECORDS_PER_CHAIN);
	t->heads = kvmalloc_array(1UL << t->bits, sizeof(*t->heads),
				  GFP_KERNEL);
	if (!t->heads)
		return -ENOMEM;
	for (i = 0; i < 1U << t->bits; i++)
		INIT_HLIST_NULLS_HEAD(&t->heads[i], i);
	for (i = 0; i < BUCKET_LOCKS; i++)
		spin_lock_init(&bucket_locks[i]);
	return 0;
}

/**
 * tcpdiag_table_init() - allocate the table and its cache
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_table_init(void)
{
	int err;

	if (!max_records)
		max_records = default_max_records();
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
 * tcpdiag_table_exit() - free the table, which must be empty
 */
void tcpdiag_table_exit(void)
{
	kmem_cache_destroy(cache);
	kvfree(tcpdiag_table.heads);
}
