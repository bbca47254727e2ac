/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR's model of the path: what an ACK does to it. See bbr3_model.c. Losses and
 * marks are reported to it through bbr3_loss.h, before the ACK.
 */
#ifndef TCPDIAG_BBR3_MODEL_H
#define TCPDIAG_BBR3_MODEL_H

#include "bbr3_types.h"

/*
 * Will the model use tx_inflight and tx_lost of the next ACK? If not, the
 * caller need not look them up.
 */
static inline bool bbr3_wants_tx(const struct bbr3_model *m)
{
	return bbr3_may_raise(m) ||
	       (m->state == BBR3_STARTUP && m->loss_in_round);
}

void tcpdiag_bbr3_model_init(struct bbr3_model *m, u64 now_us, u32 delivered,
			     u32 cwnd, u32 rtt_us, u32 random);
void tcpdiag_bbr3_model_bound(struct bbr3_model *m);
void tcpdiag_bbr3_model_ack(struct bbr3_model *m, const struct bbr3_ack *a);
u32 tcpdiag_bbr3_model_idle_restart(struct bbr3_model *m,
				    const struct bbr3_ack *a);

/**
 * bbr3_model_quiet() - short path for an ACK that changes no estimate or state
 * @m: model
 * @now_us: this and the following as in struct bbr3_ack
 * @prior_delivered: see there; a packet was delivered
 * @sample: see there
 * @rate: see there
 * @rtt_us: see there
 * @acked: see there
 * @inflight: see there
 * @cwnd: see there
 * @app_limited: see there
 * @rwnd_limited: see there
 *
 * For an ACK without loss or mark. With most of these no round trip ends, no
 * estimate changes and no timer of the model expires. Then only the sums of the
 * round trip and the window need an update. The result is the same, bit by bit,
 * as that of tcpdiag_bbr3_model_ack().
 *
 * Context: any; the socket is locked.
 * Return: true if the ACK was processed; false if it needs
 *	tcpdiag_bbr3_model_ack(), with the model unchanged.
 */
static inline bool bbr3_model_quiet(struct bbr3_model *m, u64 now_us,
				    u32 prior_delivered, u32 sample, u32 rate,
				    u32 rtt_us, u32 acked, u32 inflight,
				    u32 cwnd, bool app_limited,
				    bool rwnd_limited)
{
	u32 extra = m->extra_acked.max;

	if (!m->quiet || now_us > m->quiet_until_us ||
	    rate > m->max_bw.now || rtt_us < m->min_rtt.rtt_us ||
	    inflight < m->quiet_inflight ||
	    (s32)(prior_delivered - m->round_delivered) >= 0 ||
	    (s32)(prior_delivered - m->loss_round_delivered) >= 0)
		return false;
	m->round_start = false;
	m->loss_round_start = false;
	bbr3_note_pause(m, now_us);
	m->bw_latest = max(m->bw_latest, rate);
	m->inflight_latest = max(m->inflight_latest, sample);
	m->rtt_latest = min(m->rtt_latest, rtt_us);
	m->app_limited_round |= app_limited;
	m->rwnd_limited_round |= rwnd_limited;
	bbr3_extra_acked_add(&m->extra_acked, now_us, m->bw, acked, cwnd);
	if (m->extra_acked.max != extra)
		tcpdiag_bbr3_model_bound(m);
	m->cwnd = max(min(cwnd + acked, m->cap), BBR3_MIN_CWND);
	return true;
}

#endif /* TCPDIAG_BBR3_MODEL_H */
