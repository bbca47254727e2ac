// SPDX-License-Identifier: GPL-2.0
/*
 * Tells whether a socket holds data back that it could send: Nagle's algorithm
 * waits for an ACK that the peer delays, or the program has set TCP_CORK and
 * forgotten it.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/tail.h"

/* Hosts take this long to answer; a delayed ACK takes 40 ms or more. */
#define PROMPT_US	(10 * (u64)USEC_PER_MSEC)
/* A program that fills a segment is faster. The kernel sends after 200 ms. */
#define FILL_US		(50 * (u64)USEC_PER_MSEC)

/* Who has an answer writes the next request sooner, if he loses time by waiting. */
#define ANSWERED_US	((u64)USEC_PER_SEC)

static bool could_send(const struct tcpdiag_tail_look *l)
{
	return l->bytes && l->bytes < l->mss && l->bytes <= l->room &&
	       l->packets_out < l->cwnd && !l->disturbed;
}

/*
 * The program has had an answer just before it sent. One that sends lines to a
 * log server has its last line held back nearly always, and waits for nothing.
 */
static bool is_dialog(const struct tcpdiag_tail_look *l)
{
	return l->received_us < l->sent_us + ANSWERED_US;
}

/**
 * tcpdiag_tail_judge() - find out whether and why a socket holds data back
 * @look: what the socket says
 *
 * Context: any.
 * Return: the reason.
 */
enum tcpdiag_tail tcpdiag_tail_judge(const struct tcpdiag_tail_look *look)
{
	if (!could_send(look))
		return TCPDIAG_TAIL_NONE;
	if (look->corked)
		return !look->packets_out && look->held_us >= FILL_US ?
		       TCPDIAG_TAIL_CORKED : TCPDIAG_TAIL_NONE;
	if (!look->nagle || !look->packets_out || !look->small_out ||
	    !is_dialog(look))
		return TCPDIAG_TAIL_NONE;
	return look->sent_us >= max(2 * (u64)look->min_rtt_us, PROMPT_US) ?
	       TCPDIAG_TAIL_NAGLE : TCPDIAG_TAIL_BRIEF;
}
