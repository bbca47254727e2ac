/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about TIME_WAIT.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H
#define TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H

#include <linux/types.h>

struct tcpdiag_net;

/**
 * struct tcpdiag_time_wait_facts - facts about TIME_WAIT
 * @limit: net.ipv4.tcp_max_tw_buckets
 * @overflows: sockets beyond @limit since the account began
 */
struct tcpdiag_time_wait_facts {
	unsigned int limit;
	u64 overflows;
};

void tcpdiag_facts_time_wait(const struct tcpdiag_net *tn,
			     struct tcpdiag_time_wait_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H */
