/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of all facts, for diagnosis.c and for tests.
 */
#ifndef TCPDIAG_DIAGNOSE_FACT_VALUES_H
#define TCPDIAG_DIAGNOSE_FACT_VALUES_H

#include "diagnose/facts.h"
#include "diagnose/facts_binds.h"
#include "diagnose/facts_close_wait.h"
#include "diagnose/facts_connect.h"
#include "diagnose/facts_fast_open.h"
#include "diagnose/facts_listen.h"
#include "diagnose/facts_losses.h"
#include "diagnose/facts_ports.h"
#include "diagnose/facts_resets.h"
#include "diagnose/facts_sources.h"
#include "diagnose/facts_synacks.h"
#include "diagnose/facts_time_wait.h"
#include "model/limits.h"
#include "model/shares.h"
#include "model/snapshot.h"
#include "survey/bloat.h"
#include "survey/conntrack.h"
#include "survey/discards.h"
#include "survey/held.h"
#include "survey/memory.h"
#include "survey/pool.h"
#include "survey/sampled.h"
#include "survey/stale.h"
#include "survey/stalls.h"
#include "survey/stuck.h"

/**
 * struct tcpdiag_fact_values - the facts themselves; see struct tcpdiag_facts
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
struct tcpdiag_fact_values {
	bool owners;
	struct tcpdiag_limits limits;
	struct tcpdiag_snapshot snap;
	struct tcpdiag_shares_seen shares;
	struct tcpdiag_close_wait close_wait;
	struct tcpdiag_stale_facts stale;
	struct tcpdiag_stalls_facts stalls;
	struct tcpdiag_sampled_facts sampled;
	struct tcpdiag_memory_facts memory;
	struct tcpdiag_conntrack_facts conntrack;
	struct tcpdiag_discards_facts discards;
	struct tcpdiag_bloat_facts bloat;
	struct tcpdiag_losses_facts losses;
	struct tcpdiag_stuck_facts stuck;
	struct tcpdiag_listen_facts listen;
	struct tcpdiag_held_facts held;
	struct tcpdiag_pool_facts pool;
	struct tcpdiag_binds_facts binds;
	struct tcpdiag_fast_open_facts fast_open;
	struct tcpdiag_synacks_facts synacks;
	struct tcpdiag_connect_facts connect;
	struct tcpdiag_ports_facts ports;
	struct tcpdiag_time_wait_facts time_wait;
	struct tcpdiag_resets_facts resets;
	struct tcpdiag_sources_facts sources;
};

/**
 * tcpdiag_facts_of() - the facts as findings get them
 * @v: the facts; they must outlive the result
 *
 * Context: any.
 * Return: pointers to them.
 */
static inline struct tcpdiag_facts
tcpdiag_facts_of(const struct tcpdiag_fact_values *v)
{
	return (struct tcpdiag_facts) {
		.owners = v->owners,
		.limits = &v->limits,
		.snap = &v->snap,
		.shares = &v->shares,
		.close_wait = &v->close_wait,
		.stale = &v->stale,
		.stalls = &v->stalls,
		.sampled = &v->sampled,
		.memory = &v->memory,
		.conntrack = &v->conntrack,
		.discards = &v->discards,
		.bloat = &v->bloat,
		.losses = &v->losses,
		.stuck = &v->stuck,
		.listen = &v->listen,
		.held = &v->held,
		.pool = &v->pool,
		.binds = &v->binds,
		.fast_open = &v->fast_open,
		.synacks = &v->synacks,
		.connect = &v->connect,
		.ports = &v->ports,
		.time_wait = &v->time_wait,
		.resets = &v->resets,
		.sources = &v->sources,
	};
}

#endif /* TCPDIAG_DIAGNOSE_FACT_VALUES_H */
