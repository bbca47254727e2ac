// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of bind() and listen() that failed because the port was taken
 * (EADDRINUSE). No socket changes its state then, so a kretprobe on
 * inet_csk_get_port() tells of them. Calls that the kretprobe had no room for
 * are missing: all counts are lower bounds.
 *
 * A bounded table keeps them by kind, local address and port. A place whose last
 * failure is more than a minute old may go to another address; failures that find
 * no place are in the totals only. If the program that failed last calls again and
 * succeeds, its failures there are forgotten. Those of a process that goes on to the
 * next port and has it are marked: it may have looked for a free one.
 */
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>

#include "account/binds.h"
#include "model/lately.h"
#include "model/owner.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/once.h"

/* In the rest of a key, beside the port. */
#define KIND_SHIFT	18
/* For so long a failure keeps its place. */
#define KEEP_NS		(60 * (u64)NSEC_PER_SEC)
/* Who looks for a free port tries the next one at once. */
#define SEARCH_NS	((u64)NSEC_PER_SEC)

/**
 * struct bind - failures of one kind at one local address and port
 * @lately: when they were
 * @reuse: the last socket had SO_REUSEADDR set
 * @v6only: it had IPV6_V6ONLY set
 * @searched: after the last failure the process had the next port
 * @victim: the process that failed last, with a reference
 */
struct bind {
	struct tcpdiag_lately lately;
	bool reuse;
	bool v6only;
	bool searched;
	struct tcpdiag_peer_owner victim;
};

/**
 * struct tcpdiag_binds - failures of a namespace
 * @lock: protects the rest
 * @total: how many, by kind
 * @slots: which address has which place
 * @bind: the failures, by place
 *
 * Allocated at the first failure.
 */
struct tcpdiag_binds {
	spinlock_t lock; /* the rest */
	u64 total[TCPDIAG_BIND_KINDS];
	struct tcpdiag_slots slots;
	struct bind bind[TCPDIAG_SLOT_PLACES];
};

static struct tcpdiag_binds *binds_of(struct tcpdiag_net *tn)
{
	struct tcpdiag_binds *all = READ_ONCE(tn->binds);

	if (all)
		return all;
	all = kzalloc(sizeof(*all), TCPDIAG_GFP_EVENT);
	if (!all) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	spin_lock_init(&all->lock);
	return tcpdiag_set_once(&tn->binds, all, kfree);
}

/* A place may go to another address if nothing failed there for a minute. */
static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_binds *all = arg;
	struct bind *b = &all->bind[slot];

	if (ktime_get_ns() < b->lately.last_ns + KEEP_NS)
		return false;
	put_pid(b->victim.pid);
	memset(b, 0, sizeof(*b));
	return true;
}

/* The task that runs now; a kernel thread works for anybody. */
static void read_current(struct tcpdiag_peer_owner *victim)
{
	memset(victim, 0, sizeof(*victim));
	if (current->flags & PF_KTHREAD) {
		strscpy(victim->comm, TCPDIAG_KERNEL_COMM,
			sizeof(victim->comm));
		return;
	}
	victim->pid = get_pid(task_tgid(current));
	memcpy(victim->comm, current->group_leader->comm,
	       sizeof(victim->comm));
}

static void count(struct tcpdiag_binds *all, const struct tcpdiag_key *key,
		  const struct sock *sk, struct tcpdiag_peer_owner *victim)
{
	unsigned int slot;
	struct bind *b;

	lockdep_assert_held(&all->lock);
	all->total[key->rest >> KIND_SHIFT]++;
	slot = tcpdiag_slots_find(&all->slots, key) ?:
	       tcpdiag_slots_take(&all->slots, key, give_up, all);
	if (!slot)
		return;
	b = &all->bind[slot];
	tcpdiag_lately_add(&b->lately, 0, ktime_get_ns());
	b->reuse = sk->sk_reuse;
	b->v6only = sk->sk_ipv6only;
	b->searched = false;
	swap(b->victim, *victim);
}

/* listen() is told by the state, which is LISTEN already. */
static struct tcpdiag_key key_of(const struct sock *sk, u16 port)
{
	enum tcpdiag_bind_kind kind = TCPDIAG_BIND_CHOSEN;
	struct tcpdiag_addr addr;
	struct tcpdiag_key key;

	if (sk->sk_state == TCP_LISTEN)
		kind = TCPDIAG_BIND_LISTEN;
	else if (!port)
		kind = TCPDIAG_BIND_ANY;
	tcpdiag_addr_read(sk, &addr);
	key = (struct tcpdiag_key) {
		.rest = kind << KIND_SHIFT | port |
			(sk->sk_family == AF_INET6 ? TCPDIAG_PEER_V6 : 0),
	};
	memcpy(key.word, &addr.local, sizeof(addr.local));
	return key;
}

/**
 * tcpdiag_binds_failed() - count a bind() or listen() that found its port taken
 * @sk: a TCP socket, locked, still with its local address
 * @port: the port that was asked for, host order; 0 for any
 *
 * Context: process, that of the program; preemption off.
 */
void tcpdiag_binds_failed(struct sock *sk, u16 port)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	struct tcpdiag_binds *all = tn ? binds_of(tn) : NULL;
	struct tcpdiag_peer_owner victim;
	struct tcpdiag_key key;
	unsigned long irqflags;

	if (!all)
		return;
	key = key_of(sk, port);
	read_current(&victim);
	spin_lock_irqsave(&all->lock, irqflags);
	count(all, &key, sk, &victim);
	spin_unlock_irqrestore(&all->lock, irqflags);
	put_pid(victim.pid);
}

/* The program may have been started again: then it has its name. */
static bool is_current(const struct bind *b)
{
	return b->victim.pid == task_tgid(current) ||
	       !strncmp(b->victim.comm, current->group_leader->comm,
			sizeof(b->victim.comm));
}

static bool has_just_failed(const struct bind *b)
{
	return b->victim.pid == task_tgid(current) &&
	       ktime_get_ns() < b->lately.last_ns + SEARCH_NS;
}

static void forget(struct tcpdiag_binds *all, const struct tcpdiag_key *key)
{
	unsigned int slot = tcpdiag_slots_find(&all->slots, key);
	struct bind *b = &all->bind[slot];

	lockdep_assert_held(&all->lock);
	if (!slot || !b->lately.total || !is_current(b))
		return;
	put_pid(b->victim.pid);
	memset(b, 0, sizeof(*b));
}

/*
 * A program that looks for a free port has come from the ports just below. So may
 * have one that wants all of them: who has the port tells, when somebody asks.
 */
static void note_search(struct tcpdiag_binds *all, struct tcpdiag_key key,
			u16 port)
{
	unsigned int i, slot;

	lockdep_assert_held(&all->lock);
	for (i = 0; i < TCPDIAG_SLOT_PLACES && port > 1; i++) {
		port--;
		key.rest--;
		slot = tcpdiag_slots_find(&all->slots, &key);
		if (!slot || !has_just_failed(&all->bind[slot]))
			return;
		all->bind[slot].searched = true;
	}
}

/**
 * tcpdiag_binds_succeeded() - forget failures of a program that succeeds now
 * @sk: a TCP socket, locked
 * @port: the port that was asked for, host order; 0 for any
 *
 * Failures just before, at the ports below this one, may have been part of a search.
 * That bind() to port 0 finds a port says little of the next call: its failures
 * are kept.
 *
 * Context: process, that of the program; preemption off.
 */
void tcpdiag_binds_succeeded(struct sock *sk, u16 port)
{
	struct tcpdiag_net *tn;
	struct tcpdiag_binds *all;
	unsigned long irqflags;
	struct tcpdiag_key key;

	if (!port)
		return;
	tn = tcpdiag_net(sock_net(sk));
	/* pairs with cmpxchg() in binds_of() */
	all = tn ? READ_ONCE(tn->binds) : NULL;
	if (!all)
		return;
	key = key_of(sk, port);
	spin_lock_irqsave(&all->lock, irqflags);
	forget(all, &key);
	note_search(all, key, port);
	spin_unlock_irqrestore(&all->lock, irqflags);
}

/**
 * tcpdiag_binds_read() - how many calls failed since insmod
 * @tn: the namespace
 * @failed: by kind; overwritten
 *
 * Context: process.
 */
void tcpdiag_binds_read(const struct tcpdiag_net *tn,
			u64 failed[TCPDIAG_BIND_KINDS])
{
	/* pairs with cmpxchg() in binds_of() */
	struct tcpdiag_binds *all = READ_ONCE(tn->binds);

	memset(failed, 0, TCPDIAG_BIND_KINDS * sizeof(*failed));
	if (!all)
		return;
	spin_lock_irq(&all->lock);
	memcpy(failed, all->total, sizeof(all->total));
	spin_unlock_irq(&all->lock);
}

static u32 recent(const struct bind *b)
{
	return b->lately.total - b->lately.slow[1];
}

static void describe(const struct tcpdiag_binds *all, unsigned int slot,
		     struct tcpdiag_bind_sum *sum)
{
	const struct tcpdiag_key *key = &all->slots.key[slot];
	const struct bind *b = &all->bind[slot];

	sum->kind = key->rest >> KIND_SHIFT;
	sum->to.v6 = key->rest & TCPDIAG_PEER_V6;
	sum->to.v6only = b->v6only;
	memcpy(&sum->to.addr, key->word, sizeof(sum->to.addr));
	sum->reuse = b->reuse;
	sum->searched = b->searched;
	sum->port = key->rest;
	sum->count = b->lately.total;
	sum->recent = recent(b);
	sum->last_ns = b->lately.last_ns;
	sum->victim = b->victim;
	get_pid(sum->victim.pid);
}

/*
 * What failed in the last minute comes first, then what was no part of a search, then
 * what failed more often lately, then the later one.
 */
static bool is_worse(const struct bind *a, const struct bind *b, u64 now)
{
	bool x = now < a->lately.last_ns + KEEP_NS;
	bool y = now < b->lately.last_ns + KEEP_NS;

	if (x != y)
		return x;
	if (a->searched != b->searched)
		return b->searched;
	if (recent(a) != recent(b))
		return recent(a) > recent(b);
	return a->lately.last_ns > b->lately.last_ns;
}

/**
 * tcpdiag_binds_worst() - the local address where a kind of call fails most
 * @tn: the namespace
 * @kind: the kind
 * @worst: the result, to be put with tcpdiag_binds_put()
 *
 * Context: process.
 * Return: false if none has failed.
 */
bool tcpdiag_binds_worst(const struct tcpdiag_net *tn,
			 enum tcpdiag_bind_kind kind,
			 struct tcpdiag_bind_sum *worst)
{
	struct tcpdiag_binds *all = READ_ONCE(tn->binds);
	unsigned int i, found = 0;
	u64 now = ktime_get_ns();

	if (!all)
		return false;
	spin_lock_irq(&all->lock);
	for (i = 1; i <= all->slots.used; i++)
		tcpdiag_lately_roll(&all->bind[i].lately, 0, now);
	for (i = 1; i <= all->slots.used; i++)
		if (all->slots.key[i].rest >> KIND_SHIFT == kind &&
		    all->bind[i].lately.total &&
		    (!found || is_worse(&all->bind[i], &all->bind[found], now)))
			found = i;
	if (found)
		describe(all, found, worst);
	spin_unlock_irq(&all->lock);
	return found;
}

/**
 * tcpdiag_binds_put() - put what tcpdiag_binds_worst() found
 * @worst: the result
 *
 * Context: process.
 */
void tcpdiag_binds_put(struct tcpdiag_bind_sum *worst)
{
	put_pid(worst->victim.pid);
}

/**
 * tcpdiag_binds_release() - free a namespace's failures
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process.
 */
void tcpdiag_binds_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	if (!tn->binds)
		return;
	for (i = 1; i <= TCPDIAG_SLOTS; i++)
		put_pid(tn->binds->bind[i].victim.pid);
	kfree(tn->binds);
	tn->binds = NULL;
}
