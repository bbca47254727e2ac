// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag: congestion control algorithms for stock kernels, and an always-on
 * account of every TCP connection. This file loads and unloads its parts.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#include "account/congestion.h"
#include "account/ports.h"
#include "account/shards.h"
#include "cc_algos/cc_algos.h"
#include "conn/conn.h"
#include "diagnose/diagnosis.h"
#include "hooks/hooks.h"
#include "store/param.h"
#include "netlink/netlink.h"
#include "netns.h"
#include "procfs/procfs.h"
#include "store/age.h"
#include "store/phase.h"
#include "store/reclaim.h"
#include "store/table.h"
#include "survey/holders.h"
#include "tick.h"

/* Whatever else fails says why itself, where it fails. */
static int __init failed(int err)
{
	if (err == -ENOMEM)
		pr_err("tcpdiag: cannot load: out of memory\n");
	return err;
}

static int __init tcpdiag_init(void)
{
	int err;

	err = tcpdiag_params_check();
	if (err)
		return err;
	err = tcpdiag_table_init();
	if (err)
		return failed(err);
	err = tcpdiag_shards_init();
	if (err)
		goto err_table;
	err = tcpdiag_congestion_init();
	if (err)
		goto err_account;
	err = tcpdiag_ports_init();
	if (err)
		goto err_congestion;
	err = tcpdiag_netns_init();
	if (err)
		goto err_ports;
	err = tcpdiag_procfs_init();
	if (err)
		goto err_netns;
	err = tcpdiag_cc_algos_init();
	if (err)
		goto err_procfs;
	tcpdiag_reclaim_init(tcpdiag_minisock_free);
	tcpdiag_age_set_coarse();
	tcpdiag_phase_begin_walk();
	err = tcpdiag_hooks_init();
	if (err)
		goto err_cc_algos;
	tcpdiag_walk();
	tcpdiag_tick_init();
	err = tcpdiag_netlink_init();
	if (err)
		goto err_tick;
	/*
	 * Nothing may fail from here on: as soon as a dump begins or a socket
	 * uses an algorithm, the module must stay, but a load that fails frees it
	 * all the same.
	 */
	tcpdiag_cc_algos_register();
	pr_info("tcpdiag: version %s loaded; cat /proc/tcpdiag\n",
		THIS_MODULE->version);
	return 0;

err_tick:
	tcpdiag_tick_exit();
	tcpdiag_reclaim_stop();
	tcpdiag_hooks_exit();
err_cc_algos:
	tcpdiag_reclaim_exit();
	tcpdiag_cc_algos_exit();
err_procfs:
	tcpdiag_procfs_exit();
err_netns:
	tcpdiag_netns_exit();
	tcpdiag_holders_exit();
	tcpdiag_diagnosis_exit();
err_ports:
	tcpdiag_ports_exit();
err_congestion:
	tcpdiag_congestion_exit();
err_account:
	tcpdiag_shards_exit();
err_table:
	tcpdiag_table_exit();
	return failed(err);
}

static void __exit tcpdiag_exit(void)
{
	tcpdiag_netlink_exit();
	/* both look at sockets, and only the hooks see when these end */
	tcpdiag_tick_exit();
	tcpdiag_reclaim_stop();
	tcpdiag_hooks_exit();
	tcpdiag_reclaim_exit();
	tcpdiag_cc_algos_exit();
	tcpdiag_procfs_exit();
	tcpdiag_netns_exit();
	tcpdiag_holders_exit();
	tcpdiag_diagnosis_exit();
	rcu_barrier();
	tcpdiag_ports_exit();
	tcpdiag_congestion_exit();
	tcpdiag_shards_exit();
	tcpdiag_table_exit();
	pr_info("tcpdiag: unloaded\n");
}

module_init(tcpdiag_init);
module_exit(tcpdiag_exit);

MODULE_AUTHOR("The tcpdiag developers");
MODULE_DESCRIPTION("TCP congestion control algorithms and an account of every TCP connection");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
