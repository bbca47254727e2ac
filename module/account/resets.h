/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments, sent and received.
 */
#ifndef TCPDIAG_ACCOUNT_RESETS_H
#define TCPDIAG_ACCOUNT_RESETS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/reset.h"

struct sk_buff;
struct tcpdiag_net;
struct tcpdiag_shard;

/**
 * struct tcpdiag_strays - RSTs sent for which there is no connection
 * @syns: answers to SYNs: nobody listens on the port
 * @port: when these were sent, and the port that most were for lately
 * @v6: the last of those for that port has IPv6 addresses
 * @peer: where it came from; IPv4 in the first word
 * @asked: the address of this host that it was for
 * @others: answers to other segments, and those of listeners
 * @others_recent: when these were sent
 */
struct tcpdiag_strays {
	u64 syns;
	struct tcpdiag_most port;
	bool v6;
	struct in6_addr peer;
	struct in6_addr asked;
	u64 others;
	struct tcpdiag_recent others_recent;
};

/* Room for the kernel's word for a reason. */
#define TCPDIAG_RESETS_REASON_LEN	32

void tcpdiag_resets_reason(char *word, unsigned int reason);
void tcpdiag_resets_sent(struct tcpdiag_shard *shard, unsigned int state,
			 unsigned int reason);
void tcpdiag_resets_stray(struct tcpdiag_shard *shard, unsigned int state,
			  const struct sk_buff *skb, unsigned int reason);
void tcpdiag_resets_received(struct tcpdiag_shard *shard, unsigned int state);
void tcpdiag_resets_take_back(struct tcpdiag_shard *shard, unsigned int state);
void tcpdiag_resets_read_strays(struct tcpdiag_net *tn,
				struct tcpdiag_strays *strays);
void tcpdiag_resets_free(struct tcpdiag_shard *shard);
size_t tcpdiag_resets_bytes(const struct tcpdiag_shard *shard);
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason);
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state);

#endif /* TCPDIAG_ACCOUNT_RESETS_H */
