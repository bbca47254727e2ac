/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports by destination: what events of connections do, inline; part of
 * the hot path (record.h).
 *
 * Each shard counts the connections that its CPU began in a table of its own,
 * and a record knows its slot there, so that an event is one counter. Birth,
 * TIME_WAIT and the end are counted under the shard's lock; what changes state
 * in between has an atomic counter.
 */
#ifndef TCPDIAG_PORTS_H
#define TCPDIAG_PORTS_H

#include <net/inet_timewait_sock.h>
#include <net/sock.h>

#include "peer.h"
#include "slots.h"
#include "tcpdiag.h"

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

/* Of so many connects to a destination one tells who makes them. */
#define TCPDIAG_PORTS_GLANCE	64

static inline u64 tcpdiag_ports_word(__be32 local, __be32 remote)
{
	return (u64)(__force u32)local << 32 | (__force u32)remote;
}

void tcpdiag_ports_begin_slowly(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk);
void tcpdiag_ports_used(struct tcpdiag_record *rec);
void tcpdiag_ports_release_live(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec);

/* Count it; now and then remember who it is. */
static __always_inline void tcpdiag_ports_count(struct tcpdiag_record *rec,
						struct tcpdiag_ports *ports,
						unsigned int slot)
{
	rec->in.peer = slot;
	if (unlikely(!(ports->peer[slot].made++ % TCPDIAG_PORTS_GLANCE)))
		tcpdiag_ports_used(rec);
}

/**
 * tcpdiag_ports_begin() - a program connects
 * @shard: the record's shard, locked
 * @rec: its record
 * @sk: the socket, locked; its addresses and remote port are set
 */
static __always_inline void tcpdiag_ports_begin(struct tcpdiag_shard *shard,
						struct tcpdiag_record *rec,
						const struct sock *sk)
{
	u64 word = tcpdiag_ports_word(sk->sk_rcv_saddr, sk->sk_daddr);
	u32 rest = (__force u16)sk->sk_dport;
	struct tcpdiag_ports *ports = shard->ports;
	unsigned int slot;

	if (likely(ports && sk->sk_family == AF_INET)) {
		slot = tcpdiag_slots_find_small(&ports->slots, word, rest);
		if (likely(slot)) {
			tcpdiag_ports_count(rec, ports, slot);
			return;
		}
	}
	tcpdiag_ports_begin_slowly(shard, rec, sk);
}

/**
 * tcpdiag_ports_move() - a connection goes from state to state
 * @rec: its record
 * @old: the state it leaves
 * @new: the state it enters, neither CLOSE nor TIME_WAIT
 *
 * Context: preemption off; no lock needed.
 */
static __always_inline void tcpdiag_ports_move(struct tcpdiag_record *rec,
					       unsigned int old,
					       unsigned int new)
{
	struct tcpdiag_peer *p;

	if (!rec->in.peer)
		return;
	p = &rec->shard->ports->peer[rec->in.peer];
	if (new == TCP_ESTABLISHED) {
		atomic_inc(&p->opened);
	} else if (old == TCP_ESTABLISHED) {
		atomic_inc(&p->left);
	} else if (unlikely(old == TCP_SYN_RECV)) {
		/* closed in the middle of a simultaneous open */
		atomic_inc(&p->opened);
		atomic_inc(&p->left);
	}
}

/**
 * tcpdiag_ports_wait() - a connection goes to TIME_WAIT
 * @rec: its minisocket's record; its shard is locked
 */
static inline void tcpdiag_ports_wait(struct tcpdiag_record *rec)
{
	if (rec->in.peer)
		rec->shard->ports->peer[rec->in.peer].waited++;
}

/**
 * tcpdiag_ports_lived() - a full socket's part in a connection is over
 * @rec: its record, in its last state; its shard is locked
 * @now: ktime_get_ns()
 *
 * How long those lived that are older than the module is not known.
 */
static inline void tcpdiag_ports_lived(struct tcpdiag_record *rec, u64 now)
{
	u64 ns;

	if (!rec->in.peer)
		return;
	ns = rec->spent_ns[TCP_ESTABLISHED - 1];
	if (unlikely(rec->state == TCP_ESTABLISHED && now > rec->entered))
		ns += now - rec->entered;
	if (ns && likely(!(rec->flags & TCPDIAG_F_EST_AGE)))
		tcpdiag_peer_lived(&rec->shard->ports->peer[rec->in.peer], ns);
}

/**
 * tcpdiag_ports_release() - a connection gives its port back
 * @shard: the record's shard, locked
 * @rec: its record, in its last state
 */
static inline void tcpdiag_ports_release(struct tcpdiag_shard *shard,
					 struct tcpdiag_record *rec)
{
	if (!rec->in.peer)
		return;
	if (rec->state == TCP_TIME_WAIT)
		shard->ports->peer[rec->in.peer].wait_ended++;
	else
		tcpdiag_ports_release_live(shard, rec);
	rec->in.peer = 0;
}

#endif /* TCPDIAG_PORTS_H */
