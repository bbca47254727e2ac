// SPDX-License-Identifier: GPL-2.0
/*
 * Full sockets in CLOSE that a program still has open: the connection was
 * reset, refused or shut down, or a minisocket took over. Their past is kept
 * until they connect or listen again (conn.c) or are destroyed.
 */
#include <linux/slab.h>

#include "account/attempts.h"
#include "account/congestion.h"
#include "account/flows.h"
#include "account/ports.h"
#include "account/shards.h"
#include "compat.h"
#include "conn/conn.h"
#include "conn/parts.h"
#include "store/addr.h"
#include "store/write.h"

/* Keep the state that the socket left, and its addresses. */
static void keep_past(struct tcpdiag_record *rec, const struct sock *sk,
		      unsigned int old)
{
	lockdep_assert_held(&rec->shard->lock);
	rec->closed_from = old;
	if (!rec->past)
		rec->past = kmalloc(sizeof(*rec->past),
				    GFP_ATOMIC | __GFP_NOWARN);
	if (!rec->past) {
		atomic64_inc(&rec->shard->alloc_failed);
		return;
	}
	tcpdiag_addr_read(sk, &rec->past->addr);
}

/**
 * tcpdiag_closed_begin() - handle an open full socket that goes to CLOSE
 * @rec: its record, still in its last state; its shard is locked
 * @sk: the socket, locked
 * @old: the state it leaves
 * @now: ktime_get_ns()
 *
 * Counts its port as free, although the descriptor stays open. The caller
 * begins the stay in CLOSE. If memory is short, that is counted.
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_closed_begin(struct tcpdiag_record *rec, const struct sock *sk,
			  unsigned int old, u64 now)
{
	lockdep_assert_held(&rec->shard->lock);
	if (old == TCP_SYN_SENT &&
	    tcpdiag_attempts_cause(sk, rec) == TCPDIAG_CAUSE_NO_PORT)
		tcpdiag_ports_refused(rec->shard, rec);
	tcpdiag_ports_end(rec->shard, rec, now);
	keep_past(rec, sk, old);
}

/**
 * tcpdiag_closed_leave_to_mini() - handle an open full socket that goes to
 *	CLOSE because a minisocket takes over
 * @rec: the full socket's record; its shard is locked
 * @sk: the full socket, locked; its change to CLOSE follows
 * @to: the minisocket's state; if it is the same, the stay continues there
 * @now: ktime_get_ns()
 *
 * If memory is short, that is counted.
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_closed_leave_to_mini(struct tcpdiag_record *rec,
				  const struct sock *sk, unsigned int to,
				  u64 now)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned int was = rec->state;
	u64 ns;

	lockdep_assert_held(&shard->lock);
	tcpdiag_flows_end(shard, rec, sk, now);
	tcpdiag_cc_end(shard, rec, sk, now);
	if (was == to)
		ns = tcpdiag_leave(shard, rec, now);
	else
		ns = tcpdiag_end_stay(shard, rec, now);
	rec->spent_ns[was - 1] += ns;
	rec->flags |= TCPDIAG_F_HANDED_OFF;
	rec->flags &= ~TCPDIAG_F_EST_STAY;
	keep_past(rec, sk, was);
	tcpdiag_enter(shard, rec, TCP_CLOSE, now);
}

/* End the record of a socket, if it has one. */
static noinline void retire(struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	rec = tcpdiag_find(sk);
	if (!rec)
		return;
	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_leave(shard, rec, 0);
	tcpdiag_record_end(shard, rec);
	tcpdiag_shard_close(shard, irqflags);
}

/**
 * tcpdiag_closed_retire() - handle the destruction of a full TCP socket
 * @unused: data of the tracepoint
 * @sk: the socket
 *
 * Context: softirq or process; the socket's last event.
 */
void tcpdiag_closed_retire(void *unused, struct sock *sk)
{
	TCPDIAG_PROBE_GUARD();

	/* most records ended at the CLOSE, or went to a minisocket */
	if (unlikely(atomic_read(&tcpdiag_nr_closed)))
		retire(sk);
}
