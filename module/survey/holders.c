// SPDX-License-Identifier: GPL-2.0
/*
 * Which process holds a socket now. For sockets whose owner was not seen when
 * they were made, a look goes through the open files of all processes, as ss
 * does through /proc, and no network lock is held meanwhile.
 *
 * The cost grows with the open files of the machine. So one look serves all
 * namespaces and all readers for a while, twenty times as long as it took: looks
 * take at most a twentieth of one CPU. A socket that is younger than the look
 * has no holder that is known.
 */
#include <linux/bsearch.h>
#include <linux/fdtable.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/look.h"
#include "survey/processes.h"

/* Files looked at before other tasks may run. */
#define BATCH		1024
/* Comparisons before other tasks may run. */
#define SORT_BATCH	8192
/* A look serves readers for so many times as long as it took ... */
#define FRESH_TIMES	20
/* ... but not for longer than this. */
#define FRESH_MAX_NS	(30 * (u64)NSEC_PER_SEC)
/* The worker, which does not wait, takes an older one. */
#define RECENT_NS	(FRESH_MAX_NS + 10 * (u64)NSEC_PER_SEC)

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
 * struct tcpdiag_holders - which process holds which TCP socket of the machine
 * @found: process and socket, sorted by socket
 * @n: entries in @found
 * @room: how many fit in @found
 * @began_ns: when the look began, ktime_get_ns()
 * @fresh_ns: until when it serves readers, ktime_get_ns()
 * @ref: users; @latest is one of them
 */
struct tcpdiag_holders {
	struct holding *found;
	size_t n;
	size_t room;
	u64 began_ns;
	u64 fresh_ns;
	struct kref ref;
};

/**
 * struct batch - some files of a thread
 * @h: where to put what is found; has room for all of them
 * @process: the thread group
 * @left: files to look at before other tasks may run
 */
struct batch {
	struct tcpdiag_holders *h;
	struct pid *process;
	unsigned int left;
};

static void take_look(struct work_struct *work);

static struct tcpdiag_look look = {
	.work = __WORK_INITIALIZER(look.work, take_look),
	.waiting = __WAIT_QUEUE_HEAD_INITIALIZER(look.waiting),
};

/* The last look, or NULL; @latest_lock. */
static struct tcpdiag_holders *latest;
static DEFINE_SPINLOCK(latest_lock);

static void take(struct batch *batch, struct file *file)
{
	struct socket *sock = sock_from_file(file);
	const struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;
	struct holding *holding;

	if (!sk || sk->sk_protocol != IPPROTO_TCP ||
	    (sk->sk_family != AF_INET && sk->sk_family != AF_INET6))
		return;
	holding = &batch->h->found[batch->h->n++];
	holding->sk = sk;
	holding->pid = get_pid(batch->process);
}

/*
 * Called for each open file, under the lock of its table. Returns 0 to continue
 * now, or the next descriptor, which is never 0, to continue from there later.
 */
static int look_at_file(const void *arg, struct file *file, unsigned int fd)
{
	struct batch *batch = (void *)arg;

	take(batch, file);
	return --batch->left ? 0 : fd + 1;
}

/* The descriptor to continue from; 0 at the end. */
static int look_at_some(struct tcpdiag_holders *h, struct task_struct *thread,
			int from)
{
	struct batch batch = { h, task_tgid(thread), BATCH };
	int next = 0;

	task_lock(thread);
	if (thread->files)
		next = iterate_fd(thread->files, from, look_at_file, &batch);
	task_unlock(thread);
	return next;
}

/* Make room for another batch; false if memory is short. */
static bool make_room(struct tcpdiag_holders *h)
{
	size_t room = 2 * h->room + BATCH;
	struct holding *found;

	if (h->room - h->n >= BATCH)
		return true;
	found = kvmalloc_array(room, sizeof(*found), TCPDIAG_GFP);
	if (!found)
		return false;
	if (h->n)
		memcpy(found, h->found, h->n * sizeof(*found));
	kvfree(h->found);
	h->found = found;
	h->room = room;
	return true;
}

/*
 * Threads share their files, but a leader that has ended has none. The first
 * thread with files, with a reference; or NULL.
 */
static struct task_struct *thread_with_files(struct task_struct *process)
{
	struct task_struct *thread, *found = NULL;

	rcu_read_lock();
	for_each_thread(process, thread) {
		if (!READ_ONCE(thread->files))
			continue;
		found = thread;
		get_task_struct(found);
		break;
	}
	rcu_read_unlock();
	return found;
}

/* False if memory is short. */
static bool look_at_process(struct tcpdiag_holders *h,
			    struct task_struct *process)
{
	struct task_struct *thread = thread_with_files(process);
	bool room = true;
	int next = 0;

	if (!thread)
		return true;
	do {
		room = make_room(h);
		if (room)
			next = look_at_some(h, thread, next);
		cond_resched();
	} while (room && next);
	put_task_struct(thread);
	return room;
}

/*
 * Processes are found by their numbers, so it does not matter which of them end
 * meanwhile. False if memory is short.
 */
static bool look_at_all(struct tcpdiag_holders *h)
{
	struct task_struct *process;
	bool room = true;
	int nr;

	for (nr = 1; room && tcpdiag_process_next(&nr, &process); nr++) {
		if (process) {
			room = look_at_process(h, process);
			put_task_struct(process);
		}
		cond_resched();
	}
	return room;
}

static int by_socket(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->sk == y->sk)
		return 0;
	return x->sk < y->sk ? -1 : 1;
}

/* By socket; processes that share one in the order of their pids. */
static int by_socket_and_pid(const void *a, const void *b, const void *priv)
{
	const struct holding *x = a, *y = b;
	unsigned int *compared = (void *)priv;

	if (!(++*compared % SORT_BATCH))
		cond_resched();
	return by_socket(a, b) ?: pid_nr(x->pid) - pid_nr(y->pid);
}

/* A process may have the same socket open very often; once is enough. */
static void leave_out_doubles(struct tcpdiag_holders *h)
{
	size_t i, n = 0;

	for (i = 0; i < h->n; i++) {
		if (n && h->found[n - 1].sk == h->found[i].sk &&
		    h->found[n - 1].pid == h->found[i].pid)
			put_pid(h->found[i].pid);
		else
			h->found[n++] = h->found[i];
	}
	h->n = n;
}

static void release(struct kref *ref)
{
	struct tcpdiag_holders *h = container_of(ref, struct tcpdiag_holders,
						 ref);

	while (h->n)
		put_pid(h->found[--h->n].pid);
	kvfree(h->found);
	kfree(h);
}

/* NULL if memory is short. */
static struct tcpdiag_holders *look_at_files(void)
{
	struct tcpdiag_holders *h = kzalloc(sizeof(*h), TCPDIAG_GFP);
	unsigned int compared = 0;
	u64 now;

	if (!h)
		return NULL;
	kref_init(&h->ref);
	h->began_ns = ktime_get_ns();
	if (!look_at_all(h)) {
		tcpdiag_holders_put(h);
		return NULL;
	}
	sort_r(h->found, h->n, sizeof(*h->found), by_socket_and_pid, NULL,
	       &compared);
	leave_out_doubles(h);
	now = ktime_get_ns();
	h->fresh_ns = now + min(FRESH_TIMES * (now - h->began_ns),
				FRESH_MAX_NS);
	return h;
}

static void publish(struct tcpdiag_holders *h)
{
	spin_lock(&latest_lock);
	swap(h, latest);
	spin_unlock(&latest_lock);
	tcpdiag_holders_put(h);
}

static void take_look(struct work_struct *work)
{
	long served = tcpdiag_look_begin(&look);

	publish(look_at_files());
	tcpdiag_look_end(&look, served);
}

/* The last look with a reference; NULL if it is too old or there is none. */
static struct tcpdiag_holders *get_latest(u64 recent_ns)
{
	struct tcpdiag_holders *h;

	spin_lock(&latest_lock);
	h = latest;
	if (h && ktime_get_ns() < h->fresh_ns + recent_ns)
		kref_get(&h->ref);
	else
		h = NULL;
	spin_unlock(&latest_lock);
	return h;
}

/* As long as the look is fresh, nothing is done. */
static void ask_if_old(void)
{
	struct tcpdiag_holders *h = get_latest(0);

	if (!h)
		tcpdiag_look_ask(&look);
	tcpdiag_holders_put(h);
}

/**
 * tcpdiag_holders_get() - which process holds which TCP socket of the machine
 *
 * Context: process, may sleep: waits for a look if none is fresh.
 * Return: the holders, to be put with tcpdiag_holders_put(); NULL if memory is
 * short or the task is being killed.
 */
struct tcpdiag_holders *tcpdiag_holders_get(void)
{
	struct tcpdiag_holders *h = get_latest(0);

	if (h || !tcpdiag_look_wait(&look))
		return h;
	/* as old as the wait to be woken */
	return get_latest(FRESH_MAX_NS);
}

/**
 * tcpdiag_holders_recent() - the same for the worker, which must not wait
 *
 * If the last look is no longer fresh, it asks for another.
 *
 * Context: process.
 * Return: the holders, to be put with tcpdiag_holders_put(); NULL if there has
 * been no look lately.
 */
struct tcpdiag_holders *tcpdiag_holders_recent(void)
{
	ask_if_old();
	return get_latest(RECENT_NS);
}

/**
 * tcpdiag_holders_need() - find the holders for a reader, unless he has them
 * @h: NULL at first; set to the holders. The caller puts it in any case
 * @reader: the reader; if he is in a hurry, it may stay NULL
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_holders_need(struct tcpdiag_holders **h,
			  const struct tcpdiag_reader *reader)
{
	if (*h)
		return true;
	*h = reader->hurried ? tcpdiag_holders_recent() : tcpdiag_holders_get();
	return *h || reader->hurried;
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
 * tcpdiag_holders_tick() - once a second: drop the holders if they are old
 *
 * Context: process, the worker's.
 */
void tcpdiag_holders_tick(void)
{
	struct tcpdiag_holders *old = NULL;

	spin_lock(&latest_lock);
	if (latest && ktime_get_ns() > latest->fresh_ns + RECENT_NS)
		swap(old, latest);
	spin_unlock(&latest_lock);
	tcpdiag_holders_put(old);
}

/**
 * tcpdiag_holders_exit() - drop the holders for good
 *
 * Context: process, may sleep; neither reader nor worker is left.
 */
void tcpdiag_holders_exit(void)
{
	tcpdiag_look_stop(&look);
	publish(NULL);
}

/**
 * tcpdiag_holders_knows() - whether the holders of a socket are known
 * @h: from tcpdiag_holders_get(), or NULL
 * @born_ns: when it was there already, ktime_get_ns()
 *
 * Context: any.
 * Return: false if the socket may be younger than the look.
 */
bool tcpdiag_holders_knows(const struct tcpdiag_holders *h, u64 born_ns)
{
	return h && born_ns < h->began_ns;
}

/* The holdings of a socket: how many, from *@first on. */
static size_t holdings_of(const struct tcpdiag_holders *h,
			  const struct sock *sk, const struct holding **first)
{
	struct holding key = { .sk = sk }, *from, *to;

	from = bsearch(&key, h->found, h->n, sizeof(key), by_socket);
	if (!from)
		return 0;
	for (to = from + 1; to < h->found + h->n && to->sk == sk; to++)
		;
	while (from > h->found && from[-1].sk == sk)
		from--;
	*first = from;
	return to - from;
}

/**
 * tcpdiag_holders_of() - the process that holds a socket
 * @h: from tcpdiag_holders_get(), or NULL
 * @sk: the socket; only compared, never followed
 * @born_ns: when it was there already, ktime_get_ns()
 * @last: a process that is taken only if no other holds it; or NULL
 * @count: set to how many processes hold it; may be NULL
 *
 * Context: any.
 * Return: the process with the lowest pid that holds it, valid until @h is put;
 * NULL if none does, or if the socket is younger than the look: another one may
 * have been at its address.
 */
struct pid *tcpdiag_holders_of(const struct tcpdiag_holders *h,
			       const struct sock *sk, u64 born_ns,
			       const struct pid *last,
			       unsigned int *count)
{
	const struct holding *first;
	struct pid *holder = NULL;
	size_t i, found;

	found = tcpdiag_holders_knows(h, born_ns) ?
		holdings_of(h, sk, &first) : 0;
	for (i = 0; i < found && (!holder || holder == last); i++)
		holder = first[i].pid;
	if (count)
		*count = found;
	return holder;
}

/**
 * tcpdiag_holders_has() - whether a certain process holds a socket
 * @h: from tcpdiag_holders_get(), or NULL
 * @sk: the socket; only compared, never followed
 * @born_ns: when it was there already, ktime_get_ns()
 * @pid: the process
 *
 * Context: any.
 * Return: true if it does; false also if it is not known.
 */
bool tcpdiag_holders_has(const struct tcpdiag_holders *h,
			 const struct sock *sk, u64 born_ns,
			 const struct pid *pid)
{
	const struct holding *first;
	size_t i, found;

	found = tcpdiag_holders_knows(h, born_ns) ?
		holdings_of(h, sk, &first) : 0;
	for (i = 0; i < found; i++)
		if (first[i].pid == pid)
			return true;
	return false;
}

/**
 * tcpdiag_holders_each() - all TCP sockets that a process holds
 * @h: from tcpdiag_holders_get(), or NULL
 * @pid: the process
 * @meet: called for each; the socket is only compared, never followed
 * @arg: passed to it
 *
 * Context: process, may sleep. Cost: grows with the open sockets of the machine.
 */
void tcpdiag_holders_each(const struct tcpdiag_holders *h,
			  const struct pid *pid,
			  void (*meet)(const struct sock *sk, void *arg),
			  void *arg)
{
	size_t i;

	for (i = 0; h && i < h->n; i++) {
		if (h->found[i].pid == pid)
			meet(h->found[i].sk, arg);
		if (!(i % BATCH))
			cond_resched();
	}
}

/**
 * tcpdiag_holders_name() - name the owner of a socket
 * @h: NULL at first; set by tcpdiag_holders_get() when @seen is NULL or has
 *	ended. The caller puts it in any case
 * @reader: who wants to know
 * @owner: the result
 * @sk: the socket; only compared, never followed
 * @born_ns: when it was there already, ktime_get_ns()
 * @seen: the process that was seen to connect, listen or close; NULL for none,
 *	or the kernel
 * @comm: its name then
 *
 * A socket that the kernel itself connected is in no table of descriptors.
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_holders_name(struct tcpdiag_holders **h,
			  const struct tcpdiag_reader *reader,
			  struct tcpdiag_owner *owner, const struct sock *sk,
			  u64 born_ns, struct pid *seen, const char *comm)
{
	struct pid *holder = NULL;

	if (!tcpdiag_owner_is_alive(seen) &&
	    !tcpdiag_owner_is_kernel(seen, comm)) {
		if (!tcpdiag_holders_need(h, reader))
			return false;
		holder = tcpdiag_holders_of(*h, sk, born_ns, NULL, NULL);
	}
	tcpdiag_owner_read(owner, seen, comm, holder);
	return true;
}
