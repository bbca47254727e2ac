// SPDX-License-Identifier: GPL-2.0
/*
 * The walk at load: makes records for the sockets that are older than the
 * module.
 *
 * The hooks are already attached, so an event of a socket may come before the
 * walk or after it; whichever is first makes the record. The walk holds the
 * socket's lock (for a minisocket: its hash bucket's) while it looks and
 * adds, so that no event can come in between. A task may sleep for any time with
 * its socket locked; the walk waits only for a moment, then counts the socket
 * without a record.
 *
 * Each distinct table is walked once. References are collected under the bucket
 * locks and sorted by how long the socket has been in its state. Sockets are
 * then adopted from the shortest stay to the longest, each put before the last.
 * So the lists of stays are in order from the start, with newer stays at the
 * end.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/rculist_nulls.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>

#include "account/account.h"
#include "conn/conn.h"
#include "hooks/hooks.h"
#include "store/net.h"
#include "store/phase.h"

/* Waits for a socket that a task has locked, and for all of them. */
#define WAIT_US		200
#define WAITS_EACH	20
#define WAITS		2000
/* How often a chain of listeners that changes is walked again. */
#define CHAIN_TRIES	8

/**
 * struct found - a socket or minisocket that the walk has a reference to
 * @sk: the socket
 * @net: its namespace, with a reference, because a minisocket has none
 * @entered: when it entered its state, ktime_get_ns(); an estimate
 */
struct found {
	struct sock *sk;
	struct net *net;
	u64 entered;
};

/**
 * struct haul - sockets collected from a table
 * @found: the sockets
 * @n: sockets in @found
 * @room: how many fit in @found
 * @missed: sockets that did not fit
 */
struct haul {
	struct found *found;
	size_t n;
	size_t room;
	size_t missed;
};

static void collect(struct haul *haul, struct sock *sk)
{
	struct net *net;
	struct found *f;

	if (sk->sk_state == TCP_NEW_SYN_RECV)
		return;
	/* nobody would tell of its end */
	if (sk->sk_state == TCP_TIME_WAIT &&
	    !tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS))
		return;
	if (haul->n == haul->room) {
		haul->missed++;
		return;
	}
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return;
	/* a hashed socket: the memory of its namespace is still there */
	net = maybe_get_net(sock_net(sk));
	if (!net) {
		sock_gen_put(sk);
		return;
	}
	f = &haul->found[haul->n++];
	f->sk = sk;
	f->net = net;
	f->entered = sk->sk_state == TCP_TIME_WAIT ?
		     tcpdiag_minisock_entered_ns(inet_twsk(sk)) :
		     tcpdiag_adopt_entered_ns(sk);
}

static void collect_ehash(struct inet_hashinfo *info, struct haul *haul)
{
	struct hlist_nulls_node *pos;
	unsigned int i;
	struct sock *sk;

	for (i = 0; i <= info->ehash_mask; i++) {
		spinlock_t *lock = inet_ehash_lockp(info, i);

		if (!hlist_nulls_empty(&info->ehash[i].chain)) {
			spin_lock_bh(lock);
			sk_nulls_for_each(sk, pos, &info->ehash[i].chain)
				collect(haul, sk);
			spin_unlock_bh(lock);
		}
		cond_resched();
	}
}

/*
 * False if the walk along the chain was led into another one, because a socket
 * was freed and used again; then some may have been missed.
 */
static bool collect_chain(struct inet_hashinfo *info, unsigned int i,
			  struct haul *haul)
{
	struct hlist_nulls_node *pos;
	struct sock *sk;

	rcu_read_lock();
	sk_nulls_for_each_rcu(sk, pos, &info->lhash2[i].nulls_head)
		if (sk->sk_state == TCP_LISTEN)
			collect(haul, sk);
	rcu_read_unlock();
	return get_nulls_value(pos) == i + LISTENING_NULLS_BASE;
}

/*
 * All sockets of one port may be in one chain, and users can make very many, so
 * the chain is not locked. A socket that is found twice is adopted once.
 */
static void collect_listeners(struct inet_hashinfo *info, struct haul *haul)
{
	unsigned int i, tries;

	for (i = 0; i <= info->lhash2_mask; i++) {
		tries = 1;
		while (!collect_chain(info, i, haul) && tries++ < CHAIN_TRIES)
			cond_resched();
		if (tries > CHAIN_TRIES)
			tcpdiag_phase_set_approximate();
		cond_resched();
	}
}

static void drop(struct haul *haul)
{
	size_t i;

	for (i = 0; i < haul->n; i++) {
		sock_gen_put(haul->found[i].sk);
		put_net(haul->found[i].net);
		cond_resched();
	}
	haul->n = 0;
	haul->missed = 0;
}

static int younger_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->entered == y->entered)
		return 0;
	return x->entered > y->entered ? -1 : 1;
}

static void adopt_minisock(struct inet_hashinfo *info,
			   struct inet_timewait_sock *tw)
{
	spinlock_t *lock = inet_ehash_lockp(info, tw->tw_hash);

	spin_lock_bh(lock);
	if (!hlist_nulls_unhashed(&tw->tw_node))
		tcpdiag_minisock_adopt(tw);
	spin_unlock_bh(lock);
}

/* False if a task has the socket locked, unless it is the @last_try. */
static bool try_adopt(struct sock *sk, bool last_try)
{
	bool locked;

	spin_lock_bh(&sk->sk_lock.slock);
	locked = sock_owned_by_user(sk);
	if (!locked)
		tcpdiag_adopt(sk);
	else if (last_try)
		tcpdiag_adopt_uncertain(sk);
	spin_unlock_bh(&sk->sk_lock.slock);
	return !locked || last_try;
}

/* @waits: how often the walk may still wait */
static void adopt(struct inet_hashinfo *info, struct sock *sk,
		  unsigned int *waits)
{
	unsigned int n = 0;

	if (sk->sk_state == TCP_TIME_WAIT) {
		adopt_minisock(info, inet_twsk(sk));
		return;
	}
	while (!try_adopt(sk, !*waits || n == WAITS_EACH)) {
		usleep_range(WAIT_US, 2 * WAIT_US);
		--*waits;
		n++;
	}
}

static bool make_room(struct haul *haul, size_t room)
{
	kvfree(haul->found);
	haul->found = kvmalloc_array(room, sizeof(*haul->found),
				     GFP_KERNEL | __GFP_NOWARN);
	haul->room = haul->found ? room : 0;
	return haul->found;
}

/*
 * The first round has no room and only counts. A second round has room for a
 * quarter more; there is a third only if more connections than that were made
 * meanwhile.
 */
static void walk_table(struct inet_hashinfo *info, bool with_listeners)
{
	unsigned int waits = WAITS;
	struct haul haul = {};
	size_t i;

	for (;;) {
		collect_ehash(info, &haul);
		if (with_listeners)
			collect_listeners(info, &haul);
		if (!haul.missed)
			break;
		i = haul.n + haul.missed;
		drop(&haul);
		if (!make_room(&haul, i + i / 4 + 64)) {
			tcpdiag_phase_set_approximate();
			return;
		}
	}
	if (haul.n)
		sort(haul.found, haul.n, sizeof(*haul.found), younger_first,
		     NULL);
	for (i = 0; i < haul.n; i++) {
		adopt(info, haul.found[i].sk, &waits);
		cond_resched();
	}
	drop(&haul);
	kvfree(haul.found);
}

static void walk_all_tables(void)
{
	struct inet_hashinfo *shared = init_net.ipv4.tcp_death_row.hashinfo;
	struct net *net;

	walk_table(shared, true);
	tcpdiag_for_each_net(net) {
		struct inet_hashinfo *own = net->ipv4.tcp_death_row.hashinfo;

		/* a namespace's own table shares the listeners of init_net's */
		if (own && own != shared)
			walk_table(own, false);
	}
	tcpdiag_for_each_net(net) {
		struct tcpdiag_net *tn = tcpdiag_net(net);

		if (tn)
			tcpdiag_account_settle(tn);
	}
}

/*
 * Wait for sockets that are in no table at the moment: a child between its
 * first event and the next, in the same softirq; a connecting socket between
 * its first event and its port, in a task that may be preempted; and an ending
 * socket that has left its table before its last event.
 */
static void let_events_pass(void)
{
	synchronize_rcu_tasks();
	synchronize_net();
}

/**
 * tcpdiag_walk() - make records for all sockets that are older than the module
 *
 * Cannot fail: if memory runs out, or a program keeps a socket locked, the
 * gauges are marked approximate.
 *
 * Context: process, may sleep; after the hooks were attached. tcpdiag_walking()
 * is true before and false afterwards.
 */
void tcpdiag_walk(void)
{
	u64 start = ktime_get_ns();

	let_events_pass();
	walk_all_tables();
	let_events_pass();
	tcpdiag_phase_end_walk();
	/* wait for events that still saw tcpdiag_walking() as true */
	synchronize_net();
	tcpdiag_phase_tell_walk(ktime_get_ns() - start);
}
