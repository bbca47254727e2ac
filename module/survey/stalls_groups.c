// SPDX-License-Identifier: GPL-2.0
/*
 * Puts the connections that cannot go on (stalls.c) together for findings: those
 * of one program, cause and way are a group. Only what is on the list is looked at.
 * Requests that wait unread get what room is left by the others: they are rather a
 * matter of one's own programs, and may be many.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "store/addr.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/stalls.h"

/* What got there longer before a connection began to wait took another path perhaps. */
#define PASSED_US	(60 * (u64)USEC_PER_SEC)

/**
 * struct search - groups of one reader
 * @limit_us: who has waited for less is left out
 * @owners: programs are told apart
 * @holders: which process holds which socket; or NULL
 * @n: groups found so far
 * @pid: the program of each, with a reference; or NULL
 * @comm: its name when it was seen; empty if it was not
 */
struct search {
	u64 limit_us;
	bool owners;
	const struct tcpdiag_holders *holders;
	unsigned int n;
	struct pid *pid[TCPDIAG_STALL_GROUPS];
	char comm[TCPDIAG_STALL_GROUPS][TASK_COMM_LEN];
};

static bool is_of(const struct tcpdiag_stall_group *g,
		  const struct tcpdiag_stalled *s, u16 port)
{
	return g->longest.cause == s->stall.cause &&
	       g->connected == s->connected && g->port == port &&
	       (!s->connected ||
		(g->v6 == s->v6 && ipv6_addr_equal(&g->peer,
						   &s->addr.remote)));
}

/* The group, made if there is none; NULL if there is no room. */
static struct tcpdiag_stall_group *
find_group(struct search *search, struct tcpdiag_stalls_facts *facts,
	   const struct tcpdiag_stalled *s, struct pid *pid, bool seen)
{
	u16 port = s->connected ? s->addr.rport : s->addr.lport;
	struct tcpdiag_stall_group *g;
	unsigned int i;

	for (i = 0; i < search->n; i++) {
		g = &facts->group[i];
		if (search->pid[i] == pid && is_of(g, s, port))
			return g;
	}
	if (search->n == TCPDIAG_STALL_GROUPS)
		return NULL;
	g = &facts->group[search->n];
	search->pid[search->n] = get_pid(pid);
	if (seen)
		memcpy(search->comm[search->n], s->comm, sizeof(s->comm));
	search->n++;
	g->connected = s->connected;
	g->one_peer = true;
	g->v6 = s->v6;
	g->peer = s->addr.remote;
	g->port = port;
	g->idle_us = U64_MAX;
	return g;
}

/* The program: who was seen with it, unless only others have it open by now. */
static struct pid *program_of(const struct search *search,
			      const struct tcpdiag_stalled *s)
{
	if (!search->owners)
		return NULL;
	if (tcpdiag_holders_has(search->holders, s->sk, s->born_ns, s->pid))
		return s->pid;
	return tcpdiag_holders_of(search->holders, s->sk, s->born_ns, NULL,
				  NULL) ?: s->pid;
}

/* Nothing goes out, or nothing comes back, because the address has gone. */
static bool is_gone(struct net *net, const struct tcpdiag_stalled *s)
{
	enum tcpdiag_stall_cause cause = s->stall.cause;

	return (cause == TCPDIAG_STALL_PEER_SILENT ||
		cause == TCPDIAG_STALL_NOT_SENT ||
		cause == TCPDIAG_STALL_LARGE_LOST) && !s->nonlocal &&
	       !tcpdiag_addr_is_here(net, s->v6, &s->addr.local);
}

static void add(struct search *search, struct tcpdiag_stalls_facts *facts,
		struct net *net, const struct tcpdiag_stalled *s)
{
	struct pid *pid = program_of(search, s);
	struct tcpdiag_stall_group *g;

	g = find_group(search, facts, s, pid, pid == s->pid);
	if (!g) {
		facts->cut = true;
		return;
	}
	g->one_peer &= g->v6 == s->v6 &&
		       ipv6_addr_equal(&g->peer, &s->addr.remote);
	g->sockets++;
	g->bytes += s->stall.bytes;
	g->idle_us = min(g->idle_us, s->stall.idle_us);
	if (is_gone(net, s)) {
		g->gone++;
		g->local = s->addr.local;
	}
	g->writers += s->stall.writer_waits;
	g->mutual += s->stall.mutual;
	if (!g->longest.cause || s->stall.for_us > g->longest.for_us)
		g->longest = s->stall;
}

static bool is_wanted(const struct search *search,
		      const struct tcpdiag_stall *stall, bool unread)
{
	bool is_unread = stall->cause == TCPDIAG_STALL_UNREAD;

	return is_unread == unread && (stall->cause >= TCPDIAG_STALL_SLOW ||
				       stall->for_us >= search->limit_us);
}

/* Of requests that wait unread, or of all others. */
static void find_groups(const struct tcpdiag_reader *reader,
			const struct tcpdiag_stall_list *list, bool unread,
			struct search *search,
			struct tcpdiag_stalls_facts *facts)
{
	struct tcpdiag_stalled s;
	u64 pos;

	for (pos = 0; tcpdiag_stalls_next(reader->tn, list, &pos, &s); pos++) {
		if (is_wanted(search, &s.stall, unread))
			add(search, facts, reader->tn->net, &s);
		put_pid(s.pid);
		cond_resched();
	}
}

/*
 * On another connection a segment as large has got to the same peer, since these
 * ones wait or not long before: a path has one MTU.
 */
static bool has_passed(const struct tcpdiag_stall_list *list,
		       const struct tcpdiag_stall_group *g)
{
	u64 at = tcpdiag_stalls_passed_ns(list, g->v6, &g->peer);
	u64 now = ktime_get_ns();

	return at && now - min(now, at) <=
		     (g->longest.for_us + PASSED_US) * NSEC_PER_USEC;
}

/* One connection may be lost for any reason, and so may those of several peers. */
static bool is_size_likely(const struct tcpdiag_stall_group *g)
{
	return g->sockets > 1 && g->one_peer;
}

static bool is_same_peer(const struct tcpdiag_stall_group *a,
			 const struct tcpdiag_stall_group *b)
{
	return a->v6 == b->v6 && ipv6_addr_equal(&a->peer, &b->peer);
}

/*
 * Whether group @k, of a silent peer, is of the same program and way as @i, which
 * has lost large segments. Groups of accepted connections, which may have several
 * peers, are two only if that of @i has one peer that is not the other's.
 */
static bool is_same_way(const struct search *search,
			const struct tcpdiag_stalls_facts *facts,
			unsigned int i, unsigned int k)
{
	const struct tcpdiag_stall_group *a = &facts->group[i];
	const struct tcpdiag_stall_group *b = &facts->group[k];

	return b->longest.cause == TCPDIAG_STALL_PEER_SILENT &&
	       search->pid[i] == search->pid[k] &&
	       a->connected == b->connected && a->port == b->port &&
	       (is_same_peer(a, b) ||
		(!a->connected && !is_size_likely(a)));
}

static void merge(struct tcpdiag_stall_group *into,
		  const struct tcpdiag_stall_group *g)
{
	into->sockets += g->sockets;
	into->bytes += g->bytes;
	into->one_peer &= g->one_peer && is_same_peer(into, g);
	into->idle_us = min(into->idle_us, g->idle_us);
	into->gone += g->gone;
	if (g->gone)
		into->local = g->local;
	into->writers += g->writers;
	if (g->longest.for_us > into->longest.for_us)
		into->longest = g->longest;
	into->longest.cause = TCPDIAG_STALL_PEER_SILENT;
}

/*
 * If one connection has lost large segments, or others to the same peer small ones
 * too, the peer is silent: it is not the size. Nor is it if large ones got there.
 */
static void doubt_size(struct search *search,
		       const struct tcpdiag_stall_list *list,
		       struct tcpdiag_stalls_facts *facts, unsigned int i)
{
	struct tcpdiag_stall_group *g = &facts->group[i];
	unsigned int k, last = search->n - 1;

	if (g->longest.cause != TCPDIAG_STALL_LARGE_LOST)
		return;
	for (k = 0; k < search->n; k++)
		if (is_same_way(search, facts, i, k))
			break;
	if (k < search->n) {
		merge(&facts->group[k], g);
		put_pid(search->pid[i]);
		*g = facts->group[last];
		search->pid[i] = search->pid[last];
		memcpy(search->comm[i], search->comm[last],
		       sizeof(search->comm[i]));
		search->n--;
	} else if (!is_size_likely(g) || has_passed(list, g)) {
		g->longest.cause = TCPDIAG_STALL_PEER_SILENT;
	}
}

static int more_first(const void *a, const void *b)
{
	const struct tcpdiag_stall_group *x = a, *y = b;

	return x->sockets < y->sockets ? 1 : -(x->sockets > y->sockets);
}

static void name_owners(struct search *search, bool owners,
			struct tcpdiag_stalls_facts *facts)
{
	while (search->n) {
		unsigned int i = --search->n;
		struct pid *pid = search->pid[i];
		bool seen = *search->comm[i];

		if (owners)
			tcpdiag_owner_read(&facts->group[i].owner,
					   seen ? pid : NULL, search->comm[i],
					   seen ? NULL : pid);
		/* nor how many there are of what the reader may not see */
		if (facts->group[i].owner.pid)
			facts->group[i].threads = tcpdiag_owner_threads(pid);
		put_pid(pid);
	}
}

/**
 * tcpdiag_stalls_read() - connections that have not gone on for too long
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep. Cost: grows with those on the list, and with the
 * open files of the machine if there are any.
 * Return: false if memory is short.
 */
bool tcpdiag_stalls_read(const struct tcpdiag_reader *reader,
			 struct tcpdiag_stalls_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_holders *holders = NULL;
	struct tcpdiag_stall_list *list = tcpdiag_stalls_get(tn);
	struct search *search;
	unsigned int i;
	bool done = false;

	facts->retries = READ_ONCE(tn->net->ipv4.sysctl_tcp_retries2);
	facts->keepalive_s =
		READ_ONCE(tn->net->ipv4.sysctl_tcp_keepalive_time) / HZ;
	facts->wmem_max = READ_ONCE(tn->net->ipv4.sysctl_tcp_wmem[2]);
	facts->rmem_max = READ_ONCE(tn->net->ipv4.sysctl_tcp_rmem[2]);
	facts->mtu_probing = READ_ONCE(tn->net->ipv4.sysctl_tcp_mtu_probing);
	if (!list)
		return true;
	search = kzalloc(sizeof(*search), TCPDIAG_GFP);
	if (!search)
		goto out;
	done = !reader->owners || tcpdiag_holders_need(&holders, reader);
	search->limit_us = READ_ONCE(tn->limits.stall_ms) *
			   (u64)USEC_PER_MSEC;
	search->owners = reader->owners;
	search->holders = holders;
	facts->cut = tcpdiag_stalls_cut(list);
	if (done) {
		find_groups(reader, list, false, search, facts);
		find_groups(reader, list, true, search, facts);
	}
	for (i = search->n; i--;)
		doubt_size(search, list, facts, i);
	facts->n = search->n;
	name_owners(search, reader->owners, facts);
	sort(facts->group, facts->n, sizeof(*facts->group), more_first, NULL);
	tcpdiag_holders_put(holders);
	kfree(search);
out:
	tcpdiag_stalls_put(list);
	return done;
}
