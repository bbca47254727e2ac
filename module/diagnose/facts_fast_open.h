/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about TCP Fast Open beside those of destinations (facts_ports.h).
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_FAST_OPEN_H
#define TCPDIAG_DIAGNOSE_FACTS_FAST_OPEN_H

#include <linux/types.h>

struct tcpdiag_net;

/**
 * struct tcpdiag_fast_open_facts - whether the kernel uses Fast Open
 * @pauses: how often in a row it has stopped using it
 * @paused_us: how long the present pause goes on; 0 for none
 * @timeout_s: net.ipv4.tcp_fastopen_blackhole_timeout
 */
struct tcpdiag_fast_open_facts {
	unsigned int pauses;
	u64 paused_us;
	unsigned int timeout_s;
};

void tcpdiag_facts_fast_open(const struct tcpdiag_net *tn,
			     struct tcpdiag_fast_open_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_FAST_OPEN_H */
