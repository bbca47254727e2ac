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

#include <linux/sched.h>
#include <linux/types.h>

#include "snapshot.h"

/**
 * struct tcpdiag_limits - thresholds of findings, net.tcpdiag.*
 * @close_wait_leak_ms: a socket in CLOSE_WAIT for longer is a suspect
 *
 * Each has a default in findings.c and a line in sysctl.c.
 */
struct tcpdiag_limits {
	unsigned int close_wait_leak_ms;
};

/**
 * struct tcpdiag_owner - a process as the reader may see it
 * @pid: its thread group in the reader's pid namespace; 0 if that has ended, is
 *	not known, or is not for the reader
 * @comm: its name; empty if not known or not for the reader
 */
struct tcpdiag_owner {
	pid_t pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcpdiag_facts - what findings judge
 * @owners: the reader may see who owns what
 * @limits: thresholds
 * @snap: the account
 */
struct tcpdiag_facts {
	bool owners;
	struct tcpdiag_limits limits;
	struct tcpdiag_snapshot snap;
};

#endif /* TCPDIAG_FACTS_H */
