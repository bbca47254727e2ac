// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that have been idle for hours without keepalive: their peer may be
 * gone, and nobody would notice.
 *
 * ESTABLISHED is where healthy sockets stay for long too, so nobody may look for
 * these while a reader waits. Instead the worker looks at a part of the table
 * each second, round and round; what a whole pass found is what readers see. A
 * second's part is bounded, so with a million sockets a pass takes a quarter of
 * an hour, which is little beside the hours.
 */
#include <linux/spinlock.h>

#include "record.h"

/* In a second: chains, and sockets that are looked at. */
#define CHAINS		16384
#define SOCKETS		1024

/* tcpdiag_net.stale */
static DEFINE_SPINLOCK(stale_lock);

/**
 * struct part - what the worker looks at in one second
 * @now: ktime_get_ns() at the beginning
 * @sockets: looked at
 */
struct part {
	u64 now;
	unsigned int sockets;
};

/* How long there has been no data either way. */
static u64 idle_us(const struct sock *sk)
{
	u32 sent = tcp_jiffies32 - READ_ONCE(tcp_sk(sk)->lsndtime);
	u32 received = tcp_jiffies32 -
		       READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);

	return (u64)min(sent, received) * (USEC_PER_SEC / HZ);
}

static bool is_stale(const struct sock *sk, u64 idle, u64 limit_us)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return idle > limit_us && !sock_flag(sk, SOCK_KEEPOPEN) &&
	       READ_ONCE(tp->write_seq) == READ_ONCE(tp->snd_una);
}

/* In its chain, under its lock, neither record nor socket can go away. */
static bool look(struct tcpdiag_record *rec, unsigned int place, void *arg)
{
	struct tcpdiag_net *tn = rec->shard->net;
	u64 limit_us = (u64)READ_ONCE(tn->limits.stale_established_ms) *
		       USEC_PER_MSEC;
	struct tcpdiag_stale *stale = &tn->stale_so_far;
	u64 entered = READ_ONCE(rec->entered), idle;
	struct part *part = arg;

	if (READ_ONCE(rec->state) != TCP_ESTABLISHED ||
	    part->now < entered + limit_us * NSEC_PER_USEC)
		return true;
	part->sockets++;
	idle = idle_us(rec->key);
	if (!is_stale(rec->key, idle, limit_us))
		return true;
	stale->sockets++;
	if (idle > stale->idle_us) {
		stale->idle_us = idle;
		stale->key = rec->key;
		stale->entered = entered;
	}
	return true;
}

/**
 * tcpdiag_stale_step() - look at the next part of the table
 *
 * Context: process, the worker's, once a second.
 * Return: whether that ended a pass over all of it.
 */
bool tcpdiag_stale_step(void)
{
	unsigned int last = tcpdiag_table_buckets() - 1;
	struct part part = { .now = ktime_get_ns() };
	static unsigned int chain;
	unsigned int i;

	for (i = 0; i < CHAINS && part.sockets < SOCKETS; i++) {
		/* as nearly all are on most machines */
		if (!hlist_nulls_empty(&tcpdiag_table.heads[chain]))
			tcpdiag_table_each(chain, 0, look, &part);
		chain = (chain + 1) & last;
		if (!chain)
			return true;
		if (!(chain & 0xff))
			cond_resched();
	}
	return false;
}

/**
 * tcpdiag_stale_publish() - a pass has ended: show what it found
 * @tn: the namespace
 *
 * Context: process, the worker's.
 */
void tcpdiag_stale_publish(struct tcpdiag_net *tn)
{
	spin_lock(&stale_lock);
	tn->stale = tn->stale_so_far;
	spin_unlock(&stale_lock);
	memset(&tn->stale_so_far, 0, sizeof(tn->stale_so_far));
}

/* The longest idle one, if it is still there. */
static void tell_example(struct tcpdiag_net *tn,
			 const struct tcpdiag_stale *stale, bool owners,
			 struct tcpdiag_stale_facts *facts)
{
	struct tcpdiag_holders *holders = NULL;
	struct tcpdiag_record *rec;
	struct pid *seen = NULL;
	struct tcpdiag_addr addr;
	char comm[TASK_COMM_LEN];
	unsigned short family = 0;

	local_irq_disable();
	rec = tcpdiag_find_lock(stale->key);
	if (rec && tcpdiag_may_look(rec) && rec->entered == stale->entered) {
		const struct sock *sk = rec->key;

		family = sk->sk_family;
		tcpdiag_conn_addr(sk, &addr);
		seen = get_pid(rec->pid);
		memcpy(comm, rec->comm, sizeof(comm));
	}
	if (rec)
		tcpdiag_unlock(&rec->shard->lock);
	local_irq_enable();
	if (!family)
		return;
	tcpdiag_format_peer(facts->peer, family, &addr);
	if (owners) {
		if (!tcpdiag_owner_is_alive(seen))
			holders = tcpdiag_holders_get(tn);
		tcpdiag_owner_read(&facts->owner, seen, comm,
				   tcpdiag_holders_of(holders, stale->key,
						      NULL));
		tcpdiag_holders_put(holders);
	}
	put_pid(seen);
}

/**
 * tcpdiag_stale_read() - tell what the last pass found
 * @tn: the namespace
 * @facts: the result goes here
 *
 * Context: process, the reader's; may sleep.
 */
void tcpdiag_stale_read(struct tcpdiag_net *tn, struct tcpdiag_facts *facts)
{
	struct tcpdiag_stale stale;

	spin_lock(&stale_lock);
	stale = tn->stale;
	spin_unlock(&stale_lock);
	facts->stale.sockets = stale.sockets;
	facts->stale.idle_us = stale.idle_us;
	facts->stale.keepalive_time =
		READ_ONCE(tn->net->ipv4.sysctl_tcp_keepalive_time) / HZ;
	if (stale.sockets)
		tell_example(tn, &stale, facts->owners, &facts->stale);
}
