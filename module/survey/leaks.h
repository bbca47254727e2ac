/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that stay in CLOSE_WAIT.
 */
#ifndef TCPDIAG_SURVEY_LEAKS_H
#define TCPDIAG_SURVEY_LEAKS_H

#include <linux/types.h>

#include "model/close_wait.h"

struct pid;
struct tcpdiag_net;

/* Sockets that are looked at altogether: at most some 20 ms of work. */
#define TCPDIAG_LEAKS_MAX_LOOKED	32768

/**
 * struct tcpdiag_leak - a group of sockets, and by what it is one
 * @pid: who holds its sockets, with a reference; NULL if not known or asked
 * @comm: the name of that process, if @pid was seen to make them
 * @g: the figures, the owner not yet
 */
struct tcpdiag_leak {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_cw_group g;
};

/**
 * struct tcpdiag_leaks - all groups of a namespace at one moment
 * @looked_ns: that moment, ktime_get_ns()
 * @cut: there were more sockets than are looked at
 * @full: there were more groups than there is room for
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

struct tcpdiag_leaks *tcpdiag_leaks_look(struct tcpdiag_net *tn, bool owners);
void tcpdiag_leaks_put(struct tcpdiag_leaks *leaks);

#endif /* TCPDIAG_SURVEY_LEAKS_H */
