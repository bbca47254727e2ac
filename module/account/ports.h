/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports by destination: what is counted of the connections that one
 * shard's CPUs began, and what the end of a connection does with it.
 */
#ifndef TCPDIAG_ACCOUNT_PORTS_H
#define TCPDIAG_ACCOUNT_PORTS_H

#include "model/peer.h"
#include "model/slots.h"
#include "store/record.h"

struct sock;

/**
 * struct tcpdiag_ports - connections that one shard's CPUs began
 * @slots: which destination has which slot
 * @peer: what is counted, by slot; TCPDIAG_SLOT_OTHER for those without
 *
 * Protected by the shard's lock.
 */
struct tcpdiag_ports {
	struct tcpdiag_slots slots;
	struct tcpdiag_peer peer[TCPDIAG_SLOT_PLACES];
};

int tcpdiag_ports_init(void);
void tcpdiag_ports_exit(void);
void tcpdiag_ports_free(struct tcpdiag_shard *shard);
size_t tcpdiag_ports_bytes(const struct tcpdiag_shard *shard);
bool tcpdiag_ports_meet(struct tcpdiag_shard *shard, struct tcpdiag_record *rec,
			unsigned int state);
void tcpdiag_ports_refused(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec);
void tcpdiag_ports_refused_unknown(struct tcpdiag_shard *shard,
				   const struct sock *sk);
void tcpdiag_ports_give_back(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec, u64 now);

/**
 * tcpdiag_ports_end() - a port is free again
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state, for a socket that can be read
 * @now: ktime_get_ns()
 *
 * For accepted connections, and that is half of all, nothing but a test.
 */
static __always_inline void tcpdiag_ports_end(struct tcpdiag_shard *shard,
					      struct tcpdiag_record *rec,
					      u64 now)
{
	if (rec->in.peer || rec->role == TCPDIAG_ROLE_ACTIVE)
		tcpdiag_ports_give_back(shard, rec, now);
}

#endif /* TCPDIAG_ACCOUNT_PORTS_H */
