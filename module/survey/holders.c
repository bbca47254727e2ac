// SPDX-License-Identifier: GPL-2.0
/*
 * Which process holds a socket now. For sockets whose owner was not seen when
 * they were made, a report looks through the open files of all processes, as ss
 * does through /proc. No network lock is held meanwhile.
 *
 * The cost grows with the open files of the machine. So the result is kept for
 * a second, because a long listing is read in many parts.
 */
#include <linux/bsearch.h>
#include <linux/fdtable.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/sock.h>

#include "store/net.h"
#include "store/owner.h"
#include "survey/holders.h"

/* Room for found sockets at first. */
#define ROOM	256
/* Files looked at before other tasks may run. */
#define BATCH	1024
/* How long the result is kept. */
#define FRESH_NS	NSEC_PER_SEC

/* tcpdiag_net.holders */
static DEFINE_MUTEX(cache_mutex);

/**
 * struct holding - a process that has a socket open
 * @sk: the socket; only compared, never followed
 * @pid: the process's thread group, with a reference
 */
struct holding {
	const struct sock *sk;
	struct pid *pid;
};

/**
 * struct tcpdiag_holders - which process holds which socket of a namespace
 * @net: the namespace
 * @found: process and socket, in the end sorted by socket
 * @n: entries in @found
 * @room: how many fit in @found
 * @missed: how many did not fit
 * @task: the thread whose files are being looked at
 * @left: files to look at before other tasks may run
 * @looked_ns: when the files were looked at, ktime_get_ns()
 * @ref: users; the namespace's account is one of them
 */
struct tcpdiag_holders {
	const struct net *net;
	struct holding *found;
	size_t n;
	size_t room;
	size_t missed;
	struct task_struct *task;
	unsigned int left;
	u64 looked_ns;
	struct kref ref;
};

static void take(struct tcpdiag_holders *h, struct file *file)
{
	struct socket *sock = sock_from_file(file);
	const struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	if (!sk || sk->sk_protocol != IPPROTO_TCP ||
	    (sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	    !net_eq(sock_net(sk), h->net))
		return;
	if (h->n == h->room) {
		h->missed++;
		return;
	}
	h->found[h->n].sk = sk;
	h->found[h->n].pid = get_pid(task_tgid(h->task));
	h->n++;
}

/*
 * Called for each open file, under the lock of its table. Returns 0 to continue
 * now, or the next descriptor, which is never 0, to continue from there later.
 */
static int look_at_file(const void *arg, struct file *file, unsigned int fd)
{
	struct tcpdiag_holders *h = (void *)arg;

	take(h, file);
	return --h->left ? 0 : fd + 1;
}

/* The descriptor to continue from; 0 at the end; -1 if there are no files. */
static int look_at_some(struct tcpdiag_holders *h, struct task_struct *thread,
			int from)
{
	int next = -1;

	h->task = thread;
	h->left = BATCH;
	task_lock(thread);
	if (thread->files)
		next = iterate_fd(thread->files, from, look_at_file, h);
	task_unlock(thread);
	return next;
}

/* Let other tasks run; false if @process ended meanwhile. */
static bool let_others_run(struct task_struct *process)
{
	bool alive;

	get_task_struct(process);
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
	alive = pid_alive(process);
	put_task_struct(process);
	return alive;
}

/*
 * Threads share their files, but a leader that has ended has none, so the first
 * thread with files is taken. False if the process ended meanwhile.
 */
static bool look_at_process(struct tcpdiag_holders *h,
			    struct task_struct *process)
{
	struct task_struct *thread;
	int next = -1;

	for_each_thread(process, thread) {
		next = look_at_some(h, thread, 0);
		while (next > 0) {
			/* both must still be there to continue */
			if (!let_others_run(thread) || !pid_alive(process))
				return false;
			next = look_at_some(h, thread, next);
		}
		if (!next)
			break;
	}
	return let_others_run(process);
}

/* False if it must be started again. */
static bool look_at_all(struct tcpdiag_holders *h)
{
	struct task_struct *process;
	bool whole = true;

	rcu_read_lock();
	for_each_process(process) {
		if (process->flags & PF_KTHREAD)
			continue;
		if (!look_at_process(h, process)) {
			whole = false;
			break;
		}
	}
	rcu_read_unlock();
	return whole;
}

static void drop(struct tcpdiag_holders *h)
{
	while (h->n)
		put_pid(h->found[--h->n].pid);
	h->missed = 0;
}

static bool make_room(struct tcpdiag_holders *h, size_t room)
{
	kvfree(h->found);
	h->found = kvmalloc_array(room, sizeof(*h->found), TCPDIAG_GFP);
	h->room = h->found ? room : 0;
	return h->found;
}

static int by_socket(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->sk == y->sk)
		return 0;
	return x->sk < y->sk ? -1 : 1;
}

/* By socket; processes that share one in the order of their pids. */
static int by_socket_and_pid(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	return by_socket(a, b) ?: pid_nr(x->pid) - pid_nr(y->pid);
}

static struct tcpdiag_holders *look_at_files(const struct net *net)
{
	struct tcpdiag_holders *h = kzalloc(sizeof(*h), TCPDIAG_GFP);
	size_t room = ROOM;
	unsigned int tries;

	if (!h)
		return NULL;
	kref_init(&h->ref);
	h->net = net;
	/* processes may end while we look: take the last result if all fail */
	for (tries = 0; tries < 8; tries++) {
		drop(h);
		if (!make_room(h, room)) {
			kfree(h);
			return NULL;
		}
		if (look_at_all(h) && !h->missed)
			break;
		room = h->n + h->missed + h->missed / 4 + ROOM;
	}
	sort(h->found, h->n, sizeof(*h->found), by_socket_and_pid, NULL);
	h->looked_ns = ktime_get_ns();
	return h;
}

static void release(struct kref *ref)
{
	struct tcpdiag_holders *h = container_of(ref, struct tcpdiag_holders,
						 ref);

	drop(h);
	kvfree(h->found);
	kfree(h);
}

static bool is_fresh(const struct tcpdiag_holders *h)
{
	return h && ktime_get_ns() < h->looked_ns + FRESH_NS;
}

/**
 * tcpdiag_holders_get() - find the holders of the TCP sockets of a namespace
 * @tn: the namespace's account; NULL if it is about to end
 *
 * Context: process, may sleep.
 * Return: the holders, at most a second old, to be put with
 * tcpdiag_holders_put(); NULL if memory is short or the namespace is about to
 * end.
 */
struct tcpdiag_holders *tcpdiag_holders_get(struct tcpdiag_net *tn)
{
	struct tcpdiag_holders *h;

	if (!tn)
		return NULL;
	mutex_lock(&cache_mutex);
	if (!is_fresh(tn->holders)) {
		tcpdiag_holders_put(tn->holders);
		tn->holders = look_at_files(tn->net);
	}
	h = tn->holders;
	if (h)
		kref_get(&h->ref);
	mutex_unlock(&cache_mutex);
	return h;
}

/**
 * tcpdiag_holders_put() - put what tcpdiag_holders_get() returned
 * @h: the holders, or NULL
 *
 * Context: process.
 */
void tcpdiag_holders_put(struct tcpdiag_holders *h)
{
	if (h)
		kref_put(&h->ref, release);
}

/**
 * tcpdiag_holders_forget() - drop the holders that a namespace keeps
 * @tn: the namespace's account; NULL if it is about to end
 *
 * Context: process.
 */
void tcpdiag_holders_forget(struct tcpdiag_net *tn)
{
	if (!tn || !READ_ONCE(tn->holders))
		return;
	mutex_lock(&cache_mutex);
	tcpdiag_holders_put(tn->holders);
	tn->holders = NULL;
	mutex_unlock(&cache_mutex);
}

/**
 * tcpdiag_holders_tick() - once a second: drop the holders if they are old
 * @tn: the namespace's account
 *
 * Context: process.
 */
void tcpdiag_holders_tick(struct tcpdiag_net *tn)
{
	if (!READ_ONCE(tn->holders) || !mutex_trylock(&cache_mutex))
		return;
	if (!is_fresh(tn->holders)) {
		tcpdiag_holders_put(tn->holders);
		tn->holders = NULL;
	}
	mutex_unlock(&cache_mutex);
}

/**
 * tcpdiag_holders_of() - the process that holds a socket
 * @h: from tcpdiag_holders_get(), or NULL
 * @sk: the socket; only compared, never followed
 * @count: set to how many processes hold it; may be NULL
 *
 * Context: any.
 * Return: the process with the lowest pid that holds it, valid until @h is put;
 * NULL if none does.
 */
struct pid *tcpdiag_holders_of(const struct tcpdiag_holders *h,
			       const struct sock *sk, unsigned int *count)
{
	struct holding key = { .sk = sk }, *first, *last;
	unsigned int n = 1;

	if (count)
		*count = 0;
	if (!h)
		return NULL;
	first = bsearch(&key, h->found, h->n, sizeof(key), by_socket);
	if (!first)
		return NULL;
	last = first;
	while (first > h->found && first[-1].sk == sk) {
		first--;
		n += first->pid != first[1].pid;
	}
	while (last + 1 < h->found + h->n && last[1].sk == sk) {
		last++;
		n += last->pid != last[-1].pid;
	}
	if (count)
		*count = n;
	return first->pid;
}

/**
 * tcpdiag_holders_name() - name the owner of a socket
 * @h: NULL at first; set by tcpdiag_holders_get() when @seen is NULL or has
 *	ended. The caller puts it in any case
 * @tn: the namespace's account; NULL if it is about to end
 * @owner: the result
 * @sk: the socket; only compared, never followed
 * @seen: the process that was seen to connect, listen or close; or NULL
 * @comm: its name then
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_holders_name(struct tcpdiag_holders **h, struct tcpdiag_net *tn,
			  struct tcpdiag_owner *owner, const struct sock *sk,
			  struct pid *seen, const char *comm)
{
	struct pid *holder = NULL;

	if (!tcpdiag_owner_is_alive(seen)) {
		if (!*h)
			*h = tcpdiag_holders_get(tn);
		if (!*h && tn)
			return false;
		holder = tcpdiag_holders_of(*h, sk, NULL);
	}
	tcpdiag_owner_read(owner, seen, comm, holder);
	return true;
}
