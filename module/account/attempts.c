// SPDX-License-Identifier: GPL-2.0
/*
 * Attempts to connect that failed: counted by cause when the socket goes from
 * SYN_SENT to CLOSE, and the last victim of each cause is kept.
 *
 * What fails before SYN_SENT, as for want of a route, is not seen.
 */
#include <linux/slab.h>
#include <net/inet_sock.h>

#include "account/attempts.h"
#include "conn/conn.h"
#include "store/record.h"

static struct tcpdiag_failures *failures_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_net *tn = shard->net;
	struct tcpdiag_failures *v = READ_ONCE(tn->failures), *old;

	if (likely(v))
		return v;
	v = kzalloc(sizeof(*v), GFP_ATOMIC | __GFP_NOWARN);
	if (!v) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	spin_lock_init(&v->lock);
	/* pairs with READ_ONCE() here and of the readers */
	old = cmpxchg(&tn->failures, NULL, v);
	if (!old)
		return v;
	kfree(v);
	return old;
}

static void remember(struct tcpdiag_shard *shard, enum tcpdiag_cause cause,
		     const struct sock *sk, const struct tcpdiag_record *rec)
{
	struct tcpdiag_failures *all = failures_of(shard);
	struct tcpdiag_victim v = {
		.at = ktime_get_ns(),
		.v6 = sk->sk_family == AF_INET6,
	};
	unsigned long irqflags;

	if (!all)
		return;
	tcpdiag_conn_addr(sk, &v.addr);
	if (rec) {
		v.pid = get_pid(rec->pid);
		memcpy(v.comm, rec->comm, sizeof(v.comm));
	}
	spin_lock_irqsave(&all->lock, irqflags);
	swap(v, all->last[cause]);
	spin_unlock_irqrestore(&all->lock, irqflags);
	put_pid(v.pid);
}

/**
 * tcpdiag_attempts_failed() - a socket that connects goes to CLOSE
 * @sk: the socket, locked, still with its addresses
 * @rec: its record, or NULL
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_attempts_failed(struct sock *sk, const struct tcpdiag_record *rec)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));
	enum tcpdiag_cause cause;
	bool syn_sent;

	if (!shard)
		return;
	/* the SYN is unacknowledged; with Fast Open it may wait for data */
	syn_sent = tcp_sk(sk)->packets_out || tcpdiag_connect_deferred(sk);
	cause = tcpdiag_cause_of(READ_ONCE(sk->sk_err), syn_sent);
	atomic64_inc(&shard->failed[cause]);
	remember(shard, cause, sk, rec);
}

/**
 * tcpdiag_attempts_read() - attempts that failed since insmod
 * @tn: the namespace
 * @failed: by cause; overwritten
 *
 * Context: process.
 */
void tcpdiag_attempts_read(struct tcpdiag_net *tn, u64 failed[TCPDIAG_CAUSES])
{
	struct tcpdiag_shard *shard;
	unsigned int c;

	memset(failed, 0, TCPDIAG_CAUSES * sizeof(*failed));
	tcpdiag_for_each_shard(shard, tn)
		for (c = 0; c < TCPDIAG_CAUSES; c++)
			failed[c] += atomic64_read(&shard->failed[c]);
}

/**
 * tcpdiag_attempts_tick() - a second has passed
 * @tn: a namespace
 *
 * Context: process; the same namespace once a second.
 */
void tcpdiag_attempts_tick(struct tcpdiag_net *tn)
{
	/* pairs with cmpxchg() in failures_of() */
	struct tcpdiag_failures *all = READ_ONCE(tn->failures);
	u64 failed[TCPDIAG_CAUSES];
	unsigned int c;

	if (!all)
		return;
	tcpdiag_attempts_read(tn, failed);
	spin_lock_irq(&all->lock);
	all->tick++;
	for (c = 0; c < TCPDIAG_CAUSES; c++) {
		tcpdiag_minute_add(&all->minute[c], all->tick,
				   failed[c] - all->counted[c]);
		all->counted[c] = failed[c];
	}
	spin_unlock_irq(&all->lock);
}

/* The last victim, with a reference to its pid, for the caller to put. */
static struct tcpdiag_victim last_victim(struct tcpdiag_failures *all,
					 enum tcpdiag_cause cause, u64 *minute)
{
	struct tcpdiag_victim v;

	spin_lock_irq(&all->lock);
	v = all->last[cause];
	get_pid(v.pid);
	*minute = tcpdiag_minute_sum(&all->minute[cause]);
	spin_unlock_irq(&all->lock);
	return v;
}

/**
 * tcpdiag_attempts_facts() - attempts that failed, for findings
 * @tn: the namespace
 * @facts: where to
 *
 * Context: process, the reader's.
 * Return: true.
 */
bool tcpdiag_attempts_facts(struct tcpdiag_net *tn,
			    struct tcpdiag_facts *facts)
{
	struct tcpdiag_failures *all = READ_ONCE(tn->failures);
	u64 failed[TCPDIAG_CAUSES];
	unsigned int c;

	facts->connect.syn_retries =
		READ_ONCE(tn->net->ipv4.sysctl_tcp_syn_retries);
	if (!all)
		return true;
	tcpdiag_attempts_read(tn, failed);
	for (c = 0; c < TCPDIAG_CAUSES; c++) {
		struct tcpdiag_connect_fact *f = &facts->connect.cause[c];
		struct tcpdiag_victim v = last_victim(all, c, &f->minute);

		f->total = failed[c];
		f->v6 = v.v6;
		f->to = v.addr.remote;
		f->port = v.addr.rport;
		f->ago_us = div_u64(ktime_get_ns() - v.at, NSEC_PER_USEC);
		if (facts->owners)
			tcpdiag_owner_read(&f->owner, v.pid, v.comm, NULL);
		put_pid(v.pid);
	}
	return true;
}

/**
 * tcpdiag_attempts_release() - forget a namespace's failed attempts
 * @tn: the namespace: dead for a grace period, without readers
 */
void tcpdiag_attempts_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	if (!tn->failures)
		return;
	for (i = 0; i < TCPDIAG_CAUSES; i++)
		put_pid(tn->failures->last[i].pid);
	kfree(tn->failures);
	tn->failures = NULL;
}
