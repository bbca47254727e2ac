// SPDX-License-Identifier: GPL-2.0
/*
 * Ends the initial slow start by the train of ACKs of one flight, before the
 * flight that overflows a short buffer is sent.
 *
 * Model: the bottleneck spreads the packets of a flight. Their ACKs come at its
 * rate, however fast they were sent; and as long as a flight is less than what
 * the path holds, silence follows:
 *
 *     sent     ||||||||
 *     acked              |  |  |  |  |  |  |  |          |  |  |  |  ...
 *                        <----- length ------>
 *              <---------------- RTT -------------------->
 *
 * So n packets in that time tell what the path holds without a queue, BDP =
 * n RTT / length, before it is full. Noise of the delay can lengthen a train,
 * too. So there is a trial:
 *
 *             the window is BDP or more
 *     WATCH ------------------------------> FILL: the window grows to 1.25 BDP,
 *       ^                                     |   and stays there
 *       |  an RTT without that queue          v
 *       +---------------------------------- TRIAL: a flight of that window must
 *                                             |    find a queue
 *     OFF <-----------------------------------+
 *          a flight without such an RTT
 *
 *  - A flight that was sent as slowly as it was acknowledged, by a paced sender
 *    or one without data, tells nothing. If the path has spread it, the RTT grew
 *    from its first packet to its last.
 *  - A link may hold back ACKs and release them together. Those that still wait
 *    must not be missed in the count: so the longest gap between two ACKs is
 *    taken off the length.
 *  - RTTs are compared with the least of the same flight, not of the connection:
 *    where the delay varies, dense ACKs wait for each other, and sparse ones do
 *    not.
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
/* ... and the path is the reason for this part of its length. */
#define MIN_SPREAD_DIVISOR	4U
/* On shorter paths the noise of interrupts and timers is as long as a train. */
#define MIN_RTT_US		1000U
/* The trial's window, beyond what the path holds. */
#define TRIAL_DIVISOR		4U
/* The part of its queue that must be there. */
#define QUEUE_DIVISOR		2U

#define NO_RTT			U32_MAX

/**
 * tcpdiag_train_start() - a connection enters its initial slow start
 * @t: its state, of any content
 * @snd_una: SND.UNA: the next ACK begins a train
 *
 * Context: any; the socket is locked.
 */
void tcpdiag_train_start(struct tcpdiag_train *t, u32 snd_una)
{
	*t = (struct tcpdiag_train) { .flight_end = snd_una };
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
 * Return: what the path holds, in packets; 0 if the train does not tell.
 * Range: 2^30 packets times 2^31 us fit in 64 bits.
 */
static u64 bdp(const struct tcpdiag_train *t,
	       const struct tcpdiag_train_ack *ack)
{
	u32 length_us = t->last_us - t->begin_us - t->gap_us;
	u32 rtt_us = t->least_rtt_us;

	if (ack->rtt_us < 0 || rtt_us < MIN_RTT_US ||
	    t->packets < MIN_PACKETS || length_us < rtt_us / MIN_LENGTH_DIVISOR)
		return 0;
	if (ack->rtt_us - rtt_us < length_us / MIN_SPREAD_DIVISOR)
		return 0;
	return div_u64((u64)t->packets * rtt_us, length_us);
}

static void watch(struct tcpdiag_train *t, const struct tcpdiag_train_ack *ack)
{
	u32 rtt_us = t->least_rtt_us, cap;
	u64 holds = bdp(t, ack);

	if (!holds || ack->cwnd < holds)
		return;
	cap = max_t(u32, ack->cwnd, holds + holds / TRIAL_DIVISOR);
	t->queued_rtt_us = rtt_us + div64_u64((u64)rtt_us * (cap - holds),
					      holds * QUEUE_DIVISOR);
	t->cap = cap;
	t->phase = TCPDIAG_TRAIN_FILL;
}

bool tcpdiag_train_ack(struct tcpdiag_train *t,
		       const struct tcpdiag_train_ack *ack)
{
	bool next_flight = after(ack->snd_una, t->flight_end);

	switch (t->phase) {
	case TCPDIAG_TRAIN_WATCH:
		if (next_flight) {
			begin_train(t, ack);
		} else {
			extend_train(t, ack);
			watch(t, ack);
			if (t->phase == TCPDIAG_TRAIN_FILL)
				t->flight_end = ack->snd_nxt;
		}
		return false;
	case TCPDIAG_TRAIN_FILL:
		if (ack->cwnd >= t->cap && next_flight)
			t->phase = TCPDIAG_TRAIN_TRIAL;
		if (ack->cwnd < t->cap || next_flight)
			t->flight_end = ack->snd_nxt;
		return false;
	default:
		if (ack->rtt_us >= 0 && ack->rtt_us < t->queued_rtt_us) {
			begin_train(t, ack);
			return false;
		}
		return next_flight;
	}
}

u32 tcpdiag_train_growth(const struct tcpdiag_train *t, u32 acked, u32 cwnd)
{
	if (t->phase == TCPDIAG_TRAIN_WATCH)
		return acked;
	return min(acked, t->cap - min(cwnd, t->cap));
}
