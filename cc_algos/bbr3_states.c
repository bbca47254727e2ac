// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: the state machine. In each of its states a flow measures one
 * property of the path:
 *
 *            full pipe, or loss          drained, or 3 rounds
 *   Startup -------------------> Drain ----------------------> DOWN <-----+
 *    rate x 2.77                  x 0.5                        x 0.9      |
 *                                                                |drained |
 *                                                                v        |
 *   any state --- minimum RTT      +--- UP <--- REFILL <----- CRUISE      |
 *    is 10 s old ---> ProbeRTT     |  x 1.25  1 round x 1  wait   x 1     |
 *                     cwnd x 0.5   +--------------------------------------+
 *                     200 ms            full pipe, loss, or caution
 *
 * Section numbers are those of draft-ietf-ccwg-bbr (bbr3_model.c).
 */
#include "bbr3_bounds.h"
#include "bbr3_states.h"
#include "bbr3_volume.h"

/* StartupFullLossCnt: so many losses in a round trip end Startup. */
#define STARTUP_LOSS_EVENTS	6U
/*
 * So many round trips in a row with marks end Startup. A single one may be due
 * to another flow's burst. The draft has no rule.
 */
#define STARTUP_CE_ROUNDS	2U
/* Drain lasts at most three whole round trips (5.3.2). */
#define DRAIN_ROUNDS		3U
/* The wait for the next probe is 2 s and up to 1 s more (5.3.3.8). */
#define PROBE_WAIT_US		(2U * USEC_PER_SEC)
#define PROBE_WAIT_RANDOM_US	((u32)USEC_PER_SEC)
/* But at most as many round trips as packets in flight, and at most these. */
#define RENO_ROUNDS		63U
/* So much of the minimum round-trip time is a queue: what UP's gain adds. */
#define UP_QUEUE_FRACTION	4U

/* The table of 5.6.1. */
const struct bbr3_gains tcpdiag_bbr3_gains[BBR3_STATES] = {
	[BBR3_STARTUP]		= { 277, 2 * BBR3_UNIT },
	[BBR3_DRAIN]		= { 50, 2 * BBR3_UNIT },
	[BBR3_DOWN]		= { 90, 2 * BBR3_UNIT },
	[BBR3_CRUISE]		= { 100, 2 * BBR3_UNIT },
	[BBR3_REFILL]		= { 100, 2 * BBR3_UNIT },
	[BBR3_UP]		= { 125, 9 * BBR3_UNIT / 4 },
	[BBR3_PROBE_RTT]	= { 100, BBR3_UNIT / 2 },
};

/* --- entering states ------------------------------------------------------ */

/* Marsaglia's xorshift. It only keeps flows from probing in step. */
static u32 next_random(struct bbr3_model *m)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 17;
	m->random ^= m->random << 5;
	return m->random;
}

static void enter_drain(struct bbr3_model *m)
{
	m->state = BBR3_DRAIN;
	m->drain_start_round = m->round_count;
}

/**
 * tcpdiag_bbr3_start_down() - enter DOWN, the first state of ProbeBW
 * @m: model
 * @a: delivered and now_us are used
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_start_down(struct bbr3_model *m, const struct bbr3_ack *a)
{
	bbr3_reset_congestion_signals(m);
	m->probe_up_acked_per_inc = BBR3_INFINITE;
	m->rounds_since_probe = next_random(m) >> 31;
	m->probe_wait_us = PROBE_WAIT_US +
		(((u64)next_random(m) * PROBE_WAIT_RANDOM_US) >> 32);
	m->cycle_stamp_us = a->now_us;
	m->ack_phase = BBR3_ACKS_STOPPING;
	bbr3_start_round(m, a);
	m->state = BBR3_DOWN;
}

static void start_cruise(struct bbr3_model *m)
{
	m->state = BBR3_CRUISE;
}

/**
 * tcpdiag_bbr3_start_refill() - enter REFILL: fill the pipe before a probe
 * @m: model
 * @a: delivered is used
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_start_refill(struct bbr3_model *m, const struct bbr3_ack *a)
{
	bbr3_reset_shortterm(m);
	m->queue_rounds = 0;
	m->probe_up_rounds = 0;
	m->probe_up_acked = 0;
	m->probe_precautionary = false;
	m->ack_phase = BBR3_ACKS_REFILLING;
	bbr3_start_round(m, a);
	m->state = BBR3_REFILL;
}

static void start_up(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->ack_phase = BBR3_ACKS_STARTING;
	bbr3_start_round(m, a);
	bbr3_reset_full_bw(m, a->rate);
	m->rtt_probe = m->rtt_round;
	m->state = BBR3_UP;
	tcpdiag_bbr3_raise_slope(m, a->cwnd);
}

static void enter_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	/* before the state changes: in ProbeRTT a window counts as cut */
	bbr3_save_cwnd(m, a->cwnd, a->recovery);
	m->state = BBR3_PROBE_RTT;
	m->probe_rtt_done_us = 0;
	m->ack_phase = BBR3_ACKS_STOPPING;
	bbr3_start_round(m, a);
}

static void exit_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	bbr3_reset_shortterm(m);
	/* the path had become longer: what looked like a queue was none */
	if (bbr3_is_queue(m->rtt_expired, m->min_rtt.rtt_us))
		bbr3_release_share(m);
	if (!m->full_bw_reached) {
		bbr3_enter_startup(m);
		return;
	}
	/* the path is drained already, so DOWN has nothing to do */
	tcpdiag_bbr3_start_down(m, a);
	start_cruise(m);
}

/* --- Startup and Drain ---------------------------------------------------- */

/*
 * CheckStartupHighLoss(): in a round trip of recovery more than LossThresh was
 * lost, the parameter that holds for probes, in at least six places. Without
 * SACK TCP sees one loss a round trip, so one is enough.
 */
static bool startup_lossy(const struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!a->recovery || !m->loss_in_round)
		return false;
	if (!a->sack)
		return true;
	return m->loss_round_start && m->loss_events >= STARTUP_LOSS_EVENTS &&
	       bbr3_too_high(m, a->tx_inflight, a->tx_lost, true);
}

/* The same for marks, once a round trip. */
static bool startup_marked(struct bbr3_model *m)
{
	if (m->loss_round_start)
		m->ce_rounds = m->ce_in_round ? m->ce_rounds + 1 : 0;
	return m->ce_rounds >= STARTUP_CE_ROUNDS;
}

static void check_startup_done(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (startup_lossy(m, a) || startup_marked(m)) {
		m->undo_state = BBR3_STARTUP;
		m->full_bw_now = true;
		m->full_bw_reached = true;
		m->inflight_longterm = max(bbr3_inflight(m, m->bw, BBR3_UNIT),
					   m->inflight_latest);
	}
	if (m->full_bw_reached)
		enter_drain(m);
}

static void check_drain_done(struct bbr3_model *m, const struct bbr3_ack *a)
{
	u32 target = bbr3_with_budget(m, bbr3_inflight(m, m->bw, BBR3_UNIT));

	if (a->inflight <= target ||
	    m->round_count - m->drain_start_round > DRAIN_ROUNDS)
		tcpdiag_bbr3_start_down(m, a);
}

/* --- ProbeBW -------------------------------------------------------------- */

/*
 * The packets ACKed from now on were sent after UP: the rate filter begins a
 * new cycle. Return: has the state changed?
 */
static bool probe_feedback_ended(struct bbr3_model *m,
				 const struct bbr3_ack *a)
{
	m->bw_probe_sample = false;
	m->ack_phase = BBR3_ACKS_INIT;
	if (!bbr3_in_probe_bw(m))
		return false;
	if (!a->app_limited)
		bbr3_max_bw_advance(&m->max_bw);
	if (!m->probe_precautionary || m->probe_too_high)
		return false;
	/* the probe stopped early and did no harm: probe again at once */
	tcpdiag_bbr3_start_refill(m, a);
	return true;
}

/* A round trip has ended. Return: has the state changed? */
static bool advance_ack_phase(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->ack_phase == BBR3_ACKS_STOPPING)
		return probe_feedback_ended(m, a);
	if (m->ack_phase == BBR3_ACKS_STARTING)
		m->ack_phase = BBR3_ACKS_FEEDBACK;
	return false;
}

/*
 * IsTimeToProbeBW(): after 2 to 3 s, or after as many round trips as Reno would
 * take to fill the pipe again after a loss. While there is a queue, it is full,
 * and a probe would only lengthen the queue.
 */
static bool is_time_to_probe(const struct bbr3_model *m,
			     const struct bbr3_ack *a)
{
	if (a->now_us > m->cycle_stamp_us + m->probe_wait_us)
		return true;
	if (!m->round_start || m->queue_rounds)
		return false;
	return m->rounds_since_probe >=
	       min(bbr3_target_inflight(m, a->cwnd), RENO_ROUNDS);
}

/*
 * Does a queue show that the path is full? The draft ends UP after three round
 * trips in which the rate does not grow. At 5/4 of the rate they fill the
 * buffer with nearly another bandwidth-delay product (BDP), and DOWN takes ten
 * round trips to drain it. A path that can carry the higher rate never has more
 * than 5/4 of the BDP in flight: ACKs return as fast as packets leave, and
 * after a round trip the estimate rises. More in flight is therefore a queue.
 * This is the exit of version 2:
 * draft-cardwell-iccrg-bbr-congestion-control-02, 4.3.3.6.
 *
 * A queue that was there before the probe does not count. Every flow, however
 * small its share, may add the same queue, so a small one gains more by a probe
 * than a large one, and their shares meet.
 */
static bool queue_built(const struct bbr3_model *m, const struct bbr3_ack *a)
{
	u64 rtt_us;
	u32 v;

	if (m->ack_phase != BBR3_ACKS_FEEDBACK ||
	    m->min_rtt.rtt_us == BBR3_INFINITE)
		return false;
	rtt_us = max(m->rtt_probe, m->min_rtt.rtt_us) +
		 (u64)m->min_rtt.rtt_us / UP_QUEUE_FRACTION;
	if (m->round_start && m->rtt_round > rtt_us &&
	    m->rtt_round != BBR3_INFINITE)
		return true;
	v = bbr3_volume(m->bw, min_t(u64, rtt_us, U32_MAX), BBR3_UNIT);
	return a->inflight > bbr3_with_budget(m, v + m->extra_acked.max);
}

/* IsTimeToGoDown() */
static bool is_time_to_go_down(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->probe_too_high && a->inflight >= m->inflight_longterm) {
		m->probe_precautionary = true;
		return true;
	}
	if (queue_built(m, a))
		return true;
	if (a->cwnd_limited && a->cwnd >= m->inflight_longterm) {
		/* the rate does not grow because of the bound, not the path */
		bbr3_reset_full_bw(m, a->rate);
		return false;
	}
	return m->full_bw_now;
}

/* UpdateProbeBWCyclePhase() */
static void update_cycle(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->round_start && advance_ack_phase(m, a))
		return;
	if (bbr3_may_raise(m))
		tcpdiag_bbr3_adapt_longterm(m, a);
	switch (m->state) {
	case BBR3_DOWN:
		if (is_time_to_probe(m, a))
			tcpdiag_bbr3_start_refill(m, a);
		else if (a->inflight <= bbr3_drained_inflight(m))
			start_cruise(m);
		break;
	case BBR3_CRUISE:
		if (is_time_to_probe(m, a))
			tcpdiag_bbr3_start_refill(m, a);
		break;
	case BBR3_REFILL:
		if (!m->round_start)
			break;
		m->bw_probe_sample = true;
		start_up(m, a);
		break;
	case BBR3_UP:
		if (!is_time_to_go_down(m, a))
			break;
		m->probe_too_high = false;
		tcpdiag_bbr3_start_down(m, a);
		break;
	}
}

/* --- ProbeRTT ------------------------------------------------------------- */

/**
 * tcpdiag_bbr3_check_probe_rtt_done() - end ProbeRTT if it has lasted enough
 * @m: model, in ProbeRTT
 * @a: delivered and now_us are used
 *
 * CheckProbeRTTDone(). The window from before ProbeRTT is restored.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_check_probe_rtt_done(struct bbr3_model *m,
				       const struct bbr3_ack *a)
{
	if (!m->probe_rtt_done_us || a->now_us <= m->probe_rtt_done_us)
		return;
	m->min_rtt.stamp_us = a->now_us;
	m->cwnd = bbr3_restored_cwnd(m, m->cwnd);
	exit_probe_rtt(m, a);
}

/*
 * HandleProbeRTT(): wait until the path has drained, then 200 ms and a round
 * trip.
 */
static void handle_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!m->probe_rtt_done_us) {
		if (a->inflight > m->probe_rtt_cwnd)
			return;
		m->probe_rtt_done_us = a->now_us + BBR3_PROBE_RTT_US;
		m->probe_rtt_round_done = false;
		bbr3_start_round(m, a);
		return;
	}
	if (m->round_start)
		m->probe_rtt_round_done = true;
	if (m->probe_rtt_round_done)
		tcpdiag_bbr3_check_probe_rtt_done(m, a);
}

/*
 * UpdateMinRTT() and CheckProbeRTT(). The window of ProbeRTT is computed from
 * the old estimate of the round-trip time: the new one may include a queue.
 */
static void update_min_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	bool expired = bbr3_min_rtt_expired(&m->min_rtt, a->now_us);

	if (expired && m->state != BBR3_PROBE_RTT) {
		m->rtt_expired = m->min_rtt.rtt_us;
		m->probe_rtt_cwnd = max(bbr3_inflight(m, m->bw, BBR3_UNIT / 2),
					BBR3_MIN_CWND);
	}
	bbr3_min_rtt_add(&m->min_rtt, a->now_us, a->rtt_us, expired,
			 a->delayed);
	if (expired && m->idle_restart)
		bbr3_release_share(m);
	else if (expired && m->state != BBR3_PROBE_RTT)
		enter_probe_rtt(m, a);
	if (m->state == BBR3_PROBE_RTT)
		handle_probe_rtt(m, a);
	if (a->has_data)
		m->idle_restart = false;
}

/**
 * tcpdiag_bbr3_states_ack() - change the state if an ACK calls for it
 * @m: model, whose signals are up to date
 * @a: the ACK
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_states_ack(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->state == BBR3_STARTUP)
		check_startup_done(m, a);
	if (m->state == BBR3_DRAIN)
		check_drain_done(m, a);
	if (m->full_bw_reached)
		update_cycle(m, a);
	update_min_rtt(m, a);
}
