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

#endif /* TCPDIAG_CONN_RESET_H */
