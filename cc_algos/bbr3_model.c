// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: the model and the state machine of draft-ietf-ccwg-bbr (text
 * of August 2026). Section numbers are the draft's.
 *
 * Model: a path has a bandwidth and a round-trip time. Send at the one, keep
 * the product of both in flight, and neither queue nor loss is left. Neither
 * can be seen while the other is, so the flow moves through states in which it
 * looks for one at a time:
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
 * Bounds: what the estimates allow is cut by what has proved to be too much.
 *   inflight_longterm   highest volume that probing found safe. Set when a
 *                       probe loses more than 2 %, raised by later probes.
 *   bw_shortterm        what was delivered in round trips with loss while not
 *   inflight_shortterm  probing. Forgotten before each probe.
 *
 * Output (5.6):
 *   rate = gain * min(max_bw, bw_shortterm) * 99 %
 *   cwnd = gain * bw * min_rtt + extra_acked, within the bounds, at least 4
 *
 * Round trips are counted in packets: one ends with the first ACK of a packet
 * that was sent after it began (5.5.1). No kernel state here: bbr3.c feeds it.
 *
 * A congestion mark (RFC 3168) counts as a loss that needs no threshold: a
 * router marks because its queue is where it should not be. The draft leaves
 * the response open but demands one (3.6).
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "bbr3_model.h"

/* LossThresh: 2 % is one packet in so many (2.7). */
#define LOSS_THRESH		50U
/* Beta: a bound falls to no less than 7/10 (2.7). */
#define BETA_NUM		7U
#define BETA_DEN		10U
/* Headroom: 15 % of inflight_longterm are left to others (2.7). */
#define HEADROOM_PERCENT	15U
/* StartupFullLossCnt: separate losses in a round trip that end Startup. */
#define STARTUP_LOSS_EVENTS	6U
/*
 * Round trips with marks that end Startup: one may be another flow's burst.
 * The draft has no rule.
 */
#define STARTUP_CE_ROUNDS	2U
/* Full pipe: so many round trips with less than 5/4 of the rate (5.3.1.2). */
#define FULL_BW_ROUNDS		3U
#define FULL_BW_NUM		5U
#define FULL_BW_DEN		4U
/* Drain gives up after more than so many round trips (5.3.2). */
#define DRAIN_ROUNDS		3U
/* Wait for the next probe: 2 s and up to another (5.3.3.8). */
#define PROBE_WAIT_US		(2U * USEC_PER_SEC)
#define PROBE_WAIT_RANDOM_US	((u32)USEC_PER_SEC)
/* But no longer than Reno would: a window of round trips, at most these. */
#define RENO_ROUNDS		63U
/* log2 of the fastest growth of inflight_longterm, packets a round trip. */
#define PROBE_UP_ROUNDS_MAX	30U
/* Volume that shows UP's queue, in products: its pacing gain. */
#define UP_QUEUE_GAIN		(5U * BBR3_UNIT / 4)
/* Packets that UP adds to the window, whatever the product (5.6.4.2). */
#define PROBE_UP_EXTRA		2U
/* Above any window of TCP's; keeps sums of volumes within 32 bits. */
#define MAX_VOLUME		BIT(30)

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

/* --- small arithmetic ---------------------------------------------------- */

/* Is count @a at or after @b? They wrap. */
static bool reached(u32 a, u32 b)
{
	return (s32)(a - b) >= 0;
}

/* Marsaglia's xorshift: spreads probes of flows apart, nothing depends on it. */
static u32 next_random(struct bbr3_model *m)
{
	m->random ^= m->random << 13;
	m->random ^= m->random >> 17;
	m->random ^= m->random << 5;
	return m->random;
}

/* Range: 2^32 * 7 needs 35 bits. BBR3_INFINITE stays clear of this. */
static u32 beta(u32 v)
{
	return div_u64((u64)v * BETA_NUM, BETA_DEN);
}

/**
 * tcpdiag_bbr3_inflight() - volume that a rate keeps in flight
 * @m: model
 * @bw: rate
 * @gain: multiple, in 1/BBR3_UNIT
 *
 * BDPMultiple() of 5.6.4.2, rounded up. Range: the product of two u32 fits in
 * 64 bits, times the gain in 128.
 *
 * Return: packets; the initial window if no round-trip time is known.
 */
u32 tcpdiag_bbr3_inflight(const struct bbr3_model *m, u32 bw, u32 gain)
{
	u64 v;

	if (m->min_rtt.rtt_us == BBR3_INFINITE)
		return m->initial_cwnd;
	v = mul_u64_u64_shr((u64)bw * m->min_rtt.rtt_us, gain,
			    BBR3_RATE_SHIFT + 8) + 1;
	return min_t(u64, v, MAX_VOLUME);
}

/* QuantizationBudget() of 5.6.4.2: room for offload and delayed ACKs. */
static u32 with_budget(const struct bbr3_model *m, u32 volume)
{
	volume = max3(volume, m->offload_budget, BBR3_MIN_CWND);
	if (m->state == BBR3_UP)
		volume += PROBE_UP_EXTRA;
	return volume;
}

/* TargetInflight(): what we want in flight, unless congestion cut the window */
static u32 target_inflight(const struct bbr3_model *m, u32 cwnd)
{
	return min(tcpdiag_bbr3_inflight(m, m->bw, BBR3_UNIT), cwnd);
}

/* InflightWithHeadroom(). Range: longterm is below 2^31. */
static u32 with_headroom(const struct bbr3_model *m)
{
	u32 bound = m->inflight_longterm, headroom;

	if (bound == BBR3_INFINITE)
		return BBR3_INFINITE;
	headroom = max_t(u32, div_u64((u64)bound * HEADROOM_PERCENT, 100), 1);
	return bound > headroom + BBR3_MIN_CWND ? bound - headroom :
						  BBR3_MIN_CWND;
}

/* IsInflightTooHigh(): more than 2 % lost; any loss, if one is all we can see */
static bool too_high(u32 inflight, u32 lost, bool sack)
{
	return (u64)lost * LOSS_THRESH > inflight || (lost && !sack);
}

/* --- resets -------------------------------------------------------------- */

static void reset_full_bw(struct bbr3_model *m, u32 baseline)
{
	m->full_bw = baseline;
	m->full_bw_count = 0;
	m->full_bw_now = false;
}

static void reset_congestion_signals(struct bbr3_model *m)
{
	m->loss_in_round = false;
	m->ce_in_round = false;
	m->bw_latest = 0;
	m->inflight_latest = 0;
}

static void reset_shortterm(struct bbr3_model *m)
{
	m->bw_shortterm = BBR3_INFINITE;
	m->inflight_shortterm = BBR3_INFINITE;
}

/* What is sent from now on belongs to a new round trip. */
static void start_round(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->round_delivered = a->delivered;
}

/* SaveCwnd(): the last window that nothing had cut. */
static void save_cwnd(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	if (!recovery && m->state != BBR3_PROBE_RTT)
		m->prior_cwnd = cwnd;
	else
		m->prior_cwnd = max(m->prior_cwnd, cwnd);
}

/* --- entering states ----------------------------------------------------- */

static void enter_startup(struct bbr3_model *m)
{
	m->state = BBR3_STARTUP;
}

static void enter_drain(struct bbr3_model *m)
{
	m->state = BBR3_DRAIN;
	m->drain_start_round = m->round_count;
}

static void start_down(struct bbr3_model *m, const struct bbr3_ack *a)
{
	reset_congestion_signals(m);
	m->probe_up_acked_per_inc = BBR3_INFINITE;
	m->rounds_since_probe = next_random(m) >> 31;
	m->probe_wait_us = PROBE_WAIT_US +
		(((u64)next_random(m) * PROBE_WAIT_RANDOM_US) >> 32);
	m->cycle_stamp_us = a->now_us;
	m->ack_phase = BBR3_ACKS_STOPPING;
	start_round(m, a);
	m->state = BBR3_DOWN;
}

static void start_cruise(struct bbr3_model *m)
{
	m->state = BBR3_CRUISE;
}

static void start_refill(struct bbr3_model *m, const struct bbr3_ack *a)
{
	reset_shortterm(m);
	m->probe_up_rounds = 0;
	m->probe_up_acked = 0;
	m->probe_precautionary = false;
	m->ack_phase = BBR3_ACKS_REFILLING;
	start_round(m, a);
	m->state = BBR3_REFILL;
}

/* RaiseInflightLongtermSlope(): 1, 2, 4, 8... packets a round trip. */
static void raise_slope(struct bbr3_model *m, u32 cwnd)
{
	m->probe_up_acked_per_inc = max(cwnd >> m->probe_up_rounds, 1U);
	m->probe_up_rounds = min(m->probe_up_rounds + 1, PROBE_UP_ROUNDS_MAX);
}

static void start_up(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->ack_phase = BBR3_ACKS_STARTING;
	start_round(m, a);
	reset_full_bw(m, a->rate);
	m->state = BBR3_UP;
	raise_slope(m, a->cwnd);
}

static void enter_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	/* first, for in ProbeRTT a window counts as cut */
	save_cwnd(m, a->cwnd, a->recovery);
	m->state = BBR3_PROBE_RTT;
	m->probe_rtt_done_us = 0;
	m->ack_phase = BBR3_ACKS_STOPPING;
	start_round(m, a);
}

static void exit_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	reset_shortterm(m);
	if (!m->full_bw_reached) {
		enter_startup(m);
		return;
	}
	/* what is in flight is below the product already */
	start_down(m, a);
	start_cruise(m);
}

/* --- loss ---------------------------------------------------------------- */

/* SaveStateUponLoss(), in case the loss proves to have been none. */
static void save_state(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	save_cwnd(m, cwnd, recovery);
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
			max(volume, beta(target_inflight(m, a->cwnd)));
	if (m->state == BBR3_UP) {
		m->undo_state = BBR3_UP;
		start_down(m, a);
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

	if (lost_prev * LOSS_THRESH >= inflight_prev)
		return inflight_prev;
	return inflight_prev + div_u64(inflight_prev - lost_prev * LOSS_THRESH,
				       LOSS_THRESH - 1);
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
	    !too_high(l->tx_inflight, l->tx_lost, a->sack))
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
	reset_full_bw(m, 0);
	m->bw_shortterm = max(m->bw_shortterm, m->undo_bw_shortterm);
	m->inflight_shortterm = max(m->inflight_shortterm,
				    m->undo_inflight_shortterm);
	m->inflight_longterm = max(m->inflight_longterm,
				   m->undo_inflight_longterm);
	if (m->undo_state == BBR3_STARTUP && m->state != BBR3_STARTUP) {
		m->full_bw_reached = false;
		if (m->state != BBR3_PROBE_RTT)
			enter_startup(m);
	} else if (m->undo_state == BBR3_UP && m->state != BBR3_UP &&
		   m->state != BBR3_PROBE_RTT) {
		start_refill(m, a);
	}
	m->undo_state = BBR3_STATES;
	return tcpdiag_bbr3_model_recovered(m, a->cwnd);
}

/* --- per ACK: signals ---------------------------------------------------- */

static void update_round(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->round_start = a->has_data &&
			 reached(a->prior_delivered, m->round_delivered);
	if (!m->round_start)
		return;
	start_round(m, a);
	m->round_count++;
	m->rounds_since_probe++;
	bbr3_extra_acked_round(&m->extra_acked, m->full_bw_reached);
}

static void update_latest(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->loss_round_start = false;
	if (!a->has_data)
		return;
	m->bw_latest = max(m->bw_latest, a->rate);
	m->inflight_latest = max(m->inflight_latest, a->sample);
	if (!reached(a->prior_delivered, m->loss_round_delivered))
		return;
	m->loss_round_delivered = a->delivered;
	m->loss_round_start = true;
}

static bool is_probing(const struct bbr3_model *m)
{
	return m->state == BBR3_STARTUP || m->state == BBR3_REFILL ||
	       m->state == BBR3_UP;
}

/* AdaptLowerBoundsFromCongestion(): slow down towards what gets through. */
static void adapt_shortterm(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!m->loss_in_round || is_probing(m))
		return;
	if (m->bw_shortterm == BBR3_INFINITE)
		m->bw_shortterm = bbr3_max_bw(&m->max_bw);
	if (m->inflight_shortterm == BBR3_INFINITE)
		m->inflight_shortterm = a->cwnd;
	m->bw_shortterm = max(m->bw_latest, beta(m->bw_shortterm));
	m->inflight_shortterm = max(m->inflight_latest,
				    beta(m->inflight_shortterm));
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
		reset_full_bw(m, a->rate);
		return;
	}
	if (++m->full_bw_count < FULL_BW_ROUNDS)
		return;
	m->full_bw_now = true;
	m->full_bw_reached = true;
}

/* --- per ACK: Startup and Drain ------------------------------------------- */

/*
 * CheckStartupHighLoss(): in a round trip of recovery more than 2 % were lost,
 * in at least six places. Without SACK one loss a round trip is all we see.
 */
static bool startup_lossy(const struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!a->recovery || !m->loss_in_round)
		return false;
	if (!a->sack)
		return true;
	return m->loss_round_start && m->loss_events >= STARTUP_LOSS_EVENTS &&
	       too_high(a->tx_inflight, a->tx_lost, true);
}

/* The same for marks, round trip by round trip. */
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
		m->inflight_longterm =
			max(tcpdiag_bbr3_inflight(m, m->bw, BBR3_UNIT),
			    m->inflight_latest);
	}
	if (m->full_bw_reached)
		enter_drain(m);
}

static void check_drain_done(struct bbr3_model *m, const struct bbr3_ack *a)
{
	u32 target = with_budget(m, tcpdiag_bbr3_inflight(m, m->bw, BBR3_UNIT));

	if (a->inflight <= target ||
	    m->round_count - m->drain_start_round > DRAIN_ROUNDS)
		start_down(m, a);
}

/* --- per ACK: ProbeBW ----------------------------------------------------- */

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
					   MAX_VOLUME);
	}
	if (m->round_start)
		raise_slope(m, a->cwnd);
}

/* ACKs now tell of what was sent after UP: the window of rates moves on. */
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
	/* caution was not needed: probe again at once */
	start_refill(m, a);
	return true;
}

/* AdaptLongTermModel(). Return: has the state been changed? */
static bool adapt_longterm(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->round_start) {
		if (m->ack_phase == BBR3_ACKS_STARTING)
			m->ack_phase = BBR3_ACKS_FEEDBACK;
		else if (m->ack_phase == BBR3_ACKS_STOPPING &&
			 probe_feedback_ended(m, a))
			return true;
	}
	if (!bbr3_may_raise(m) || !a->has_data || m->ce_in_round ||
	    too_high(a->tx_inflight, a->tx_lost, a->sack))
		return false;
	m->inflight_longterm = max(m->inflight_longterm, a->tx_inflight);
	if (m->state == BBR3_UP)
		probe_longterm_upward(m, a);
	return false;
}

/*
 * IsTimeToProbeBW(): after 2 to 3 s, or as many round trips as Reno needs to
 * fill the pipe again.
 */
static bool is_time_to_probe(const struct bbr3_model *m,
			     const struct bbr3_ack *a)
{
	if (a->now_us > m->cycle_stamp_us + m->probe_wait_us)
		return true;
	if (!m->round_start)
		return false;
	return m->rounds_since_probe >=
	       min(target_inflight(m, a->cwnd), RENO_ROUNDS);
}

/* IsTimeToCruise(): with no more than this in flight. */
static u32 drained_inflight(const struct bbr3_model *m)
{
	u32 bdp = tcpdiag_bbr3_inflight(m, bbr3_max_bw(&m->max_bw), BBR3_UNIT);

	return min(with_budget(m, bdp), with_headroom(m));
}

/*
 * Has UP built the queue it was to build? The draft waits for three round trips
 * without growth; at 5/4 of the rate they fill the buffer with nearly a product
 * more, which DOWN takes ten round trips to drain. But a path that keeps up
 * never holds more than 5/4 of the product: ACKs come as fast as packets go,
 * and after a round trip the estimate rises with them. So more than that shows
 * that it does not keep up. (The exit of version 2:
 * draft-cardwell-iccrg-bbr-congestion-control-02, 4.3.3.6.)
 */
static bool queue_built(const struct bbr3_model *m, const struct bbr3_ack *a)
{
	u32 v;

	if (m->ack_phase != BBR3_ACKS_FEEDBACK)
		return false;
	v = tcpdiag_bbr3_inflight(m, bbr3_max_bw(&m->max_bw), UP_QUEUE_GAIN);
	return a->inflight > with_budget(m, v + m->extra_acked.max);
}

/* IsTimeToGoDown() */
static bool is_time_to_go_down(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (m->probe_too_high && a->inflight >= m->inflight_longterm) {
		m->probe_precautionary = true;
		return true;
	}
	if (a->cwnd_limited && a->cwnd >= m->inflight_longterm) {
		/* our own bound limits the rate, so the path may not */
		reset_full_bw(m, a->rate);
		return false;
	}
	return m->full_bw_now || queue_built(m, a);
}

/* UpdateProbeBWCyclePhase() */
static void update_cycle(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (adapt_longterm(m, a))
		return;
	switch (m->state) {
	case BBR3_DOWN:
		if (is_time_to_probe(m, a))
			start_refill(m, a);
		else if (a->inflight <= drained_inflight(m))
			start_cruise(m);
		break;
	case BBR3_CRUISE:
		if (is_time_to_probe(m, a))
			start_refill(m, a);
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
		start_down(m, a);
		break;
	}
}

/* --- per ACK: round-trip time --------------------------------------------- */

/* CheckProbeRTTDone() */
static void check_probe_rtt_done(struct bbr3_model *m,
				 const struct bbr3_ack *a)
{
	if (!m->probe_rtt_done_us || a->now_us <= m->probe_rtt_done_us)
		return;
	m->min_rtt.stamp_us = a->now_us;
	m->cwnd = tcpdiag_bbr3_model_recovered(m, m->cwnd);
	exit_probe_rtt(m, a);
}

/* HandleProbeRTT(): wait until drained, then 200 ms and a round trip */
static void handle_probe_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	if (!m->probe_rtt_done_us) {
		if (a->inflight > m->probe_rtt_cwnd)
			return;
		m->probe_rtt_done_us = a->now_us + BBR3_PROBE_RTT_US;
		m->probe_rtt_round_done = false;
		start_round(m, a);
		return;
	}
	if (m->round_start)
		m->probe_rtt_round_done = true;
	if (m->probe_rtt_round_done)
		check_probe_rtt_done(m, a);
}

/*
 * UpdateMinRTT() and CheckProbeRTT(). The window of ProbeRTT is taken from the
 * estimate before it is replaced: the new one may hold a queue.
 */
static void update_min_rtt(struct bbr3_model *m, const struct bbr3_ack *a)
{
	bool expired = bbr3_min_rtt_expired(&m->min_rtt, a->now_us);

	if (expired && m->state != BBR3_PROBE_RTT)
		m->probe_rtt_cwnd =
			max(tcpdiag_bbr3_inflight(m, m->bw, BBR3_UNIT / 2),
			    BBR3_MIN_CWND);
	bbr3_min_rtt_add(&m->min_rtt, a->now_us, a->rtt_us, expired,
			 a->delayed);
	if (expired && m->state != BBR3_PROBE_RTT && !m->idle_restart)
		enter_probe_rtt(m, a);
	if (m->state == BBR3_PROBE_RTT)
		handle_probe_rtt(m, a);
	if (a->has_data)
		m->idle_restart = false;
}

/* --- per ACK: output ------------------------------------------------------ */

/* BoundCwndForModel(); Drain too is in the column of bounds of 5.6.1 */
static u32 model_bound(const struct bbr3_model *m)
{
	u32 bound = m->inflight_shortterm;

	if (m->inflight_longterm != BBR3_INFINITE) {
		if (m->state == BBR3_CRUISE || m->state == BBR3_PROBE_RTT)
			bound = min(bound, with_headroom(m));
		else if (m->state != BBR3_STARTUP)
			bound = min(bound, m->inflight_longterm);
	}
	return max(bound, BBR3_MIN_CWND);
}

/* UpdateMaxInflight() */
static u32 max_inflight(const struct bbr3_model *m)
{
	u32 v = tcpdiag_bbr3_inflight(m, m->bw,
				      tcpdiag_bbr3_gains[m->state].cwnd);

	return with_budget(m, v + m->extra_acked.max);
}

/**
 * tcpdiag_bbr3_model_bound() - work out anew how large the window may be
 * @m: model; call this if its offload_budget was changed
 */
void tcpdiag_bbr3_model_bound(struct bbr3_model *m)
{
	u32 cap = model_bound(m);

	/* in Startup max_inflight stops growth, but does not cut */
	if (m->full_bw_reached)
		cap = min(cap, max_inflight(m));
	if (m->state == BBR3_PROBE_RTT)
		cap = min(cap, m->probe_rtt_cwnd);
	m->cap = cap;
}

/* SetCwnd(). m->cwnd may have been restored, a->cwnd is what it was. */
static void set_cwnd(struct bbr3_model *m, const struct bbr3_ack *a)
{
	u32 cwnd = m->cwnd;

	tcpdiag_bbr3_model_bound(m);
	if (m->full_bw_reached || cwnd < max_inflight(m) ||
	    a->delivered < m->initial_cwnd)
		cwnd += a->acked;
	m->cwnd = max(min(cwnd, m->cap), BBR3_MIN_CWND);
}

/* When will an ACK that is like this one have to be looked at in full? */
static void set_quiet(struct bbr3_model *m)
{
	m->quiet = m->full_bw_reached && m->state >= BBR3_DOWN &&
		   m->state <= BBR3_REFILL && !m->idle_restart &&
		   m->ack_phase != BBR3_ACKS_STOPPING;
	m->quiet_until_us = m->min_rtt.stamp_us + BBR3_MIN_RTT_LEN_US;
	if (m->state != BBR3_REFILL)
		m->quiet_until_us = min(m->quiet_until_us,
					m->cycle_stamp_us + m->probe_wait_us);
	m->quiet_inflight = m->state == BBR3_DOWN ? drained_inflight(m) + 1 : 0;
}

static void end_loss_round(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->bw_latest = a->rate;
	m->inflight_latest = a->sample;
	m->loss_events = 0;
	m->loss_in_round = false;
	m->ce_in_round = false;
}

/**
 * tcpdiag_bbr3_model_ack() - update model, state and window by an ACK
 * @m: model
 * @a: ACK
 *
 * UpdateModelAndState() and SetCwnd(). The rate to pace at is then bw times
 * the state's gain.
 */
void tcpdiag_bbr3_model_ack(struct bbr3_model *m, const struct bbr3_ack *a)
{
	m->cwnd = a->cwnd;
	if (a->lost)
		m->loss_events++;
	update_round(m, a);
	update_latest(m, a);
	update_max_bw(m, a);
	if (m->loss_round_start)
		adapt_shortterm(m, a);
	bbr3_extra_acked_add(&m->extra_acked, a->now_us, m->bw, a->acked,
			     a->cwnd);
	check_full_bw(m, a);
	if (m->state == BBR3_STARTUP)
		check_startup_done(m, a);
	if (m->state == BBR3_DRAIN)
		check_drain_done(m, a);
	if (m->full_bw_reached)
		update_cycle(m, a);
	update_min_rtt(m, a);
	if (m->loss_round_start)
		end_loss_round(m, a);
	m->bw = min(bbr3_max_bw(&m->max_bw), m->bw_shortterm);
	set_cwnd(m, a);
	set_quiet(m);
}

/**
 * tcpdiag_bbr3_model_idle_restart() - about to send with nothing in flight
 * @m: model
 * @a: with cwnd, delivered, now_us
 *
 * HandleRestartFromIdle() of 5.4.1, for a connection that the application had
 * limited.
 *
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
		check_probe_rtt_done(m, a);
	return m->cwnd;
}

/**
 * tcpdiag_bbr3_model_init() - begin in Startup
 * @m: anything
 * @now_us: time
 * @delivered: packets delivered so far
 * @cwnd: window to begin with
 * @rtt_us: round-trip time, if one is known, else BBR3_INFINITE
 * @random: any number
 */
void tcpdiag_bbr3_model_init(struct bbr3_model *m, u64 now_us, u32 delivered,
			     u32 cwnd, u32 rtt_us, u32 random)
{
	memset(m, 0, sizeof(*m));
	m->random = random ?: 1;
	m->initial_cwnd = clamp(cwnd, 1U, MAX_VOLUME);
	m->cwnd = m->initial_cwnd;
	m->probe_rtt_cwnd = m->initial_cwnd;
	m->min_rtt.rtt_us = rtt_us ?: 1;
	m->min_rtt.stamp_us = now_us;
	m->cycle_stamp_us = now_us;
	m->round_delivered = delivered;
	m->loss_round_delivered = delivered;
	m->inflight_longterm = BBR3_INFINITE;
	m->probe_up_acked_per_inc = BBR3_INFINITE;
	m->undo_state = BBR3_STATES;
	bbr3_extra_acked_restart(&m->extra_acked, now_us);
	reset_congestion_signals(m);
	reset_shortterm(m);
	enter_startup(m);
}
