// SPDX-License-Identifier: GPL-2.0
/*
 * How long programs usually keep sockets in CLOSE_WAIT: by port, those that
 * stayed for longer than net.tcpdiag.close_wait_leak_ms and were then closed by
 * their program. Such stays are no leaks, and they tell how long the next one
 * may take. What a process closes when it ends tells nothing.
 *
 * Only long stays come here, so the usual close() pays nothing.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>

#include "account/stays.h"
#include "store/net.h"
#include "store/once.h"
#include "store/record.h"

/* Ports that are kept, for each namespace; of others nothing is known. */
#define MAX_PORTS	32

/**
 * struct stay - long stays on one port
 * @port: the local port, or of sockets that connected the remote one
 * @connected: they connected
 * @ended: how many their program ended
 * @longest_us: the longest of them
 */
struct stay {
	u16 port;
	bool connected;
	u64 ended;
	u64 longest_us;
};

/**
 * struct tcpdiag_stays - long stays of a namespace
 * @lock: the rest
 * @n: entries in @stay
 * @stay: by port
 *
 * Allocated at the first long stay that a program ends.
 */
struct tcpdiag_stays {
	spinlock_t lock; /* the rest */
	unsigned int n;
	struct stay stay[MAX_PORTS];
};

static struct tcpdiag_stays *stays_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_net *tn = shard->net;
	struct tcpdiag_stays *s = READ_ONCE(tn->stays);

	if (likely(s))
		return s;
	s = kzalloc(sizeof(*s), TCPDIAG_GFP_EVENT);
	if (!s) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	spin_lock_init(&s->lock);
	return tcpdiag_set_once(&tn->stays, s, kfree);
}

static struct stay *find(struct tcpdiag_stays *s, u16 port, bool connected)
{
	unsigned int i;

	lockdep_assert_held(&s->lock);
	for (i = 0; i < s->n; i++)
		if (s->stay[i].port == port && s->stay[i].connected == connected)
			return &s->stay[i];
	return NULL;
}

/* The entry, made if there is none; NULL if there is no room. */
static struct stay *find_or_add(struct tcpdiag_stays *s, u16 port,
				bool connected)
{
	struct stay *stay = find(s, port, connected);

	if (stay || s->n == MAX_PORTS)
		return stay;
	stay = &s->stay[s->n++];
	stay->port = port;
	stay->connected = connected;
	return stay;
}

/**
 * tcpdiag_stays_ended() - a socket leaves CLOSE_WAIT because it is closed
 * @rec: its record, which has left it
 * @us: how long it stayed
 *
 * Context: softirq or process, preemption off; an event of the socket.
 */
void tcpdiag_stays_ended(const struct tcpdiag_record *rec, u64 us)
{
	const struct sock *sk = rec->key;
	struct tcpdiag_shard *shard = rec->shard;
	bool connected = rec->role == TCPDIAG_ROLE_ACTIVE;
	struct tcpdiag_stays *s;
	unsigned long irqflags;
	struct stay *stay;

	if (us <= (u64)READ_ONCE(shard->net->limits.close_wait_leak_ms) *
		  USEC_PER_MSEC ||
	    !in_task() || current->flags & (PF_EXITING | PF_KTHREAD))
		return;
	s = stays_of(shard);
	if (!s)
		return;
	spin_lock_irqsave(&s->lock, irqflags);
	stay = find_or_add(s, connected ? ntohs(inet_sk(sk)->inet_dport) :
					  ntohs(inet_sk(sk)->inet_sport),
			   connected);
	if (stay) {
		stay->ended++;
		stay->longest_us = max(stay->longest_us, us);
	}
	spin_unlock_irqrestore(&s->lock, irqflags);
}

/**
 * tcpdiag_stays_read() - read the long stays on a port that programs ended
 * @tn: the namespace
 * @port: the local port, or of sockets that connected the remote one
 * @connected: they connected
 * @ended: set to how many
 * @longest_us: set to the longest
 *
 * Context: process.
 * Return: false if there were none, or if nothing is known of the port.
 */
bool tcpdiag_stays_read(struct tcpdiag_net *tn, u16 port, bool connected,
			u64 *ended, u64 *longest_us)
{
	/* pairs with cmpxchg() in stays_of() */
	struct tcpdiag_stays *s = READ_ONCE(tn->stays);
	const struct stay *stay;

	if (!s)
		return false;
	spin_lock_irq(&s->lock);
	stay = find(s, port, connected);
	if (stay) {
		*ended = stay->ended;
		*longest_us = stay->longest_us;
	}
	spin_unlock_irq(&s->lock);
	return stay;
}

/**
 * tcpdiag_stays_release() - free a namespace's long stays
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process.
 */
void tcpdiag_stays_release(struct tcpdiag_net *tn)
{
	kfree(tn->stays);
	tn->stays = NULL;
}
