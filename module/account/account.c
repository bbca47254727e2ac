// SPDX-License-Identifier: GPL-2.0
/*
 * The account of a namespace as a whole: gauges, transitions and stays, summed
 * over its shards.
 *
 * A socket without a record (refused, or no memory) is still counted: gauges
 * come from the matrix of transitions alone. Records give durations and names.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include <net/inet_connection_sock.h>

#include "account/account.h"
#include "account/pass.h"
#include "account/service.h"
#include "account/shards.h"
#include "model/hist.h"
#include "model/snapshot.h"
#include "store/age.h"

/* Listeners that a reader asks for their requests, in each shard. */
#define FEW_LISTENERS	64
/* Listeners that the worker asks, if there are more. */
#define MANY_LISTENERS	65536

static void add_requests(const struct tcpdiag_record *rec, void *sum)
{
	const struct sock *sk = rec->key;
	int n = reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue);

	*(u64 *)sum += max(n, 0);
}

/*
 * Requests (NEW_SYN_RECV) have no event at their end, so those that listeners
 * hold now are counted. False if there are too many listeners.
 */
static bool shard_requests(struct tcpdiag_shard *shard, u64 *sum)
{
	struct tcpdiag_record *rec;
	unsigned int n = 0;

	lockdep_assert_held(&shard->lock);
	list_for_each_entry(rec, &shard->ordered[TCP_LISTEN], age) {
		if (n++ == FEW_LISTENERS)
			return false;
		if (tcpdiag_may_look(rec))
			add_requests(rec, sum);
	}
	return true;
}

/* Ask all listeners, as long as there are not more than MANY_LISTENERS. */
static void ask_listeners(struct tcpdiag_net *tn)
{
	u64 sum = 0;
	int err;

	err = tcpdiag_age_each(tn, TCP_LISTEN, MANY_LISTENERS, add_requests,
			       NULL, &sum);
	if (err == -ENOMEM) {
		atomic64_inc(&tn->alloc_failed);
		return;
	}
	if (err == -E2BIG)
		atomic64_inc(&tn->looks_cut);
	WRITE_ONCE(tn->requests, sum);
}

static bool has_many_listeners(struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	bool few = true;
	u64 sum = 0;

	tcpdiag_for_each_shard(shard, tn) {
		if (list_empty(&shard->ordered[TCP_LISTEN]))
			continue;
		raw_spin_lock_irq(&shard->lock);
		few &= shard_requests(shard, &sum);
		raw_spin_unlock_irq(&shard->lock);
	}
	return !few;
}

/**
 * tcpdiag_account_tick() - once a second: count requests for readers
 * @tn: the namespace
 *
 * Only where listeners are so many that a reader does not ask them itself.
 *
 * Context: process, may sleep; the worker's.
 */
void tcpdiag_account_tick(struct tcpdiag_net *tn)
{
	if (has_many_listeners(tn))
		ask_listeners(tn);
}

/* False if its requests were not counted: there are too many listeners. */
static bool add_shard(struct tcpdiag_shard *shard,
		      struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;
	bool counted;

	for (from = 1; from < TCPDIAG_STATES; from++)
		for (to = 1; to < TCPDIAG_STATES; to++)
			snap->moves[from][to] +=
				atomic64_read(&shard->moves[TCPDIAG_MOVE(from, to)]);
	for (i = 0; i < TCPDIAG_CC_SLOTS; i++) {
		u64 ended = atomic64_read(&shard->cc_ended[i]);
		u64 begun;

		/* ends are read first: none is seen without its beginning */
		smp_rmb();
		begun = atomic64_read(&shard->cc_begun[i]);
		snap->cc_begun[i] += begun;
		snap->cc_live[i] += begun - ended;
	}
	snap->alloc_failed += atomic64_read(&shard->alloc_failed);
	snap->mismatched += atomic64_read(&shard->mismatched);
	raw_spin_lock_irq(&shard->lock);
	for (i = 1; i < TCPDIAG_STATES; i++)
		snap->preexisting[i] += shard->preexisting[i];
	snap->records += shard->records - shard->nr_spares - shard->minis;
	snap->minis += shard->minis;
	snap->refused += shard->refused;
	snap->taken += shard->taken;
	counted = shard_requests(shard, &snap->now[TCP_NEW_SYN_RECV]);
	tcpdiag_age_oldest(shard, ktime_get_ns(), snap->oldest_us);
	raw_spin_unlock_irq(&shard->lock);
	return counted;
}

/*
 * A sum may be briefly negative: counters are read at different moments, and a
 * hand-over to a minisocket may count a CLOSE down in one shard and its event
 * count it up in another.
 */
static u64 not_below_zero(u64 n)
{
	return (s64)n < 0 ? 0 : n;
}

static void derive(struct tcpdiag_snapshot *snap)
{
	unsigned int from, to, i;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			snap->entered[to] += snap->moves[from][to];
			if (!tcpdiag_fsm_is_birth(from, to))
				snap->left[from] += snap->moves[from][to];
			snap->moves[from][to] =
				not_below_zero(snap->moves[from][to]);
		}
	}
	for (i = 1; i < TCPDIAG_STATES; i++) {
		u64 in = snap->preexisting[i] + snap->entered[i];

		if (i == TCP_NEW_SYN_RECV)
			snap->left[i] = not_below_zero(in - snap->now[i]);
		else
			snap->now[i] = not_below_zero(in - snap->left[i]);
		snap->entered[i] = not_below_zero(snap->entered[i]);
		snap->left[i] = not_below_zero(snap->left[i]);
	}
	snap->now[TCP_CLOSE] = 0;
}

/**
 * tcpdiag_account_read() - copy a namespace's figures
 * @tn: the namespace
 * @snap: the copy; overwritten
 *
 * Counters are read one after another: an event meanwhile may be in one and not
 * in another. If a shard has many listeners, requests are those of the last
 * second.
 *
 * Context: process, may sleep. Cost: grows with shards, not with sockets.
 */
void tcpdiag_account_read(struct tcpdiag_net *tn,
			  struct tcpdiag_snapshot *snap)
{
	struct tcpdiag_shard *shard;
	bool counted = true;

	memset(snap, 0, sizeof(*snap));
	tcpdiag_pass_if_late(tn);
	tcpdiag_for_each_shard(shard, tn)
		counted &= add_shard(shard, snap);
	if (!counted)
		snap->now[TCP_NEW_SYN_RECV] = READ_ONCE(tn->requests);
	derive(snap);
	snap->lost = atomic64_read(&tn->lost);
	snap->alloc_failed += atomic64_read(&tn->alloc_failed);
	snap->approximate = tcpdiag_phase_approximate();
	snap->have_requests = tcpdiag_phase_hears(TCPDIAG_SOURCE_REQUESTS);
}

static void add_tally(struct tcpdiag_net *tn, unsigned int told,
		      struct tcpdiag_hist *sum)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn)
		if (shard->tally[told])
			tcpdiag_hist_merge(sum, shard->tally[told]);
}

/**
 * tcpdiag_account_read_hist() - sum the stays in one state over all shards
 * @tn: the namespace
 * @state: the state
 * @sum: the sum; overwritten
 *
 * Context: process.
 */
void tcpdiag_account_read_hist(struct tcpdiag_net *tn, unsigned int state,
			       struct tcpdiag_hist *sum)
{
	memset(sum, 0, sizeof(*sum));
	add_tally(tn, state, sum);
	if (state == TCP_SYN_SENT) {
		add_tally(tn, TCPDIAG_TALLY_FAILED, sum);
	} else if (state == TCP_SYN_RECV) {
		/* these stays are 0 and counted by the services only */
		u64 at_once = tcpdiag_service_at_once(tn);

		sum->bucket[0] += at_once;
		sum->count += at_once;
	}
}

/**
 * tcpdiag_account_read_attempts() - sum the stays in SYN_SENT by how they ended
 * @tn: the namespace
 * @finished: true for those that ended in ESTABLISHED, false for the others
 * @sum: the sum; overwritten
 *
 * Context: process.
 */
void tcpdiag_account_read_attempts(struct tcpdiag_net *tn, bool finished,
				   struct tcpdiag_hist *sum)
{
	memset(sum, 0, sizeof(*sum));
	add_tally(tn, finished ? TCP_SYN_SENT : TCPDIAG_TALLY_FAILED, sum);
}

static u32 shard_moves_of(const struct tcpdiag_shard *shard, unsigned int state)
{
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < TCPDIAG_STATES; i++) {
		n += atomic64_read(&shard->moves[TCPDIAG_MOVE(i, state)]);
		n += atomic64_read(&shard->moves[TCPDIAG_MOVE(state, i)]);
	}
	return n;
}

/**
 * tcpdiag_account_moves_of() - count transitions into and out of a state
 * @tn: the namespace
 * @state: the state
 *
 * Context: any; the namespace is alive.
 * Return: how many there were, modulo 2^32.
 */
u32 tcpdiag_account_moves_of(const struct tcpdiag_net *tn, unsigned int state)
{
	const struct tcpdiag_shard *shard;
	u32 n = 0;

	tcpdiag_for_each_shard(shard, tn)
		n += shard_moves_of(shard, state);
	return n;
}

/**
 * tcpdiag_account_generation() - tell whether sockets have come or gone
 * @tn: the namespace
 *
 * A socket comes from CLOSE or a listener, and goes by CLOSE or TIME_WAIT. That
 * one in CLOSE goes is no transition, but its record does.
 *
 * Context: any; the namespace is alive.
 * Return: a number that is another one after sockets came or went.
 */
u32 tcpdiag_account_generation(const struct tcpdiag_net *tn)
{
	const struct tcpdiag_shard *shard;
	u32 moves = 0, records = 0;

	tcpdiag_for_each_shard(shard, tn) {
		moves += shard_moves_of(shard, TCP_CLOSE) +
			 shard_moves_of(shard, TCP_LISTEN) +
			 shard_moves_of(shard, TCP_TIME_WAIT);
		/* a change that is missed now is seen the next time */
		records += data_race(shard->records - shard->nr_spares -
				     shard->minis);
	}
	return jhash_2words(moves, records, 0);
}

/**
 * tcpdiag_account_settle() - count the requests that are older than the module
 * @tn: the namespace
 *
 * These are the requests that listeners hold when the walk ends, minus those
 * that the hooks saw begin.
 *
 * Context: process.
 */
void tcpdiag_account_settle(struct tcpdiag_net *tn)
{
	struct tcpdiag_snapshot *snap;
	struct tcpdiag_shard *shard;
	u64 seen;

	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!snap) {
		tcpdiag_phase_set_approximate();
		return;
	}
	tcpdiag_account_tick(tn);
	tcpdiag_account_read(tn, snap);
	seen = min(snap->now[TCP_NEW_SYN_RECV],
		   snap->entered[TCP_NEW_SYN_RECV]);
	if (snap->now[TCP_NEW_SYN_RECV] > seen) {
		local_irq_disable();
		shard = tcpdiag_shard_lock(tn->net);
		if (shard) {
			shard->preexisting[TCP_NEW_SYN_RECV] +=
				snap->now[TCP_NEW_SYN_RECV] - seen;
			tcpdiag_unlock(&shard->lock);
		}
		local_irq_enable();
	}
	kfree(snap);
}
