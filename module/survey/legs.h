/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whom proxies wait for.
 */
#ifndef TCPDIAG_SURVEY_LEGS_H
#define TCPDIAG_SURVEY_LEGS_H

#include <linux/types.h>

#include "model/addr.h"

struct pid;
struct tcpdiag_holders;
struct tcpdiag_net;

/* Processes that are kept, and of each so many connections, the oldest. */
#define TCPDIAG_LEGS_PROCESSES	64
#define TCPDIAG_LEGS_KEPT	32

/**
 * struct tcpdiag_leg - one connection in FIN_WAIT2
 * @of: index of its process
 * @v6: @addr is IPv6
 * @addr: its two ends; of a mapped IPv4 address the IPv4 address
 * @held: a process that has the other end, with a reference; NULL if none was
 *	found
 */
struct tcpdiag_leg {
	unsigned int of;
	bool v6;
	struct tcpdiag_addr addr;
	struct pid *held;
};

/**
 * struct tcpdiag_legs_of - the connections of one process in FIN_WAIT2
 * @pid: the process, valid as long as the holders are; NULL without holders
 * @n: how many it has
 * @kept: how many of them are kept
 */
struct tcpdiag_legs_of {
	struct pid *pid;
	u32 n;
	u32 kept;
};

/**
 * struct tcpdiag_legs - connections that processes made and have in FIN_WAIT2
 * @cut: not all connections were looked at
 * @full: there was no room for further processes
 * @unknown: connections of which it is not known who has them
 * @processes: entries in @process
 * @process: by process
 * @n: entries in @leg
 * @leg: those that are kept, sorted by ports
 */
struct tcpdiag_legs {
	bool cut;
	bool full;
	u32 unknown;
	unsigned int processes;
	struct tcpdiag_legs_of process[TCPDIAG_LEGS_PROCESSES];
	unsigned int n;
	struct tcpdiag_leg leg[TCPDIAG_LEGS_PROCESSES * TCPDIAG_LEGS_KEPT];
};

/**
 * struct tcpdiag_legs_end - where more connections of a process lead to than to
 *	any other end
 * @n: about how many of its connections lead there
 * @v6: @addr is IPv6
 * @addr: the address; IPv4 in the first word
 * @port: the port, host order
 * @held: the process that has most of the other ends, valid as long as the
 *	connections; NULL if there is none
 */
struct tcpdiag_legs_end {
	u32 n;
	bool v6;
	struct in6_addr addr;
	u16 port;
	struct pid *held;
};

struct tcpdiag_legs *tcpdiag_legs_look(struct tcpdiag_net *tn,
				       const struct tcpdiag_holders *holders);
void tcpdiag_legs_meet(struct tcpdiag_legs *legs,
		       const struct tcpdiag_addr *addr, struct pid *pid);
const struct tcpdiag_legs_of *
tcpdiag_legs_of(const struct tcpdiag_legs *legs, const struct pid *pid);
bool tcpdiag_legs_more(const struct tcpdiag_legs *legs,
		       const struct tcpdiag_legs_of *of, u32 wanted);
void tcpdiag_legs_end(const struct tcpdiag_legs *legs,
		      const struct tcpdiag_legs_of *of,
		      struct tcpdiag_legs_end *end);
void tcpdiag_legs_put(struct tcpdiag_legs *legs);

#endif /* TCPDIAG_SURVEY_LEGS_H */
