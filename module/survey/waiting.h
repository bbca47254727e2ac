/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that wait in accept queues. A child knows the port of its
 * listener. If several listeners share the port (SO_REUSEPORT), only the queue
 * that the child is in shows which one it belongs to.
 */
#ifndef TCPDIAG_WAITING_H
#define TCPDIAG_WAITING_H

#include <linux/types.h>

struct sock;

/* Children noted in all, and from the head of each queue. */
#define TCPDIAG_WAITING_MAX	4096
#define TCPDIAG_WAITING_EACH	1024

/**
 * struct tcpdiag_waiting_child - a child in an accept queue
 * @sk: the child; only compared, never followed
 * @listener: the number of its listener, from tcpdiag_waiting_take()
 */
struct tcpdiag_waiting_child {
	const struct sock *sk;
	unsigned int listener;
};

/**
 * struct tcpdiag_waiting - children of some listeners
 * @n: how many
 * @child: the children, by address once tcpdiag_waiting_sort() was called
 */
struct tcpdiag_waiting {
	unsigned int n;
	struct tcpdiag_waiting_child child[TCPDIAG_WAITING_MAX];
};

void tcpdiag_waiting_take(struct tcpdiag_waiting *w, struct sock *sk,
			  unsigned int listener);
void tcpdiag_waiting_sort(struct tcpdiag_waiting *w);
bool tcpdiag_waiting_find(const struct tcpdiag_waiting *w,
			  const struct sock *child, unsigned int *listener);

#endif /* TCPDIAG_WAITING_H */
