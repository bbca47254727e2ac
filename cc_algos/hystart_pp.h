/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HyStart++ (RFC 9406): when to leave the initial slow start before packets
 * are lost. For any algorithm; see hystart_pp.c.
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
 * @window_end: sequence number that ends the round when it is acknowledged
 * @last_min_us: least round-trip time of the round before, or U32_MAX
 * @round_min_us: least round-trip time of this round so far, or U32_MAX
 * @css_baseline_us: what @round_min_us was when CSS was entered
 * @phase: enum tcpdiag_hystart_phase
 * @in_round: @window_end is valid
 * @samples: round-trip times in @round_min_us; stops at what is needed
 * @css_rounds: rounds that ended in this CSS
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
	u8 credit;
};

void tcpdiag_hystart_start(struct tcpdiag_hystart *h);
bool tcpdiag_hystart_ack(struct tcpdiag_hystart *h, s32 rtt_us, u32 snd_una,
			 u32 snd_nxt);
u32 tcpdiag_hystart_growth(struct tcpdiag_hystart *h, u32 acked, bool paced);

#endif /* TCPDIAG_HYSTART_PP_H */
