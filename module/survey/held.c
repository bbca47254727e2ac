// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for sockets that a program has shut down and keeps open, when a reader
 * asks: those that stay in FIN_WAIT2, CLOSING or LAST_ACK for longer than
 * net.ipv4.tcp_fin_timeout, which ends only sockets that no program has open.
 * Those that still receive data, or whose peers take what is before the FIN, are
 * left out.
 *
 * Sockets are copied in slices with their shard locked; owners are looked up
 * without a lock. Long stays are kept in order (store/age.c), so no healthy
 * socket is touched.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "model/snapshot.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/held.h"
#include "survey/holders.h"

/* So many probes in a row, in a minute or so, found the peer's window closed. */
#define CLOSED_PROBES	8

/* At most this many sockets are looked at in each state. */
#define MAX_LOOKED	4096

/**
 * struct looked - a copy of a socket that was looked at
 * @sk: the socket; only compared, it may be gone
 * @entered: when it entered its state, ktime_get_ns()
 * @estimated: that is an estimate
 * @connected: it connected
 * @port: its local port, or the remote one if it connected
 * @pid: the process that was seen to own it, with a reference; or NULL
 * @comm: the name of that process
 */
struct looked {
	const struct sock *sk;
	u64 entered;
	bool estimated;
	bool connected;
	u16 port;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct group - sockets of one owner, state and port
 * @g: what is told of them
 * @pid: the process that has them open, with a reference; or NULL
 * @comm: its name when it was seen
 */
struct group {
	struct tcpdiag_held_group g;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct search - state of one look at a namespace
 * @state: the state that is searched
 * @now: ktime_get_ns() at the beginning
 * @limit_us: what stays for less is left out
 * @holders: which process holds which socket; or NULL
 * @slice: sockets being looked at
 * @n: how many are in @slice
 * @group: the groups found so far
 * @groups: how many
 */
struct search {
	unsigned int state;
	u64 now;
	u64 limit_us;
	const struct tcpdiag_holders *holders;
	struct looked slice[TCPDIAG_AGE_SLICE];
	unsigned int n;
	struct group group[TCPDIAG_HELD_GROUPS];
	unsigned int groups;
};

static u64 stay_us(const struct search *s, u64 entered)
{
	return div_u64(s->now - min(s->now, entered), NSEC_PER_USEC);
}

/*
 * Whether a program has it open and nothing has come for too long. In FIN_WAIT2
 * there is nothing left to acknowledge; before it a FIN may wait behind data that
 * the peer takes. One that only answers probes of its closed window takes nothing.
 */
static bool is_held(const struct search *s, const struct sock *sk, u64 entered)
{
	u32 silent = tcp_jiffies32 - READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);

	if (s->state != TCP_FIN_WAIT2 &&
	    READ_ONCE(inet_csk(sk)->icsk_backoff) < CLOSED_PROBES)
		silent = min_t(u32, silent, tcp_jiffies32 -
			       READ_ONCE(tcp_sk(sk)->rcv_tstamp));
	return stay_us(s, entered) > s->limit_us &&
	       !sock_flag(sk, SOCK_DEAD) && READ_ONCE(sk->sk_socket) &&
	       tcpdiag_ticks_us(silent) > s->limit_us;
}

static void look_at(const struct tcpdiag_record *rec, void *arg)
{
	const struct sock *sk = rec->key;
	struct search *s = arg;
	struct looked *l = &s->slice[s->n];
	struct tcpdiag_addr addr;
	u64 entered;

	if (tcpdiag_read_begin(rec, &entered) != s->state ||
	    rec->flags & TCPDIAG_F_MINI || !is_held(s, sk, entered))
		return;
	tcpdiag_addr_read(sk, &addr);
	l->sk = sk;
	l->entered = entered;
	l->estimated = rec->flags & TCPDIAG_F_EST_STAY;
	l->connected = tcpdiag_has_connected(rec);
	l->port = l->connected ? addr.rport : addr.lport;
	memcpy(l->comm, rec->comm, sizeof(l->comm));
	l->pid = rec->pid;
	if (tcpdiag_read_again(rec, s->state, entered))
		return;
	get_pid(l->pid);
	s->n++;
}

/* The group, made if there is none; NULL if there is no room. */
static struct group *find_group(struct search *s, const struct looked *l,
				struct pid *pid)
{
	struct group *group;
	unsigned int i;

	for (i = 0; i < s->groups; i++) {
		group = &s->group[i];
		if (group->pid == pid && group->g.state == s->state &&
		    group->g.port == l->port &&
		    group->g.connected == l->connected)
			return group;
	}
	if (s->groups == TCPDIAG_HELD_GROUPS)
		return NULL;
	group = &s->group[s->groups++];
	group->pid = get_pid(pid);
	group->g.state = s->state;
	group->g.port = l->port;
	group->g.connected = l->connected;
	return group;
}

static void sort_out(struct search *s, const struct looked *l)
{
	struct pid *holder, *pid;
	struct group *group;

	holder = tcpdiag_holders_of(s->holders, l->sk, l->entered, NULL, NULL);
	pid = holder ?: l->pid;
	group = find_group(s, l, s->holders ? pid : NULL);
	if (!group)
		return;
	if (!holder)
		memcpy(group->comm, l->comm, sizeof(group->comm));
	group->g.sockets++;
	if (stay_us(s, l->entered) > group->g.oldest_us) {
		group->g.oldest_us = stay_us(s, l->entered);
		group->g.estimated = l->estimated;
	}
}

static void sort_out_slice(void *arg)
{
	struct search *s = arg;

	while (s->n) {
		struct looked *l = &s->slice[--s->n];

		sort_out(s, l);
		put_pid(l->pid);
	}
}

static int more_first(const void *a, const void *b)
{
	const struct tcpdiag_held_group *x = a, *y = b;

	return x->sockets < y->sockets ? 1 : -(x->sockets > y->sockets);
}

static void read_owner(const struct group *group, struct tcpdiag_held_group *g)
{
	if (*group->comm)
		tcpdiag_owner_read(&g->owner, group->pid, group->comm, NULL);
	else
		tcpdiag_owner_read(&g->owner, NULL, "", group->pid);
	if (g->owner.pid)
		g->fds_known = tcpdiag_owner_descriptors(group->pid, &g->fds,
							 &g->fd_limit);
}

static void tell(struct search *s, bool owners,
		 struct tcpdiag_held_facts *facts)
{
	while (s->groups) {
		struct group *group = &s->group[--s->groups];
		struct tcpdiag_held_group *g = &facts->group[facts->n++];

		*g = group->g;
		if (owners && group->pid)
			read_owner(group, g);
		put_pid(group->pid);
	}
	sort(facts->group, facts->n, sizeof(*facts->group), more_first, NULL);
}

static bool search(struct tcpdiag_net *tn, const struct tcpdiag_snapshot *snap,
		   struct search *s, struct tcpdiag_held_facts *facts)
{
	static const u8 states[] = { TCP_FIN_WAIT2, TCP_CLOSING, TCP_LAST_ACK };
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(states) && err != -ENOMEM; i++) {
		s->state = states[i];
		if (!snap->now[states[i]] ||
		    snap->oldest_us[states[i]] <= s->limit_us)
			continue;
		err = tcpdiag_age_each(tn, states[i], MAX_LOOKED, look_at,
				       sort_out_slice, s);
		facts->cut |= err == -E2BIG;
	}
	if (facts->cut)
		atomic64_inc(&tn->looks_cut);
	return err != -ENOMEM;
}

/* Whether any state that is searched has a stay that is long enough. */
static bool is_any(const struct tcpdiag_snapshot *snap, u64 limit_us)
{
	return max3(snap->oldest_us[TCP_FIN_WAIT2],
		    snap->oldest_us[TCP_CLOSING],
		    snap->oldest_us[TCP_LAST_ACK]) > limit_us;
}

/**
 * tcpdiag_held_read() - look for sockets that are open after their FIN
 * @reader: the reader
 * @snap: the namespace's account
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep. Cost: grows with sockets that wait in these
 * states for longer than net.ipv4.tcp_fin_timeout, and with the open files of the
 * machine if there are any.
 * Return: false if memory is short.
 */
bool tcpdiag_held_read(const struct tcpdiag_reader *reader,
		       const struct tcpdiag_snapshot *snap,
		       struct tcpdiag_held_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_holders *holders = NULL;
	struct search *s;
	bool done;

	facts->fin_timeout_us =
		tcpdiag_ticks_us(READ_ONCE(tn->net->ipv4.sysctl_tcp_fin_timeout));
	if (!is_any(snap, facts->fin_timeout_us))
		return true;
	s = kvzalloc(sizeof(*s), TCPDIAG_GFP);
	if (!s)
		return false;
	s->now = ktime_get_ns();
	s->limit_us = facts->fin_timeout_us;
	done = !reader->owners || tcpdiag_holders_need(&holders, reader);
	s->holders = holders;
	done = done && search(tn, snap, s, facts);
	tell(s, reader->owners, facts);
	tcpdiag_holders_put(holders);
	kvfree(s);
	return done;
}
