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

/* Processes that are kept, and connections to find the other ends of. */
#define TCPDIAG_LEGS_PROCESSES	64
#define TCPDIAG_LEGS_KEPT	1024

/**
 * struct tcpdiag_leg - one connection in FIN_WAIT2
 * @of: index of its process
 * @v6: @addr is IPv6
 * @addr: its two ends; of a mapped IPv4 address the IPv4 address
 */
struct tcpdiag_leg {
	unsigned int of;
	bool v6;
	struct tcpdiag_addr addr;
};

/**
 * struct tcpdiag_legs_of - the connections of one process in FIN_WAIT2
 * @pid: the process, valid as long as the holders are; NULL without holders
 * @n: how many it has
 * @one: one of them; with @next the one whose other end it has
 * @next: a process that has the other end of one, with a reference; NULL if none
 *	was found
 */
struct tcpdiag_legs_of {
	struct pid *pid;
	u32 n;
	struct tcpdiag_leg one;
	struct pid *next;
};

/**
 * struct tcpdiag_legs - connections that processes made and have in FIN_WAIT2
 * @processes: entries in @process
 * @process: by process
 * @n: entries in @leg
 * @leg: sorted by ports
 */
struct tcpdiag_legs {
	unsigned int processes;
	struct tcpdiag_legs_of process[TCPDIAG_LEGS_PROCESSES];
	unsigned int n;
	struct tcpdiag_leg leg[TCPDIAG_LEGS_KEPT];
};

struct tcpdiag_legs *tcpdiag_legs_look(struct tcpdiag_net *tn,
				       const struct tcpdiag_holders *holders);
void tcpdiag_legs_meet(struct tcpdiag_legs *legs,
		       const struct tcpdiag_addr *addr, struct pid *pid);
const struct tcpdiag_legs_of *
tcpdiag_legs_of(const struct tcpdiag_legs *legs, const struct pid *pid);
void tcpdiag_legs_put(struct tcpdiag_legs *legs);

#endif /* TCPDIAG_SURVEY_LEGS_H */
