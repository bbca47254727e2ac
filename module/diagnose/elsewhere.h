/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network namespaces other than the initial one whose findings stand, for who
 * reads the initial one and may see all of them.
 */
#ifndef TCPDIAG_DIAGNOSE_ELSEWHERE_H
#define TCPDIAG_DIAGNOSE_ELSEWHERE_H

#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "diagnose/finding.h"

struct net;
struct pid;
struct tcpdiag_reader;
struct tcpdiag_standing;

/* Room for the path of a cgroup; the end of a longer one is cut off. */
#define TCPDIAG_CGROUP_LEN	256

/**
 * struct tcpdiag_elsewhere - a namespace, as far as others may know
 * @link: in the list of those with findings; empty if it has none
 * @net: the namespace; valid while @link is in a list
 * @found: findings that stand, by severity
 * @worst: the severity by which it is in a list
 * @code: code of one of the worst
 * @pid: a process in the namespace, with a reference; NULL if none was found
 * @listed_ns: when @link came into a list, ktime_get_ns()
 */
struct tcpdiag_elsewhere {
	struct list_head link;
	const struct net *net;
	unsigned int found[TCPDIAG_SEVERITIES];
	int worst;
	const char *code;
	struct pid *pid;
	u64 listed_ns;
};

/**
 * struct tcpdiag_elsewhere_row - a namespace, as a reader may see it
 * @inum: number of the namespace
 * @found: findings that stand, by severity
 * @code: code of one of the worst
 * @pid: a process in it, in the reader's pid namespace; 0 if none is known
 * @comm: name of the process
 * @cgroup: path of its cgroup; empty if not known
 */
struct tcpdiag_elsewhere_row {
	unsigned int inum;
	unsigned int found[TCPDIAG_SEVERITIES];
	const char *code;
	pid_t pid;
	char comm[TASK_COMM_LEN];
	char cgroup[TCPDIAG_CGROUP_LEN];
};

void tcpdiag_elsewhere_judged(struct tcpdiag_elsewhere *e,
			      const struct net *net,
			      const struct tcpdiag_standing *s);
void tcpdiag_elsewhere_search(struct tcpdiag_elsewhere *
			      (*of)(const struct net *net));
void tcpdiag_elsewhere_forget(struct tcpdiag_elsewhere *e);
unsigned int tcpdiag_elsewhere_read(const struct tcpdiag_reader *reader,
				    struct tcpdiag_elsewhere_row *rows,
				    unsigned int max, unsigned int *n);

#endif /* TCPDIAG_DIAGNOSE_ELSEWHERE_H */
