// SPDX-License-Identifier: GPL-2.0
/*
 * Adopts full sockets that are older than the module: the walk at load
 * (hooks/walk.c), or an event that comes first, gives them a record, with an
 * estimate of how long they have been in their state.
 */
#include <linux/jiffies.h>
#include <net/inet_sock.h>

#include "account/attempts.h"
#include "account/congestion.h"
#include "account/flows.h"
#include "account/ports.h"
#include "account/shards.h"
#include "conn/conn.h"
#include "conn/parts.h"
#include "store/write.h"

/*
 * How long a socket older than the module has been in its state, from the
 * stamps the kernel keeps (32-bit jiffies). It is a lower bound, so that no
 * finding blames a socket wrongly:
 *
 * SYN_SENT: rcv_tstamp was set when the SYN was made.
 * ESTABLISHED: at least since the oldest of last data sent, last data
 * received and last ACK received.
 * CLOSE_WAIT, FIN_WAIT2, CLOSING: the FIN (or its ACK) came with an ACK, so
 * the state is at least as old as the last ACK.
 * Others: nothing is known.
 */
static u64 stay_at_least_ns(const struct sock *sk, unsigned int state)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32, age;

	switch (state) {
	case TCP_SYN_SENT:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		age = now - tp->rcv_tstamp;
		break;
	case TCP_ESTABLISHED:
		age = now - tp->rcv_tstamp;
		if (tp->data_segs_out)
			age = max(age, now - tp->lsndtime);
		if (tp->data_segs_in)
			age = max(age, now - inet_csk(sk)->icsk_ack.lrcvtime);
		break;
	default:
		return 0;
	}
	/* the stamp is ahead of us, or was never set */
	if ((s32)age < 0)
		return 0;
	return jiffies64_to_nsecs(age);
}

/**
 * tcpdiag_adopt_entered_ns() - estimate when a socket entered its state
 * @sk: a full TCP socket that is older than the module
 *
 * Context: any.
 * Return: an estimate in terms of ktime_get_ns(), never too early.
 */
u64 tcpdiag_adopt_entered_ns(const struct sock *sk)
{
	u64 age = stay_at_least_ns(sk, inet_sk_state_load(sk));
	u64 now = ktime_get_ns();

	return min(tcpdiag_phase_loaded_ns(), now - min(age, now));
}

/* Make a record for a socket that the walk finds. */
static void adopt(struct tcpdiag_shard *shard, const struct sock *sk)
{
	struct tcpdiag_record *rec;

	lockdep_assert_held(&shard->lock);
	shard->preexisting[sk->sk_state]++;
	rec = tcpdiag_record_new(shard, true,
				 TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE);
	if (!rec)
		return;
	memset(rec->spent_ns, 0, sizeof(rec->spent_ns));
	rec->role = tcpdiag_role_of(sk->sk_state);
	if (BIT(sk->sk_state) & TCPDIAG_CONNECTED)
		tcpdiag_cc_begin(shard, rec, sk);
	tcpdiag_begin(shard, rec, sk, sk->sk_state, tcpdiag_adopt_entered_ns(sk));
	if (rec->cc && tcpdiag_flow_has_counted(sk))
		tcpdiag_flows_begin_late(rec, sk,
					 tcpdiag_flow_life_ns(rec, ktime_get_ns()));
	tcpdiag_age_put_first(rec);
	tcpdiag_ports_meet(shard, rec, sk->sk_state);
}

/**
 * tcpdiag_adopt() - make a record for a socket that is older than the module
 * @sk: the socket, locked, in any state
 *
 * Callers go from the shortest stay to the longest, because each record is put
 * before those already there. A socket that already has a record, because an
 * event came first, is left alone.
 *
 * Context: process, in the walk.
 */
void tcpdiag_adopt(struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;

	lockdep_assert(lockdep_sock_is_held(sk));
	if (sk->sk_state == TCP_CLOSE)
		return;
	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	shard = rec ? rec->shard : tcpdiag_shard_lock(sock_net(sk));
	if (!rec && shard)
		adopt(shard, sk);
	if (shard)
		tcpdiag_unlock(&shard->lock);
	local_irq_enable();
}

/**
 * tcpdiag_adopt_uncertain() - count a socket that a task keeps locked
 * @sk: the socket, in any state; its spinlock is held
 *
 * Its state may be changing, so it gets no record, and the gauges are marked
 * approximate.
 *
 * Context: process, in the walk.
 */
void tcpdiag_adopt_uncertain(struct sock *sk)
{
	unsigned int state = inet_sk_state_load(sk);
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;

	if (state == TCP_CLOSE)
		return;
	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	shard = rec ? rec->shard : tcpdiag_shard_lock(sock_net(sk));
	if (!rec && shard) {
		shard->preexisting[state]++;
		tcpdiag_phase_set_approximate();
	}
	if (shard)
		tcpdiag_unlock(&shard->lock);
	local_irq_enable();
}

/* Make a record for a socket that goes from @old to @new before the walk. */
static void adopt_late(struct tcpdiag_shard *shard, const struct sock *sk,
		       unsigned int old, unsigned int new)
{
	struct tcpdiag_record *rec;

	lockdep_assert_held(&shard->lock);
	shard->preexisting[old]++;
	rec = tcpdiag_record_new(shard, true, TCPDIAG_F_EST_AGE);
	if (!rec)
		return;
	tcpdiag_begin_life(rec);
	rec->role = TCPDIAG_ROLE_UNKNOWN;
	rec->closed_from = old;
	if (BIT(new) & TCPDIAG_CONNECTED)
		tcpdiag_cc_begin(shard, rec, sk);
	tcpdiag_begin(shard, rec, sk, new, ktime_get_ns());
	if (rec->cc && tcpdiag_flow_has_counted(sk))
		tcpdiag_flows_begin_late(rec, sk, 0);
	tcpdiag_ports_meet(shard, rec, new);
}

/**
 * tcpdiag_adopt_stranger() - handle an event of a socket without a record
 * @sk: the socket, locked, not new
 * @old: the state it leaves
 * @new: the state it enters
 *
 * The socket is older than the module and the walk has not reached it, or it
 * was refused a record, or its record went to its minisocket.
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_adopt_stranger(struct sock *sk, unsigned int old,
			    unsigned int new)
{
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (!shard)
		return;
	tcpdiag_shard_count_move(shard, old, new);
	if (tcpdiag_walking())
		adopt_late(shard, sk, old, new);
	if (old == TCP_SYN_SENT && new == TCP_CLOSE &&
	    tcpdiag_attempts_cause(sk, NULL) == TCPDIAG_CAUSE_NO_PORT)
		tcpdiag_ports_refused_unknown(shard, sk);
	tcpdiag_shard_close(shard, irqflags);
}
