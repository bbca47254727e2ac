// SPDX-License-Identifier: GPL-2.0
/*
 * Tells from what a socket says why its connection cannot go on, since when,
 * when the kernel tries again, and when it gives up.
 *
 * The kernel keeps no time at which a stall began. It follows from the timer:
 * each timeout is twice the one before, up to a maximum, so the time from the
 * first sending to the next one is a sum. Where nothing was on its way before, the
 * time since then is more exact.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "model/stall.h"

/* The timeout that tcp_retries2 counts in, whatever the path's is. */
#define RTO_MIN_US	(200 * (u64)USEC_PER_MSEC)
/* Every link carries segments of this size: IPv6 wants an MTU of 1,280. */
#define SMALL		1100
/* So many timeouts: it is not one segment that was lost by chance. */
#define LARGE_TIMEOUTS	2
/* So many probes without an answer: the peer is not there. */
#define PROBES		3
/*
 * So many tries that do not leave this host: it is not a moment. A segment that waits
 * for ARP is not sent again for up to three seconds; the fifth timeout is later.
 */
#define NOT_SENT	5
/* The same of probes, which are not held back by what is still in this host. */
#define NOT_PROBED	2
/* If a queue of this host is full, the kernel tries again after so long. */
#define RESOURCE_US	(500 * (u64)USEC_PER_MSEC)
/* A shorter round trip is none of a path on which a buffer could be too small. */
#define PATH_US		1000
/* The kernel has no sample of the shortest round trip. */
#define NO_RTT		U32_MAX
/* Who has sent for less has not shown what holds it back. */
#define HELD_BACK_US	(2 * (u64)USEC_PER_SEC)
/* What was long ago says nothing of the present. */
#define PAST_US		(60 * (u64)USEC_PER_SEC)
/* A transfer that goes on has had data so lately. */
#define LATELY_US	(2 * (u64)USEC_PER_SEC)
/* Part of the time in which the window is in the way. */
#define WINDOW_PERCENT	50
/* An ACK of what was sent before comes sooner. */
#define ACK_US		((u64)USEC_PER_SEC)
/* Who lets a request wait for so long does not only pause. */
#define UNREAD_US	(10 * (u64)USEC_PER_SEC)
/* More timeouts than any connection survives (tcp_retries2 is at most 255). */
#define TIMEOUTS_MAX	1024

static const char *const names[TCPDIAG_STALLS] = {
	[TCPDIAG_STALL_NONE]			= "none",
	[TCPDIAG_STALL_PEER_SILENT]		= "peer_silent",
	[TCPDIAG_STALL_NOT_SENT]		= "not_sent",
	[TCPDIAG_STALL_LARGE_LOST]		= "large_lost",
	[TCPDIAG_STALL_ZERO_WINDOW_PEER]	= "zero_window_peer",
	[TCPDIAG_STALL_ZERO_WINDOW_OWN]		= "zero_window_own",
	[TCPDIAG_STALL_UNREAD]			= "unread",
	[TCPDIAG_STALL_SEND_BUFFER]		= "send_buffer",
	[TCPDIAG_STALL_WINDOW]			= "window",
	[TCPDIAG_STALL_RECEIVE_BUFFER]		= "receive_buffer",
};

/**
 * tcpdiag_stall_name() - the word for a cause
 * @cause: the cause
 *
 * Context: any.
 * Return: the word.
 */
const char *tcpdiag_stall_name(enum tcpdiag_stall_cause cause)
{
	return names[cause];
}

static u64 twice(u64 rto, u64 max)
{
	return min(2 * rto, max);
}

static u64 less(u64 a, u64 b)
{
	return a - min(a, b);
}

/* The timeout before any doubling. */
static u64 first_rto(const struct tcpdiag_stall_look *l)
{
	if (l->rto_us < l->rto_max_us && l->backoff < 32)
		return l->rto_us >> l->backoff;
	return min(l->first_rto_us, l->rto_us);
}

/*
 * How long ago the segment was sent for the first time. The kernel's timers expire
 * up to an eighth late (the timer wheel).
 */
static u64 first_sent_us(const struct tcpdiag_stall_look *l)
{
	u64 first = first_rto(l), rto = first, sum = rto;
	unsigned int i;

	for (i = 0; i < l->backoff; i++) {
		rto = twice(rto, l->rto_max_us);
		sum += rto;
	}
	/* timeouts of thin streams are not doubled at first */
	if (l->retransmits > l->backoff)
		sum += (l->retransmits - l->backoff) * first;
	/* the last one ends when TCP_USER_TIMEOUT does */
	if (l->user_timeout_us && l->retransmits)
		sum = min(sum, max(sum - rto, first + l->user_timeout_us));
	sum = less(sum, l->timer_us);
	return clamp(l->busy_us, sum, sum + sum / 8);
}

/* How long the kernel tries, counted from the first time it sent again. */
static u64 patience_us(const struct tcpdiag_stall_look *l)
{
	u64 rto = RTO_MIN_US, sum = rto;
	unsigned int i;

	for (i = 0; i < l->retries; i++) {
		rto = twice(rto, l->rto_max_us);
		sum += rto;
	}
	return sum;
}

/* In which time it gives up: at the first timeout after its patience is over. */
static u64 gives_up_us(const struct tcpdiag_stall_look *l, u64 first_sent)
{
	u64 trying = less(first_sent, first_rto(l));
	u64 left = less(patience_us(l), trying);
	u64 at = l->timer_us, rto = l->rto_us;
	unsigned int i;

	if (l->user_timeout_us)
		return less(l->user_timeout_us, trying);
	for (i = 0; i < TIMEOUTS_MAX && at < left; i++) {
		rto = twice(rto, l->rto_max_us);
		at += rto;
	}
	return at;
}

/* Nothing came back since the segment was sent for the second time. */
static bool is_unanswered(const struct tcpdiag_stall_look *l, u64 first_sent)
{
	return l->heard_us >= less(first_sent, first_rto(l));
}

/*
 * The segment that is sent again. If nobody has measured it: at least what is in
 * flight, less the largest segments for all others.
 */
static u32 first_segment(const struct tcpdiag_stall_look *l)
{
	u64 others = (u64)(l->packets_out - 1) * l->mss;

	return l->head ?: less(l->in_flight, others);
}

/* What the peer has got out of order is a last, shorter segment. */
static bool is_last_got(const struct tcpdiag_stall_look *l)
{
	return l->sacked_out == 1 &&
	       l->in_flight < (u64)l->packets_out * l->mss;
}

/**
 * tcpdiag_stall_passed() - whether a segment of a size has got to the peer
 * @bytes_acked: bytes that were ever acknowledged on a connection
 * @delivered: in how many segments, or fewer
 * @mss: its largest segment
 * @segment: the size, in bytes
 *
 * The average is what is known: it is nearly as large in a bulk transfer only, in
 * which the last segment of a write may be short.
 *
 * Context: any.
 * Return: true if one of that size, or hardly less, was acknowledged.
 */
bool tcpdiag_stall_passed(u64 bytes_acked, u32 delivered, u32 mss, u32 segment)
{
	return segment && mss >= segment &&
	       bytes_acked > (u64)delivered * (segment - segment / 8);
}

/*
 * A small last segment was sent behind the others. Any link carries it, and a peer
 * that has SACK tells of it: if it does not, nothing comes through, whatever its size.
 */
static bool is_small_lost(const struct tcpdiag_stall_look *l)
{
	u64 last = less(l->in_flight, (u64)(l->packets_out - 1) * l->mss);

	return l->sack && l->packets_out > 1 && last && last <= SMALL;
}

/* A large segment is lost again and again; only smaller ones went through. */
static bool is_large_lost(const struct tcpdiag_stall_look *l, u64 first_sent)
{
	u32 segment = first_segment(l);

	if (l->retransmits < LARGE_TIMEOUTS || segment <= SMALL ||
	    l->bytes_acked >= segment)
		return false;
	return l->sacked_out ? is_last_got(l) :
			       !is_small_lost(l) && is_unanswered(l, first_sent);
}

/* How long ago the third try from the last was, or longer. */
static u64 three_tries_us(const struct tcpdiag_stall_look *l)
{
	u64 before = l->rto_us < l->rto_max_us ? l->rto_us / 2 + l->rto_us / 4 :
						 2 * l->rto_us;

	return less(l->rto_us, l->timer_us) + before;
}

/*
 * What is sent again probes the window that the peer has taken back; the kernel
 * counts no timeouts then. A peer that is there answers each.
 */
static void judge_taken_back(const struct tcpdiag_stall_look *l,
			     struct tcpdiag_stall *s, u64 first_sent)
{
	/* timeouts of thin streams are counted, and not doubled at first */
	s->tries = max(l->backoff, l->retransmits);
	if (l->backoff >= PROBES &&
	    l->heard_us >= three_tries_us(l)) {
		s->cause = TCPDIAG_STALL_PEER_SILENT;
		s->for_us = l->heard_us;
	} else {
		s->cause = TCPDIAG_STALL_ZERO_WINDOW_PEER;
		s->for_us = first_sent;
	}
}

/*
 * At each timeout all that is out is taken for lost, and the first of it is sent again.
 * The kernel counts that only if the segment was taken by what comes after TCP.
 */
static void judge_nothing_out(const struct tcpdiag_stall_look *l,
			      struct tcpdiag_stall *s, u64 first_sent)
{
	u64 tried = min(first_sent, l->retransmits * RESOURCE_US);

	/* the peer was not asked: it is not silent */
	if (l->retransmits < NOT_SENT || !is_unanswered(l, tried))
		return;
	s->cause = TCPDIAG_STALL_NOT_SENT;
	s->tries = l->retransmits;
	s->for_us = min(l->busy_us ?: first_sent, l->heard_us);
	if (l->retransmits > l->backoff)
		return;
	s->end_known = true;
	s->end_us = gives_up_us(l, first_sent);
}

static void judge_again(const struct tcpdiag_stall_look *l,
			struct tcpdiag_stall *s)
{
	u64 first_sent = first_sent_us(l);

	/* a window that was closed after it had been promised */
	if (!l->snd_wnd && (l->backoff || l->retransmits)) {
		judge_taken_back(l, s, first_sent);
		return;
	} else if (l->snd_wnd && l->retransmits && !l->retrans_out &&
		   !l->sacked_out) {
		judge_nothing_out(l, s, first_sent);
		return;
	} else if (l->snd_wnd && is_large_lost(l, first_sent)) {
		s->cause = TCPDIAG_STALL_LARGE_LOST;
		s->segment = first_segment(l);
	} else if (l->snd_wnd && l->retransmits &&
		   is_unanswered(l, first_sent)) {
		s->cause = TCPDIAG_STALL_PEER_SILENT;
	} else {
		return;
	}
	s->tries = l->retransmits;
	s->end_known = true;
	s->end_us = gives_up_us(l, first_sent);
	s->for_us = first_sent;
}

/*
 * The window has room, nothing is on its way, and yet the kernel probes: it could not
 * send. The first of what waits is sent as a probe, and would be on its way. When the
 * kernel gives up depends on why it cannot.
 */
static void judge_not_sent(const struct tcpdiag_stall_look *l,
			   struct tcpdiag_stall *s)
{
	if (l->packets_out || l->probes_out < NOT_PROBED)
		return;
	s->cause = TCPDIAG_STALL_NOT_SENT;
	s->tries = l->probes_out;
	s->for_us = l->probing_us + min(l->first_rto_us, l->rto_us);
}

/*
 * The first probe is sent a timeout after the window was found closed. The kernel
 * does not forget it when the window opens for less than the next of its buffers:
 * what was sent since tells that. As long as the peer answers, the kernel goes on
 * for ever, unless the program has set TCP_USER_TIMEOUT.
 */
static void judge_probe(const struct tcpdiag_stall_look *l,
			struct tcpdiag_stall *s)
{
	if (l->snd_wnd >= min(l->bytes, l->mss)) {
		judge_not_sent(l, s);
		return;
	}
	if (l->packets_out)
		return;
	s->tries = l->backoff;
	if (l->probes_out >= PROBES) {
		s->cause = TCPDIAG_STALL_PEER_SILENT;
		s->for_us = l->heard_us;
	} else {
		s->cause = TCPDIAG_STALL_ZERO_WINDOW_PEER;
		s->for_us = l->probing_us ? l->probing_us + l->rto_us :
					    less(l->rto_us, l->timer_us);
		s->for_us = min(s->for_us, l->sent_us);
	}
	if (l->user_timeout_us && l->probing_us) {
		s->end_known = true;
		s->end_us = less(l->user_timeout_us, l->probing_us);
	}
}

/*
 * The peer has probed the closed window since data last came: it wants to send. A
 * probe without data is outside of the window, one with a byte is not: it brings
 * an ACK when nothing has been sent that could be acknowledged, keepalives included.
 * The handshake sets the time of sending too.
 */
static bool is_probed(const struct tcpdiag_stall_look *l)
{
	return l->outside_us < l->received_us ||
	       (!l->keepalive && l->acked_us + ACK_US < l->received_us &&
		(!l->has_sent || l->sent_us > l->received_us));
}

static bool judge_own(const struct tcpdiag_stall_look *l,
		      struct tcpdiag_stall *s)
{
	if (!l->unread || l->rcv_wnd || l->ended || !is_probed(l))
		return false;
	s->cause = TCPDIAG_STALL_ZERO_WINDOW_OWN;
	/* who reads slowly has not stopped */
	s->for_us = min(l->received_us, l->read_us);
	s->bytes = l->unread;
	s->writer_waits = l->writer_waits;
	s->mutual = l->timer == TCPDIAG_STALL_TIMER_PROBE &&
		    !l->packets_out && l->snd_wnd < min(l->bytes, l->mss);
	return true;
}

/*
 * A client may leave what comes unread for as long as it asks nothing: a pool does
 * not look at idle connections. Who sends all the time has not stopped either. Of
 * what is less than SO_RCVLOWAT, or than a record of TLS that the kernel decrypts,
 * the program is not even told.
 */
static void judge_unread(const struct tcpdiag_stall_look *l,
			 struct tcpdiag_stall *s)
{
	u64 waits = min(l->received_us, l->read_us);

	if (!l->accepted || !l->unread || l->ended || waits < UNREAD_US ||
	    l->layered || l->unread < l->least_read ||
	    (l->has_sent && l->sent_us <= l->received_us))
		return;
	s->cause = TCPDIAG_STALL_UNREAD;
	s->for_us = waits;
	s->bytes = l->unread;
}

static u32 percent_of(u64 part, u64 whole)
{
	return div64_u64(100 * part, whole);
}

/* Bytes that went out in a round trip. */
static u64 per_round_trip(const struct tcpdiag_stall_look *l)
{
	return div64_u64(l->bytes_acked * l->min_rtt_us, l->active_us);
}

/*
 * The round trip of data that comes. The shortest one of this end is that of the
 * handshake if it sends nothing: paths change, and what comes may come faster.
 */
static u32 receiving_rtt(const struct tcpdiag_stall_look *l)
{
	return min(l->min_rtt_us, l->rcv_rtt_us);
}

/* Bytes that came in a round trip. */
static u64 received_per_round_trip(const struct tcpdiag_stall_look *l)
{
	return div64_u64(l->received * receiving_rtt(l), l->life_us);
}

/*
 * A window is too small if it was used up in every round trip. It carries less in
 * the shortest one if the peer is slow to read, for which the kernel there keeps
 * twice of what is read in a round trip; or if a slow link on the way is, before
 * which the rest of the window waits.
 */
static bool is_window_small(const struct tcpdiag_stall_look *l)
{
	return l->window_us >= HELD_BACK_US &&
	       percent_of(l->window_us, l->active_us) >= WINDOW_PERCENT &&
	       per_round_trip(l) >= l->max_window / 3 * 2;
}

/**
 * tcpdiag_stall_is_full() - whether the send buffer is in the way, or was
 * @look: what its socket says
 *
 * It is if a program waits for room in it, or none is left, and nearly all of it is
 * on its way: what else holds a sender back leaves data in the buffer that is not
 * sent. A message that fits leaves room and nobody waiting, however large it is. The
 * kernel wakes who waits when a third of the buffer is free.
 *
 * Context: any.
 * Return: true if it is at this look or was at an earlier one.
 */
bool tcpdiag_stall_is_full(const struct tcpdiag_stall_look *look)
{
	return look->was_full ||
	       ((look->writer_waits || look->queued >= look->buffer) &&
		look->queued >= look->buffer / 3 * 2 &&
		look->in_flight >= look->bytes / 4 * 3);
}

/*
 * A message that fits into the buffer goes out as fast with a larger one, even if
 * it is nearly as large.
 *
 * The buffer has what is on its way as well, with some overhead. The kernel's clock
 * for it runs only while all of it is on its way, and so hardly ever.
 */
static bool is_buffer_small(const struct tcpdiag_stall_look *l)
{
	return l->buffer_set && tcpdiag_stall_is_full(l) &&
	       per_round_trip(l) >= l->buffer / 2;
}

/*
 * A sender that fills the window of this end in each round trip of its life would
 * send more. What is mostly unread says that the program is slow, not the buffer.
 * If what comes takes longer than the shortest round trip, a queue stands on the way,
 * and the link before which it stands is in the way.
 */
static bool is_receive_buffer_small(const struct tcpdiag_stall_look *l)
{
	return !l->rcvbuf_grows && l->unread < l->window_max / 2 &&
	       l->rcv_rtt_us <= l->min_rtt_us + l->min_rtt_us / 4 &&
	       received_per_round_trip(l) >= l->window_max / 3 * 2;
}

static void judge_receive_buffer(const struct tcpdiag_stall_look *l,
				 struct tcpdiag_stall *s)
{
	if (l->min_rtt_us == NO_RTT || receiving_rtt(l) < PATH_US ||
	    l->life_us < HELD_BACK_US || !l->window_max || l->received_us >= LATELY_US ||
	    !is_receive_buffer_small(l))
		return;
	s->cause = TCPDIAG_STALL_RECEIVE_BUFFER;
	s->for_us = l->life_us;
	s->room = l->window_max;
	s->set = l->rcvbuf_set;
	s->per_rtt = received_per_round_trip(l);
	s->rtt_us = receiving_rtt(l);
	s->bps = div64_u64(l->received, div_u64(l->life_us, USEC_PER_MSEC)) *
		 8 * MSEC_PER_SEC;
	s->bytes = l->unread;
}

static void judge_buffers(const struct tcpdiag_stall_look *l,
			  struct tcpdiag_stall *s)
{
	if (l->min_rtt_us == NO_RTT || l->min_rtt_us < PATH_US ||
	    l->active_us < HELD_BACK_US || l->sent_us >= PAST_US)
		return;
	if (is_window_small(l)) {
		s->cause = TCPDIAG_STALL_WINDOW;
		s->for_us = l->window_us;
		s->room = l->max_window;
		s->percent = percent_of(l->window_us, l->active_us);
		s->unscaled = l->unscaled;
	} else if (is_buffer_small(l)) {
		s->cause = TCPDIAG_STALL_SEND_BUFFER;
		s->for_us = l->active_us;
		s->room = l->buffer;
		s->percent = percent_of(l->buffer_us, l->active_us);
	} else {
		return;
	}
	s->per_rtt = per_round_trip(l);
	s->rtt_us = l->min_rtt_us;
	s->bps = div64_u64(l->bytes_acked,
			   div_u64(l->active_us, USEC_PER_MSEC)) *
		 8 * MSEC_PER_SEC;
	s->bytes = l->bytes;
}

/**
 * tcpdiag_stall_judge() - find out why a connection cannot go on
 * @look: what its socket says
 * @stall: the result
 *
 * Context: any.
 */
void tcpdiag_stall_judge(const struct tcpdiag_stall_look *look,
			 struct tcpdiag_stall *stall)
{
	memset(stall, 0, sizeof(*stall));
	/* if neither end reads, ours is the one that can be told to */
	if (judge_own(look, stall))
		return;
	if (look->timer == TCPDIAG_STALL_TIMER_AGAIN && look->bytes &&
	    look->packets_out)
		judge_again(look, stall);
	else if (look->timer == TCPDIAG_STALL_TIMER_PROBE && look->bytes)
		judge_probe(look, stall);
	if (!stall->cause) {
		judge_unread(look, stall);
		if (!stall->cause)
			judge_buffers(look, stall);
		if (!stall->cause)
			judge_receive_buffer(look, stall);
		return;
	}
	stall->bytes = look->bytes;
	stall->next_known = true;
	stall->next_us = look->timer_us;
	stall->idle_us = less(look->heard_us, stall->for_us);
	stall->writer_waits = look->writer_waits;
}
