// SPDX-License-Identifier: GPL-2.0
/*
 * What connections did under each congestion control algorithm, so that
 * algorithms can be compared on live traffic (Documentation/congestion.md).
 *
 * Finished connections are told once, at their end, out of the counters of
 * their socket (measure.c); those that never sent data cost one test. What they
 * did goes to sums and distributions of their shard and algorithm, which are
 * allocated when the first is told. Losses are told as they happen, for TCP
 * keeps no count of them: by hooks that fire when recovery begins.
 *
 * Live connections are looked at when somebody asks, one at a time with its
 * socket locked, from a random place of the table on, up to a bound.
 *
 * A connection counts wholly for the algorithm it has when it is looked at.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "account/congestion.h"
#include "store/record.h"
#include "store/scan.h"

/* Live connections that one report looks at, at most. */
#define LIVE_SOCKETS	4096
/* Records of any kind or namespace that it passes by, at most. */
#define LIVE_RECORDS	(16 * LIVE_SOCKETS)

/* States in which a connection can have data to send. */
#define CAN_SEND	(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | \
			 TCPF_CLOSING | TCPF_LAST_ACK)

/**
 * struct tcpdiag_cc_done - what connections did, while it is being written
 * @sum: by enum tcpdiag_cc_sum
 * @tally: by enum tcpdiag_cc_dist
 */
struct tcpdiag_cc_done {
	atomic64_t sum[TCPDIAG_CC_SUMS];
	struct tcpdiag_tally tally[TCPDIAG_CC_DISTS];
};

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

static struct kmem_cache *cache;

static noinline struct tcpdiag_cc_done *new_done(struct tcpdiag_shard *shard,
						 unsigned int cc)
{
	struct tcpdiag_cc_done *done, *old;

	done = kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!done) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	old = cmpxchg(&shard->cc_done[cc], NULL, done);
	if (old) {
		kmem_cache_free(cache, done);
		return old;
	}
	return done;
}

/* Where a shard adds up what connections of an algorithm did, or NULL. */
static struct tcpdiag_cc_done *done_of(struct tcpdiag_shard *shard,
				       unsigned int cc)
{
	/* pairs with cmpxchg() in new_done() */
	struct tcpdiag_cc_done *done = READ_ONCE(shard->cc_done[cc]);

	return likely(done) ? done : new_done(shard, cc);
}

static void add(struct tcpdiag_cc_done *done,
		const struct tcpdiag_cc_sample *s)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SUMS; i++)
		if (s->sum[i])
			atomic64_add(s->sum[i], &done->sum[i]);
	for (i = 0; i < TCPDIAG_CC_DISTS; i++)
		if (s->value[i])
			tcpdiag_tally_add(&done->tally[i], s->value[i]);
}

/* For how long a connection could send. */
static u64 open_us(const struct tcpdiag_record *rec, u64 now)
{
	unsigned int i;
	u64 ns = 0;

	for (i = 1; i <= TCPDIAG_FULL_STATES; i++)
		if (BIT(i) & CAN_SEND)
			ns += rec->spent_ns[i - 1];
	if (BIT(rec->state) & CAN_SEND)
		ns += tcpdiag_stay_ns(rec, now);
	return div_u64(ns, NSEC_PER_USEC);
}

/**
 * tcpdiag_congestion_recount() - a connection may have another algorithm now
 * @shard: the record's shard, locked
 * @rec: its record, which counts for an algorithm
 * @sk: the socket, locked or nobody's
 */
void tcpdiag_congestion_recount(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk)
{
	unsigned int was = rec->cc - 1;

	lockdep_assert_held(&shard->lock);
	if (likely(tcpdiag_cc_index(sk) == was))
		return;
	tcpdiag_cc_begin(shard, rec, sk);
	atomic64_dec(&shard->cc_begun[was]);
}

/**
 * tcpdiag_congestion_take() - tell what a connection did that is over
 * @shard: the record's shard, locked
 * @rec: its record, which counts for an algorithm
 * @sk: the socket, locked or nobody's; it sent data
 * @now: ktime_get_ns()
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_congestion_take(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec,
			     const struct sock *sk, u64 now)
{
	struct tcpdiag_cc_sample s;
	struct tcpdiag_cc_done *done;

	tcpdiag_congestion_recount(shard, rec, sk);
	done = done_of(shard, rec->cc - 1);
	if (unlikely(!done)) {
		atomic64_inc(&shard->cc_untold[rec->cc - 1]);
		return;
	}
	tcpdiag_measure(tcp_sk(sk), tcp_jiffies32, open_us(rec, now), &s);
	add(done, &s);
}

static void tell(const struct sock *sk, enum tcpdiag_cc_sum what)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));
	struct tcpdiag_cc_done *done;

	if (!shard)
		return;
	done = done_of(shard, tcpdiag_cc_index(sk));
	if (done)
		atomic64_inc(&done->sum[what]);
}

/**
 * tcpdiag_congestion_recovery() - a connection enters fast recovery
 * @sk: the socket, locked
 *
 * Context: preemption off.
 */
void tcpdiag_congestion_recovery(const struct sock *sk)
{
	tell(sk, TCPDIAG_CC_LOSS_EPISODES);
}

/**
 * tcpdiag_congestion_timeout() - a connection takes all in flight for lost
 * @sk: the socket, locked, in the state of recovery it had until now
 *
 * Not for a handshake, nor when a peer shrinks its window to nothing, which is
 * no congestion. Within recovery, a timeout begins no other episode.
 *
 * Context: preemption off.
 */
void tcpdiag_congestion_timeout(const struct sock *sk)
{
	if (!(BIT(sk->sk_state) & TCPDIAG_CONNECTED) ||
	    (!tcp_sk(sk)->snd_wnd && !sock_flag(sk, SOCK_DEAD)))
		return;
	tell(sk, TCPDIAG_CC_RTOS);
	if (inet_csk(sk)->icsk_ca_state < TCP_CA_Recovery)
		tell(sk, TCPDIAG_CC_LOSS_EPISODES);
}

/**
 * tcpdiag_congestion_free() - free what a shard added up
 * @shard: a shard that no event can reach any more
 */
void tcpdiag_congestion_free(struct tcpdiag_shard *shard)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SLOTS; i++)
		if (shard->cc_done[i])
			kmem_cache_free(cache, shard->cc_done[i]);
}

/**
 * tcpdiag_congestion_bytes() - memory of what a shard added up
 * @shard: the shard
 *
 * Return: bytes.
 */
size_t tcpdiag_congestion_bytes(const struct tcpdiag_shard *shard)
{
	size_t bytes = 0;
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SLOTS; i++)
		if (READ_ONCE(shard->cc_done[i]))
			bytes += sizeof(struct tcpdiag_cc_done);
	return bytes;
}

static void merge(struct tcpdiag_cc_row *row,
		  const struct tcpdiag_cc_done *done)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SUMS; i++)
		row->sum[i] += atomic64_read(&done->sum[i]);
	for (i = 0; i < TCPDIAG_CC_DISTS; i++)
		tcpdiag_hist_merge(&row->hist[i], &done->tally[i]);
}

/**
 * tcpdiag_congestion_finished() - add what finished connections did
 * @tn: the namespace
 * @cc: tcpdiag_cc index
 * @row: what is added to. Its LOSS_EPISODES and RTOS are of live connections
 *	too
 *
 * Context: process. Cost: by shards.
 */
void tcpdiag_congestion_finished(const struct tcpdiag_net *tn, unsigned int cc,
				 struct tcpdiag_cc_row *row)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn) {
		const struct tcpdiag_cc_done *done;
		u64 untold, ended;

		untold = atomic64_read(&shard->cc_untold[cc]);
		/* what was untold had not ended before that */
		smp_rmb();
		ended = atomic64_read(&shard->cc_ended[cc]);
		row->connections += ended;
		row->read += ended - min(ended, untold);
		done = READ_ONCE(shard->cc_done[cc]);
		if (done)
			merge(row, done);
	}
}

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
		merge(row, live->done[cc]);
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
			*us = open_us(rec, ktime_get_ns());
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
		live->done[cc] = kmem_cache_zalloc(cache, TCPDIAG_GFP);
	if (!live->done[cc]) {
		live->no_memory = true;
		return false;
	}
	live->read[cc]++;
	add(live->done[cc], &s);
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
		if (live->done[i])
			kmem_cache_free(cache, live->done[i]);
	kfree(live);
}

/**
 * tcpdiag_congestion_init() - prepare what all accounts share
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_congestion_init(void)
{
	cache = kmem_cache_create("tcpdiag_cc_done",
				  sizeof(struct tcpdiag_cc_done), 0, 0, NULL);
	return cache ? 0 : -ENOMEM;
}

/**
 * tcpdiag_congestion_exit() - undo tcpdiag_congestion_init(), after all purges
 */
void tcpdiag_congestion_exit(void)
{
	kmem_cache_destroy(cache);
}
