/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hot path: what every event of every socket does with its record. Inline,
 * because an event is some hundred instructions and a call is ten of them.
 *
 * All of it runs with preemption off, which is the RCU read section that a
 * look-up needs; with interrupts off where a lock is taken.
 */
#ifndef TCPDIAG_RECORD_H
#define TCPDIAG_RECORD_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/rculist_nulls.h>
#include <linux/slab.h>
#include <net/inet_connection_sock.h>
#include <net/netns/generic.h>

#include "account/congestion.h"
#include "conn/conn.h"
#include "store/tcpdiag.h"

#define TCPDIAG_BUCKET_LOCKS	256
/* Freed records that a shard keeps for good, unless the cap is near. */
#define TCPDIAG_SPARES		1024

/**
 * struct tcpdiag_table - chains of records by the address of their socket
 * @heads: the chains; nulls value is the chain's index
 * @shift: there are 2^(64 - @shift) of them
 * @spares: freed records that a shard may keep
 */
struct tcpdiag_table {
	struct hlist_nulls_head *heads;
	unsigned int shift;
	unsigned int spares;
};

/* table.c, account.c */
extern struct tcpdiag_table tcpdiag_table;
/* each protects the chains of the buckets that share it */
extern spinlock_t tcpdiag_bucket_locks[TCPDIAG_BUCKET_LOCKS];
extern unsigned int tcpdiag_shard_mask;

/*
 * Spin locks of the hot path. Interrupts are off and the sections are short:
 * the queued lock itself, inline, without spin_lock()'s preemption count. On
 * kernels that check locks it is spin_lock(). Not annotated for sparse, which
 * cannot follow a lock that a look-up takes only if it finds something.
 */
static inline void tcpdiag_lock(spinlock_t *lock)
{
	lockdep_assert_irqs_disabled();
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || \
	defined(CONFIG_PREEMPT_RT) || !defined(CONFIG_SMP)
	spin_lock(lock);
#else
	arch_spin_lock(&lock->rlock.raw_lock);
#endif
}

static inline void tcpdiag_unlock(spinlock_t *lock)
{
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || \
	defined(CONFIG_PREEMPT_RT) || !defined(CONFIG_SMP)
	spin_unlock(lock);
#else
	arch_spin_unlock(&lock->rlock.raw_lock);
#endif
}

static inline unsigned long tcpdiag_bucket_of(const void *key)
{
	return (unsigned long)key * GOLDEN_RATIO_64 >> tcpdiag_table.shift;
}

static inline spinlock_t *tcpdiag_bucket_lock(unsigned long bucket)
{
	return &tcpdiag_bucket_locks[bucket % TCPDIAG_BUCKET_LOCKS];
}

/*
 * The key is read plainly, so that it is compared where it stands: the order in
 * which it and the rest of the record are read is all that matters.
 */
static __always_inline bool tcpdiag_has_key(const struct tcpdiag_record *rec,
					    const void *key)
{
	/* one word; if it is another socket's, or none's, that is an answer */
	if (data_race(rec->key) != key)
		return false;
	/* pairs with smp_store_release() in tcpdiag_table_add() */
	smp_acquire__after_ctrl_dep();
	return true;
}

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

/**
 * tcpdiag_find() - the record of a socket
 * @key: the struct sock or struct inet_timewait_sock
 *
 * Context: preemption off.
 * Return: the record; NULL if it has none.
 */
static inline struct tcpdiag_record *tcpdiag_find(const void *key)
{
	unsigned long bucket = tcpdiag_bucket_of(key);
	struct tcpdiag_record *rec;
	struct hlist_nulls_node *pos;

restart:
	hlist_nulls_for_each_entry_rcu(rec, pos, &tcpdiag_table.heads[bucket],
				       hash) {
		if (tcpdiag_has_key(rec, key))
			return rec;
	}
	/* A record freed under us may have led into another chain. */
	if (unlikely(get_nulls_value(pos) != bucket))
		goto restart;
	return NULL;
}

/**
 * tcpdiag_lock_found() - lock the shard of a record that was found
 * @rec: what tcpdiag_find() returned, in the same RCU read section
 * @key: what was looked for
 *
 * The record was alive when it was found, so its shard was, and the RCU read
 * section keeps the shard's memory. Under the lock the key tells whether the
 * record is still that socket's.
 *
 * Context: interrupts off.
 * Return: whether it is, with rec->shard->lock held; else nothing is held.
 */
static inline bool tcpdiag_lock_found(struct tcpdiag_record *rec,
				      const void *key)
{
	struct tcpdiag_shard *shard = READ_ONCE(rec->shard);

	lockdep_assert_irqs_disabled();
	tcpdiag_lock(&shard->lock);
	if (likely(rec->key == key && rec->shard == shard))
		return true;
	tcpdiag_unlock(&shard->lock);
	return false;
}

/**
 * tcpdiag_find_lock() - the record of a socket, with its shard locked
 * @key: the struct sock or struct inet_timewait_sock
 *
 * Context: interrupts off.
 * Return: the record, for the caller to unlock rec->shard->lock; or NULL.
 */
static inline struct tcpdiag_record *tcpdiag_find_lock(const void *key)
{
	struct tcpdiag_record *rec = tcpdiag_find(key);

	return rec && tcpdiag_lock_found(rec, key) ? rec : NULL;
}

/**
 * tcpdiag_shard_of() - where this CPU accounts new records of a namespace
 * @net: the namespace
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end or has none yet.
 */
static __always_inline struct tcpdiag_shard *
tcpdiag_shard_of(const struct net *net)
{
	/* net_generic() would open an RCU read section of its own */
	struct net_generic *gen = rcu_dereference_raw(net->gen);
	struct tcpdiag_net *tn = gen->ptr[tcpdiag_net_id];
	unsigned long i = raw_smp_processor_id() & tcpdiag_shard_mask;

	/* pairs with cmpxchg() in tcpdiag_account_new_shard() */
	return READ_ONCE(tn->shard[i]);
}

/**
 * tcpdiag_shard() - tcpdiag_shard_of(), and make it if there is none
 * @net: the namespace
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end or there is no
 * memory, which is counted.
 */
static inline struct tcpdiag_shard *tcpdiag_shard(const struct net *net)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_of(net);

	return likely(shard) ? shard : tcpdiag_account_new_shard(net);
}

/**
 * tcpdiag_shard_lock() - tcpdiag_shard(), locked
 * @net: the namespace
 *
 * Context: interrupts off.
 * Return: as for tcpdiag_shard().
 */
static inline struct tcpdiag_shard *tcpdiag_shard_lock(const struct net *net)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(net);

	lockdep_assert_irqs_disabled();
	if (likely(shard))
		tcpdiag_lock(&shard->lock);
	return shard;
}

/**
 * tcpdiag_shard_open() - tcpdiag_shard_lock(), with interrupts off until then
 * @net: the namespace
 * @irqflags: for tcpdiag_shard_close()
 *
 * Context: preemption off.
 * Return: as for tcpdiag_shard(); only what is not NULL is to be closed.
 */
static __always_inline struct tcpdiag_shard *
tcpdiag_shard_open(const struct net *net, unsigned long *irqflags)
{
	struct tcpdiag_shard *shard;

	local_irq_save(*irqflags);
	shard = tcpdiag_shard_lock(net);
	if (unlikely(!shard))
		local_irq_restore(*irqflags);
	return shard;
}

/**
 * tcpdiag_shard_open_found() - lock the shard of a record that was found
 * @rec: what tcpdiag_find() returned, in the same RCU read section
 * @key: what was looked for
 * @irqflags: for tcpdiag_shard_close()
 *
 * Context: preemption off.
 * Return: whether rec->shard is locked, with interrupts off; if not, there is
 * nothing to close, and the record is another's by now, which only the end of
 * the namespace does to one of a socket that is locked.
 */
static __always_inline bool
tcpdiag_shard_open_found(struct tcpdiag_record *rec, const void *key,
			 unsigned long *irqflags)
{
	local_irq_save(*irqflags);
	if (likely(tcpdiag_lock_found(rec, key)))
		return true;
	local_irq_restore(*irqflags);
	return false;
}

static __always_inline void tcpdiag_shard_close(struct tcpdiag_shard *shard,
						unsigned long irqflags)
{
	tcpdiag_unlock(&shard->lock);
	local_irq_restore(irqflags);
}

/*
 * Links for the age lists. list.h's own functions check the list at each call
 * on kernels with hardened lists, which would be a fifth of an event.
 */
static inline void tcpdiag_age_link(struct list_head *entry,
				    struct list_head *prev,
				    struct list_head *next)
{
	entry->prev = prev;
	entry->next = next;
	prev->next = entry;
	next->prev = entry;
}

static inline void tcpdiag_age_unlink(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
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

static inline u8 tcpdiag_read_begin(const struct tcpdiag_record *rec,
				    u64 *entered)
{
	/* pairs with tcpdiag_change_end() */
	u8 state = smp_load_acquire(&rec->state);

	*entered = READ_ONCE(rec->entered);
	return state;
}

/*
 * Nobody waits for the writer: it may have been interrupted by one who waits
 * for the reader's lock.
 */
static inline bool tcpdiag_read_again(const struct tcpdiag_record *rec,
				      u8 state, u64 entered)
{
	/* pairs with tcpdiag_change_begin() */
	smp_rmb();
	return state & TCPDIAG_CHANGING || READ_ONCE(rec->state) != state ||
	       READ_ONCE(rec->entered) != entered;
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
	struct list_head *list = ordered ? &shard->ordered[state] :
					   shard->young_now;

	lockdep_assert_held(&shard->lock);
	rec->state = state;
	rec->entered = now;
	rec->ordered = ordered;
	tcpdiag_age_link(&rec->age, list->prev, list);
	if (state == TCP_CLOSE)
		atomic_inc(&tcpdiag_closed);
}

/*
 * The time to a tick, for stays that a timer ends and that last: a tenth of
 * what ktime_get_ns() costs.
 */
static inline u64 tcpdiag_coarse_ns(void)
{
	return READ_ONCE(tcpdiag_age_jiffies_base) +
	       get_jiffies_64() * TICK_NSEC;
}

/* How long a stay was that ends at @now, in nanoseconds. */
static inline u64 tcpdiag_stay_ns(const struct tcpdiag_record *rec, u64 now)
{
	s64 ns = now - rec->entered;

	return likely(ns >= 0) ? ns : 0;
}

/**
 * tcpdiag_tell_stay() - enter a stay in the account's distribution
 * @shard: the record's shard
 * @state: where the stay was, or TCPDIAG_TOLD_UNFINISHED
 * @ns: how long, in nanoseconds
 *
 * Context: preemption off; no lock needed.
 */
static inline void tcpdiag_tell_stay(struct tcpdiag_shard *shard,
				     unsigned int state, u64 ns)
{
	tcpdiag_tally_add(shard->tally[state], div_u64(ns, NSEC_PER_USEC));
}

/* Count a transition; on x86 and by its contract a full barrier. */
static inline void tcpdiag_move(struct tcpdiag_shard *shard, unsigned long from,
				unsigned long to)
{
	atomic64_inc(&shard->moves[TCPDIAG_MOVE(from, to)]);
}

/* Does a socket that is locked have the algorithm of index 0, as most do? */
static inline bool tcpdiag_cc_is_first(const struct sock *sk)
{
	const struct tcp_congestion_ops *ca = inet_csk(sk)->icsk_ca_ops;

	return likely(ca && ca->key == tcpdiag_cc_keys[0]);
}

/* Index of the algorithm of a socket that is locked. */
static inline unsigned int tcpdiag_cc_index(const struct sock *sk)
{
	return tcpdiag_cc_is_first(sk) ? 0 : tcpdiag_cc_find(sk);
}

static __always_inline void tcpdiag_cc_begin_as(struct tcpdiag_shard *shard,
						struct tcpdiag_record *rec,
						unsigned int cc)
{
	rec->cc = cc + 1;
	atomic64_inc(&shard->cc_begun[cc]);
}

/**
 * tcpdiag_cc_begin() - a connection counts for its algorithm from now on
 * @shard: the record's shard
 * @rec: its record
 * @sk: the socket, established, locked
 */
static __always_inline void tcpdiag_cc_begin(struct tcpdiag_shard *shard,
					     struct tcpdiag_record *rec,
					     const struct sock *sk)
{
	tcpdiag_cc_begin_as(shard, rec, tcpdiag_cc_index(sk));
}

/**
 * tcpdiag_cc_end() - a full socket's connection is over
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state
 * @sk: the socket, locked or nobody's; its counters are final
 * @now: ktime_get_ns()
 *
 * Of one that never sent data there is nothing to tell.
 */
static __always_inline void tcpdiag_cc_end(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec,
					   const struct sock *sk, u64 now)
{
	lockdep_assert_held(&shard->lock);
	if (!rec->cc)
		return;
	if (unlikely(tcp_sk(sk)->data_segs_out))
		tcpdiag_congestion_take(shard, rec, sk, now);
	atomic64_inc(&shard->cc_ended[rec->cc - 1]);
	rec->cc = 0;
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
	tcpdiag_age_unlink(&rec->age);
	if (rec->state == TCP_CLOSE)
		atomic_dec(&tcpdiag_closed);
	return tcpdiag_stay_ns(rec, now);
}

/**
 * tcpdiag_stay_alive() - tcpdiag_leave(), and tell the account how long it was
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @state: that state, not CLOSE
 * @now: ktime_get_ns()
 *
 * Estimated stays are left out of the distributions.
 *
 * Return: how long the stay was, in nanoseconds.
 */
static __always_inline u64 tcpdiag_stay_alive(struct tcpdiag_shard *shard,
					      struct tcpdiag_record *rec,
					      unsigned int state, u64 now)
{
	u64 ns = tcpdiag_stay_ns(rec, now);

	lockdep_assert_held(&shard->lock);
	tcpdiag_age_unlink(&rec->age);
	if (unlikely(rec->flags & TCPDIAG_F_EST_STAY))
		rec->flags &= ~TCPDIAG_F_EST_STAY;
	else
		tcpdiag_tell_stay(shard, state, ns);
	return ns;
}

/**
 * tcpdiag_stay_as() - tcpdiag_stay_alive() for any state
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @now: ktime_get_ns()
 * @told: which distribution it is told to
 *
 * CLOSE is no part of a connection's life: nothing is told of it.
 *
 * Return: how long the stay was, in nanoseconds.
 */
static __always_inline u64 tcpdiag_stay_as(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec, u64 now,
					   unsigned int told)
{
	if (likely(rec->state != TCP_CLOSE))
		return tcpdiag_stay_alive(shard, rec, told, now);
	rec->flags &= ~TCPDIAG_F_EST_STAY;
	return tcpdiag_leave(shard, rec, now);
}

/* The same, told to the distribution of its state. */
static __always_inline u64 tcpdiag_stay(struct tcpdiag_shard *shard,
					struct tcpdiag_record *rec, u64 now)
{
	return tcpdiag_stay_as(shard, rec, now, rec->state);
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
	spinlock_t *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	/* pairs with tcpdiag_find_in() */
	smp_store_release(&rec->key, key);
	tcpdiag_lock(lock);
	hlist_nulls_add_head_rcu(&rec->hash, &tcpdiag_table.heads[bucket]);
	tcpdiag_unlock(lock);
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
	spinlock_t *lock = tcpdiag_bucket_lock(bucket);

	lockdep_assert_held(&rec->shard->lock);
	tcpdiag_lock(lock);
	/* a look-up may stand on it: its next stays as it is */
	__hlist_nulls_del(&rec->hash);
	tcpdiag_unlock(lock);
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
	rec->closed = NULL;
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
 * tcpdiag_end_in() - a record stands for no socket any more
 * @shard: the record's shard, locked
 * @rec: on no list of a state; if it is a minisocket's, the caller counts that
 * @bucket: tcpdiag_bucket_of() its key
 */
static __always_inline void tcpdiag_end_in(struct tcpdiag_shard *shard,
					   struct tcpdiag_record *rec,
					   unsigned long bucket)
{
	lockdep_assert_held(&shard->lock);
	if (rec->pid)
		put_pid(rec->pid);
	if (unlikely(rec->closed))
		kfree(rec->closed);
	tcpdiag_table_del(rec, bucket);
	if (unlikely(shard->nr_spares >= READ_ONCE(tcpdiag_table.spares))) {
		tcpdiag_table_release(shard, rec);
		return;
	}
	rec->next_spare = shard->spares;
	shard->spares = rec;
	shard->nr_spares++;
}

/* tcpdiag_end_in() where the bucket is not known yet. */
static __always_inline void tcpdiag_end(struct tcpdiag_shard *shard,
					struct tcpdiag_record *rec)
{
	tcpdiag_end_in(shard, rec, tcpdiag_bucket_of(rec->key));
}

#endif /* TCPDIAG_RECORD_H */
