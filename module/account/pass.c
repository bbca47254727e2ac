// SPDX-License-Identifier: GPL-2.0
/*
 * The pass, once a second, over the records that are new or have changed since
 * the last one. It puts long stays in order (store/age.c), and ports.c and
 * time_wait.c count the connections it comes to. A reader makes a pass only
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

/* TIME_WAITs that are met while the lock is held once. */
#define BATCH		64

/* one pass at a time, tcpdiag_net.sorted_ns, and is_over */
static DEFINE_MUTEX(pass_mutex);
/* Nobody may make a pass any more, not even a reader. */
static bool is_over;

/*
 * TIME_WAITs stand in order of their beginning: what was made since the last pass
 * is behind the mark. False at the end of the list, or if there is no memory to
 * go on.
 */
static bool meet_time_waits(struct tcpdiag_shard *shard)
{
	struct list_head *list = &shard->ordered[TCP_TIME_WAIT];
	struct tcpdiag_time_waits *tw = shard->time_waits;
	struct tcpdiag_record *rec;
	struct list_head *pos;
	bool met = true;
	unsigned int n;

	lockdep_assert_held(&shard->lock);
	pos = list_empty(&tw->mark.age) ? list->next : tw->mark.age.next;
	for (n = 0; n < BATCH && pos != list; n++, pos = pos->next) {
		rec = list_entry(pos, struct tcpdiag_record, age);
		met = tcpdiag_ports_meet(shard, rec, TCP_TIME_WAIT);
		if (!met)
			break;
		if (rec->in.peer && !rec->in.owner)
			tcpdiag_time_wait_count(tw, rec);
	}
	if (n)
		list_move_tail(&tw->mark.age, pos);
	return met && pos != list;
}

/* Whether there is more. */
static bool meet_batch(struct tcpdiag_shard *shard)
{
	bool more = false;

	raw_spin_lock_irq(&shard->lock);
	if (shard->time_waits)
		more = meet_time_waits(shard);
	raw_spin_unlock_irq(&shard->lock);
	return more;
}

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
	while (meet_batch(shard))
		cond_resched();
}

/* Make a pass, unless one began less than @spare_ns ago. */
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
 * tcpdiag_pass_age_us() - how long ago the last pass began
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
 * tcpdiag_pass_end() - wait for the pass that is running, and allow no other
 *
 * Call it before the hooks are detached: no record may outlive its socket while
 * a pass runs.
 *
 * Context: process, may sleep.
 */
void tcpdiag_pass_end(void)
{
	mutex_lock(&pass_mutex);
	is_over = true;
	mutex_unlock(&pass_mutex);
}
