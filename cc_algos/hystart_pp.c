// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++ (RFC 9406): ends the initial slow start when the delay of the path
 * grows, before its buffer overflows.
 *
 * Model: when slow start raises the window above what the path holds, a queue
 * forms, and the minimum RTT of a round is clearly above that of the previous
 * round. Noise can have the same effect. So there is a trial phase,
 * Conservative Slow Start (CSS), in which the window grows a quarter as fast.
 * If the delay falls again, it was a false alarm.
 *
 *         minimum RTT of the round >= that of the previous + threshold
 *     SS  -------------------------------------------------------->  CSS
 *         <--------------------------------------------------------
 *             minimum RTT of the round < that when CSS was entered    |
 *                                                                     |
 *     OFF <-------- CSS_ROUNDS rounds, or the delay grew again: ------+
 *                   ssthresh = cwnd
 *         <-------- loss or ECN mark: the response is the caller's
 *
 * In the RFC, CSS lasts at most CSS_ROUNDS rounds, in which the window triples.
 * Here it also ends as soon as the minimum RTT of a round exceeds that at entry
 * by another threshold. Noise seldom exceeds two thresholds in a row; a growing
 * queue does.
 *
 * A round is the time in which one window is acknowledged: it ends when the
 * SND.NXT of its start is acknowledged.
 *
 * Units: microseconds, packets, sequence numbers. There is no kernel state
 * here: the caller hands in all that is needed, and sets ssthresh.
 */
#include <linux/minmax.h>
#include <net/tcp.h>

#include "hystart_pp.h"

/* RFC 9406, 4.3, recommended values */
#define MIN_RTT_THRESH_US	4000U
#define MAX_RTT_THRESH_US	16000U
#define MIN_RTT_DIVISOR		8U
#define N_RTT_SAMPLE		8U
#define CSS_GROWTH_DIVISOR	4U
#define CSS_ROUNDS		5U
/* Without pacing, at most so many packets of an ACK count. */
#define L_UNPACED		8U

#define NO_RTT			U32_MAX

/**
 * tcpdiag_hystart_start() - a connection enters its initial slow start
 * @h: its state, of any content
 *
 * The first round begins with the first ACK: only then is SND.NXT the end of
 * the first flight.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_hystart_start(struct tcpdiag_hystart *h)
{
	*h = (struct tcpdiag_hystart) {
		.last_min_us = NO_RTT,
		.round_min_us = NO_RTT,
		.css_baseline_us = NO_RTT,
		.phase = TCPDIAG_HYSTART_SS,
	};
}

/* RFC 9406, 4.2: RttThresh. No overflow: @last_min_us / 8 + 16000 < 2^30. */
static u32 threshold_us(u32 last_min_us)
{
	return clamp(last_min_us / MIN_RTT_DIVISOR, MIN_RTT_THRESH_US,
		     MAX_RTT_THRESH_US);
}

/* The sum is computed with 64 bits, so it cannot overflow. */
static bool grew(u32 rtt_us, u32 from_us)
{
	return from_us != NO_RTT &&
	       rtt_us >= (u64)from_us + threshold_us(from_us);
}

static void enter_css(struct tcpdiag_hystart *h)
{
	h->css_baseline_us = h->round_min_us;
	h->css_rounds = 0;
	h->credit = 0;
	h->phase = TCPDIAG_HYSTART_CSS;
}

static void resume_slow_start(struct tcpdiag_hystart *h)
{
	h->css_baseline_us = NO_RTT;
	h->phase = TCPDIAG_HYSTART_SS;
}

/* Called when the round has enough samples. Return: is slow start over? */
static bool judge(struct tcpdiag_hystart *h)
{
	if (h->phase == TCPDIAG_HYSTART_SS) {
		if (grew(h->round_min_us, h->last_min_us))
			enter_css(h);
		return false;
	}
	if (h->round_min_us < h->css_baseline_us)
		resume_slow_start(h);
	return grew(h->round_min_us, h->css_baseline_us);
}

static bool take_sample(struct tcpdiag_hystart *h, u32 rtt_us)
{
	h->round_min_us = min(h->round_min_us, rtt_us);
	if (h->samples < N_RTT_SAMPLE)
		h->samples++;
	return h->samples == N_RTT_SAMPLE && judge(h);
}

/*
 * The round in which CSS was entered counts as one of its rounds. One in which
 * the program sent little does not, for the window was not tried.
 */
static bool end_round(struct tcpdiag_hystart *h, u32 snd_nxt)
{
	bool counts = h->full && h->phase == TCPDIAG_HYSTART_CSS;

	h->last_min_us = h->round_min_us;
	h->round_min_us = NO_RTT;
	h->samples = 0;
	h->full = false;
	h->window_end = snd_nxt;
	return counts && ++h->css_rounds >= CSS_ROUNDS;
}

/**
 * tcpdiag_hystart_ack() - an ACK arrived in the initial slow start
 * @h: the connection's state
 * @rtt_us: RTT sample in microseconds; negative if there is none
 * @snd_una: SND.UNA after this ACK
 * @snd_nxt: SND.NXT
 * @cwnd_limited: the sender uses all of the window
 *
 * RFC 9406, section 4.2. Does nothing when HyStart++ is off.
 *
 * Context: any; the socket is locked.
 * Return: true once, when slow start is over: the caller must set ssthresh to
 *	its window.
 */
bool tcpdiag_hystart_ack(struct tcpdiag_hystart *h, s32 rtt_us, u32 snd_una,
			 u32 snd_nxt, bool cwnd_limited)
{
	bool over = false;

	if (h->phase == TCPDIAG_HYSTART_OFF)
		return false;
	if (!h->in_round) {
		h->window_end = snd_nxt;
		h->in_round = true;
	}
	h->full |= cwnd_limited;
	if (rtt_us >= 0)
		over = take_sample(h, rtt_us);
	if (!before(snd_una, h->window_end))
		over |= end_round(h, snd_nxt);
	if (over)
		h->phase = TCPDIAG_HYSTART_OFF;
	return over;
}

/**
 * tcpdiag_hystart_growth() - by how much an ACK raises the window
 * @h: the connection's state
 * @acked: packets that the ACK acknowledges
 * @paced: the sender paces its packets
 *
 * RFC 9406, section 4.2: min(N, L), or a quarter of that in CSS, where the
 * remainder of the division is kept for the next ACK. Without pacing, an ACK
 * for many packets would cause a burst of twice as many; L limits it.
 *
 * Context: any; the socket is locked.
 * Return: packets, at most @acked.
 */
u32 tcpdiag_hystart_growth(struct tcpdiag_hystart *h, u32 acked, bool paced)
{
	u32 growth;
	u64 credit;

	if (!paced)
		acked = min(acked, L_UNPACED);
	if (h->phase != TCPDIAG_HYSTART_CSS)
		return acked;
	credit = (u64)h->credit + acked;
	growth = credit / CSS_GROWTH_DIVISOR;
	h->credit = credit % CSS_GROWTH_DIVISOR;
	return growth;
}
