// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the account of a namespace, and goes along all namespaces.
 */
#include <linux/rculist.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "store/net.h"

unsigned int tcpdiag_net_id __read_mostly;

/**
 * tcpdiag_net() - find the account of a namespace
 * @net: the namespace
 *
 * Context: any. For as long as it uses the account, the caller holds the
 * namespace, is in an RCU read section or has preemption off.
 * Return: the account, or NULL if it is about to end.
 */
struct tcpdiag_net *tcpdiag_net(const struct net *net)
{
	struct tcpdiag_net *tn = net_generic(net, tcpdiag_net_id);

	/* pairs with tcpdiag_shards_kill() */
	return likely(!READ_ONCE(tn->dead)) ? tn : NULL;
}

/**
 * tcpdiag_net_next() - go on to the next namespace
 * @before: the namespace before, whose reference is put; NULL to begin
 *
 * A namespace with a reference stays on the kernel's list, so the walk needs no
 * lock in between: making and ending namespaces waits for nobody.
 *
 * Context: process, may sleep.
 * Return: the next namespace, with a reference; NULL after the last one.
 */
struct net *tcpdiag_net_next(struct net *before)
{
	struct list_head *pos = before ? &before->list : &net_namespace_list;
	struct net *next = NULL;

	rcu_read_lock();
	while (!next) {
		pos = rcu_dereference(list_next_rcu(pos));
		if (pos == &net_namespace_list)
			break;
		next = maybe_get_net(list_entry(pos, struct net, list));
	}
	rcu_read_unlock();
	if (before)
		put_net(before);
	return next;
}
