// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3: bounds on what the estimates would allow.
 *
 *   inflight_longterm   highest volume that probing found safe. Set when a
 *                       probe loses more than LossThresh, raised by later probes.
 *   bw_shortterm        what was delivered in round trips with loss outside of
 *   inflight_shortterm  probes. Reset before each probe.
 *   bw_share            what was delivered in a round trip with a queue outside of
 *                       probes, and 3 % less after each further one. Raised by
 *                       what probes deliver.
 *
 * The draft has no bw_share. The bandwidth filter holds what a flow got while it
 * probed and the others did not. So the estimates of flows that share a path add
 * up to more than it carries: 1.11 times as much for two, 1.18 for four. They
 * keep a queue that only the windows limit, and windows keep the shares that
 * flows had when the queue formed. A flow that comes later never gets its own.
 *
 * Section numbers are those of draft-ietf-ccwg-bbr (bbr3_model.c).
 */
#include "bbr3_bounds.h"
#include "bbr3_volume.h"

/* Beta: a bound is cut to no less than 7/10 (2.7). */
#define BETA_NUM		7U
#define BETA_DEN		10U
/* Who gets less than this of what it sends has a share of the path. */
#define SHARE_PERCENT		95U
/* So much of its share a flow keeps after a further round trip with a queue. */
#define SHARE_KEPT_PERCENT	97U
/* A queue shrinks if it takes this part of the minimum RTT less than before. */
#define SHRINK_FRACTION		16U
/*
 * After a stall the ACKs of packets that were in flight clock out others. Their
 * rates, a round trip later, include the stall.
 */
#define STALL_ROUNDS		3U
/* inflight_longterm grows by at most 2^30 packets a round trip. */
#define PROBE_UP_ROUNDS_MAX	30U

/* Range: 2^32 * 7 needs 35 bits. Not for BBR3_INFINITE. */
static u32 beta(u32 v)
{
	return div_u64((u64)v * BETA_NUM, BETA_DEN);
}

static bool is_probing(const struct bbr3_model *m)
{
	return m->state == BBR3_STARTUP || m->state == BBR3_REFILL ||
	       m->state == BBR3_UP;
}

/*
 * The gain at which the packets of a round trip were sent, which was in the one
 * before. @percent is that of the round trip itself.
 */
static u32 sent_percent(const struct bbr3_model *m, u32 percent)
{
	return min_t(u32, percent, m->round_percent);
}

/*
 * What the path gives the flow. In DOWN, and while it makes room, a flow sends
 * less, and so less is delivered. A router that marks goes on with it until its
 * queue has drained, so the last round trip of DOWN has marks, and 9/10 of the
 * rate, in each cycle. To lose packets is a failure all the same, and there the
 * draft's word stands. Range: 2^32 * 100 is below 2^39.
 */
static u32 delivered_bw(const struct bbr3_model *m, u32 percent)
{
	u32 sent = sent_percent(m, percent);

	if (!m->ce_in_round || m->loss_events || !sent || sent >= 100)
		return m->bw_latest;
	return min_t(u64, div_u64((u64)m->bw_latest * 100, sent),
		     bbr3_max_bw(&m->max_bw));
}

/**
 * tcpdiag_bbr3_adapt_shortterm() - cut the short-term bounds after loss
 * @m: model
 * @a: ACK that ends a round trip with loss
 * @percent: bbr3_pacing_percent() during that round trip
 *
 * AdaptLowerBoundsFromCongestion(). The bounds are cut to 7/10, but not below
 * what was delivered.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_adapt_shortterm(struct bbr3_model *m,
				  const struct bbr3_ack *a, u32 percent)
{
	if (is_probing(m))
		return;
	if (m->bw_shortterm == BBR3_INFINITE)
		m->bw_shortterm = bbr3_max_bw(&m->max_bw);
	if (m->inflight_shortterm == BBR3_INFINITE)
		m->inflight_shortterm = a->cwnd;
	m->bw_shortterm = max(delivered_bw(m, percent), beta(m->bw_shortterm));
	m->inflight_shortterm = max(m->inflight_latest,
				    beta(m->inflight_shortterm));
}

/* Has a queue been there for a whole round trip? */
static bool queue_stands(const struct bbr3_model *m)
{
	return m->rtt_round != BBR3_INFINITE &&
	       bbr3_is_queue(m->min_rtt.rtt_us, m->rtt_round);
}

/*
 * Has the path stood still in this round trip, or become longer all at once?
 * Then ACKs paused, while a queue of others spreads them evenly. A receiver that
 * ACKs every second packet makes pauses as long as two packets take.
 */
static bool is_stalled(const struct bbr3_model *m)
{
	u32 two_us = div_u64(2ULL * m->rtt_round, m->inflight_latest ?: 1);
	u32 pause_us = m->ack_pause_us - min(m->ack_pause_us, two_us);

	return pause_us > bbr3_queue_us(m->min_rtt.rtt_us);
}

/* Does what was delivered in this round trip show what the path gives? */
static bool shows_path(const struct bbr3_model *m)
{
	return !m->app_limited_round && m->bw_latest && !m->stall_rounds;
}

/*
 * Was less delivered than the flow sent, which was @percent of its rate? Range:
 * 2^32 * 100 * 100 is below 2^46.
 */
static bool is_share(const struct bbr3_model *m, u32 percent)
{
	return (u64)m->bw_latest * 100 * 100 <
	       (u64)m->bw * SHARE_PERCENT * percent;
}

/*
 * The share after a round trip with a queue, in which @percent of the rate was
 * sent. The first share is what was delivered. Later that is no measure: in a
 * queue each flow gets what it has sent, so who has just probed would keep what
 * it took, and who makes room would lose it. Instead each gives up the same part
 * of its share. A probe adds the same queue whatever the share, so shares meet.
 * Range: 2^32 * 100 is below 2^39.
 */
static u32 share_in_queue(const struct bbr3_model *m, u32 percent)
{
	if (!shows_path(m))
		return m->bw_share;
	if (m->bw_share != BBR3_INFINITE)
		return div_u64((u64)m->bw * SHARE_KEPT_PERCENT, 100);
	return is_share(m, percent) ? m->bw_latest : BBR3_INFINITE;
}

/*
 * A round trip had a queue. Room is made for BBR3_QUEUE_ROUNDS, and after that
 * for as long as the queue shrinks: it is long if many flows have probed.
 */
static void count_queue_round(struct bbr3_model *m)
{
	u64 least_us = m->min_rtt.rtt_us / SHRINK_FRACTION;
	bool shrinks = m->rtt_round + least_us <= m->rtt_queue;

	m->rtt_queue = m->rtt_round;
	if (m->queue_rounds < BBR3_QUEUE_ROUNDS ||
	    (m->queue_rounds == BBR3_QUEUE_ROUNDS && !shrinks))
		m->queue_rounds++;
}

/* A round trip has ended, at a gain of the rate of @percent. */
static void note_round(struct bbr3_model *m, u32 percent)
{
	m->round_percent = percent;
	if (is_stalled(m) || m->rwnd_limited_round)
		m->stall_rounds = STALL_ROUNDS;
	else if (m->stall_rounds)
		m->stall_rounds--;
}

/**
 * tcpdiag_bbr3_adapt_share() - make room in a queue that others use, too
 * @m: model, after an ACK that ended a round trip
 * @percent: bbr3_pacing_percent() during that round trip
 *
 * The rate is bounded by what was delivered while the queue was there, and by a
 * little less after each further round trip with it. Also, the flow makes room
 * for some round trips (bbr3_pacing_percent()).
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_adapt_share(struct bbr3_model *m, u32 percent)
{
	u32 sent = sent_percent(m, percent);

	note_round(m, percent);
	if (m->state != BBR3_DOWN && m->state != BBR3_CRUISE)
		return;
	/* these packets were sent by the probe, or in Drain or ProbeRTT */
	if (m->ack_phase == BBR3_ACKS_STOPPING)
		return;
	if (!queue_stands(m)) {
		m->queue_rounds = 0;
		return;
	}
	count_queue_round(m);
	if (m->queue_rounds <= BBR3_QUEUE_ROUNDS)
		m->bw_share = share_in_queue(m, sent);
}

/**
 * tcpdiag_bbr3_raise_slope() - let the long-term bound grow twice as fast
 * @m: model
 * @cwnd: window, packets
 *
 * RaiseInflightLongtermSlope(): by 1, 2, 4... packets a round trip.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_raise_slope(struct bbr3_model *m, u32 cwnd)
{
	m->probe_up_acked_per_inc = max(cwnd >> m->probe_up_rounds, 1U);
	m->probe_up_rounds = min(m->probe_up_rounds + 1, PROBE_UP_ROUNDS_MAX);
}

/* ProbeInflightLongtermUpward(), if the window is full and at the bound. */
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
 * tcpdiag_bbr3_adapt_longterm() - raise the long-term bound to what proved safe
 * @m: model for which bbr3_may_raise() is true
 * @a: ACK
 *
 * AdaptLongTermModel(), except for its part in state changes (bbr3_states.c).
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_adapt_longterm(struct bbr3_model *m,
				 const struct bbr3_ack *a)
{
	if (!a->has_data || m->ce_in_round ||
	    bbr3_too_high(m, a->tx_inflight, a->tx_lost, a->sack))
		return;
	m->inflight_longterm = max(m->inflight_longterm, a->tx_inflight);
	if (m->state == BBR3_UP)
		probe_longterm_upward(m, a);
}

/**
 * tcpdiag_bbr3_cut_longterm() - cut the long-term bound after a probe
 * @m: model
 * @volume: packets in flight that proved to be too much
 * @cwnd: window, packets
 *
 * The bound becomes @volume, but not less than 7/10 of what the model wants in
 * flight.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_bbr3_cut_longterm(struct bbr3_model *m, u32 volume, u32 cwnd)
{
	m->inflight_longterm = max(volume,
				   beta(bbr3_target_inflight(m, cwnd)));
}
