/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The record of one socket, and how to find and read it. Only conn/ writes
 * records, through write.h.
 *
 * A look-up needs an RCU read section; preemption off or interrupts off is one.
 * A lock needs interrupts off.
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
struct tcpdiag_clock_states;

/**
 * struct tcpdiag_past - the past of a socket that is still open in CLOSE
 * @addr: its addresses while it was connected
 */
struct tcpdiag_past {
	struct tcpdiag_addr addr;
};

/**
 * enum tcpdiag_bound - the local port of a socket when connect() is called
 * @TCPDIAG_BOUND_NOT: it has none
 * @TCPDIAG_BOUND_ANY: one that bind() to port 0 found
 * @TCPDIAG_BOUND_CHOSEN: one that the program chose
 */
enum tcpdiag_bound {
	TCPDIAG_BOUND_NOT,
	TCPDIAG_BOUND_ANY,
	TCPDIAG_BOUND_CHOSEN,
};

/**
 * struct tcpdiag_places - where a record is counted apart from its state, and
 *	how its attempt to connect began
 * @peer: slot of its destination in its shard's ports; 0 for none; ports.c
 * @as: the class it is counted in there, enum tcpdiag_peer_class
 * @owner: in TIME_WAIT, slot of its owner; 0 for none; time_wait.c
 * @bound: whether it had a local port before connect() was called, enum
 *	tcpdiag_bound
 * @sent: in SYN_SENT, segments that it had sent before connect() was called, the
 *	lower 16 bits
 * @sport: in SYN_SENT, the local port that it had last, network order
 *
 * @peer, @as and @owner are protected by the shard's lock; only events of the
 * socket write @bound, @sent and @sport.
 */
struct tcpdiag_places {
	u8 peer;
	u8 as;
	u8 owner;
	u8 bound;
	u16 sent;
	__be16 sport;
};

static_assert(sizeof(struct tcpdiag_places) <= sizeof(u64));

/**
 * struct tcpdiag_record - what is known of one socket, full or mini
 * @hash: link in the table; table.c's bucket lock, RCU
 * @key: the struct sock or struct inet_timewait_sock it stands for; NULL when
 *	it stands for none
 * @age: link in one of tcpdiag_shard.ordered; shard lock
 * @young: link in one of tcpdiag_shard.young; shard lock
 * @next_spare: link of tcpdiag_shard.spares; shard lock
 * @shard: the shard that counts it
 * @entered: when the present stay began, ktime_get_ns()
 * @state: TCP state, or TCPDIAG_CHANGING
 * @role: enum tcpdiag_role
 * @cc: index of its congestion control, plus 1, from ESTABLISHED to the end of
 *	the connection; else 0
 * @flags: TCPDIAG_F_*
 * @listener_port: local port of the listener of a passive socket
 * @ordered: it is on one of tcpdiag_shard.ordered, and not of .young; shard
 *	lock, but read without
 * @closed_from: in CLOSE, the state it left
 * @met: of a connection, the round of survey/flows.c that has measured it last; 0 for
 *	none; shard lock
 * @pid: thread group of the owner, with a reference; NULL if not seen
 * @past: in CLOSE, the past of a socket that is still open; or NULL
 * @clock: in other states, its times by congestion state; NULL until that changes, if
 *	TCP's clocks began with the connection; account/flows.c
 * @comm: the owner's name when it connected, listened or closed first; without
 *	@pid that of the kernel (TCPDIAG_KERNEL_COMM), or empty
 * @spent_ns: time of completed stays as a full socket, by state minus 1
 * @before: @spent_ns of the states below TIME_WAIT
 * @in: uses the entry of TIME_WAIT, because no full socket is in TIME_WAIT
 * @idle_ns: in CLOSE_WAIT, LAST_ACK and of a minisocket in FIN_WAIT2: how long
 *	nothing was sent or received before one side closed; 0 if not known. Its
 *	lowest bit: that side had sent last. Uses the entry of CLOSE, in which no
 *	connection spends time
 *
 * Only the events of its socket write a full socket's record, and they come one
 * at a time. A minisocket's record is written under the shard's lock.
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
	union {
		u8 closed_from;
		u8 met;
	};
	struct pid *pid;
	union {
		struct tcpdiag_past *past;
		struct tcpdiag_clock_states *clock;
	};
	char comm[TASK_COMM_LEN];
	union {
		u64 spent_ns[TCPDIAG_FULL_STATES];
		struct {
			u64 before[TCP_TIME_WAIT - 1];
			struct tcpdiag_places in;
			u64 idle_ns;
		};
	};
};

/*
 * A record may take 192 bytes. The allocator puts its own pointer behind the
 * record, because freed records stay readable.
 */
static_assert(sizeof(struct tcpdiag_record) + sizeof(void *) <= 192);

/**
 * struct tcpdiag_table - chains of records, hashed by their socket's address
 * @heads: the chains; the nulls value is the chain's index
 * @shift: there are 2^(64 - @shift) chains
 * @spares: how many freed records a shard may keep
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
 * A plain read lets the compiler compare the key in memory. All that matters is
 * that the key is read before the rest of the record.
 */
static __always_inline bool tcpdiag_has_key(const struct tcpdiag_record *rec,
					    const void *key)
{
	/* one word; another socket's key, or NULL, simply does not match */
	if (data_race(rec->key) != key)
		return false;
	/* pairs with smp_store_release() in tcpdiag_table_add() */
	smp_acquire__after_ctrl_dep();
	return true;
}

/**
 * tcpdiag_find() - find the record of a socket
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
	/* A record that was freed meanwhile may have led into another chain. */
	if (unlikely(get_nulls_value(pos) != bucket))
		goto restart;
	return NULL;
}

/**
 * tcpdiag_lock_found() - lock the shard of a record that was found
 * @rec: what tcpdiag_find() returned, in the same RCU read section
 * @key: what was looked for
 *
 * The record and its shard were alive when the record was found, and the RCU
 * read section keeps the shard's memory. Under the lock the key shows whether
 * the record still belongs to that socket.
 *
 * Context: interrupts off.
 * Return: true, with rec->shard->lock held, if it does; else nothing is held.
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
 * tcpdiag_find_lock() - find the record of a socket and lock its shard
 * @key: the struct sock or struct inet_timewait_sock
 *
 * Context: interrupts off.
 * Return: the record; the caller unlocks rec->shard->lock; or NULL.
 */
static inline struct tcpdiag_record *tcpdiag_find_lock(const void *key)
{
	struct tcpdiag_record *rec = tcpdiag_find(key);

	return rec && tcpdiag_lock_found(rec, key) ? rec : NULL;
}

/**
 * tcpdiag_is_ending() - whether the namespace of a record is about to end
 * @rec: what tcpdiag_find() returned, in the same RCU read section
 *
 * Sockets of the kernel outlive it. Their records end then as any others, but
 * what the namespace has besides may be freed already: tcpdiag_net's tables, and,
 * unless the shard is locked, what the record points to.
 *
 * Context: any.
 * Return: true if it is; if false, all of that stays for this RCU read section.
 */
static inline bool tcpdiag_is_ending(const struct tcpdiag_record *rec)
{
	return unlikely(READ_ONCE(rec->shard->dead));
}

/*
 * A change of state within a connection's life is written without the lock;
 * TCPDIAG_CHANGING marks the record meanwhile (write.h). Readers hold the lock.
 * A read is consistent if state and beginning of the stay are the same before
 * and after it, and the state has no mark.
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
 * A reader must not wait for the writer: the writer may have been interrupted
 * by code that waits for the reader's lock.
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
 * tcpdiag_may_look() - whether the socket of a record may be looked at
 * @rec: on a list of its locked shard, or in its locked chain
 *
 * Context: interrupts off.
 * Return: false for the mark of a walk (age.c), which has no socket, and from
 * just before the hooks are detached, because then no event shows the end of a
 * socket any more.
 */
static inline bool tcpdiag_may_look(const struct tcpdiag_record *rec)
{
	lockdep_assert_irqs_disabled();
	return rec->key && !tcpdiag_phase_is_deaf();
}

#endif /* TCPDIAG_STORE_RECORD_H */
