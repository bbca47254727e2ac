/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The types of BBR's model of a path, and the few assignments to it that
 * several of its parts make. The model has no socket: what TCP saw goes in as
 * struct bbr3_ack, a window and a rate come out.
 *
 * Who includes whom, and calls whom; nothing points upwards:
 *
 *   bbr3.c                    TCP's operations
 *      |            \
 *   bbr3_model.h   bbr3_loss.h   an ACK; a loss or a mark
 *      |            /
 *   bbr3_states.h             the state machine
 *      |
 *   bbr3_bounds.h             bounds from loss and probing
 *      |
 *   bbr3_volume.h             packets that an estimate keeps in flight
 *      |
 *   bbr3_types.h              this file
 *      |
 *   bbr3_filter.h             the three estimators
 *
 * Volumes are in packets of one MSS, times in microseconds, rates as in
 * bbr3_filter.h. A bound of BBR3_INFINITE bounds nothing.
 */
#ifndef TCPDIAG_BBR3_TYPES_H
#define TCPDIAG_BBR3_TYPES_H

#include "bbr3_filter.h"

/* MinPipeCwnd: enough for a receiver that ACKs every second packet (2.7). */
#define BBR3_MIN_CWND		4U
/* ProbeRTTDuration (2.14.2). */
#define BBR3_PROBE_RTT_US	(200ULL * USEC_PER_MSEC)
/*
 * For so many round trips a flow makes room in a queue, and longer only if the
 * queue shrinks. If it does not, somebody fills it on purpose, or the path has
 * become longer.
 */
#define BBR3_QUEUE_ROUNDS	4U
/* LossThresh (2.7): Startup or a probe may lose this percent of what is in flight. */
#define BBR3_LOSS_PERCENT	2U
/* Gains of the window are in units of 1/256. */
#define BBR3_UNIT		256U

/* The order matters: DOWN to UP are the states of ProbeBW. */
enum bbr3_state {
	BBR3_STARTUP,
	BBR3_DRAIN,
	BBR3_DOWN,
	BBR3_CRUISE,
	BBR3_REFILL,
	BBR3_UP,
	BBR3_PROBE_RTT,
	BBR3_STATES
};

/* The part of a probe during which the packets now being ACKed were sent. */
enum bbr3_ack_phase {
	BBR3_ACKS_INIT,
	BBR3_ACKS_REFILLING,
	BBR3_ACKS_STARTING,
	BBR3_ACKS_FEEDBACK,
	BBR3_ACKS_STOPPING,
};

/**
 * struct bbr3_ack - what TCP knows after an ACK
 * @now_us: time; it may go backwards
 * @delivered: packets delivered so far, this ACK's included (C.delivered)
 * @prior_delivered: @delivered when the newest packet of this ACK was sent
 * @sample: packets delivered between the two (RS.delivered)
 * @rate: delivery rate of the sample; 0 if there is none
 * @rtt_us: round-trip time; BBR3_INFINITE if there is no sample
 * @acked: packets newly ACKed or SACKed
 * @lost: packets newly considered lost
 * @inflight: packets in flight after this ACK
 * @cwnd: the window
 * @tx_inflight: packets in flight when the newest packet was sent. This and
 *	@tx_lost are used only if bbr3_wants_tx()
 * @tx_lost: packets lost since then
 * @has_data: a packet was delivered. If not, @prior_delivered, @sample, @rate
 *	and @rtt_us are void
 * @app_limited: the application limited the rate of the sample
 * @rwnd_limited: the receiver's window lets nothing more be sent
 * @cwnd_limited: the window was full recently
 * @sack: the receiver sends SACK
 * @delayed: the receiver may have delayed this ACK
 * @recovery: TCP is repairing losses
 */
struct bbr3_ack {
	u64	now_us;
	u32	delivered;
	u32	prior_delivered;
	u32	sample;
	u32	rate;
	u32	rtt_us;
	u32	acked;
	u32	lost;
	u32	inflight;
	u32	cwnd;
	u32	tx_inflight;
	u32	tx_lost;
	bool	has_data;
	bool	app_limited;
	bool	rwnd_limited;
	bool	cwnd_limited;
	bool	sack;
	bool	delayed;
	bool	recovery;
};

/**
 * struct bbr3_loss - a packet that was lost
 * @tx_inflight: packets in flight when it was sent
 * @tx_lost: packets lost since then, this one included
 * @size: packets in its segment
 * @app_limited: it was sent while the application limited the rate
 */
struct bbr3_loss {
	u32	tx_inflight;
	u32	tx_lost;
	u32	size;
	bool	app_limited;
};

/**
 * struct bbr3_model - the model of one path
 * @max_bw: rate filter
 * @min_rtt: round-trip time filter
 * @extra_acked: aggregation filter
 * @bw: rate to send at, before gains: the filter's, within the two bounds
 * @bw_shortterm: bound on the rate, from recent loss
 * @bw_share: bound on the rate, from a queue that other flows share
 * @bw_latest: highest rate of this round trip
 * @full_bw: baseline of the full-pipe detector
 * @inflight_shortterm: bound on the window, from recent loss
 * @inflight_longterm: bound on the window, from probing
 * @inflight_latest: most packets delivered in one sample of this round trip
 * @rtt_latest: lowest round-trip time of this round trip
 * @rtt_round: lowest round-trip time of the last whole round trip
 * @rtt_queue: @rtt_round of the last round trip with a queue, outside of probes
 * @ack_us: time of the last ACK that delivered data, lower half
 * @ack_pause_us: longest pause between two of them in this round trip, the one
 *	in which loss is counted
 * @rtt_expired: minimum round-trip time before ProbeRTT
 * @rtt_probe: @rtt_round when UP began: more is a queue of this probe's
 * @offload_budget: least window at which segmentation offload works well
 * @initial_cwnd: window at the start
 * @cwnd: window after the last ACK, the model's result
 * @cap: upper limit of @cwnd in the present state
 * @prior_cwnd: last window that neither recovery nor ProbeRTT had cut
 * @probe_rtt_cwnd: window of ProbeRTT
 * @round_count: round trips so far
 * @round_delivered: a round trip ends with the ACK of a packet that carries at
 *	least this count of deliveries
 * @loss_round_delivered: the same for the round trips in which loss is counted
 * @drain_start_round: @round_count when Drain began
 * @rounds_since_probe: round trips since the last probe; starts at 0 or 1, by
 *	chance
 * @loss_events: ACKs of this round trip that reported loss, in place of SACK
 *	ranges, which a stock kernel does not show
 * @ce_rounds: round trips in a row with congestion marks, in Startup
 * @probe_up_rounds: @inflight_longterm grows by 2 to the power of this in a
 *	round
 * @probe_up_acked: packets ACKed since it last grew
 * @probe_up_acked_per_inc: packets to be ACKed for it to grow by one
 * @cycle_stamp_us: when the wait for the next probe began
 * @probe_wait_us: length of that wait
 * @probe_rtt_done_us: when ProbeRTT may end; 0 if the path has not drained yet
 * @undo_bw_shortterm: @bw_shortterm before the loss
 * @undo_bw_share: @bw_share before the loss
 * @undo_inflight_shortterm: @inflight_shortterm before the loss
 * @undo_inflight_longterm: @inflight_longterm before the loss
 * @random: state of the random number generator; never 0
 * @round_percent: gain of the rate at the end of the last round trip
 * @loss_percent: so much of what is in flight Startup or a probe may lose
 * @state: enum bbr3_state
 * @ack_phase: enum bbr3_ack_phase
 * @undo_state: state that the loss ended; BBR3_STATES if it ended none
 * @full_bw_count: round trips without growth of the rate
 * @queue_rounds: round trips in a row with a queue, outside of probes; it stops
 *	at BBR3_QUEUE_ROUNDS while the queue shrinks, else above it
 * @stall_rounds: for so many round trips rates may include a stall of the path
 *	or a wait for the receiver
 * @full_bw_now: the pipe is full in this probe
 * @full_bw_reached: the pipe has been full at least once
 * @round_start: this ACK began a round trip
 * @loss_round_start: this ACK ended a round trip in which loss is counted
 * @loss_in_round: that round trip had loss
 * @ce_in_round: that round trip had a congestion mark
 * @app_limited_round: the application limited a sample of this round trip
 * @rwnd_limited_round: the receiver's window was full in this round trip
 * @bw_probe_sample: the packets that are ACKed now were sent by a probe
 * @probe_too_high: the last probe lost too much
 * @probe_precautionary: the last probe stopped at @inflight_longterm
 * @idle_restart: the connection was idle and nothing has been ACKed since
 * @probe_rtt_round_done: ProbeRTT has drained the path and a round trip has
 *	passed
 * @quiet: bbr3_model_quiet() may be tried
 * @quiet_until_us: from then on an ACK needs the full update
 * @quiet_inflight: with less in flight an ACK needs the full update
 */
struct bbr3_model {
	struct bbr3_min_rtt	min_rtt;
	struct bbr3_extra_acked	extra_acked;
	u64	cycle_stamp_us;
	u64	probe_rtt_done_us;
	u64	quiet_until_us;
	struct bbr3_max_bw	max_bw;
	u32	bw;
	u32	bw_shortterm;
	u32	bw_share;
	u32	bw_latest;
	u32	full_bw;
	u32	inflight_shortterm;
	u32	inflight_longterm;
	u32	inflight_latest;
	u32	rtt_latest;
	u32	rtt_round;
	u32	rtt_queue;
	u32	ack_us;
	u32	ack_pause_us;
	u32	rtt_expired;
	u32	rtt_probe;
	u32	offload_budget;
	u32	initial_cwnd;
	u32	cwnd;
	u32	cap;
	u32	prior_cwnd;
	u32	probe_rtt_cwnd;
	u32	round_count;
	u32	round_delivered;
	u32	loss_round_delivered;
	u32	drain_start_round;
	u32	rounds_since_probe;
	u32	loss_events;
	u32	ce_rounds;
	u32	probe_up_rounds;
	u32	probe_up_acked;
	u32	probe_up_acked_per_inc;
	u32	probe_wait_us;
	u32	undo_bw_shortterm;
	u32	undo_bw_share;
	u32	undo_inflight_shortterm;
	u32	undo_inflight_longterm;
	u32	random;
	u32	quiet_inflight;
	u16	round_percent;
	u8	loss_percent;
	u8	state;
	u8	ack_phase;
	u8	undo_state;
	u8	full_bw_count;
	u8	queue_rounds;
	u8	stall_rounds;
	bool	full_bw_now;
	bool	full_bw_reached;
	bool	round_start;
	bool	loss_round_start;
	bool	loss_in_round;
	bool	ce_in_round;
	bool	app_limited_round;
	bool	rwnd_limited_round;
	bool	bw_probe_sample;
	bool	probe_too_high;
	bool	probe_precautionary;
	bool	idle_restart;
	bool	probe_rtt_round_done;
	bool	quiet;
};

static inline bool bbr3_in_probe_bw(const struct bbr3_model *m)
{
	return m->state >= BBR3_DOWN && m->state <= BBR3_UP;
}

/*
 * May an ACK raise inflight_longterm? Only if its packet was sent by a probe:
 * at other times the window is below the bound, so an ACK proves nothing about
 * it.
 */
static inline bool bbr3_may_raise(const struct bbr3_model *m)
{
	return m->inflight_longterm != BBR3_INFINITE &&
	       (m->state == BBR3_UP || m->ack_phase == BBR3_ACKS_STOPPING);
}

/* The share was one of another path, or of another time. */
static inline void bbr3_release_share(struct bbr3_model *m)
{
	m->bw_share = BBR3_INFINITE;
	m->queue_rounds = 0;
}

/* A share that was measured after Startup does not bound it. */
static inline void bbr3_enter_startup(struct bbr3_model *m)
{
	m->state = BBR3_STARTUP;
	bbr3_release_share(m);
}

/* An ACK delivered data. If the clock was set back, that looks like a pause. */
static inline void bbr3_note_pause(struct bbr3_model *m, u64 now_us)
{
	m->ack_pause_us = max(m->ack_pause_us, (u32)now_us - m->ack_us);
	m->ack_us = now_us;
}

/* Packets that are sent from now on belong to a new round trip. */
static inline void bbr3_start_round(struct bbr3_model *m,
				    const struct bbr3_ack *a)
{
	m->round_delivered = a->delivered;
}

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

/*
 * SaveCwnd() of 5.6.4.4: remember the window that neither recovery nor
 * ProbeRTT has cut.
 */
static inline void bbr3_save_cwnd(struct bbr3_model *m, u32 cwnd, bool recovery)
{
	if (!recovery && m->state != BBR3_PROBE_RTT)
		m->prior_cwnd = cwnd;
	else
		m->prior_cwnd = max(m->prior_cwnd, cwnd);
}

/* RestoreCwnd() of 5.6.4.4: the window after recovery or ProbeRTT. */
static inline u32 bbr3_restored_cwnd(const struct bbr3_model *m, u32 cwnd)
{
	return max(cwnd, m->prior_cwnd);
}

#endif /* TCPDIAG_BBR3_TYPES_H */
