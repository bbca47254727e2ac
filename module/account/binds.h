/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of bind() and listen() that failed because the port was taken.
 */
#ifndef TCPDIAG_ACCOUNT_BINDS_H
#define TCPDIAG_ACCOUNT_BINDS_H

#include <linux/types.h>

#include "model/addr.h"
#include "model/peer.h"

struct sock;
struct tcpdiag_net;

/**
 * enum tcpdiag_bind_kind - what failed with EADDRINUSE
 * @TCPDIAG_BIND_ANY: bind() to port 0: no port was left
 * @TCPDIAG_BIND_CHOSEN: bind() to a port that the program chose
 * @TCPDIAG_BIND_LISTEN: listen()
 * @TCPDIAG_BIND_KINDS: how many there are
 */
enum tcpdiag_bind_kind {
	TCPDIAG_BIND_ANY,
	TCPDIAG_BIND_CHOSEN,
	TCPDIAG_BIND_LISTEN,
	TCPDIAG_BIND_KINDS,
};

/**
 * struct tcpdiag_bind_sum - failures of one kind at one local address and port
 * @kind: what failed
 * @to: the local address, and how the last socket wanted it
 * @reuse: the last socket had SO_REUSEADDR set
 * @searched: after the last failure the process went on to the next port and had it
 * @port: the port, host order; 0 for TCPDIAG_BIND_ANY
 * @count: how many since insmod, or since the address got its place, or since
 *	the program that failed last succeeded
 * @recent: those of the last two to four minutes
 * @last_ns: when the last one was, ktime_get_ns()
 * @victim: the process that failed last, with a reference
 */
struct tcpdiag_bind_sum {
	enum tcpdiag_bind_kind kind;
	struct tcpdiag_bound_to to;
	bool reuse;
	bool searched;
	u16 port;
	u64 count;
	u32 recent;
	u64 last_ns;
	struct tcpdiag_peer_owner victim;
};

void tcpdiag_binds_failed(struct sock *sk, u16 port);
void tcpdiag_binds_succeeded(struct sock *sk, u16 port);
void tcpdiag_binds_read(const struct tcpdiag_net *tn,
			u64 failed[TCPDIAG_BIND_KINDS]);
bool tcpdiag_binds_worst(const struct tcpdiag_net *tn,
			 enum tcpdiag_bind_kind kind,
			 struct tcpdiag_bind_sum *worst);
void tcpdiag_binds_put(struct tcpdiag_bind_sum *worst);
void tcpdiag_binds_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_BINDS_H */
