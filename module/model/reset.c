// SPDX-License-Identifier: GPL-2.0
/*
 * Why a RST is sent or received (see reset.h). Where the kernel sends one is
 * read in tcp.c (close, disconnect, abort), tcp_input.c, tcp_ipv4.c,
 * tcp_minisocks.c and tcp_timer.c of 6.1 and 6.12.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>
#include <net/tcp_states.h>

#include "model/reset.h"

/* This end has sent its FIN, or is about to. */
#define WE_CLOSED	(TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_CLOSING | \
			 TCPF_LAST_ACK | TCPF_TIME_WAIT)

static const char *const names[TCPDIAG_RESETS] = {
	[TCPDIAG_RESET_NO_LISTENER]	= "no_listener",
	[TCPDIAG_RESET_NO_CONNECTION]	= "no_connection",
	[TCPDIAG_RESET_PEER_DATA]	= "data_after_close",
	[TCPDIAG_RESET_PEER_ALERT]	= "alert_after_close",
	[TCPDIAG_RESET_CLOSE_UNREAD]	= "close_unread",
	[TCPDIAG_RESET_EXIT_UNREAD]	= "exit_unread",
	[TCPDIAG_RESET_LINGER]		= "linger_0",
	[TCPDIAG_RESET_DISCONNECT]	= "disconnect",
	[TCPDIAG_RESET_NOT_ACCEPTED]	= "not_accepted",
	[TCPDIAG_RESET_KILLED]		= "killed",
	[TCPDIAG_RESET_ORPHANS]		= "orphans",
	[TCPDIAG_RESET_MEMORY]		= "memory",
	[TCPDIAG_RESET_TIMEOUT]		= "timeout",
	[TCPDIAG_RESET_HANDSHAKE]	= "handshake",
	[TCPDIAG_RESET_REFUSED]		= "refused",
	[TCPDIAG_RESET_PEER_CLOSED]	= "peer_had_closed",
	[TCPDIAG_RESET_OUR_ALERT]	= "alert_to_closed",
	[TCPDIAG_RESET_AFTER_CLOSE]	= "after_our_close",
	[TCPDIAG_RESET_IN_TIME_WAIT]	= "in_time_wait",
	[TCPDIAG_RESET_BY_PEER]		= "by_peer",
	[TCPDIAG_RESET_OTHER]		= "other",
};

/**
 * tcpdiag_reset_name() - name of a reason
 * @reason: the reason
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_reset_name(enum tcpdiag_reset reason)
{
	return names[reason];
}

/* It answers a segment. */
static enum tcpdiag_reset answer(const struct tcpdiag_reset_sent *s)
{
	if (!s->socket)
		return s->syn ? TCPDIAG_RESET_NO_LISTENER :
				TCPDIAG_RESET_NO_CONNECTION;
	if (BIT(s->state) & (TCPF_LISTEN | TCPF_SYN_SENT | TCPF_SYN_RECV |
			     TCPF_NEW_SYN_RECV))
		return TCPDIAG_RESET_HANDSHAKE;
	/* the answer to our FIN, and TCP_LINGER2 lets nobody wait for the peer's */
	if (s->dead && s->linger2 && !s->data && !s->syn &&
	    BIT(s->state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2))
		return TCPDIAG_RESET_LINGER;
	if (BIT(s->state) & WE_CLOSED && !s->syn)
		return s->goodbye ? TCPDIAG_RESET_PEER_ALERT :
				    TCPDIAG_RESET_PEER_DATA;
	return TCPDIAG_RESET_OTHER;
}

/*
 * No program has the socket open. FIN_WAIT2 ends by a RST when its time is over
 * or TCP_LINGER2 forbids it; the others only for want of memory, because with a
 * FIN under way there are no keepalive probes. The kernel looks for memory in
 * close(), where the socket is in CLOSE by then, and in a timer. Whoever else
 * ends an orphan was asked to; such a RST is sent only in the states that abort()
 * of RFC 793 sends one in. A timer that found the socket locked runs in the task
 * that had locked it: in FIN_WAIT1 that is taken for such an end.
 */
static enum tcpdiag_reset orphan(const struct tcpdiag_reset_sent *s)
{
	if (!s->timer && !s->closed &&
	    BIT(s->state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2))
		return TCPDIAG_RESET_KILLED;
	if (s->state == TCP_FIN_WAIT2 && s->timer)
		return TCPDIAG_RESET_TIMEOUT;
	if (s->state == TCP_FIN_WAIT2 && s->linger2)
		return TCPDIAG_RESET_LINGER;
	if (BIT(s->state) & WE_CLOSED)
		return s->no_memory ? TCPDIAG_RESET_MEMORY :
				      TCPDIAG_RESET_ORPHANS;
	return TCPDIAG_RESET_OTHER;
}

/**
 * tcpdiag_reset_sent() - why a RST is sent
 * @s: what is known of it
 *
 * Context: any.
 * Return: the reason.
 */
enum tcpdiag_reset tcpdiag_reset_sent(const struct tcpdiag_reset_sent *s)
{
	if (s->answer)
		return answer(s);
	if (s->mptcp)
		return TCPDIAG_RESET_OTHER;
	if (s->dead)
		return orphan(s);
	if (!s->closed)
		return s->timer ? TCPDIAG_RESET_TIMEOUT : TCPDIAG_RESET_KILLED;
	if (!s->accepted)
		return TCPDIAG_RESET_NOT_ACCEPTED;
	if (!s->closing)
		return TCPDIAG_RESET_DISCONNECT;
	/* close() looks for unread data before it looks at SO_LINGER */
	if (s->unread)
		return s->exiting ? TCPDIAG_RESET_EXIT_UNREAD :
				    TCPDIAG_RESET_CLOSE_UNREAD;
	return s->linger0 ? TCPDIAG_RESET_LINGER : TCPDIAG_RESET_OTHER;
}

/**
 * tcpdiag_reset_received() - why a RST is received
 * @r: what is known of it
 *
 * A peer that still acknowledged data after its FIN had only half closed. Data
 * that was under way when the FIN came says nothing of who wrote to a peer that
 * had closed.
 *
 * Context: any.
 * Return: the reason.
 */
enum tcpdiag_reset
tcpdiag_reset_received(const struct tcpdiag_reset_received *r)
{
	switch (r->state) {
	case TCP_SYN_SENT:
		return TCPDIAG_RESET_REFUSED;
	case TCP_CLOSE_WAIT:
		if (!r->wrote || r->acked)
			return TCPDIAG_RESET_BY_PEER;
		return r->goodbye ? TCPDIAG_RESET_OUR_ALERT :
				    TCPDIAG_RESET_PEER_CLOSED;
	case TCP_TIME_WAIT:
		return TCPDIAG_RESET_IN_TIME_WAIT;
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return TCPDIAG_RESET_AFTER_CLOSE;
	default:
		return TCPDIAG_RESET_BY_PEER;
	}
}

/* "QUIT", with the end of a line */
static bool is_quit(u32 len)
{
	return len == 5 || len == 6;
}

/**
 * tcpdiag_reset_is_goodbye() - whether data may be nothing but a good-bye
 * @len: its length in bytes
 *
 * Most programs answer the end of a TLS connection with the alert close_notify,
 * and clients of many text protocols send QUIT, although the peer may have closed;
 * that it is reset hurts nobody. Payload is not looked at: what is as long as a
 * good-bye is taken for one, also QUIT within TLS and both after each other. A TLS
 * record has a head of five bytes and what the cipher adds: in TLS 1.3 its type
 * and a tag of 16 bytes (RFC 8446, 5.2), in TLS 1.2 a tag, with AES-GCM after a
 * nonce of 8 bytes (RFC 5288, RFC 7905). An alert has two bytes of its own.
 *
 * Context: any.
 * Return: true if it may be.
 */
bool tcpdiag_reset_is_goodbye(u32 len)
{
	static const u8 added[] = { 5 + 16, 5 + 1 + 16, 5 + 8 + 16 };
	unsigned int i;

	if (is_quit(len))
		return true;
	for (i = 0; i < ARRAY_SIZE(added); i++)
		if (len == added[i] + 2 || is_quit(len - added[i]) ||
		    is_quit(len - added[i] - (added[i] + 2)))
			return true;
	return false;
}

/* Number of a minute; the first is so large that there are some before it. */
static u32 minute_of(u64 now)
{
	return TCPDIAG_RECENT_PARTS + div64_u64(now, TCPDIAG_RECENT_PART_NS);
}

static u64 end_of(u32 minute)
{
	return (minute - TCPDIAG_RECENT_PARTS + 1ULL) * TCPDIAG_RECENT_PART_NS;
}

/* How many parts are over since the last count, at most all. */
static unsigned int parts_over(const struct tcpdiag_recent *r, u32 minute)
{
	s32 n = minute - r->at;

	return clamp(n, 0, TCPDIAG_RECENT_PARTS);
}

/**
 * tcpdiag_recent_add_slowly() - count once, perhaps in another minute
 * @r: the count
 * @now: ktime_get_ns(), or tcpdiag_coarse_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_recent_add_slowly(struct tcpdiag_recent *r, u64 now)
{
	u32 minute = minute_of(now);
	unsigned int over = parts_over(r, minute);

	if (!r->last_ns)
		r->since_ns = now;
	r->last_ns = max(now, 1ULL);
	if (over) {
		r->at = minute;
		r->until_ns = end_of(minute);
	}
	while (over)
		r->part[(minute - --over) % TCPDIAG_RECENT_PARTS] = 0;
	if (r->part[r->at % TCPDIAG_RECENT_PARTS] < U32_MAX)
		r->part[r->at % TCPDIAG_RECENT_PARTS]++;
}

/**
 * tcpdiag_recent_take_back() - take back the last count
 * @r: the count
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_recent_take_back(struct tcpdiag_recent *r)
{
	u32 *part = &r->part[r->at % TCPDIAG_RECENT_PARTS];

	*part -= !!*part;
}

/* The count of a minute that is none of the future; 0 if it is too old. */
static u32 part_at(const struct tcpdiag_recent *r, u32 minute)
{
	if (minute > r->at || r->at - minute >= TCPDIAG_RECENT_PARTS)
		return 0;
	return r->part[minute % TCPDIAG_RECENT_PARTS];
}

/**
 * tcpdiag_recent_join() - add one count to another
 * @sum: the count that grows
 * @r: the other
 *
 * Context: any; the user's locks held.
 */
void tcpdiag_recent_join(struct tcpdiag_recent *sum,
			 const struct tcpdiag_recent *r)
{
	u32 last = max(sum->at, r->at);
	struct tcpdiag_recent a = *sum;
	unsigned int i, p;

	if (!r->last_ns)
		return;
	if (!a.last_ns) {
		*sum = *r;
		return;
	}
	sum->at = last;
	sum->until_ns = max(a.until_ns, r->until_ns);
	sum->since_ns = min(a.since_ns, r->since_ns);
	sum->last_ns = max(a.last_ns, r->last_ns);
	for (i = 0; i < TCPDIAG_RECENT_PARTS; i++) {
		p = (last - i) % TCPDIAG_RECENT_PARTS;
		sum->part[p] = part_at(&a, last - i) + part_at(r, last - i);
	}
}

static u64 sum_of(const struct tcpdiag_recent *r, u64 now, unsigned int parts)
{
	u32 minute = minute_of(now);
	unsigned int i = parts_over(r, minute);
	u64 sum = 0;

	if (!r->last_ns)
		return 0;
	for (; i < parts; i++)
		sum += r->part[(minute - i) % TCPDIAG_RECENT_PARTS];
	return sum;
}

/**
 * tcpdiag_recent_sum() - the count of the last ten minutes
 * @r: the count
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 * Return: the count of the last nine to ten minutes.
 */
u64 tcpdiag_recent_sum(const struct tcpdiag_recent *r, u64 now)
{
	return sum_of(r, now, TCPDIAG_RECENT_PARTS);
}

/**
 * tcpdiag_recent_rate() - how often per second, lately
 * @r: the count
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 * Return: tenths per second over the last one to two minutes, or since it began.
 */
u64 tcpdiag_recent_rate(const struct tcpdiag_recent *r, u64 now)
{
	u64 part = TCPDIAG_RECENT_PART_S * (u64)NSEC_PER_SEC;
	u64 span, sum = sum_of(r, now, 2);

	div64_u64_rem(now, part, &span);
	span = min(part + span, now - min(now, r->since_ns));
	return div64_u64(sum * 10, max(div64_u64(span, NSEC_PER_SEC), 1ULL));
}

/**
 * tcpdiag_range_add() - add a time
 * @range: the range
 * @ns: the time in nanoseconds
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_range_add(struct tcpdiag_range *range, u64 ns)
{
	u32 ms = min_t(u64, div_u64(ns, NSEC_PER_MSEC), U32_MAX);

	range->min_ms = range->n ? min(range->min_ms, ms) : ms;
	range->max_ms = max(range->max_ms, ms);
	if (range->n < U32_MAX)
		range->n++;
}

/* Count @n events of one time. */
static void add_many(struct tcpdiag_recent *r, u32 n, u64 at)
{
	u32 *part;

	tcpdiag_recent_add(r, at);
	part = &r->part[r->at % TCPDIAG_RECENT_PARTS];
	*part = min_t(u64, (u64)*part + n - 1, U32_MAX);
}

/**
 * tcpdiag_most_settle() - count what was left for later
 * @m: the events
 *
 * Before somebody reads them.
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_most_settle(struct tcpdiag_most *m)
{
	struct tcpdiag_vote *vote = &m->vote;
	u32 n = m->again;

	if (!n)
		return;
	m->again = 0;
	add_many(&m->all, n, m->tick);
	add_many(&m->hits, n, m->tick);
	vote->votes = min_t(u64, (u64)vote->votes + n, TCPDIAG_VOTES_MAX);
	vote->hits = min_t(u64, (u64)vote->hits + n, U32_MAX);
}

/**
 * tcpdiag_most_sum() - how many events were for the candidate lately
 * @m: the events
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 * Return: at least how many in the last ten minutes; 0 if those are less than
 * half of all.
 */
u64 tcpdiag_most_sum(const struct tcpdiag_most *m, u64 now)
{
	u64 n = tcpdiag_recent_sum(&m->hits, now);

	return n * 2 >= tcpdiag_recent_sum(&m->all, now) ? n : 0;
}
