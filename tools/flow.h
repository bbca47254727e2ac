/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a trace tells of each connection: sequence numbers relative to the ISNs,
 * and which segments were there before.
 */
#ifndef TCPDIAG_TOOLS_FLOW_H
#define TCPDIAG_TOOLS_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "row.h"

/* Bits of a TCP header. */
#define FLAG_FIN	0x01
#define FLAG_SYN	0x02
#define FLAG_RST	0x04
#define FLAG_PSH	0x08
#define FLAG_ACK	0x10
#define FLAG_URG	0x20
#define FLAG_ECE	0x40
#define FLAG_CWR	0x80

/**
 * struct ends - both ends of a connection, as one of them sees it
 * @local: our end
 * @remote: the peer's
 */
struct ends {
	struct end local;
	struct end remote;
};

/**
 * struct segment - a segment that was sent or received
 * @ends: where
 * @us: when, microseconds of any clock
 * @out: it was sent
 * @flags: FLAG_*
 * @seq: sequence number
 * @ack: acknowledgment number
 * @has_len: @len is known
 * @len: bytes of payload
 * @packets: packets on the wire that it stands for
 * @window: as in its header
 * @mss: maximum segment size; 0 for none
 * @has_wscale: it has @wscale
 * @wscale: window scale
 * @sack: SACK is permitted
 * @has_ts: it has timestamps
 * @tsval: timestamp
 * @tsecr: echoed timestamp
 */
struct segment {
	struct ends ends;
	uint64_t us;
	bool out;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	bool has_len;
	uint32_t len;
	uint16_t packets;
	uint16_t window;
	uint16_t mss;
	bool has_wscale;
	uint8_t wscale;
	bool sack;
	bool has_ts;
	uint32_t tsval;
	uint32_t tsecr;
};

/**
 * enum kind_of_segment - what a segment is in its flow
 * @SEGMENT_NEW: it begins where the one before ended
 * @SEGMENT_AGAIN: all of it was there before
 * @SEGMENT_LATE: others that come after it were there before
 * @SEGMENT_GAP: something is missing before it
 * @SEGMENT_KEEPALIVE: a probe of a keepalive timer
 * @SEGMENT_PROBE: a probe of a window that is closed
 */
enum kind_of_segment {
	SEGMENT_NEW,
	SEGMENT_AGAIN,
	SEGMENT_LATE,
	SEGMENT_GAP,
	SEGMENT_KEEPALIVE,
	SEGMENT_PROBE,
};

/**
 * struct place - where a segment is in its flow
 * @kind: what it is
 * @seq: sequence number, relative to the sender's ISN
 * @ack: acknowledgment number, relative to the other ISN
 * @missing: bytes that are missing before it
 * @times: how often it was sent again by now
 */
struct place {
	enum kind_of_segment kind;
	uint32_t seq;
	uint32_t ack;
	uint32_t missing;
	unsigned int times;
};

/**
 * struct way - one of the two directions of a flow
 * @known: @base is known
 * @syn: it is the ISN
 * @base: what sequence numbers are relative to
 * @next: behind the last byte
 * @acked: what the other end has acknowledged
 * @acks: the other end has acknowledged something
 * @again: sequence number of the last segment that was sent again
 * @times: how often
 * @window: the last window of the sender of this direction
 */
struct way {
	bool known;
	bool syn;
	uint32_t base;
	uint32_t next;
	uint32_t acked;
	bool acks;
	uint32_t again;
	unsigned int times;
	uint16_t window;
};

/**
 * struct flow - a connection
 * @next: the next one of the table's chain
 * @ends: where
 * @id: its number in this trace
 * @over: it has ended, or is about to
 * @way: received, sent
 * @data: what the user of the table keeps for it
 */
struct flow {
	struct flow *next;
	struct ends ends;
	unsigned int id;
	bool over;
	struct way way[2];
	max_align_t data[];
};

#define FLOW_CHAINS	256
/* A trace follows at most this many at once. */
#define FLOWS_MAX	16384
/* So many are kept after their end: for a RST, or an ACK in TIME_WAIT. */
#define FLOWS_OVER	256

/**
 * struct flows - the connections of a trace
 * @size: size of what their user keeps for each
 * @n: how many
 * @last_id: number of the last one
 * @overs: how many have ended
 * @over: the last of these
 * @chain: connections, by a hash of their ends
 */
struct flows {
	size_t size;
	unsigned int n;
	unsigned int last_id;
	unsigned int overs;
	struct flow *over[FLOWS_OVER];
	struct flow *chain[FLOW_CHAINS];
};

struct flow *flow_find(const struct flows *flows, const struct ends *ends);
struct flow *flow_open(struct flows *flows, const struct ends *ends);
struct flow *flow_of(struct flows *flows, const struct segment *segment);
struct flow *flow_of_change(struct flows *flows, const struct ends *ends,
			    const char *to);
void flow_over(struct flows *flows, struct flow *flow);
void flows_free(struct flows *flows);
void flow_read(struct flow *flow, const struct segment *segment,
	       struct place *place);

#endif /* TCPDIAG_TOOLS_FLOW_H */
