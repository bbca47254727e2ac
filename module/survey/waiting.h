/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that wait in accept queues, and in whose. A child knows the port of
 * its listener but not which of several that share it (SO_REUSEPORT): only the
 * queue that it stands in tells.
 */
#ifndef TCPDIAG_WAITING_H
#define TCPDIAG_WAITING_H

#include <linux/types.h>

struct sock;

/* Children that are noted altogether, and of one queue: those at its head. */
#define TCPDIAG_WAITING_MAX	4096
#define TCPDIAG_WAITING_EACH	1024

/**
 * struct tcpdiag_waiting_child - a child in an accept queue
 * @sk: the child; only its address counts
 * @listener: what tcpdiag_waiting_take() was told of its listener
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
