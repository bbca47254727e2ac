/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments that are sent and received.
 */
#ifndef TCPDIAG_CONN_RESET_H
#define TCPDIAG_CONN_RESET_H

#include <linux/types.h>

struct inet_timewait_sock;
struct sk_buff;
struct sock;
struct tcpdiag_record;

void tcpdiag_reset_is_sent(const struct sock *sk, const struct sk_buff *skb,
			   unsigned int why);
void tcpdiag_reset_is_received(const struct sock *sk);
void tcpdiag_reset_hits_minisock(const struct inet_timewait_sock *tw);
void tcpdiag_reset_remember(const struct tcpdiag_record *rec,
			    const struct sock *sk, unsigned int state);
u64 tcpdiag_reset_idle_ns(const struct tcpdiag_record *rec,
			  const struct sock *sk, u64 now);
void tcpdiag_reset_forget(void);

#endif /* TCPDIAG_CONN_RESET_H */
