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

#include <linux/types.h>

#include "close_wait.h"
#include "format.h"
#include "peer.h"
#include "snapshot.h"

/**
 * struct tcpdiag_limits - thresholds of findings, net.tcpdiag.*
 * @close_wait_leak_ms: a socket in CLOSE_WAIT for longer is a suspect
 * @stale_established_ms: a connection without data for longer, and without
 *	keepalive, is stale
 * @stuck_last_ack_ms: a socket in LAST_ACK for longer is stuck
 * @orphans: so many orphans that last are too many
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
	struct tcpdiag_ports_facts ports;
	struct tcpdiag_time_wait_facts time_wait;
};

#endif /* TCPDIAG_FACTS_H */
