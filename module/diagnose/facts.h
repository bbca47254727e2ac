/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The facts that findings judge: one namespace's account, what a survey finds
 * when a reader asks, the thresholds and the host's settings at that moment.
 * They are made for one reader: owners that the reader may not see, or that
 * cannot be found, are left out.
 *
 * What is not known never accuses. A look may have been cut, a table may have
 * been full, a hook may be missing, an owner may be hidden, an age may be an
 * estimate, an interval may be too short for a rate. So:
 *
 *   - a figure that may be missing or incomplete has a flag beside it that says
 *     so (rates_known, growth_known, last_known, missed, cut, estimated), and a
 *     finding reads the flag before it judges the figure
 *   - 0 is a figure, not "not known"
 *   - an incomplete count and an estimated age are lower bounds: a finding may
 *     rest on one, and says "at least"
 *   - a finding that would rest on what is not known is not made; a sentence or
 *     remedy that would is left out, or names what is not known
 *   - facts that memory was too short to gather make the whole read fail
 *
 * kunit/findings_unknown_test.c has a case for each finding.
 *
 * A finding includes the header of each fact that it judges. A new fact is a
 * struct in a header of its own, a pointer here, the struct itself in
 * fact_values.h and a line in diagnosis.c.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_H
#define TCPDIAG_DIAGNOSE_FACTS_H

#include <linux/types.h>

struct tcpdiag_binds_facts;
struct tcpdiag_bloat_facts;
struct tcpdiag_close_wait;
struct tcpdiag_connect_facts;
struct tcpdiag_conntrack_facts;
struct tcpdiag_discards_facts;
struct tcpdiag_fast_open_facts;
struct tcpdiag_held_facts;
struct tcpdiag_limits;
struct tcpdiag_listen_facts;
struct tcpdiag_memory_facts;
struct tcpdiag_losses_facts;
struct tcpdiag_pool_facts;
struct tcpdiag_ports_facts;
struct tcpdiag_resets_facts;
struct tcpdiag_sampled_facts;
struct tcpdiag_shares_seen;
struct tcpdiag_snapshot;
struct tcpdiag_sources_facts;
struct tcpdiag_stale_facts;
struct tcpdiag_stalls_facts;
struct tcpdiag_stuck_facts;
struct tcpdiag_synacks_facts;
struct tcpdiag_time_wait_facts;

/**
 * struct tcpdiag_facts - what findings judge
 * @owners: the reader may see which process owns a socket
 * @limits: thresholds
 * @snap: the account
 * @shares: how users share max_records
 * @close_wait: sockets that stay in CLOSE_WAIT
 * @stale: connections that have been idle for long
 * @stalls: connections that have not gone on for too long
 * @sampled: what looks at connections found lately
 * @memory: memory of TCP that is short
 * @conntrack: packets that connection tracking drops
 * @discards: packets that come and are discarded
 * @bloat: transfers that stand in a queue
 * @losses: what connections lose on their way
 * @stuck: closed sockets that wait for their peers
 * @listen: listeners
 * @held: sockets that a program has open after its FIN
 * @pool: connections kept after their server has closed them
 * @binds: bind() and listen() that find their port taken
 * @fast_open: whether the kernel uses Fast Open
 * @synacks: handshakes that needed more than one SYN-ACK
 * @connect: attempts to connect that fail
 * @ports: local ports
 * @time_wait: TIME_WAIT
 * @resets: connections that end by a RST
 * @sources: events that no hook delivers
 */
struct tcpdiag_facts {
	bool owners;
	const struct tcpdiag_limits *limits;
	const struct tcpdiag_snapshot *snap;
	const struct tcpdiag_shares_seen *shares;
	const struct tcpdiag_close_wait *close_wait;
	const struct tcpdiag_stale_facts *stale;
	const struct tcpdiag_stalls_facts *stalls;
	const struct tcpdiag_sampled_facts *sampled;
	const struct tcpdiag_memory_facts *memory;
	const struct tcpdiag_conntrack_facts *conntrack;
	const struct tcpdiag_discards_facts *discards;
	const struct tcpdiag_bloat_facts *bloat;
	const struct tcpdiag_losses_facts *losses;
	const struct tcpdiag_stuck_facts *stuck;
	const struct tcpdiag_listen_facts *listen;
	const struct tcpdiag_held_facts *held;
	const struct tcpdiag_pool_facts *pool;
	const struct tcpdiag_binds_facts *binds;
	const struct tcpdiag_fast_open_facts *fast_open;
	const struct tcpdiag_synacks_facts *synacks;
	const struct tcpdiag_connect_facts *connect;
	const struct tcpdiag_ports_facts *ports;
	const struct tcpdiag_time_wait_facts *time_wait;
	const struct tcpdiag_resets_facts *resets;
	const struct tcpdiag_sources_facts *sources;
};

#endif /* TCPDIAG_DIAGNOSE_FACTS_H */
