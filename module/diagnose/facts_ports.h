/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about local ports.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_PORTS_H
#define TCPDIAG_DIAGNOSE_FACTS_PORTS_H

#include <linux/types.h>

#include "model/owner.h"
#include "model/peer.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_ports_fact - a destination
 * @sum: its figures, without references; all 0 if there is no destination
 * @taken: ports that connect() cannot take; without those in TIME_WAIT that it
 *	may reuse
 * @reuses: it may reuse ports in TIME_WAIT
 * @forecast_s: seconds until it has no port left, or TCPDIAG_NEVER
 * @refused_us: how long ago connect() last found no port
 * @user: one of the processes that connect there
 * @victim: the process that last found no port
 * @late_us: how long ago a connect() last needed more than one SYN
 * @late_user: the process that made it
 * @fast_open_user: the process whose Fast Open was last dropped
 */
struct tcpdiag_ports_fact {
	struct tcpdiag_peer_sum sum;
	u32 taken;
	bool reuses;
	u64 forecast_s;
	u64 refused_us;
	struct tcpdiag_owner user;
	struct tcpdiag_owner victim;
	u64 late_us;
	struct tcpdiag_owner late_user;
	struct tcpdiag_owner fast_open_user;
};

/**
 * struct tcpdiag_ports_facts - local ports
 * @low: lower end of net.ipv4.ip_local_port_range
 * @high: its upper end
 * @reserved: ports of it in net.ipv4.ip_local_reserved_ports
 * @rules: what decides when a destination has no port left
 * @fullest: the destination with most ports that connect() cannot take
 * @refused: the one where connect() last found no port
 * @busiest: the one with most connects in @rules.window_ms
 * @bound: one with most ports from bind() on its local address
 * @late: the one with most connects lately that needed more than one SYN
 * @late_here: the other end of @late is in this namespace
 * @fast_open: the one where most Fast Opens were dropped lately
 * @binder: who holds most of the ports of @bound's local address that bind()
 *	found
 * @bound_least: at least so many of them; 0 if that is not known
 * @ecn: net.ipv4.tcp_ecn: 1 asks for ECN in SYNs
 * @now_ns: when the facts were gathered, ktime_get_ns()
 */
struct tcpdiag_ports_facts {
	int low;
	int high;
	unsigned int reserved;
	struct tcpdiag_port_rules rules;
	struct tcpdiag_ports_fact fullest;
	struct tcpdiag_ports_fact refused;
	struct tcpdiag_ports_fact busiest;
	struct tcpdiag_ports_fact bound;
	struct tcpdiag_ports_fact late;
	bool late_here;
	struct tcpdiag_ports_fact fast_open;
	struct tcpdiag_owner binder;
	u32 bound_least;
	unsigned int ecn;
	u64 now_ns;
};

bool tcpdiag_facts_ports(const struct tcpdiag_reader *reader,
			 struct tcpdiag_ports_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_PORTS_H */
