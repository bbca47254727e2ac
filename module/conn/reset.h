/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments that are sent and received.
 */
#ifndef TCPDIAG_CONN_RESET_H
#define TCPDIAG_CONN_RESET_H

#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <net/tcp.h>

struct inet_timewait_sock;
struct sk_buff;
struct sock;
struct tcpdiag_record;

void tcpdiag_reset_is_sent(const struct sock *sk, const struct sk_buff *skb,
			   unsigned int why);
void tcpdiag_reset_is_received(const struct sock *sk);
bool tcpdiag_reset_refuses(const struct sock *sk);
void tcpdiag_reset_hits_minisock(const struct inet_timewait_sock *tw);
void tcpdiag_reset_remember(const struct tcpdiag_record *rec,
			    const struct sock *sk, unsigned int state);
u64 tcpdiag_reset_idle_ns(const struct tcpdiag_record *rec,
			  const struct sock *sk);
void tcpdiag_reset_forget(void);

/**
 * tcpdiag_reset_silent_ns() - how long no data has come or gone
 * @sk: a full socket, locked
 *
 * Context: softirq or process.
 * Return: nanoseconds, in whole ticks.
 */
static __always_inline u64 tcpdiag_reset_silent_ns(const struct sock *sk)
{
	u32 now = tcp_jiffies32;
	u32 age = min(now - inet_csk(sk)->icsk_ack.lrcvtime,
		      now - tcp_sk(sk)->lsndtime);

	return age * (u64)(NSEC_PER_SEC / HZ);
}

/* In tcpdiag_record.idle_ns: the side that closed had sent last. */
#define TCPDIAG_RESET_WAITED	1ULL

/**
 * tcpdiag_reset_sent_last() - whether what was sent last came from this end
 * @sk: a full socket, locked
 *
 * Context: softirq or process.
 * Return: false also if that is not known: both ends sent in the same tick.
 */
static __always_inline bool tcpdiag_reset_sent_last(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->data_segs_out &&
	       (!tp->data_segs_in ||
		after(tp->lsndtime, inet_csk(sk)->icsk_ack.lrcvtime));
}

/**
 * tcpdiag_reset_got_last() - whether what was sent last came from the peer
 * @sk: a full socket, locked
 *
 * Context: softirq or process.
 * Return: false also if that is not known.
 */
static __always_inline bool tcpdiag_reset_got_last(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->data_segs_in &&
	       (!tp->data_segs_out ||
		before(tp->lsndtime, inet_csk(sk)->icsk_ack.lrcvtime));
}

/**
 * tcpdiag_reset_note_idle() - what a record keeps of a connection that is closed
 * @ns: how long no data had come or gone
 * @waited: the side that closes had sent last
 *
 * Context: any.
 * Return: tcpdiag_record.idle_ns; never 0.
 */
static __always_inline u64 tcpdiag_reset_note_idle(u64 ns, bool waited)
{
	return max(ns & ~TCPDIAG_RESET_WAITED, 2ULL) |
	       (waited ? TCPDIAG_RESET_WAITED : 0);
}

#endif /* TCPDIAG_CONN_RESET_H */
