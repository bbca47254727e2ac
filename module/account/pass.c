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
#include <linux/rwsem.h>
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

/* held for reading by each pass, and for writing to wait for all of them */
static DECLARE_RWSEM(passes);
/* Nobody may make a pass any more, not even a reader; @passes. */
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

	lockdep_assert_held(&shard->net->pass_mutex);
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

static void pass_shards(struct tcpdiag_net *tn, u64 now)
{
	struct tcpdiag_shard *shard;

	WRITE_ONCE(tn->sorted_ns, now);
	tcpdiag_for_each_shard(shard, tn)
		pass_shard(shard, now);
}

/*
 * Make a pass, unless one began less than @spare_ns ago or is being made: the
 * one who makes it may be a reader who gets little of the CPU.
 */
static void pass(struct tcpdiag_net *tn, u64 spare_ns)
{
	u64 now = ktime_get_ns();

	if (now < READ_ONCE(tn->sorted_ns) + spare_ns ||
	    !down_read_trylock(&passes))
		return;
	if (!is_over && mutex_trylock(&tn->pass_mutex)) {
		pass_shards(tn, now);
		mutex_unlock(&tn->pass_mutex);
	}
	up_read(&passes);
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
 * tcpdiag_pass_end() - wait for the passes that are running, and allow no other
 *
 * Call it before the hooks are detached: no record may outlive its socket while
 * a pass runs.
 *
 * Context: process, may sleep.
 */
void tcpdiag_pass_end(void)
{
	down_write(&passes);
	is_over = true;
	up_write(&passes);
}
