// SPDX-License-Identifier: GPL-2.0
/*
 * Adds up who holds the memory of TCP while it is short: on the whole machine
 * (net.ipv4.tcp_mem), or in the memory cgroup of some connections. The worker's
 * cursor (stalls.c) comes to each open connection; while nothing is short that is a
 * test.
 *
 * The kernel notes that a cgroup is short when it has to reclaim memory there. What
 * comes from the network may take more than the limit, which nothing else may; or
 * the cgroup is at its limit, and segments are thrown away. But one that reads files
 * is always at its limit, and a connection beyond its own SO_RCVBUF loses segments as
 * well: both count only if connections have most of what the cgroup may have.
 */
#include <linux/cgroup.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "account/account.h"
#include "model/lately.h"
#include "model/snapshot.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/memory.h"
#include "survey/port_holder.h"

/* Programs that are added up; those after them are not told. */
#define PROGRAMS	16

/**
 * struct holder - what connections of a program hold
 * @pid: the program, with a reference; or NULL
 * @comm: its name
 * @port: if @pid is not known: the local port, whose listener tells the program
 * @sum: what they hold
 */
struct holder {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	u16 port;
	struct tcpdiag_memory_holder sum;
};

/**
 * struct tcpdiag_memory - memory of TCP in a namespace that was short
 * @lately: when it was; tcpdiag_net.lock, as all
 * @drops: segments that were thrown away by the last tick
 * @machine: that of the machine, at all looks in @lately
 * @mostly: connections had most of what the cgroup may have, at the last of them
 * @whole: bytes that TCP had then, or that the cgroup may have
 * @looked: connections that were looked at then
 * @kept: the look after it was at few, the last ones of a round, and was left out
 * @n: programs in @holder
 * @holder: who held it then
 */
struct tcpdiag_memory {
	struct tcpdiag_lately lately;
	u32 drops;
	bool machine;
	bool mostly;
	u64 whole;
	u32 looked;
	bool kept;
	unsigned int n;
	struct holder holder[TCPDIAG_MEMORY_HOLDERS];
};

/*
 * The worker's: what it has found of the namespace that it is at.
 * memcg, full, beyond: the last cgroup that was met; the limit that it has reached,
 *	or NULL; whether it has more than that
 * looked: connections that were looked at
 * limit, exceeded, room, held: the first limit that was met; whether somebody has
 *	more than that; its bytes; what connections have of them
 * Cgroups and limits are only compared: they may be gone.
 */
static struct {
	bool pressure;
	bool machine;
	const struct mem_cgroup *memcg;
	const struct page_counter *full;
	bool beyond;
	u32 looked;
	const struct page_counter *limit;
	bool exceeded;
	u64 room;
	u64 held;
	unsigned int n;
	struct holder holder[PROGRAMS];
} found;

/* Pages that a CPU may have charged and not used yet. */
#define BATCH	128

#ifdef CONFIG_MEMCG

/* The limit that a cgroup, or one above it, has reached; NULL if it has room. */
static const struct page_counter *find_full(const struct mem_cgroup *memcg)
{
	struct page_counter *at;
	long left;

	for (at = (struct page_counter *)&memcg->memory; at; at = at->parent) {
		left = READ_ONCE(at->max) - page_counter_read(at);
		if (left <= BATCH) {
			found.beyond = left < 0;
			return at;
		}
	}
	return NULL;
}

/*
 * The same of a connection's. In the first version of cgroups TCP has a limit of its
 * own, and not this one. Connections of a cgroup come one after another mostly.
 */
static const struct page_counter *full_of(const struct sock *sk)
{
	const struct mem_cgroup *memcg = READ_ONCE(sk->sk_memcg);

	if (!memcg || !cgroup_subsys_on_dfl(memory_cgrp_subsys))
		return NULL;
	if (memcg != found.memcg) {
		found.memcg = memcg;
		found.full = find_full(memcg);
	}
	return found.full;
}

#else

static const struct page_counter *full_of(const struct sock *sk)
{
	return NULL;
}

#endif

/* Add up what connections have of the first limit that was met. */
static void add_held(const struct sock *sk, const struct page_counter *full)
{
	if (!full)
		return;
	if (!found.limit) {
		found.limit = full;
		found.room = (u64)READ_ONCE(full->max) << PAGE_SHIFT;
	}
	if (full != found.limit)
		return;
	found.exceeded |= found.beyond;
	found.held += atomic_read(&sk->sk_rmem_alloc) +
		      READ_ONCE(sk->sk_wmem_queued);
}

/* What is thrown away and what is beyond the limit is not a matter of files then. */
static bool is_mostly_held(void)
{
	return found.limit && 2 * found.held >= found.room;
}

/*
 * The kernel takes its flag back when somebody gives memory back, and not before.
 */
static bool is_machine_short(void)
{
	const struct proto *tcp = &tcp_prot;

	return READ_ONCE(tcp_memory_pressure) &&
	       atomic_long_read(tcp->memory_allocated) >=
	       READ_ONCE(tcp->sysctl_mem[0]);
}

/* Without the machine's flag it is that of the connection's cgroup. */
static bool is_short(const struct sock *sk)
{
	return tcp_under_memory_pressure(sk) &&
	       (!READ_ONCE(tcp_memory_pressure) || is_machine_short());
}

/* Who accepts is not recorded with what was accepted. */
static u16 service_port(const struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;

	if (rec->pid || tcpdiag_has_connected(rec))
		return 0;
	return rec->listener_port ?: sk->sk_num;
}

static struct holder *find_holder(const struct tcpdiag_record *rec)
{
	u16 port = service_port(rec);
	struct holder *h;

	for (h = found.holder; h < found.holder + found.n; h++)
		if (h->pid == rec->pid && h->port == port)
			return h;
	if (found.n == PROGRAMS)
		return NULL;
	found.n++;
	*h = (struct holder) { .pid = get_pid(rec->pid), .port = port };
	memcpy(h->comm, rec->comm, sizeof(h->comm));
	return h;
}

/* What has come and was not read; a FIN is no data. */
static u32 unread(const struct sock *sk, u8 state)
{
	u32 read = READ_ONCE(tcp_sk(sk)->copied_seq);
	u32 n;

	/* a program that reads meanwhile has read less than what has come */
	smp_rmb();
	n = READ_ONCE(tcp_sk(sk)->rcv_nxt) - read;
	return n && state == TCP_CLOSE_WAIT ? n - 1 : n;
}

/* With what is set aside for it, of which the kernel gives a page at a time. */
static u64 held(const struct sock *sk)
{
	s64 bytes = (s64)atomic_read(&sk->sk_rmem_alloc) +
		    READ_ONCE(sk->sk_wmem_queued) +
		    READ_ONCE(sk->sk_forward_alloc);

	return max(bytes, 0LL);
}

/**
 * tcpdiag_memory_look() - add what a connection holds, if memory is short for it
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_memory_look(const struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;
	const struct page_counter *full;
	struct holder *h;
	bool pressure;
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	found.looked++;
	pressure = is_short(sk);
	full = full_of(sk);
	if (!pressure && !full)
		return;
	add_held(sk, full);
	found.pressure |= pressure;
	found.machine |= pressure && is_machine_short();
	h = find_holder(rec);
	if (!h || tcpdiag_read_again(rec, state, entered))
		return;
	h->sum.sockets++;
	if (state == TCP_CLOSE_WAIT)
		h->sum.closed += held(sk);
	h->sum.unread += unread(sk, state);
	h->sum.queued += READ_ONCE(sk->sk_wmem_queued);
	h->sum.held += held(sk);
}

static int most_first(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;
	u64 p = x->sum.held, q = y->sum.held;

	return p < q ? 1 : -(p > q);
}

/* Segments without room. */
static u32 dropped(const struct tcpdiag_net *tn)
{
	return tcpdiag_mib_total(tn->net, TCPDIAG_MIB_RCVQ_DROPS) +
	       tcpdiag_mib_total(tn->net, TCPDIAG_MIB_OFO_DROPS) +
	       tcpdiag_mib_total(tn->net, TCPDIAG_MIB_OFO_PRUNED) +
	       tcpdiag_mib_total(tn->net, TCPDIAG_MIB_RCV_PRUNED);
}

static struct tcpdiag_memory *make_memory(struct tcpdiag_net *tn)
{
	struct tcpdiag_memory *m = tn->memory;

	if (m)
		return m;
	m = kzalloc(sizeof(*m), TCPDIAG_GFP);
	if (!m) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	/* pairs with READ_ONCE() in tcpdiag_memory_read() */
	smp_store_release(&tn->memory, m);
	return m;
}

static u64 tcp_bytes(void)
{
	const struct proto *tcp = &tcp_prot;

	return (u64)max(atomic_long_read(tcp->memory_allocated), 0L)
	       << PAGE_SHIFT;
}

/*
 * Keep what was found, and give back what was kept before. The last look of a round is
 * at a few connections, which do not stand for all.
 */
static void keep(struct tcpdiag_net *tn, struct tcpdiag_memory *m, u32 drops)
{
	unsigned int i;

	lockdep_assert_held(&tn->lock);
	if (m->machine != found.machine)
		memset(&m->lately, 0, sizeof(m->lately));
	tcpdiag_lately_add(&m->lately, drops, ktime_get_ns());
	m->machine = found.machine;
	m->mostly = is_mostly_held();
	m->kept = m->n && 2 * found.looked < m->looked && !m->kept;
	if (m->kept)
		return;
	m->whole = found.limit && !found.machine ? found.room : tcp_bytes();
	m->looked = found.looked;
	m->n = min_t(unsigned int, found.n, TCPDIAG_MEMORY_HOLDERS);
	for (i = 0; i < TCPDIAG_MEMORY_HOLDERS; i++)
		swap(m->holder[i], found.holder[i]);
}

/**
 * tcpdiag_memory_tick() - once a second, after the looks: keep who held memory
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_memory_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_memory *m = found.n ? make_memory(tn) : tn->memory;
	u32 drops;
	unsigned int i;

	sort(found.holder, found.n, sizeof(*found.holder), most_first, NULL);
	if (m) {
		drops = dropped(tn);
		spin_lock(&tn->lock);
		if (found.pressure ||
		    (is_mostly_held() &&
		     (found.exceeded ||
		      (m->drops != drops && m->lately.window))))
			keep(tn, m, drops);
		tcpdiag_lately_roll(&m->lately, drops, ktime_get_ns());
		m->drops = drops;
		spin_unlock(&tn->lock);
	}
	/* those that were kept before, and those that were not kept */
	for (i = 0; i < PROGRAMS; i++)
		put_pid(found.holder[i].pid);
	memset(&found, 0, sizeof(found));
}

/**
 * tcpdiag_memory_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_memory_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; tn->memory && i < TCPDIAG_MEMORY_HOLDERS; i++)
		put_pid(tn->memory->holder[i].pid);
	kfree(tn->memory);
}

/* net.ipv4.tcp_mem is of the machine: only its first namespace may see that. */
static void read_machine(const struct tcpdiag_net *tn,
			 struct tcpdiag_memory_facts *facts)
{
	const struct proto *tcp = &tcp_prot;
	unsigned int i;

	facts->pages_known = net_eq(tn->net, &init_net);
	if (!facts->pages_known)
		return;
	facts->pages = max(atomic_long_read(tcp->memory_allocated), 0L);
	for (i = 0; i < 3; i++)
		facts->limit[i] = READ_ONCE(tcp->sysctl_mem[i]);
}

/* False if memory is short. */
static bool read_owner(const struct tcpdiag_reader *reader,
		       const struct holder *h, struct tcpdiag_owner *owner)
{
	struct tcpdiag_port_holder holder;

	if (!reader->owners)
		return true;
	tcpdiag_owner_read(owner, h->pid, h->comm, NULL);
	if (!h->port || owner->pid || *owner->comm)
		return true;
	if (!tcpdiag_port_holder_read(reader, &tcpdiag_bound_anywhere, h->port,
				      0, &holder))
		return false;
	*owner = holder.owner;
	return true;
}

/**
 * tcpdiag_memory_read() - memory of TCP that is short, or was just now
 * @reader: the reader
 * @snap: the namespace's account
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_memory_read(const struct tcpdiag_reader *reader,
			 const struct tcpdiag_snapshot *snap,
			 struct tcpdiag_memory_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_memory *m = READ_ONCE(tn->memory), copy;
	struct tcpdiag_lately_sum lately;
	u64 now = ktime_get_ns();
	bool done = true;
	unsigned int i;
	u32 drops;

	if (!m)
		return true;
	drops = dropped(tn);
	spin_lock(&tn->lock);
	/* windows end also when nothing is seen any more */
	tcpdiag_lately_roll(&m->lately, drops, now);
	copy = *m;
	for (i = 0; i < copy.n; i++)
		get_pid(copy.holder[i].pid);
	spin_unlock(&tn->lock);
	tcpdiag_lately_read(&copy.lately, drops, &lately);
	facts->samples = lately.slow;
	facts->span_us = div_u64(now - min(now, lately.since_ns),
				 NSEC_PER_USEC);
	facts->machine = copy.machine;
	facts->mostly = copy.mostly;
	facts->whole = copy.whole;
	facts->dropped = drops - copy.lately.all[1];
	read_machine(tn, facts);
	facts->open = snap->now[TCP_ESTABLISHED] + snap->now[TCP_CLOSE_WAIT];
	facts->looked = copy.looked;
	facts->n = copy.n;
	for (i = 0; i < copy.n; i++) {
		facts->holder[i] = copy.holder[i].sum;
		facts->holder[i].port = copy.holder[i].port;
		done &= read_owner(reader, &copy.holder[i],
				   &facts->holder[i].owner);
		put_pid(copy.holder[i].pid);
	}
	return done;
}
