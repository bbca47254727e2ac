/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hot path: what every event of every socket does with its record. Inline,
 * because an event is some hundred instructions and a call is ten of them.
 *
 * All of it runs with interrupts off, which is also the RCU read section that
 * a look-up needs.
 */
#ifndef TCPDIAG_RECORD_H
#define TCPDIAG_RECORD_H

#include <linux/hash.h>
#include <linux/rculist_nulls.h>
#include <net/netns/generic.h>

#include "tcpdiag.h"

/**
 * struct tcpdiag_table - chains of records by the address of their socket
 * @heads: the chains; nulls value is the chain's index
 * @bits: there are 2^@bits of them
 */
struct tcpdiag_table {
	struct hlist_nulls_head *heads;
	unsigned int bits;
};

extern struct tcpdiag_table tcpdiag_table;
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

static inline unsigned int tcpdiag_bucket_of(const void *key)
{
	return hash_ptr(key, tcpdiag_table.bits);
}

static inline struct tcpdiag_record *tcpdiag_find(const void *key)
{
	unsigned int bucket = tcpdiag_bucket_of(key);
	struct tcpdiag_record *rec;
	struct hlist_nulls_node *pos;

restart:
	hlist_nulls_for_each_entry_rcu(rec, pos, &tcpdiag_table.heads[bucket],
				       hash) {
		/* pairs with smp_store_release() in new_record() */
		if (smp_load_acquire(&rec->key) == key)
			return rec;
	}
	/* A record freed under us may have led into another chain. */
	if (unlikely(get_nulls_value(pos) != bucket))
		goto restart;
	return NULL;
}

/**
 * tcpdiag_find_lock() - the record of a socket, with its shard locked
 * @key: the struct sock or struct inet_timewait_sock
 *
 * The record was alive when it was found, so its shard was, and the RCU read
 * section keeps the shard's memory. Under the lock the key tells whether the
 * record is still that socket's.
 *
 * Context: interrupts off.
 * Return: the record, for the caller to unlock rec->shard->lock; or NULL.
 */
static inline struct tcpdiag_record *tcpdiag_find_lock(const void *key)
{
	struct tcpdiag_record *rec = tcpdiag_find(key);
	struct tcpdiag_shard *shard;

	lockdep_assert_irqs_disabled();
	if (!rec)
		return NULL;
	shard = READ_ONCE(rec->shard);
	tcpdiag_lock(&shard->lock);
	if (likely(rec->key == key && rec->shard == shard))
		return rec;
	tcpdiag_unlock(&shard->lock);
	return NULL;
}

/**
 * tcpdiag_shard_lock() - where this CPU accounts new records of a namespace
 * @net: the namespace
 *
 * Context: interrupts off.
 * Return: the shard, locked; NULL if the namespace is about to end or there
 * is no memory, which is counted.
 */
static inline struct tcpdiag_shard *tcpdiag_shard_lock(const struct net *net)
{
	/* net_generic() would open an RCU read section of its own */
	struct net_generic *gen = rcu_dereference_raw(net->gen);
	struct tcpdiag_net *tn = gen->ptr[tcpdiag_net_id];
	unsigned int i = raw_smp_processor_id() & tcpdiag_shard_mask;
	struct tcpdiag_shard *shard;

	lockdep_assert_irqs_disabled();
	/* pairs with net_pre_exit() in netns.c */
	if (unlikely(READ_ONCE(tn->dead)))
		return NULL;
	/* pairs with cmpxchg() in tcpdiag_account_new_shard() */
	shard = READ_ONCE(tn->shard[i]);
	if (unlikely(!shard))
		shard = tcpdiag_account_new_shard(tn, i);
	if (likely(shard))
		tcpdiag_lock(&shard->lock);
	return shard;
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

/**
 * tcpdiag_enter() - begin a stay
 * @shard: the record's shard, locked
 * @rec: on no list
 * @state: the state that is entered
 * @now: when the stay began, ktime_get_ns(); later than any on the list
 */
static inline void tcpdiag_enter(struct tcpdiag_shard *shard,
				 struct tcpdiag_record *rec,
				 unsigned int state, u64 now)
{
	lockdep_assert_held(&shard->lock);
	rec->state = state;
	rec->entered = now;
	tcpdiag_age_link(&rec->age, shard->age[state].prev, &shard->age[state]);
	if (state == TCP_ESTABLISHED)
		shard->cc_live[rec->cc]++;
}

/**
 * tcpdiag_leave() - take a record off its state's list
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @now: ktime_get_ns()
 *
 * Return: how long it was there, in nanoseconds.
 */
static inline u64 tcpdiag_leave(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec, u64 now)
{
	lockdep_assert_held(&shard->lock);
	tcpdiag_age_unlink(&rec->age);
	if (rec->state == TCP_ESTABLISHED)
		shard->cc_live[rec->cc]--;
	return now > rec->entered ? now - rec->entered : 0;
}

/**
 * tcpdiag_stay() - end a stay and enter it in the histogram
 * @shard: the record's shard, locked
 * @rec: on the list of its state
 * @now: ktime_get_ns()
 *
 * Estimated stays are left out of the histograms, and so are those in CLOSE,
 * which is no part of a connection's life.
 *
 * Return: how long the stay was, in nanoseconds.
 */
static inline u64 tcpdiag_stay(struct tcpdiag_shard *shard,
			       struct tcpdiag_record *rec, u64 now)
{
	u64 ns = tcpdiag_leave(shard, rec, now);
	unsigned int state = rec->state;
	struct tcpdiag_hist *hist;

	if (unlikely(rec->flags & TCPDIAG_F_EST_STAY)) {
		rec->flags &= ~TCPDIAG_F_EST_STAY;
		return ns;
	}
	if (state == TCP_CLOSE)
		return ns;
	hist = shard->hist[state];
	if (unlikely(!hist))
		hist = tcpdiag_account_new_hist(shard, state);
	if (likely(hist))
		tcpdiag_hist_add(hist, div_u64(ns, NSEC_PER_USEC));
	return ns;
}

/**
 * tcpdiag_end() - a record stands for no socket any more
 * @shard: the record's shard, locked
 * @rec: on no list of a state
 */
static inline void tcpdiag_end(struct tcpdiag_shard *shard,
			       struct tcpdiag_record *rec)
{
	lockdep_assert_held(&shard->lock);
	if (rec->flags & TCPDIAG_F_MINI)
		shard->minis--;
	else
		shard->records--;
	put_pid(rec->pid);
	if (unlikely(rec->addr))
		kfree(rec->addr);
	tcpdiag_table_del(rec);
	tcpdiag_table_free(shard, rec);
}

#endif /* TCPDIAG_RECORD_H */
