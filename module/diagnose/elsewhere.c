// SPDX-License-Identifier: GPL-2.0
/*
 * Which namespaces have findings that stand. The watch puts them into a list, so
 * that a read costs the same however many namespaces there are; it also finds a
 * process in each, by which a person can enter it.
 */
#include <linux/cgroup.h>
#include <linux/ktime.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "diagnose/elsewhere.h"
#include "diagnose/standing.h"
#include "store/net.h"
#include "store/reader.h"
#include "survey/processes.h"

/* Processes are gone through so often at most, for all namespaces together. */
#define SEARCH_NS	(10 * NSEC_PER_SEC)
/* Where no process was found, the next search is made after so long at most. */
#define AGAIN_NS	(60 * NSEC_PER_SEC)

/*
 * The namespaces with findings that stand, by the severity of the worst.
 * @n: how many; @lock
 */
static struct {
	spinlock_t lock; /* all of it */
	struct list_head worst[TCPDIAG_SEVERITIES];
	unsigned int n;
} listed = {
	.lock = __SPIN_LOCK_UNLOCKED(listed.lock),
	.worst = {
		[TCPDIAG_NOTE] = LIST_HEAD_INIT(listed.worst[TCPDIAG_NOTE]),
		[TCPDIAG_WARNING] =
			LIST_HEAD_INIT(listed.worst[TCPDIAG_WARNING]),
		[TCPDIAG_CRITICAL] =
			LIST_HEAD_INIT(listed.worst[TCPDIAG_CRITICAL]),
	},
};

/* The worker's: when processes were gone through last, and may be again. */
static u64 searched_ns;
static bool search_wanted;

/* Whether the process @pid has the namespace @net; @pid may be NULL. */
static bool is_in(struct pid *pid, const struct net *net)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_TGID);
	bool in = false;

	if (!task)
		return false;
	task_lock(task);
	in = task->nsproxy && task->nsproxy->net_ns == net;
	task_unlock(task);
	put_task_struct(task);
	return in;
}

static void count(struct tcpdiag_elsewhere *e, const struct tcpdiag_standing *s)
{
	const struct tcpdiag_watched *worst = NULL;
	unsigned int i;

	memset(e->found, 0, sizeof(e->found));
	for (i = 0; i < s->n; i++) {
		const struct tcpdiag_watched *w = &s->w[i];

		if (!w->raised)
			continue;
		e->found[w->severity]++;
		if (worst && w->severity <= worst->severity)
			continue;
		worst = w;
		e->code = w->code;
	}
}

/*
 * Puts it into the list that it belongs to, or into none. One that is in the right
 * list keeps its place, so that the page names the same ones each time.
 */
static void enlist(struct tcpdiag_elsewhere *e)
{
	bool listed_before = !list_empty(&e->link);
	int severity = TCPDIAG_CRITICAL;

	while (severity >= 0 && !e->found[severity])
		severity--;
	if (listed_before && severity == e->worst)
		return;
	if (!listed_before)
		e->listed_ns = ktime_get_ns();
	listed.n -= listed_before;
	list_del_init(&e->link);
	e->worst = severity;
	if (severity < 0)
		return;
	list_add_tail(&e->link, &listed.worst[severity]);
	listed.n++;
}

/**
 * tcpdiag_elsewhere_judged() - a namespace was judged
 * @e: what others may know of it
 * @net: the namespace, not the initial one
 * @s: its findings
 *
 * Context: process, the worker's.
 */
void tcpdiag_elsewhere_judged(struct tcpdiag_elsewhere *e,
			      const struct net *net,
			      const struct tcpdiag_standing *s)
{
	/* only the worker sets @e->pid */
	bool in = is_in(e->pid, net);
	struct pid *gone = NULL;

	spin_lock(&listed.lock);
	e->net = net;
	count(e, s);
	enlist(e);
	if (list_empty(&e->link) || !in)
		swap(gone, e->pid);
	search_wanted |= !list_empty(&e->link) && !e->pid &&
			 (e->listed_ns >= searched_ns ||
			  ktime_get_ns() - searched_ns > AGAIN_NS);
	spin_unlock(&listed.lock);
	put_pid(gone);
}

static void see(struct task_struct *process,
		struct tcpdiag_elsewhere *(*of)(const struct net *net))
{
	struct tcpdiag_elsewhere *e = NULL;
	const struct net *net;

	/* holds the namespace too */
	task_lock(process);
	net = process->nsproxy ? process->nsproxy->net_ns : &init_net;
	if (!net_eq(net, &init_net))
		e = of(net);
	if (e) {
		spin_lock(&listed.lock);
		if (!list_empty(&e->link) && !e->pid)
			e->pid = get_pid(task_tgid(process));
		spin_unlock(&listed.lock);
	}
	task_unlock(process);
}

/**
 * tcpdiag_elsewhere_search() - find a process in each namespace with findings
 * @of: what others may know of a namespace; NULL if there is nothing
 *
 * Goes through all processes, but seldom, and only if a namespace has none.
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_elsewhere_search(struct tcpdiag_elsewhere *
			      (*of)(const struct net *net))
{
	struct task_struct *process;
	u64 now = ktime_get_ns();
	int nr;

	if (!search_wanted || (searched_ns && now - searched_ns < SEARCH_NS))
		return;
	search_wanted = false;
	searched_ns = now;
	for (nr = 1; tcpdiag_process_next(&nr, &process); nr++) {
		if (process) {
			see(process, of);
			put_task_struct(process);
		}
		cond_resched();
	}
}

/**
 * tcpdiag_elsewhere_forget() - a namespace ends
 * @e: what others may know of it
 *
 * Context: process.
 */
void tcpdiag_elsewhere_forget(struct tcpdiag_elsewhere *e)
{
	struct pid *gone = NULL;

	spin_lock(&listed.lock);
	memset(e->found, 0, sizeof(e->found));
	enlist(e);
	swap(gone, e->pid);
	spin_unlock(&listed.lock);
	put_pid(gone);
}

/**
 * struct copy - rows, and what is needed to fill in the rest of them
 * @net: the namespace; only compared, never followed
 * @pid: a process in it, with a reference, or NULL
 */
struct copy {
	const struct net *net;
	struct pid *pid;
};

static unsigned int copy_rows(const struct list_head *list,
			      struct tcpdiag_elsewhere_row *rows,
			      struct copy *copy, unsigned int n,
			      unsigned int max)
{
	const struct tcpdiag_elsewhere *e;

	list_for_each_entry(e, list, link) {
		if (n == max)
			break;
		rows[n] = (struct tcpdiag_elsewhere_row) {
			.inum = e->net->ns.inum,
			.code = e->code,
		};
		memcpy(rows[n].found, e->found, sizeof(e->found));
		copy[n].net = e->net;
		copy[n++].pid = get_pid(e->pid);
	}
	return n;
}

static void read_cgroup(struct task_struct *task, char *path)
{
#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	if (cgroup_path(task_dfl_cgroup(task), path, TCPDIAG_CGROUP_LEN) < 0)
		*path = '\0';
	rcu_read_unlock();
#endif
}

/* The process may have ended or left since, or be hidden from the reader. */
static void name_process(struct tcpdiag_elsewhere_row *row,
			 const struct copy *copy)
{
	pid_t nr = pid_nr_ns(copy->pid, task_active_pid_ns(current));
	struct task_struct *task;

	if (!nr || !is_in(copy->pid, copy->net))
		return;
	task = get_pid_task(copy->pid, PIDTYPE_TGID);
	if (!task)
		return;
	row->pid = nr;
	get_task_comm(row->comm, task);
	read_cgroup(task, row->cgroup);
	put_task_struct(task);
}

/* Rows that a reader may ask for at most. */
#define ROWS	8

/**
 * tcpdiag_elsewhere_read() - where else findings stand
 * @reader: the reader
 * @rows: set to the worst ones
 * @max: room in @rows, at most 8
 * @n: set to how many there are in @rows
 *
 * Nothing for who does not read the initial namespace with CAP_NET_ADMIN.
 *
 * Context: process, the reader's; may sleep.
 * Return: how many other namespaces have findings.
 */
unsigned int tcpdiag_elsewhere_read(const struct tcpdiag_reader *reader,
				    struct tcpdiag_elsewhere_row *rows,
				    unsigned int max, unsigned int *n)
{
	struct copy copy[ROWS];
	unsigned int i, all;

	*n = 0;
	if (!reader->owners || !net_eq(reader->tn->net, &init_net))
		return 0;
	max = min_t(unsigned int, max, ROWS);
	spin_lock(&listed.lock);
	for (i = TCPDIAG_SEVERITIES; i--;)
		*n = copy_rows(&listed.worst[i], rows, copy, *n, max);
	all = listed.n;
	spin_unlock(&listed.lock);
	for (i = 0; i < *n; i++) {
		name_process(&rows[i], &copy[i]);
		put_pid(copy[i].pid);
	}
	return all;
}
