/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that a program keeps after their server has closed them.
 */
#ifndef TCPDIAG_SURVEY_POOL_H
#define TCPDIAG_SURVEY_POOL_H

#include <linux/types.h>

#include "model/format.h"
#include "model/owner.h"

struct tcpdiag_reader;
struct tcpdiag_snapshot;

/**
 * struct tcpdiag_pool_facts - the program and server with most of them
 * @sockets: how many in CLOSE_WAIT for more than ten seconds; if 0, the rest is
 *	not set
 * @peer: the server
 * @port: its port, host order
 * @owner: the process that connected
 * @least_us: least time without data after which the server closed one
 * @most_us: the longest such time
 * @cut: there were too many: the youngest are not counted
 */
struct tcpdiag_pool_facts {
	u32 sockets;
	char peer[TCPDIAG_PEER_LEN];
	u16 port;
	struct tcpdiag_owner owner;
	u64 least_us;
	u64 most_us;
	bool cut;
};

bool tcpdiag_pool_read(const struct tcpdiag_reader *reader,
		       const struct tcpdiag_snapshot *snap,
		       struct tcpdiag_pool_facts *facts);

#endif /* TCPDIAG_SURVEY_POOL_H */
