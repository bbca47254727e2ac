// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what the looks of the worker's cursor (stalls.c) find in connections, one
 * look a second of each, by kind, program and peer: samples. What part of the time
 * something takes follows from the share of the looks that meet it.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "model/addr.h"
#include "model/lately.h"
#include "store/addr.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/holders.h"
#include "survey/sampled.h"

/* Connections of one second that are counted. */
#define HITS	64
/* Those of them that only say more of others. */
#define MORE	16

/**
 * struct hit - a connection in which a look found something
 * @look: what
 * @sk: its socket; only compared
 * @born_ns: when it was there already, ktime_get_ns()
 * @connected: it connected
 * @v6: its family is AF_INET6
 * @addr: its ends
 * @pid: the process that was seen to own it, with a reference; or NULL
 * @comm: its name
 */
struct hit {
	struct tcpdiag_sample_look look;
	const struct sock *sk;
	u64 born_ns;
	bool connected;
	bool v6;
	struct tcpdiag_addr addr;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/* A socket; only compared, it may be gone. */
struct met {
	const struct sock *sk;
	u64 born_ns;
};

/**
 * struct row - what was found of one kind, program and peer
 * @sum: what is told of it
 * @pid: the program, with a reference; or NULL
 * @comm: its name when it was seen; else empty
 * @met: the sockets, sum.sockets of them
 * @lately: when it was found; if @lately.total is 0, the row is free
 */
struct row {
	struct tcpdiag_sampled sum;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct met met[TCPDIAG_SAMPLED_SOCKETS];
	struct tcpdiag_lately lately;
};

/**
 * struct tcpdiag_sampled_table - what was found in a namespace
 * @row: by kind, program and peer; the worker writes it, tcpdiag_net.lock
 */
struct tcpdiag_sampled_table {
	struct row row[TCPDIAG_SAMPLED];
};

/* The worker's: what was found in the namespace that it is at. */
static struct hit hits[HITS];
static unsigned int nr_hits;
static unsigned int nr_more;

/**
 * tcpdiag_sampled_add() - a look has found something
 * @rec: the connection's record
 * @look: what
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_sampled_add(const struct tcpdiag_record *rec,
			 const struct tcpdiag_sample_look *look)
{
	const struct sock *sk = rec->key;
	struct hit *h = &hits[nr_hits];
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	if (nr_hits == HITS || (look->more && nr_more == MORE))
		return;
	state = tcpdiag_read_begin(rec, &entered);
	h->look = *look;
	h->sk = sk;
	h->born_ns = entered;
	h->v6 = sk->sk_family == AF_INET6;
	tcpdiag_addr_read(sk, &h->addr);
	h->connected = tcpdiag_has_connected(rec);
	memcpy(h->comm, rec->comm, sizeof(h->comm));
	if (tcpdiag_read_again(rec, state, entered))
		return;
	h->pid = get_pid(rec->pid);
	nr_hits++;
	nr_more += look->more;
}

static bool is_free(const struct row *t, u64 now)
{
	return !t->lately.total ||
	       now >= t->lately.last_ns + 2 * TCPDIAG_LATELY_NS;
}

static bool is_of(const struct row *t, const struct hit *h, struct pid *pid,
		  u16 port)
{
	return t->sum.kind == h->look.kind && t->pid == pid &&
	       t->sum.port == port && t->sum.connected == h->connected &&
	       t->sum.v6 == h->v6 &&
	       ipv6_addr_equal(&t->sum.peer, &h->addr.remote);
}

/* The row of a hit: its own, or else a free one; NULL if all are taken. */
static struct row *find_row(struct tcpdiag_sampled_table *table,
			    const struct hit *h, struct pid *pid, u16 port,
			    u64 now)
{
	struct row *t, *free = NULL;

	for (t = table->row; t < table->row + TCPDIAG_SAMPLED; t++) {
		if (is_free(t, now))
			free = t;
		else if (is_of(t, h, pid, port))
			return t;
	}
	return h->look.more ? NULL : free;
}

static void meet(struct row *t, const struct hit *h)
{
	unsigned int i;

	for (i = 0; i < t->sum.sockets; i++)
		if (t->met[i].sk == h->sk && t->met[i].born_ns == h->born_ns)
			return;
	if (i == TCPDIAG_SAMPLED_SOCKETS)
		return;
	t->met[i] = (struct met) { .sk = h->sk, .born_ns = h->born_ns };
	t->sum.sockets++;
}

static void add(struct row *t, const struct hit *h, u64 now)
{
	t->sum.mask |= h->look.mask;
	memcpy(t->sum.figure, h->look.figure, sizeof(t->sum.figure));
	meet(t, h);
	/* connections of one second are one look */
	if (t->lately.last_ns != now)
		tcpdiag_lately_add(&t->lately, 0, now);
}

static void count(struct tcpdiag_net *tn, const struct hit *h,
		  struct pid *pid, u64 now)
{
	u16 port = h->connected ? h->addr.rport : h->addr.lport;
	struct pid *old = NULL;
	struct row *t;

	spin_lock(&tn->lock);
	t = find_row(tn->sampled, h, pid, port, now);
	if (t && is_free(t, now)) {
		old = t->pid;
		memset(t, 0, sizeof(*t));
		t->pid = get_pid(pid);
		if (pid == h->pid)
			memcpy(t->comm, h->comm, sizeof(t->comm));
		t->sum.kind = h->look.kind;
		t->sum.connected = h->connected;
		t->sum.v6 = h->v6;
		t->sum.peer = h->addr.remote;
		t->sum.port = port;
	}
	if (t && h->look.more)
		t->sum.more = true;
	else if (t)
		add(t, h, now);
	spin_unlock(&tn->lock);
	put_pid(old);
}

static bool make_table(struct tcpdiag_net *tn)
{
	struct tcpdiag_sampled_table *table;

	if (tn->sampled)
		return true;
	table = kzalloc(sizeof(*table), TCPDIAG_GFP);
	if (!table) {
		atomic64_inc(&tn->alloc_failed);
		return false;
	}
	/* pairs with READ_ONCE() in tcpdiag_sampled_read() */
	smp_store_release(&tn->sampled, table);
	return true;
}

/* Whether nobody was seen with one of them, or whoever was has ended. */
static bool is_owner_missing(void)
{
	unsigned int i;

	for (i = 0; i < nr_hits; i++)
		if (!tcpdiag_owner_is_alive(hits[i].pid))
			return true;
	return false;
}

/**
 * tcpdiag_sampled_count() - count what was met since the last call
 * @tn: the namespace whose connections they were
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_sampled_count(struct tcpdiag_net *tn)
{
	struct tcpdiag_holders *holders = NULL;
	u64 now = ktime_get_ns();
	bool room;

	if (!nr_hits)
		return;
	nr_more = 0;
	room = make_table(tn);
	if (is_owner_missing())
		holders = tcpdiag_holders_recent();
	while (nr_hits) {
		struct hit *h = &hits[--nr_hits];
		struct pid *holder =
			tcpdiag_holders_of(holders, h->sk, h->born_ns, NULL,
					   NULL);

		if (holder && tcpdiag_holders_has(holders, h->sk, h->born_ns,
						  h->pid))
			holder = h->pid;
		if (room)
			count(tn, h, holder ?: h->pid, now);
		put_pid(h->pid);
	}
	tcpdiag_holders_put(holders);
}

/**
 * tcpdiag_sampled_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_sampled_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; tn->sampled && i < TCPDIAG_SAMPLED; i++)
		put_pid(tn->sampled->row[i].pid);
	kfree(tn->sampled);
}

static int more_first(const void *a, const void *b)
{
	const struct tcpdiag_sampled *x = a, *y = b;

	return x->samples < y->samples ? 1 : -(x->samples > y->samples);
}

/**
 * tcpdiag_sampled_read() - what the looks found lately
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process.
 */
void tcpdiag_sampled_read(const struct tcpdiag_reader *reader,
			  struct tcpdiag_sampled_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_sampled_table *table = READ_ONCE(tn->sampled);
	u64 now = ktime_get_ns();
	unsigned int i;

	facts->timestamps = READ_ONCE(tn->net->ipv4.sysctl_tcp_timestamps);
	facts->paws = tcpdiag_mib(tn, TCPDIAG_MIB_PAWS_ACTIVE) +
		      tcpdiag_mib(tn, TCPDIAG_MIB_PAWS_ESTABLISHED);
	for (i = 0; table && i < TCPDIAG_SAMPLED; i++) {
		struct row *t = &table->row[i], copy;
		struct tcpdiag_lately_sum lately;
		struct tcpdiag_sampled *sum = &facts->row[facts->n];

		spin_lock(&tn->lock);
		/* windows end also when nothing is seen any more */
		tcpdiag_lately_roll(&t->lately, 0, now);
		copy = *t;
		get_pid(copy.pid);
		spin_unlock(&tn->lock);
		tcpdiag_lately_read(&copy.lately, 0, &lately);
		if (lately.slow) {
			*sum = copy.sum;
			sum->samples = lately.slow;
			sum->span_us = div_u64(now - min(now, lately.since_ns),
					       NSEC_PER_USEC);
			if (reader->owners)
				tcpdiag_owner_read(&sum->owner,
						   *copy.comm ? copy.pid : NULL,
						   copy.comm,
						   *copy.comm ? NULL : copy.pid);
			facts->n++;
		}
		put_pid(copy.pid);
	}
	sort(facts->row, facts->n, sizeof(*facts->row), more_first, NULL);
}
