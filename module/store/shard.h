/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One part of a namespace's account: the counters and lists written by the CPUs
 * that share it. It points to what account/ adds up; only account/ knows the
 * structures behind these pointers.
 */
#ifndef TCPDIAG_STORE_SHARD_H
#define TCPDIAG_STORE_SHARD_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "model/causes.h"
#include "model/cc.h"
#include "model/fsm.h"

struct tcpdiag_cc_done;
struct tcpdiag_flows;
struct tcpdiag_net;
struct tcpdiag_ports;
struct tcpdiag_record;
struct tcpdiag_resets;
struct tcpdiag_service;
struct tcpdiag_tally;
struct tcpdiag_time_waits;

/* Chains of a shard's services; a power of two. */
#define TCPDIAG_SERVICE_CHAINS	16

/*
 * Index into tcpdiag_shard.tally of the stays in SYN_SENT that failed; 0 is no
 * state. Those that ended in ESTABLISHED are at TCP_SYN_SENT.
 */
#define TCPDIAG_TALLY_FAILED	0

/* Columns of tcpdiag_shard.moves; a power of two makes the index cheap. */
#define TCPDIAG_MOVES_ROW	16
static_assert(TCPDIAG_MOVES_ROW >= TCPDIAG_STATES);
static_assert(TCPDIAG_MOVES_ROW >= TCP_MAX_STATES);

/* The index of a transition in tcpdiag_shard.moves. */
#define TCPDIAG_MOVE(from, to)	((from) * TCPDIAG_MOVES_ROW + (to))

/* Lists of tcpdiag_shard.young. */
#define TCPDIAG_YOUNG_LISTS	3

/**
 * struct tcpdiag_shard - one part of a namespace's account
 * @lock: protects the fields marked "lock" and the lists that records are on
 * @dead: the namespace ends: no event may touch a record any more
 * @young_now: the one of @young that new stays go to; lock
 * @net: the account it belongs to
 * @of_ended: link in tcpdiag_net.ended, once it is @dead
 * @moves: transitions, by TCPDIAG_MOVE(); only sums are read, so wrapping is
 *	harmless
 * @tally: completed stays, by state; NULL for states that have none; the first
 *	is TCPDIAG_TALLY_FAILED
 * @cc_begun: connections that became established, by tcpdiag_cc_index()
 * @cc_ended: those of @cc_begun that are over; the rest are live
 * @cc_untold: those of @cc_ended missing from @cc_done because memory was short
 * @cc_done: what connections did, by tcpdiag_cc_index(); NULL until needed
 * @alloc_failed: sockets and stays lost to a failed allocation
 * @mismatched: events whose old state was not the recorded one
 * @failed: attempts to connect that failed, by enum tcpdiag_cause
 * @resets: RST segments; NULL until there is one; resets.c
 * @flows: connections that have ended, by program and service; NULL until there is one
 *	with data; lock
 * @brief: short connections without data that are not in @flows; lock
 * @brief_ns: how long they lasted; lock
 * @untold: connections that are not in @flows because memory was short; lock
 * @untold_us: how long they lasted; lock
 * @clocks: times by congestion state that its records have; lock
 * @services: handshakes by kind of listener, hashed by key; lock
 * @nr_services: how many there are; lock
 * @preexisting: stays that had begun before insmod; lock
 * @young: records whose stay may still be short, the latest first: two
 *	generations, and those that a pass is at; lock
 * @ordered: records whose stay is long, by state, longest first; lock
 * @spares: freed records kept for this shard's next sockets; lock
 * @ports: connections begun here, by destination, and TIME_WAITs of accepted
 *	ones, by local end; NULL until there is one; lock
 * @time_waits: owners of TIME_WAITs; NULL until there is one; lock
 * @nr_spares: how many records are in @spares; lock
 * @records: records that belong to it, @spares included; lock
 * @minis: those of @records that stand for minisockets; lock
 * @refused: sockets that got no record because of the cap; lock
 * @taken: TIME_WAITs whose record was taken for another user; lock
 * @rcu: frees the shard after all look-ups that may hold one of its records
 *
 * A record stays in the shard of the CPU that made it. Most changes of state
 * touch no list and need no lock: only stays longer than a second are kept in
 * order (age.c). A shard is allocated when one of its CPUs sees the namespace's
 * first event.
 */
struct tcpdiag_shard {
	raw_spinlock_t lock; /* fields marked so, and the lists records are on */
	bool dead;
	struct hlist_head *young_now;
	struct tcpdiag_net *net;
	struct llist_node of_ended;
	atomic64_t moves[TCPDIAG_MOVE(TCPDIAG_STATES, 0)];
	struct tcpdiag_tally *tally[TCPDIAG_STATES];
	atomic64_t cc_begun[TCPDIAG_CC_SLOTS];
	atomic64_t cc_ended[TCPDIAG_CC_SLOTS];
	atomic64_t cc_untold[TCPDIAG_CC_SLOTS];
	struct tcpdiag_cc_done *cc_done[TCPDIAG_CC_SLOTS];
	atomic64_t alloc_failed;
	atomic64_t mismatched;
	atomic64_t failed[TCPDIAG_CAUSES];
	struct tcpdiag_resets *resets;
	struct tcpdiag_flows *flows;
	u64 brief;
	u64 brief_ns;
	u64 untold;
	u64 untold_us;
	u64 clocks;
	struct tcpdiag_service *services[TCPDIAG_SERVICE_CHAINS];
	unsigned int nr_services;
	u64 preexisting[TCPDIAG_STATES];
	struct hlist_head young[TCPDIAG_YOUNG_LISTS];
	struct list_head ordered[TCPDIAG_STATES];
	struct tcpdiag_record *spares;
	struct tcpdiag_ports *ports;
	struct tcpdiag_time_waits *time_waits;
	u32 records;
	u32 minis;
	unsigned int nr_spares;
	u64 refused;
	u64 taken;
	struct rcu_head rcu;
} ____cacheline_aligned_in_smp;

/**
 * tcpdiag_shard_count_move() - count a transition
 * @shard: the shard
 * @from: the state that is left
 * @to: the state that is entered
 *
 * It is a full barrier; change_state() in conn.c relies on that.
 *
 * Context: any.
 */
static inline void tcpdiag_shard_count_move(struct tcpdiag_shard *shard,
					    unsigned long from,
					    unsigned long to)
{
	atomic64_inc(&shard->moves[TCPDIAG_MOVE(from, to)]);
	/* conn.c: change_state() */
	smp_mb__after_atomic();
}

#endif /* TCPDIAG_STORE_SHARD_H */
