/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about listeners.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_LISTEN_H
#define TCPDIAG_DIAGNOSE_FACTS_LISTEN_H

#include <linux/in6.h>
#include <linux/types.h>

#include "survey/descriptors.h"
#include "survey/listener_owner.h"
#include "survey/listeners.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_listener_fact - a listener with one kind of trouble
 * @listeners: how many have this trouble, without those that are facts of their
 *	own; if 0, the rest is not set
 * @v6: its address is IPv6
 * @v6only: it has IPV6_V6ONLY set
 * @addr: local address; IPv4 in the first word
 * @port: local port, host order
 * @owner: its processes; empty if the reader may not see them
 * @fds: the descriptors of the process that holds it
 * @reuseport: it has SO_REUSEPORT
 * @sharing: listeners of this port that share its handshakes, itself included
 * @accepting: connections that wait for any of them
 * @never: none of them has accepted a connection since it listens
 * @accepted_us: how long ago one of them did; 0 if that is not known
 * @since_us: how long it has had its present verdict
 * @now: its accept queue is full at present
 * @syn: SYNs in its queue
 * @syn_limit: the length at which this queue is full
 * @accept: connections that wait for accept()
 * @limit: of either queue, from listen()
 * @wait_us: how long the first of @accept has been waiting
 * @done_per_s: handshakes completed in the last second
 * @accepted_per_s: connections accepted in the last second
 * @rates_known: these two are known
 * @overflows: drops due to a full accept queue since insmod
 * @overflows_minute: those of the last minute
 * @drops: all drops since insmod
 * @floods: SYN floods since insmod
 */
struct tcpdiag_listener_fact {
	unsigned int listeners;
	bool v6;
	bool v6only;
	struct in6_addr addr;
	u16 port;
	struct tcpdiag_listener_owner owner;
	struct tcpdiag_descriptors fds;
	bool reuseport;
	u32 sharing;
	u64 accepting;
	bool never;
	u64 accepted_us;
	u64 since_us;
	bool now;
	u32 syn;
	u32 syn_limit;
	u32 accept;
	u32 limit;
	u64 wait_us;
	u64 done_per_s;
	u64 accepted_per_s;
	bool rates_known;
	u64 overflows;
	u64 overflows_minute;
	u64 drops;
	u32 floods;
};

/**
 * struct tcpdiag_listen_facts - what is wrong with listeners, the worst first
 * @flood: SYN flood
 * @syn_full: the queue of SYNs is full, with real clients
 * @overflow: the accept queue overflowed in the last minute
 * @slow: connections wait long for accept()
 * @flood_unlocated: SYNs get cookies that do not come back, and no queue is
 *	full
 * @full_per_s: SYNs that found a full queue in the last second
 * @valid_per_s: cookies that came back in the last second
 * @syncookies: net.ipv4.tcp_syncookies
 * @aborts: net.ipv4.tcp_abort_on_overflow
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @somaxconn: net.core.somaxconn
 */
struct tcpdiag_listen_facts {
	struct tcpdiag_listener_fact flood[TCPDIAG_WORST_EACH];
	struct tcpdiag_listener_fact syn_full[TCPDIAG_WORST_EACH];
	struct tcpdiag_listener_fact overflow[TCPDIAG_WORST_EACH];
	struct tcpdiag_listener_fact slow[TCPDIAG_WORST_EACH];
	bool flood_unlocated;
	u64 full_per_s;
	u64 valid_per_s;
	unsigned int syncookies;
	bool aborts;
	u32 max_syn_backlog;
	u32 somaxconn;
};

bool tcpdiag_facts_listen(const struct tcpdiag_reader *reader,
			  struct tcpdiag_listen_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_LISTEN_H */
