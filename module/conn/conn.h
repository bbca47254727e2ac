/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of sockets: what the hooks call, and what the files share that hold
 * the parts of a socket's life.
 */
#ifndef TCPDIAG_CONN_H
#define TCPDIAG_CONN_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct inet_timewait_sock;
struct sock;
struct tcpdiag_addr;
struct tcpdiag_record;

/* conn.c */
void tcpdiag_conn_addr(const struct sock *sk, struct tcpdiag_addr *addr);
void tcpdiag_conn_event(void *unused, const struct sock *csk, const int left,
			const int entered);
void tcpdiag_conn_cc_changed(struct sock *sk);
bool tcpdiag_conn_copy(struct sock *sk, struct tcpdiag_record *copy,
		       struct tcpdiag_addr *addr);

/* closed.c */
extern atomic_t tcpdiag_closed;
void tcpdiag_closed_begin(struct tcpdiag_record *rec, const struct sock *sk,
			  unsigned int old, u64 now);
unsigned int tcpdiag_closed_before(const struct sock *sk);
void tcpdiag_closed_leave_to_mini(struct tcpdiag_record *rec,
				  const struct sock *sk, unsigned int to,
				  u64 now);
void tcpdiag_closed_retire(void *unused, struct sock *sk);

/**
 * struct tcpdiag_child - what is remembered of a child until it is established
 * @sk: the child
 * @port: its listener's local port
 * @flags: TCPDIAG_F_LISTENER_*
 */
struct tcpdiag_child {
	const struct sock *sk;
	u16 port;
	u8 flags;
};

/* children.c */
DECLARE_PER_CPU(struct tcpdiag_child, tcpdiag_last_child);
u8 tcpdiag_children_listener_flags(const struct sock *child);
void tcpdiag_children_made(struct sock *sk, unsigned int old);
void tcpdiag_children_established(struct sock *sk);
void tcpdiag_children_forget(const struct sock *sk);
void tcpdiag_children_opened_fast(const struct sock *sk,
				  const struct tcpdiag_record *rec);

/* adopt.c */
void tcpdiag_adopt(struct sock *sk);
void tcpdiag_adopt_stranger(struct sock *sk, unsigned int old,
			    unsigned int new);
u64 tcpdiag_adopt_entered_ns(const struct sock *sk);

/* minisock.c */
void tcpdiag_minisock_begin(struct inet_timewait_sock *tw, struct sock *sk);
DECLARE_PER_CPU(const struct sock *, tcpdiag_minisock_replaced);

/**
 * tcpdiag_minisock_was_replaced() - is a change to CLOSE no event of its own?
 * @sk: the socket
 *
 * To be asked once.
 *
 * Context: preemption off.
 * Return: whether a minisocket has taken the socket's place.
 */
static inline bool tcpdiag_minisock_was_replaced(const struct sock *sk)
{
	if (__this_cpu_read(tcpdiag_minisock_replaced) != sk)
		return false;
	__this_cpu_write(tcpdiag_minisock_replaced, NULL);
	return true;
}

void tcpdiag_minisock_handled(const struct inet_timewait_sock *tw);
void tcpdiag_minisock_end(struct inet_timewait_sock *tw);
void tcpdiag_minisock_adopt(struct inet_timewait_sock *tw);
u64 tcpdiag_minisock_entered_ns(const struct inet_timewait_sock *tw);
void tcpdiag_minisock_request(struct sock *listener);

#endif /* TCPDIAG_CONN_H */
