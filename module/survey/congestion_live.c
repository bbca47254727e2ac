// SPDX-License-Identifier: GPL-2.0
/*
 * Measures live connections for a report on congestion control (see
 * account/congestion.c): one at a time with its socket locked, from a random
 * place in the table, up to a limit. A socket that a task is using is left out,
 * because the task may sleep for any time with the socket locked.
 */
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "account/congestion.h"
#include "store/net.h"
#include "store/open.h"
#include "store/scan.h"
#include "store/table.h"
#include "survey/congestion_live.h"

/* One report measures at most this many live connections. */
#define LIVE_SOCKETS	4096
/* One report looks at no more records, of any kind and namespace, than this. */
#define LIVE_RECORDS	(16 * LIVE_SOCKETS)

/**
 * struct tcpdiag_cc_live - the figures of live connections
 * @done: by algorithm; NULL if no connection was measured
 * @read: how many connections were measured, by algorithm
 * @no_memory: memory was short: not all were measured
 */
struct tcpdiag_cc_live {
	struct tcpdiag_cc_done *done[TCPDIAG_CC_SLOTS];
	u64 read[TCPDIAG_CC_SLOTS];
	bool no_memory;
};

/**
 * tcpdiag_congestion_live() - add the figures of live connections
 * @live: from tcpdiag_congestion_look()
 * @cc: tcpdiag_cc_index()
 * @connections: how many live connections there are
 * @row: the row to add to
 *
 * Context: process.
 */
void tcpdiag_congestion_live(const struct tcpdiag_cc_live *live,
			     unsigned int cc, u64 connections,
			     struct tcpdiag_cc_row *row)
{
	row->connections += connections;
	row->read += live->read[cc];
	if (live->done[cc])
		tcpdiag_cc_done_merge(row, live->done[cc]);
}

/* A connection's algorithm, and how long it could send; false if it is over. */
static bool look_up(const struct sock *sk, unsigned int *cc, u64 *us)
{
	struct tcpdiag_record *rec;
	unsigned long irqflags;
	bool live = false;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		live = rec->cc;
		if (live) {
			tcpdiag_congestion_recount(rec->shard, rec, sk);
			*cc = rec->cc - 1;
			*us = tcpdiag_open_us(rec, ktime_get_ns());
		}
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
	return live;
}

/* False if memory is short. */
static bool look_at(struct tcpdiag_cc_live *live, struct sock *sk)
{
	struct tcpdiag_cc_sample s;
	bool is_live = false;
	unsigned int cc;
	u64 us;

	if (!(BIT(inet_sk_state_load(sk)) & TCPDIAG_CONNECTED))
		return true;
	spin_lock_bh(&sk->sk_lock.slock);
	/* only events of this socket write its record, so none does now */
	if (!sock_owned_by_user(sk))
		is_live = look_up(sk, &cc, &us);
	if (is_live)
		tcpdiag_measure(tcp_sk(sk), tcp_jiffies32, us, &s);
	spin_unlock_bh(&sk->sk_lock.slock);
	if (!is_live)
		return true;
	if (!live->done[cc])
		live->done[cc] = tcpdiag_cc_done_alloc(TCPDIAG_GFP);
	if (!live->done[cc]) {
		live->no_memory = true;
		return false;
	}
	live->read[cc]++;
	tcpdiag_cc_done_add(live->done[cc], &s);
	return true;
}

/* False if the limit is reached or memory is short. */
static bool look_from(struct tcpdiag_cc_live *live, struct tcpdiag_scan *scan,
		      unsigned int bucket, unsigned int end,
		      unsigned int *left)
{
	bool more = tcpdiag_scan_fill(scan, bucket, 0, end);
	unsigned int i;

	while (more) {
		for (i = 0; i < scan->n; i++) {
			if (!*left || !look_at(live, scan->found[i].sk))
				return false;
			--*left;
		}
		if (scan->looked_at >= LIVE_RECORDS)
			return false;
		cond_resched();
		more = tcpdiag_scan_more(scan, end);
	}
	return true;
}

/**
 * tcpdiag_congestion_look() - measure the live connections of a namespace
 * @tn: the namespace
 *
 * Measures all of them, or as many as the limit allows, from a random place.
 *
 * Context: process, may sleep.
 * Return: the figures, to be freed with tcpdiag_congestion_forget(); NULL if
 * memory is short.
 */
struct tcpdiag_cc_live *tcpdiag_congestion_look(const struct tcpdiag_net *tn)
{
	unsigned int buckets = tcpdiag_table_buckets();
	unsigned int start = get_random_u32() & (buckets - 1);
	unsigned int left = LIVE_SOCKETS;
	struct tcpdiag_cc_live *live;
	struct tcpdiag_scan *scan;

	live = kzalloc(sizeof(*live), TCPDIAG_GFP);
	scan = kzalloc(sizeof(*scan), TCPDIAG_GFP);
	if (!live || !scan) {
		kfree(live);
		kfree(scan);
		return NULL;
	}
	scan->net = tn->net;
	if (look_from(live, scan, start, buckets, &left))
		look_from(live, scan, 0, start, &left);
	tcpdiag_scan_put(scan);
	kfree(scan);
	if (live->no_memory) {
		tcpdiag_congestion_forget(live);
		return NULL;
	}
	return live;
}

/**
 * tcpdiag_congestion_forget() - free the figures of live connections
 * @live: from tcpdiag_congestion_look(), or NULL
 *
 * Context: process.
 */
void tcpdiag_congestion_forget(struct tcpdiag_cc_live *live)
{
	unsigned int i;

	if (!live)
		return;
	for (i = 0; i < TCPDIAG_CC_SLOTS; i++)
		tcpdiag_cc_done_free(live->done[i]);
	kfree(live);
}
