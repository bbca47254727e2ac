// SPDX-License-Identifier: GPL-2.0
/*
 * How long programs usually keep sockets in CLOSE_WAIT: by port, those that
 * stayed for longer than net.tcpdiag.close_wait_leak_ms and were then closed by
 * their program. Such stays are no leaks, and they tell how long the next one
 * may take. What a process closes when it ends tells nothing, nor does a socket
 * of which it is not known whether it connected.
 *
 * Only long stays come here, so the usual close() pays nothing.
 */
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>

#include "account/stays.h"
#include "model/usual.h"
#include "store/net.h"
#include "store/once.h"
#include "store/record.h"

/**
 * struct tcpdiag_stays - long stays of a namespace
 * @lock: the rest
 * @usual: by port
 *
 * Allocated at the first long stay that a program ends.
 */
struct tcpdiag_stays {
	spinlock_t lock; /* the rest */
	struct tcpdiag_usual usual;
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

	if (rec->role == TCPDIAG_ROLE_UNKNOWN ||
	    us <= (u64)READ_ONCE(shard->net->limits.close_wait_leak_ms) *
		  USEC_PER_MSEC ||
	    !in_task() || current->flags & (PF_EXITING | PF_KTHREAD))
		return;
	s = stays_of(shard);
	if (!s)
		return;
	spin_lock_irqsave(&s->lock, irqflags);
	tcpdiag_usual_note(&s->usual,
			   connected ? ntohs(inet_sk(sk)->inet_dport) :
				       ntohs(inet_sk(sk)->inet_sport),
			   connected, us, ktime_get_ns());
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
 * Return: false if there was none within a day.
 */
bool tcpdiag_stays_read(struct tcpdiag_net *tn, u16 port, bool connected,
			u64 *ended, u64 *longest_us)
{
	/* pairs with cmpxchg() in stays_of() */
	struct tcpdiag_stays *s = READ_ONCE(tn->stays);
	const struct tcpdiag_stay *stay;

	if (!s)
		return false;
	spin_lock_irq(&s->lock);
	stay = tcpdiag_usual_find(&s->usual, port, connected, ktime_get_ns());
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
