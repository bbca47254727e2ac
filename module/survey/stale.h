/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that have been idle for long.
 */
#ifndef TCPDIAG_SURVEY_STALE_H
#define TCPDIAG_SURVEY_STALE_H

#include <linux/types.h>

#include "model/format.h"
#include "model/owner.h"

struct tcpdiag_net;
struct tcpdiag_reader;

/**
 * struct tcpdiag_stale_facts - connections that have been idle for long
 * @sockets: how many, without keepalive
 * @idle_us: the longest time without data
 * @peer: remote end of that connection; empty if it is gone by now
 * @port: the port it was accepted on; 0 if it was not, or if that is not known
 * @owner: its owner
 * @keepalive_time: net.ipv4.tcp_keepalive_time, in seconds
 */
struct tcpdiag_stale_facts {
	u64 sockets;
	u64 idle_us;
	char peer[TCPDIAG_PEER_LEN];
	u16 port;
	struct tcpdiag_owner owner;
	u64 keepalive_time;
};

void tcpdiag_stale_tick(struct tcpdiag_net *tn);
bool tcpdiag_stale_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_stale_facts *facts);

#endif /* TCPDIAG_SURVEY_STALE_H */
