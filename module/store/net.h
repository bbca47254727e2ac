/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account of one network namespace, and how to find it.
 *
 * Locks, in the order in which they nest:
 *
 *   socket lock   the kernel's; most hooks hold it, the walk at load takes it
 *   payers' lock  payer.h: which namespaces a user has
 *   shard lock    shard.h: the lists of one shard, births and ends of its
 * records   bucket lock   table.c: the chains of the table
 *
 * The payers' lock is for process context, and nothing that has a socket locked
 * takes it. The others may be taken in softirq; the last two only with
 * interrupts off. A change of state within the life of a connection takes none
 * of ours (conn.c).
 */
#ifndef TCPDIAG_STORE_NET_H
#define TCPDIAG_STORE_NET_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "model/limits.h"

struct ctl_table_header;
struct net;
struct proc_dir_entry;
struct tcpdiag_ab_weights;
struct tcpdiag_age_cursor;
struct tcpdiag_binds;
struct tcpdiag_bloats;
struct tcpdiag_failures;
struct tcpdiag_leaks_history;
struct tcpdiag_listening;
struct tcpdiag_conntrack;
struct tcpdiag_discards;
struct tcpdiag_memory;
struct tcpdiag_options_seen;
struct tcpdiag_paces;
struct tcpdiag_live_flows;
struct tcpdiag_losses;
struct tcpdiag_payer;
struct tcpdiag_reset_table;
struct tcpdiag_sampled_table;
struct tcpdiag_shard;
struct tcpdiag_stall_list;
struct tcpdiag_stays;
struct tcpdiag_watch;
struct tcpdiag_window;

/* Room for the kernel's counters (mibs.h). */
#define TCPDIAG_MIBS_ROOM	28

/* A namespace's account has at most this many shards. */
#define TCPDIAG_MAX_SHARDS	16

/*
 * Flags of allocations for a read or for a tick. If memory is short, the read
 * fails or the tick is skipped. Both are counted, so the log needs no line. A
 * read is charged to the memory cgroup of the reader: who begins dumps and does
 * not read them keeps what they have gathered.
 */
#define TCPDIAG_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

/*
 * Flags of allocations that an event causes. What a task does is charged to its
 * memory cgroup; in softirq the kernel charges nobody.
 */
#define TCPDIAG_GFP_EVENT	(GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT)

/**
 * struct tcpdiag_stale - connections that have been idle for long (stale.c)
 * @sockets: how many
 * @idle_us: the longest idle time of one of them
 * @key: the struct sock of that one; only compared, never followed
 * @entered: when that one was established, ktime_get_ns()
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
 * @payer: the user who pays for its records
 * @of_payer: link in tcpdiag_payer.nets
 * @dead: no hook may touch the account any more; set in pre_exit, an RCU grace
 *	period before the account is freed
 * @lost: events lost because a shard could not be allocated
 * @alloc_failed: reads and ticks that failed because memory was short
 * @looks_cut: surveys that left sockets out because there were too many
 * @pass_mutex: one pass at a time; nobody waits for it
 * @requests: requests that listeners held at the last second, if listeners are
 *	many; account.c
 * @sorted_ns: when the last pass began; @pass_mutex
 * @lock: what the worker writes and readers read, as marked; held for a short
 *	time only, and never across something that may sleep
 * @shard: parts of the account; NULL until needed, and when @dead
 * @ended: the parts when @dead, in any order
 * @began_ns: when the account began
 * @ports_marked_ns: when ports_read.c last marked its counts, and when it did
 *	the time before; @lock
 * @time_wait_made: TIME_WAITs of the last minute; NULL until there is one;
 *	@lock
 * @time_wait_overflows: sockets that got no TIME_WAIT because there were too many,
 *	when that was last looked at; @lock
 * @time_wait_overflowed_ns: when these were last seen to be more, ktime_get_ns();
 *	0 for never; @lock
 * @leaks: how many sockets leaked a while ago; NULL until some do; @lock
 * @proc: /proc/net/tcpdiag
 * @sysctl: net.tcpdiag.*
 * @ab_weights: weights of ab_split's arms; NULL for equal ones, the default
 * @limits: thresholds of findings
 * @stale: what the last survey found; stale.c's lock
 * @stale_next_ns: when the next survey is due; the worker's
 * @listening: its listeners; NULL until there is one; listeners.c
 * @failures: attempts to connect that failed lately; NULL until there is one
 * @binds: bind() and listen() that found their port taken; NULL until there is
 *	one
 * @reset_table: RSTs of connections; NULL until there is one; reset_table.c
 * @losses: what its connections lose; NULL until they do; losses.c
 * @stays: long stays in CLOSE_WAIT that programs ended; NULL until there is one
 * @stalls: connections that cannot go on; NULL for none; survey/stalls.c; @lock
 * @stalls_cursor: how far the search for them is; NULL until needed; the worker's
 * @memory: who held the memory of TCP while it was short; NULL until it was; @lock
 * @conntrack: what connection tracking dropped; NULL until it is loaded; @lock
 * @discards: packets that come and are discarded; NULL until it uses TCP; @lock
 * @options_seen: which TCP options peers have agreed to; NULL until there is a
 *	connection; the worker's
 * @paces: connections that are looked at twice; NULL until there is one; the worker's
 * @sampled: what the looks at connections found; NULL until they did; @lock
 * @flows: where the time of open connections went; NULL until there is one;
 *	survey/flows.c
 * @bloats: whose transfers stood in a queue; NULL until some did; @lock
 * @watch: findings of the last judgements; NULL until there is one; the worker's
 * @watch_round: the round it was judged in last; the worker's
 * @queues: events for subscribers (queue.h); RCU, netlink/subscriber.c's lock
 * @taps: traces of segments that run in it; netlink/subscriber.c's lock
 * @mibs_before: the kernel's counters when the account began
 *
 * A namespace that never uses TCP takes no other memory.
 */
struct tcpdiag_net {
	struct net *net;
	struct tcpdiag_payer *payer;
	struct list_head of_payer;
	bool dead;
	atomic64_t lost;
	atomic64_t alloc_failed;
	atomic64_t looks_cut;
	u64 requests;
	struct mutex pass_mutex; /* see @pass_mutex */
	u64 sorted_ns;
	spinlock_t lock; /* see @lock */
	struct tcpdiag_shard *shard[TCPDIAG_MAX_SHARDS];
	struct llist_head ended;
	u64 began_ns;
	u64 ports_marked_ns[2];
	struct tcpdiag_window *time_wait_made;
	u64 time_wait_overflows;
	u64 time_wait_overflowed_ns;
	struct tcpdiag_leaks_history *leaks;
	struct proc_dir_entry *proc;
	struct ctl_table_header *sysctl;
	struct tcpdiag_ab_weights __rcu *ab_weights;
	struct tcpdiag_limits limits;
	struct tcpdiag_stale stale;
	u64 stale_next_ns;
	struct tcpdiag_listening *listening;
	struct tcpdiag_failures *failures;
	struct tcpdiag_binds *binds;
	struct tcpdiag_reset_table *reset_table;
	struct tcpdiag_losses *losses;
	struct tcpdiag_stays *stays;
	struct tcpdiag_stall_list *stalls;
	struct tcpdiag_age_cursor *stalls_cursor;
	struct tcpdiag_memory *memory;
	struct tcpdiag_conntrack *conntrack;
	struct tcpdiag_discards *discards;
	struct tcpdiag_options_seen *options_seen;
	struct tcpdiag_paces *paces;
	struct tcpdiag_sampled_table *sampled;
	struct tcpdiag_live_flows *flows;
	struct tcpdiag_bloats *bloats;
	struct tcpdiag_watch *watch;
	u64 watch_round;
	struct hlist_head queues;
	unsigned int taps;
	u64 mibs_before[TCPDIAG_MIBS_ROOM];
};

extern unsigned int tcpdiag_net_id;
struct tcpdiag_net *tcpdiag_net(const struct net *net);
struct net *tcpdiag_net_next(struct net *before);

/* The step of tcpdiag_for_each_net(). */
static inline struct net *tcpdiag_net_go_on(struct net **at)
{
	*at = tcpdiag_net_next(*at);
	return *at;
}

/**
 * tcpdiag_for_each_net() - loop over all namespaces, each with a reference
 * @pos: struct net *, the loop variable; after a break the caller puts it
 *
 * No lock is held in the loop, so namespaces may come and go meanwhile.
 *
 * Context: process, may sleep.
 */
#define tcpdiag_for_each_net(pos)					\
	for (struct net *_at = NULL; ((pos) = tcpdiag_net_go_on(&_at));)

/**
 * tcpdiag_shard_from() - find the next shard of an account
 * @tn: the namespace
 * @place: the index to begin at; set to the index of the shard found
 *
 * Context: any; the namespace is alive.
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
 * tcpdiag_for_each_shard() - loop over the shards of an account
 * @shard: struct tcpdiag_shard *, the loop variable
 * @tn: the namespace
 *
 * Context: any; the namespace is alive.
 */
#define tcpdiag_for_each_shard(shard, tn)				\
	for (unsigned int _i = 0;					\
	     ((shard) = tcpdiag_shard_from(tn, &_i)); _i++)

#endif /* TCPDIAG_STORE_NET_H */
