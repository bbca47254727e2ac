/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of tcpdiag share: the structures, and the functions of files
 * that have no header of their own, under the name of the file.
 *
 *   hooks.c -> conn.c, minisock.c -> account.c -> findings.c -> procfs/
 *              children.c, adopt.c, closed.c
 *
 * Locks, in the order in which they nest:
 *
 *   socket lock        the kernel's; held by most hooks, taken by the walk
 *   shard lock         account.c: one shard's lists, births and ends of its
 *                      records
 *   table bucket lock  table.c: chains of the table
 *
 * All three may be taken in softirq; the last two only with interrupts off.
 * A change of state within a connection's life takes none of ours (conn.c).
 */
#ifndef TCPDIAG_H
#define TCPDIAG_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/list_nulls.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "model/causes.h"
#include "diagnose/facts.h"
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/fsm.h"
#include "model/hist.h"
#include "model/measure.h"
#include "store/mibs.h"
#include "model/snapshot.h"

struct ctl_table_header;
struct tcpdiag_cc_done;
struct tcpdiag_holders;
struct tcpdiag_leaks_history;
struct tcpdiag_ab_weights;
struct tcpdiag_failures;
struct tcpdiag_listening;
struct tcpdiag_net;
struct tcpdiag_resets;
struct tcpdiag_service;
struct tcpdiag_ports;
struct tcpdiag_ports_view;
struct tcpdiag_time_wait_view;
struct tcpdiag_time_waits;
struct tcpdiag_window;

/* A namespace's account has at most this many shards. */
#define TCPDIAG_MAX_SHARDS	16

/*
 * Memory for a read, or for a look of the worker: without it the read fails, or
 * the look is left out, and that is counted. The log need not have it each time.
 */
#define TCPDIAG_GFP	(GFP_KERNEL | __GFP_NOWARN)

/* Chains of a shard's services; a power of two. */
#define TCPDIAG_SERVICE_CHAINS	16

/*
 * tcpdiag_shard.tally[0], for 0 is no state: stays in SYN_SENT that did not end
 * in ESTABLISHED. Those that did are in tally[TCP_SYN_SENT].
 */
#define TCPDIAG_TOLD_UNFINISHED	0

/* Columns of tcpdiag_shard.moves: a power of two, so that a place is cheap. */
#define TCPDIAG_MOVES_ROW	16
static_assert(TCPDIAG_MOVES_ROW >= TCPDIAG_STATES);
static_assert(TCPDIAG_MOVES_ROW >= TCP_MAX_STATES);

/* The place of a transition among tcpdiag_shard.moves. */
#define TCPDIAG_MOVE(from, to)	((from) * TCPDIAG_MOVES_ROW + (to))

/**
 * struct tcpdiag_shard - one part of a namespace's account
 * @lock: protects what is marked so, and which list a record is on
 * @dead: the namespace ends: no event may touch a record any more
 * @young_now: the one of @young that new stays go to; lock
 * @net: the account it belongs to
 * @moves: transitions, by TCPDIAG_MOVE(); wraps are harmless, only sums are read
 * @tally: completed stays by state; NULL where they are not told; of those in
 *	SYN_SENT that did not end in ESTABLISHED the first
 * @cc_begun: connections that became established, by tcpdiag_cc index
 * @cc_ended: those of them that are over; the rest are live
 * @cc_untold: those of the latter that memory was short to tell of
 * @cc_done: what connections did, by tcpdiag_cc index; NULL until needed
 * @alloc_failed: sockets and stays lost to a failed allocation
 * @mismatched: events whose old state was not the recorded one
 * @failed: attempts to connect that failed, by enum tcpdiag_cause
 * @resets: RST segments, NULL until there is one; resets.c
 * @services: handshakes by kind of listener, hashed by key; lock
 * @nr_services: how many there are; lock
 * @preexisting: stays that had begun before insmod; lock
 * @young: records whose stay may be short yet, in two generations; lock
 * @ordered: records whose stay is long, by state, longest first; lock
 * @spares: freed records kept for this shard's next sockets; lock
 * @ports: connections begun here by destination, and own ends of TIME_WAITs of
 *	others; NULL until there is one; lock
 * @time_waits: owners of TIME_WAITs; NULL until there is one; lock
 * @nr_spares: how many; lock
 * @records: records that belong to it, @spares included; lock
 * @minis: those of them that stand for minisockets; lock
 * @refused: sockets that got no record because of the cap; lock
 * @rcu: frees the shard when no look-up can stand on one of its records
 *
 * A record stays in the shard of the CPU that made it. Most changes of state
 * touch no list and need no lock: only stays longer than a second are kept in
 * order (age.c). Shards are allocated when their CPU sees the namespace's
 * first event.
 */
struct tcpdiag_shard {
	spinlock_t lock; /* fields marked so, and the lists records are on */
	bool dead;
	struct list_head *young_now;
	struct tcpdiag_net *net;
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
	struct tcpdiag_service *services[TCPDIAG_SERVICE_CHAINS];
	unsigned int nr_services;
	u64 preexisting[TCPDIAG_STATES];
	struct list_head young[2];
	struct list_head ordered[TCPDIAG_STATES];
	struct tcpdiag_record *spares;
	struct tcpdiag_ports *ports;
	struct tcpdiag_time_waits *time_waits;
	u32 records;
	u32 minis;
	unsigned int nr_spares;
	u64 refused;
	struct rcu_head rcu;
} ____cacheline_aligned_in_smp;

/**
 * struct tcpdiag_stale - connections that have been idle for long (stale.c)
 * @sockets: how many
 * @idle_us: the longest idle one: for how long
 * @key: its struct sock; only its address counts
 * @entered: when it was established, ktime_get_ns()
 */
struct tcpdiag_stale {
	u64 sockets;
	u64 idle_us;
	const void *key;
	u64 entered;
};

/**
 * struct tcpdiag_net - the account of one network namespace
 * @net: the namespace
 * @dead: no hook may touch the account any more; set in pre_exit, so that an
 *	RCU grace period lies between that and the account's end
 * @lost: events lost because a shard could not be allocated
 * @alloc_failed: reads and looks of the worker that memory was short for
 * @looks_cut: looks at sockets that left some out because there were too many
 * @sorted_ns: when long stays were put in order; age.c's mutex
 * @shard: parts of the account, NULL until needed, and when @dead
 * @ended: where they are then
 * @began_ns: when the account began
 * @ports_marked_ns: when ports.c last marked its counts, and when before that
 * @overflows_before: sockets that had found no room for TIME_WAIT by then
 * @time_wait_made: TIME_WAITs of the last minute; NULL until there is one;
 *	time_wait.c's mutex
 * @holders: who holds which socket, if it was asked for lately; holders.c
 * @leaks: how many sockets leaked a while ago, once some did; leaks.c
 * @proc: /proc/net/tcpdiag
 * @sysctl: net.tcpdiag.*
 * @ab_weights: of ab_split's arms; NULL for equal ones, the default
 * @limits: thresholds of findings
 * @stale: what the last pass found; stale.c's lock
 * @stale_next_ns: no pass before that; the worker's
 * @listening: its listeners, NULL until there is one; listeners.c's mutex
 * @failures: attempts to connect that failed lately, NULL until there is one
 * @mibs_before: the kernel's counters when the account began
 *
 * The only memory of a namespace that never used TCP.
 */
struct tcpdiag_net {
	struct net *net;
	bool dead;
	atomic64_t lost;
	atomic64_t alloc_failed;
	atomic64_t looks_cut;
	u64 sorted_ns;
	struct tcpdiag_shard *shard[TCPDIAG_MAX_SHARDS];
	struct tcpdiag_shard *ended[TCPDIAG_MAX_SHARDS];
	u64 began_ns;
	u64 ports_marked_ns[2];
	u64 overflows_before;
	struct tcpdiag_window *time_wait_made;
	struct tcpdiag_holders *holders;
	struct tcpdiag_leaks_history *leaks;
	struct proc_dir_entry *proc;
	struct ctl_table_header *sysctl;
	struct tcpdiag_ab_weights __rcu *ab_weights;
	struct tcpdiag_limits limits;
	struct tcpdiag_stale stale;
	u64 stale_next_ns;
	struct tcpdiag_listening *listening;
	struct tcpdiag_failures *failures;
	u64 mibs_before[TCPDIAG_MIBS];
};

/**
 * struct tcpdiag_diagnosis - what is known of a namespace, and the verdicts
 * @facts: what is known
 * @findings: the verdicts
 */
struct tcpdiag_diagnosis {
	struct tcpdiag_facts facts;
	struct tcpdiag_findings findings;
};

/* struct tcpdiag_record.flags */
#define TCPDIAG_F_MINI		BIT(0)	/* stands for a timewait minisocket */
#define TCPDIAG_F_EST_STAY	BIT(1)	/* @entered is an estimate */
#define TCPDIAG_F_EST_AGE	BIT(2)	/* older than the module */
#define TCPDIAG_F_HANDED_OFF	BIT(3)	/* a minisocket took over */
#define TCPDIAG_F_LISTENER_ANY	BIT(4)	/* its listener: wildcard address */
#define TCPDIAG_F_LISTENER_V6	BIT(5)	/* its listener: AF_INET6 */
#define TCPDIAG_F_EXEMPT	BIT(6)	/* allowed beyond the cap */

/* struct tcpdiag_record.state while the record is being written. */
#define TCPDIAG_CHANGING	BIT(7)

/**
 * enum tcpdiag_role - how a socket came to be
 * @TCPDIAG_ROLE_UNKNOWN: it is older than the module
 * @TCPDIAG_ROLE_ACTIVE: connect()
 * @TCPDIAG_ROLE_PASSIVE: made by a listener
 * @TCPDIAG_ROLE_LISTENER: listen()
 */
enum tcpdiag_role {
	TCPDIAG_ROLE_UNKNOWN,
	TCPDIAG_ROLE_ACTIVE,
	TCPDIAG_ROLE_PASSIVE,
	TCPDIAG_ROLE_LISTENER,
};

/**
 * struct tcpdiag_addr - a connection's two ends, as printed
 * @local: local address; IPv4 in the first word
 * @remote: remote address
 * @lport: local port, host order
 * @rport: remote port, host order; 0 for none
 */
struct tcpdiag_addr {
	struct in6_addr local;
	struct in6_addr remote;
	u16 lport;
	u16 rport;
};

/* States of a connection from when it is established until it is over. */
#define TCPDIAG_CONNECTED						\
	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 |		\
	 TCPF_CLOSING | TCPF_CLOSE_WAIT | TCPF_LAST_ACK)

/* A full socket is in one of the states 1 to TCP_CLOSING, but TIME_WAIT. */
#define TCPDIAG_FULL_STATES	TCP_CLOSING
static_assert(TCPDIAG_FULL_STATES == 11);

/**
 * struct tcpdiag_closed - what is kept of a socket that is open in CLOSE
 * @addr: where it was connected to
 * @txhash: its sk_txhash, which changes when it connects again
 */
struct tcpdiag_closed {
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
 * @age: link in a list of the shard; shard lock
 * @next_spare: link of tcpdiag_shard.spares; shard lock
 * @shard: where it is accounted
 * @entered: when the present stay began, ktime_get_ns()
 * @state: TCP state, or TCPDIAG_CHANGING
 * @role: enum tcpdiag_role
 * @cc: tcpdiag_cc index + 1 while it counts as a connection of that
 *	algorithm, from ESTABLISHED to its end; else 0
 * @flags: TCPDIAG_F_*
 * @listener_port: local port of the listener of a passive socket
 * @ordered: it is on one of tcpdiag_shard.ordered; shard lock, but read
 *	without
 * @closed_from: the state it left; only in CLOSE
 * @pid: thread group of the owner, with a reference; NULL if not seen
 * @closed: kept when a socket that is still open goes to CLOSE
 * @comm: the owner's name when it connected, listened or closed first
 * @spent_ns: time of completed stays as a full socket, by state less 1
 * @before: those before the place of TIME_WAIT, in which no full socket is
 * @in: at that place
 *
 * Only the events of its socket write a full socket's record, and these come
 * one at a time. A minisocket's is written under the shard's lock.
 */
struct tcpdiag_record {
	struct hlist_nulls_node hash;
	const void *key;
	union {
		struct list_head age;
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
	struct tcpdiag_closed *closed;
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
 * The budget: at most 192 bytes a record. The allocator puts a pointer of its
 * own behind it, because freed records stay readable.
 */
static_assert(sizeof(struct tcpdiag_record) + sizeof(void *) <= 192);

/* main.c */
u64 tcpdiag_loaded_ns(void);
u64 tcpdiag_walk_ns(void);
extern bool tcpdiag_is_walking;
bool tcpdiag_approximate(void);
void tcpdiag_set_approximate(void);

/* netns.c */
extern unsigned int tcpdiag_net_id;
int tcpdiag_netns_init(void);
void tcpdiag_netns_exit(void);
struct tcpdiag_net *tcpdiag_net(const struct net *net);

/* sysctl.c */
int tcpdiag_sysctl_net_init(struct tcpdiag_net *tn);
void tcpdiag_sysctl_net_exit(struct tcpdiag_net *tn);

/* hooks.c */
extern bool tcpdiag_is_deaf;
int tcpdiag_hooks_init(void);
void tcpdiag_hooks_exit(void);
unsigned int tcpdiag_hooks_count(void);
const char *tcpdiag_hooks_name(unsigned int index, bool *attached);
bool tcpdiag_hooks_have_requests(void);
bool tcpdiag_hooks_have_losses(void);
bool tcpdiag_hooks_have_resets(void);
bool tcpdiag_hooks_have_synacks(void);

/* table.c */
int tcpdiag_table_init(void);
void tcpdiag_table_exit(void);
struct tcpdiag_record *tcpdiag_table_alloc(struct tcpdiag_shard *shard,
					   bool must);
void tcpdiag_table_release(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec);
void tcpdiag_table_trim(struct tcpdiag_shard *shard);
void tcpdiag_table_free_spares(struct tcpdiag_shard *shard);
unsigned long tcpdiag_table_cap(void);
size_t tcpdiag_table_bytes(void);
unsigned int tcpdiag_table_buckets(void);
void tcpdiag_table_each(unsigned int bucket, unsigned int skip,
			bool (*take)(struct tcpdiag_record *rec,
				     unsigned int place, void *arg),
			void *arg);

/**
 * tcpdiag_shard_from() - the first part of an account from a place on
 * @tn: the namespace
 * @place: from where on; set to where it is
 *
 * Return: the shard; NULL if there is none.
 */
static inline struct tcpdiag_shard *
tcpdiag_shard_from(const struct tcpdiag_net *tn, unsigned int *place)
{
	struct tcpdiag_shard *shard = NULL;

	for (; *place < TCPDIAG_MAX_SHARDS; (*place)++) {
		shard = READ_ONCE(tn->shard[*place]);
		if (shard)
			break;
	}
	return shard;
}

/**
 * tcpdiag_for_each_shard() - the parts of an account that there are
 * @shard: struct tcpdiag_shard *, each of them
 * @tn: the namespace
 */
#define tcpdiag_for_each_shard(shard, tn)				\
	for (unsigned int _i = 0;					\
	     ((shard) = tcpdiag_shard_from(tn, &_i)); _i++)

/* account.c */
int tcpdiag_account_init(void);
void tcpdiag_account_exit(void);
struct tcpdiag_shard *tcpdiag_account_new_shard(const struct net *net);
void tcpdiag_account_kill(struct tcpdiag_net *tn);
void tcpdiag_account_purge(struct tcpdiag_net *tn);
void tcpdiag_account_settle(struct tcpdiag_net *tn);
void tcpdiag_account_read(struct tcpdiag_net *tn,
			  struct tcpdiag_snapshot *snap);
void tcpdiag_account_read_hist(struct tcpdiag_net *tn, unsigned int state,
			       struct tcpdiag_hist *sum);
void tcpdiag_account_read_attempts(struct tcpdiag_net *tn, bool finished,
				   struct tcpdiag_hist *sum);
unsigned int tcpdiag_account_shards(const struct tcpdiag_net *tn);
size_t tcpdiag_account_bytes(struct tcpdiag_net *tn);

/* age.c */
extern u64 tcpdiag_age_jiffies_base;
void tcpdiag_age_init(void);
void tcpdiag_age_exit(void);
void tcpdiag_age_rejuvenate(struct tcpdiag_record *rec);
void tcpdiag_age_put_first(struct tcpdiag_record *rec);
void tcpdiag_age_put_beside(struct tcpdiag_record *rec,
			    struct tcpdiag_record *from);
void tcpdiag_age_sort(struct tcpdiag_net *tn);
u64 tcpdiag_age_sorted_us(const struct tcpdiag_net *tn);
void tcpdiag_age_oldest(struct tcpdiag_shard *shard, u64 now,
			u64 oldest_us[TCPDIAG_STATES]);
/* Records that are looked at with their shard locked. */
#define TCPDIAG_AGE_SLICE	32
int tcpdiag_age_each(struct tcpdiag_net *tn, unsigned int state,
		     unsigned int max,
		     void (*look)(const struct tcpdiag_record *rec, void *arg),
		     void (*slice_end)(void *arg), void *arg);
u64 tcpdiag_age_longest_ns(struct tcpdiag_net *tn, unsigned int state);

/* ports.c */
int tcpdiag_ports_init(void);
void tcpdiag_ports_exit(void);
void tcpdiag_ports_free(struct tcpdiag_shard *shard);
size_t tcpdiag_ports_bytes(const struct tcpdiag_shard *shard);
bool tcpdiag_ports_see(struct tcpdiag_shard *shard, struct tcpdiag_record *rec,
		       unsigned int state);
void tcpdiag_ports_refused(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec);
void tcpdiag_ports_refused_unknown(struct tcpdiag_shard *shard,
				   const struct sock *sk);

/* ports_read.c */
void tcpdiag_ports_tick(struct tcpdiag_net *tn);
struct tcpdiag_ports_view *tcpdiag_ports_read(struct tcpdiag_net *tn);
void tcpdiag_ports_put(struct tcpdiag_ports_view *view);
bool tcpdiag_ports_facts(struct tcpdiag_net *tn, struct tcpdiag_facts *facts);

/* time_wait.c */
void tcpdiag_time_wait_prepare(struct tcpdiag_shard *shard);
bool tcpdiag_time_wait_take(struct tcpdiag_shard *shard);
void tcpdiag_time_wait_end(struct tcpdiag_shard *shard,
			   const struct tcpdiag_record *rec);
void tcpdiag_time_wait_unmark(struct tcpdiag_shard *shard);
void tcpdiag_time_wait_free(struct tcpdiag_shard *shard);
size_t tcpdiag_time_wait_bytes(const struct tcpdiag_shard *shard);
void tcpdiag_time_wait_tick(struct tcpdiag_net *tn);
struct tcpdiag_time_wait_view *tcpdiag_time_wait_read(struct tcpdiag_net *tn);
void tcpdiag_time_wait_put(struct tcpdiag_time_wait_view *view);
u64 tcpdiag_time_wait_overflows(const struct net *net);
bool tcpdiag_time_wait_facts(struct tcpdiag_net *tn,
			     struct tcpdiag_facts *facts);
void tcpdiag_time_wait_purge(struct tcpdiag_net *tn);

/* holders.c */
struct tcpdiag_holders *tcpdiag_holders_get(struct tcpdiag_net *tn);
void tcpdiag_holders_put(struct tcpdiag_holders *h);
void tcpdiag_holders_forget(struct tcpdiag_net *tn);
void tcpdiag_holders_expire(struct tcpdiag_net *tn);
struct pid *tcpdiag_holders_of(const struct tcpdiag_holders *h,
			       const struct sock *sk, unsigned int *count);

/* owner.c */
bool tcpdiag_owner_is_alive(struct pid *pid);
void tcpdiag_owner_read(struct tcpdiag_owner *owner, struct pid *seen,
			const char *comm, struct pid *holder);
bool tcpdiag_owner_descriptors(struct pid *pid, u64 *used, u64 *limit);

/* leaks.c */
bool tcpdiag_leaks_read(struct tcpdiag_net *tn, struct tcpdiag_facts *facts);
void tcpdiag_leaks_remember(struct tcpdiag_net *tn);
void tcpdiag_leaks_forget(struct tcpdiag_net *tn);

/* stuck.c */
bool tcpdiag_stuck_read(struct tcpdiag_net *tn, struct tcpdiag_facts *facts);

/* stale.c */
void tcpdiag_stale_tick(struct tcpdiag_net *tn);
bool tcpdiag_stale_read(struct tcpdiag_net *tn, struct tcpdiag_facts *facts);

/* facts.c */
struct tcpdiag_diagnosis *tcpdiag_diagnose(struct tcpdiag_net *tn, bool owners);
void tcpdiag_diagnosis_put(struct tcpdiag_diagnosis *d);
void tcpdiag_facts_exit(void);

/* walk.c */
void tcpdiag_walk(void);

/**
 * tcpdiag_walking() - may sockets older than the module still be unknown?
 *
 * Return: true from before the hooks are attached until the walk is done.
 */
static inline bool tcpdiag_walking(void)
{
	return READ_ONCE(tcpdiag_is_walking);
}

/**
 * tcpdiag_may_look() - may the socket of a record be looked at?
 * @rec: on a list of its shard, or in its chain, which is locked
 *
 * Return: false for the mark of a walk (age.c), which has no socket, and once
 * the hooks are about to go: nobody tells of the end of a socket any more.
 */
static inline bool tcpdiag_may_look(const struct tcpdiag_record *rec)
{
	lockdep_assert_irqs_disabled();
	return rec->key && !READ_ONCE(tcpdiag_is_deaf);
}

#endif /* TCPDIAG_H */
