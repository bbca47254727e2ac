// SPDX-License-Identifier: GPL-2.0
/*
 * Ends the initial slow start by the train of ACKs of one flight, before the
 * flight that overflows a short buffer is sent.
 *
 * Model: the bottleneck spreads the packets of a flight. Their ACKs come at its
 * rate, however fast they were sent. While a flight is less than what the path
 * holds, silence follows:
 *
 *     sent     ||||||||
 *     acked              |  |  |  |  |  |  |  |          |  |  |  |  ...
 *                        <----- length ------>
 *              <-- RTT -->
 *
 * So n packets in that time tell what the path holds without a queue before it
 * is full: BDP = n RTT / length. Noise of the delay can lengthen a train, too.
 * So there is a trial:
 *
 *            the window is BDP or more
 *     WATCH -----------------------------> FILL: the window grows to 1.25 BDP
 *       ^                                    |   and no further
 *       |                                    v
 *       +--------------------------------- TRIAL: the flights of that window find
 *         an RTT that shows no queue,        |    a queue, if BDP is right
 *         or the window was cut              |
 *                                            |
 *     slow start is over: ssthresh = cwnd <--+ TRIAL_FLIGHTS without such an RTT
 *
 *  - A flight that was sent as slowly as it was acknowledged, by a paced sender
 *    or one without data, tells nothing. If the path has spread it, the RTT grew
 *    from its first packet to its last.
 *  - A link may hold ACKs back and release them together. The longest gap
 *    between two ACKs is taken off the length, because what was delivered in it
 *    may not have been acknowledged yet.
 *  - RTTs are compared with the least of the same flight, not of the connection:
 *    where ACKs wait for each other, a dense train has a longer RTT than a few.
 *  - A flight that did not use all of the window makes no queue, and one without
 *    an RTT sample shows none. Neither counts in the trial. After a pause the
 *    queue is empty, so the first flight tells nothing.
 *  - TCP cuts the window when it was not used for a while. What was known of the
 *    path is old then, and the small window makes no queue.
 *
 * The trial costs nothing if the alarm is right, for the path is full. If it is
 * false, it costs about one round trip: one RTT without a queue ends it. Jitter
 * can raise several false alarms. After each, what is in flight is acknowledged
 * before a train begins, and the window grows in that time. So slow start takes
 * up to twice as long with jitter of half the RTT.
 *
 * Units: microseconds, packets, sequence numbers. There is no kernel state here:
 * the caller hands in all that is needed, and sets ssthresh.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <net/tcp.h>

#include "ack_train.h"

/* A train counts if it is as long as this part of the RTT ... */
#define MIN_LENGTH_DIVISOR	4U
/* ... has so many packets ... */
#define MIN_PACKETS		8U
/* ... and the RTT has grown by this part of its length. */
#define MIN_SPREAD_DIVISOR	4U
/* On shorter paths the noise of interrupts and timers is as long as a train. */
#define MIN_RTT_US		1000U
/* The window of the trial exceeds what the path holds by this part ... */
#define EXCESS_DIVISOR		4U
/* ... and this part of the queue that it makes must be seen ... */
#define QUEUE_DIVISOR		2U
/* ... by all packets of so many flights. */
#define TRIAL_FLIGHTS		4U

#define NO_RTT			U32_MAX

/**
 * tcpdiag_train_start() - a connection enters its initial slow start
 * @t: its state, of any content
 * @snd_nxt: SND.NXT: a train begins with the first ACK beyond it
 *
 * What is in flight does not tell how many packets its train had.
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_train_start(struct tcpdiag_train *t, u32 snd_nxt)
{
	*t = (struct tcpdiag_train) { .flight_end = snd_nxt };
}

/* What the first ACK acknowledges was delivered before the train began. */
static void begin_train(struct tcpdiag_train *t,
			const struct tcpdiag_train_ack *ack)
{
	*t = (struct tcpdiag_train) {
		.flight_end = ack->snd_nxt,
		.begin_us = ack->now_us,
		.last_us = ack->now_us,
		.least_rtt_us = ack->rtt_us < 0 ? NO_RTT : ack->rtt_us,
		.phase = TCPDIAG_TRAIN_WATCH,
	};
}

static void extend_train(struct tcpdiag_train *t,
			 const struct tcpdiag_train_ack *ack)
{
	t->gap_us = max(t->gap_us, ack->now_us - t->last_us);
	t->last_us = ack->now_us;
	t->packets += ack->packets;
	if (ack->rtt_us >= 0)
		t->least_rtt_us = min_t(u32, t->least_rtt_us, ack->rtt_us);
}

/*
 * Return: what the path holds without a queue, in packets; 0 if the train does
 *	not tell. No overflow: packets are below 2^30, an RTT is below 2^31.
 */
static u64 bdp(const struct tcpdiag_train *t, s32 rtt_us)
{
	u32 length_us = t->last_us - t->begin_us - t->gap_us;
	u32 least_us = t->least_rtt_us;

	if (rtt_us < 0 || least_us < MIN_RTT_US || t->packets < MIN_PACKETS ||
	    length_us < least_us / MIN_LENGTH_DIVISOR ||
	    rtt_us - least_us < length_us / MIN_SPREAD_DIVISOR)
		return 0;
	return div_u64((u64)t->packets * least_us, length_us);
}

/*
 * The window is @cwnd and the path holds @holds packets, at most as many. No
 * overflow: @cwnd is below 2^30, an RTT below 2^31.
 */
static void raise_alarm(struct tcpdiag_train *t, u64 holds, u32 cwnd,
			u32 snd_nxt)
{
	u32 least_us = t->least_rtt_us;
	u32 cap = max_t(u64, cwnd, holds + holds / EXCESS_DIVISOR);
	u64 queue_us = div64_u64((u64)least_us * (cap - holds),
				 holds * QUEUE_DIVISOR);

	*t = (struct tcpdiag_train) {
		.flight_end = snd_nxt,
		.cap = cap,
		.queued_rtt_us = min_t(u64, least_us + queue_us, S32_MAX),
		.cwnd = cwnd,
		.phase = TCPDIAG_TRAIN_FILL,
	};
}

static void watch(struct tcpdiag_train *t, const struct tcpdiag_train_ack *ack,
		  bool next_flight)
{
	u64 holds;

	if (next_flight) {
		begin_train(t, ack);
		return;
	}
	extend_train(t, ack);
	holds = bdp(t, ack->rtt_us);
	if (holds && ack->cwnd >= holds)
		raise_alarm(t, holds, ack->cwnd, ack->snd_nxt);
}

/*
 * Fresh flights are not judged. Two in a row are not fresh, or a receiver that
 * acknowledges all at once could keep the trial from ending.
 */
static void end_flight(struct tcpdiag_train *t, u32 snd_nxt)
{
	t->flight_end = snd_nxt;
	t->flights += t->sampled && !t->slack && !t->fresh;
	t->sampled = false;
	t->slack = false;
	t->fresh = t->drained && !t->fresh;
}

/* Until all that is in flight was sent with the window of the trial. */
static void fill(struct tcpdiag_train *t, const struct tcpdiag_train_ack *ack,
		 bool next_flight)
{
	t->cwnd = ack->cwnd;
	if (ack->cwnd < t->cap) {
		t->flight_end = ack->snd_nxt;
	} else if (next_flight) {
		end_flight(t, ack->snd_nxt);
		t->phase = TCPDIAG_TRAIN_TRIAL;
	}
	t->drained = ack->snd_una == ack->snd_nxt;
}

/* Return: is the trial over, and the alarm was right? */
static bool judge(struct tcpdiag_train *t, const struct tcpdiag_train_ack *ack,
		  bool next_flight)
{
	if (next_flight)
		end_flight(t, ack->snd_nxt);
	if (ack->rtt_us >= 0 && ack->rtt_us < t->queued_rtt_us && !t->fresh) {
		tcpdiag_train_start(t, ack->snd_nxt);
		return false;
	}
	t->sampled |= ack->rtt_us >= 0;
	t->slack |= !ack->cwnd_limited;
	t->drained = ack->snd_una == ack->snd_nxt;
	return t->flights == TRIAL_FLIGHTS;
}

/* Since the alarm the window only grows, unless TCP itself cuts it. */
static bool is_cut(const struct tcpdiag_train *t, u32 cwnd)
{
	return t->phase != TCPDIAG_TRAIN_WATCH && cwnd < t->cwnd;
}

/**
 * tcpdiag_train_ack() - an ACK arrived in the initial slow start
 * @t: the connection's state
 * @ack: the ACK
 *
 * Context: any; the socket is locked.
 * Return: true when slow start is over: the caller must set ssthresh to its
 *	window, and not call this again.
 */
bool tcpdiag_train_ack(struct tcpdiag_train *t,
		       const struct tcpdiag_train_ack *ack)
{
	bool next_flight = after(ack->snd_una, t->flight_end);

	if (is_cut(t, ack->cwnd)) {
		tcpdiag_train_start(t, ack->snd_nxt);
		return false;
	}
	switch (t->phase) {
	case TCPDIAG_TRAIN_WATCH:
		watch(t, ack, next_flight);
		return false;
	case TCPDIAG_TRAIN_FILL:
		fill(t, ack, next_flight);
		return false;
	default:
		return judge(t, ack, next_flight);
	}
}

/**
 * tcpdiag_train_growth() - by how much an ACK may raise the window
 * @t: the connection's state
 * @acked: packets that the ACK acknowledges
 * @cwnd: the window, in packets
 *
 * Context: any; the socket is locked.
 * Return: packets, at most @acked: what is missing to the window of the trial.
 */
u32 tcpdiag_train_growth(const struct tcpdiag_train *t, u32 acked, u32 cwnd)
{
	if (t->phase == TCPDIAG_TRAIN_WATCH)
		return acked;
	return min(acked, t->cap - min(cwnd, t->cap));
}
