/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of sockets: functions for the hooks, the walk at load and cc_algos/.
 */
#ifndef TCPDIAG_CONN_CONN_H
#define TCPDIAG_CONN_CONN_H

#include <linux/types.h>

struct inet_timewait_sock;
struct request_sock;
struct sock;
struct tcpdiag_shard;

/* conn.c */
void tcpdiag_conn_event(void *unused, const struct sock *csk, const int left,
			const int entered);
void tcpdiag_conn_cc_changed(struct sock *sk);

/* fast_open.c */
void tcpdiag_fast_open_answered(const struct sock *sk);

/* closed.c */
void tcpdiag_closed_retire(void *unused, struct sock *sk);

/* adopt.c */
void tcpdiag_adopt(struct sock *sk);
void tcpdiag_adopt_uncertain(struct sock *sk);
u64 tcpdiag_adopt_entered_ns(const struct sock *sk);

/* minisock.c */
void tcpdiag_minisock_begin(struct inet_timewait_sock *tw, struct sock *sk);
void tcpdiag_minisock_handled(struct inet_timewait_sock *tw);
void tcpdiag_minisock_end(struct inet_timewait_sock *tw);
void tcpdiag_minisock_adopt(struct inet_timewait_sock *tw);
u64 tcpdiag_minisock_entered_ns(const struct inet_timewait_sock *tw);
void tcpdiag_minisock_request(struct sock *listener, struct request_sock *req);
unsigned int tcpdiag_minisock_free(struct tcpdiag_shard *shard,
				   unsigned int max, u64 before, u64 *taken);

#endif /* TCPDIAG_CONN_CONN_H */
