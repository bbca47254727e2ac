/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that come to this host and that its kernel discards before a socket gets
 * them.
 */
#ifndef TCPDIAG_SURVEY_DISCARDS_H
#define TCPDIAG_SURVEY_DISCARDS_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_reader;

/**
 * enum tcpdiag_discard - why a packet is discarded
 * @TCPDIAG_DISCARD_RP_FILTER: answers would leave by another device (rp_filter); of
 *	any protocol
 * @TCPDIAG_DISCARD_MD5_MISSING: a socket has a key for the peer (TCP MD5), and the
 *	segment has no signature
 * @TCPDIAG_DISCARD_MD5_UNEXPECTED: it has one, and no socket has a key
 * @TCPDIAG_DISCARD_MD5_WRONG: it was signed with another key
 * @TCPDIAG_DISCARD_LOW_TTL: it has come over more routers than the socket allows
 *	(IP_MINTTL)
 * @TCPDIAG_DISCARD_CHECKSUM: its checksum is wrong
 * @TCPDIAG_DISCARDS: how many there are
 */
enum tcpdiag_discard {
	TCPDIAG_DISCARD_RP_FILTER,
	TCPDIAG_DISCARD_MD5_MISSING,
	TCPDIAG_DISCARD_MD5_UNEXPECTED,
	TCPDIAG_DISCARD_MD5_WRONG,
	TCPDIAG_DISCARD_LOW_TTL,
	TCPDIAG_DISCARD_CHECKSUM,
	TCPDIAG_DISCARDS,
};

/**
 * struct tcpdiag_discard_fact - what was discarded for one reason
 * @seconds: in how many seconds of the last two to four minutes some were
 * @packets: how many then
 * @span_us: since when that was counted
 * @ago_us: how long ago the last of these seconds was
 */
struct tcpdiag_discard_fact {
	u32 seconds;
	u32 packets;
	u64 span_us;
	u64 ago_us;
};

/**
 * struct tcpdiag_discards_facts - what this namespace discarded lately
 * @by: by reason
 * @segments: segments that have come to TCP in the same time
 */
struct tcpdiag_discards_facts {
	struct tcpdiag_discard_fact by[TCPDIAG_DISCARDS];
	u32 segments;
};

void tcpdiag_discards_tick(struct tcpdiag_net *tn);
void tcpdiag_discards_read(const struct tcpdiag_reader *reader,
			   struct tcpdiag_discards_facts *facts);
void tcpdiag_discards_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_DISCARDS_H */
