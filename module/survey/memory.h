/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who holds the memory of TCP while it is short.
 */
#ifndef TCPDIAG_SURVEY_MEMORY_H
#define TCPDIAG_SURVEY_MEMORY_H

#include <linux/types.h>

#include "model/owner.h"

struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_record;
struct tcpdiag_snapshot;

/* Programs that are told. */
#define TCPDIAG_MEMORY_HOLDERS	4

/**
 * struct tcpdiag_memory_holder - what open connections of a program hold
 * @owner: the program
 * @sockets: how many
 * @port: if not 0: the port that they were accepted on; @owner is who listens there now
 * @unread: bytes that have come and it has not read
 * @queued: bytes to send, or not acknowledged, with their overhead
 * @held: bytes of memory that they take: the kernel gives it by the page, so a FIN
 *	that nobody has read takes one
 * @closed: those of them of sockets in CLOSE_WAIT
 */
struct tcpdiag_memory_holder {
	struct tcpdiag_owner owner;
	u32 sockets;
	u16 port;
	u64 unread;
	u64 queued;
	u64 held;
	u64 closed;
};

/**
 * struct tcpdiag_memory_facts - memory of TCP that is short, or was just now
 * @samples: how many looks, one a second, found it so in the last two to four
 *	minutes
 * @span_us: since when that was counted
 * @machine: that of the machine (net.ipv4.tcp_mem), at the last of these looks; else
 *	that of the connections' memory cgroup
 * @mostly: if not @machine: connections of this namespace have half or more of what
 *	the cgroup may have
 * @whole: bytes that TCP has on the machine, or that the cgroup may have: only to
 *	compare, it is not this namespace's to see
 * @pages_known: the reader may see @pages and @limit, which are of the machine
 * @pages: pages that TCP has
 * @limit: net.ipv4.tcp_mem, three values in pages
 * @dropped: segments that were thrown away in this namespace since @span_us because
 *	they had no room, in a connection's own buffer or at all
 * @open: open connections of this namespace
 * @looked: how many of them were looked at in the last of these looks
 * @n: programs in @holder
 * @holder: at the last of these looks; the one that holds most first
 */
struct tcpdiag_memory_facts {
	u32 samples;
	u64 span_us;
	bool machine;
	bool mostly;
	u64 whole;
	bool pages_known;
	u64 pages;
	u64 limit[3];
	u32 dropped;
	u32 open;
	u32 looked;
	unsigned int n;
	struct tcpdiag_memory_holder holder[TCPDIAG_MEMORY_HOLDERS];
};

void tcpdiag_memory_look(const struct tcpdiag_record *rec);
void tcpdiag_memory_tick(struct tcpdiag_net *tn);
void tcpdiag_memory_release(struct tcpdiag_net *tn);
bool tcpdiag_memory_read(const struct tcpdiag_reader *reader,
			 const struct tcpdiag_snapshot *snap,
			 struct tcpdiag_memory_facts *facts);

#endif /* TCPDIAG_SURVEY_MEMORY_H */
