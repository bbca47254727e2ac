// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports by destination, for reporters and findings. The counts of all
 * shards (ports.c) become one row for each destination. The counts are marked
 * every few seconds, to find out how fast they grow.
 */
#include <linux/bitops.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>

#include "account/pass.h"
#include "account/ports.h"
#include "account/ports_read.h"
#include "account/shards.h"
#include "compat.h"
#include "store/owner.h"

/* Rates and forecasts cover the last two intervals. */
#define INTERVAL_NS	(5 * (u64)NSEC_PER_SEC)
/* The worker may be early by this much. */
#define EARLY_NS	(NSEC_PER_SEC / 2)
/* Local addresses whose ports from bind() are added up. */
#define MAX_LOCALS	16
/* Processes whose ports from bind() are added up. */
#define MAX_BINDERS	16

static void put_owners(struct tcpdiag_peer_sum *s)
{
	put_pid(s->user.pid);
	put_pid(s->victim.pid);
	put_pid(s->late_user.pid);
	put_pid(s->binder.pid);
	put_pid(s->fast_open_user.pid);
}

static void mark_shard(struct tcpdiag_shard *shard, u64 now)
{
	struct tcpdiag_ports *ports;
	unsigned int i;

	raw_spin_lock_irq(&shard->lock);
	ports = shard->ports;
	if (ports) {
		for (i = 1; i <= ports->slots.used; i++)
			tcpdiag_peer_remember(&ports->peer[i], now);
		tcpdiag_peer_remember(&ports->peer[TCPDIAG_SLOT_OTHER], now);
	}
	raw_spin_unlock_irq(&shard->lock);
}

/**
 * tcpdiag_ports_tick() - once a second: end an interval if it is over
 * @tn: the namespace
 *
 * Context: process.
 */
void tcpdiag_ports_tick(struct tcpdiag_net *tn)
{
	u64 now = ktime_get_ns();
	struct tcpdiag_shard *shard;

	spin_lock(&tn->lock);
	if (now + EARLY_NS < tn->ports_marked_ns[0] + INTERVAL_NS)
		goto out;
	tn->ports_marked_ns[1] = tn->ports_marked_ns[0];
	tn->ports_marked_ns[0] = now;
	tcpdiag_for_each_shard(shard, tn)
		mark_shard(shard, now);
out:
	spin_unlock(&tn->lock);
}

/* The port range minus reserved ports, and the rule of reuse, for connect(). */
static void read_rules(const struct net *net, struct tcpdiag_ports_table *table)
{
	const unsigned long *reserved = net->ipv4.sysctl_local_reserved_ports;
	unsigned int port;

	inet_get_local_port_range(net, &table->low, &table->high);
	port = table->low;
	if (reserved)
		for_each_set_bit_from(port, reserved, table->high + 1)
			table->reserved++;
	table->rules.capacity = table->high - table->low + 1 - table->reserved;
	table->rules.reuse = READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse);
	table->rules.reuse_ms = tcpdiag_tw_reuse_delay_ms(net);
}

/* Add @s to @into, and put the processes that are not kept. */
static void merge(struct tcpdiag_peer_sum *into, struct tcpdiag_peer_sum *s)
{
	tcpdiag_peer_add(into, s);
	put_owners(s);
}

/* A process that runs comes before one that has ended. */
static void read_peer(const struct tcpdiag_peer *p, struct tcpdiag_peer_sum *s)
{
	tcpdiag_peer_read(p, s);
	if (!tcpdiag_owner_is_alive(p->user.pid) &&
	    tcpdiag_owner_is_alive(p->earlier.pid))
		s->user = p->earlier;
	get_pid(s->user.pid);
	get_pid(s->victim.pid);
	get_pid(s->late_user.pid);
	get_pid(s->binder.pid);
	get_pid(s->fast_open_user.pid);
}

/* The figures of one shard: a row for each destination. */
static void read_ports(const struct tcpdiag_ports *ports,
		       struct tcpdiag_ports_table *table,
		       struct tcpdiag_peer_sum *sums)
{
	const struct tcpdiag_peer *p = ports->peer;
	struct tcpdiag_peer_sum *row, other;
	unsigned int i;
	u32 others;

	read_peer(&p[TCPDIAG_SLOT_OTHER], &other);
	others = tcpdiag_peer_total(other.in_use);
	merge(&table->other, &other);
	for (i = 1; i <= ports->slots.used; i++) {
		row = &sums[table->n];
		table->row[table->n++] = row;
		read_peer(&p[i], row);
		row->key = ports->slots.key[i];
		/* gather() adds the others of all shards, this one's too */
		row->missed = min(p[i].missed, others);
		row->missed -= others;
	}
}

static void read_shard(struct tcpdiag_shard *shard,
		       struct tcpdiag_ports_table *table,
		       struct tcpdiag_peer_sum *sums)
{
	raw_spin_lock_irq(&shard->lock);
	if (shard->ports)
		read_ports(shard->ports, table, sums);
	raw_spin_unlock_irq(&shard->lock);
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = *(void **)a, *y = *(void **)b;

	return tcpdiag_key_cmp(&x->key, &y->key);
}

/* Most ports in use first, then most refused, then most connects. */
static int by_use(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = *(void **)a, *y = *(void **)b;
	u32 m = tcpdiag_peer_total(x->in_use);
	u32 n = tcpdiag_peer_total(y->in_use);

	if (m != n)
		return m < n ? 1 : -1;
	if (x->no_port != y->no_port)
		return x->no_port < y->no_port ? 1 : -1;
	if (x->connects != y->connects)
		return x->connects < y->connects ? 1 : -1;
	return by_key(a, b);
}

/* Accepted connections use no port of the range. */
static void leave_out_own(struct tcpdiag_ports_table *table)
{
	unsigned int i, n = 0;

	for (i = 0; i < table->n; i++) {
		if (table->row[i]->key.rest & TCPDIAG_PEER_OWN)
			put_owners(table->row[i]);
		else
			table->row[n++] = table->row[i];
	}
	table->n = n;
}

/* Merge the rows of each destination; one shard has only one of each. */
static void merge_rows(struct tcpdiag_ports_table *table)
{
	unsigned int i, n = 0;

	sort(table->row, table->n, sizeof(*table->row), by_key, NULL);
	for (i = 0; i < table->n; i++) {
		if (n && !by_key(&table->row[n - 1], &table->row[i]))
			merge(table->row[n - 1], table->row[i]);
		else
			table->row[n++] = table->row[i];
	}
	table->n = n;
}

/* Count the last rows with the others, for which no process is named. */
static void cut_rows(struct tcpdiag_ports_table *table)
{
	while (table->n > TCPDIAG_PORTS_ROWS)
		merge(&table->other, table->row[--table->n]);
	put_owners(&table->other);
}

/**
 * struct local - a local address with ports that bind() found
 * @row: one of its rows
 * @bound: those of all its rows
 */
struct local {
	const struct tcpdiag_peer_sum *row;
	u32 bound;
};

static bool is_same_local(const struct tcpdiag_peer_sum *a,
			  const struct tcpdiag_peer_sum *b)
{
	if ((a->key.rest ^ b->key.rest) & TCPDIAG_PEER_V6)
		return false;
	if (!(a->key.rest & TCPDIAG_PEER_V6))
		return a->key.word[0] >> 32 == b->key.word[0] >> 32;
	return a->key.word[0] == b->key.word[0] &&
	       a->key.word[1] == b->key.word[1];
}

static struct local *find_local(struct local *local, unsigned int n,
				const struct tcpdiag_peer_sum *row)
{
	unsigned int i;

	for (i = 0; i < n && !is_same_local(local[i].row, row); i++)
		;
	return &local[i];
}

/* Of further local addresses each row has only its own. */
static void sum_up_bound(struct tcpdiag_ports_table *table)
{
	struct local local[MAX_LOCALS + 1], *l;
	unsigned int i, n = 0;
	u32 most = 0;

	for (i = 0; i < table->n; i++) {
		if (!table->row[i]->bound)
			continue;
		l = find_local(local, n, table->row[i]);
		if (l == &local[n]) {
			if (n == MAX_LOCALS)
				continue;
			*l = (struct local) { .row = table->row[i] };
			n++;
		}
		l->bound += table->row[i]->bound;
		most = max(most, l->bound);
	}
	for (i = 0; i < table->n; i++) {
		l = find_local(local, n, table->row[i]);
		table->row[i]->bound_local = l == &local[n] ?
					     table->row[i]->bound : l->bound;
		table->row[i]->bound_most = most;
	}
}

/* One row for each destination, in no particular order. */
static struct tcpdiag_ports_table *gather(struct tcpdiag_net *tn)
{
	unsigned int shards = tcpdiag_shards_count(tn), left = shards, i;
	struct tcpdiag_ports_table *table;
	struct tcpdiag_peer_sum *sums;
	struct tcpdiag_shard *shard;

	tcpdiag_pass_if_late(tn);
	tcpdiag_ports_tick(tn);
	table = kvmalloc(struct_size(table, row, shards * TCPDIAG_SLOTS) +
			shards * TCPDIAG_SLOTS * sizeof(*sums), TCPDIAG_GFP);
	if (!table)
		return NULL;
	memset(table, 0, sizeof(*table));
	sums = (void *)&table->row[shards * TCPDIAG_SLOTS];
	read_rules(tn->net, table);
	table->counted_us = tcpdiag_pass_age_us(tn);
	spin_lock(&tn->lock);
	table->rules.window_ms = 1 + div_u64(ktime_get_ns() -
					     tn->ports_marked_ns[1],
					     NSEC_PER_MSEC);
	/* no room for shards added meanwhile: the next read has them */
	tcpdiag_for_each_shard(shard, tn) {
		if (!left--)
			break;
		read_shard(shard, table, sums);
	}
	spin_unlock(&tn->lock);
	leave_out_own(table);
	if (shards > 1)
		merge_rows(table);
	for (i = 0; i < table->n; i++)
		table->row[i]->missed += tcpdiag_peer_total(table->other.in_use);
	sum_up_bound(table);
	return table;
}

/**
 * tcpdiag_ports_read() - read ports in use by destination
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: grows with shards, not with connections.
 * Return: a table, to be put with tcpdiag_ports_put(); NULL if memory is short.
 */
struct tcpdiag_ports_table *tcpdiag_ports_read(struct tcpdiag_net *tn)
{
	struct tcpdiag_ports_table *table = gather(tn);

	if (!table)
		return NULL;
	sort(table->row, table->n, sizeof(*table->row), by_use, NULL);
	cut_rows(table);
	return table;
}

/* Whether @row with @n beats @best with @most; by_use() decides a tie. */
static bool is_more(struct tcpdiag_peer_sum *row,
		    struct tcpdiag_peer_sum *best, u64 n, u64 most)
{
	return n > most || (n == most && by_use(&row, &best) < 0);
}

/* Whether @row has more slow events lately; the later one decides a tie. */
static bool is_slower(const struct tcpdiag_lately_sum *row,
		      const struct tcpdiag_lately_sum *best)
{
	return row->slow > best->slow ||
	       (row->slow == best->slow && row->last_ns > best->last_ns);
}

/* The local address with most comes first, and its destination with most. */
static u64 bound_rank(const struct tcpdiag_peer_sum *row)
{
	return (u64)row->bound_local << 32 | row->bound;
}

/**
 * struct binder - a process that holds ports found by bind()
 * @row: one of the rows where it does
 * @least: at least so many of all rows
 */
struct binder {
	const struct tcpdiag_peer_sum *row;
	u32 least;
};

/* Find who holds most of the ports of @worst->bound's local address. */
static void find_binder(const struct tcpdiag_ports_table *table,
			struct tcpdiag_ports_worst *worst)
{
	struct binder binder[MAX_BINDERS];
	unsigned int i, b, n = 0;

	for (i = 0; i < table->n; i++) {
		const struct tcpdiag_peer_sum *row = table->row[i];

		if (!row->binder_least || !is_same_local(row, worst->bound))
			continue;
		for (b = 0; b < n; b++)
			if (binder[b].row->binder.pid == row->binder.pid)
				break;
		if (b == MAX_BINDERS)
			continue;
		if (b == n)
			binder[n++] = (struct binder) { .row = row };
		binder[b].least += row->binder_least;
		if (binder[b].least > worst->binder_least) {
			worst->binder = &binder[b].row->binder;
			worst->binder_least = binder[b].least;
		}
	}
}

/**
 * tcpdiag_ports_read_worst() - find the destinations that findings are about
 * @tn: the namespace
 * @worst: set to rows of the result, if there are any
 *
 * Cheaper than tcpdiag_ports_read(), which sorts the rows.
 *
 * Context: process, may sleep. Cost: grows with shards, not with connections.
 * Return: a table, to be put with tcpdiag_ports_put(), its rows in no particular
 * order; NULL if memory is short.
 */
struct tcpdiag_ports_table *
tcpdiag_ports_read_worst(struct tcpdiag_net *tn,
			 struct tcpdiag_ports_worst *worst)
{
	struct tcpdiag_ports_table *table = gather(tn);
	unsigned int i;

	memset(worst, 0, sizeof(*worst));
	if (!table)
		return NULL;
	put_owners(&table->other);
	if (table->n) {
		worst->fullest = table->row[0];
		worst->refused = table->row[0];
		worst->busiest = table->row[0];
		worst->bound = table->row[0];
		worst->late = table->row[0];
		worst->fast_open = table->row[0];
	}
	for (i = 1; i < table->n; i++) {
		struct tcpdiag_peer_sum *row = table->row[i];

		if (is_more(row, worst->fullest,
			    tcpdiag_peer_taken(row, &table->rules),
			    tcpdiag_peer_taken(worst->fullest, &table->rules)))
			worst->fullest = row;
		if (is_more(row, worst->refused, row->no_port_ns,
			    worst->refused->no_port_ns))
			worst->refused = row;
		if (is_more(row, worst->busiest, row->made,
			    worst->busiest->made))
			worst->busiest = row;
		if (is_more(row, worst->bound, bound_rank(row),
			    bound_rank(worst->bound)))
			worst->bound = row;
		if (is_slower(&row->lately, &worst->late->lately))
			worst->late = row;
		if (is_slower(&row->fast_open_lately,
			      &worst->fast_open->fast_open_lately))
			worst->fast_open = row;
	}
	if (table->n)
		find_binder(table, worst);
	return table;
}

/**
 * tcpdiag_ports_put() - free a table
 * @table: from tcpdiag_ports_read() or tcpdiag_ports_read_worst()
 *
 * Context: process.
 */
void tcpdiag_ports_put(struct tcpdiag_ports_table *table)
{
	unsigned int i;

	for (i = 0; i < table->n; i++)
		put_owners(table->row[i]);
	kvfree(table);
}
