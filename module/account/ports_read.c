// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports by destination: what reporters and findings read of them. The
 * counts of all shards (ports.c) become one row for each destination; marks
 * that are set every few seconds tell how fast they grow.
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

/* Rates and forecasts are of the last two intervals. */
#define INTERVAL_NS	(5 * (u64)NSEC_PER_SEC)
/* By how much the worker may be early. */
#define EARLY_NS	(NSEC_PER_SEC / 2)

/* tcpdiag_net.ports_marked_ns */
static DEFINE_MUTEX(mark_mutex);

static void put_owners(struct tcpdiag_peer_sum *s)
{
	put_pid(s->user.pid);
	put_pid(s->victim.pid);
}

static void mark_shard(struct tcpdiag_shard *shard)
{
	unsigned int i;

	spin_lock_irq(&shard->lock);
	if (shard->ports) {
		for (i = 1; i <= shard->ports->slots.used; i++)
			tcpdiag_peer_remember(&shard->ports->peer[i]);
		tcpdiag_peer_remember(&shard->ports->peer[TCPDIAG_SLOT_OTHER]);
	}
	spin_unlock_irq(&shard->lock);
}

/**
 * tcpdiag_ports_tick() - once a second: end an interval if it is over
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_ports_tick(struct tcpdiag_net *tn)
{
	u64 now = ktime_get_ns();
	struct tcpdiag_shard *shard;

	mutex_lock(&mark_mutex);
	if (now + EARLY_NS < tn->ports_marked_ns[0] + INTERVAL_NS)
		goto out;
	tn->ports_marked_ns[1] = tn->ports_marked_ns[0];
	tn->ports_marked_ns[0] = now;
	tcpdiag_for_each_shard(shard, tn)
		mark_shard(shard);
out:
	mutex_unlock(&mark_mutex);
}

/* The range less what is reserved, as connect() sees it. */
static void read_capacity(const struct net *net,
			  struct tcpdiag_ports_view *view)
{
	const unsigned long *reserved = net->ipv4.sysctl_local_reserved_ports;
	unsigned int port;

	inet_get_local_port_range(net, &view->low, &view->high);
	port = view->low;
	if (reserved)
		for_each_set_bit_from(port, reserved, view->high + 1)
			view->reserved++;
	view->capacity = view->high - view->low + 1 - view->reserved;
}

/* @s goes into @into; the processes that are not kept are put. */
static void merge(struct tcpdiag_peer_sum *into, struct tcpdiag_peer_sum *s)
{
	tcpdiag_peer_add(into, s);
	put_owners(s);
}

static void read_peer(const struct tcpdiag_peer *p, struct tcpdiag_peer_sum *s)
{
	tcpdiag_peer_read(p, s);
	get_pid(s->user.pid);
	get_pid(s->victim.pid);
}

/* The figures of one shard: a row for each destination. */
static void read_ports(const struct tcpdiag_ports *ports,
		       struct tcpdiag_ports_view *view)
{
	const struct tcpdiag_peer *p = ports->peer;
	struct tcpdiag_peer_sum *row, other;
	unsigned int i;
	u32 others;

	read_peer(&p[TCPDIAG_SLOT_OTHER], &other);
	others = tcpdiag_peer_total(other.in_use);
	merge(&view->other, &other);
	for (i = 1; i <= ports->slots.used; i++) {
		row = &view->row[view->n++];
		read_peer(&p[i], row);
		row->key = ports->slots.key[i];
		/* what is missing at most, less what is where it has no row */
		row->missed = min(p[i].missed, others);
		row->missed -= others;
	}
}

static void read_shard(struct tcpdiag_shard *shard,
		       struct tcpdiag_ports_view *view)
{
	spin_lock_irq(&shard->lock);
	if (shard->ports)
		read_ports(shard->ports, view);
	spin_unlock_irq(&shard->lock);
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* More ports in use first; then those that were refused; then more connects. */
static int by_use(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = a, *y = b;
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

/* One row for each destination; those that were accepted use none. */
static void merge_rows(struct tcpdiag_ports_view *view)
{
	unsigned int i, n = 0;

	sort(view->row, view->n, sizeof(*view->row), by_key, NULL);
	for (i = 0; i < view->n; i++) {
		struct tcpdiag_peer_sum *row = &view->row[i];

		if (row->key.rest & TCPDIAG_PEER_OWN)
			put_owners(row);
		else if (n && !by_key(&view->row[n - 1], row))
			merge(&view->row[n - 1], row);
		else
			view->row[n++] = *row;
	}
	view->n = n;
	for (i = 0; i < n; i++)
		view->row[i].missed += tcpdiag_peer_total(view->other.in_use);
	sort(view->row, view->n, sizeof(*view->row), by_use, NULL);
}

/* The least of them are counted with the others, of whom nobody is named. */
static void cut_rows(struct tcpdiag_ports_view *view)
{
	while (view->n > TCPDIAG_PORTS_ROWS)
		merge(&view->other, &view->row[--view->n]);
	put_owners(&view->other);
}

/**
 * tcpdiag_ports_read() - ports in use by destination
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: by shards, not by connections.
 * Return: a view for tcpdiag_ports_put(); NULL if there is no memory.
 */
struct tcpdiag_ports_view *tcpdiag_ports_read(struct tcpdiag_net *tn)
{
	unsigned int shards = tcpdiag_shards_count(tn);
	struct tcpdiag_ports_view *view;
	struct tcpdiag_shard *shard;

	tcpdiag_pass_if_late(tn);
	tcpdiag_ports_tick(tn);
	view = kvmalloc(struct_size(view, row, shards * TCPDIAG_SLOTS),
			TCPDIAG_GFP);
	if (!view)
		return NULL;
	memset(view, 0, sizeof(*view));
	read_capacity(tn->net, view);
	view->counted_us = tcpdiag_pass_age_us(tn);
	mutex_lock(&mark_mutex);
	view->window_ms = 1 + div_u64(ktime_get_ns() - tn->ports_marked_ns[1],
				      NSEC_PER_MSEC);
	/* shards may have been added meanwhile: the next read has them */
	tcpdiag_for_each_shard(shard, tn) {
		if (!shards--)
			break;
		read_shard(shard, view);
	}
	mutex_unlock(&mark_mutex);
	merge_rows(view);
	cut_rows(view);
	return view;
}

/**
 * tcpdiag_ports_put() - done with a view
 * @view: from tcpdiag_ports_read()
 */
void tcpdiag_ports_put(struct tcpdiag_ports_view *view)
{
	unsigned int i;

	for (i = 0; i < view->n; i++)
		put_owners(&view->row[i]);
	kvfree(view);
}
