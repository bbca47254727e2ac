// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: bounds on what the estimates would allow.
 *
 *   inflight_longterm   highest volume that probing found safe. Set when a
 *                       probe loses more than 2 %, raised by later probes.
 *   bw_shortterm        what was delivered in round trips with loss outside of
 *   inflight_shortterm  probes. Reset before each probe.
 *
 * Section numbers are those of draft-ietf-ccwg-bbr (bbr3_model.c).
 */
#include "bbr3_bounds.h"
#include "bbr3_volume.h"

/* Beta: a bound falls to no less than 7/10 (2.7). */
#define BETA_NUM		7U
#define BETA_DEN		10U
/* log2 of the fastest growth of inflight_longterm, packets a round trip. */
#define PROBE_UP_ROUNDS_MAX	30U

/* Range: 2^32 * 7 needs 35 bits. BBR3_INFINITE stays clear of this. */
static u32 beta(u32 v)
{
	return div_u64((u64)v * BETA_NUM, BETA_DEN);
}

static bool is_probing(const struct bbr3_model *m)
{
	return m->state == BBR3_STARTUP || m->state == BBR3_REFILL ||
	       m->state == BBR3_UP;
}

/**
 * tcpdiag_bbr3_adapt_shortterm() - slow down towards what gets through
 * @m: model
 * @a: ACK that ends a round trip with loss
 *
 * AdaptLowerBoundsFromCongestion()
 */
void tcpdiag_bbr3_adapt_shortterm(struct bbr3_model *m,
				  const struct bbr3_ack *a)
{
	if (is_probing(m))
		return;
	if (m->bw_shortterm == BBR3_INFINITE)
		m->bw_shortterm = bbr3_max_bw(&m->max_bw);
	if (m->inflight_shortterm == BBR3_INFINITE)
		m->inflight_shortterm = a->cwnd;
	m->bw_shortterm = max(m->bw_latest, beta(m->bw_shortterm));
	m->inflight_shortterm = max(m->inflight_latest,
				    beta(m->inflight_shortterm));
}

/**
 * tcpdiag_bbr3_raise_slope() - probe upward faster: 1, 2, 4... packets a round
 * @m: model
 * @cwnd: window, packets
 *
 * RaiseInflightLongtermSlope()
 */
void tcpdiag_bbr3_raise_slope(struct bbr3_model *m, u32 cwnd)
{
	m->probe_up_acked_per_inc = max(cwnd >> m->probe_up_rounds, 1U);
	m->probe_up_rounds = min(m->probe_up_rounds + 1, PROBE_UP_ROUNDS_MAX);
}

/* ProbeInflightLongtermUpward(): only a bound that is filled can be raised. */
static void probe_longterm_upward(struct bbr3_model *m,
				  const struct bbr3_ack *a)
{
	u32 delta;

	if (!a->cwnd_limited || a->cwnd < m->inflight_longterm)
		return;
	m->probe_up_acked += a->acked;
	if (m->probe_up_acked >= m->probe_up_acked_per_inc) {
		delta = m->probe_up_acked / m->probe_up_acked_per_inc;
		m->probe_up_acked -= delta * m->probe_up_acked_per_inc;
		m->inflight_longterm = min(m->inflight_longterm + delta,
					   BBR3_MAX_VOLUME);
	}
	if (m->round_start)
		tcpdiag_bbr3_raise_slope(m, a->cwnd);
}

/**
 * tcpdiag_bbr3_adapt_longterm() - raise the bound to what proved to be safe
 * @m: model, of which bbr3_may_raise() holds
 * @a: ACK
 *
 * AdaptLongTermModel(), of which bbr3_states.c does what concerns states.
 */
void tcpdiag_bbr3_adapt_longterm(struct bbr3_model *m,
				 const struct bbr3_ack *a)
{
	if (!a->has_data || m->ce_in_round ||
	    bbr3_too_high(a->tx_inflight, a->tx_lost, a->sack))
		return;
	m->inflight_longterm = max(m->inflight_longterm, a->tx_inflight);
	if (m->state == BBR3_UP)
		probe_longterm_upward(m, a);
}

/**
 * tcpdiag_bbr3_cut_longterm() - a probe found this volume to be too much
 * @m: model
 * @volume: packets that were in flight
 * @cwnd: window, packets
 */
void tcpdiag_bbr3_cut_longterm(struct bbr3_model *m, u32 volume, u32 cwnd)
{
	m->inflight_longterm = max(volume,
				   beta(bbr3_target_inflight(m, cwnd)));
}
