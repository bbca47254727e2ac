/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HyStart++ (RFC 9406) ends the initial slow start before packets are lost. Any
 * algorithm can use it. See hystart_pp.c.
 */
#ifndef TCPDIAG_HYSTART_PP_H
#define TCPDIAG_HYSTART_PP_H

#include <linux/types.h>

enum tcpdiag_hystart_phase {
	TCPDIAG_HYSTART_OFF,	/* not in use; all zeroes */
	TCPDIAG_HYSTART_SS,	/* slow start */
	TCPDIAG_HYSTART_CSS,	/* conservative slow start */
};

/**
 * struct tcpdiag_hystart - a connection's initial slow start
 * @window_end: the round ends when this sequence number is acknowledged
 * @last_min_us: minimum RTT of the previous round; U32_MAX if unknown
 * @round_min_us: minimum RTT of this round so far; U32_MAX if unknown
 * @css_baseline_us: @round_min_us when CSS was entered
 * @phase: enum tcpdiag_hystart_phase
 * @in_round: @window_end is valid
 * @samples: number of RTT samples in this round, counted up to what is needed
 * @css_rounds: rounds that have ended in this CSS
 * @full: all of the window was used in this round
 * @credit: packets acknowledged in CSS that have not raised the window yet
 */
struct tcpdiag_hystart {
	u32 window_end;
	u32 last_min_us;
	u32 round_min_us;
	u32 css_baseline_us;
	u8 phase;
	u8 in_round;
	u8 samples;
	u8 css_rounds;
	u8 full;
	u8 credit;
};

void tcpdiag_hystart_start(struct tcpdiag_hystart *h);
bool tcpdiag_hystart_ack(struct tcpdiag_hystart *h, s32 rtt_us, u32 snd_una,
			 u32 snd_nxt, bool cwnd_limited);
u32 tcpdiag_hystart_growth(struct tcpdiag_hystart *h, u32 acked, bool paced);

#endif /* TCPDIAG_HYSTART_PP_H */
