// SPDX-License-Identifier: GPL-2.0
/*
 * The node table: finds the node of a socket by the socket's address, and
 * owns the memory of all nodes.
 *
 * Look-up takes no lock: nodes come from SLAB_TYPESAFE_BY_RCU caches, chains
 * are nulls lists, and a node's key is cleared before it is freed. A node
 * found by its own socket's event stays valid for that event, because nothing
 * but the socket's later events (and teardown, after a grace period) retires
 * it. Each chain changes under one of the bucket locks.
 *
 * Size: one chain to four records of the cap. Policy at the cap: the new
 * socket gets no record and is counted as refused; nothing is evicted. The
 * cap does not apply to what the walk at load takes in.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu_counter.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>

#include "tcpdiag.h"

#define BUCKET_LOCKS		256
#define RECORDS_PER_CHAIN	4
#define MIN_RECORDS		64UL
#define MAX_RECORDS		(16UL << 20)
/* Default cap: a record to 16 KiB of memory, 1.2 % of it at the most. */
#define BYTES_PER_RECORD	(16UL << 10)

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
		 "most sockets, and as many minisockets, that get a record (default: one to 16 KiB of memory)");

static struct hlist_nulls_head *heads;
static unsigned int bits;
/* each protects the chains of the buckets that share it */
static spinlock_t bucket_locks[BUCKET_LOCKS];

static struct kmem_cache *conn_cache;
static struct kmem_cache *mini_cache;
static struct percpu_counter conns;
static struct percpu_counter minis;

static unsigned int bucket_of(const void *key)
{
	return hash_ptr(key, bits);
}

static spinlock_t *bucket_lock(unsigned int bucket)
{
	return &bucket_locks[bucket % BUCKET_LOCKS];
}

/**
 * tcpdiag_table_find() - the node of a socket
 * @key: the struct sock or struct inet_timewait_sock
 *
 * Context: any with preemption off or RCU held, from an event of that socket
 * or with its socket lock held: only then does the node stay valid.
 * Return: the node, or NULL.
 */
struct tcpdiag_node *tcpdiag_table_find(const void *key)
{
	unsigned int bucket = bucket_of(key);
	struct hlist_nulls_node *pos;
	struct tcpdiag_node *node;

restart:
	hlist_nulls_for_each_entry_rcu(node, pos, &heads[bucket], hash) {
		if (READ_ONCE(node->key) == key)
			return node;
	}
	/* A node freed under us may have led into another chain. */
	if (unlikely(get_nulls_value(pos) != bucket))
		goto restart;
	return NULL;
}

/**
 * tcpdiag_table_add() - make a node findable, unless its key already is
 * @node: filled in and on its shard's list
 *
 * Context: interrupts off.
 * Return: false if the key had a node already.
 */
bool tcpdiag_table_add(struct tcpdiag_node *node)
{
	unsigned int bucket = bucket_of(node->key);
	spinlock_t *lock = bucket_lock(bucket);
	struct hlist_nulls_node *pos;
	struct tcpdiag_node *other;
	bool added = true;

	lockdep_assert_irqs_disabled();
	spin_lock(lock);
	hlist_nulls_for_each_entry(other, pos, &heads[bucket], hash) {
		if (unlikely(other->key == node->key)) {
			added = false;
			break;
		}
	}
	if (added)
		hlist_nulls_add_head_rcu(&node->hash, &heads[bucket]);
	spin_unlock(lock);
	return added;
}

/**
 * tcpdiag_table_del() - make a node unfindable
 * @node: a node that tcpdiag_table_add() added
 *
 * Context: interrupts off.
 */
void tcpdiag_table_del(struct tcpdiag_node *node)
{
	spinlock_t *lock = bucket_lock(bucket_of(node->key));

	lockdep_assert_irqs_disabled();
	spin_lock(lock);
	hlist_nulls_del_init_rcu(&node->hash);
	spin_unlock(lock);
	/* A look-up that still stands on the freed node must not match it. */
	WRITE_ONCE(node->key, NULL);
}

static bool take_place(struct percpu_counter *count)
{
	if (!tcpdiag_walking() &&
	    percpu_counter_compare(count, max_records) >= 0)
		return false;
	percpu_counter_inc(count);
	return true;
}

static void *new_node(struct kmem_cache *cache, struct percpu_counter *count,
		      gfp_t gfp, bool *refused)
{
	void *node;

	*refused = !take_place(count);
	if (*refused)
		return NULL;
	node = kmem_cache_alloc(cache, gfp | __GFP_NOWARN);
	if (!node)
		percpu_counter_dec(count);
	return node;
}

/**
 * tcpdiag_table_new_conn() - memory for the record of a full socket
 * @gfp: GFP_ATOMIC in hooks, GFP_KERNEL in the walk
 * @refused: set to whether the cap was the reason for NULL
 *
 * Return: an uninitialized record, or NULL.
 */
struct tcpdiag_conn *tcpdiag_table_new_conn(gfp_t gfp, bool *refused)
{
	return new_node(conn_cache, &conns, gfp, refused);
}

/**
 * tcpdiag_table_new_mini() - memory for the node of a minisocket
 * @gfp: GFP_ATOMIC
 * @refused: set to whether the cap was the reason for NULL
 *
 * Return: an uninitialized node, or NULL.
 */
struct tcpdiag_node *tcpdiag_table_new_mini(gfp_t gfp, bool *refused)
{
	return new_node(mini_cache, &minis, gfp, refused);
}

/**
 * tcpdiag_table_free() - give a node's memory back
 * @node: unfindable and off its shard's list, with TCPDIAG_F_MINI set or not
 */
void tcpdiag_table_free(struct tcpdiag_node *node)
{
	struct tcpdiag_conn *conn;

	if (node->flags & TCPDIAG_F_MINI) {
		percpu_counter_dec(&minis);
		kmem_cache_free(mini_cache, node);
		return;
	}
	conn = container_of(node, struct tcpdiag_conn, node);
	put_pid(conn->pid);
	percpu_counter_dec(&conns);
	kmem_cache_free(conn_cache, conn);
}

/**
 * tcpdiag_table_cap() - the cap in force
 *
 * Return: records, and as many minisocket nodes.
 */
unsigned long tcpdiag_table_cap(void)
{
	return max_records;
}

/**
 * tcpdiag_table_bytes() - memory of the table without its nodes
 *
 * Return: bytes.
 */
size_t tcpdiag_table_bytes(void)
{
	return sizeof(*heads) << bits;
}

/**
 * tcpdiag_table_buckets() - number of chains
 *
 * Return: a power of two.
 */
unsigned int tcpdiag_table_buckets(void)
{
	return 1U << bits;
}

/**
 * tcpdiag_table_each() - hand the nodes of one chain to a function
 * @bucket: the chain
 * @skip: how many nodes to pass over
 * @take: called with the bucket lock held and interrupts off, with the node
 *	and its place in the chain; returns false to stop
 * @arg: passed on to @take
 *
 * Context: process.
 */
void tcpdiag_table_each(unsigned int bucket, unsigned int skip,
			bool (*take)(struct tcpdiag_node *node,
				     unsigned int place, void *arg),
			void *arg)
{
	spinlock_t *lock = bucket_lock(bucket);
	struct hlist_nulls_node *pos;
	struct tcpdiag_node *node;
	unsigned int i = 0;

	if (hlist_nulls_empty(&heads[bucket]))
		return;
	spin_lock_irq(lock);
	hlist_nulls_for_each_entry(node, pos, &heads[bucket], hash) {
		if (i >= skip && !take(node, i, arg))
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
	unsigned int i;

	bits = order_base_2(max_records / RECORDS_PER_CHAIN);
	heads = kvmalloc_array(1UL << bits, sizeof(*heads), GFP_KERNEL);
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < 1U << bits; i++)
		INIT_HLIST_NULLS_HEAD(&heads[i], i);
	for (i = 0; i < BUCKET_LOCKS; i++)
		spin_lock_init(&bucket_locks[i]);
	return 0;
}

static int caches_init(void)
{
	conn_cache = kmem_cache_create("tcpdiag_conn",
				       sizeof(struct tcpdiag_conn), 0,
				       SLAB_TYPESAFE_BY_RCU |
				       SLAB_HWCACHE_ALIGN, NULL);
	if (!conn_cache)
		return -ENOMEM;
	mini_cache = kmem_cache_create("tcpdiag_mini",
				       sizeof(struct tcpdiag_node), 0,
				       SLAB_TYPESAFE_BY_RCU |
				       SLAB_HWCACHE_ALIGN, NULL);
	if (!mini_cache) {
		kmem_cache_destroy(conn_cache);
		return -ENOMEM;
	}
	return 0;
}

static int counters_init(void)
{
	int err;

	err = percpu_counter_init(&conns, 0, GFP_KERNEL);
	if (err)
		return err;
	err = percpu_counter_init(&minis, 0, GFP_KERNEL);
	if (err)
		percpu_counter_destroy(&conns);
	return err;
}

/**
 * tcpdiag_table_init() - allocate the table and its caches
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
	err = caches_init();
	if (err)
		goto err_heads;
	err = counters_init();
	if (err)
		goto err_caches;
	return 0;

err_caches:
	kmem_cache_destroy(mini_cache);
	kmem_cache_destroy(conn_cache);
err_heads:
	kvfree(heads);
	return err;
}

/**
 * tcpdiag_table_exit() - free the table, which must be empty
 */
void tcpdiag_table_exit(void)
{
	percpu_counter_destroy(&minis);
	percpu_counter_destroy(&conns);
	kmem_cache_destroy(mini_cache);
	kmem_cache_destroy(conn_cache);
	kvfree(heads);
}
