/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about attempts to connect that fail.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_CONNECT_H
#define TCPDIAG_DIAGNOSE_FACTS_CONNECT_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/causes.h"
#include "model/owner.h"
#include "survey/port_holder.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_connect_fact - attempts to connect that fail for one cause
 * @total: how many since insmod
 * @minute: how many in the last minute
 * @most: at least how many of these were for the port that most of them were
 *	for; the rest is of the last of those
 * @ports: how many ports these were for, at least; 64 at most
 * @last_known: it is known; if not, the rest is not set
 * @v6: its addresses are IPv6
 * @to: its remote address; IPv4 in the first word
 * @port: its remote port, host order
 * @local_port: its local port, host order
 * @syns: how often its SYN was sent
 * @waited_s: how long after the first SYN the last one was sent, in seconds
 * @by_icmp: it was refused by an ICMP message, and not by a RST
 * @not_sent: the last SYN did not leave this host
 * @here: the address is one of this host
 * @owner: the process that made it
 * @ago_us: how long ago it failed
 */
struct tcpdiag_connect_fact {
	u64 total;
	u64 minute;
	u64 most;
	unsigned int ports;
	bool last_known;
	bool v6;
	struct in6_addr to;
	u16 port;
	u16 local_port;
	u8 syns;
	u16 waited_s;
	bool by_icmp;
	bool not_sent;
	bool here;
	struct tcpdiag_owner owner;
	u64 ago_us;
};

/**
 * struct tcpdiag_connect_facts - the same for all causes
 * @cause: by enum tcpdiag_cause
 * @silent: attempts that nobody answered, to the destination that has most of
 *	these; @silent.minute is of the last ten minutes
 * @silent_since_us: how long ago the first of them failed
 * @silent_holder: who has the port that these were for, if they were for an
 *	address of this host
 * @syn_retries: net.ipv4.tcp_syn_retries
 * @holder_known: the attempts that were refused went to an address of this host,
 *	the last for the port of most, and @holder is known
 * @holder: who has that port now: at that address, or else at any
 */
struct tcpdiag_connect_facts {
	struct tcpdiag_connect_fact cause[TCPDIAG_CAUSES];
	struct tcpdiag_connect_fact silent;
	u64 silent_since_us;
	struct tcpdiag_port_holder silent_holder;
	unsigned int syn_retries;
	bool holder_known;
	struct tcpdiag_port_holder holder;
};

bool tcpdiag_facts_connect(const struct tcpdiag_reader *reader,
			   struct tcpdiag_connect_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_CONNECT_H */
