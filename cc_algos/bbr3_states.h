/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state machine of BBR's model and what begins anew with a state, for its
 * other parts. See bbr3_states.c.
 */
#ifndef TCPDIAG_BBR3_STATES_H
#define TCPDIAG_BBR3_STATES_H

#include "bbr3_model.h"

static inline void bbr3_reset_full_bw(struct bbr3_model *m, u32 baseline)
{
	m->full_bw = baseline;
	m->full_bw_count = 0;
	m->full_bw_now = false;
}

static inline void bbr3_reset_congestion_signals(struct bbr3_model *m)
{
	m->loss_in_round = false;
	m->ce_in_round = false;
	m->bw_latest = 0;
	m->inflight_latest = 0;
}

/* What is sent from now on belongs to a new round trip. */
static inline void bbr3_start_round(struct bbr3_model *m,
				    const struct bbr3_ack *a)
{
	m->round_delivered = a->delivered;
}

/* SaveCwnd(): the last window that nothing had cut. */
static inline void bbr3_save_cwnd(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	if (!recovery && m->state != BBR3_PROBE_RTT)
		m->prior_cwnd = cwnd;
	else
		m->prior_cwnd = max(m->prior_cwnd, cwnd);
}

static inline void bbr3_enter_startup(struct bbr3_model *m)
{
	m->state = BBR3_STARTUP;
}

void tcpdiag_bbr3_start_down(struct bbr3_model *m, const struct bbr3_ack *a);
void tcpdiag_bbr3_start_refill(struct bbr3_model *m, const struct bbr3_ack *a);
void tcpdiag_bbr3_check_probe_rtt_done(struct bbr3_model *m,
				       const struct bbr3_ack *a);
void tcpdiag_bbr3_states_ack(struct bbr3_model *m, const struct bbr3_ack *a);

#endif /* TCPDIAG_BBR3_STATES_H */
