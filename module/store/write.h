/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes records: what each event of a socket does with its record. All of it
 * is inline, because an event takes some hundred instructions and a call ten.
 * Only conn/ may include this, and account/shards.c, which frees records.
 *
 * All of it runs with preemption off, which is the RCU read section that a
 * look-up needs, and with interrupts off where a lock is taken.
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

/**
 * tcpdiag_find_first() - look for a record only at the head of its chain
 * @key: the struct sock or struct inet_timewait_sock
 * @bucket: tcpdiag_bucket_of() @key
 * @rec: set to the first record of the chain
 *
 * Most records are first. If this one is not, call tcpdiag_find().
 *
 * Context: preemption off.
 * Return: true if the first record is the one for @key.
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
 * When the state changes within a connection's life, its record is written
 * without the lock, and TCPDIAG_CHANGING marks it meanwhile. See
 * tcpdiag_read_begin() for the readers.
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
 * @rec: the record, on no list
 * @state: the state that is entered
 * @now: when the stay began, ktime_get_ns()
 *
 * Stays in TIME_WAIT and LISTEN are long, and only their end takes them off
 * their list, so they go to the ordered list at once. age.c orders the others.
 *
 * Context: interrupts off.
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
 * tcpdiag_count_stay() - add a stay to the account's distribution
 * @shard: the record's shard
 * @state: the state of the stay, or TCPDIAG_TALLY_FAILED
 * @ns: the length of the stay in nanoseconds
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
 * Context: interrupts off.
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
 * tcpdiag_end_stay_in() - tcpdiag_leave(), and count the stay
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @state: that state, not CLOSE
 * @now: ktime_get_ns()
 *
 * Estimated stays are left out of the distributions.
 *
 * Context: interrupts off.
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
 * @told: the distribution to count the stay in
 *
 * A stay in CLOSE is not counted: it is no part of a connection's life.
 *
 * Context: interrupts off.
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

/* The same, counted in the distribution of its state. */
static __always_inline u64 tcpdiag_end_stay(struct tcpdiag_shard *shard,
					    struct tcpdiag_record *rec, u64 now)
{
	return tcpdiag_end_stay_as(shard, rec, now, rec->state);
}

/**
 * tcpdiag_table_add() - add a record to the table
 * @rec: the record, filled in; its shard is locked
 * @key: the socket or minisocket it stands for; it has no other record
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_table_add(struct tcpdiag_record *rec,
					      const void *key)
{
	unsigned long bucket = tcpdiag_bucket_of(key);
	unsigned long *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	/* pairs with smp_acquire__after_ctrl_dep() in tcpdiag_has_key() */
	smp_store_release(&rec->key, key);
	tcpdiag_bucket_acquire(lock);
	hlist_nulls_add_head_rcu(&rec->hash, &tcpdiag_table.heads[bucket]);
	tcpdiag_bucket_release(lock);
}

/**
 * tcpdiag_begin() - begin a new record's first stay and add it to the table
 * @shard: the record's shard, locked
 * @rec: from tcpdiag_record_new(), with its role and its life so far
 * @key: the socket or minisocket it stands for
 * @state: the state
 * @now: when the stay began, ktime_get_ns()
 *
 * Context: interrupts off.
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
 * tcpdiag_table_del() - take a record out of the table
 * @rec: a record that tcpdiag_table_add() added; its shard is locked
 * @bucket: tcpdiag_bucket_of() its key
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_table_del(struct tcpdiag_record *rec,
					      unsigned long bucket)
{
	unsigned long *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	tcpdiag_bucket_acquire(lock);
	/* a look-up may be at this record: keep its next pointer */
	__hlist_nulls_del(&rec->hash);
	tcpdiag_bucket_release(lock);
	/* A look-up that is still at the freed record must not match it. */
	WRITE_ONCE(rec->key, NULL);
}

/**
 * tcpdiag_record_new() - get a record that is not in the table yet
 * @shard: the shard that will count it, locked
 * @must: ignore the cap
 * @flags: its TCPDIAG_F_*
 *
 * Context: interrupts off.
 * Return: a record in which @key, @entered, @state, @role, @ordered and
 * @spent_ns are not set; NULL, which is counted in the shard, if its user gets
 * none or memory is short.
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

/* The role of a socket that is first seen when it enters @state. */
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

/* Clear the time spent: the socket begins its first life, or another. */
static __always_inline void tcpdiag_begin_life(struct tcpdiag_record *rec)
{
	unsigned int i;

	/* a loop or memset() would cost five times as much */
#pragma GCC unroll 11
	for (i = 0; i < TCPDIAG_FULL_STATES; i++)
		WRITE_ONCE(rec->spent_ns[i], 0);
}

/* Take a record out of the table; it is then as tcpdiag_table_alloc() made it. */
static __always_inline void tcpdiag_record_clear(struct tcpdiag_record *rec,
						 unsigned long bucket)
{
	lockdep_assert_held(&rec->shard->lock);
	if (rec->pid)
		put_pid(rec->pid);
	if (unlikely(rec->past)) {
		/* or @clock */
		if (rec->state != TCP_CLOSE)
			rec->shard->clocks--;
		kfree(rec->past);
	}
	tcpdiag_table_del(rec, bucket);
}

/**
 * tcpdiag_record_end_in() - end a record whose socket has ended
 * @shard: the record's shard, locked
 * @rec: the record, on no list; the caller counts down tcpdiag_shard.minis
 *	if it stands for a minisocket
 * @bucket: tcpdiag_bucket_of() its key
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_record_end_in(struct tcpdiag_shard *shard,
						  struct tcpdiag_record *rec,
					   unsigned long bucket)
{
	lockdep_assert_held(&shard->lock);
	tcpdiag_record_clear(rec, bucket);
	if (unlikely(shard->nr_spares >= READ_ONCE(tcpdiag_table.spares) ||
		     rec->flags & TCPDIAG_F_EXEMPT)) {
		tcpdiag_table_release(shard, rec);
		return;
	}
	rec->next_spare = shard->spares;
	shard->spares = rec;
	shard->nr_spares++;
}

/* tcpdiag_record_end_in() for callers that do not know the bucket. */
static __always_inline void tcpdiag_record_end(struct tcpdiag_shard *shard,
					       struct tcpdiag_record *rec)
{
	tcpdiag_record_end_in(shard, rec, tcpdiag_bucket_of(rec->key));
}

#endif /* TCPDIAG_STORE_WRITE_H */
