/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments, sent and received.
 */
#ifndef TCPDIAG_ACCOUNT_RESETS_H
#define TCPDIAG_ACCOUNT_RESETS_H

#include <linux/atomic.h>

#include "compat.h"
#include "model/fsm.h"

struct tcpdiag_net;
struct tcpdiag_shard;

/**
 * struct tcpdiag_resets - RST segments of one shard
 * @sent: by the state of the socket (0: none) and the kernel's reason
 * @received: by the state of the socket they ended
 *
 * Allocated at the first one.
 */
struct tcpdiag_resets {
	atomic64_t sent[TCPDIAG_STATES][TCPDIAG_RESET_REASONS];
	atomic64_t received[TCPDIAG_STATES];
};

void tcpdiag_resets_sent(struct tcpdiag_shard *shard, unsigned int state,
			 unsigned int reason);
void tcpdiag_resets_received(struct tcpdiag_shard *shard, unsigned int state);
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason);
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state);

#endif /* TCPDIAG_ACCOUNT_RESETS_H */
