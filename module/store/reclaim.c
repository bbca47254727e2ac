// SPDX-License-Identifier: GPL-2.0
/*
 * Takes records from TIME_WAITs of users who have more than their share, so
 * that the reserve for the others is never used up (model/shares.c).
 *
 * The event that finds the reserve half used gets its record from the other
 * half and kicks this worker; it takes no lock but its own shard's. The worker
 * fills the reserve again: it takes from whoever has the most beyond his share,
 * the oldest TIME_WAITs first, to within STEP_NS over all of his network
 * namespaces, and exactly within a shard. A socket that is not in TIME_WAIT
 * keeps its record.
 *
 * The worker holds the lock of the payers for one slice, at most SLICE records
 * of one namespace, so that no namespace must wait for it to begin or end.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/tcp.h>

#include "compat.h"
#include "model/shares.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/reclaim.h"

/* Records freed each time the lock of the payers is held. */
#define SLICE	32

/*
 * Rounds over a user's namespaces: each takes TIME_WAITs that are a quarter of
 * their time younger than those of the round before, the last takes any.
 */
#define ROUNDS	4
#define STEP_NS	((u64)TCP_TIMEWAIT_LEN / HZ * NSEC_PER_SEC / ROUNDS)

/* When nothing was left to take, the next search is so much later. */
#define REST	(HZ / 10)

/*
 * Rounds begin anew after this time; a search before that goes on in them. Nothing has
 * grown much older since, and over thousands of namespaces the rounds in which there is
 * nothing to take last long enough for the others to use up the reserve.
 */
#define ANEW_NS	NSEC_PER_SEC

static tcpdiag_reclaim_fn free_some;
static struct work_struct work;

/* When the last rest began, in jiffies; the worker's, read without a lock */
static unsigned long rest_began;
/* When the rounds began; the worker's */
static u64 rounds_began_ns;
/* Nothing may be taken any more; tcpdiag_payers.lock */
static bool is_over;

static void begin_round(struct tcpdiag_payer *payer, unsigned int round)
{
	lockdep_assert_held(&tcpdiag_payers.lock);
	payer->round = round;
	payer->unvisited = payer->nr_nets;
}

static void begin_search(u64 now)
{
	bool go_on = now - rounds_began_ns < ANEW_NS;
	struct tcpdiag_payer *payer;

	spin_lock(&tcpdiag_payers.lock);
	list_for_each_entry(payer, &tcpdiag_payers.all, all) {
		if (!go_on)
			begin_round(payer, 0);
		else if (payer->round >= ROUNDS - 1)
			begin_round(payer, ROUNDS - 1);
	}
	spin_unlock(&tcpdiag_payers.lock);
	if (!go_on)
		rounds_began_ns = now;
}

/* Who has borrowed the most, of those who may still have a TIME_WAIT. */
static struct tcpdiag_payer *largest_borrower(const struct tcpdiag_shares *s,
					      unsigned long *borrowed)
{
	struct tcpdiag_payer *payer, *largest = NULL;

	lockdep_assert_held(&tcpdiag_payers.lock);
	*borrowed = 0;
	list_for_each_entry(payer, &tcpdiag_payers.all, all) {
		unsigned long mine = atomic_long_read(&payer->records);
		unsigned long n = tcpdiag_shares_borrowed(s, mine);

		if (payer->round < ROUNDS && n > *borrowed) {
			*borrowed = n;
			largest = payer;
		}
	}
	return largest;
}

/* Take up to @max records in the namespace whose turn it is. */
static void take_from(struct tcpdiag_payer *payer, unsigned int max, u64 now)
{
	u64 age = (ROUNDS - 1 - payer->round) * STEP_NS;
	u64 before = now > age ? now - age : 0;
	struct tcpdiag_shard *shard;
	struct tcpdiag_net *tn;
	unsigned int n = 0;
	u64 taken = 0;

	lockdep_assert_held(&tcpdiag_payers.lock);
	tn = list_first_entry_or_null(&payer->nets, struct tcpdiag_net,
				      of_payer);
	if (!tn || !payer->unvisited) {
		begin_round(payer, payer->round + 1);
		return;
	}
	tcpdiag_for_each_shard(shard, tn) {
		n += free_some(shard, max - n, before, &taken);
		if (n == max)
			break;
	}
	payer->taken += taken;
	tcpdiag_payers.taken += taken;
	if (n == max)
		return;
	list_move_tail(&tn->of_payer, &payer->nets);
	payer->unvisited--;
}

/* Whether the search must go on. @wanted: what is missing then */
static bool search_slice(u64 now, unsigned long *wanted)
{
	struct tcpdiag_payer *payer = NULL;
	struct tcpdiag_shares s;
	unsigned long borrowed;

	spin_lock(&tcpdiag_payers.lock);
	tcpdiag_payers_shares(&s);
	*wanted = tcpdiag_shares_wanted(&s);
	if (*wanted && !is_over)
		payer = largest_borrower(&s, &borrowed);
	if (payer)
		take_from(payer, min3(*wanted, borrowed, (ulong)SLICE), now);
	spin_unlock(&tcpdiag_payers.lock);
	return payer;
}

/*
 * During the walk at load, a minisocket without a record would be taken for one
 * that is older than the module.
 */
static void search(struct work_struct *unused)
{
	u64 now = ktime_get_ns();
	unsigned long wanted;

	if (tcpdiag_walking())
		return;
	begin_search(now);
	while (search_slice(now, &wanted))
		cond_resched();
	if (wanted)
		WRITE_ONCE(rest_began, jiffies);
}

/**
 * tcpdiag_reclaim_init() - set up the worker
 * @free: frees records of a shard
 *
 * Context: process, at load, before the hooks are attached.
 */
void tcpdiag_reclaim_init(tcpdiag_reclaim_fn free)
{
	free_some = free;
	rest_began = jiffies - REST;
	INIT_WORK(&work, search);
}

/**
 * tcpdiag_reclaim_stop() - take nothing any more
 *
 * Call it before the hooks are detached: a record that is taken must not have
 * outlived its socket.
 *
 * Context: process.
 */
void tcpdiag_reclaim_stop(void)
{
	spin_lock(&tcpdiag_payers.lock);
	is_over = true;
	spin_unlock(&tcpdiag_payers.lock);
}

/**
 * tcpdiag_reclaim_exit() - wait for the worker, after the hooks are detached
 *
 * Context: process, may sleep.
 */
void tcpdiag_reclaim_exit(void)
{
	cancel_work_sync(&work);
}

/* By a difference: 32 bits of jiffies go round in 49 days, and a rest may be older. */
static bool is_resting(void)
{
	return jiffies - READ_ONCE(rest_began) < REST;
}

/**
 * tcpdiag_reclaim_admits_late() - whether a user gets a record from the reserve
 * @payer: the user
 *
 * If he has less than his share and the reserve is low, the worker fills it.
 *
 * Context: interrupts off.
 * Return: true if he does.
 */
noinline bool tcpdiag_reclaim_admits_late(const struct tcpdiag_payer *payer)
{
	unsigned long mine = atomic_long_read(&payer->records);
	struct tcpdiag_shares s;

	tcpdiag_payers_shares(&s);
	if (mine < tcpdiag_shares_share(&s, mine) &&
	    tcpdiag_shares_is_low(&s) &&
	    !is_resting())
		queue_work(tcpdiag_unbound_wq, &work);
	return tcpdiag_shares_admits(&s, mine);
}
