// SPDX-License-Identifier: GPL-2.0
/*
 * What connections did under each congestion control algorithm, so that
 * algorithms can be compared on live traffic (Documentation/congestion.md).
 *
 * A connection is counted once, at its end, from the counters of its socket
 * (model/measure.c); one that never sent data costs one test. Its figures go to
 * the sums and distributions of its shard and algorithm, which are allocated
 * for the first such connection. Losses are counted as they happen, by hooks
 * that fire when recovery begins, because TCP does not count them; losses.c counts
 * them by program and peer.
 *
 * A connection counts entirely for the algorithm it has when it is measured.
 * survey/congestion_live.c measures live connections.
 */
#include <linux/slab.h>

#include "account/congestion.h"
#include "account/losses.h"
#include "store/net.h"
#include "store/once.h"
#include "store/open.h"

/**
 * struct tcpdiag_cc_done - sums and distributions that writers add to
 * @sum: by enum tcpdiag_cc_sum
 * @tally: by enum tcpdiag_cc_dist
 */
struct tcpdiag_cc_done {
	atomic64_t sum[TCPDIAG_CC_SUMS];
	struct tcpdiag_tally tally[TCPDIAG_CC_DISTS];
};

static struct kmem_cache *cache;

/**
 * tcpdiag_cc_done_alloc() - allocate empty sums and distributions
 * @gfp: how to allocate
 *
 * Context: as @gfp allows.
 * Return: sums and distributions, to be freed with tcpdiag_cc_done_free(); NULL
 * if memory is short.
 */
struct tcpdiag_cc_done *tcpdiag_cc_done_alloc(gfp_t gfp)
{
	return kmem_cache_zalloc(cache, gfp);
}

/**
 * tcpdiag_cc_done_free() - free sums and distributions
 * @done: from tcpdiag_cc_done_alloc(), or NULL
 *
 * Context: any.
 */
void tcpdiag_cc_done_free(struct tcpdiag_cc_done *done)
{
	if (done)
		kmem_cache_free(cache, done);
}

static noinline struct tcpdiag_cc_done *new_done(struct tcpdiag_shard *shard,
						 unsigned int cc)
{
	struct tcpdiag_cc_done *done;

	done = tcpdiag_cc_done_alloc(TCPDIAG_GFP_EVENT);
	if (!done) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	return tcpdiag_set_once(&shard->cc_done[cc], done,
				tcpdiag_cc_done_free);
}

/* Where a shard adds up what connections of an algorithm did, or NULL. */
static struct tcpdiag_cc_done *done_of(struct tcpdiag_shard *shard,
				       unsigned int cc)
{
	/* pairs with tcpdiag_set_once() */
	struct tcpdiag_cc_done *done = READ_ONCE(shard->cc_done[cc]);

	return likely(done) ? done : new_done(shard, cc);
}

/**
 * tcpdiag_cc_done_add() - add the figures of one connection
 * @done: sums and distributions to add to
 * @s: the figures
 *
 * Context: any; writers need no lock.
 */
void tcpdiag_cc_done_add(struct tcpdiag_cc_done *done,
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

/**
 * tcpdiag_cc_done_merge() - add sums and distributions to a row
 * @row: the row
 * @done: the sums and distributions; others may write them meanwhile
 *
 * Context: process.
 */
void tcpdiag_cc_done_merge(struct tcpdiag_cc_row *row,
			   const struct tcpdiag_cc_done *done)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SUMS; i++)
		row->sum[i] += atomic64_read(&done->sum[i]);
	for (i = 0; i < TCPDIAG_CC_DISTS; i++)
		tcpdiag_hist_merge(&row->hist[i], &done->tally[i]);
}

/**
 * tcpdiag_congestion_recount() - count a connection for its present algorithm
 * @shard: the record's shard, locked
 * @rec: its record, which counts for an algorithm
 * @sk: the socket, locked or used by nobody else
 *
 * Context: interrupts off.
 */
void tcpdiag_congestion_recount(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk)
{
	unsigned int was = rec->cc - 1, is = tcpdiag_cc_index(sk);

	lockdep_assert_held(&shard->lock);
	if (likely(is == was))
		return;
	/* the same connection: @met stays */
	rec->cc = is + 1;
	atomic64_inc(&shard->cc_begun[is]);
	atomic64_dec(&shard->cc_begun[was]);
}

/**
 * tcpdiag_congestion_take() - count the figures of a connection that has ended
 * @shard: the record's shard, locked
 * @rec: its record, which counts for an algorithm
 * @sk: the socket, locked or used by nobody else; it sent data
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

	/* long ones that lose nothing belong to the share as well */
	if (unlikely(tcp_sk(sk)->bytes_retrans ||
		     tcp_sk(sk)->data_segs_out >= TCPDIAG_LOSS_LONG))
		tcpdiag_losses_end(rec, sk);
	tcpdiag_congestion_recount(shard, rec, sk);
	done = done_of(shard, rec->cc - 1);
	if (unlikely(!done)) {
		atomic64_inc(&shard->cc_untold[rec->cc - 1]);
		return;
	}
	tcpdiag_measure(tcp_sk(sk), tcp_jiffies32,
			tcpdiag_open_us(rec, now), &s);
	tcpdiag_cc_done_add(done, &s);
}

static void count_event(struct tcpdiag_shard *shard, const struct sock *sk,
			enum tcpdiag_cc_sum what)
{
	struct tcpdiag_cc_done *done = done_of(shard, tcpdiag_cc_index(sk));

	if (done)
		atomic64_inc(&done->sum[what]);
}

/**
 * tcpdiag_congestion_recovery() - count a connection that enters fast recovery
 * @shard: a shard of its namespace
 * @sk: the socket, locked
 *
 * Context: preemption off.
 */
void tcpdiag_congestion_recovery(struct tcpdiag_shard *shard,
				 const struct sock *sk)
{
	count_event(shard, sk, TCPDIAG_CC_LOSS_EPISODES);
}

/**
 * tcpdiag_congestion_timeout() - count a retransmission timeout
 * @shard: a shard of its namespace
 * @sk: the socket, locked; icsk_ca_state is still the old one
 *
 * Ignores handshakes, and peers that shrink their window to nothing, which is
 * no congestion. A timeout during recovery begins no new episode.
 *
 * Context: preemption off.
 */
void tcpdiag_congestion_timeout(struct tcpdiag_shard *shard,
				const struct sock *sk)
{
	if (!(BIT(sk->sk_state) & TCPDIAG_CONNECTED) ||
	    (!tcp_sk(sk)->snd_wnd && !sock_flag(sk, SOCK_DEAD)))
		return;
	count_event(shard, sk, TCPDIAG_CC_RTOS);
	if (inet_csk(sk)->icsk_ca_state < TCP_CA_Recovery)
		count_event(shard, sk, TCPDIAG_CC_LOSS_EPISODES);
}

/**
 * tcpdiag_congestion_free() - free a shard's sums and distributions
 * @shard: a shard that no event can reach any more
 *
 * Context: any.
 */
void tcpdiag_congestion_free(struct tcpdiag_shard *shard)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CC_SLOTS; i++)
		if (shard->cc_done[i])
			kmem_cache_free(cache, shard->cc_done[i]);
}

/**
 * tcpdiag_congestion_bytes() - memory of a shard's sums and distributions
 * @shard: the shard
 *
 * Context: any.
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

/**
 * tcpdiag_congestion_finished() - add the figures of finished connections
 * @tn: the namespace
 * @cc: tcpdiag_cc_index()
 * @row: the row to add to. LOSS_EPISODES and RTOS include live connections
 *
 * Context: process. Cost: grows with shards.
 */
void tcpdiag_congestion_finished(const struct tcpdiag_net *tn, unsigned int cc,
				 struct tcpdiag_cc_row *row)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn) {
		const struct tcpdiag_cc_done *done;
		u64 untold, ended;

		untold = atomic64_read(&shard->cc_untold[cc]);
		/* untold is read first, so that it does not exceed ended */
		smp_rmb();
		ended = atomic64_read(&shard->cc_ended[cc]);
		row->connections += ended;
		row->read += ended - min(ended, untold);
		done = READ_ONCE(shard->cc_done[cc]);
		if (done)
			tcpdiag_cc_done_merge(row, done);
	}
}

/**
 * tcpdiag_congestion_init() - set up what all accounts share
 *
 * Context: process, may sleep; at load.
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
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_congestion_exit(void)
{
	kmem_cache_destroy(cache);
}
