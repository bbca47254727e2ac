/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which congestion control connections have, and what they did with it.
 * Counting is inline, because it is part of the events that begin and end
 * connections.
 */
#ifndef TCPDIAG_ACCOUNT_CONGESTION_H
#define TCPDIAG_ACCOUNT_CONGESTION_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <net/tcp.h>

#include "model/hist.h"
#include "model/measure.h"
#include "store/cc.h"
#include "store/record.h"

struct tcpdiag_cc_done;
struct tcpdiag_net;

/**
 * struct tcpdiag_cc_row - what connections of one algorithm did
 * @connections: how many
 * @read: how many of them are in the figures below
 * @sum: by enum tcpdiag_cc_sum
 * @hist: by enum tcpdiag_cc_dist
 */
struct tcpdiag_cc_row {
	u64 connections;
	u64 read;
	u64 sum[TCPDIAG_CC_SUMS];
	struct tcpdiag_hist hist[TCPDIAG_CC_DISTS];
};

int tcpdiag_congestion_init(void);
void tcpdiag_congestion_exit(void);
struct tcpdiag_cc_done *tcpdiag_cc_done_alloc(gfp_t gfp);
void tcpdiag_cc_done_free(struct tcpdiag_cc_done *done);
void tcpdiag_cc_done_add(struct tcpdiag_cc_done *done,
			 const struct tcpdiag_cc_sample *s);
void tcpdiag_cc_done_merge(struct tcpdiag_cc_row *row,
			   const struct tcpdiag_cc_done *done);
void tcpdiag_congestion_recount(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk);
void tcpdiag_congestion_take(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec,
			     const struct sock *sk, u64 now);
void tcpdiag_congestion_recovery(struct tcpdiag_shard *shard,
				 const struct sock *sk);
void tcpdiag_congestion_timeout(struct tcpdiag_shard *shard,
				const struct sock *sk);
void tcpdiag_congestion_free(struct tcpdiag_shard *shard);
size_t tcpdiag_congestion_bytes(const struct tcpdiag_shard *shard);
void tcpdiag_congestion_finished(const struct tcpdiag_net *tn, unsigned int cc,
				 struct tcpdiag_cc_row *row);

/* Whether a locked socket has the algorithm of index 0, as most have. */
static inline bool tcpdiag_cc_is_first(const struct sock *sk)
{
	const struct tcp_congestion_ops *ca = inet_csk(sk)->icsk_ca_ops;

	return likely(ca && ca->key == tcpdiag_cc_keys[0]);
}

/* Index of the algorithm of a locked socket. */
static inline unsigned int tcpdiag_cc_index(const struct sock *sk)
{
	return tcpdiag_cc_is_first(sk) ? 0 : tcpdiag_cc_find(sk);
}

static __always_inline void tcpdiag_cc_begin_as(struct tcpdiag_shard *shard,
						struct tcpdiag_record *rec,
						unsigned int cc)
{
	rec->cc = cc + 1;
	rec->met = 0;
	atomic64_inc(&shard->cc_begun[cc]);
}

/**
 * tcpdiag_cc_begin() - count a connection for its algorithm from now on
 * @shard: the record's shard
 * @rec: its record
 * @sk: the socket, established, locked
 *
 * Context: preemption off.
 */
static __always_inline void tcpdiag_cc_begin(struct tcpdiag_shard *shard,
					     struct tcpdiag_record *rec,
					     const struct sock *sk)
{
	tcpdiag_cc_begin_as(shard, rec, tcpdiag_cc_index(sk));
}

/**
 * tcpdiag_cc_end() - count the end of a full socket's connection
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state
 * @sk: the socket, locked or used by nobody else; its counters are final
 * @now: ktime_get_ns()
 *
 * A connection that never sent data has no figures to add.
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_cc_end(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec,
					   const struct sock *sk, u64 now)
{
	lockdep_assert_held(&shard->lock);
	if (!rec->cc)
		return;
	if (unlikely(tcp_sk(sk)->data_segs_out))
		tcpdiag_congestion_take(shard, rec, sk, now);
	atomic64_inc(&shard->cc_ended[rec->cc - 1]);
	rec->cc = 0;
}

#endif /* TCPDIAG_ACCOUNT_CONGESTION_H */
