// SPDX-License-Identifier: GPL-2.0
/*
 * Notes which children wait in which accept queue (see waiting.h), when a
 * report needs it. A queue is locked while its first TCPDIAG_WAITING_EACH are
 * noted.
 */
#include <linux/bsearch.h>
#include <linux/sort.h>
#include <net/inet_connection_sock.h>

#include "survey/waiting.h"

/**
 * tcpdiag_waiting_take() - note the children in a listener's accept queue
 * @w: the children; when full, no more are noted
 * @sk: the listener, referenced
 * @listener: a number for the listener, to be kept with its children
 *
 * Context: process.
 */
void tcpdiag_waiting_take(struct tcpdiag_waiting *w, struct sock *sk,
			  unsigned int listener)
{
	struct request_sock_queue *queue = &inet_csk(sk)->icsk_accept_queue;
	unsigned int end = min(w->n + TCPDIAG_WAITING_EACH,
			       (unsigned int)TCPDIAG_WAITING_MAX);
	const struct request_sock *req;

	if (reqsk_queue_empty(queue))
		return;
	spin_lock_bh(&queue->rskq_lock);
	for (req = queue->rskq_accept_head; req && w->n < end;
	     req = req->dl_next) {
		w->child[w->n].sk = req->sk;
		w->child[w->n++].listener = listener;
	}
	spin_unlock_bh(&queue->rskq_lock);
}

static int by_address(const void *a, const void *b)
{
	const struct tcpdiag_waiting_child *x = a, *y = b;

	return x->sk < y->sk ? -1 : x->sk > y->sk;
}

/**
 * tcpdiag_waiting_sort() - sort the children for tcpdiag_waiting_find()
 * @w: the children
 *
 * Context: process.
 */
void tcpdiag_waiting_sort(struct tcpdiag_waiting *w)
{
	sort(w->child, w->n, sizeof(*w->child), by_address, NULL);
}

/**
 * tcpdiag_waiting_find() - find the listener whose queue a child waits in
 * @w: the children, sorted
 * @child: the child
 * @listener: set to the number of its listener
 *
 * Context: any.
 * Return: false if the child was not noted.
 */
bool tcpdiag_waiting_find(const struct tcpdiag_waiting *w,
			  const struct sock *child, unsigned int *listener)
{
	const struct tcpdiag_waiting_child key = { .sk = child }, *found;

	found = bsearch(&key, w->child, w->n, sizeof(key), by_address);
	if (found)
		*listener = found->listener;
	return found;
}
