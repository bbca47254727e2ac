// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for connections that a program made and keeps after their server has
 * closed them, when a reader asks: after how long without data does the server
 * close? A pool of connections must not keep them for longer.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "model/snapshot.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "survey/pool.h"

/* At most this many sockets are looked at. */
#define MAX_LOOKED	4096
/* Programs and servers that are told apart. */
#define GROUPS		16
/* A shorter stay in CLOSE_WAIT is usual. */
#define STAY_NS		(10 * (u64)NSEC_PER_SEC)

/**
 * struct group - connections of one program to one server
 * @family: address family
 * @addr: the two ends of one of them
 * @pid: the process, with a reference; or NULL
 * @comm: its name
 * @sockets: how many
 * @least_us: least time without data before the server closed
 * @most_us: the longest
 */
struct group {
	unsigned short family;
	struct tcpdiag_addr addr;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	u32 sockets;
	u64 least_us;
	u64 most_us;
};

/**
 * struct search - state of one look
 * @now: ktime_get_ns() at the beginning
 * @group: the groups so far
 * @n: how many
 */
struct search {
	u64 now;
	struct group group[GROUPS];
	unsigned int n;
};

/* How long no data had gone either way when the FIN came. */
static u64 idle_us(const struct sock *sk, u64 stay_us)
{
	u32 sent = tcp_jiffies32 - READ_ONCE(tcp_sk(sk)->lsndtime);
	u32 received = tcp_jiffies32 -
		       READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);
	u64 us = tcpdiag_ticks_us(min(sent, received));

	return us - min(us, stay_us);
}

static struct group *find_group(struct search *s,
				const struct tcpdiag_record *rec,
				unsigned short family,
				const struct tcpdiag_addr *addr)
{
	struct group *g;
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		g = &s->group[i];
		if (g->pid == rec->pid && g->addr.rport == addr->rport &&
		    g->family == family &&
		    ipv6_addr_equal(&g->addr.remote, &addr->remote))
			return g;
	}
	if (s->n == GROUPS)
		return NULL;
	g = &s->group[s->n++];
	g->family = family;
	g->addr = *addr;
	g->pid = get_pid(rec->pid);
	memcpy(g->comm, rec->comm, sizeof(g->comm));
	g->least_us = U64_MAX;
	return g;
}

/* The shard is locked: neither record nor socket can go away. */
static void look_at(const struct tcpdiag_record *rec, void *arg)
{
	const struct sock *sk = rec->key;
	struct tcpdiag_addr addr;
	struct search *s = arg;
	u64 entered, stay, us;
	struct group *g;

	if (tcpdiag_read_begin(rec, &entered) != TCP_CLOSE_WAIT ||
	    rec->role != TCPDIAG_ROLE_ACTIVE || sock_flag(sk, SOCK_DEAD))
		return;
	stay = s->now - min(s->now, entered);
	if (stay < STAY_NS || rec->flags & TCPDIAG_F_EST_STAY)
		return;
	tcpdiag_addr_read(sk, &addr);
	us = idle_us(sk, div_u64(stay, NSEC_PER_USEC));
	if (tcpdiag_read_again(rec, TCP_CLOSE_WAIT, entered))
		return;
	g = find_group(s, rec, sk->sk_family, &addr);
	if (!g)
		return;
	g->sockets++;
	g->least_us = min(g->least_us, us);
	g->most_us = max(g->most_us, us);
}

static void tell(struct search *s, bool owners,
		 struct tcpdiag_pool_facts *facts)
{
	const struct group *most = NULL;
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (!most || s->group[i].sockets > most->sockets)
			most = &s->group[i];
	if (most) {
		facts->sockets = most->sockets;
		facts->least_us = most->least_us;
		facts->most_us = most->most_us;
		tcpdiag_format_peer(facts->peer, most->family, &most->addr);
		facts->port = most->addr.rport;
		if (owners)
			tcpdiag_owner_read(&facts->owner, most->pid, most->comm,
					   NULL);
	}
	for (i = 0; i < s->n; i++)
		put_pid(s->group[i].pid);
}

/**
 * tcpdiag_pool_read() - look for connections that their server has closed
 * @reader: the reader
 * @snap: the namespace's account
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep. Cost: grows with sockets that stay in CLOSE_WAIT
 * for more than ten seconds.
 * Return: false if memory is short.
 */
bool tcpdiag_pool_read(const struct tcpdiag_reader *reader,
		       const struct tcpdiag_snapshot *snap,
		       struct tcpdiag_pool_facts *facts)
{
	struct search *s;
	int err;

	if (snap->oldest_us[TCP_CLOSE_WAIT] * NSEC_PER_USEC < STAY_NS)
		return true;
	s = kvzalloc(sizeof(*s), TCPDIAG_GFP);
	if (!s)
		return false;
	s->now = ktime_get_ns();
	err = tcpdiag_age_each(reader->tn, TCP_CLOSE_WAIT, MAX_LOOKED, look_at,
			       NULL, s);
	facts->cut = err == -E2BIG;
	tell(s, reader->owners, facts);
	kvfree(s);
	return err != -ENOMEM;
}
