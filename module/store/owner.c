// SPDX-License-Identifier: GPL-2.0
/*
 * Processes as a reader may see them: numbers are those of the reader's pid
 * namespace. Whether the reader may see owners at all is for the caller to
 * know.
 */
#include <linux/bitmap.h>
#include <linux/fdtable.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "store/owner.h"

/**
 * tcpdiag_owner_is_alive() - does a process still run?
 * @pid: its thread group, or NULL
 *
 * Context: process.
 * Return: whether it does.
 */
bool tcpdiag_owner_is_alive(struct pid *pid)
{
	bool alive;

	rcu_read_lock();
	alive = pid && pid_task(pid, PIDTYPE_TGID);
	rcu_read_unlock();
	return alive;
}

/* False if the process ended or cannot be seen. */
static bool read_running(struct tcpdiag_owner *owner, struct pid *pid)
{
	pid_t nr = pid_nr_ns(pid, task_active_pid_ns(current));
	struct task_struct *task = nr ? get_pid_task(pid, PIDTYPE_TGID) : NULL;

	if (!task)
		return false;
	owner->pid = nr;
	get_task_comm(owner->comm, task);
	put_task_struct(task);
	return true;
}

/**
 * tcpdiag_owner_read() - name the owner of a socket
 * @owner: the result, all its bytes set
 * @seen: thread group that was seen to connect, listen or close; or NULL
 * @comm: its name then
 * @holder: thread group that has the socket open now, or NULL
 *
 * Who was seen comes first as long as it runs, then the holder. Of a process
 * that has ended only the name is given, for its number may be another's.
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
	if (!nr)
		return;
	if (alive)
		owner->pid = nr;
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
 * tcpdiag_owner_descriptors() - how near is a process to its limit?
 * @pid: its thread group
 * @used: descriptors that it has open
 * @limit: how many it may have (RLIMIT_NOFILE); RLIM_INFINITY for any number
 *
 * Context: process.
 * Return: false if it has ended, or its leader has.
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
