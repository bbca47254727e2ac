/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing records: what every event of every socket does with its record.
 * Inline, because an event is some hundred instructions and a call is ten of
 * them. Only conn/, and account/shards.c for what it frees, may include this.
 *
 * All of it runs with preemption off, which is the RCU read section that a
 * look-up needs; with interrupts off where a lock is taken.
 */
#ifndef TCPDIAG_STORE_WRITE_H
#define TCPDIAG_STORE_WRITE_H

#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>

#include "model/hist.h"
#include "store/age.h"
#include "store/record.h"
#include "store/table.h"

/*
 * table.c: records in CLOSE, of sockets that are still open. There is seldom
 * any, and then the end of a socket needs no look-up.
 */
extern atomic_t tcpdiag_nr_closed;

/**
 * tcpdiag_find_first() - look whether a record is the first of its chain
 * @key: the struct sock or struct inet_timewait_sock
 * @bucket: tcpdiag_bucket_of() it
 * @rec: set to the first record
 *
 * Most are. Who is told that one is not asks tcpdiag_find().
 *
 * Context: preemption off.
 * Return: whether it is.
 */
static __always_inline bool tcpdiag_find_first(const void *key,
					       unsigned long bucket,
					       struct tcpdiag_record **rec)
{
	struct hlist_nulls_node *pos;

	pos = READ_ONCE(tcpdiag_table.heads[bucket].first);
	*rec = hlist_nulls_entry(pos, struct tcpdiag_record, hash);
	return likely(!is_a_nulls(pos) && tcpdiag_has_key(*rec, key));
}

/*
 * A full socket's record is written without the lock when the state changes
 * within the connection's life: TCPDIAG_CHANGING marks it meanwhile. Readers
 * hold the lock; that nothing was written while they read is shown by the same
 * state without the mark, and the same beginning of the stay, before and after.
 */
static inline void tcpdiag_change_begin(struct tcpdiag_record *rec)
{
	WRITE_ONCE(rec->state, TCPDIAG_CHANGING);
	/* pairs with tcpdiag_read_again() */
	smp_wmb();
}

static inline void tcpdiag_change_end(struct tcpdiag_record *rec,
				      unsigned int new)
{
	/* pairs with tcpdiag_read_begin() */
	smp_store_release(&rec->state, new);
}

/**
 * tcpdiag_enter() - begin a stay
 * @shard: the record's shard, locked
 * @rec: on no list
 * @state: the state that is entered
 * @now: when the stay began, ktime_get_ns()
 *
 * TIME_WAIT and LISTEN last, and nothing but their end takes them off their
 * list: in order of entry at once. For the others age.c sees to that.
 */
static __always_inline void tcpdiag_enter(struct tcpdiag_shard *shard,
					  struct tcpdiag_record *rec,
					  unsigned int state, u64 now)
{
	bool ordered = state == TCP_TIME_WAIT || state == TCP_LISTEN;

	lockdep_assert_held(&shard->lock);
	rec->state = state;
	rec->entered = now;
	rec->ordered = ordered;
	if (ordered)
		list_add_tail(&rec->age, &shard->ordered[state]);
	else
		hlist_add_head(&rec->young, shard->young_now);
	if (state == TCP_CLOSE)
		atomic_inc(&tcpdiag_nr_closed);
}

/**
 * tcpdiag_count_stay() - enter a stay in the account's distribution
 * @shard: the record's shard
 * @state: where the stay was, or TCPDIAG_TALLY_FAILED
 * @ns: how long, in nanoseconds
 *
 * Context: preemption off; no lock needed.
 */
static inline void tcpdiag_count_stay(struct tcpdiag_shard *shard,
				     unsigned int state, u64 ns)
{
	tcpdiag_tally_add(shard->tally[state], div_u64(ns, NSEC_PER_USEC));
}

/**
 * tcpdiag_leave() - take a record off its list
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @now: ktime_get_ns()
 *
 * Return: how long it was in its state, in nanoseconds.
 */
static __always_inline u64 tcpdiag_leave(struct tcpdiag_shard *shard,
					 struct tcpdiag_record *rec, u64 now)
{
	lockdep_assert_held(&shard->lock);
	tcpdiag_unlink(rec);
	if (rec->state == TCP_CLOSE)
		atomic_dec(&tcpdiag_nr_closed);
	return tcpdiag_stay_ns(rec, now);
}

/**
 * tcpdiag_end_stay_in() - tcpdiag_leave(), and tell the account how long it was
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @state: that state, not CLOSE
 * @now: ktime_get_ns()
 *
 * Estimated stays are left out of the distributions.
 *
 * Return: how long the stay was, in nanoseconds.
 */
static __always_inline u64 tcpdiag_end_stay_in(struct tcpdiag_shard *shard,
					      struct tcpdiag_record *rec,
					      unsigned int state, u64 now)
{
	u64 ns = tcpdiag_stay_ns(rec, now);

	lockdep_assert_held(&shard->lock);
	tcpdiag_unlink(rec);
	if (unlikely(rec->flags & TCPDIAG_F_EST_STAY))
		rec->flags &= ~TCPDIAG_F_EST_STAY;
	else
		tcpdiag_count_stay(shard, state, ns);
	return ns;
}

/**
 * tcpdiag_end_stay_as() - tcpdiag_end_stay_in() for any state
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @now: ktime_get_ns()
 * @told: which distribution it is told to
 *
 * CLOSE is no part of a connection's life: nothing is told of it.
 *
 * Return: how long the stay was, in nanoseconds.
 */
static __always_inline u64 tcpdiag_end_stay_as(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec, u64 now,
					   unsigned int told)
{
	if (likely(rec->state != TCP_CLOSE))
		return tcpdiag_end_stay_in(shard, rec, told, now);
	rec->flags &= ~TCPDIAG_F_EST_STAY;
	return tcpdiag_leave(shard, rec, now);
}

/* The same, told to the distribution of its state. */
static __always_inline u64 tcpdiag_end_stay(struct tcpdiag_shard *shard,
					struct tcpdiag_record *rec, u64 now)
{
	return tcpdiag_end_stay_as(shard, rec, now, rec->state);
}

/**
 * tcpdiag_table_add() - make a record findable
 * @rec: filled in; its shard is locked
 * @key: the socket or minisocket it stands for; no other record does
 */
static __always_inline void tcpdiag_table_add(struct tcpdiag_record *rec,
					      const void *key)
{
	unsigned long bucket = tcpdiag_bucket_of(key);
	unsigned long *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	/* pairs with tcpdiag_find_in() */
	smp_store_release(&rec->key, key);
	tcpdiag_bucket_acquire(lock);
	hlist_nulls_add_head_rcu(&rec->hash, &tcpdiag_table.heads[bucket]);
	tcpdiag_bucket_release(lock);
}

/**
 * tcpdiag_begin() - a new record begins its first stay and can be found
 * @shard: the record's shard, locked
 * @rec: from tcpdiag_record_new(), with its role and its life so far
 * @key: the socket or minisocket it stands for
 * @state: the state
 * @now: when the stay began, ktime_get_ns()
 */
static __always_inline void tcpdiag_begin(struct tcpdiag_shard *shard,
					  struct tcpdiag_record *rec,
					  const void *key, unsigned int state,
					  u64 now)
{
	tcpdiag_enter(shard, rec, state, now);
	tcpdiag_table_add(rec, key);
}

/**
 * tcpdiag_table_del() - make a record unfindable
 * @rec: a record that tcpdiag_table_add() added; its shard is locked
 * @bucket: tcpdiag_bucket_of() its key
 */
static __always_inline void tcpdiag_table_del(struct tcpdiag_record *rec,
					      unsigned long bucket)
{
	unsigned long *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	tcpdiag_bucket_acquire(lock);
	/* a look-up may stand on it: its next stays as it is */
	__hlist_nulls_del(&rec->hash);
	tcpdiag_bucket_release(lock);
	/* A look-up that still stands on the freed record must not match it. */
	WRITE_ONCE(rec->key, NULL);
}

/**
 * tcpdiag_record_new() - memory for a record, not findable yet
 * @shard: where it will be accounted, locked
 * @must: the cap does not apply
 * @flags: its TCPDIAG_F_*
 *
 * Return: a record in which @key, @entered, @state, @role, @ordered and
 * @spent_ns are not set; NULL, which is counted in the shard, if the cap is
 * reached or memory is short.
 */
static __always_inline struct tcpdiag_record *
tcpdiag_record_new(struct tcpdiag_shard *shard, bool must, u8 flags)
{
	struct tcpdiag_record *rec = shard->spares;

	lockdep_assert_held(&shard->lock);
	if (likely(rec)) {
		shard->spares = rec->next_spare;
		shard->nr_spares--;
		rec->flags = flags;
	} else {
		rec = tcpdiag_table_alloc(shard, must);
		if (unlikely(!rec))
			return NULL;
		rec->flags |= flags;
	}
	rec->shard = shard;
	rec->cc = 0;
	rec->listener_port = 0;
	rec->pid = NULL;
	rec->past = NULL;
	*rec->comm = 0;
	return rec;
}

/* What a socket that enters @state from nowhere must be. */
static inline enum tcpdiag_role tcpdiag_role_of(unsigned int state)
{
	switch (state) {
	case TCP_LISTEN:
		return TCPDIAG_ROLE_LISTENER;
	case TCP_SYN_SENT:
		return TCPDIAG_ROLE_ACTIVE;
	default:
		return TCPDIAG_ROLE_UNKNOWN;
	}
}

/* No time spent yet: the socket begins its first life, or another. */
static __always_inline void tcpdiag_begin_life(struct tcpdiag_record *rec)
{
	unsigned int i;

	/* as a loop, or in memset(), it would cost five times as much */
#pragma GCC unroll 11
	for (i = 0; i < TCPDIAG_FULL_STATES; i++)
		WRITE_ONCE(rec->spent_ns[i], 0);
}

/**
 * tcpdiag_record_end_in() - a record stands for no socket any more
 * @shard: the record's shard, locked
 * @rec: on no list of a state; if it is a minisocket's, the caller counts that
 * @bucket: tcpdiag_bucket_of() its key
 */
static __always_inline void tcpdiag_record_end_in(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec,
					   unsigned long bucket)
{
	lockdep_assert_held(&shard->lock);
	if (rec->pid)
		put_pid(rec->pid);
	if (unlikely(rec->past))
		kfree(rec->past);
	tcpdiag_table_del(rec, bucket);
	if (unlikely(shard->nr_spares >= READ_ONCE(tcpdiag_table.spares))) {
		tcpdiag_table_release(shard, rec);
		return;
	}
	rec->next_spare = shard->spares;
	shard->spares = rec;
	shard->nr_spares++;
}

/* tcpdiag_record_end_in() where the bucket is not known yet. */
static __always_inline void tcpdiag_record_end(struct tcpdiag_shard *shard,
					struct tcpdiag_record *rec)
{
	tcpdiag_record_end_in(shard, rec, tcpdiag_bucket_of(rec->key));
}

#endif /* TCPDIAG_STORE_WRITE_H */
