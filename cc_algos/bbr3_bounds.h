/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bounds of BBR's model, which loss and marks cut and probing raises. See
 * bbr3_bounds.c.
 */
#ifndef TCPDIAG_BBR3_BOUNDS_H
#define TCPDIAG_BBR3_BOUNDS_H

#include "bbr3_types.h"

/* LossThresh: 2 %, as one packet in so many (2.7). */
#define BBR3_LOSS_THRESH	50U

/*
 * IsInflightTooHigh(): more than 2 % lost. Without SACK any loss is too much.
 */
static inline bool bbr3_too_high(u32 inflight, u32 lost, bool sack)
{
	return (u64)lost * BBR3_LOSS_THRESH > inflight || (lost && !sack);
}

static inline void bbr3_reset_shortterm(struct bbr3_model *m)
{
	m->bw_shortterm = BBR3_INFINITE;
	m->inflight_shortterm = BBR3_INFINITE;
}

void tcpdiag_bbr3_adapt_shortterm(struct bbr3_model *m,
				  const struct bbr3_ack *a);
void tcpdiag_bbr3_adapt_share(struct bbr3_model *m);
void tcpdiag_bbr3_raise_slope(struct bbr3_model *m, u32 cwnd);
void tcpdiag_bbr3_adapt_longterm(struct bbr3_model *m,
				 const struct bbr3_ack *a);
void tcpdiag_bbr3_cut_longterm(struct bbr3_model *m, u32 volume, u32 cwnd);

#endif /* TCPDIAG_BBR3_BOUNDS_H */
