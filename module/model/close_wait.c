// SPDX-License-Identifier: GPL-2.0
/*
 * Why sockets stay in CLOSE_WAIT, and how bad it is. Pure functions.
 *
 *	         copied_seq                      rcv_nxt
 *	             |                              |
 *	  read ......|.... data waits .... | FIN |
 *	                                   rcv_nxt - 1
 *
 * The FIN takes one sequence number. copied_seq equals rcv_nxt once the program
 * has read all data and the end of file.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <net/tcp.h>

#include "model/close_wait.h"

#define US_PER_MIN	(60ULL * USEC_PER_SEC)
/* So many times as long as it has worked on an answer a program may be silent. */
#define SILENT_FOR	4
/* What is sent so soon after the peer's data may be sent by a library on its own. */
#define AT_ONCE_US	(50 * USEC_PER_MSEC)
/* The handshakes of TLS and of HTTP/2 are over by then. */
#define BEGINNING_US	(2 * (u64)USEC_PER_SEC)
/* RLIMIT_NOFILE is at most this, or RLIM_INFINITY. */
#define MAX_DESCRIPTORS	BIT_ULL(30)

static bool is_writing(const struct tcpdiag_cw_socket *s, u64 limit_us)
{
	return s->write_seq != s->snd_una || s->sent_us < limit_us;
}

/**
 * tcpdiag_cw_unread() - how much data waits to be read
 * @s: the socket
 *
 * Context: any.
 * Return: bytes of data, the FIN not counted.
 */
u32 tcpdiag_cw_unread(const struct tcpdiag_cw_socket *s)
{
	u32 fin = s->rcv_nxt - 1;

	return before(s->copied_seq, fin) ? fin - s->copied_seq : 0;
}

/**
 * tcpdiag_cw_cause() - why a socket stays in CLOSE_WAIT
 * @s: the socket, in CLOSE_WAIT for longer than @limit_us
 * @limit_us: a socket that sent data within this time is still writing
 *
 * Context: any.
 * Return: the first cause that applies.
 */
enum tcpdiag_cw_cause tcpdiag_cw_cause(const struct tcpdiag_cw_socket *s,
				       u64 limit_us)
{
	if (!s->accepted)
		return TCPDIAG_CW_NOT_ACCEPTED;
	if (is_writing(s, limit_us))
		return TCPDIAG_CW_WRITING;
	if (s->holders > 1)
		return TCPDIAG_CW_SHARED;
	if (tcpdiag_cw_unread(s))
		return TCPDIAG_CW_DATA_UNREAD;
	if (s->copied_seq != s->rcv_nxt)
		return TCPDIAG_CW_EOF_UNREAD;
	return TCPDIAG_CW_EOF_READ;
}

/*
 * An answer that comes in parts: the program has sent some of it after the peer's
 * FIN, or, as a stream of events does, long after the request; and it has not yet
 * been silent for much longer than it had been at work by then.
 */
static bool is_in_parts(const struct tcpdiag_cw_socket *s)
{
	u64 began_us = s->stay_us > s->sent_us ? s->stay_us : s->received_us;

	return s->sent && began_us > s->sent_us &&
	       s->sent_us <= SILENT_FOR * (began_us - s->sent_us);
}

/* From the peer's last data to its FIN. */
static u64 lull_us(const struct tcpdiag_cw_socket *s)
{
	return s->received_us - min(s->received_us, s->stay_us);
}

/**
 * tcpdiag_cw_is_pending() - whether an answer to the peer may be due
 * @s: the socket, in CLOSE_WAIT
 *
 * A peer may end its side after its request and wait for the answer (RFC 9293,
 * 3.6). So the program may be working if it has read some of what the peer sent,
 * and has sent nothing since the last of that came, or goes on to send. The
 * kernel's stamps are jiffies: of data that came and went in the same one, the
 * answer was last.
 *
 * Context: any.
 * Return: true if it may be; never for a socket that connected.
 */
bool tcpdiag_cw_is_pending(const struct tcpdiag_cw_socket *s)
{
	return s->accepted && !s->connected &&
	       s->received > tcpdiag_cw_unread(s) &&
	       (!s->sent || s->sent_us > s->received_us || is_in_parts(s));
}

/*
 * Whether what was sent last, at once, may be no answer. The client of TLS 1.3 sends
 * its request together with the end of its handshake, and the server's library
 * answers that with tickets, before the program has seen the request; that of HTTP/2
 * acknowledges SETTINGS. In either the peer has sent data twice, soon after it
 * connected; a connection that is kept alive is answered later as well.
 * Of a peer that has sent a single segment it is the answer, or its head: that peer
 * has got it all if it closes soon.
 */
static bool may_be_no_answer(const struct tcpdiag_cw_socket *s)
{
	return s->accepted && !s->connected && s->sent &&
	       s->received > tcpdiag_cw_unread(s) &&
	       s->age_us - min(s->age_us, s->received_us) <= BEGINNING_US &&
	       s->received_us - min(s->received_us, s->sent_us) <= AT_ONCE_US &&
	       (s->segments != 1 || lull_us(s) >= TCPDIAG_CW_GAVE_UP_US);
}

static void add_suspect(struct tcpdiag_cw_group *g,
			const struct tcpdiag_cw_socket *s)
{
	bool waited = lull_us(s) >= TCPDIAG_CW_GAVE_UP_US;

	g->suspects++;
	if (s->received && (!g->lull_us || lull_us(s) < g->lull_us))
		g->lull_us = lull_us(s);
	if (tcpdiag_cw_is_pending(s)) {
		g->pending++;
		g->gave_up += waited;
	} else if (may_be_no_answer(s)) {
		g->at_once++;
		g->waited += waited;
	}
}

/**
 * tcpdiag_cw_add() - count a socket in its group
 * @g: the group
 * @s: the socket
 * @limit_us: a socket in CLOSE_WAIT for longer that does not write is a suspect
 *
 * Context: any.
 */
void tcpdiag_cw_add(struct tcpdiag_cw_group *g,
		    const struct tcpdiag_cw_socket *s, u64 limit_us)
{
	enum tcpdiag_cw_cause cause;

	g->sockets++;
	g->unread += tcpdiag_cw_unread(s);
	if (s->stay_us > g->oldest_us) {
		g->oldest_us = s->stay_us;
		g->estimated = s->estimated;
	}
	if (s->accepted && s->age_known &&
	    (!g->newest_known || s->age_us < g->newest_us)) {
		g->newest_known = true;
		g->newest_us = s->age_us;
	}
	if (s->stay_us <= limit_us)
		return;
	cause = tcpdiag_cw_cause(s, limit_us);
	g->causes[cause]++;
	if (cause != TCPDIAG_CW_WRITING)
		add_suspect(g, s);
}

/**
 * tcpdiag_cw_worse() - whether one group is worse than another
 * @a: a group
 * @b: another
 *
 * Context: any.
 * Return: true if @a is worse, by suspects, then sockets, then age.
 */
bool tcpdiag_cw_worse(const struct tcpdiag_cw_group *a,
		      const struct tcpdiag_cw_group *b)
{
	if (a->suspects != b->suspects)
		return a->suspects > b->suspects;
	if (a->sockets != b->sockets)
		return a->sockets > b->sockets;
	return a->oldest_us > b->oldest_us;
}

/**
 * tcpdiag_cw_main_cause() - the most frequent cause in a group
 * @g: the group
 *
 * Context: any.
 * Return: the cause of most suspects; TCPDIAG_CW_WRITING if all still write;
 * TCPDIAG_CW_CAUSES if no socket stays for too long.
 */
enum tcpdiag_cw_cause tcpdiag_cw_main_cause(const struct tcpdiag_cw_group *g)
{
	enum tcpdiag_cw_cause i, most = TCPDIAG_CW_CAUSES;

	for (i = 0; i < TCPDIAG_CW_CAUSES; i++) {
		if (i == TCPDIAG_CW_WRITING || !g->causes[i])
			continue;
		if (most == TCPDIAG_CW_CAUSES ||
		    g->causes[i] > g->causes[most])
			most = i;
	}
	if (most == TCPDIAG_CW_CAUSES && g->causes[TCPDIAG_CW_WRITING])
		return TCPDIAG_CW_WRITING;
	return most;
}

/**
 * tcpdiag_cw_cause_name() - word for a cause
 * @cause: the cause
 *
 * Context: any.
 * Return: a constant string; `-` for none.
 */
const char *tcpdiag_cw_cause_name(enum tcpdiag_cw_cause cause)
{
	static const char *const names[] = {
		[TCPDIAG_CW_NOT_ACCEPTED]	= "not_accepted",
		[TCPDIAG_CW_WRITING]		= "writing",
		[TCPDIAG_CW_SHARED]		= "shared",
		[TCPDIAG_CW_DATA_UNREAD]	= "data_unread",
		[TCPDIAG_CW_EOF_UNREAD]		= "eof_unread",
		[TCPDIAG_CW_EOF_READ]		= "eof_read",
		[TCPDIAG_CW_CAUSES]		= "-",
	};

	return names[min(cause, TCPDIAG_CW_CAUSES)];
}

/**
 * tcpdiag_cw_growth() - how fast a group grows
 * @then: sockets a while ago
 * @now: sockets now
 * @span_us: how long ago, above 0
 *
 * Range: sockets are below 2^24 and a minute is below 2^26 us, so the product
 * is below 2^50.
 *
 * Context: any.
 * Return: growth in sockets per minute, rounded towards 0.
 */
s64 tcpdiag_cw_growth(u64 then, u64 now, u64 span_us)
{
	if (now < then)
		return -(s64)div64_u64((then - now) * US_PER_MIN, span_us);
	return div64_u64((now - then) * US_PER_MIN, span_us);
}

/**
 * tcpdiag_cw_full_us() - when the owner's descriptors run out at this growth
 * @g: the group
 *
 * Range: descriptors are at most 2^30, so the product is below 2^56.
 *
 * Context: any.
 * Return: microseconds from now; U64_MAX if the group does not grow, if growth
 * or limit is not known, if there is no limit, or if the sockets have no
 * descriptor because they are not accepted.
 */
u64 tcpdiag_cw_full_us(const struct tcpdiag_cw_group *g)
{
	if (!g->fds_known || g->fd_limit > MAX_DESCRIPTORS ||
	    !g->growth_known || g->growth <= 0 ||
	    tcpdiag_cw_main_cause(g) == TCPDIAG_CW_NOT_ACCEPTED)
		return U64_MAX;
	if (g->fds >= g->fd_limit)
		return 0;
	return div64_u64((g->fd_limit - g->fds) * US_PER_MIN, g->growth);
}
