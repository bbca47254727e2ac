/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local ports by destination, as readers see them.
 */
#ifndef TCPDIAG_ACCOUNT_PORTS_READ_H
#define TCPDIAG_ACCOUNT_PORTS_READ_H

#include "model/peer.h"

struct tcpdiag_net;

/* Destinations that have a row; the rest are counted with the others. */
#define TCPDIAG_PORTS_ROWS	64

/**
 * struct tcpdiag_ports_table - ports in use of one namespace
 * @low: lower end of net.ipv4.ip_local_port_range
 * @high: its upper end
 * @reserved: ports of the range in net.ipv4.ip_local_reserved_ports
 * @rules: what decides when a destination has no port left
 * @counted_us: how long ago the last pass counted
 * @other: destinations without a row
 * @n: how many rows
 * @row: one row for each destination, the one with most ports in use first
 */
struct tcpdiag_ports_table {
	int low;
	int high;
	u32 reserved;
	struct tcpdiag_port_rules rules;
	u64 counted_us;
	struct tcpdiag_peer_sum other;
	unsigned int n;
	struct tcpdiag_peer_sum *row[];
};

/**
 * struct tcpdiag_ports_worst - destinations that findings are about
 * @fullest: the one with most ports that connect() cannot take; NULL if there
 *	is no destination
 * @refused: the one where connect() last found no port
 * @busiest: the one with most connects in the last two intervals
 * @bound: one with most ports from bind(), of the local address with most
 * @late: the one with most connects lately that needed more than one SYN
 * @fast_open: the one where most Fast Opens were dropped lately
 * @binder: who holds most of the ports of @bound's local address that bind()
 *	found; NULL if that is not known
 * @binder_least: at least so many
 */
struct tcpdiag_ports_worst {
	struct tcpdiag_peer_sum *fullest;
	struct tcpdiag_peer_sum *refused;
	struct tcpdiag_peer_sum *busiest;
	struct tcpdiag_peer_sum *bound;
	struct tcpdiag_peer_sum *late;
	struct tcpdiag_peer_sum *fast_open;
	const struct tcpdiag_peer_owner *binder;
	u32 binder_least;
};

void tcpdiag_ports_tick(struct tcpdiag_net *tn);
struct tcpdiag_ports_table *tcpdiag_ports_read(struct tcpdiag_net *tn);
struct tcpdiag_ports_table *
tcpdiag_ports_read_worst(struct tcpdiag_net *tn,
			 struct tcpdiag_ports_worst *worst);
void tcpdiag_ports_put(struct tcpdiag_ports_table *table);

#endif /* TCPDIAG_ACCOUNT_PORTS_READ_H */
