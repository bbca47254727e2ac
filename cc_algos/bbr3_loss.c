// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: losses and congestion marks, as TCP reports them to the model.
 *
 *   loss, mark ---> above LossThresh while probing: the long-term bound is cut, and UP
 *                   ends (bbr3_bounds.c, bbr3_states.c)
 *              ---> the round trip is noted as one with loss: when it ends, the
 *                   model cuts the short-term bounds (bbr3_model.c)
 *   undo ---------> TCP finds that the loss was spurious: the bounds and the
 *                   state from before it come back
 *
 * A congestion mark (RFC 3168) counts as a loss that needs no threshold: the
 * router saw a queue that it considers too long. The draft requires a response
 * and leaves open which (3.6).
 *
 * Section numbers are those of draft-ietf-ccwg-bbr (bbr3_model.c).
 */
#include "bbr3_bounds.h"
#include "bbr3_loss.h"
#include "bbr3_states.h"

/* SaveStateUponLoss(): the loss may turn out to be spurious. */
static void save_state(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	bbr3_save_cwnd(m, cwnd, recovery);
	m->undo_state = BBR3_STATES;
	m->undo_bw_shortterm = m->bw_shortterm;
	m->undo_bw_share = m->bw_share;
	m->undo_inflight_shortterm = m->inflight_shortterm;
	m->undo_inflight_longterm = m->inflight_longterm;
}

/*
 * NoteLoss(). In recovery the state was saved when the episode began. Saving it
 * again in a later round trip would overwrite what undo is to restore.
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

/* HandleInflightTooHigh(), once a probe. @volume was too much in flight. */
static void handle_too_high(struct bbr3_model *m, const struct bbr3_ack *a,
			    u32 volume, bool app_limited)
{
	m->probe_too_high = true;
	m->bw_probe_sample = false;
	if (!app_limited)
		tcpdiag_bbr3_cut_longterm(m, volume, a->cwnd);
	if (m->state == BBR3_UP) {
		m->undo_state = BBR3_UP;
		tcpdiag_bbr3_start_down(m, a);
	}
}

/*
 * InflightAtLoss(): how much was in flight when losses crossed the p percent
 * that a probe may cause. A segment of many packets may have crossed them in its
 * middle. If x of its packets did so,
 *   (lost_prev + x) / (inflight_prev + x) = p/100, hence
 *   x = (p * inflight_prev - 100 * lost_prev) / (100 - p)
 * which is negative if losses were above p before this segment.
 */
static u32 inflight_at_loss(const struct bbr3_model *m,
			    const struct bbr3_loss *l)
{
	u32 p = m->loss_percent;
	u32 inflight_prev = l->tx_inflight - min(l->tx_inflight, l->size);
	u64 lost_prev = l->tx_lost - min(l->tx_lost, l->size);

	if (lost_prev * 100 >= (u64)inflight_prev * p)
		return inflight_prev;
	return inflight_prev +
	       div_u64((u64)inflight_prev * p - lost_prev * 100, 100 - p);
}

/**
 * tcpdiag_bbr3_loss_packet() - TCP considers a packet lost
 * @m: model
 * @a: the ACK that reported the loss. Only its cwnd, delivered, now_us, sack
 *	and recovery are used
 * @l: the packet
 *
 * HandleLostPacket() of 5.5.10.2. To be called before tcpdiag_bbr3_model_ack().
 * After the first packet that shows a probe to be too high, further ones change
 * nothing and bw_probe_sample is false.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_loss_packet(struct bbr3_model *m, const struct bbr3_ack *a,
			      const struct bbr3_loss *l)
{
	note_loss(m, a);
	if (!m->bw_probe_sample ||
	    !bbr3_too_high(m, l->tx_inflight, l->tx_lost, a->sack))
		return;
	handle_too_high(m, a, inflight_at_loss(m, l), l->app_limited);
}

/**
 * tcpdiag_bbr3_loss_mark() - the receiver echoed a congestion mark
 * @m: model
 * @a: the ACK, with tx_inflight
 *
 * One mark counts as much as losses above the threshold. To be called before
 * tcpdiag_bbr3_model_ack().
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_loss_mark(struct bbr3_model *m, const struct bbr3_ack *a)
{
	note_loss(m, a);
	m->ce_in_round = true;
	if (m->bw_probe_sample)
		handle_too_high(m, a, a->tx_inflight, a->app_limited);
}

/**
 * tcpdiag_bbr3_loss_recovery() - TCP begins to repair losses
 * @m: model
 * @cwnd: window before, packets
 * @recovery: TCP was repairing losses already
 *
 * OnEnterRTO() and OnEnterFastRecovery() of 5.6.4.4. The window afterwards is
 * bbr3_restored_cwnd(), which the next ACK bounds. The losses themselves are
 * reported by tcpdiag_bbr3_loss_packet(), unless they are no sign of congestion.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_loss_recovery(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	save_state(m, cwnd, recovery);
}

/**
 * tcpdiag_bbr3_loss_undo() - the loss was spurious
 * @m: model
 * @a: cwnd, delivered and now_us are used
 *
 * HandleSpuriousLossDetection() of 5.5.11.2.
 *
 * Context: any; the socket is locked.
 * Return: the window from before the loss, packets.
 */
u32 tcpdiag_bbr3_loss_undo(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->quiet = false;
	m->loss_in_round = false;
	bbr3_reset_full_bw(m, 0);
	m->bw_shortterm = max(m->bw_shortterm, m->undo_bw_shortterm);
	m->bw_share = max(m->bw_share, m->undo_bw_share);
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
	return bbr3_restored_cwnd(m, a->cwnd);
}
