/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that the files of conn/ share; each file handles a part of a
 * socket's life.
 */
#ifndef TCPDIAG_CONN_PARTS_H
#define TCPDIAG_CONN_PARTS_H

#include <linux/percpu.h>
#include <linux/types.h>

struct sock;
struct tcpdiag_record;

/* closed.c */
void tcpdiag_closed_begin(struct tcpdiag_record *rec, const struct sock *sk,
			  unsigned int old, u64 now);
void tcpdiag_closed_leave_to_mini(struct tcpdiag_record *rec,
				  const struct sock *sk, unsigned int to,
				  u64 now);

/**
 * struct tcpdiag_child - a child remembered until it is established
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
void tcpdiag_children_made(struct sock *sk, unsigned int old);
void tcpdiag_children_established(struct sock *sk);
void tcpdiag_children_forget(const struct sock *sk);
void tcpdiag_children_opened_fast(const struct sock *sk,
				  const struct tcpdiag_record *rec);

/* adopt.c */
void tcpdiag_adopt_stranger(struct sock *sk, unsigned int old,
			    unsigned int new);

/* minisock.c */
DECLARE_PER_CPU(const struct sock *, tcpdiag_minisock_replaced);

/**
 * tcpdiag_minisock_was_replaced() - whether a change to CLOSE must be ignored
 * @sk: the socket
 *
 * Call it only once for each change: it forgets the socket.
 *
 * Context: preemption off.
 * Return: true if a minisocket has just taken the socket's place.
 */
static inline bool tcpdiag_minisock_was_replaced(const struct sock *sk)
{
	if (__this_cpu_read(tcpdiag_minisock_replaced) != sk)
		return false;
	__this_cpu_write(tcpdiag_minisock_replaced, NULL);
	return true;
}

#endif /* TCPDIAG_CONN_PARTS_H */
