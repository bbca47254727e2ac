// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: once a second it calls all ticks in the table for each namespace.
 */
#include <linux/random.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "account/account.h"
#include "account/attempts.h"
#include "account/losses.h"
#include "account/pass.h"
#include "account/ports_read.h"
#include "account/time_wait_read.h"
#include "diagnose/watch.h"
#include "store/age.h"
#include "store/net.h"
#include "survey/asleep.h"
#include "survey/conntrack.h"
#include "survey/discards.h"
#include "survey/holders.h"
#include "survey/leaks_growth.h"
#include "survey/listeners.h"
#include "survey/stale.h"
#include "survey/stalls.h"
#include "survey/tails.h"
#include "tick.h"

/* The pass is first: it counts what the others read. The last one judges. */
static void (*const ticks[])(struct tcpdiag_net *tn) = {
	tcpdiag_pass_tick,
	tcpdiag_account_tick,
	tcpdiag_leaks_tick,
	tcpdiag_stale_tick,
	tcpdiag_stalls_tick,
	tcpdiag_ports_tick,
	tcpdiag_time_wait_tick,
	tcpdiag_listeners_tick,
	tcpdiag_attempts_tick,
	tcpdiag_losses_tick,
	tcpdiag_conntrack_tick,
	tcpdiag_discards_tick,
	tcpdiag_watch_tick,
};

static void tick_all(struct work_struct *work);

static DECLARE_DELAYED_WORK(tick_work, tick_all);

/*
 * On the full second, to share the wake-up with other timers; while samples are
 * taken of what may be in step with that, at irregular times.
 */
static unsigned long next_tick(void)
{
	if (tcpdiag_tails_any())
		return HZ - get_random_u32() % (HZ / 10);
	return round_jiffies_relative(HZ);
}

static void tick_again(void)
{
	tcpdiag_age_set_coarse();
	queue_delayed_work(system_power_efficient_wq, &tick_work, next_tick());
}

static void tick_all(struct work_struct *work)
{
	struct net *net;
	unsigned int i;

	tcpdiag_asleep_look();
	tcpdiag_holders_tick();
	tcpdiag_stalls_begin();
	tcpdiag_conntrack_begin();
	tcpdiag_watch_begin();
	tcpdiag_for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		for (i = 0; tn && i < ARRAY_SIZE(ticks); i++)
			ticks[i](tn);
		cond_resched();
	}
	tcpdiag_watch_end();
	tcpdiag_conntrack_end();
	tick_again();
}

/**
 * tcpdiag_tick_init() - start the worker
 *
 * Call it after the walk. It looks at listeners at once, so that their drops
 * count from now on.
 *
 * Context: process, at load; may sleep.
 */
void tcpdiag_tick_init(void)
{
	struct net *net;

	tcpdiag_asleep_look();
	tcpdiag_for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		if (tn)
			tcpdiag_listeners_tick(tn);
	}
	tick_again();
}

/**
 * tcpdiag_tick_exit() - stop the worker, and allow no further pass
 *
 * Call it before the hooks are detached: no record may outlive its socket while
 * a pass runs.
 *
 * Context: process, may sleep.
 */
void tcpdiag_tick_exit(void)
{
	cancel_delayed_work_sync(&tick_work);
	tcpdiag_pass_end();
}
