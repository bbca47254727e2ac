// SPDX-License-Identifier: GPL-2.0
/*
 * Children of listeners, from the segment that makes one until it is
 * established and its record is one like any other (conn.c).
 *
 * The segment that makes a child also establishes it, nearly always at once.
 * So it gets its record then, and until then a few bytes per CPU remember its
 * listener. A child that may wait in SYN_RECV (its listener has Fast Open), or
 * that the walk at load must find, has its record from the beginning.
 */
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "account/congestion.h"
#include "account/service.h"
#include "account/shards.h"
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

/* May it stay in SYN_RECV? The child still has the limit of its listener. */
static __always_inline bool may_last(const struct sock *sk)
{
	return unlikely(inet_csk(sk)->icsk_accept_queue.fastopenq.max_qlen ||
			tcpdiag_walking());
}

static __always_inline void remember(const struct sock *sk)
{
	struct tcpdiag_child *child = this_cpu_ptr(&tcpdiag_last_child);

	child->sk = sk;
	child->port = inet_sk(sk)->inet_num;
	child->flags = tcpdiag_addr_listener_flags(sk);
}

/* The namespace's first event on this CPU, or what lasting_child() is for. */
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
 * tcpdiag_children_made() - a listener makes a child
 * @sk: the child, a clone of its listener yet
 * @old: LISTEN; CLOSE when the listener is closing
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
 * What is remembered of a child: by another CPU if that made it, and a program
 * that had accepted it already had it locked; by none if its CPU has made
 * another since.
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
	/* made and established by one segment: its stay in SYN_RECV is 0 */
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
 * tcpdiag_children_established() - a child without a record is established
 * @sk: the child, locked: it gets one
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
 * tcpdiag_children_forget() - a socket leaves SYN_RECV without a record
 * @sk: a child that dies, or one that the walk has not found yet
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_children_forget(const struct sock *sk)
{
	forget_far(sk);
}

/**
 * tcpdiag_children_opened_fast() - a child that has its record is established
 * @sk: the child, locked: its listener has Fast Open
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
