// SPDX-License-Identifier: GPL-2.0
/*
 * Connections that have been idle for hours without keepalive: their peer may
 * be gone without anybody noticing.
 *
 * Healthy sockets stay in ESTABLISHED for long too, so a search would take too
 * long while a reader waits. Instead the worker goes through the long stays,
 * and readers see the result of the last complete round. If no stay is long
 * enough, there is no round. The more stays a round has looked at, the later the
 * next one begins: with a million sockets after four minutes.
 */
#include <linux/pid.h>
#include <linux/spinlock.h>
#include <net/tcp.h>

#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/reader.h"
#include "store/record.h"
#include "survey/holders.h"
#include "survey/stale.h"

/* Records that rounds look at per second, on average. */
#define PER_SECOND	4096

/* tcpdiag_net.stale */
static DEFINE_SPINLOCK(stale_lock);

/**
 * struct round - a round over one namespace
 * @now: when it began, ktime_get_ns()
 * @limit_us: a connection that has been idle for longer is stale
 * @looked: how many records it looked at
 * @found: the stale connections
 */
struct round {
	u64 now;
	u64 limit_us;
	u64 looked;
	struct tcpdiag_stale found;
};

/* Time since data last went either way. */
static u64 idle_us(const struct sock *sk)
{
	u32 sent = tcp_jiffies32 - READ_ONCE(tcp_sk(sk)->lsndtime);
	u32 received = tcp_jiffies32 -
		       READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);

	return tcpdiag_ticks_us(min(sent, received));
}

static bool is_stale(const struct sock *sk, u64 idle, u64 limit_us)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return idle > limit_us && !sock_flag(sk, SOCK_KEEPOPEN) &&
	       READ_ONCE(tp->write_seq) == READ_ONCE(tp->snd_una);
}

/* The shard is locked: neither record nor socket can go away. */
static void judge_idle(const struct tcpdiag_record *rec, void *arg)
{
	u64 entered = READ_ONCE(rec->entered), idle;
	struct round *round = arg;
	struct tcpdiag_stale *found = &round->found;

	round->looked++;
	if (READ_ONCE(rec->state) != TCP_ESTABLISHED ||
	    round->now < entered + round->limit_us * NSEC_PER_USEC)
		return;
	idle = idle_us(rec->key);
	if (!is_stale(rec->key, idle, round->limit_us))
		return;
	found->sockets++;
	if (idle > found->idle_us) {
		found->idle_us = idle;
		found->key = rec->key;
		found->entered = entered;
	}
}

/**
 * tcpdiag_stale_tick() - once a second: make a round if one is due
 * @tn: the namespace
 *
 * Context: process, the worker's.
 */
void tcpdiag_stale_tick(struct tcpdiag_net *tn)
{
	struct round round = {
		.now = ktime_get_ns(),
		.limit_us = (u64)READ_ONCE(tn->limits.stale_established_ms) *
			    USEC_PER_MSEC,
	};

	if (round.now < tn->stale_next_ns)
		return;
	/* if memory is short, the last result is kept */
	if (tcpdiag_age_longest_ns(tn, TCP_ESTABLISHED) >=
	    round.limit_us * NSEC_PER_USEC &&
	    tcpdiag_age_each(tn, TCP_ESTABLISHED, UINT_MAX, judge_idle, NULL, &round)) {
		atomic64_inc(&tn->alloc_failed);
		return;
	}
	tn->stale_next_ns = round.now +
			    div_u64(round.looked * NSEC_PER_SEC, PER_SECOND);
	spin_lock(&stale_lock);
	tn->stale = round.found;
	spin_unlock(&stale_lock);
}

/* Describe the longest idle one if it still exists; false without memory. */
static bool tell_example(const struct tcpdiag_reader *reader,
			 const struct tcpdiag_stale *stale,
			 struct tcpdiag_stale_facts *facts)
{
	struct tcpdiag_holders *holders = NULL;
	struct tcpdiag_record *rec;
	struct pid *seen = NULL;
	bool done = true;
	struct tcpdiag_addr addr;
	char comm[TASK_COMM_LEN];
	unsigned short family = 0;

	local_irq_disable();
	rec = tcpdiag_find_lock(stale->key);
	if (rec && tcpdiag_may_look(rec) && rec->entered == stale->entered) {
		const struct sock *sk = rec->key;

		family = sk->sk_family;
		tcpdiag_addr_read(sk, &addr);
		if (rec->role == TCPDIAG_ROLE_PASSIVE)
			facts->port = rec->listener_port;
		seen = get_pid(rec->pid);
		memcpy(comm, rec->comm, sizeof(comm));
	}
	if (rec)
		tcpdiag_unlock(&rec->shard->lock);
	local_irq_enable();
	if (!family)
		return true;
	tcpdiag_format_peer(facts->peer, family, &addr);
	if (reader->owners)
		done = tcpdiag_holders_name(&holders, reader, &facts->owner,
					    stale->key, stale->entered, seen,
					    comm);
	tcpdiag_holders_put(holders);
	put_pid(seen);
	return done;
}

/**
 * tcpdiag_stale_read() - read the result of the last round
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_stale_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_stale_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_stale stale;

	spin_lock(&stale_lock);
	stale = tn->stale;
	spin_unlock(&stale_lock);
	facts->sockets = stale.sockets;
	facts->idle_us = stale.idle_us;
	facts->keepalive_time =
		READ_ONCE(tn->net->ipv4.sysctl_tcp_keepalive_time) / HZ;
	return !stale.sockets || tell_example(reader, &stale, facts);
}
