/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about TIME_WAIT.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H
#define TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H

#include <linux/types.h>

#include "model/key.h"
#include "model/owner.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_time_wait_facts - facts about TIME_WAIT
 * @limit: net.ipv4.tcp_max_tw_buckets
 * @overflows: sockets beyond @limit since the account began
 * @lately: some of these in the last ten minutes; if not, the rest is not set
 * @owned: how many sockets in TIME_WAIT @owner has
 * @owner: who closed most of those that are there now
 * @gone: how many @dest has
 * @dest: where most of them went, or, of accepted ones, their local end
 */
struct tcpdiag_time_wait_facts {
	unsigned int limit;
	u64 overflows;
	bool lately;
	u32 owned;
	struct tcpdiag_owner owner;
	u32 gone;
	struct tcpdiag_key dest;
};

bool tcpdiag_facts_time_wait(const struct tcpdiag_reader *reader,
			     struct tcpdiag_time_wait_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_TIME_WAIT_H */
