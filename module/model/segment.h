/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP segment as a trace shows it. Pure functions.
 */
#ifndef TCPDIAG_MODEL_SEGMENT_H
#define TCPDIAG_MODEL_SEGMENT_H

#include <linux/bits.h>
#include <linux/types.h>

#include "model/addr.h"

struct tcphdr;

/* Room for all options that a TCP header can have. */
#define TCPDIAG_SEGMENT_OPTIONS	40

/**
 * enum tcpdiag_segment_known - what a segment has beside its fixed header
 * @TCPDIAG_SEGMENT_LEN: the length of its payload; unknown if the rest of it is
 *	in other fragments
 * @TCPDIAG_SEGMENT_MSS: maximum segment size
 * @TCPDIAG_SEGMENT_WSCALE: window scale
 * @TCPDIAG_SEGMENT_SACK_PERMITTED: SACK is permitted
 * @TCPDIAG_SEGMENT_TS: timestamps
 */
enum tcpdiag_segment_known {
	TCPDIAG_SEGMENT_LEN		= BIT(0),
	TCPDIAG_SEGMENT_MSS		= BIT(1),
	TCPDIAG_SEGMENT_WSCALE		= BIT(2),
	TCPDIAG_SEGMENT_SACK_PERMITTED	= BIT(3),
	TCPDIAG_SEGMENT_TS		= BIT(4),
};

/**
 * struct tcpdiag_segment - a segment
 * @at_ns: when it passed, ktime_get_ns()
 * @addr: both ends; the local one is its sender if @out
 * @reason: 0 for a segment; else this is no segment, but the reason of a RST,
 *	enum sk_rst_reason + 1
 * @v6: of IPv6
 * @out: sent from here
 * @flags: bits of the header, FIN 0x01 to CWR 0x80
 * @known: enum tcpdiag_segment_known; the fields of the others are 0
 * @seq: sequence number
 * @ack: acknowledgment number
 * @len: bytes of payload
 * @packets: packets on the wire that GSO makes of it, or that GRO made it of
 * @window: window as in the header, not scaled
 * @mss: maximum segment size
 * @wscale: window scale
 * @tsval: the sender's timestamp
 * @tsecr: the timestamp that it echoes
 */
struct tcpdiag_segment {
	u64 at_ns;
	struct tcpdiag_addr addr;
	u16 reason;
	bool v6;
	bool out;
	u8 flags;
	u8 known;
	u32 seq;
	u32 ack;
	u32 len;
	u16 packets;
	u16 window;
	u16 mss;
	u8 wscale;
	u32 tsval;
	u32 tsecr;
};

/* It lies in a queue. */
static_assert(sizeof(struct tcpdiag_segment) % sizeof(u64) == 0);

void tcpdiag_segment_header(struct tcpdiag_segment *segment,
			    const struct tcphdr *th);
void tcpdiag_segment_options(struct tcpdiag_segment *segment,
			     const u8 *options, unsigned int len);

#endif /* TCPDIAG_MODEL_SEGMENT_H */
