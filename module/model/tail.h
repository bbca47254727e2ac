/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data that this end holds back although the peer has room for it. Pure functions.
 */
#ifndef TCPDIAG_MODEL_TAIL_H
#define TCPDIAG_MODEL_TAIL_H

#include <linux/types.h>

/**
 * enum tcpdiag_tail - why a last, small part of the data is held back
 * @TCPDIAG_TAIL_NONE: it is not, or for a good reason, or nobody waits
 * @TCPDIAG_TAIL_BRIEF: Nagle's algorithm waits for an ACK, which may be on its way
 * @TCPDIAG_TAIL_NAGLE: the same for longer than an ACK takes: the peer delays it
 * @TCPDIAG_TAIL_CORKED: TCP_CORK is set, and no more comes
 * @TCPDIAG_TAIL_LEFT: nothing is held back; all was sent and TCP_CORK is still set
 */
enum tcpdiag_tail {
	TCPDIAG_TAIL_NONE,
	TCPDIAG_TAIL_BRIEF,
	TCPDIAG_TAIL_NAGLE,
	TCPDIAG_TAIL_CORKED,
	TCPDIAG_TAIL_LEFT,
};

/**
 * struct tcpdiag_tail_look - what a socket says, read without its lock
 * @nagle: neither TCP_NODELAY nor TCP_CORK is set
 * @corked: TCP_CORK is set
 * @small_out: a small segment is not acknowledged
 * @disturbed: segments are lost, or may be
 * @packets_out: segments that are not acknowledged
 * @cwnd: how many may be
 * @bytes: bytes that are not sent
 * @mss: the largest segment
 * @room: bytes that the peer has room for
 * @sent_us: how long ago data was last sent
 * @received_us: how long ago data last came
 * @min_rtt_us: the shortest round trip
 * @held_us: if nothing is in flight, for how long it has been held back; else 0
 * @program_waits: the program waits for what the socket tells, or may: epoll is on
 *	it
 */
struct tcpdiag_tail_look {
	bool nagle;
	bool corked;
	bool small_out;
	bool disturbed;
	u32 packets_out;
	u32 cwnd;
	u32 bytes;
	u32 mss;
	u32 room;
	u64 sent_us;
	u64 received_us;
	u32 min_rtt_us;
	u64 held_us;
	bool program_waits;
};

enum tcpdiag_tail tcpdiag_tail_judge(const struct tcpdiag_tail_look *look);

#endif /* TCPDIAG_MODEL_TAIL_H */
