/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that stay in CLOSE_WAIT.
 */
#ifndef TCPDIAG_SURVEY_LEAKS_H
#define TCPDIAG_SURVEY_LEAKS_H

#include <linux/types.h>

#include "model/close_wait.h"

struct pid;
struct tcpdiag_holders;
struct tcpdiag_net;

/* At most this many sockets are looked at: some 20 ms of work. */
#define TCPDIAG_LEAKS_MAX_LOOKED	32768

/**
 * struct tcpdiag_leak - a group of sockets and its owner
 * @pid: the process that holds its sockets, with a reference; NULL if not known
 *	or not asked for
 * @comm: its name, if @pid was seen to own them; else empty
 * @maker: if @g.inherited, the process that made or accepted one of them, with
 *	a reference; NULL if not known
 * @makers: other processes listen on that port too: which of them accepted is
 *	not known
 * @maker_comm: its name, if it was seen to; else empty
 * @next: if @g.next.here, the process that holds most of the other ends, with a
 *	reference; else NULL
 * @g: the figures; no owner in it is set
 */
struct tcpdiag_leak {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct pid *maker;
	char maker_comm[TASK_COMM_LEN];
	bool makers;
	struct pid *next;
	struct tcpdiag_cw_group g;
};

/**
 * struct tcpdiag_leaks - all groups of a namespace at one moment
 * @looked_ns: that moment, ktime_get_ns()
 * @cut: not all sockets were looked at
 * @full: there was no room for further groups
 * @n: how many groups
 * @group: the groups, the worst first
 */
struct tcpdiag_leaks {
	u64 looked_ns;
	bool cut;
	bool full;
	unsigned int n;
	struct tcpdiag_leak group[TCPDIAG_CW_GROUPS];
};

struct tcpdiag_leaks *
tcpdiag_leaks_look(struct tcpdiag_net *tn,
		   const struct tcpdiag_holders *holders);
void tcpdiag_leaks_put(struct tcpdiag_leaks *leaks);

#endif /* TCPDIAG_SURVEY_LEAKS_H */
