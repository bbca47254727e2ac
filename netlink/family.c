// SPDX-License-Identifier: GPL-2.0
/*
 * Registers the netlink family `tcpdiag`, and fixes what the sender of a request
 * may see. Operations and their policy are generated from
 * Documentation/netlink/specs/tcpdiag.yaml.
 *
 * Operations run in parallel: all that they share is what the views read. A dump
 * that is not read to its end holds the module until its socket is closed.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "netlink/netlink.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/net.h"
#include "store/reader.h"

struct genl_family tcpdiag_nl_family __ro_after_init = {
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
	int err;

	err = tcpdiag_genl_set_ops(&tcpdiag_nl_family, tcpdiag_nl_ops,
				   ARRAY_SIZE(tcpdiag_nl_ops));
	if (err)
		return err;
	err = genl_register_family(&tcpdiag_nl_family);
	if (!err)
		return 0;
	tcpdiag_genl_free_ops(&tcpdiag_nl_family);
	if (err != -ENOMEM)
		pr_err("tcpdiag: cannot register the netlink family: %d\n", err);
	return err;
}

/**
 * tcpdiag_netlink_exit() - unregister the family; waits for requests
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_netlink_exit(void)
{
	genl_unregister_family(&tcpdiag_nl_family);
	tcpdiag_genl_free_ops(&tcpdiag_nl_family);
}
