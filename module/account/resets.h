/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments, sent and received.
 */
#ifndef TCPDIAG_ACCOUNT_RESETS_H
#define TCPDIAG_ACCOUNT_RESETS_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_shard;

/* Room for the kernel's word for a reason. */
#define TCPDIAG_RESETS_REASON_LEN	32

void tcpdiag_resets_reason(char *word, unsigned int reason);
void tcpdiag_resets_sent(struct tcpdiag_shard *shard, unsigned int state,
			 unsigned int reason);
void tcpdiag_resets_received(struct tcpdiag_shard *shard, unsigned int state);
void tcpdiag_resets_free(struct tcpdiag_shard *shard);
size_t tcpdiag_resets_bytes(const struct tcpdiag_shard *shard);
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason);
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state);

#endif /* TCPDIAG_ACCOUNT_RESETS_H */
