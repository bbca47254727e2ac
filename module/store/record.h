/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record of one socket, and how to find and read it. Only conn/ writes
 * records, through write.h.
 *
 * A look-up needs an RCU read section, which preemption off or interrupts off
 * is; a lock needs interrupts off.
 */
#ifndef TCPDIAG_STORE_RECORD_H
#define TCPDIAG_STORE_RECORD_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/list_nulls.h>
#include <linux/rculist_nulls.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <net/tcp_states.h>

#include "model/addr.h"
#include "store/flags.h"
#include "store/lock.h"
#include "store/phase.h"
#include "store/shard.h"

struct pid;

/**
 * struct tcpdiag_past - what is kept of a socket that is open in CLOSE
 * @addr: where it was connected to
 * @txhash: its sk_txhash, which changes when it connects again
 */
struct tcpdiag_past {
	struct tcpdiag_addr addr;
	u32 txhash;
};

/**
 * struct tcpdiag_places - where a record is counted beside its state
 * @peer: slot of its destination in its shard's ports; 0 for none; ports.c
 * @as: what it is counted there as, enum tcpdiag_peer_class
 * @owner: in TIME_WAIT, slot of its owner; 0 for none; time_wait.c
 *
 * Protected by the shard's lock.
 */
struct tcpdiag_places {
	u8 peer;
	u8 as;
	u8 owner;
};

/**
 * struct tcpdiag_record - what is known of one socket, full or mini
 * @hash: link in the table; table.c's bucket lock, RCU
 * @key: the struct sock or struct inet_timewait_sock it stands for; NULL when
 *	it stands for none
 * @age: link in one of tcpdiag_shard.ordered; shard lock
 * @young: link in one of tcpdiag_shard.young; shard lock
 * @next_spare: link of tcpdiag_shard.spares; shard lock
 * @shard: where it is accounted
 * @entered: when the present stay began, ktime_get_ns()
 * @state: TCP state, or TCPDIAG_CHANGING
 * @role: enum tcpdiag_role
 * @cc: tcpdiag_cc index + 1 while it counts as a connection of that
 *	algorithm, from ESTABLISHED to its end; else 0
 * @flags: TCPDIAG_F_*
 * @listener_port: local port of the listener of a passive socket
 * @ordered: it is on one of tcpdiag_shard.ordered, and not of .young; shard
 *	lock, but read without
 * @closed_from: the state it left; only in CLOSE
 * @pid: thread group of the owner, with a reference; NULL if not seen
 * @past: kept when a socket that is still open goes to CLOSE
 * @comm: the owner's name when it connected, listened or closed first
 * @spent_ns: time of completed stays as a full socket, by state less 1
 * @before: @spent_ns of the states before TIME_WAIT
 * @in: in the place of TIME_WAIT, which no full socket is ever in
 *
 * Only the events of its socket write a full socket's record, and these come
 * one at a time. A minisocket's is written under the shard's lock.
 */
struct tcpdiag_record {
	struct hlist_nulls_node hash;
	const void *key;
	union {
		struct list_head age;
		struct hlist_node young;
		struct tcpdiag_record *next_spare;
	};
	struct tcpdiag_shard *shard;
	u64 entered;
	u8 state;
	u8 role;
	u8 cc;
	u8 flags;
	u16 listener_port;
	bool ordered;
	u8 closed_from;
	struct pid *pid;
	struct tcpdiag_past *past;
	char comm[TASK_COMM_LEN];
	union {
		u64 spent_ns[TCPDIAG_FULL_STATES];
		struct {
			u64 before[TCP_TIME_WAIT - 1];
			struct tcpdiag_places in;
		};
	};
};

/*
 * The budget is 192 bytes a record. The allocator puts a pointer of its own
 * behind the record, because freed records stay readable.
 */
static_assert(sizeof(struct tcpdiag_record) + sizeof(void *) <= 192);

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

/* table.c */
extern struct tcpdiag_table tcpdiag_table;

static inline unsigned long tcpdiag_bucket_of(const void *key)
{
	return (unsigned long)key * GOLDEN_RATIO_64 >> tcpdiag_table.shift;
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

/*
 * A change of state within a connection's life is written without the lock;
 * TCPDIAG_CHANGING marks the record meanwhile (write.h). Readers hold the lock.
 * Nothing was written while they read if the state, without the mark, and the
 * beginning of the stay are the same before and after.
 */
static inline u8 tcpdiag_read_begin(const struct tcpdiag_record *rec,
				    u64 *entered)
{
	/* pairs with tcpdiag_change_end() */
	u8 state = smp_load_acquire(&rec->state);

	*entered = READ_ONCE(rec->entered);
	return state;
}

/*
 * A reader does not wait for the writer: the writer may have been interrupted
 * by somebody who waits for the reader's lock.
 */
static inline bool tcpdiag_read_again(const struct tcpdiag_record *rec,
				      u8 state, u64 entered)
{
	/* pairs with tcpdiag_change_begin() */
	smp_rmb();
	return state & TCPDIAG_CHANGING || READ_ONCE(rec->state) != state ||
	       READ_ONCE(rec->entered) != entered;
}

/* Take a record off the list that it is on; its shard is locked. */
static __always_inline void tcpdiag_unlink(struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	if (rec->ordered)
		list_del(&rec->age);
	else
		hlist_del(&rec->young);
}

/* How long a stay was that ends at @now, in nanoseconds. */
static inline u64 tcpdiag_stay_ns(const struct tcpdiag_record *rec, u64 now)
{
	s64 ns = now - rec->entered;

	return likely(ns >= 0) ? ns : 0;
}

/**
 * tcpdiag_may_look() - may the socket of a record be looked at?
 * @rec: on a list of its shard, or in its chain, which is locked
 *
 * Context: interrupts off.
 * Return: false for the mark of a walk (age.c), which has no socket, and once
 * the hooks are about to go, because then nothing tells of the end of a socket
 * any more.
 */
static inline bool tcpdiag_may_look(const struct tcpdiag_record *rec)
{
	lockdep_assert_irqs_disabled();
	return rec->key && !tcpdiag_phase_is_deaf();
}

#endif /* TCPDIAG_STORE_RECORD_H */
