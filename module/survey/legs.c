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
 * struct search - state of one look
 * @holders: which process holds which socket; or NULL
 * @now: ktime_get_ns()
 * @legs: the result
 */
struct search {
	const struct tcpdiag_holders *holders;
	u64 now;
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
	if (legs->processes == TCPDIAG_LEGS_PROCESSES)
		return NULL;
	legs->process[legs->processes].pid = pid;
	return &legs->process[legs->processes++];
}

static void add(struct tcpdiag_legs *legs, struct pid *pid, bool v6,
		const struct tcpdiag_addr *addr)
{
	struct tcpdiag_legs_of *of = find_or_add(legs, pid);
	struct tcpdiag_leg leg = {
		.v6 = v6 && !ipv6_addr_v4mapped(&addr->remote),
		.addr = *addr,
	};

	if (!of)
		return;
	leg.of = of - legs->process;
	unmap(&leg.addr.local);
	unmap(&leg.addr.remote);
	if (!of->n++)
		of->one = leg;
	if (legs->n < TCPDIAG_LEGS_KEPT)
		legs->leg[legs->n++] = leg;
}

static void look_at(const struct tcpdiag_record *rec, void *arg)
{
	const struct sock *sk = rec->key;
	struct search *search = arg;
	struct tcpdiag_addr addr;
	struct pid *holder;
	u64 entered;

	if (tcpdiag_read_begin(rec, &entered) != TCP_FIN_WAIT2 ||
	    rec->flags & TCPDIAG_F_MINI || rec->role == TCPDIAG_ROLE_PASSIVE)
		return;
	holder = tcpdiag_holders_of(search->holders, sk,
				    min(entered, search->now), NULL, NULL);
	if (search->holders ? !holder : !READ_ONCE(sk->sk_socket))
		return;
	tcpdiag_addr_read(sk, &addr);
	if (!tcpdiag_read_again(rec, TCP_FIN_WAIT2, entered))
		add(search->legs, holder, sk->sk_family == AF_INET6, &addr);
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
	struct search search = {
		.holders = holders,
		.now = ktime_get_ns(),
	};

	search.legs = kvzalloc(sizeof(*search.legs), TCPDIAG_GFP);
	if (!search.legs)
		return NULL;
	if (tcpdiag_age_each(tn, TCP_FIN_WAIT2, MAX_LOOKED, look_at, NULL,
			     &search) == -ENOMEM) {
		tcpdiag_legs_put(search.legs);
		return NULL;
	}
	sort(search.legs->leg, search.legs->n, sizeof(*search.legs->leg),
	     by_ports, NULL);
	return search.legs;
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
		const struct tcpdiag_leg *leg = &legs->leg[i];
		struct tcpdiag_legs_of *of = &legs->process[leg->of];

		if (ports(leg->addr.lport, leg->addr.rport) != wanted)
			return;
		if (of->next || of->pid == pid ||
		    !ipv6_addr_equal(&leg->addr.local, &end.remote) ||
		    !ipv6_addr_equal(&leg->addr.remote, &end.local))
			continue;
		of->next = get_pid(pid);
		of->one = *leg;
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
 * tcpdiag_legs_put() - free what tcpdiag_legs_look() returned
 * @legs: it, or NULL
 *
 * Context: process.
 */
void tcpdiag_legs_put(struct tcpdiag_legs *legs)
{
	unsigned int i;

	for (i = 0; legs && i < legs->processes; i++)
		put_pid(legs->process[i].next);
	kvfree(legs);
}
