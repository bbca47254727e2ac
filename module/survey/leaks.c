// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for sockets that stay in CLOSE_WAIT, when somebody asks: the long stays
 * stand in order (age.c), so none of the healthy sockets is touched. Without a
 * suspect there is nothing to look at.
 *
 * A slice of sockets at a time is copied with its shard locked; owners are
 * looked up and groups made without a lock. Sockets beyond MAX_LOOKED, the
 * youngest, are only counted; what is said of the groups is then a lower bound.
 *
 * For the growth of a group the worker remembers, every ten seconds while there
 * are suspects, how many sockets each had.
 */
#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>

#include "conn/conn.h"
#include "store/record.h"
#include "survey/waiting.h"

/* Sockets that are looked at altogether: at most some 20 ms of work. */
#define MAX_LOOKED	32768
/* Listeners among which that of a socket not accepted is looked for. */
#define MAX_LISTENERS	256
/* Growth is measured over a minute, in steps of ten seconds. */
#define STEP_NS		(10 * NSEC_PER_SEC)
#define STEPS		7
/* A sample younger than that tells no growth. */
#define MIN_SPAN_NS	(5 * NSEC_PER_SEC)

/**
 * struct looked - a socket that was looked at
 * @sk: which it was; may be gone
 * @facts: what it was like
 * @addr: its two ends
 * @cgroup: id of its cgroup
 * @role: enum tcpdiag_role
 * @pid: who was seen to make it, with a reference; or NULL
 * @comm: the name of that process
 */
struct looked {
	const struct sock *sk;
	struct tcpdiag_cw_socket facts;
	struct tcpdiag_addr addr;
	u64 cgroup;
	u8 role;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct group - a group, and by what it is one
 * @pid: who holds its sockets, with a reference; NULL if not known or asked
 * @comm: the name of that process, if @pid was seen to make them
 * @g: the figures, the owner not yet
 */
struct group {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_cw_group g;
};

/**
 * struct hunt - what is gathered while sockets are looked at
 * @tn: the namespace
 * @owners: groups are by owner too
 * @now: ktime_get_ns() at the beginning
 * @limit_us: who is in CLOSE_WAIT for longer is a suspect
 * @holders: who holds which socket
 * @slice: sockets being looked at
 * @n: how many
 * @listeners: of the namespace
 * @n_listeners: how many; their sockets are referenced
 * @waiting: who waits in whose accept queue; NULL until somebody does
 * @groups: found so far
 * @n_groups: how many
 * @cut: there were more sockets than are looked at
 * @groups_full: there were more groups
 * @no_memory: something could not be looked at
 */
struct hunt {
	struct tcpdiag_net *tn;
	bool owners;
	u64 now;
	u64 limit_us;
	struct tcpdiag_holders *holders;
	struct looked slice[TCPDIAG_AGE_SLICE];
	unsigned int n;
	struct looked listeners[MAX_LISTENERS];
	unsigned int n_listeners;
	struct tcpdiag_waiting *waiting;
	struct group groups[TCPDIAG_CW_GROUPS];
	unsigned int n_groups;
	bool cut;
	bool groups_full;
	bool no_memory;
};

/**
 * struct count - how many sockets a group had
 * @pid: its owner's number in the initial pid namespace
 * @cgroup: its cgroup
 * @port: its port
 * @connected: its sockets connected
 * @sockets: how many
 */
struct count {
	pid_t pid;
	u64 cgroup;
	u16 port;
	bool connected;
	u32 sockets;
};

/**
 * struct sample - the groups of a moment
 * @taken_ns: when; 0 for never
 * @cut: not all sockets were looked at
 * @groups_full: not all groups are here
 * @n: entries in @counts
 * @counts: by group
 */
struct sample {
	u64 taken_ns;
	bool cut;
	bool groups_full;
	unsigned int n;
	struct count counts[TCPDIAG_CW_GROUPS];
};

/**
 * struct tcpdiag_leaks_history - the groups of the last minute
 * @samples: a ring
 * @last: the latest one's place
 */
struct tcpdiag_leaks_history {
	struct sample samples[STEPS];
	unsigned int last;
};

/* tcpdiag_net.leaks and what it points to */
static DEFINE_MUTEX(history_mutex);

static u64 socket_cgroup(struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	return cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));
#else
	return 0;
#endif
}

/* False if the record is not, or no longer, in @state. */
static bool look(struct looked *l, const struct tcpdiag_record *rec,
		 unsigned int state, u64 now)
{
	struct sock *sk = (struct sock *)rec->key;
	u64 entered;

	lockdep_assert_held(&rec->shard->lock);
	if (tcpdiag_read_begin(rec, &entered) != state)
		return false;
	l->sk = sk;
	l->facts.stay_us = div_u64(now - min(now, entered), NSEC_PER_USEC);
	l->facts.estimated = rec->flags & TCPDIAG_F_EST_STAY;
	l->role = rec->role;
	l->pid = rec->pid;
	memcpy(l->comm, rec->comm, sizeof(l->comm));
	tcpdiag_conn_addr(sk, &l->addr);
	l->cgroup = socket_cgroup(sk);
	if (tcpdiag_read_again(rec, state, entered))
		return false;
	get_pid(l->pid);
	return true;
}

static void look_at_tcp(struct tcpdiag_cw_socket *s, const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	s->accepted = READ_ONCE(sk->sk_socket);
	s->holders = 0;
	s->rcv_nxt = READ_ONCE(tp->rcv_nxt);
	s->copied_seq = READ_ONCE(tp->copied_seq);
	s->write_seq = READ_ONCE(tp->write_seq);
	s->snd_una = READ_ONCE(tp->snd_una);
	s->sent_us = jiffies_to_usecs(tcp_jiffies32 - READ_ONCE(tp->lsndtime));
}

static void look_at_suspect(const struct tcpdiag_record *rec, void *arg)
{
	struct hunt *h = arg;
	struct looked *l = &h->slice[h->n];

	if (!look(l, rec, TCP_CLOSE_WAIT, h->now))
		return;
	look_at_tcp(&l->facts, l->sk);
	h->n++;
}

static void look_at_listener(const struct tcpdiag_record *rec, void *arg)
{
	struct sock *sk = (struct sock *)rec->key;
	struct hunt *h = arg;
	struct looked *l;

	if (h->n_listeners == MAX_LISTENERS)
		return;
	l = &h->listeners[h->n_listeners];
	if (!look(l, rec, TCP_LISTEN, h->now))
		return;
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		h->n_listeners++;
	else
		put_pid(l->pid);
}

/* One at the very address of a socket comes before one at any address. */
static const struct looked *listener_of(const struct hunt *h,
					const struct looked *l)
{
	const struct looked *any = NULL;
	unsigned int i;

	for (i = 0; i < h->n_listeners; i++) {
		const struct tcpdiag_addr *a = &h->listeners[i].addr;

		if (a->lport != l->addr.lport)
			continue;
		if (ipv6_addr_equal(&a->local, &l->addr.local))
			return &h->listeners[i];
		if (ipv6_addr_any(&a->local))
			any = &h->listeners[i];
	}
	return any;
}

static void note_waiting(struct hunt *h)
{
	unsigned int i;

	h->waiting = kvzalloc(sizeof(*h->waiting), TCPDIAG_GFP);
	if (!h->waiting) {
		h->no_memory = true;
		return;
	}
	for (i = 0; i < h->n_listeners; i++)
		tcpdiag_waiting_take(h->waiting,
				     (struct sock *)h->listeners[i].sk, i);
	tcpdiag_waiting_sort(h->waiting);
}

/* In whose accept queue it waits; if that is not seen, a listener of its port. */
static const struct looked *waits_for(struct hunt *h, const struct looked *l)
{
	unsigned int i;

	if (!h->waiting && !h->no_memory)
		note_waiting(h);
	if (h->waiting && tcpdiag_waiting_find(h->waiting, l->sk, &i))
		return &h->listeners[i];
	return listener_of(h, l);
}

/*
 * Did it connect? Of a socket older than the module this is told by its local
 * port: a listener's, or one of those the kernel gives to who connects.
 */
static bool has_connected(const struct hunt *h, const struct looked *l)
{
	int low, high;

	if (l->role != TCPDIAG_ROLE_UNKNOWN)
		return l->role == TCPDIAG_ROLE_ACTIVE;
	if (listener_of(h, l))
		return false;
	inet_get_local_port_range(h->tn->net, &low, &high);
	return l->addr.lport >= low && l->addr.lport <= high;
}

/* Who holds a socket now; else who was seen to make it. */
static struct pid *owner_of(const struct hunt *h, const struct looked *l,
			    unsigned int *count, const char **comm)
{
	struct pid *holder = tcpdiag_holders_of(h->holders, l->sk, count);

	*comm = holder ? "" : l->comm;
	return holder ?: l->pid;
}

/* NULL if there is no room for one more. */
static struct group *find_group(struct hunt *h, struct pid *pid,
				const char *comm, u64 cgroup, u16 port,
				bool connected)
{
	struct group *group;
	unsigned int i;

	for (i = 0; i < h->n_groups; i++) {
		group = &h->groups[i];
		if (group->pid == pid && group->g.port == port &&
		    group->g.cgroup == cgroup &&
		    group->g.connected == connected)
			return group;
	}
	if (h->n_groups == TCPDIAG_CW_GROUPS) {
		h->groups_full = true;
		return NULL;
	}
	group = &h->groups[h->n_groups++];
	group->pid = get_pid(pid);
	strscpy(group->comm, comm, sizeof(group->comm));
	group->g.cgroup = cgroup;
	group->g.port = port;
	group->g.connected = connected;
	return group;
}

static void sort_out(struct hunt *h, struct looked *l)
{
	const struct looked *holds = l;
	bool connected = has_connected(h, l);
	const char *comm = "";
	struct pid *pid = NULL;
	struct group *group;

	if (h->owners && !l->facts.accepted)
		holds = waits_for(h, l);
	if (h->owners && holds)
		pid = owner_of(h, holds, &l->facts.holders, &comm);
	group = find_group(h, pid, comm, h->owners ? l->cgroup : 0,
			   connected ? l->addr.rport : l->addr.lport,
			   connected);
	if (group)
		tcpdiag_cw_add(&group->g, &l->facts, h->limit_us);
}

static void sort_out_slice(void *arg)
{
	struct hunt *h = arg;

	while (h->n) {
		struct looked *l = &h->slice[--h->n];

		sort_out(h, l);
		put_pid(l->pid);
	}
}

static int worse_first(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (tcpdiag_cw_worse(&x->g, &y->g))
		return -1;
	return tcpdiag_cw_worse(&y->g, &x->g);
}

static void end_hunt(struct hunt *h)
{
	while (h->n_listeners) {
		struct looked *l = &h->listeners[--h->n_listeners];

		put_pid(l->pid);
		sock_put((struct sock *)l->sk);
	}
	while (h->n_groups)
		put_pid(h->groups[--h->n_groups].pid);
	tcpdiag_holders_put(h->holders);
	kvfree(h->waiting);
	kvfree(h);
}

/* NULL if there is no memory. */
static struct hunt *hunt(struct tcpdiag_net *tn, bool owners)
{
	struct hunt *h = kvzalloc(sizeof(*h), TCPDIAG_GFP);
	int err;

	if (!h)
		return NULL;
	h->tn = tn;
	h->owners = owners;
	h->now = ktime_get_ns();
	h->limit_us = (u64)READ_ONCE(tn->limits.close_wait_leak_ms) *
		      USEC_PER_MSEC;
	if (owners) {
		h->holders = tcpdiag_holders_get(tn);
		h->no_memory = !h->holders;
	}
	err = tcpdiag_age_each(tn, TCP_LISTEN, MAX_LISTENERS, look_at_listener,
			       NULL, h);
	h->no_memory |= err == -ENOMEM;
	err = tcpdiag_age_each(tn, TCP_CLOSE_WAIT, MAX_LOOKED, look_at_suspect,
			       sort_out_slice, h);
	h->no_memory |= err == -ENOMEM;
	if (h->no_memory) {
		end_hunt(h);
		return NULL;
	}
	h->cut = err;
	if (h->cut || h->groups_full)
		atomic64_inc(&tn->looks_cut);
	sort(h->groups, h->n_groups, sizeof(*h->groups), worse_first, NULL);
	return h;
}

/*
 * How many sockets a group had; of all owners if it is for none. False if it
 * may have been among those that are not there.
 */
static bool count_then(const struct sample *sample, const struct group *group,
		       u64 *n)
{
	pid_t pid = pid_nr(group->pid);
	bool found = false;
	unsigned int i;

	*n = 0;

	for (i = 0; i < sample->n; i++) {
		const struct count *c = &sample->counts[i];

		if (c->port == group->g.port &&
		    c->connected == group->g.connected &&
		    (!pid || (c->pid == pid &&
			      c->cgroup == group->g.cgroup))) {
			*n += c->sockets;
			found = true;
		}
	}
	return !sample->groups_full || (pid && found);
}

/* The oldest sample of the last minute that is old enough; or NULL. */
static const struct sample *
sample_then(const struct tcpdiag_leaks_history *history, u64 now)
{
	const struct sample *oldest = NULL;
	unsigned int i;

	for (i = 0; history && i < STEPS; i++) {
		const struct sample *s = &history->samples[i];

		if (!s->taken_ns || now < s->taken_ns + MIN_SPAN_NS ||
		    now > s->taken_ns + (STEPS + 1) * STEP_NS || s->cut)
			continue;
		if (!oldest || s->taken_ns < oldest->taken_ns)
			oldest = s;
	}
	return oldest;
}

static void tell_growth(struct hunt *h)
{
	const struct sample *then;
	unsigned int i;
	u64 n;

	/* it would be that of the oldest sockets */
	if (h->cut)
		return;
	mutex_lock(&history_mutex);
	then = sample_then(h->tn->leaks, h->now);
	for (i = 0; then && i < h->n_groups; i++) {
		struct tcpdiag_cw_group *g = &h->groups[i].g;

		if (!count_then(then, &h->groups[i], &n))
			continue;
		g->growth_us = div_u64(h->now - then->taken_ns, NSEC_PER_USEC);
		g->growth = tcpdiag_cw_growth(n, g->sockets, g->growth_us);
		g->growth_known = true;
	}
	mutex_unlock(&history_mutex);
}

static void tell_owner(struct group *group)
{
	struct tcpdiag_cw_group *g = &group->g;

	if (!group->pid)
		return;
	if (*group->comm)
		tcpdiag_owner_read(&g->owner, group->pid, group->comm, NULL);
	else
		tcpdiag_owner_read(&g->owner, NULL, "", group->pid);
	if (g->owner.pid)
		g->fds_known = tcpdiag_owner_descriptors(group->pid, &g->fds,
							 &g->fd_limit);
}

/**
 * tcpdiag_leaks_read() - look for sockets that stay in CLOSE_WAIT
 * @tn: the namespace
 * @facts: the account and the limits are there; the result goes here
 *
 * Context: process, the reader's; may sleep. Cost: by sockets in CLOSE_WAIT and,
 * if there is a suspect and owners are asked for, by open files.
 * Return: false if there is no memory.
 */
bool tcpdiag_leaks_read(struct tcpdiag_net *tn, struct tcpdiag_facts *facts)
{
	struct tcpdiag_close_wait *cw = &facts->close_wait;
	u64 counted = 0, now = facts->snap.now[TCP_CLOSE_WAIT];
	struct hunt *h = NULL;
	unsigned int i;

	if (facts->snap.oldest_us[TCP_CLOSE_WAIT] >
	    (u64)facts->limits.close_wait_leak_ms * USEC_PER_MSEC) {
		h = hunt(tn, facts->owners);
		if (!h)
			return false;
		tell_growth(h);
		cw->n = h->n_groups;
		cw->cut = h->cut;
	}
	for (i = 0; i < cw->n; i++) {
		if (facts->owners)
			tell_owner(&h->groups[i]);
		cw->groups[i] = h->groups[i].g;
		cw->suspects += cw->groups[i].suspects;
		counted += cw->groups[i].sockets;
	}
	cw->other = now - min(now, counted);
	if (h)
		end_hunt(h);
	return true;
}

static bool has_suspects(struct tcpdiag_net *tn)
{
	return tcpdiag_age_longest_ns(tn, TCP_CLOSE_WAIT) >
	       (u64)READ_ONCE(tn->limits.close_wait_leak_ms) * NSEC_PER_MSEC;
}

static void take_sample(struct tcpdiag_leaks_history *history,
			const struct hunt *h)
{
	struct sample *sample;
	unsigned int i;

	lockdep_assert_held(&history_mutex);
	history->last = (history->last + 1) % STEPS;
	sample = &history->samples[history->last];
	sample->taken_ns = h->now;
	sample->cut = h->cut;
	sample->groups_full = h->groups_full;
	sample->n = h->n_groups;
	for (i = 0; i < h->n_groups; i++) {
		const struct group *group = &h->groups[i];
		struct count *c = &sample->counts[i];

		c->pid = pid_nr(group->pid);
		c->cgroup = group->g.cgroup;
		c->port = group->g.port;
		c->connected = group->g.connected;
		c->sockets = group->g.sockets;
	}
}

static void remember(struct tcpdiag_net *tn)
{
	struct hunt *h = hunt(tn, true);

	if (!h) {
		atomic64_inc(&tn->alloc_failed);
		return;
	}
	mutex_lock(&history_mutex);
	if (!tn->leaks)
		tn->leaks = kvzalloc(sizeof(*tn->leaks), TCPDIAG_GFP);
	if (tn->leaks)
		take_sample(tn->leaks, h);
	else
		atomic64_inc(&tn->alloc_failed);
	mutex_unlock(&history_mutex);
	end_hunt(h);
}

/**
 * tcpdiag_leaks_remember() - keep, every ten seconds, how many sockets leaked
 * @tn: the namespace
 *
 * Costs next to nothing without suspects.
 *
 * Context: process, the worker's, once a second.
 */
void tcpdiag_leaks_remember(struct tcpdiag_net *tn)
{
	struct tcpdiag_leaks_history *history = READ_ONCE(tn->leaks);
	u64 now = ktime_get_ns();

	/* only the worker writes the history */
	if (history &&
	    now < history->samples[history->last].taken_ns + STEP_NS)
		return;
	if (has_suspects(tn))
		remember(tn);
	else if (history)
		tcpdiag_leaks_forget(tn);
}

/**
 * tcpdiag_leaks_forget() - drop what was remembered
 * @tn: the namespace
 *
 * Context: process.
 */
void tcpdiag_leaks_forget(struct tcpdiag_net *tn)
{
	mutex_lock(&history_mutex);
	kvfree(tn->leaks);
	tn->leaks = NULL;
	mutex_unlock(&history_mutex);
}
