/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that findings judge, and nothing else: a copy of one namespace's account
 * and of what is looked at only when somebody asks, with the thresholds and the
 * host's settings of that moment. Made for one reader: owners it may not see,
 * or cannot, are left out.
 *
 * A new topic is a struct of its own here and one line in facts.c that fills it.
 */
#ifndef TCPDIAG_FACTS_H
#define TCPDIAG_FACTS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/causes.h"
#include "model/close_wait.h"
#include "model/format.h"
#include "model/peer.h"
#include "model/snapshot.h"

/**
 * struct tcpdiag_limits - thresholds of findings, net.tcpdiag.*
 * @close_wait_leak_ms: a socket in CLOSE_WAIT for longer is a suspect
 * @stale_established_ms: a connection without data for longer, and without
 *	keepalive, is stale
 * @stuck_last_ack_ms: a socket in LAST_ACK for longer is stuck
 * @orphans: so many orphans that last are too many
 * @slow_accept_ms: a connection that waits longer for accept() waits long
 * @syn_flood_per_s: so many SYNs that met a full queue may be a flood
 * @failed_connects: so many that fail for one cause in a minute are a finding
 * @ports_percent: a destination with so much of its local ports in use is near
 *	its end
 * @churn_per_second: so many connections a second to one destination are many
 *
 * Each has a default in findings.c and a line in sysctl.c.
 */
struct tcpdiag_limits {
	unsigned int close_wait_leak_ms;
	unsigned int stale_established_ms;
	unsigned int stuck_last_ack_ms;
	unsigned int orphans;
	unsigned int slow_accept_ms;
	unsigned int syn_flood_per_s;
	unsigned int failed_connects;
	unsigned int ports_percent;
	unsigned int churn_per_second;
};

/**
 * struct tcpdiag_stale_facts - connections that have been idle for long
 * @sockets: how many, without keepalive
 * @idle_us: the longest without data
 * @peer: where that one is connected to; empty if it is gone by now
 * @owner: who has it
 * @keepalive_time: net.ipv4.tcp_keepalive_time, in seconds
 */
struct tcpdiag_stale_facts {
	u64 sockets;
	u64 idle_us;
	char peer[TCPDIAG_PEER_LEN];
	struct tcpdiag_owner owner;
	u64 keepalive_time;
};

/**
 * struct tcpdiag_stuck_facts - closed sockets that wait for their peers
 * @last_ack: in LAST_ACK for too long
 * @last_ack_oldest_us: the longest of these
 * @peer: whom that one waits for
 * @retransmits: how often that one's FIN was sent again since an answer
 * @orphans: all that no process has and that are there for a second: FIN_WAIT1,
 *	CLOSING, LAST_ACK
 * @orphans_oldest_us: the longest of these
 * @on_machine: orphans of all namespaces, short ones included
 * @aborted: sockets reset since boot because there were too many orphans or too
 *	little memory (TCPAbortOnMemory)
 * @orphan_retries: net.ipv4.tcp_orphan_retries
 * @cut: there were too many to look at all: the youngest are not counted
 */
struct tcpdiag_stuck_facts {
	u64 last_ack;
	u64 last_ack_oldest_us;
	char peer[TCPDIAG_PEER_LEN];
	unsigned int retransmits;
	u64 orphans;
	u64 orphans_oldest_us;
	u64 on_machine;
	u64 aborted;
	unsigned int orphan_retries;
	bool cut;
};

/**
 * struct tcpdiag_listener_fact - the listener that a thing is worst with
 * @listeners: how many have it; 0 for none, and then the rest is not set
 * @v6: its address is IPv6
 * @addr: local address; IPv4 in the first word
 * @port: local port, host order
 * @owner: whose it is
 * @since_us: how long it has had its present verdict
 * @now: the thing is so at present, and not only lately
 * @syn: SYNs in its queue
 * @syn_limit: from how many on the queue is full
 * @accept: connections that wait for accept()
 * @limit: of either queue, from listen()
 * @wait_us: how long the first of them has been waiting
 * @done_per_s: handshakes completed in the last second
 * @accepted_per_s: connections accepted in the last second
 * @overflows: connections dropped for a full accept queue since insmod
 * @overflows_minute: those of the last minute
 * @drops: all that was dropped since insmod
 * @floods: SYN floods since insmod
 */
struct tcpdiag_listener_fact {
	unsigned int listeners;
	bool v6;
	struct in6_addr addr;
	u16 port;
	struct tcpdiag_owner owner;
	u64 since_us;
	bool now;
	u32 syn;
	u32 syn_limit;
	u32 accept;
	u32 limit;
	u64 wait_us;
	u64 done_per_s;
	u64 accepted_per_s;
	u64 overflows;
	u64 overflows_minute;
	u64 drops;
	u32 floods;
};

/**
 * struct tcpdiag_listen_facts - what is wrong with listeners
 * @flood: SYN flood
 * @syn_full: the queue of SYNs is full of real clients' ones
 * @overflow: the accept queue overflowed in the last minute
 * @slow: connections wait long for accept()
 * @flood_of_none: SYNs get cookies that do not come back, and no queue is full
 * @full_per_s: SYNs that met a full queue in the last second
 * @valid_per_s: cookies that came back in the last second
 * @syncookies: net.ipv4.tcp_syncookies
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @somaxconn: net.core.somaxconn
 */
struct tcpdiag_listen_facts {
	struct tcpdiag_listener_fact flood;
	struct tcpdiag_listener_fact syn_full;
	struct tcpdiag_listener_fact overflow;
	struct tcpdiag_listener_fact slow;
	bool flood_of_none;
	u64 full_per_s;
	u64 valid_per_s;
	unsigned int syncookies;
	u32 max_syn_backlog;
	u32 somaxconn;
};

/**
 * struct tcpdiag_connect_fact - attempts to connect that fail for one cause
 * @total: since insmod
 * @minute: in the last minute
 * @v6: the last one's addresses are IPv6
 * @to: where it went; IPv4 in the first word
 * @port: its remote port, host order
 * @owner: who made it
 * @ago_us: how long ago it failed
 */
struct tcpdiag_connect_fact {
	u64 total;
	u64 minute;
	bool v6;
	struct in6_addr to;
	u16 port;
	struct tcpdiag_owner owner;
	u64 ago_us;
};

/**
 * struct tcpdiag_connect_facts - the same for all causes
 * @cause: by enum tcpdiag_cause
 * @syn_retries: net.ipv4.tcp_syn_retries
 */
struct tcpdiag_connect_facts {
	struct tcpdiag_connect_fact cause[TCPDIAG_CAUSES];
	unsigned int syn_retries;
};

/**
 * struct tcpdiag_ports_fact - a destination
 * @sum: its figures, without references; none if it never had a connection
 * @forecast_s: seconds until it has no port left; TCPDIAG_NEVER
 * @refused_us: how long ago connect() last found no port
 * @user: one of those who connect there
 * @victim: who last found no port
 */
struct tcpdiag_ports_fact {
	struct tcpdiag_peer_sum sum;
	u64 forecast_s;
	u64 refused_us;
	struct tcpdiag_owner user;
	struct tcpdiag_owner victim;
};

/**
 * struct tcpdiag_ports_facts - local ports
 * @low: net.ipv4.ip_local_port_range
 * @high: the same, its upper end
 * @capacity: ports there are for each destination
 * @window_ms: what rates are of
 * @reuse: net.ipv4.tcp_tw_reuse
 * @fullest: the destination with most ports in use
 * @refused: that where connect() last found none
 * @busiest: that with most connects now
 */
struct tcpdiag_ports_facts {
	int low;
	int high;
	u32 capacity;
	u64 window_ms;
	unsigned int reuse;
	struct tcpdiag_ports_fact fullest;
	struct tcpdiag_ports_fact refused;
	struct tcpdiag_ports_fact busiest;
};

/**
 * struct tcpdiag_time_wait_facts - TIME_WAIT
 * @limit: net.ipv4.tcp_max_tw_buckets
 * @overflows: sockets that found no room there since the account began
 */
struct tcpdiag_time_wait_facts {
	unsigned int limit;
	u64 overflows;
};

/**
 * struct tcpdiag_facts - what findings judge
 * @owners: the reader may see who owns what
 * @limits: thresholds
 * @snap: the account
 * @close_wait: sockets that stay in CLOSE_WAIT
 * @stale: connections that have been idle for long
 * @stuck: closed sockets that wait for their peers
 * @listen: listeners
 * @connect: attempts to connect that fail
 * @ports: local ports
 * @time_wait: TIME_WAIT
 */
struct tcpdiag_facts {
	bool owners;
	struct tcpdiag_limits limits;
	struct tcpdiag_snapshot snap;
	struct tcpdiag_close_wait close_wait;
	struct tcpdiag_stale_facts stale;
	struct tcpdiag_stuck_facts stuck;
	struct tcpdiag_listen_facts listen;
	struct tcpdiag_connect_facts connect;
	struct tcpdiag_ports_facts ports;
	struct tcpdiag_time_wait_facts time_wait;
};

#endif /* TCPDIAG_FACTS_H */
