// SPDX-License-Identifier: GPL-2.0
/*
 * Attempts to connect that failed. They are counted by cause when the socket
 * goes from SYN_SENT to CLOSE. Of each cause the last one for the port is kept that
 * most of the last minute were for: a service that is down may have several
 * addresses, and several programs may want it.
 *
 * Attempts that fail before SYN_SENT (no route, for example) are not seen.
 */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "account/attempts.h"
#include "compat.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/once.h"
#include "store/record.h"

static struct tcpdiag_failures *failures_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_net *tn = shard->net;
	struct tcpdiag_failures *v = READ_ONCE(tn->failures);

	if (likely(v))
		return v;
	v = kzalloc(sizeof(*v), TCPDIAG_GFP_EVENT);
	if (!v) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	spin_lock_init(&v->lock);
	return tcpdiag_set_once(&tn->failures, v, kfree);
}

/* SYNs that are sent until an attempt is one that nobody answers. */
#define SYNS	3

/*
 * When the last SYN was sent, counted from the first one, with a timeout of a second
 * at first. Kernels from 6.5 on do not double it for some SYNs
 * (net.ipv4.tcp_syn_linear_timeouts). Of the doublings only the timeout is left when
 * the kernel gives up.
 */
static u16 waited_s(const struct inet_connection_sock *icsk)
{
	unsigned int sent = READ_ONCE(icsk->icsk_retransmits);
	unsigned int timeout_s = READ_ONCE(icsk->icsk_rto) / HZ;
	unsigned int doubled = min_t(unsigned int, ilog2(timeout_s | 1), sent);

	return sent - doubled + BIT(doubled) - 1;
}

/*
 * The last SYN did not leave this host: at each timeout the kernel counts that it was
 * sent again only if what comes after TCP has taken it. It does not even try while the
 * SYN before is still in this host, as where ARP finds nobody: then fewer were sent
 * again than there were timeouts. A RST answers a SYN that has left.
 */
static bool is_not_sent(const struct sock *sk, enum tcpdiag_cause cause,
			bool no_rst)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	unsigned int timeouts = inet_csk(sk)->icsk_retransmits;

	return timeouts && !tp->retrans_out && tp->total_retrans >= timeouts &&
	       (cause != TCPDIAG_CAUSE_REFUSED || no_rst);
}

/* The program was patient, perhaps until the kernel gave up, and no answer came. */
static bool is_silent(enum tcpdiag_cause cause, const struct tcpdiag_victim *v)
{
	return (cause == TCPDIAG_CAUSE_ABANDONED ||
		cause == TCPDIAG_CAUSE_TIMED_OUT) && v->syns >= SYNS;
}

static void keep(struct tcpdiag_victim *kept, const struct tcpdiag_victim *v)
{
	struct pid *before = kept->pid;

	*kept = *v;
	get_pid(v->pid);
	put_pid(before);
}

/* If most are for one destination, the last of these is kept. */
static void remember_silent(struct tcpdiag_failures *all,
			    const struct tcpdiag_victim *v)
{
	u32 id = jhash(&v->addr.remote, sizeof(v->addr.remote), v->addr.rport);

	lockdep_assert_held(&all->lock);
	if (tcpdiag_most_add(&all->unanswered, id, v->at))
		keep(&all->silent, v);
}

static void remember(struct tcpdiag_shard *shard, enum tcpdiag_cause cause,
		     const struct sock *sk, const struct tcpdiag_record *rec,
		     bool no_rst)
{
	struct tcpdiag_failures *all = failures_of(shard);
	struct tcpdiag_victim v = {
		.at = ktime_get_ns(),
		.v6 = sk->sk_family == AF_INET6,
		.syns = 1 + inet_csk(sk)->icsk_retransmits,
		.waited_s = waited_s(inet_csk(sk)),
		.by_icmp = cause == TCPDIAG_CAUSE_REFUSED && no_rst,
		.not_sent = is_not_sent(sk, cause, no_rst),
	};
	unsigned long irqflags;

	if (!all)
		return;
	tcpdiag_addr_read(sk, &v.addr);
	if (rec) {
		v.pid = get_pid(rec->pid);
		memcpy(v.comm, rec->comm, sizeof(v.comm));
	}
	spin_lock_irqsave(&all->lock, irqflags);
	if (is_silent(cause, &v))
		remember_silent(all, &v);
	/* a single one is a finding then: the last is told */
	if (tcpdiag_minute_most_add(&all->most[cause], v.addr.rport) ||
	    cause == TCPDIAG_CAUSE_TUPLE_IN_USE)
		keep(&all->last[cause], &v);
	spin_unlock_irqrestore(&all->lock, irqflags);
	put_pid(v.pid);
}

/*
 * Whether this attempt sent a SYN, or waits for data to send one with (Fast
 * Open). A SYN that is not acknowledged is among the packets out, but a reset or
 * an error clears those before the socket goes to CLOSE; the number of segments
 * sent stays. Without a record it is not known what earlier attempts sent.
 */
static bool has_sent(const struct sock *sk, const struct tcpdiag_record *rec)
{
	u32 sent = READ_ONCE(tcp_sk(sk)->segs_out);

	if (tcp_sk(sk)->packets_out || tcpdiag_connect_deferred(sk))
		return true;
	return rec ? (u16)sent != rec->in.sent : sent && READ_ONCE(sk->sk_err);
}

/*
 * Whether a socket that was not bound got a port in this attempt. Its number stays
 * in inet_sport when the port is given back.
 */
static bool got_port(const struct sock *sk, const struct tcpdiag_record *rec)
{
	return rec && !rec->in.bound &&
	       READ_ONCE(inet_sk(sk)->inet_sport) != rec->in.sport;
}

/**
 * tcpdiag_attempts_cause() - why a connecting socket goes to CLOSE
 * @sk: the socket, locked
 * @rec: its record, or NULL
 *
 * The port of a socket that was not bound is given back by now. Without a
 * record, a port that bind() chose is taken for one of those. A socket that got a
 * port and yet sent nothing found no memory for its SYN, or no route any more.
 *
 * Context: softirq or process, preemption off.
 * Return: the cause.
 */
enum tcpdiag_cause tcpdiag_attempts_cause(const struct sock *sk,
					  const struct tcpdiag_record *rec)
{
	bool sent = has_sent(sk, rec);

	if (!sent && got_port(sk, rec))
		return TCPDIAG_CAUSE_OTHER;
	return tcpdiag_cause_of(READ_ONCE(sk->sk_err), sent,
				rec ? rec->in.bound : inet_sk(sk)->inet_num);
}

/**
 * tcpdiag_attempts_failed() - count a connecting socket that goes to CLOSE
 * @shard: a shard of its namespace
 * @sk: the socket, locked, still with its addresses
 * @rec: its record, or NULL
 * @no_rst: no RST ends it
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_attempts_failed(struct tcpdiag_shard *shard,
			     const struct sock *sk,
			     const struct tcpdiag_record *rec, bool no_rst)
{
	enum tcpdiag_cause cause = tcpdiag_attempts_cause(sk, rec);

	atomic64_inc(&shard->failed[cause]);
	remember(shard, cause, sk, rec, no_rst);
}

/**
 * tcpdiag_attempts_read() - read how many attempts failed since insmod
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
 * tcpdiag_attempts_tick() - once a second: count for the last minute
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
		tcpdiag_minute_most_tick(&all->most[c], all->tick);
	}
	spin_unlock_irq(&all->lock);
}

/**
 * tcpdiag_attempts_last() - read the last attempt that failed for a cause, for the
 *	port that most were for
 * @all: the failures of the namespace
 * @cause: the cause
 * @v: the attempt, with a reference to its pid that the caller puts
 * @most: at least how many were for the same port in the last minute
 * @ports: how many ports they were for, 64 at most
 *
 * Context: process.
 * Return: how many failed for that cause in the last minute.
 */
u64 tcpdiag_attempts_last(struct tcpdiag_failures *all,
			  enum tcpdiag_cause cause, struct tcpdiag_victim *v,
			  u64 *most, unsigned int *ports)
{
	u64 minute;

	spin_lock_irq(&all->lock);
	*v = all->last[cause];
	get_pid(v->pid);
	minute = tcpdiag_minute_sum(&all->minute[cause]);
	*most = min(tcpdiag_minute_sum(&all->most[cause].hits), minute);
	*ports = tcpdiag_minute_most_kinds(&all->most[cause]);
	spin_unlock_irq(&all->lock);
	return minute;
}

/**
 * tcpdiag_attempts_silent() - read the last attempt that failed because nobody
 *	answered
 * @all: the failures of the namespace
 * @v: the attempt, with a reference to its pid that the caller puts
 * @since_ns: when the first one to the same destination failed, ktime_get_ns()
 *
 * Context: process.
 * Return: at least how many were for the same destination in the last ten
 * minutes; 0 if it has less than half of all.
 */
u64 tcpdiag_attempts_silent(struct tcpdiag_failures *all,
			    struct tcpdiag_victim *v, u64 *since_ns)
{
	u64 n;

	spin_lock_irq(&all->lock);
	*v = all->silent;
	get_pid(v->pid);
	tcpdiag_most_settle(&all->unanswered);
	*since_ns = all->unanswered.hits.since_ns;
	n = tcpdiag_most_sum(&all->unanswered, ktime_get_ns());
	spin_unlock_irq(&all->lock);
	return n;
}

/**
 * tcpdiag_attempts_release() - free a namespace's failed attempts
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process.
 */
void tcpdiag_attempts_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	if (!tn->failures)
		return;
	for (i = 0; i < TCPDIAG_CAUSES; i++)
		put_pid(tn->failures->last[i].pid);
	put_pid(tn->failures->silent.pid);
	kfree(tn->failures);
	tn->failures = NULL;
}
