// SPDX-License-Identifier: GPL-2.0
/*
 * Processes as a reader may see them, with the pids of the reader's pid
 * namespace. The caller decides whether the reader may see owners at all.
 */
#include <linux/bitmap.h>
#include <linux/cgroup.h>
#include <linux/fdtable.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "store/owner.h"

/**
 * tcpdiag_owner_threads() - how many threads a process has
 * @pid: its thread group, or NULL
 *
 * Context: any.
 * Return: how many; 0 if it has ended.
 */
unsigned int tcpdiag_owner_threads(struct pid *pid)
{
	struct task_struct *task;
	unsigned int n = 0;

	rcu_read_lock();
	task = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;
	if (task)
		n = get_nr_threads(task);
	rcu_read_unlock();
	return n;
}

/**
 * tcpdiag_owner_is_alive() - whether a process still runs
 * @pid: its thread group, or NULL
 *
 * Context: any.
 * Return: true if it does.
 */
bool tcpdiag_owner_is_alive(struct pid *pid)
{
	bool alive;

	rcu_read_lock();
	alive = pid && pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return alive;
}

/*
 * A thread that a tracer stops, or that waits for its child of vfork(), counts as
 * frozen for its cgroup, whether or not that is to be.
 */
static bool is_cgroup_frozen(struct task_struct *task)
{
	return cgroup_task_frozen(task) &&
	       READ_ONCE(task->jobctl) & JOBCTL_TRAP_FREEZE;
}

/* A debugger or strace stops single threads, often for a moment: that is no halt. */
static enum tcpdiag_halted halted(struct task_struct *task)
{
	if (READ_ONCE(task->signal->flags) & SIGNAL_STOP_STOPPED &&
	    !READ_ONCE(task->ptrace))
		return TCPDIAG_HALTED_STOPPED;
	if (is_cgroup_frozen(task) || READ_ONCE(task->__state) & TASK_FROZEN)
		return TCPDIAG_HALTED_FROZEN;
	return TCPDIAG_HALTED_NOT;
}

/* The caller knows that it still runs, or did a moment ago. */
static void read_halted(struct tcpdiag_owner *owner, struct pid *pid)
{
	struct task_struct *task;

	rcu_read_lock();
	task = pid_task(pid, PIDTYPE_TGID);
	if (task)
		owner->halted = halted(task);
	rcu_read_unlock();
}

/* False if the process has ended or the reader cannot see it. */
static bool read_running(struct tcpdiag_owner *owner, struct pid *pid)
{
	pid_t nr = pid_nr_ns(pid, task_active_pid_ns(current));
	struct task_struct *task = nr ? get_pid_task(pid, PIDTYPE_TGID) : NULL;

	if (!task)
		return false;
	owner->pid = nr;
	get_task_comm(owner->comm, task);
	owner->halted = halted(task);
	put_task_struct(task);
	return true;
}

/**
 * tcpdiag_owner_read() - name the owner of a socket
 * @owner: the result; all its bytes are set
 * @seen: the process that was seen to connect, listen or close; NULL for none,
 *	or the kernel
 * @comm: its name then
 * @holder: a process that has the socket open now, or NULL
 *
 * The process that was seen comes first as long as it runs, then the holder. A
 * process that has ended is given by name only, because its pid may be reused.
 *
 * Context: process, the reader's.
 */
void tcpdiag_owner_read(struct tcpdiag_owner *owner, struct pid *seen,
			const char *comm, struct pid *holder)
{
	pid_t nr = pid_nr_ns(seen, task_active_pid_ns(current));
	bool alive = tcpdiag_owner_is_alive(seen);

	memset(owner, 0, sizeof(*owner));
	if (!alive && holder && read_running(owner, holder))
		return;
	owner->kernel = tcpdiag_owner_is_kernel(seen, comm);
	if (!nr && !owner->kernel)
		return;
	if (alive) {
		owner->pid = nr;
		read_halted(owner, seen);
	}
	strscpy(owner->comm, comm, sizeof(owner->comm));
}

static u64 count_descriptors(struct files_struct *files)
{
	struct fdtable *fdt;
	u64 n;

	spin_lock(&files->file_lock);
	fdt = files_fdtable(files);
	n = bitmap_weight(fdt->open_fds, fdt->max_fds);
	spin_unlock(&files->file_lock);
	return n;
}

/**
 * tcpdiag_owner_descriptors() - descriptors of a process, and their limit
 * @pid: its thread group
 * @used: set to the descriptors that it has open
 * @limit: set to how many it may have (RLIMIT_NOFILE), or RLIM_INFINITY
 *
 * Context: process.
 * Return: false if the process or its leader has ended.
 */
bool tcpdiag_owner_descriptors(struct pid *pid, u64 *used, u64 *limit)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	bool known = false;

	if (!task)
		return false;
	task_lock(task);
	if (task->files) {
		*used = count_descriptors(task->files);
		*limit = task_rlimit(task, RLIMIT_NOFILE);
		known = true;
	}
	task_unlock(task);
	put_task_struct(task);
	return known;
}
