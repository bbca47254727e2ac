/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports by destination: the counts of one shard, and how the end of a
 * connection changes them.
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
 * @peer: the counts, by slot; TCPDIAG_SLOT_OTHER for those without a slot
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
void tcpdiag_ports_late(struct tcpdiag_shard *shard,
			struct tcpdiag_record *rec, u32 again, u64 now);
void tcpdiag_ports_fast_open(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec,
			     enum tcpdiag_fast_open outcome);
void tcpdiag_ports_give_back(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec, u64 now);

/**
 * tcpdiag_ports_end() - count that a port is free again
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state; its socket can be read
 * @now: ktime_get_ns()
 *
 * For accepted connections, half of all, this is only a test.
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_ports_end(struct tcpdiag_shard *shard,
					      struct tcpdiag_record *rec,
					      u64 now)
{
	if (rec->in.peer || rec->role == TCPDIAG_ROLE_ACTIVE)
		tcpdiag_ports_give_back(shard, rec, now);
}

#endif /* TCPDIAG_ACCOUNT_PORTS_H */
