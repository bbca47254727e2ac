// SPDX-License-Identifier: GPL-2.0
/*
 * Registers the netlink family `tcpdiag`, and fixes what the sender of a request
 * may see. Operations and their policy are generated from
 * Documentation/netlink/specs/tcpdiag.yaml.
 *
 * The generated table has an operation for each of do and dump. It is registered
 * as unified operations: 6.1 has no others, and for those the core rejects every
 * attribute of a request that has no policy, which it would ignore otherwise.
 *
 * Operations run in parallel: all that they share is what the views read. A dump
 * that is not read to its end holds the module until its socket is closed.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "diagnose/watch.h"
#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/net.h"
#include "store/reader.h"

static struct genl_ops unified[ARRAY_SIZE(tcpdiag_nl_ops)] __ro_after_init;

/* Findings name the owners of sockets. */
static const struct genl_multicast_group groups[] = {
	[TCPDIAG_NETLINK_FINDINGS] = {
		.name = TCPDIAG_MCGRP_FINDINGS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family tcpdiag_nl_family __ro_after_init = {
	.ops = unified,
	.n_ops = ARRAY_SIZE(unified),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.name = TCPDIAG_FAMILY_NAME,
	.version = TCPDIAG_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
};

/**
 * tcpdiag_netlink_reader() - fix the reader of a request
 * @reader: the result
 * @request: the request; its sender's socket has the namespaces and the rights
 *
 * Context: process.
 * Return: 0, or -ENODEV if the namespace is about to end.
 */
int tcpdiag_netlink_reader(struct tcpdiag_reader *reader,
			   const struct sk_buff *request)
{
	const struct sock *sk = NETLINK_CB(request).sk;
	struct net *net = sock_net(sk);

	*reader = (struct tcpdiag_reader) {
		.tn = tcpdiag_net(net),
		.user_ns = sk_user_ns(sk),
		.owners = netlink_ns_capable(request, net->user_ns,
					     CAP_NET_ADMIN),
	};
	return reader->tn ? 0 : -ENODEV;
}

/* The functions of the two kinds share their places in a split operation. */
static struct genl_ops __init unify(const struct genl_split_ops *from)
{
	struct genl_ops to = {
		.cmd = from->cmd,
		.policy = from->policy,
		.maxattr = from->maxattr,
	};

	if (from->flags & GENL_CMD_CAP_DO) {
		to.doit = from->doit;
	} else {
		to.start = from->start;
		to.dumpit = from->dumpit;
		to.done = from->done;
	}
	return to;
}

/**
 * tcpdiag_netlink_init() - register the family
 *
 * Requests may come at once, and a dump holds the module: nothing may fail
 * after this at load.
 *
 * Context: process, may sleep; at load.
 * Return: 0 or a negative errno.
 */
int __init tcpdiag_netlink_init(void)
{
	unsigned int i;
	int err;

	/* none has both do and dump, so each becomes one */
	for (i = 0; i < ARRAY_SIZE(unified); i++)
		unified[i] = unify(&tcpdiag_nl_ops[i]);
	err = tcpdiag_subscriber_init();
	if (err)
		return err;
	err = genl_register_family(&tcpdiag_nl_family);
	if (err)
		tcpdiag_subscriber_exit();
	else
		tcpdiag_watch_set_watcher(&tcpdiag_netlink_watcher);
	if (err && err != -ENOMEM)
		pr_err("tcpdiag: cannot register the netlink family: %d\n", err);
	return err;
}

/**
 * tcpdiag_netlink_exit() - unregister the family, which waits for requests, and
 *	end all subscriptions
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_netlink_exit(void)
{
	tcpdiag_watch_set_watcher(NULL);
	genl_unregister_family(&tcpdiag_nl_family);
	tcpdiag_subscriber_exit();
}
