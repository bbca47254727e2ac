// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: the model of draft-ietf-ccwg-bbr (text of August 2026).
 * Section numbers are the draft's.
 *
 * A path has a bandwidth and a round-trip time. A flow that sends at the
 * bandwidth and keeps the product of both in flight fills the path and builds
 * no queue. The two cannot be measured at once: bandwidth shows only when the
 * path is full, the round-trip time without a queue only when it is not. So the
 * flow moves through states that measure one at a time. A volume that caused
 * too much loss becomes a bound.
 *
 *   ACK ------> signals     rounds, bandwidth, full pipe          this file
 *                  |
 *                  v
 *   loss, ----> states      Startup, Drain, ProbeBW, ProbeRTT     bbr3_states.c
 *   mark           |
 *   (bbr3_loss.c)  v
 *               bounds      long-term, short-term                 bbr3_bounds.c
 *                  |
 *                  v
 *               output      rate and window                       this file
 *
 * Output (5.6), computed with bbr3_volume.h:
 *   rate = gain * min(max_bw, bw_shortterm, bw_share) * 99 %
 *   cwnd = gain * bw * min_rtt + extra_acked, within the bounds, at least 4
 *
 * Round trips are counted in packets: a round trip ends with the first ACK of a
 * packet that was sent after it began (5.5.1). The model has no kernel state;
 * bbr3.c hands in all it needs.
 */
#include "bbr3_bounds.h"
#include "bbr3_model.h"
#include "bbr3_states.h"
#include "bbr3_volume.h"

/*
 * The pipe is full after 3 round trips that raise the rate by less than 1/4
 * (5.3.1.2).
 */
#define FULL_BW_ROUNDS		3U
#define FULL_BW_NUM		5U
#define FULL_BW_DEN		4U

/* --- signals -------------------------------------------------------------- */

/* Is count @a at or after count @b? Counts wrap. */
static bool reached(u32 a, u32 b)
{
	return (s32)(a - b) >= 0;
}

static void update_round(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->rtt_latest = min(m->rtt_latest, a->rtt_us);
	m->round_start = a->has_data &&
			 reached(a->prior_delivered, m->round_delivered);
	if (!m->round_start)
		return;
	m->rtt_round = m->rtt_latest;
	m->rtt_latest = BBR3_INFINITE;
	bbr3_start_round(m, a);
	m->round_count++;
	m->rounds_since_probe++;
	bbr3_extra_acked_round(&m->extra_acked, m->full_bw_reached);
}

static void update_latest(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->loss_round_start = false;
	if (!a->has_data)
		return;
	bbr3_note_pause(m, a->now_us);
	m->bw_latest = max(m->bw_latest, a->rate);
	m->inflight_latest = max(m->inflight_latest, a->sample);
	m->app_limited_round |= a->app_limited;
	m->rwnd_limited_round |= a->rwnd_limited;
	if (!reached(a->prior_delivered, m->loss_round_delivered))
		return;
	m->loss_round_delivered = a->delivered;
	m->loss_round_start = true;
}

static void update_max_bw(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (a->rate > m->max_bw.now &&
	    (!a->app_limited || a->rate >= bbr3_max_bw(&m->max_bw)))
		bbr3_max_bw_add(&m->max_bw, a->rate);
}

/* CheckFullBWReached() */
static void check_full_bw(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!m->round_start || m->full_bw_now || a->app_limited)
		return;
	if ((u64)a->rate * FULL_BW_DEN >= (u64)m->full_bw * FULL_BW_NUM) {
		bbr3_reset_full_bw(m, a->rate);
		return;
	}
	if (++m->full_bw_count < FULL_BW_ROUNDS)
		return;
	m->full_bw_now = true;
	m->full_bw_reached = true;
}

/* --- output --------------------------------------------------------------- */

/* BoundCwndForModel(). It bounds Drain too, as the table of 5.6.1 does. */
static u32 model_bound(const struct bbr3_model *m)
{
	u32 bound = m->inflight_shortterm;

	if (m->inflight_longterm != BBR3_INFINITE) {
		if (m->state == BBR3_CRUISE || m->state == BBR3_PROBE_RTT)
			bound = min(bound, bbr3_with_headroom(m));
		else if (m->state != BBR3_STARTUP)
			bound = min(bound, m->inflight_longterm);
	}
	return max(bound, BBR3_MIN_CWND);
}

/*
 * UpdateMaxInflight(). It runs on every ACK, so it is inline. bw_share does not
 * bound the window: on a path that has become longer the window limits the rate,
 * and each would cut the other.
 */
static __always_inline u32 max_inflight(const struct bbr3_model *m)
{
	u32 bw = min(bbr3_max_bw(&m->max_bw), m->bw_shortterm);
	u32 v = bbr3_inflight(m, bw, tcpdiag_bbr3_gains[m->state].cwnd);

	return bbr3_with_budget(m, v + m->extra_acked.max);
}

/* It runs on every ACK, so it is inline. */
static __always_inline void set_cap(struct bbr3_model *m)
{
	u32 cap = model_bound(m);

	/* in Startup max_inflight() stops growth but does not cut the window */
	if (m->full_bw_reached)
		cap = min(cap, max_inflight(m));
	if (m->state == BBR3_PROBE_RTT)
		cap = min(cap, m->probe_rtt_cwnd);
	m->cap = cap;
}

/**
 * tcpdiag_bbr3_model_bound() - compute the upper limit of the window anew
 * @m: model, whose offload_budget or extra_acked has changed
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_model_bound(struct bbr3_model *m)
{
	set_cap(m);
}

/* SetCwnd(). It starts from m->cwnd, which ProbeRTT's end may have restored. */
static void set_cwnd(struct bbr3_model *m, const struct bbr3_ack *a)
{
	u32 cwnd = m->cwnd;

	set_cap(m);
	if (m->full_bw_reached || cwnd < max_inflight(m) ||
	    a->delivered < m->initial_cwnd)
		cwnd += a->acked;
	m->cwnd = max(min(cwnd, m->cap), BBR3_MIN_CWND);
}

/* Set until when, and down to how much in flight, the short path applies. */
static void set_quiet(struct bbr3_model *m)
{
	m->quiet = m->full_bw_reached && m->state >= BBR3_DOWN &&
		   m->state <= BBR3_REFILL && !m->idle_restart &&
		   m->ack_phase != BBR3_ACKS_STOPPING && !m->bw_probe_sample;
	m->quiet_until_us = m->min_rtt.stamp_us + BBR3_MIN_RTT_LEN_US;
	if (m->state != BBR3_REFILL)
		m->quiet_until_us = min(m->quiet_until_us,
					m->cycle_stamp_us + m->probe_wait_us);
	m->quiet_inflight =
		m->state == BBR3_DOWN ? bbr3_drained_inflight(m) + 1 : 0;
}

/* --- events --------------------------------------------------------------- */

static void end_loss_round(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->bw_latest = a->rate;
	m->inflight_latest = a->sample;
	m->app_limited_round = a->app_limited;
	m->rwnd_limited_round = a->rwnd_limited;
	m->ack_pause_us = 0;
	m->loss_events = 0;
	m->loss_in_round = false;
	m->ce_in_round = false;
}

/**
 * tcpdiag_bbr3_model_ack() - update estimates, state and window after an ACK
 * @m: model
 * @a: the ACK; its losses and marks have been reported already (bbr3_loss.h)
 *
 * UpdateModelAndState() and SetCwnd(). The pacing rate is then bw times the
 * gain of the state.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_model_ack(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->cwnd = a->cwnd;
	if (a->lost)
		m->loss_events++;
	update_round(m, a);
	update_latest(m, a);
	update_max_bw(m, a);
	if (m->loss_round_start && m->loss_in_round)
		tcpdiag_bbr3_adapt_shortterm(m, a, bbr3_pacing_percent(m));
	if (m->loss_round_start)
		tcpdiag_bbr3_adapt_share(m, bbr3_pacing_percent(m));
	/* what a probe delivers is the flow's */
	if (m->bw_probe_sample)
		m->bw_share = max(m->bw_share, a->rate);
	bbr3_extra_acked_add(&m->extra_acked, a->now_us, m->bw, a->acked,
			     a->cwnd);
	check_full_bw(m, a);
	tcpdiag_bbr3_states_ack(m, a);
	if (m->loss_round_start)
		end_loss_round(m, a);
	m->bw = min3(bbr3_max_bw(&m->max_bw), m->bw_shortterm, m->bw_share);
	set_cwnd(m, a);
	set_quiet(m);
}

/**
 * tcpdiag_bbr3_model_idle_restart() - TCP is about to send after an idle time
 * @m: model
 * @a: cwnd, delivered and now_us are used
 *
 * HandleRestartFromIdle() of 5.4.1. To be called if the application limited the
 * connection.
 *
 * Context: any; the socket is locked.
 * Return: the window, packets.
 */
u32 tcpdiag_bbr3_model_idle_restart(struct bbr3_model *m,
				    const struct bbr3_ack *a)
{
	m->cwnd = a->cwnd;
	m->idle_restart = true;
	m->quiet = false;
	bbr3_extra_acked_restart(&m->extra_acked, a->now_us);
	if (m->state == BBR3_PROBE_RTT)
		tcpdiag_bbr3_check_probe_rtt_done(m, a);
	return m->cwnd;
}

/**
 * tcpdiag_bbr3_model_init() - begin in Startup
 * @m: memory, of any content
 * @now_us: time, microseconds
 * @delivered: packets delivered so far
 * @cwnd: window to begin with, packets
 * @rtt_us: round-trip time; BBR3_INFINITE if none is known
 * @random: random number
 */
void tcpdiag_bbr3_model_init(struct bbr3_model *m, u64 now_us, u32 delivered,
			     u32 cwnd, u32 rtt_us, u32 random)
{
	memset(m, 0, sizeof(*m));
	m->random = random ?: 1;
	m->loss_percent = BBR3_LOSS_PERCENT;
	m->initial_cwnd = clamp(cwnd, 1U, BBR3_MAX_VOLUME);
	m->cwnd = m->initial_cwnd;
	m->probe_rtt_cwnd = m->initial_cwnd;
	m->min_rtt.rtt_us = rtt_us ?: 1;
	m->min_rtt.stamp_us = now_us;
	m->cycle_stamp_us = now_us;
	m->ack_us = now_us;
	m->round_delivered = delivered;
	m->loss_round_delivered = delivered;
	m->inflight_longterm = BBR3_INFINITE;
	m->rtt_latest = BBR3_INFINITE;
	m->rtt_round = BBR3_INFINITE;
	m->probe_up_acked_per_inc = BBR3_INFINITE;
	m->undo_state = BBR3_STATES;
	bbr3_extra_acked_restart(&m->extra_acked, now_us);
	bbr3_reset_congestion_signals(m);
	bbr3_reset_shortterm(m);
	bbr3_enter_startup(m);
}
