// SPDX-License-Identifier: GPL-2.0
/*
 * A walk through the processes of the machine, by their numbers: it does not
 * matter which of them end meanwhile, and no lock is held between two of them.
 */
#include <linux/idr.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "survey/processes.h"

/**
 * tcpdiag_process_next() - the next process of user space
 * @nr: the number to begin with, 1 or more than the last one; set to the next
 *	number in use, which may be that of a thread
 * @process: set to the process, with a reference; NULL if that number is none
 *
 * Context: process. The caller calls cond_resched() between two calls.
 * Return: false after the last one.
 */
bool tcpdiag_process_next(int *nr, struct task_struct **process)
{
	struct pid *pid;

	rcu_read_lock();
	pid = idr_get_next(&init_pid_ns.idr, nr);
	*process = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;
	if (*process && (*process)->flags & PF_KTHREAD)
		*process = NULL;
	if (*process)
		get_task_struct(*process);
	rcu_read_unlock();
	return pid;
}
