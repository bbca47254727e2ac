// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at live connections when somebody asks how congestion control does
 * (see account/congestion.c): one at a time with its socket locked, from a
 * random place of the table on, up to a bound.
 */
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "account/congestion.h"
#include "store/net.h"
#include "store/scan.h"
#include "store/table.h"
#include "survey/congestion_live.h"

/* Live connections that one report looks at, at most. */
#define LIVE_SOCKETS	4096
/* Records of any kind or namespace that it passes by, at most. */
#define LIVE_RECORDS	(16 * LIVE_SOCKETS)

/**
 * struct tcpdiag_cc_live - what the live connections did so far
 * @done: by algorithm; NULL if there is none that sent data
 * @read: how many were looked at, by algorithm
 * @no_memory: not all could be
 */
struct tcpdiag_cc_live {
	struct tcpdiag_cc_done *done[TCPDIAG_CC_SLOTS];
	u64 read[TCPDIAG_CC_SLOTS];
	bool no_memory;
};

/**
 * tcpdiag_congestion_live() - add what live connections did so far
 * @live: from tcpdiag_congestion_look()
 * @cc: tcpdiag_cc index
 * @connections: how many there are
 * @row: what is added to
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

/* The socket's algorithm and how long it could send; false if it is over. */
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
			*us = tcpdiag_congestion_open_us(rec,
							   ktime_get_ns());
		}
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
	return live;
}

/* False if there is no memory. */
static bool look_at(struct tcpdiag_cc_live *live, struct sock *sk)
{
	struct tcpdiag_cc_sample s;
	bool is_live, slow;
	unsigned int cc;
	u64 us;

	if (!(BIT(inet_sk_state_load(sk)) & TCPDIAG_CONNECTED))
		return true;
	/* not lock_sock(): nobody may own a socket that is not accepted yet */
	slow = lock_sock_fast(sk);
	/* only events of this socket write its record, so none does now */
	is_live = look_up(sk, &cc, &us);
	if (is_live)
		tcpdiag_measure(tcp_sk(sk), tcp_jiffies32, us, &s);
	unlock_sock_fast(sk, slow);
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

/* False if enough was looked at. */
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
 * tcpdiag_congestion_look() - look at the live connections of a namespace
 * @tn: the namespace
 *
 * At all of them, or at as many as the bound allows, from a random place on.
 *
 * Context: process, may sleep.
 * Return: what was seen, for tcpdiag_congestion_forget(); NULL if there is no
 * memory.
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
 * tcpdiag_congestion_forget() - done with what was seen
 * @live: from tcpdiag_congestion_look(), or NULL
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
