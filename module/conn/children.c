// SPDX-License-Identifier: GPL-2.0
/*
 * Children of listeners, from the segment that makes a child until it is
 * established. From then on conn.c handles it.
 *
 * The segment that makes a child nearly always also establishes it. So a child
 * gets its record when it is established; until then a few bytes per CPU
 * remember its listener. A child gets its record at once if it may wait in
 * SYN_RECV (its listener has Fast Open) or if the walk at load must find it.
 */
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "account/congestion.h"
#include "account/service.h"
#include "account/shards.h"
#include "compat.h"
#include "conn/parts.h"
#include "store/addr.h"
#include "store/write.h"

/* The last child without a record that this CPU saw. */
DEFINE_PER_CPU(struct tcpdiag_child, tcpdiag_last_child);

static __always_inline void begin_passive_life(struct tcpdiag_record *rec,
					       u16 port)
{
	tcpdiag_begin_life(rec);
	rec->role = TCPDIAG_ROLE_PASSIVE;
	rec->listener_port = port;
}

/* A child that may stay in SYN_RECV, or that the walk must find. */
static noinline void lasting_child(struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (!shard)
		return;
	rec = tcpdiag_record_new(shard, false,
				 tcpdiag_addr_listener_flags(sk));
	if (rec) {
		begin_passive_life(rec, inet_sk(sk)->inet_num);
		tcpdiag_begin(shard, rec, sk, TCP_SYN_RECV, ktime_get_ns());
	}
	tcpdiag_shard_close(shard, irqflags);
}

/* Whether a child needs a record at once. */
static __always_inline bool may_last(const struct sock *sk)
{
	return unlikely(tcpdiag_child_may_wait(sk) || tcpdiag_walking());
}

static __always_inline void remember(const struct sock *sk)
{
	struct tcpdiag_child *child = this_cpu_ptr(&tcpdiag_last_child);

	child->sk = sk;
	child->port = inet_sk(sk)->inet_num;
	child->flags = tcpdiag_addr_listener_flags(sk);
}

/* The namespace's first event on this CPU, or a child for lasting_child(). */
static noinline void odd_child(struct sock *sk, unsigned int old)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));

	if (!shard)
		return;
	tcpdiag_shard_count_move(shard, old, TCP_SYN_RECV);
	if (may_last(sk))
		lasting_child(sk);
	else
		remember(sk);
}

/**
 * tcpdiag_children_made() - handle the birth of a child
 * @sk: the child; whose address it has, its own or its listener's, depends on the
 *	kernel
 * @old: LISTEN; CLOSE if the listener is closing
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_children_made(struct sock *sk, unsigned int old)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_of(sock_net(sk));

	if (unlikely(!shard || may_last(sk))) {
		odd_child(sk, old);
		return;
	}
	tcpdiag_shard_count_move(shard, old, TCP_SYN_RECV);
	remember(sk);
}

/*
 * Find and clear what is remembered of a child that this CPU does not remember.
 * Another CPU does if it made the child and a program, which had already
 * accepted it, held its lock. No CPU does if the one that made it has made
 * another child since.
 */
static noinline struct tcpdiag_child forget_far(const struct sock *sk)
{
	struct tcpdiag_child forgotten = { .port = inet_sk(sk)->inet_num };
	int cpu;

	for_each_possible_cpu(cpu) {
		struct tcpdiag_child *child = per_cpu_ptr(&tcpdiag_last_child,
							  cpu);
		struct tcpdiag_child copy = *child;

		if (copy.sk == sk && cmpxchg(&child->sk, sk, NULL) == sk)
			forgotten = copy;
	}
	return forgotten;
}

static __always_inline void establish(struct sock *sk,
				      struct tcpdiag_child child)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (unlikely(!shard))
		return;
	tcpdiag_shard_count_move(shard, TCP_SYN_RECV, TCP_ESTABLISHED);
	/* one segment made and established it: its stay in SYN_RECV is 0 */
	tcpdiag_service_count(shard, child.sk ?
			      tcpdiag_service_key(child.port, child.flags) :
			      TCPDIAG_SERVICE_OTHER, sk, true);
	rec = tcpdiag_record_new(shard, false, child.flags);
	if (likely(rec)) {
		begin_passive_life(rec, child.port);
		tcpdiag_cc_begin(shard, rec, sk);
		tcpdiag_begin(shard, rec, sk, TCP_ESTABLISHED,
			      tcp_sk(sk)->tcp_clock_cache);
	}
	tcpdiag_shard_close(shard, irqflags);
}

static noinline void establish_far(struct sock *sk)
{
	establish(sk, forget_far(sk));
}

/**
 * tcpdiag_children_established() - make the record of a child that is
 *	established
 * @sk: the child, locked, without a record
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_children_established(struct sock *sk)
{
	struct tcpdiag_child *child = this_cpu_ptr(&tcpdiag_last_child);
	struct tcpdiag_child forgotten = *child;

	if (unlikely(forgotten.sk != sk)) {
		establish_far(sk);
		return;
	}
	child->sk = NULL;
	establish(sk, forgotten);
}

/**
 * tcpdiag_children_forget() - forget a child that leaves SYN_RECV without a
 *	record
 * @sk: a child that dies, or one that the walk has not found yet
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_children_forget(const struct sock *sk)
{
	forget_far(sk);
}

/**
 * tcpdiag_children_opened_fast() - count the handshake of a child with a record
 * @sk: the child, locked, established; its listener has Fast Open
 * @rec: its record
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_children_opened_fast(const struct sock *sk,
				  const struct tcpdiag_record *rec)
{
	u8 flags = rec->flags & (TCPDIAG_F_LISTENER_ANY |
				 TCPDIAG_F_LISTENER_V6);
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (unlikely(!shard))
		return;
	tcpdiag_service_count(shard, tcpdiag_service_key(rec->listener_port,
							 flags), sk, false);
	tcpdiag_shard_close(shard, irqflags);
}
