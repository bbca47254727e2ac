// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the header and the options of a TCP segment.
 */
#include <linux/tcp.h>
#include <net/tcp.h>

#include "model/segment.h"

/**
 * tcpdiag_segment_header() - read a segment's fixed header
 * @segment: the segment
 * @th: its header
 *
 * Context: any.
 */
void tcpdiag_segment_header(struct tcpdiag_segment *segment,
			    const struct tcphdr *th)
{
	u16 source = ntohs(th->source), dest = ntohs(th->dest);

	segment->addr.lport = segment->out ? source : dest;
	segment->addr.rport = segment->out ? dest : source;
	segment->seq = ntohl(th->seq);
	segment->ack = ntohl(th->ack_seq);
	segment->flags = tcp_flag_byte(th);
	segment->window = ntohs(th->window);
}

static u16 read_16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 read_32(const u8 *p)
{
	return (u32)read_16(p) << 16 | read_16(p + 2);
}

/* An option of another length than its own is none. */
static void read_option(struct tcpdiag_segment *segment, const u8 *option)
{
	const u8 *value = option + 2;

	switch (option[0] << 8 | option[1]) {
	case TCPOPT_MSS << 8 | TCPOLEN_MSS:
		segment->known |= TCPDIAG_SEGMENT_MSS;
		segment->mss = read_16(value);
		break;
	case TCPOPT_WINDOW << 8 | TCPOLEN_WINDOW:
		segment->known |= TCPDIAG_SEGMENT_WSCALE;
		segment->wscale = *value;
		break;
	case TCPOPT_SACK_PERM << 8 | TCPOLEN_SACK_PERM:
		segment->known |= TCPDIAG_SEGMENT_SACK_PERMITTED;
		break;
	case TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP:
		segment->known |= TCPDIAG_SEGMENT_TS;
		segment->tsval = read_32(value);
		segment->tsecr = read_32(value + 4);
		break;
	}
}

/**
 * tcpdiag_segment_options() - read a segment's options
 * @segment: the segment
 * @options: what follows its fixed header, from anybody
 * @len: length of that, to the end of the header
 *
 * Reading ends at the first option that is not whole, as in TCP itself.
 *
 * Context: any.
 */
void tcpdiag_segment_options(struct tcpdiag_segment *segment,
			     const u8 *options, unsigned int len)
{
	const u8 *end = options + len;
	unsigned int size;

	for (; options < end && *options != TCPOPT_EOL; options += size) {
		size = 1;
		if (*options == TCPOPT_NOP)
			continue;
		if (end - options < 2)
			return;
		size = options[1];
		if (size < 2 || size > end - options)
			return;
		read_option(segment, options);
	}
}
