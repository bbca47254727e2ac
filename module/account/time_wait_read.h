/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TIME_WAIT in one namespace, as readers see it.
 */
#ifndef TCPDIAG_ACCOUNT_TIME_WAIT_READ_H
#define TCPDIAG_ACCOUNT_TIME_WAIT_READ_H

#include "model/slots.h"

struct pid;
struct tcpdiag_net;

/* Owners that have a row, and destinations that have one. */
#define TCPDIAG_TIME_WAIT_ROWS	64

/**
 * struct tcpdiag_time_wait_row - TIME_WAITs of one owner or one destination
 * @key: the owner or destination; see read_owners() and read_dests()
 * @pid: the owner, with a reference; NULL if not known
 * @n: how many
 */
struct tcpdiag_time_wait_row {
	struct tcpdiag_key key;
	struct pid *pid;
	u32 n;
};

/**
 * struct tcpdiag_time_wait_rows - all owners or all destinations
 * @n: how many rows
 * @row: the rows, the one with most TIME_WAITs first
 */
struct tcpdiag_time_wait_rows {
	unsigned int n;
	struct tcpdiag_time_wait_row *row;
};

/**
 * struct tcpdiag_time_wait_table - TIME_WAIT in one namespace
 * @total: sockets in TIME_WAIT
 * @fin_wait2: orphaned FIN_WAIT2s, which the kernel keeps as minisockets too
 * @limit: net.ipv4.tcp_max_tw_buckets, for both
 * @overflows: sockets beyond @limit, since the namespace began
 * @recycled: ports in TIME_WAIT that connect() took, since then
 * @reuse: net.ipv4.tcp_tw_reuse
 * @rate: TIME_WAITs made, in tenths per second, over 1, 10 and 60 seconds
 * @counted_us: how long ago the last pass counted owners and destinations
 * @owners: the processes that closed first
 * @dests: the destinations, and the local ends of accepted connections
 */
struct tcpdiag_time_wait_table {
	u64 total;
	u64 fin_wait2;
	unsigned int limit;
	u64 overflows;
	u64 recycled;
	unsigned int reuse;
	u64 rate[3];
	u64 counted_us;
	struct tcpdiag_time_wait_rows owners;
	struct tcpdiag_time_wait_rows dests;
};

void tcpdiag_time_wait_tick(struct tcpdiag_net *tn);
bool tcpdiag_time_wait_overflowed(struct tcpdiag_net *tn, u64 *overflows);
struct tcpdiag_time_wait_table *tcpdiag_time_wait_read(struct tcpdiag_net *tn);
void tcpdiag_time_wait_put(struct tcpdiag_time_wait_table *table);
void tcpdiag_time_wait_purge(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_TIME_WAIT_READ_H */
