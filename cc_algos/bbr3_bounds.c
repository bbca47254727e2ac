// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: bounds of the model, from loss and congestion marks. What the
 * estimates allow is cut by what has proved to be too much:
 *
 *   inflight_longterm   highest volume that probing found safe. Set when a
 *                       probe loses more than 2 %, raised by later probes.
 *   bw_shortterm        what was delivered in round trips with loss while not
 *   inflight_shortterm  probing. Forgotten before each probe.
 *
 * All are kept when loss begins, so that they come back if it was none.
 *
 * A congestion mark (RFC 3168) counts as a loss that needs no threshold: a
 * router marks because its queue is where it should not be. The draft leaves
 * the response open but demands one (3.6).
 *
 * Section numbers are those of draft-ietf-ccwg-bbr (bbr3_model.c).
 */
#include "bbr3_bounds.h"
#include "bbr3_states.h"
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

/* --- bounds --------------------------------------------------------------- */

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

/* --- loss ----------------------------------------------------------------- */

/* SaveStateUponLoss(), in case the loss proves to have been none. */
static void save_state(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	bbr3_save_cwnd(m, cwnd, recovery);
	m->undo_state = BBR3_STATES;
	m->undo_bw_shortterm = m->bw_shortterm;
	m->undo_inflight_shortterm = m->inflight_shortterm;
	m->undo_inflight_longterm = m->inflight_longterm;
}

/*
 * NoteLoss(). An episode of recovery saved the state when it began; saving it
 * again in its later round trips would lose what is to be restored.
 */
static void note_loss(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->loss_in_round)
		return;
	m->loss_round_delivered = a->delivered;
	m->loss_in_round = true;
	if (!a->recovery)
		save_state(m, a->cwnd, false);
}

/* HandleInflightTooHigh(): once a probe. @volume is what was too much. */
static void handle_too_high(struct bbr3_model *m, const struct bbr3_ack *a,
			    u32 volume, bool app_limited)
{
	m->probe_too_high = true;
	m->bw_probe_sample = false;
	if (!app_limited)
		m->inflight_longterm =
			max(volume, beta(bbr3_target_inflight(m, a->cwnd)));
	if (m->state == BBR3_UP) {
		m->undo_state = BBR3_UP;
		tcpdiag_bbr3_start_down(m, a);
	}
}

/*
 * InflightAtLoss(): the part of this segment, if it is of many packets, at
 * which loss crossed 2 %. With x packets of it lost,
 *   (lost_prev + x) / (inflight_prev + x) = 1/50, hence
 *   x = (inflight_prev - 50 * lost_prev) / 49
 * which is negative if the loss was too high before it.
 */
static u32 inflight_at_loss(const struct bbr3_loss *l)
{
	u32 inflight_prev = l->tx_inflight - min(l->tx_inflight, l->size);
	u64 lost_prev = l->tx_lost - min(l->tx_lost, l->size);

	if (lost_prev * BBR3_LOSS_THRESH >= inflight_prev)
		return inflight_prev;
	return inflight_prev +
	       div_u64(inflight_prev - lost_prev * BBR3_LOSS_THRESH,
		       BBR3_LOSS_THRESH - 1);
}

/**
 * tcpdiag_bbr3_model_lost() - a packet is taken for lost
 * @m: model
 * @a: the ACK that tells so; its cwnd, delivered, now_us, sack, recovery count
 * @l: the packet
 *
 * HandleLostPacket() of 5.5.10.2. Call it before tcpdiag_bbr3_model_ack(). Once
 * it has found the probe to be too high, more packets add nothing:
 * bw_probe_sample is false then.
 */
void tcpdiag_bbr3_model_lost(struct bbr3_model *m, const struct bbr3_ack *a,
			     const struct bbr3_loss *l)
{
	note_loss(m, a);
	if (!m->bw_probe_sample ||
	    !bbr3_too_high(l->tx_inflight, l->tx_lost, a->sack))
		return;
	handle_too_high(m, a, inflight_at_loss(l), l->app_limited);
}

/**
 * tcpdiag_bbr3_model_marked() - the receiver echoes a congestion mark
 * @m: model
 * @a: the ACK; with tx_inflight
 *
 * One mark is as much as a loss above the threshold. Call it before
 * tcpdiag_bbr3_model_ack().
 */
void tcpdiag_bbr3_model_marked(struct bbr3_model *m, const struct bbr3_ack *a)
{
	note_loss(m, a);
	m->ce_in_round = true;
	if (m->bw_probe_sample)
		handle_too_high(m, a, a->tx_inflight, a->app_limited);
}

/**
 * tcpdiag_bbr3_model_recovery() - TCP begins to repair losses
 * @m: model
 * @cwnd: window until now
 * @recovery: it was at it already
 *
 * OnEnterRTO() and OnEnterFastRecovery() of 5.6.4.4.
 */
void tcpdiag_bbr3_model_recovery(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	save_state(m, cwnd, recovery);
}

/**
 * tcpdiag_bbr3_model_recovered() - the window after recovery
 * @m: model
 * @cwnd: window now
 *
 * Return: RestoreCwnd() of 5.6.4.4, packets. The next ACK bounds it.
 */
u32 tcpdiag_bbr3_model_recovered(const struct bbr3_model *m, u32 cwnd)
{
	return max(cwnd, m->prior_cwnd);
}

/**
 * tcpdiag_bbr3_model_undo() - the loss has proved to be none
 * @m: model
 * @a: with cwnd, delivered, now_us
 *
 * HandleSpuriousLossDetection() of 5.5.11.2.
 *
 * Return: the window as it was, packets.
 */
u32 tcpdiag_bbr3_model_undo(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->quiet = false;
	m->loss_in_round = false;
	bbr3_reset_full_bw(m, 0);
	m->bw_shortterm = max(m->bw_shortterm, m->undo_bw_shortterm);
	m->inflight_shortterm = max(m->inflight_shortterm,
				    m->undo_inflight_shortterm);
	m->inflight_longterm = max(m->inflight_longterm,
				   m->undo_inflight_longterm);
	if (m->undo_state == BBR3_STARTUP && m->state != BBR3_STARTUP) {
		m->full_bw_reached = false;
		if (m->state != BBR3_PROBE_RTT)
			bbr3_enter_startup(m);
	} else if (m->undo_state == BBR3_UP && m->state != BBR3_UP &&
		   m->state != BBR3_PROBE_RTT) {
		tcpdiag_bbr3_start_refill(m, a);
	}
	m->undo_state = BBR3_STATES;
	return tcpdiag_bbr3_model_recovered(m, a->cwnd);
}
