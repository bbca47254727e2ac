// SPDX-License-Identifier: GPL-2.0
/*
 * Judges a second of each listener: which of its drops were overflows of the
 * accept queue, how many connections were accepted, and what is wrong. Pure
 * functions.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/listener.h"

/**
 * tcpdiag_per_second() - turn a count into a rate
 * @s: the interval, about a second
 * @n: the count in it
 *
 * Context: any.
 * Return: the count per second, rounded to the nearest.
 */
u64 tcpdiag_per_second(const struct tcpdiag_second *s, u64 n)
{
	return div64_u64(n * NSEC_PER_SEC + s->ns / 2, s->ns);
}

/**
 * tcpdiag_listener_syn_limit() - the length at which a queue of SYNs is full
 * @l: the listener
 * @cookies: net.ipv4.tcp_syncookies is not 0
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 *
 * Without cookies the kernel keeps the last quarter of tcp_max_syn_backlog for
 * peers that it has met before.
 *
 * Context: any.
 * Return: requests.
 */
u32 tcpdiag_listener_syn_limit(const struct tcpdiag_listener *l, bool cookies,
			       u32 max_syn_backlog)
{
	if (cookies)
		return l->q.limit;
	return min(l->q.limit, max_syn_backlog - (max_syn_backlog >> 2));
}

static u32 fresh_drops(const struct tcpdiag_listener *l)
{
	return l->q.drops - l->drops_last;
}

static void overflowed(struct tcpdiag_listener *l, u64 tick, u64 n)
{
	l->overflows += n;
	tcpdiag_minute_add(&l->overflowed, tick, n);
}

static bool is_full(const struct tcpdiag_listener *l)
{
	return l->q.accept > l->q.limit;
}

/*
 * The kernel counts drops by listener but overflows by namespace. Drops were
 * overflows if there are as many of both, or if only one listener dropped
 * anything, as far as all listeners are known. Else a listener's drops are taken
 * for overflows if its queue is full now.
 */
static void attribute(struct tcpdiag_listener *l, size_t n,
		      const struct tcpdiag_second *s)
{
	u64 drops = 0, left = s->overflows;
	unsigned int dropping = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		drops += fresh_drops(&l[i]);
		dropping += fresh_drops(&l[i]) > 0;
	}
	for (i = 0; i < n; i++) {
		u64 mine = 0;

		if ((s->all && (dropping == 1 || s->overflows >= drops)) ||
		    is_full(&l[i]))
			mine = min_t(u64, left, fresh_drops(&l[i]));
		overflowed(&l[i], s->tick, mine);
		left -= mine;
	}
}

/* SYNs of the last second that found the listener's queue full. */
static u64 refused_syns(const struct tcpdiag_listener *l, u64 overflows,
			const struct tcpdiag_second *s)
{
	u32 limit = tcpdiag_listener_syn_limit(l, s->cookies,
					       s->max_syn_backlog);

	/* the kernel drops old requests sooner when the queue is half full */
	if (l->q.syn < DIV_ROUND_UP(limit, 2))
		return 0;
	if (s->cookies)
		return s->full;
	return fresh_drops(l) - min_t(u64, overflows, fresh_drops(l));
}

/*
 * Without cookies a burst of real clients has most of its SYNs dropped, however fast
 * the others complete their handshakes. But requests of real clients do not grow old:
 * those of a flood stay in the queue, and their SYN-ACKs are sent again.
 */
static bool may_be_real(const struct tcpdiag_listener *l,
			const struct tcpdiag_second *s)
{
	return !s->cookies && 2 * l->q.young >= l->q.syn;
}

/*
 * The queue of SYNs is full. It is no verdict while nobody knows whether its clients
 * complete their handshakes. A flood's requests are all young again when many have
 * run out at a time.
 */
static enum tcpdiag_verdict judge_full(const struct tcpdiag_listener *l,
				       u64 refused,
				       const struct tcpdiag_second *s)
{
	if (2 * l->done_per_s >= refused)
		return TCPDIAG_VERDICT_SYN_QUEUE_FULL;
	if (!may_be_real(l, s))
		return TCPDIAG_VERDICT_SYN_FLOOD;
	return l->done_per_s && l->verdict != TCPDIAG_VERDICT_SYN_FLOOD ?
	       TCPDIAG_VERDICT_SYN_QUEUE_FULL : TCPDIAG_VERDICT_OK;
}

static enum tcpdiag_verdict judge(const struct tcpdiag_listener *l,
				  u64 overflows,
				  const struct tcpdiag_second *s)
{
	u64 refused = refused_syns(l, overflows, s);
	enum tcpdiag_verdict verdict = TCPDIAG_VERDICT_OK;

	if (overflows || is_full(l))
		return TCPDIAG_VERDICT_ACCEPT_FULL;
	refused = tcpdiag_per_second(s, refused);
	if (refused >= s->flood_per_s && l->rates_known)
		verdict = judge_full(l, refused, s);
	if (verdict != TCPDIAG_VERDICT_OK)
		return verdict;
	if (l->wait_us >= s->slow_us)
		return TCPDIAG_VERDICT_SLOW_ACCEPT;
	return TCPDIAG_VERDICT_OK;
}

static void decide(struct tcpdiag_listener *l, enum tcpdiag_verdict verdict,
		   u64 now)
{
	if (verdict == TCPDIAG_VERDICT_SYN_FLOOD)
		l->flood_seen = now;
	/*
	 * A flood may pause, so the verdict stays for a while. But a burst of
	 * real clients looks like a flood until the first handshakes complete.
	 */
	else if (l->verdict == TCPDIAG_VERDICT_SYN_FLOOD &&
		 verdict != TCPDIAG_VERDICT_SYN_QUEUE_FULL &&
		 now - l->flood_seen < TCPDIAG_FLOOD_QUIET_NS)
		return;
	if (verdict == l->verdict)
		return;
	if (verdict == TCPDIAG_VERDICT_SYN_FLOOD)
		l->floods++;
	l->verdict = verdict;
	l->verdict_since = now;
}

/* Connections that completed and do not wait have been accepted. */
static void count_accepted(struct tcpdiag_listener *l,
			   const struct tcpdiag_second *s)
{
	s64 more = l->accepting - l->accepting_last;
	u64 done = l->done - l->done_last;

	l->done_per_s = tcpdiag_per_second(s, done);
	l->accepted_per_s = tcpdiag_per_second(s, max_t(s64, 0, done - more));
	l->rates_known = l->done_known && l->done_known_last;
	if (l->rates_known && (s64)done > more)
		l->accepted = s->now;
	l->done_last = l->done;
	l->done_known_last = l->done_known;
	l->accepting_last = l->accepting;
}

/**
 * tcpdiag_listeners_second() - judge a second of all listeners
 * @l: all listeners of a namespace, with their queues and services as they are
 *	now and the rest as it was a second ago; updated
 * @n: how many
 * @s: the second
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_listeners_second(struct tcpdiag_listener *l, size_t n,
			      const struct tcpdiag_second *s)
{
	size_t i;

	for (i = 0; i < n; i++)
		l[i].overflows_last = l[i].overflows;
	attribute(l, n, s);
	for (i = 0; i < n; i++) {
		count_accepted(&l[i], s);
		decide(&l[i], judge(&l[i], l[i].overflows -
				    l[i].overflows_last, s), s->now);
		l[i].drops_last = l[i].q.drops;
	}
}

/**
 * tcpdiag_limit_by() - which setting gave the limit of a listener's queues
 * @limit: the limit
 * @somaxconn: net.core.somaxconn
 *
 * listen() cuts its argument to the value of somaxconn at that moment.
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_limit_by(u32 limit, u32 somaxconn)
{
	if (limit < somaxconn)
		return "listen";
	return limit == somaxconn ? "somaxconn" : "earlier_somaxconn";
}

static const char *const names[] = {
	[TCPDIAG_VERDICT_OK]			= "ok",
	[TCPDIAG_VERDICT_SLOW_ACCEPT]		= "slow_accept",
	[TCPDIAG_VERDICT_SYN_QUEUE_FULL]	= "syn_queue_full",
	[TCPDIAG_VERDICT_ACCEPT_FULL]		= "accept_full",
	[TCPDIAG_VERDICT_SYN_FLOOD]		= "syn_flood",
};

/**
 * tcpdiag_verdict_name() - word for a verdict
 * @verdict: the verdict
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_verdict_name(enum tcpdiag_verdict verdict)
{
	return names[verdict];
}
