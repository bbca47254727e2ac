// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for sockets that stay in CLOSE_WAIT, when a reader or the worker asks.
 * Long stays are kept in order (store/age.c), so no healthy socket is touched.
 *
 * Sockets are copied in slices with their shard locked; owners are looked up
 * and groups are made without a lock. Sockets beyond TCPDIAG_LEAKS_MAX_LOOKED,
 * the youngest, are not looked at; the figures of groups are lower bounds then.
 */
#include <linux/cgroup.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/tcp.h>

#include "account/stays.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/holders.h"
#include "survey/leaks.h"
#include "survey/legs.h"
#include "survey/waiting.h"

/* Listeners that may be found for sockets that are not accepted. */
#define MAX_LISTENERS	256
/**
 * struct looked - a copy of a socket that was looked at
 * @sk: the socket, which may be gone
 * @facts: its figures
 * @addr: its two ends
 * @cgroup: id of its cgroup
 * @role: enum tcpdiag_role; of a connection as tcpdiag_likely_role()
 * @pid: the process that was seen to own it, with a reference; or NULL
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
 * struct hunt - state of one look at a namespace
 * @tn: the namespace
 * @limit_us: a socket in CLOSE_WAIT for longer is a suspect
 * @holders: which process holds which socket; groups are made by owner too
 *	unless it is NULL
 * @slice: sockets being looked at
 * @n: how many are in @slice
 * @listeners: listeners of the namespace
 * @n_listeners: how many; each socket is referenced
 * @waiting: children in accept queues; NULL until needed
 * @legs: connections in FIN_WAIT2
 * @leaks: groups found so far
 * @no_memory: memory was short: something could not be looked at
 */
struct hunt {
	struct tcpdiag_net *tn;
	u64 limit_us;
	const struct tcpdiag_holders *holders;
	struct looked slice[TCPDIAG_AGE_SLICE];
	unsigned int n;
	struct looked listeners[MAX_LISTENERS];
	unsigned int n_listeners;
	struct tcpdiag_waiting *waiting;
	struct tcpdiag_legs *legs;
	struct tcpdiag_leaks *leaks;
	bool no_memory;
};

static u64 socket_cgroup(struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	return cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));
#else
	return 0;
#endif
}

/* False if the record is not, or no longer, in @state. */
static bool copy_record(struct looked *l, const struct tcpdiag_record *rec,
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
	l->facts.age_known = state == TCP_CLOSE_WAIT &&
			     !(rec->flags & (TCPDIAG_F_EST_STAY |
					     TCPDIAG_F_EST_AGE));
	l->facts.age_us = l->facts.stay_us +
			  div_u64(rec->before[TCP_ESTABLISHED - 1],
				  NSEC_PER_USEC);
	l->role = state == TCP_LISTEN ? rec->role : tcpdiag_likely_role(rec);
	l->pid = rec->pid;
	memcpy(l->comm, rec->comm, sizeof(l->comm));
	tcpdiag_addr_read(sk, &l->addr);
	l->cgroup = socket_cgroup(sk);
	if (tcpdiag_read_again(rec, state, entered))
		return false;
	get_pid(l->pid);
	return true;
}

static void look_at_tcp(struct tcpdiag_cw_socket *s, const struct sock *sk)
{
	u32 received = READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32;

	s->accepted = READ_ONCE(sk->sk_socket);
	s->holders = 0;
	s->rcv_nxt = READ_ONCE(tp->rcv_nxt);
	s->copied_seq = READ_ONCE(tp->copied_seq);
	s->write_seq = READ_ONCE(tp->write_seq);
	s->snd_una = READ_ONCE(tp->snd_una);
	s->sent_us = tcpdiag_ticks_us(now - READ_ONCE(tp->lsndtime));
	s->sent = READ_ONCE(tp->bytes_sent);
	/* the FIN counts as a byte */
	s->received = max(READ_ONCE(tp->bytes_received), 1ULL) - 1;
	s->received_us = tcpdiag_ticks_us(now - received);
	s->segments = READ_ONCE(tp->data_segs_in);
}

static void look_at_suspect(const struct tcpdiag_record *rec, void *arg)
{
	struct hunt *h = arg;
	struct looked *l = &h->slice[h->n];

	if (!copy_record(l, rec, TCP_CLOSE_WAIT, h->leaks->looked_ns))
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
	if (!copy_record(l, rec, TCP_LISTEN, h->leaks->looked_ns))
		return;
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		h->n_listeners++;
	else
		put_pid(l->pid);
}

/* A listener at the socket's address comes before one at any address. */
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

/* The listener whose accept queue it waits in, else one of its port. */
static const struct looked *waits_for(struct hunt *h, const struct looked *l)
{
	unsigned int i;

	if (!h->waiting && !h->no_memory)
		note_waiting(h);
	if (h->waiting && tcpdiag_waiting_find(h->waiting, l->sk, &i))
		return &h->listeners[i];
	return listener_of(h, l);
}

/* Where role and ports do not tell, it is told by who listens on the local port. */
static bool has_connected(const struct hunt *h, const struct looked *l)
{
	if (l->role != TCPDIAG_ROLE_UNKNOWN)
		return l->role == TCPDIAG_ROLE_ACTIVE;
	return tcpdiag_is_chosen_port(h->tn->net, l->addr.lport) &&
	       !listener_of(h, l);
}

/*
 * The process that holds a socket now; else the one seen to own it. Of a
 * listener, one that accepts comes before the one that only listened.
 */
static struct pid *owner_of(const struct hunt *h, const struct looked *l,
			    unsigned int *count, const char **comm)
{
	struct pid *lister = l->role == TCPDIAG_ROLE_LISTENER ? l->pid : NULL;
	u64 stay_ns = l->facts.stay_us * NSEC_PER_USEC;
	u64 now = h->leaks->looked_ns;
	struct pid *holder;

	holder = tcpdiag_holders_of(h->holders, l->sk, now - min(now, stay_ns),
				    lister, count);

	*comm = holder ? "" : l->comm;
	return holder ?: l->pid;
}

/* The group, made if there is none; NULL if there is no room. */
static struct tcpdiag_leak *find_group(struct hunt *h, struct pid *pid,
				       const char *comm, u64 cgroup, u16 port,
				bool connected)
{
	struct tcpdiag_leak *group;
	unsigned int i;

	for (i = 0; i < h->leaks->n; i++) {
		group = &h->leaks->group[i];
		/* the kernel has no pid, but a name */
		if (group->pid == pid && (pid || *group->comm == *comm) &&
		    group->g.port == port &&
		    group->g.cgroup == cgroup &&
		    group->g.connected == connected)
			return group;
	}
	if (h->leaks->n == TCPDIAG_CW_GROUPS) {
		h->leaks->full = true;
		return NULL;
	}
	group = &h->leaks->group[h->leaks->n++];
	group->pid = get_pid(pid);
	strscpy(group->comm, comm, sizeof(group->comm));
	group->g.cgroup = cgroup;
	group->g.port = port;
	group->g.connected = connected;
	return group;
}

/* Whether a process is known not to have a socket. */
static bool has_not(const struct hunt *h, const struct looked *l,
		    const struct pid *pid)
{
	u64 now = h->leaks->looked_ns;
	u64 born = now - min(now, l->facts.stay_us * NSEC_PER_USEC);

	return tcpdiag_holders_knows(h->holders, born) &&
	       !tcpdiag_holders_has(h->holders, l->sk, born, pid);
}

/**
 * struct maker - who made a socket that its holder has inherited
 * @pid: the process; NULL if it is not known, or if the holder made it
 * @comm: its name, if it was seen; else empty
 * @several: another process may have made it just as well
 */
struct maker {
	struct pid *pid;
	const char *comm;
	bool several;
};

/* Whether a listener may have been the one that a socket came from. */
static bool may_come_from(const struct looked *l, const struct looked *listener)
{
	const struct tcpdiag_addr *a = &listener->addr;

	return a->lport == l->addr.lport &&
	       (ipv6_addr_any(&a->local) ||
		ipv6_addr_equal(&a->local, &l->addr.local));
}

static bool same_name(const struct looked *a, const struct looked *b)
{
	return *a->comm && !strcmp(a->comm, b->comm);
}

/*
 * Of a socket that was accepted: who listens, unless the holder has one of those
 * listeners too. If more than one process listens there it may be any of them; of
 * processes of different names none is told.
 */
static void listener_made(struct hunt *h, const struct looked *l,
			  const struct pid *holder, struct maker *m)
{
	const struct looked *first = NULL;
	const char *comm;
	struct pid *pid;
	unsigned int i;

	if (h->n_listeners == MAX_LISTENERS)
		return;
	for (i = 0; i < h->n_listeners; i++) {
		const struct looked *listener = &h->listeners[i];

		if (!may_come_from(l, listener))
			continue;
		pid = owner_of(h, listener, NULL, &comm);
		if (!pid || listener->pid == holder ||
		    !has_not(h, listener, holder) ||
		    (first && pid != m->pid && !same_name(first, listener))) {
			m->pid = NULL;
			return;
		}
		if (!first) {
			first = listener;
			m->pid = pid;
			m->comm = comm;
		}
		m->several |= pid != m->pid;
	}
}

/*
 * Who made a socket, if its holder must have inherited it: of one that connected
 * the process that did, unless it still has it too.
 */
static void find_maker(struct hunt *h, const struct looked *l,
		       const struct pid *holder, struct maker *m)
{
	if (!l->facts.connected) {
		listener_made(h, l, holder, m);
	} else if (l->pid && l->pid != holder && has_not(h, l, l->pid)) {
		m->pid = l->pid;
		m->comm = l->comm;
	}
}

static void note_maker(struct hunt *h, const struct looked *l,
		       struct tcpdiag_leak *group)
{
	struct maker m = {};

	if (!group->pid || *group->comm || !l->facts.accepted ||
	    l->facts.stay_us <= h->limit_us)
		return;
	find_maker(h, l, group->pid, &m);
	if (!m.pid)
		return;
	group->g.inherited++;
	group->makers |= m.several;
	if (group->maker)
		return;
	group->maker = get_pid(m.pid);
	strscpy(group->maker_comm, m.comm, sizeof(group->maker_comm));
}

static void sort_out(struct hunt *h, struct looked *l)
{
	const struct looked *holds = l;
	bool connected = has_connected(h, l);
	const char *comm = "";
	struct pid *pid = NULL;
	struct tcpdiag_leak *group;

	l->facts.connected = connected;

	if (h->holders && !l->facts.accepted)
		holds = waits_for(h, l);
	if (h->holders && holds)
		pid = owner_of(h, holds, &l->facts.holders, &comm);
	group = find_group(h, pid, comm, h->holders ? l->cgroup : 0,
			   connected ? l->addr.rport : l->addr.lport,
			   connected);
	if (group) {
		tcpdiag_cw_add(&group->g, &l->facts, h->limit_us);
		note_maker(h, l, group);
	}
	if (h->legs)
		tcpdiag_legs_meet(h->legs, &l->addr, pid);
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
	const struct tcpdiag_leak *x = a, *y = b;

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
	tcpdiag_legs_put(h->legs);
	kvfree(h->waiting);
	kvfree(h);
}

/* Whom the owner of each group waits for, and how long such waits last. */
static void note_next(struct hunt *h, struct tcpdiag_leak *leak)
{
	struct tcpdiag_cw_group *g = &leak->g;
	const struct tcpdiag_legs_of *of;
	struct tcpdiag_legs_end end;

	tcpdiag_stays_read(h->tn, g->port, g->connected, &g->ended,
			   &g->ended_us);
	if (!h->legs || g->connected)
		return;
	of = tcpdiag_legs_of(h->legs, leak->pid);
	g->legs_cut = tcpdiag_legs_more(h->legs, of, g->suspects);
	if (!of)
		return;
	tcpdiag_legs_end(h->legs, of, &end);
	g->legs = of->n;
	g->next.sockets = end.n;
	g->next.here = end.held;
	g->next.v6 = end.v6;
	g->next.addr = end.addr;
	g->next.port = end.port;
	leak->next = get_pid(end.held);
}

static void hunt(struct hunt *h)
{
	struct tcpdiag_leaks *leaks = h->leaks;
	unsigned int i;
	int err;

	h->legs = tcpdiag_legs_look(h->tn, h->holders);
	h->no_memory |= !h->legs;
	err = tcpdiag_age_each(h->tn, TCP_LISTEN, MAX_LISTENERS,
			       look_at_listener, NULL, h);
	h->no_memory |= err == -ENOMEM;
	err = tcpdiag_age_each(h->tn, TCP_CLOSE_WAIT, TCPDIAG_LEAKS_MAX_LOOKED,
			       look_at_suspect, sort_out_slice, h);
	h->no_memory |= err == -ENOMEM;
	leaks->cut = err;
	for (i = 0; i < leaks->n; i++)
		note_next(h, &leaks->group[i]);
	if (!h->no_memory && (leaks->cut || leaks->full || h->legs->cut ||
			      h->legs->full))
		atomic64_inc(&h->tn->looks_cut);
	sort(leaks->group, leaks->n, sizeof(*leaks->group), worse_first, NULL);
}

/**
 * tcpdiag_leaks_look() - look for sockets that stay in CLOSE_WAIT
 * @tn: the namespace
 * @holders: which process holds which socket, to make groups by owner too; or
 *	NULL
 *
 * Context: process, may sleep. Cost: grows with sockets in CLOSE_WAIT.
 * Return: the groups, to be put with tcpdiag_leaks_put(); NULL if memory is
 * short.
 */
struct tcpdiag_leaks *
tcpdiag_leaks_look(struct tcpdiag_net *tn,
		   const struct tcpdiag_holders *holders)
{
	struct tcpdiag_leaks *leaks = kvzalloc(sizeof(*leaks), TCPDIAG_GFP);
	struct hunt *h = kvzalloc(sizeof(*h), TCPDIAG_GFP);
	bool done;

	if (!leaks || !h) {
		kvfree(leaks);
		kvfree(h);
		return NULL;
	}
	leaks->looked_ns = ktime_get_ns();
	h->tn = tn;
	h->holders = holders;
	h->leaks = leaks;
	h->limit_us = (u64)READ_ONCE(tn->limits.close_wait_leak_ms) *
		      USEC_PER_MSEC;
	hunt(h);
	done = !h->no_memory;
	end_hunt(h);
	if (done)
		return leaks;
	tcpdiag_leaks_put(leaks);
	return NULL;
}

/**
 * tcpdiag_leaks_put() - free the groups
 * @leaks: from tcpdiag_leaks_look()
 *
 * Context: process.
 */
void tcpdiag_leaks_put(struct tcpdiag_leaks *leaks)
{
	while (leaks->n) {
		struct tcpdiag_leak *leak = &leaks->group[--leaks->n];

		put_pid(leak->pid);
		put_pid(leak->maker);
		put_pid(leak->next);
	}
	kvfree(leaks);
}
