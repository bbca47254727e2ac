/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The train of ACKs of one flight tells what the path holds before it is full.
 * It ends the initial slow start where the buffer is too short for HyStart++.
 * Any algorithm can use it. See ack_train.c.
 */
#ifndef TCPDIAG_ACK_TRAIN_H
#define TCPDIAG_ACK_TRAIN_H

#include <linux/types.h>

enum tcpdiag_train_phase {
	TCPDIAG_TRAIN_WATCH,	/* trains are measured */
	TCPDIAG_TRAIN_FILL,	/* alarm: the window grows to that of the trial */
	TCPDIAG_TRAIN_TRIAL,	/* is the queue there that must be there? */
};

/**
 * struct tcpdiag_train - a connection's initial slow start
 * @flight_end: what is acknowledged beyond it belongs to the next flight
 * @begin_us: WATCH: when the first ACK of the flight arrived
 * @last_us: WATCH: when its latest ACK arrived
 * @gap_us: WATCH: the longest time between two of them
 * @least_rtt_us: WATCH: least RTT of the flight; U32_MAX if unknown
 * @cap: otherwise: the window of the trial, in packets
 * @queued_rtt_us: otherwise: an RTT below it shows that there is no queue
 * @cwnd: otherwise: the window at the last ACK, in packets
 * @flights: otherwise: flights of the trial that are acknowledged and count
 * @sampled: otherwise: this flight has an RTT sample
 * @slack: otherwise: some of the window was not used in this flight
 * @fresh: otherwise: nothing was in flight before this flight
 * @drained: otherwise: the last ACK left nothing in flight
 * @packets: acknowledged since @begin_us
 * @phase: enum tcpdiag_train_phase
 *
 * All zeroes: the next ACK beyond sequence number 0 begins a train.
 */
struct tcpdiag_train {
	u32 flight_end;
	union {
		struct {
			u32 begin_us;
			u32 last_us;
			u32 gap_us;
			u32 least_rtt_us;
		};
		struct {
			u32 cap;
			u32 queued_rtt_us;
			u32 cwnd;
			u32 flights : 8;
			u32 sampled : 1;
			u32 slack : 1;
			u32 fresh : 1;
			u32 drained : 1;
		};
	};
	u32 packets : 30;
	u32 phase : 2;
};

/**
 * struct tcpdiag_train_ack - an ACK
 * @now_us: when it arrived, the low 32 bits
 * @rtt_us: RTT sample; negative if there is none
 * @packets: acknowledged by it
 * @cwnd: the window, in packets
 * @snd_una: SND.UNA after it
 * @snd_nxt: SND.NXT
 * @cwnd_limited: the sender uses all of the window
 */
struct tcpdiag_train_ack {
	u32 now_us;
	s32 rtt_us;
	u32 packets;
	u32 cwnd;
	u32 snd_una;
	u32 snd_nxt;
	bool cwnd_limited;
};

void tcpdiag_train_start(struct tcpdiag_train *t, u32 snd_nxt);
bool tcpdiag_train_ack(struct tcpdiag_train *t,
		       const struct tcpdiag_train_ack *ack);
u32 tcpdiag_train_growth(const struct tcpdiag_train *t, u32 acked, u32 cwnd);

#endif /* TCPDIAG_ACK_TRAIN_H */
