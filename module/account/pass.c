// SPDX-License-Identifier: GPL-2.0
/*
 * The pass, once a second: what is new since the last one is met. Long stays
 * are put in order (store/age.c), and on the way ports.c and time_wait.c count
 * connections that are new or in another state. A reader makes a pass only
 * when the worker is late.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "account/pass.h"
#include "account/ports.h"
#include "account/time_wait.h"
#include "store/age.h"
#include "store/net.h"
#include "store/table.h"

/* The worker may be early by this much. */
#define EARLY_NS	(NSEC_PER_SEC / 2)
/* A pass that is older than this is late. */
#define LATE_NS		(NSEC_PER_SEC + NSEC_PER_SEC / 2)

/* one pass at a time, tcpdiag_net.sorted_ns, and is_over */
static DEFINE_MUTEX(pass_mutex);
/* No pass any more, not by a reader either. */
static bool is_over;

static void pass_shard(struct tcpdiag_shard *shard, u64 now)
{
	struct hlist_head *from;

	lockdep_assert_held(&pass_mutex);
	from = tcpdiag_age_turn(shard);
	while (tcpdiag_age_reverse(shard, from))
		cond_resched();
	while (tcpdiag_age_sort(shard, now, tcpdiag_ports_meet))
		cond_resched();
	tcpdiag_table_trim(shard);
	tcpdiag_time_wait_prepare(shard);
	while (tcpdiag_time_wait_take(shard, tcpdiag_ports_meet))
		cond_resched();
}

/* Unless one began less than @spare_ns ago. */
static void pass(struct tcpdiag_net *tn, u64 spare_ns)
{
	u64 now = ktime_get_ns();
	struct tcpdiag_shard *shard;

	mutex_lock(&pass_mutex);
	if (is_over || now < tn->sorted_ns + spare_ns)
		goto out;
	WRITE_ONCE(tn->sorted_ns, now);
	tcpdiag_for_each_shard(shard, tn)
		pass_shard(shard, now);
out:
	mutex_unlock(&pass_mutex);
}

/**
 * tcpdiag_pass_tick() - once a second: make a pass
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_pass_tick(struct tcpdiag_net *tn)
{
	pass(tn, EARLY_NS);
}

/**
 * tcpdiag_pass_if_late() - make a pass for a reader, if the worker is late
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_pass_if_late(struct tcpdiag_net *tn)
{
	pass(tn, LATE_NS);
}

/**
 * tcpdiag_pass_age_us() - how long ago did the last pass begin?
 * @tn: the namespace
 *
 * Context: any.
 * Return: microseconds.
 */
u64 tcpdiag_pass_age_us(const struct tcpdiag_net *tn)
{
	return div_u64(ktime_get_ns() - READ_ONCE(tn->sorted_ns),
		       NSEC_PER_USEC);
}

/**
 * tcpdiag_pass_end() - no pass begins any more, and none goes on
 *
 * Before the hooks are detached: a record must not outlive its socket in a
 * pass.
 *
 * Context: process, may sleep.
 */
void tcpdiag_pass_end(void)
{
	mutex_lock(&pass_mutex);
	is_over = true;
	mutex_unlock(&pass_mutex);
}
