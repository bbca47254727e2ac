/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bounds of BBR's model, which loss and marks cut and probing raises. See
 * bbr3_bounds.c.
 */
#ifndef TCPDIAG_BBR3_BOUNDS_H
#define TCPDIAG_BBR3_BOUNDS_H

#include "bbr3_types.h"

/*
 * IsInflightTooHigh(): more than LossThresh lost (2.7). Without SACK any loss is
 * too much.
 */
static inline bool bbr3_too_high(const struct bbr3_model *m, u32 inflight,
				 u32 lost, bool sack)
{
	return (u64)lost * 100 > (u64)inflight * m->loss_percent ||
	       (lost && !sack);
}

/* More than this above the minimum round-trip time is a queue. */
#define BBR3_QUEUE_FRACTION	4U
/* But packets leave in quanta of 1 ms (5.6.3): two of them are no queue. */
#define BBR3_QUEUE_MIN_US	2000U

static inline u32 bbr3_queue_us(u32 min_rtt_us)
{
	return max(min_rtt_us / BBR3_QUEUE_FRACTION, BBR3_QUEUE_MIN_US);
}

/* Does a round-trip time show a queue, if the minimum is @min_rtt_us? */
static inline bool bbr3_is_queue(u32 min_rtt_us, u32 rtt_us)
{
	return rtt_us > (u64)min_rtt_us + bbr3_queue_us(min_rtt_us);
}

static inline void bbr3_reset_shortterm(struct bbr3_model *m)
{
	m->bw_shortterm = BBR3_INFINITE;
	m->inflight_shortterm = BBR3_INFINITE;
}

void tcpdiag_bbr3_adapt_shortterm(struct bbr3_model *m,
				  const struct bbr3_ack *a, u32 percent);
void tcpdiag_bbr3_adapt_share(struct bbr3_model *m, u32 percent);
void tcpdiag_bbr3_raise_slope(struct bbr3_model *m, u32 cwnd);
void tcpdiag_bbr3_adapt_longterm(struct bbr3_model *m,
				 const struct bbr3_ack *a);
void tcpdiag_bbr3_cut_longterm(struct bbr3_model *m, u32 volume, u32 cwnd);

#endif /* TCPDIAG_BBR3_BOUNDS_H */
