// SPDX-License-Identifier: GPL-2.0
/*
 * Whom proxies wait for. A proxy that has read the end of what its client sends
 * passes it on: it shuts down its side of the connection to its server, which
 * goes to FIN_WAIT2. Until the server closes, the client's connection stays in
 * CLOSE_WAIT, and the proxy is not to blame.
 *
 *	client            proxy                server
 *	   ------> CLOSE_WAIT  FIN_WAIT2 ------> CLOSE_WAIT
 *
 * The other end of a FIN_WAIT2 is in CLOSE_WAIT. If it is in this namespace, it
 * is among the sockets that survey/leaks.c looks at.
 *
 * Sockets are copied in slices with their shard locked; who has them is looked up
 * without a lock.
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/record.h"
#include "survey/holders.h"
#include "survey/legs.h"

/* At most about this many sockets are looked at. */
#define MAX_LOOKED	8192

/**
 * struct looked - a copy of a socket that was looked at
 * @sk: the socket; only compared, it may be gone
 * @entered: when it entered FIN_WAIT2, ktime_get_ns()
 * @v6: its family is AF_INET6
 * @addr: its two ends
 */
struct looked {
	const struct sock *sk;
	u64 entered;
	bool v6;
	struct tcpdiag_addr addr;
};

/**
 * struct search - state of one look
 * @holders: which process holds which socket; or NULL
 * @now: ktime_get_ns()
 * @slice: sockets being looked at
 * @n: how many are in @slice
 * @legs: the result
 */
struct search {
	const struct tcpdiag_holders *holders;
	u64 now;
	struct looked slice[TCPDIAG_AGE_SLICE];
	unsigned int n;
	struct tcpdiag_legs *legs;
};

/* The same address, whether or not a socket is IPv6 with mapped addresses. */
static void unmap(struct in6_addr *a)
{
	__be32 v4 = a->s6_addr32[3];

	if (!ipv6_addr_v4mapped(a))
		return;
	memset(a, 0, sizeof(*a));
	a->s6_addr32[0] = v4;
}

static struct tcpdiag_legs_of *find_or_add(struct tcpdiag_legs *legs,
					   struct pid *pid)
{
	unsigned int i;

	for (i = 0; i < legs->processes; i++)
		if (legs->process[i].pid == pid)
			return &legs->process[i];
	if (legs->processes == TCPDIAG_LEGS_PROCESSES) {
		legs->full = true;
		return NULL;
	}
	legs->process[legs->processes].pid = pid;
	return &legs->process[legs->processes++];
}

static void add(struct tcpdiag_legs *legs, struct pid *pid,
		const struct looked *l)
{
	struct tcpdiag_legs_of *of = find_or_add(legs, pid);
	struct tcpdiag_leg *leg;

	if (!of)
		return;
	of->n++;
	if (of->kept == TCPDIAG_LEGS_KEPT)
		return;
	of->kept++;
	leg = &legs->leg[legs->n++];
	leg->of = of - legs->process;
	leg->v6 = l->v6 && !ipv6_addr_v4mapped(&l->addr.remote);
	leg->addr = l->addr;
	unmap(&leg->addr.local);
	unmap(&leg->addr.remote);
}

/* Those that a program has open and has not accepted. */
static void look_at(const struct tcpdiag_record *rec, void *arg)
{
	const struct sock *sk = rec->key;
	struct search *s = arg;
	struct looked *l = &s->slice[s->n];

	if (tcpdiag_read_begin(rec, &l->entered) != TCP_FIN_WAIT2 ||
	    rec->flags & TCPDIAG_F_MINI || rec->role == TCPDIAG_ROLE_PASSIVE ||
	    !READ_ONCE(sk->sk_socket))
		return;
	l->sk = sk;
	l->v6 = sk->sk_family == AF_INET6;
	tcpdiag_addr_read(sk, &l->addr);
	if (!tcpdiag_read_again(rec, TCP_FIN_WAIT2, l->entered))
		s->n++;
}

static void sort_out(struct search *s, const struct looked *l)
{
	struct pid *holder = NULL;

	if (s->holders) {
		holder = tcpdiag_holders_of(s->holders, l->sk,
					    min(l->entered, s->now), NULL,
					    NULL);
		if (!holder) {
			s->legs->unknown++;
			return;
		}
	}
	add(s->legs, holder, l);
}

static void sort_out_slice(void *arg)
{
	struct search *s = arg;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		sort_out(s, &s->slice[i]);
	s->n = 0;
}

static u32 ports(u16 local, u16 remote)
{
	return (u32)local << 16 | remote;
}

static int by_ports(const void *a, const void *b)
{
	const struct tcpdiag_leg *x = a, *y = b;
	u32 px = ports(x->addr.lport, x->addr.rport);
	u32 py = ports(y->addr.lport, y->addr.rport);

	return px < py ? -1 : px > py;
}

/**
 * tcpdiag_legs_look() - look for connections in FIN_WAIT2 that a process holds
 * @tn: the namespace
 * @holders: which process holds which socket; must outlive the result. If NULL,
 *	all connections are put down to one process without a pid
 *
 * Context: process, may sleep. Cost: grows with sockets in FIN_WAIT2.
 * Return: them, to be put with tcpdiag_legs_put(); NULL if memory is short.
 */
struct tcpdiag_legs *tcpdiag_legs_look(struct tcpdiag_net *tn,
				       const struct tcpdiag_holders *holders)
{
	struct tcpdiag_legs *legs = kvzalloc(sizeof(*legs), TCPDIAG_GFP);
	struct search *s = kzalloc(sizeof(*s), TCPDIAG_GFP);
	int err = -ENOMEM;

	if (legs && s) {
		s->holders = holders;
		s->now = ktime_get_ns();
		s->legs = legs;
		err = tcpdiag_age_each(tn, TCP_FIN_WAIT2, MAX_LOOKED, look_at,
				       sort_out_slice, s);
	}
	kfree(s);
	if (err == -ENOMEM) {
		kvfree(legs);
		return NULL;
	}
	legs->cut = err;
	sort(legs->leg, legs->n, sizeof(*legs->leg), by_ports, NULL);
	return legs;
}

/* The first leg with these ports, or the one after where it would be. */
static unsigned int first_with(const struct tcpdiag_legs *legs, u32 wanted)
{
	unsigned int low = 0, high = legs->n;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;
		const struct tcpdiag_addr *a = &legs->leg[mid].addr;

		if (ports(a->lport, a->rport) < wanted)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * tcpdiag_legs_meet() - a socket in CLOSE_WAIT: it may be the other end of one
 * @legs: from tcpdiag_legs_look()
 * @addr: the two ends of the socket
 * @pid: the process that holds it, or NULL
 *
 * Context: process.
 */
void tcpdiag_legs_meet(struct tcpdiag_legs *legs,
		       const struct tcpdiag_addr *addr, struct pid *pid)
{
	u32 wanted = ports(addr->rport, addr->lport);
	struct tcpdiag_addr end = *addr;
	unsigned int i;

	if (!pid)
		return;
	unmap(&end.local);
	unmap(&end.remote);
	for (i = first_with(legs, wanted); i < legs->n; i++) {
		struct tcpdiag_leg *leg = &legs->leg[i];

		if (ports(leg->addr.lport, leg->addr.rport) != wanted)
			return;
		if (leg->held || legs->process[leg->of].pid == pid ||
		    !ipv6_addr_equal(&leg->addr.local, &end.remote) ||
		    !ipv6_addr_equal(&leg->addr.remote, &end.local))
			continue;
		leg->held = get_pid(pid);
		return;
	}
}

/**
 * tcpdiag_legs_of() - the connections of a process
 * @legs: from tcpdiag_legs_look()
 * @pid: the process
 *
 * Context: any.
 * Return: them, valid as long as @legs; NULL if it has none.
 */
const struct tcpdiag_legs_of *
tcpdiag_legs_of(const struct tcpdiag_legs *legs, const struct pid *pid)
{
	unsigned int i;

	for (i = 0; i < legs->processes; i++)
		if (legs->process[i].pid == pid)
			return &legs->process[i];
	return NULL;
}

/**
 * tcpdiag_legs_more() - whether a process may have more connections than are known
 * @legs: from tcpdiag_legs_look()
 * @of: what is known of it, from tcpdiag_legs_of()
 * @wanted: it would have to have so many
 *
 * Context: any.
 * Return: true if it may have @wanted of them although fewer are known.
 */
bool tcpdiag_legs_more(const struct tcpdiag_legs *legs,
		       const struct tcpdiag_legs_of *of, u32 wanted)
{
	u32 n = of ? of->n : 0;

	if (n >= wanted)
		return false;
	return legs->cut || (legs->full && !of) || n + legs->unknown >= wanted;
}

static bool same_end(const struct tcpdiag_leg *a, const struct tcpdiag_leg *b)
{
	return a->addr.rport == b->addr.rport && a->v6 == b->v6 &&
	       ipv6_addr_equal(&a->addr.remote, &b->addr.remote);
}

/* Among those that are kept: how many of its connections lead where @to does. */
static u32 lead_to(const struct tcpdiag_leg *const *leg, u32 n,
		   const struct tcpdiag_leg *to)
{
	u32 i, same = 0;

	for (i = 0; i < n; i++)
		same += same_end(leg[i], to);
	return same;
}

/* The process that has more than half of the ends that @to leads to, or NULL. */
static struct pid *held_by(const struct tcpdiag_leg *const *leg, u32 n,
			   const struct tcpdiag_leg *to, u32 same)
{
	u32 i, j;

	for (i = 0; i < n; i++) {
		u32 has = 0;

		for (j = 0; leg[i]->held && j < n; j++)
			has += same_end(leg[j], to) &&
			       leg[j]->held == leg[i]->held;
		if (2 * has > same)
			return leg[i]->held;
	}
	return NULL;
}

/**
 * tcpdiag_legs_end() - where most connections of a process lead to
 * @legs: from tcpdiag_legs_look(), after all that may meet them has
 * @of: the process's, from tcpdiag_legs_of()
 * @end: the result; all its bytes are set
 *
 * Context: any.
 */
void tcpdiag_legs_end(const struct tcpdiag_legs *legs,
		      const struct tcpdiag_legs_of *of,
		      struct tcpdiag_legs_end *end)
{
	const struct tcpdiag_leg *leg[TCPDIAG_LEGS_KEPT], *to = NULL;
	u32 i, n = 0, same, most = 0;

	memset(end, 0, sizeof(*end));
	for (i = 0; i < legs->n && n < TCPDIAG_LEGS_KEPT; i++)
		if (&legs->process[legs->leg[i].of] == of)
			leg[n++] = &legs->leg[i];
	for (i = 0; i < n; i++) {
		same = lead_to(leg, n, leg[i]);
		if (same <= most)
			continue;
		most = same;
		to = leg[i];
	}
	if (!to)
		return;
	end->n = most * of->n / n;
	end->v6 = to->v6;
	end->addr = to->addr.remote;
	end->port = to->addr.rport;
	end->held = held_by(leg, n, to, most);
}

/**
 * tcpdiag_legs_put() - free what tcpdiag_legs_look() returned
 * @legs: it, or NULL
 *
 * Context: process.
 */
void tcpdiag_legs_put(struct tcpdiag_legs *legs)
{
	unsigned int i;

	for (i = 0; legs && i < legs->n; i++)
		put_pid(legs->leg[i].held);
	kvfree(legs);
}
