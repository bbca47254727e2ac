/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the looks of the worker's cursor found lately, by program and peer.
 */
#ifndef TCPDIAG_SURVEY_SAMPLED_H
#define TCPDIAG_SURVEY_SAMPLED_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/owner.h"

struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_record;

/* Rows that are told apart: kinds, programs and peers. */
#define TCPDIAG_SAMPLED	16
/* Sockets of a row that are told apart. */
#define TCPDIAG_SAMPLED_SOCKETS	16

/**
 * enum tcpdiag_sample - what a look found
 * @TCPDIAG_SAMPLE_NAGLE: Nagle's algorithm waits for an ACK that the peer delays
 * @TCPDIAG_SAMPLE_CORKED: TCP_CORK holds the end of a message back
 * @TCPDIAG_SAMPLE_STRIPPED: a connection is without options that its peer agreed to
 *	in others; figures: whether it has no timestamps; @mask: which
 * @TCPDIAG_SAMPLE_WRAP: half of all sequence numbers are used within a minute, and
 *	the connection has no timestamps; figures: bytes in a second
 * @TCPDIAG_SAMPLE_SILLY_OWN: small segments come because the window here is small;
 *	figures: bytes of a segment, of the receive buffer
 * @TCPDIAG_SAMPLE_SILLY_PEER: small segments go because the peer's window is small;
 *	figures: bytes of a segment, of the window
 */
enum tcpdiag_sample {
	TCPDIAG_SAMPLE_NAGLE,
	TCPDIAG_SAMPLE_CORKED,
	TCPDIAG_SAMPLE_STRIPPED,
	TCPDIAG_SAMPLE_WRAP,
	TCPDIAG_SAMPLE_SILLY_OWN,
	TCPDIAG_SAMPLE_SILLY_PEER,
};

/**
 * struct tcpdiag_sample_look - what one look found
 * @kind: what
 * @more: it only says more of those that were found before
 * @mask: see the kind
 * @figure: see the kind
 */
struct tcpdiag_sample_look {
	enum tcpdiag_sample kind;
	bool more;
	u32 mask;
	u64 figure[2];
};

/**
 * struct tcpdiag_sampled - what was found of one program and peer
 * @kind: what
 * @owner: the program
 * @connected: it connected to @peer; else it accepted them on @port
 * @v6: the peer's address is IPv6
 * @peer: the peer's address; IPv4 in the first word
 * @port: the peer's port if @connected, else the local one
 * @more: a look has said more of it; of CORKED: TCP_CORK was found set when all had
 *	been sent
 * @mask: of all looks
 * @figure: of the last look
 * @sockets: in how many sockets, since the row began; no more than
 *	TCPDIAG_SAMPLED_SOCKETS are counted
 * @samples: how many looks found it in the last two to four minutes, one a second of
 *	each connection; from TCPDIAG_SAMPLE_WRAP on, one a second of all together
 * @span_us: since when that was counted
 */
struct tcpdiag_sampled {
	enum tcpdiag_sample kind;
	struct tcpdiag_owner owner;
	bool connected;
	bool v6;
	struct in6_addr peer;
	u16 port;
	bool more;
	u32 mask;
	u64 figure[2];
	u32 sockets;
	u32 samples;
	u64 span_us;
};

/**
 * struct tcpdiag_sampled_facts - what the looks found lately
 * @n: how many in @row
 * @row: the most often found first
 * @timestamps: net.ipv4.tcp_timestamps
 * @paws: segments that timestamps have shown to be old, since the account began
 */
struct tcpdiag_sampled_facts {
	unsigned int n;
	struct tcpdiag_sampled row[TCPDIAG_SAMPLED];
	unsigned int timestamps;
	u64 paws;
};

void tcpdiag_sampled_add(const struct tcpdiag_record *rec,
			 const struct tcpdiag_sample_look *look);
void tcpdiag_sampled_count(struct tcpdiag_net *tn);
void tcpdiag_sampled_release(struct tcpdiag_net *tn);
void tcpdiag_sampled_read(const struct tcpdiag_reader *reader,
			  struct tcpdiag_sampled_facts *facts);

#endif /* TCPDIAG_SURVEY_SAMPLED_H */
