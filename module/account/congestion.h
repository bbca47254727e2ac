/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which congestion control connections have, and what they did with it.
 */
#ifndef TCPDIAG_CONGESTION_H
#define TCPDIAG_CONGESTION_H

#include <linux/types.h>

#include "model/hist.h"
#include "model/measure.h"
#include "model/snapshot.h"

struct sock;
struct tcpdiag_cc_live;
struct tcpdiag_net;
struct tcpdiag_record;
struct tcpdiag_shard;

/**
 * struct tcpdiag_cc_row - what connections of one algorithm did
 * @connections: how many
 * @read: of these, how many are in the figures below
 * @sum: by enum tcpdiag_cc_sum
 * @hist: by enum tcpdiag_cc_dist
 */
struct tcpdiag_cc_row {
	u64 connections;
	u64 read;
	u64 sum[TCPDIAG_CC_SUMS];
	struct tcpdiag_hist hist[TCPDIAG_CC_DISTS];
};

/* cc.c */
extern u32 tcpdiag_cc_keys[TCPDIAG_CC_SLOTS];
unsigned int tcpdiag_cc_find(const struct sock *sk);
const char *tcpdiag_cc_name(unsigned int index);

/* congestion.c */
int tcpdiag_congestion_init(void);
void tcpdiag_congestion_exit(void);
void tcpdiag_congestion_recount(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk);
void tcpdiag_congestion_take(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec,
			     const struct sock *sk, u64 now);
void tcpdiag_congestion_recovery(const struct sock *sk);
void tcpdiag_congestion_timeout(const struct sock *sk);
void tcpdiag_congestion_free(struct tcpdiag_shard *shard);
size_t tcpdiag_congestion_bytes(const struct tcpdiag_shard *shard);
void tcpdiag_congestion_finished(const struct tcpdiag_net *tn, unsigned int cc,
				 struct tcpdiag_cc_row *row);
struct tcpdiag_cc_live *tcpdiag_congestion_look(const struct tcpdiag_net *tn);
void tcpdiag_congestion_live(const struct tcpdiag_cc_live *live,
			     unsigned int cc, u64 connections,
			     struct tcpdiag_cc_row *row);
void tcpdiag_congestion_forget(struct tcpdiag_cc_live *live);

#endif /* TCPDIAG_CONGESTION_H */
