/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state machine of BBR's model. See bbr3_states.c.
 */
#ifndef TCPDIAG_BBR3_STATES_H
#define TCPDIAG_BBR3_STATES_H

#include "bbr3_types.h"

/**
 * struct bbr3_gains - the gains of a state, by which estimates are multiplied
 * @pacing_percent: of the bandwidth
 * @cwnd: of the bandwidth-delay product, in 1/BBR3_UNIT
 */
struct bbr3_gains {
	u16	pacing_percent;
	u16	cwnd;
};

extern const struct bbr3_gains tcpdiag_bbr3_gains[BBR3_STATES];

/* The gain of the rate now: while a flow makes room, DOWN's comes on top. */
static inline u32 bbr3_pacing_percent(const struct bbr3_model *m)
{
	u32 percent = tcpdiag_bbr3_gains[m->state].pacing_percent;

	if (!m->queue_rounds || m->queue_rounds > BBR3_QUEUE_ROUNDS)
		return percent;
	return percent * tcpdiag_bbr3_gains[BBR3_DOWN].pacing_percent / 100;
}

void tcpdiag_bbr3_start_down(struct bbr3_model *m, const struct bbr3_ack *a);
void tcpdiag_bbr3_start_refill(struct bbr3_model *m, const struct bbr3_ack *a);
void tcpdiag_bbr3_check_probe_rtt_done(struct bbr3_model *m,
				       const struct bbr3_ack *a);
void tcpdiag_bbr3_states_ack(struct bbr3_model *m, const struct bbr3_ack *a);

#endif /* TCPDIAG_BBR3_STATES_H */
