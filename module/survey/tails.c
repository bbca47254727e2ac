// SPDX-License-Identifier: GPL-2.0
/*
 * Looks whether connections hold small data back: samples, one a second of each
 * that the worker's cursor comes to (stalls.c). A wait takes 40 to 200 ms; how much
 * of the time is lost follows from the share of the looks that meet one.
 *
 * While there are such connections the worker comes at irregular times: what
 * they do is often in step with the kernel's ticks, as the worker's seconds are.
 */
#include <linux/minmax.h>
#include <net/tcp.h>

#include "compat.h"
#include "model/tail.h"
#include "model/ticks.h"
#include "store/record.h"
#include "survey/sampled.h"
#include "survey/tails.h"

/* The worker's: it has met a wait since it last said so. */
static bool any;

static u64 ago_us(u32 then)
{
	return tcpdiag_ticks_us(max_t(s32, tcp_jiffies32 - then, 0));
}

/* The kernel sets its timer for a small rest when the program writes it. */
static u64 held_us(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	long left = tcpdiag_timer_at(sk) - jiffies;
	long all = READ_ONCE(icsk->icsk_rto);

	if (READ_ONCE(icsk->icsk_pending) != ICSK_TIME_PROBE0 ||
	    READ_ONCE(icsk->icsk_backoff))
		return 0;
	return tcpdiag_ticks_us(max(all - max(left, 0L), 0L));
}

/* A program that waits for the socket, or has epoll on it, is on its queue. */
static bool program_waits(const struct sock *sk)
{
	const struct socket_wq *wq;
	bool waits;

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	/* a glance: who begins to wait now is met by the next look */
	waits = wq && waitqueue_active((struct wait_queue_head *)&wq->wait);
	rcu_read_unlock();
	return waits;
}

/**
 * tcpdiag_tails_look() - whether and why a connection holds small data back
 * @sk: its socket; its record's shard is locked
 *
 * Context: any.
 * Return: the reason.
 */
enum tcpdiag_tail tcpdiag_tails_look(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 una = READ_ONCE(tp->snd_una), next = READ_ONCE(tp->snd_nxt);
	unsigned int nonagle = tp->nonagle;
	s32 room = una + READ_ONCE(tp->snd_wnd) - next;
	struct tcpdiag_tail_look l = {
		.nagle = !nonagle,
		.corked = nonagle & TCP_NAGLE_CORK,
		.small_out = after(READ_ONCE(tp->snd_sml), una),
		.disturbed = inet_csk(sk)->icsk_ca_state != TCP_CA_Open ||
			     READ_ONCE(inet_csk(sk)->icsk_retransmits),
		.packets_out = READ_ONCE(tp->packets_out),
		.cwnd = READ_ONCE(tp->snd_cwnd),
		.bytes = READ_ONCE(tp->write_seq) - next,
		.mss = READ_ONCE(tp->mss_cache),
		.room = max(room, 0),
		.sent_us = ago_us(READ_ONCE(tp->lsndtime)),
		.received_us =
			ago_us(READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime)),
		.min_rtt_us = tcp_min_rtt(tp),
		.held_us = held_us(sk),
		.program_waits = program_waits(sk),
	};

	return tcpdiag_tail_judge(&l);
}

/**
 * tcpdiag_tails_meet() - look whether a connection holds small data back
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_tails_meet(const struct tcpdiag_record *rec)
{
	struct tcpdiag_sample_look look = {};
	enum tcpdiag_tail found;
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	found = tcpdiag_tails_look(rec->key);
	any |= found != TCPDIAG_TAIL_NONE && found != TCPDIAG_TAIL_LEFT;
	if (found <= TCPDIAG_TAIL_BRIEF || tcpdiag_read_again(rec, state, entered))
		return;
	look.kind = found == TCPDIAG_TAIL_NAGLE ? TCPDIAG_SAMPLE_NAGLE :
						  TCPDIAG_SAMPLE_CORKED;
	look.more = found == TCPDIAG_TAIL_LEFT;
	tcpdiag_sampled_add(rec, &look);
}

/**
 * tcpdiag_tails_any() - whether any connection held small data back
 *
 * Context: process, the worker's.
 * Return: true if one did since the last call.
 */
bool tcpdiag_tails_any(void)
{
	bool was = any;

	any = false;
	return was;
}
