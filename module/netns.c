// SPDX-License-Identifier: GPL-2.0
/*
 * One account per network namespace: made with the namespace, marked dead
 * before the grace period that precedes its end, then purged.
 */
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "account/attempts.h"
#include "account/binds.h"
#include "account/losses.h"
#include "account/reset_table.h"
#include "account/shards.h"
#include "account/stays.h"
#include "account/time_wait_read.h"
#include "cc_algos/cc_algos.h"
#include "diagnose/stood.h"
#include "netns.h"
#include "procfs/procfs.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/payer.h"
#include "survey/bloat.h"
#include "survey/conntrack.h"
#include "survey/discards.h"
#include "survey/flows.h"
#include "survey/leaks_growth.h"
#include "survey/listeners.h"
#include "survey/stalls.h"
#include "survey/memory.h"
#include "survey/options.h"
#include "survey/pace.h"
#include "survey/sampled.h"

/*
 * The promised limit for a namespace that never uses TCP. Where lockdep watches,
 * locks are larger.
 */
static_assert(IS_ENABLED(CONFIG_DEBUG_LOCK_ALLOC) ||
	      sizeof(struct tcpdiag_net) <= 1024);

static int __net_init net_init(struct net *net)
{
	struct tcpdiag_net *tn = net_generic(net, tcpdiag_net_id);
	int err;

	tn->net = net;
	mutex_init(&tn->pass_mutex);
	spin_lock_init(&tn->lock);
	tcpdiag_limits_default(&tn->limits);
	atomic64_set(&tn->lost, 0);
	atomic64_set(&tn->alloc_failed, 0);
	atomic64_set(&tn->looks_cut, 0);
	tcpdiag_mibs_begin(tn);
	tn->began_ns = ktime_get_ns();
	tn->ports_marked_ns[0] = tn->began_ns;
	tn->ports_marked_ns[1] = tn->began_ns;
	err = tcpdiag_payer_join(tn);
	if (err)
		return err;
	err = tcpdiag_procfs_net_init(tn);
	if (err)
		goto err_payer;
	err = tcpdiag_sysctl_net_init(tn);
	if (err)
		goto err_procfs;
	return 0;

err_procfs:
	tcpdiag_procfs_net_exit(tn);
err_payer:
	tcpdiag_payer_hide(tn);
	tcpdiag_payer_leave(tn);
	return err;
}

static void __net_exit net_pre_exit(struct net *net)
{
	struct tcpdiag_net *tn = net_generic(net, tcpdiag_net_id);

	tcpdiag_payer_hide(tn);
	/* The core waits for a grace period before it calls net_exit(). */
	tcpdiag_shards_kill(tn);
}

static void __net_exit net_exit(struct net *net)
{
	struct tcpdiag_net *tn = net_generic(net, tcpdiag_net_id);

	tcpdiag_sysctl_net_exit(tn);
	tcpdiag_ab_split_net_exit(tn);
	tcpdiag_procfs_net_exit(tn);
	tcpdiag_leaks_forget(tn);
	tcpdiag_listeners_release(tn);
	tcpdiag_attempts_release(tn);
	tcpdiag_binds_release(tn);
	tcpdiag_losses_release(tn);
	tcpdiag_reset_table_release(tn);
	tcpdiag_stays_release(tn);
	tcpdiag_stood_release(tn);
	tcpdiag_stalls_release(tn);
	tcpdiag_sampled_release(tn);
	tcpdiag_options_release(tn);
	tcpdiag_memory_release(tn);
	tcpdiag_conntrack_release(tn);
	tcpdiag_discards_release(tn);
	tcpdiag_pace_release(tn);
	tcpdiag_flows_release(tn);
	tcpdiag_bloat_release(tn);
	tcpdiag_shards_purge(tn);
	tcpdiag_time_wait_purge(tn);
	tcpdiag_payer_leave(tn);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &tcpdiag_net_id,
	.size = sizeof(struct tcpdiag_net),
};

/**
 * tcpdiag_netns_init() - give every namespace an account
 *
 * Context: process, may sleep; at load.
 * Return: 0 or a negative errno.
 */
int tcpdiag_netns_init(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * tcpdiag_netns_exit() - purge all accounts; after tcpdiag_hooks_exit()
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_netns_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
