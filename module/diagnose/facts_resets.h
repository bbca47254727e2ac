/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about connections that end by a RST.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_RESETS_H
#define TCPDIAG_DIAGNOSE_FACTS_RESETS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/owner.h"
#include "model/reset.h"
#include "survey/port_holder.h"

struct tcpdiag_reader;

/* Kinds of RSTs that are told of; further ones are in the view resets. */
#define TCPDIAG_RESET_FACTS	16
/* So many SYNs to one port in ten minutes are told of. */
#define TCPDIAG_RESETS_MANY_REFUSED	50

/**
 * struct tcpdiag_reset_fact - RSTs of one reason, program and service
 * @reason: why
 * @active: the program connected to @addr and @port; else it accepted on @port
 * @local: the peers of most are on this host
 * @v6: the addresses are IPv6
 * @one_peer: most have the same peer
 * @addr: if @active or @one_peer, the peer's address; IPv4 in the first word
 * @port: host order
 * @owner: the program; empty if not known or hidden from the reader
 * @count: how many since insmod
 * @recent: how many in the last ten minutes
 * @per_s: how many per second lately, in tenths
 * @since_us: how long ago the first was since the last pause of ten minutes;
 *	also for @local, @one_peer and the times
 * @ago_us: how long ago the last was
 * @idle: times without data until one side closed; nothing known if @idle.n is 0
 * @gap: times from then until the RST; nothing known if @gap.n is 0
 * @lost: those of @recent with data that the peer had not acknowledged
 * @unanswered: those of @recent in which data of this end had got no answer; then
 *	@gap is since it was sent. Of %TCPDIAG_RESET_PEER_DATA and PEER_CLOSED: in
 *	which data of the side that closed had got none
 * @served: of %TCPDIAG_RESET_NOT_ACCEPTED: somebody listens on @port now
 * @unsure: of the same: whether somebody does is not known
 */
struct tcpdiag_reset_fact {
	enum tcpdiag_reset reason;
	bool active;
	bool local;
	bool v6;
	bool one_peer;
	struct in6_addr addr;
	u16 port;
	struct tcpdiag_owner owner;
	u64 count;
	u64 recent;
	u64 per_s;
	u64 since_us;
	u64 ago_us;
	struct tcpdiag_range idle;
	struct tcpdiag_range gap;
	u64 lost;
	u64 unanswered;
	bool served;
	bool unsure;
};

/**
 * struct tcpdiag_resets_sleep - that this host was asleep
 * @slept_us: for how long, in all; 0 if it did not wake in the last ten minutes
 * @first_us: how long ago it woke, the first time of a row of sleeps
 * @woke_us: the same, the last time
 */
struct tcpdiag_resets_sleep {
	u64 slept_us;
	u64 first_us;
	u64 woke_us;
};

/**
 * struct tcpdiag_resets_facts - all of them
 * @migrates: net.ipv4.tcp_migrate_req
 * @sleep: whether this host was asleep
 * @n: entries in @fact
 * @fact: those of the last ten minutes whose reason a finding judges, the most
 *	frequent first
 * @refused: SYNs to ports that nobody listens on, in the last ten minutes
 * @refused_port: the port that most of these are for; 0 if there is none
 * @refused_hits: how many were for that port, at least
 * @refused_v6: the last of those has IPv6 addresses
 * @refused_peer: where it came from; IPv4 in the first word
 * @refused_asked: the address of this host that it was for
 * @refused_ago_us: how long ago it was
 * @refused_since_us: how long ago the first of those was
 * @refused_holder: who has that port now: there, or else at any address; nobody if it is not
 *	known
 */
struct tcpdiag_resets_facts {
	bool migrates;
	struct tcpdiag_resets_sleep sleep;
	unsigned int n;
	struct tcpdiag_reset_fact fact[TCPDIAG_RESET_FACTS];
	u64 refused;
	u16 refused_port;
	u64 refused_hits;
	bool refused_v6;
	struct in6_addr refused_peer;
	struct in6_addr refused_asked;
	u64 refused_ago_us;
	u64 refused_since_us;
	struct tcpdiag_port_holder refused_holder;
};

bool tcpdiag_resets_judge(enum tcpdiag_reset reason, unsigned int state);
bool tcpdiag_facts_resets(const struct tcpdiag_reader *reader,
			  struct tcpdiag_resets_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_RESETS_H */
