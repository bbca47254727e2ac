/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tells subscribers of changes of state. While there is none, each call is a
 * branch that is patched out.
 */
#ifndef TCPDIAG_CONN_TELL_H
#define TCPDIAG_CONN_TELL_H

#include <linux/types.h>

#include "compat.h"
#include "store/queue.h"

struct inet_timewait_sock;
struct request_sock;
struct sk_buff;
struct sock;
struct tcpdiag_record;

void tcpdiag_tell_socket(struct sock *sk, unsigned int old, unsigned int new);
void tcpdiag_tell_handoff(struct sock *sk, struct inet_timewait_sock *tw);
void tcpdiag_tell_minisock(struct inet_timewait_sock *tw,
			   const struct tcpdiag_record *rec, unsigned int old,
			   unsigned int new);
void tcpdiag_tell_request(const struct sock *listener,
			  struct request_sock *req);
void tcpdiag_tell_reset(const struct tcpdiag_net *tn, const struct sock *sk,
			const struct sk_buff *skb, unsigned int reason);

/**
 * tcpdiag_is_told() - whether somebody subscribes to transitions
 *
 * Context: any.
 * Return: true if somebody does, or did a second ago.
 */
static __always_inline bool tcpdiag_is_told(void)
{
	return static_branch_unlikely(&tcpdiag_queue_transitions.key);
}

/**
 * tcpdiag_is_traced() - whether somebody may want to know why a RST is sent
 * @tn: its namespace
 *
 * Context: any.
 * Return: true if the kernel tells, and the namespace has a subscriber.
 */
static __always_inline bool tcpdiag_is_traced(const struct tcpdiag_net *tn)
{
	return TCPDIAG_RESET_REASONS > 1 && unlikely(!hlist_empty(&tn->queues));
}

#endif /* TCPDIAG_CONN_TELL_H */
