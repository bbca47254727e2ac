// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag: congestion control algorithms for stock kernels, and an always-on
 * account of every TCP connection. This file sequences the module's life.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>

#include "cc_algos/cc_algos.h"
#include "procfs/procfs.h"
#include "account/congestion.h"
#include "store/tcpdiag.h"

static u64 loaded_ns;
static u64 walk_ns;
/* sockets older than the module may still be unknown */
bool tcpdiag_is_walking;
static bool approximate;

/**
 * tcpdiag_loaded_ns() - when the account began
 *
 * Return: ktime_get_ns() just before the hooks were attached.
 */
u64 tcpdiag_loaded_ns(void)
{
	return loaded_ns;
}

/**
 * tcpdiag_walk_ns() - how long the walk at load took
 *
 * Return: nanoseconds; 0 while it goes on.
 */
u64 tcpdiag_walk_ns(void)
{
	return READ_ONCE(walk_ns);
}

/**
 * tcpdiag_approximate() - did memory run out during the walk?
 *
 * Return: whether gauges may be off.
 */
bool tcpdiag_approximate(void)
{
	return READ_ONCE(approximate);
}

/**
 * tcpdiag_set_approximate() - say that gauges may be off from now on
 */
void tcpdiag_set_approximate(void)
{
	WRITE_ONCE(approximate, true);
}

static void walk(void)
{
	u64 start = ktime_get_ns();

	tcpdiag_walk();
	/* a socket may have left its table already while its event is to come */
	synchronize_rcu_tasks();
	synchronize_net();
	WRITE_ONCE(tcpdiag_is_walking, false);
	/* every event that took itself to be within the walk is over then */
	synchronize_net();
	WRITE_ONCE(walk_ns, ktime_get_ns() - start);
}

static int __init tcpdiag_init(void)
{
	int err;

	err = tcpdiag_table_init();
	if (err)
		return err;
	err = tcpdiag_account_init();
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
	tcpdiag_age_init();
	err = tcpdiag_procfs_init();
	if (err)
		goto err_age;
	err = tcpdiag_cc_algos_init();
	if (err)
		goto err_procfs;
	tcpdiag_is_walking = true;
	loaded_ns = ktime_get_ns();
	err = tcpdiag_hooks_init();
	if (err)
		goto err_cc_algos;
	walk();
	pr_info("tcpdiag: version %s loaded; cat /proc/tcpdiag\n",
		THIS_MODULE->version);
	return 0;

err_cc_algos:
	tcpdiag_cc_algos_exit();
err_procfs:
	tcpdiag_procfs_exit();
err_age:
	tcpdiag_age_exit();
	tcpdiag_netns_exit();
	tcpdiag_facts_exit();
err_ports:
	tcpdiag_ports_exit();
err_congestion:
	tcpdiag_congestion_exit();
err_account:
	tcpdiag_account_exit();
err_table:
	tcpdiag_table_exit();
	return err;
}

static void __exit tcpdiag_exit(void)
{
	/* a pass looks at sockets, of whose end only the hooks tell */
	tcpdiag_age_exit();
	tcpdiag_hooks_exit();
	tcpdiag_cc_algos_exit();
	tcpdiag_procfs_exit();
	tcpdiag_netns_exit();
	tcpdiag_facts_exit();
	rcu_barrier();
	tcpdiag_ports_exit();
	tcpdiag_congestion_exit();
	tcpdiag_account_exit();
	tcpdiag_table_exit();
}

module_init(tcpdiag_init);
module_exit(tcpdiag_exit);

MODULE_AUTHOR("The tcpdiag developers");
MODULE_DESCRIPTION("TCP congestion control algorithms and an account of every TCP connection");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
