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
/* Who reads a message from a disk does not take so long. */
#define QUIET_US	((u64)USEC_PER_SEC)

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

/*
 * The end of a message is held back if the program turns to something else, and
 * waits for the peer. One that reads the rest of a message from a slow disk does
 * not; if it has epoll on the socket that cannot be told. It clears TCP_CORK, though,
 * before the peer answers, and before a second is over.
 */
static enum tcpdiag_tail judge_corked(const struct tcpdiag_tail_look *l)
{
	if (l->packets_out)
		return TCPDIAG_TAIL_NONE;
	if (!l->bytes)
		return l->received_us < l->sent_us || l->sent_us >= QUIET_US ?
		       TCPDIAG_TAIL_LEFT : TCPDIAG_TAIL_NONE;
	return could_send(l) && l->held_us >= FILL_US && l->program_waits ?
	       TCPDIAG_TAIL_CORKED : TCPDIAG_TAIL_NONE;
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
	if (look->corked)
		return judge_corked(look);
	if (!could_send(look) || !look->nagle || !look->packets_out ||
	    !look->small_out || !is_dialog(look))
		return TCPDIAG_TAIL_NONE;
	return look->sent_us >= max(2 * (u64)look->min_rtt_us, PROMPT_US) ?
	       TCPDIAG_TAIL_NAGLE : TCPDIAG_TAIL_BRIEF;
}
