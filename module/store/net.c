// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the account of a namespace.
 */
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
