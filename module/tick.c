// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: once a second every namespace gets each of the ticks in the table.
 */
#include <linux/rtnetlink.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "account/attempts.h"
#include "account/pass.h"
#include "account/ports_read.h"
#include "account/time_wait_read.h"
#include "store/age.h"
#include "store/net.h"
#include "survey/holders.h"
#include "survey/leaks_growth.h"
#include "survey/listeners.h"
#include "survey/stale.h"
#include "tick.h"

/* In this order: the pass counts what others read. */
static void (*const ticks[])(struct tcpdiag_net *tn) = {
	tcpdiag_pass_tick,
	tcpdiag_leaks_tick,
	tcpdiag_stale_tick,
	tcpdiag_ports_tick,
	tcpdiag_time_wait_tick,
	tcpdiag_holders_tick,
	tcpdiag_listeners_tick,
	tcpdiag_attempts_tick,
};

static void tick_all(struct work_struct *work);

static DECLARE_DELAYED_WORK(tick_work, tick_all);

static void tick_again(void)
{
	tcpdiag_age_set_coarse();
	/* on the full second, like others: one wake-up for all */
	queue_delayed_work(system_power_efficient_wq, &tick_work,
			   round_jiffies_relative(HZ));
}

static void tick_all(struct work_struct *work)
{
	struct net *net;
	unsigned int i;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		for (i = 0; tn && i < ARRAY_SIZE(ticks); i++)
			ticks[i](tn);
	}
	up_read(&net_rwsem);
	tick_again();
}

/**
 * tcpdiag_tick_init() - begin to tick
 *
 * After the walk. Listeners are looked at once more at once, so that their drops
 * count from now on.
 *
 * Context: process, at load; may sleep.
 */
void tcpdiag_tick_init(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		if (tn)
			tcpdiag_listeners_tick(tn);
	}
	up_read(&net_rwsem);
	tick_again();
}

/**
 * tcpdiag_tick_exit() - tick no more, and let nobody make a pass
 *
 * Before the hooks are detached: a record must not outlive its socket in a
 * pass.
 *
 * Context: process, may sleep.
 */
void tcpdiag_tick_exit(void)
{
	cancel_delayed_work_sync(&tick_work);
	tcpdiag_pass_end();
}
