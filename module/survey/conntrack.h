/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that connection tracking (nf_conntrack) drops.
 */
#ifndef TCPDIAG_SURVEY_CONNTRACK_H
#define TCPDIAG_SURVEY_CONNTRACK_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_reader;

/**
 * struct tcpdiag_conntrack_facts - what it dropped in this namespace lately
 * @seconds: in how many seconds of the last two to four minutes it dropped some
 * @dropped: how many packets then, of any protocol
 * @span_us: since when that was counted
 * @ago_us: how long ago the last second was in which it did
 * @entries: the entries of this namespace at that second
 * @max: the most that a namespace may have; 0: without a limit
 * @clashes: packets that were dropped in that time because another entry had their
 *	addresses and ports already
 * @clash_seconds: in how many seconds
 * @clash_span_us: since when these were counted
 * @clash_ago_us: how long ago the last of these seconds was
 */
struct tcpdiag_conntrack_facts {
	u32 seconds;
	u32 dropped;
	u64 span_us;
	u64 ago_us;
	u32 entries;
	u32 max;
	u32 clashes;
	u32 clash_seconds;
	u64 clash_span_us;
	u64 clash_ago_us;
};

void tcpdiag_conntrack_begin(void);
void tcpdiag_conntrack_end(void);
void tcpdiag_conntrack_tick(struct tcpdiag_net *tn);
void tcpdiag_conntrack_read(const struct tcpdiag_reader *reader,
			    struct tcpdiag_conntrack_facts *facts);
void tcpdiag_conntrack_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_CONNTRACK_H */
