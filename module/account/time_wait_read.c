// SPDX-License-Identifier: GPL-2.0
/*
 * TIME_WAIT for readers: how many there are, how fast they are made, and their
 * owners and destinations. The number is the account's gauge, and the rate
 * comes from its transitions. Owners and destinations come from the counts of
 * the passes (time_wait.c, ports.c).
 */
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>

#include "account/account.h"
#include "account/pass.h"
#include "account/ports.h"
#include "account/shards.h"
#include "account/time_wait.h"
#include "account/time_wait_read.h"
#include "model/snapshot.h"
#include "model/window.h"
#include "store/mibs.h"
#include "store/once.h"
#include "store/owner.h"

/* Shortest time between samples of the rate. */
#define SAMPLE_NS	(NSEC_PER_SEC - NSEC_PER_SEC / 10)
/* Too many TIME_WAITs are over if there were none for so long. */
#define OVERFLOW_NS	(600 * (u64)NSEC_PER_SEC)

static u64 entries(const struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	unsigned int from;
	u64 n = 0;

	tcpdiag_for_each_shard(shard, tn) {
		for (from = 1; from < TCPDIAG_STATES; from++) {
			unsigned int move = TCPDIAG_MOVE(from, TCP_TIME_WAIT);

			n += atomic64_read(&shard->moves[move]);
		}
	}
	return n;
}

/* NULL as long as none was made, or if memory is short, which is counted. */
static struct tcpdiag_window *window_of(struct tcpdiag_net *tn, u64 made)
{
	struct tcpdiag_window *w = READ_ONCE(tn->time_wait_made);

	if (w || !made)
		return w;
	w = kzalloc(sizeof(*w), TCPDIAG_GFP);
	if (!w) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	tcpdiag_window_add(w, 0, tn->began_ns);
	return tcpdiag_set_once(&tn->time_wait_made, w, kfree);
}

static void sample(struct tcpdiag_net *tn, struct tcpdiag_window *w, u64 made)
{
	u64 now = ktime_get_ns();

	lockdep_assert_held(&tn->lock);
	if (now >= w->at_ns[w->last] + SAMPLE_NS)
		tcpdiag_window_add(w, made, now);
}

static void look_for_overflows(struct tcpdiag_net *tn)
{
	u64 overflows = tcpdiag_mib(tn, TCPDIAG_MIB_TIME_WAIT_OVERFLOWS);

	lockdep_assert_held(&tn->lock);
	if (overflows == tn->time_wait_overflows)
		return;
	tn->time_wait_overflows = overflows;
	tn->time_wait_overflowed_ns = ktime_get_ns();
}

/**
 * tcpdiag_time_wait_overflowed() - whether there were too many TIME_WAITs in the
 *	last ten minutes
 * @tn: the namespace
 * @overflows: set to how many sockets got none since the account began
 *
 * Context: process. Cost: grows with CPUs.
 * Return: true if there were.
 */
bool tcpdiag_time_wait_overflowed(struct tcpdiag_net *tn, u64 *overflows)
{
	u64 at;

	spin_lock(&tn->lock);
	look_for_overflows(tn);
	*overflows = tn->time_wait_overflows;
	at = tn->time_wait_overflowed_ns;
	spin_unlock(&tn->lock);
	return at && ktime_get_ns() - at < OVERFLOW_NS;
}

/**
 * tcpdiag_time_wait_tick() - once a second: remember how many were made, and
 *	whether there were too many
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_time_wait_tick(struct tcpdiag_net *tn)
{
	u64 made = entries(tn);
	struct tcpdiag_window *w = window_of(tn, made);

	if (!w)
		return;
	spin_lock(&tn->lock);
	sample(tn, w, made);
	look_for_overflows(tn);
	spin_unlock(&tn->lock);
}

static void read_rates(struct tcpdiag_net *tn,
		       struct tcpdiag_time_wait_table *table)
{
	static const unsigned int seconds[] = { 1, 10, 60 };
	u64 now = ktime_get_ns(), made = entries(tn);
	struct tcpdiag_window *w = window_of(tn, made);
	unsigned int i;

	if (!w)
		return;
	spin_lock(&tn->lock);
	sample(tn, w, made);
	for (i = 0; i < ARRAY_SIZE(seconds); i++)
		table->rate[i] = tcpdiag_window_rate(w, made, now, seconds[i]);
	spin_unlock(&tn->lock);
}

/* Owners in a shard; processes that have ended are known by name only. */
static void read_owners(const struct tcpdiag_time_waits *tw,
			struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row;
	unsigned int slot;

	for (slot = 1; slot <= tw->slots.used; slot++) {
		if (!tw->n[slot])
			continue;
		row = &rows->row[rows->n++];
		*row = (struct tcpdiag_time_wait_row) {
			.n = tw->n[slot],
			.key = tw->slots.key[slot],
			.pid = get_pid(tw->pid[slot]),
		};
		if (!tcpdiag_owner_is_alive(row->pid))
			row->key.word[0] = 0;
	}
}

/* Destinations in a shard without the local address; or own ends. */
static void read_dests(const struct tcpdiag_ports *ports,
		       struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row;
	unsigned int slot;
	u32 n;

	for (slot = 1; slot <= ports->slots.used; slot++) {
		n = ports->peer[slot].in_use[TCPDIAG_PEER_TIME_WAIT];
		if (!n)
			continue;
		row = &rows->row[rows->n++];
		*row = (struct tcpdiag_time_wait_row) {
			.n = n,
			.key = ports->slots.key[slot],
		};
		if (row->key.rest & TCPDIAG_PEER_V6)
			memset(row->key.word, 0, sizeof(struct in6_addr));
		else
			row->key.word[0] = lower_32_bits(row->key.word[0]);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_time_wait_row *x = a, *y = b;

	return tcpdiag_key_cmp(&x->key, &y->key);
}

static int by_count(const void *a, const void *b)
{
	const struct tcpdiag_time_wait_row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return by_key(a, b);
}

/* Merge rows with the same key, keep the largest; return the total. */
static u64 merge_rows(struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row = rows->row;
	unsigned int i, n = 0;
	u64 sum = 0;

	sort(row, rows->n, sizeof(*row), by_key, NULL);
	for (i = 0; i < rows->n; i++) {
		sum += row[i].n;
		if (n && !by_key(&row[n - 1], &row[i])) {
			row[n - 1].n += row[i].n;
			put_pid(row[i].pid);
		} else {
			row[n++] = row[i];
		}
	}
	sort(row, n, sizeof(*row), by_count, NULL);
	while (n > TCPDIAG_TIME_WAIT_ROWS)
		put_pid(row[--n].pid);
	rows->n = n;
	return sum;
}

static void read_shard(struct tcpdiag_shard *shard,
		       struct tcpdiag_time_wait_table *table)
{
	raw_spin_lock_irq(&shard->lock);
	if (shard->time_waits)
		read_owners(shard->time_waits, &table->owners);
	if (shard->ports)
		read_dests(shard->ports, &table->dests);
	raw_spin_unlock_irq(&shard->lock);
}

/* The kernel's own figures: minisockets of both kinds, limits, counters. */
static void read_kernel(struct net *net, struct tcpdiag_time_wait_table *table)
{
	const struct inet_timewait_death_row *row = &net->ipv4.tcp_death_row;
	u64 minis = refcount_read(&row->tw_refcount) - 1;

	table->fin_wait2 = minis > table->total ? minis - table->total : 0;
	table->limit = READ_ONCE(row->sysctl_max_tw_buckets);
	table->reuse = READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse);
	table->overflows =
		tcpdiag_mib_total(net, TCPDIAG_MIB_TIME_WAIT_OVERFLOWS);
	table->recycled = tcpdiag_mib_total(net, TCPDIAG_MIB_TIME_WAIT_RECYCLED);
}

static bool alloc_rows(struct tcpdiag_time_wait_rows *rows, unsigned int shards)
{
	rows->row = kvmalloc_array(shards * TCPDIAG_SLOTS, sizeof(*rows->row),
				   TCPDIAG_GFP);
	return rows->row;
}

/**
 * tcpdiag_time_wait_read() - read the TIME_WAITs of a namespace
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: grows with shards and listeners.
 * Return: a table, to be put with tcpdiag_time_wait_put(); NULL if memory is
 * short.
 */
struct tcpdiag_time_wait_table *tcpdiag_time_wait_read(struct tcpdiag_net *tn)
{
	unsigned int shards = tcpdiag_shards_count(tn);
	struct tcpdiag_time_wait_table *table;
	struct tcpdiag_snapshot *snap;
	struct tcpdiag_shard *shard;
	u64 counted;

	table = kzalloc(sizeof(*table), TCPDIAG_GFP);
	snap = kmalloc(sizeof(*snap), TCPDIAG_GFP);
	if (!table || !snap ||
	    !alloc_rows(&table->owners, shards) ||
	    !alloc_rows(&table->dests, shards))
		goto err;
	tcpdiag_account_read(tn, snap);
	table->total = snap->now[TCP_TIME_WAIT];
	kfree(snap);
	table->counted_us = tcpdiag_pass_age_us(tn);
	/* no room for shards added meanwhile: the next read has them */
	tcpdiag_for_each_shard(shard, tn) {
		if (!shards--)
			break;
		read_shard(shard, table);
	}
	counted = merge_rows(&table->owners);
	counted = max(counted, merge_rows(&table->dests));
	/* read at different moments: rows must not exceed the total */
	table->total = max(table->total, counted);
	read_kernel(tn->net, table);
	read_rates(tn, table);
	return table;
err:
	kfree(snap);
	if (table)
		tcpdiag_time_wait_put(table);
	return NULL;
}

/**
 * tcpdiag_time_wait_put() - free a table
 * @table: from tcpdiag_time_wait_read()
 *
 * Context: process.
 */
void tcpdiag_time_wait_put(struct tcpdiag_time_wait_table *table)
{
	unsigned int i;

	for (i = 0; i < table->owners.n; i++)
		put_pid(table->owners.row[i].pid);
	kvfree(table->owners.row);
	kvfree(table->dests.row);
	kfree(table);
}

/**
 * tcpdiag_time_wait_purge() - free the samples of a namespace's rate
 * @tn: the namespace
 *
 * Context: process; without readers.
 */
void tcpdiag_time_wait_purge(struct tcpdiag_net *tn)
{
	kfree(tn->time_wait_made);
	tn->time_wait_made = NULL;
}
