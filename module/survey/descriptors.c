// SPDX-License-Identifier: GPL-2.0
/*
 * What holds the descriptors of a process that has none left: how many of them
 * are TCP sockets, and in which state most of those are.
 */
#include <linux/bits.h>
#include <linux/irqflags.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "store/addr.h"
#include "store/flags.h"
#include "store/owner.h"
#include "store/record.h"
#include "survey/descriptors.h"
#include "survey/holders.h"

/**
 * struct states - sockets of a process by state
 * @all: how many in all
 * @n: by state; those without a record are in none
 * @votes: how many more sockets have @peer than not, so far
 * @with_peer: how many have it, at the second time
 * @v6: its address is IPv6
 * @peer: the peer that most may have; IPv4 in the first word
 */
struct states {
	u32 all;
	u32 n[TCPDIAG_STATES];
	u32 votes;
	u32 with_peer;
	bool v6;
	struct in6_addr peer;
};

/* The other end of a socket in ESTABLISHED or CLOSE_WAIT; false if it is none. */
static bool read_peer(const struct sock *sk, bool *v6, struct in6_addr *peer)
{
	struct tcpdiag_record *rec;
	struct tcpdiag_addr addr;
	bool is = false;

	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		is = tcpdiag_may_look(rec) &&
		     BIT(rec->state & ~TCPDIAG_CHANGING) &
		     (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT);
		if (is) {
			*v6 = sk->sk_family == AF_INET6;
			tcpdiag_addr_read(sk, &addr);
			*peer = addr.remote;
		}
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_enable();
	return is;
}

static bool has_peer(const struct states *states, bool v6,
		     const struct in6_addr *peer)
{
	return v6 == states->v6 && ipv6_addr_equal(peer, &states->peer);
}

/* If more than half have the same peer, it is the one that is left. */
static void vote(const struct sock *sk, void *arg)
{
	struct states *states = arg;
	struct in6_addr peer;
	bool v6;

	if (!read_peer(sk, &v6, &peer))
		return;
	if (!states->votes) {
		states->v6 = v6;
		states->peer = peer;
	}
	if (has_peer(states, v6, &peer))
		states->votes++;
	else
		states->votes--;
}

static void count_peer(const struct sock *sk, void *arg)
{
	struct states *states = arg;
	struct in6_addr peer;
	bool v6;

	if (read_peer(sk, &v6, &peer))
		states->with_peer += has_peer(states, v6, &peer);
}

static void count(const struct sock *sk, void *arg)
{
	struct states *states = arg;
	struct tcpdiag_record *rec;
	unsigned int state = 0;
	u64 entered;

	rcu_read_lock();
	rec = tcpdiag_find(sk);
	if (rec)
		state = tcpdiag_read_begin(rec, &entered) & ~TCPDIAG_CHANGING;
	rcu_read_unlock();
	states->all++;
	if (state < TCPDIAG_STATES)
		states->n[state]++;
}

/**
 * tcpdiag_descriptors_read() - read what holds the descriptors of a process
 * @h: which process holds which socket, or NULL
 * @pid: the process, or NULL
 * @d: the result; all its bytes are set
 *
 * Context: process, may sleep. Cost: if none is left, grows with the open
 * sockets of the machine.
 */
void tcpdiag_descriptors_read(const struct tcpdiag_holders *h, struct pid *pid,
			      struct tcpdiag_descriptors *d)
{
	struct states states = {};
	unsigned int i;

	memset(d, 0, sizeof(*d));
	d->known = pid && tcpdiag_owner_descriptors(pid, &d->used, &d->limit);
	if (!tcpdiag_descriptors_out(d))
		return;
	tcpdiag_holders_each(h, pid, count, &states);
	d->sockets = states.all;
	for (i = 1; i < TCPDIAG_STATES; i++) {
		if (states.n[i] <= d->in_state)
			continue;
		d->state = i;
		d->in_state = states.n[i];
	}
	tcpdiag_holders_each(h, pid, vote, &states);
	tcpdiag_holders_each(h, pid, count_peer, &states);
	if (states.with_peer <= states.all / 2)
		return;
	d->with_peer = states.with_peer;
	d->v6 = states.v6;
	d->peer = states.peer;
}
