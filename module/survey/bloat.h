/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that stand in a queue.
 */
#ifndef TCPDIAG_SURVEY_BLOAT_H
#define TCPDIAG_SURVEY_BLOAT_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/types.h>

#include "model/owner.h"
#include "model/wanted.h"

struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_record;

/* Destinations and services that are told apart. */
#define TCPDIAG_BLOATS	8

/**
 * struct tcpdiag_bloat_sum - transfers to one destination, or of one service
 * @owner: the program
 * @connected: it connected to @peer; else it accepted on @port
 * @v6: the address of the last one is IPv6
 * @peer: that address; IPv4 in the first word
 * @port: the peer's port if @connected, else the local one
 * @device: where they leave this host; empty if not known
 * @cc: the congestion control of the last one
 * @samples: looks of one second that met one in a queue, in the last two to four
 *	minutes
 * @busy: looks that met one that sent as fast as it may
 * @own: those of @samples whose queue was that of @device
 * @base_us: the shortest round trip of the look that found @srtt_us
 * @srtt_us: the longest smoothed one of the last looks that met a queue
 * @varies: their round trips differ, as those through a queue do
 * @span_us: since when that was counted
 */
struct tcpdiag_bloat_sum {
	struct tcpdiag_owner owner;
	bool connected;
	bool v6;
	struct in6_addr peer;
	u16 port;
	char device[IFNAMSIZ];
	char cc[TCPDIAG_WANTED_CC_LEN];
	u32 samples;
	u32 busy;
	u32 own;
	u32 base_us;
	u32 srtt_us;
	bool varies;
	u64 span_us;
};

/**
 * struct tcpdiag_bloat_facts - transfers that stand in a queue
 * @n: how many in @sum
 * @sum: the one with most samples first
 */
struct tcpdiag_bloat_facts {
	unsigned int n;
	struct tcpdiag_bloat_sum sum[TCPDIAG_BLOATS];
};

void tcpdiag_bloat_meet(const struct tcpdiag_record *rec);
void tcpdiag_bloat_count(struct tcpdiag_net *tn);
void tcpdiag_bloat_release(struct tcpdiag_net *tn);
bool tcpdiag_bloat_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_bloat_facts *facts);

#endif /* TCPDIAG_SURVEY_BLOAT_H */
