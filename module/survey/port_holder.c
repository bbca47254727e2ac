// SPDX-License-Identifier: GPL-2.0
/*
 * Looks up who has a local port, when a reader asks. Sockets that are only bound
 * have no event and no record, so the kernel's own table of bound ports is looked
 * at. Its list for a port has the latest socket first, and may have any number of
 * accepted connections before the listener: a look ends after MAX_LOOKED of them,
 * and listeners are found among our own records too, unless they are younger than
 * about a second.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/pid.h>
#include <linux/string.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "account/service.h"
#include "compat.h"
#include "model/addr.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/reader.h"
#include "store/record.h"
#include "survey/holders.h"
#include "survey/port_holder.h"

/* Sockets of a port, and ports of a chain, that are looked at. */
#define MAX_LOOKED	256
/* Listeners that are looked at. */
#define MAX_LISTENERS	4096

/**
 * struct search - state of one look
 * @net: the namespace
 * @to: the address; NULL to look for listeners of @key only
 * @key: the service that they are of
 * @port: the port, host order
 * @held_ns: when the port was taken already, ktime_get_ns()
 * @left: how many sockets and ports may still be looked at
 * @listening: listeners in the table of ports
 * @listener: one of them; only compared; or NULL
 * @listens: @sk is a listener among our records
 * @first: where the first listener of @key is bound
 * @mixed: another one is bound elsewhere
 * @sk: the socket whose process is named; only compared; or NULL
 * @entered: when it was there already, ktime_get_ns()
 * @pid: the process seen to own it, with a reference; or NULL
 * @comm: its name
 * @result: what is found
 */
struct search {
	const struct net *net;
	const struct tcpdiag_bound_to *to;
	u32 key;
	u16 port;
	u64 held_ns;
	unsigned int left;
	unsigned int listening;
	const struct sock *listener;
	bool listens;
	struct tcpdiag_bound_to first;
	bool mixed;
	const struct sock *sk;
	u64 entered;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_port_holder *result;
};

/* Where a socket is bound; of what minisockets have too. */
static struct tcpdiag_bound_to bound_to(const struct sock_common *c)
{
	struct tcpdiag_bound_to b = { .v6 = c->skc_family == AF_INET6 };

#if IS_ENABLED(CONFIG_IPV6)
	if (b.v6) {
		b.v6only = c->skc_ipv6only;
		b.addr = c->skc_v6_rcv_saddr;
		return b;
	}
#endif
	b.addr.s6_addr32[0] = c->skc_rcv_saddr;
	return b;
}

static bool covers(const struct search *s, const struct sock_common *c)
{
	const struct tcpdiag_bound_to b = bound_to(c);

	return tcpdiag_bound_meet(s->to, &b);
}

/* A minisocket is looked at as well: only what both have in common is read. */
static bool look_at(const struct sock *sk, void *arg)
{
	const struct sock_common *c = &sk->__sk_common;
	struct search *s = arg;

	if (!s->left)
		return false;
	s->left--;
	if (!covers(s, c))
		return true;
	switch (READ_ONCE(c->skc_state)) {
	case TCP_LISTEN:
		s->listening++;
		s->listener = sk;
		return true;
	case TCP_TIME_WAIT:
		s->result->time_wait++;
		return true;
	case TCP_CLOSE:
		s->result->bound++;
		break;
	default:
		s->result->open++;
	}
	if (!s->sk)
		s->sk = sk;
	return true;
}

static void look_at_chain(struct search *s, struct inet_bind_hashbucket *head)
{
	struct inet_bind_bucket *tb;

	inet_bind_bucket_for_each(tb, &head->chain) {
		if (!s->left--) {
			s->left = 0;
			break;
		}
		if (tb->port == s->port &&
		    net_eq(read_pnet(&tb->ib_net), s->net))
			tcpdiag_each_bound(tb, look_at, s);
	}
	s->result->cut = !s->left;
}

static void look_at_bound(struct search *s)
{
	struct inet_hashinfo *info = s->net->ipv4.tcp_death_row.hashinfo;
	struct inet_bind_hashbucket *head;

	head = &info->bhash[inet_bhashfn(s->net, s->port, info->bhash_size)];
	spin_lock_bh(&head->lock);
	look_at_chain(s, head);
	spin_unlock_bh(&head->lock);
}

static bool is_sought(const struct search *s, const struct sock *sk)
{
	if (READ_ONCE(inet_sk(sk)->inet_num) != s->port)
		return false;
	return s->to ? covers(s, &sk->__sk_common) :
		       tcpdiag_service_key_of(sk) == s->key;
}

/*
 * Listeners of one service may have different addresses, and be of different
 * programs.
 */
static void look_for_others(struct search *s, const struct sock *sk)
{
	const struct tcpdiag_bound_to b = bound_to(&sk->__sk_common);

	if (!s->result->listening)
		s->first = b;
	else if (!ipv6_addr_equal(&s->first.addr, &b.addr))
		s->mixed = true;
}

/* The name may change at any time, as that of a process. */
static void read_device(struct search *s, const struct sock *sk)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(sock_net(sk),
				   READ_ONCE(sk->sk_bound_dev_if));
	strscpy(s->result->device, dev ? dev->name : "",
		sizeof(s->result->device));
	rcu_read_unlock();
}

/* The shard of its record is locked: the socket cannot go away. */
static void read_ends(struct search *s, const struct sock *sk)
{
	read_device(s, sk);
	s->result->v6 = sk->sk_family == AF_INET6;
	s->result->v6only = ipv6_only_sock(sk);
	tcpdiag_addr_read(sk, &s->result->addr);
}

/*
 * The shard is locked: neither record nor socket can go away. One that listened
 * in time comes before others.
 */
static void look_at_listener(const struct tcpdiag_record *rec, void *arg)
{
	const struct sock *sk = rec->key;
	struct search *s = arg;
	bool in_time;
	u64 entered;

	if (tcpdiag_read_begin(rec, &entered) != TCP_LISTEN ||
	    !is_sought(s, sk))
		return;
	look_for_others(s, sk);
	in_time = entered <= s->held_ns;
	s->result->listening++;
	s->result->in_time += in_time;
	s->result->defers |=
		READ_ONCE(inet_csk(sk)->icsk_accept_queue.rskq_defer_accept);
	if (s->listens && (!in_time || s->result->in_time > 1))
		return;
	s->listens = true;
	s->sk = sk;
	read_ends(s, sk);
	s->entered = entered;
	put_pid(s->pid);
	s->pid = get_pid(rec->pid);
	memcpy(s->comm, rec->comm, sizeof(s->comm));
}

/* Since the look at the table of ports its memory may be another socket's. */
static bool is_still(const struct search *s, const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	return tcpdiag_may_look(rec) && !(rec->flags & TCPDIAG_F_MINI) &&
	       rec->shard->net->net == s->net && s->sk->sk_num == s->port;
}

/*
 * The owner that was seen, of a socket that is not among the listeners of our
 * records: it is none, or too young.
 */
static void read_record(struct search *s)
{
	struct tcpdiag_record *rec;

	local_irq_disable();
	rec = tcpdiag_find_lock(s->sk);
	if (rec && !is_still(s, rec)) {
		tcpdiag_unlock(&rec->shard->lock);
		rec = NULL;
		s->sk = NULL;
	}
	if (rec) {
		s->entered = rec->entered;
		s->result->in_time += s->sk == s->listener &&
				      rec->entered <= s->held_ns;
		s->pid = get_pid(rec->pid);
		memcpy(s->comm, rec->comm, sizeof(s->comm));
		read_ends(s, s->sk);
		s->result->given = rec->role == TCPDIAG_ROLE_ACTIVE &&
				   rec->in.bound == TCPDIAG_BOUND_NOT;
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_enable();
}

/* A process that holds it now comes before the one that was seen. */
static bool name(struct search *s, const struct tcpdiag_reader *reader)
{
	struct tcpdiag_holders *holders = NULL;
	bool done;

	done = tcpdiag_holders_name(&holders, reader, &s->result->owner, s->sk,
				    s->entered, s->pid, s->comm);
	tcpdiag_holders_put(holders);
	return done;
}

/* False if memory is short. */
static bool look_at_listeners(struct search *s,
			      const struct tcpdiag_reader *reader)
{
	int err = tcpdiag_age_each(reader->tn, TCP_LISTEN, MAX_LISTENERS,
				   look_at_listener, NULL, s);

	s->result->missed = err;
	s->result->cut |= err;
	return err != -ENOMEM;
}

/**
 * tcpdiag_port_holder_read() - look up who has a local port
 * @reader: the reader
 * @to: the local address, and how a socket wanted it
 * @port: the port, host order
 * @held_ns: when the port was taken already, ktime_get_ns(): for the look at
 *	open files, which must not be older
 * @result: the result; overwritten
 *
 * Context: process, may sleep. Cost: grows with listeners; of the other sockets
 * of the port at most 256 are looked at.
 * Return: false if memory is short.
 */
bool tcpdiag_port_holder_read(const struct tcpdiag_reader *reader,
			      const struct tcpdiag_bound_to *to, u16 port,
			      u64 held_ns, struct tcpdiag_port_holder *result)
{
	struct search s = {
		.net = reader->tn->net,
		.to = to,
		.port = port,
		.held_ns = held_ns,
		.left = MAX_LOOKED,
		.entered = held_ns,
		.result = result,
	};
	bool done;

	memset(result, 0, sizeof(*result));
	look_at_bound(&s);
	done = look_at_listeners(&s, reader);
	if (!s.listens && s.listener)
		s.sk = s.listener;
	if (!s.listens && s.sk)
		read_record(&s);
	result->listening = max(result->listening, s.listening);
	if (done && s.sk && reader->owners)
		done = name(&s, reader);
	put_pid(s.pid);
	return done;
}

/**
 * tcpdiag_port_holder_asked() - look up who listens where clients were refused
 * @reader: the reader
 * @v6: the address that was asked for is IPv6
 * @asked: that address; IPv4 in the first word
 * @port: the port, host order
 * @refused_ns: when the last one was refused, ktime_get_ns()
 * @result: the result; overwritten. If nobody listens at that address, who has
 *	the port at any
 *
 * Context: process, may sleep. Cost: as tcpdiag_port_holder_read(), twice.
 * Return: false if memory is short.
 */
bool tcpdiag_port_holder_asked(const struct tcpdiag_reader *reader, bool v6,
			       const struct in6_addr *asked, u16 port,
			       u64 refused_ns,
			       struct tcpdiag_port_holder *result)
{
	const struct tcpdiag_bound_to to = { .v6 = v6, .addr = *asked };

	if (!tcpdiag_port_holder_read(reader, &to, port, refused_ns, result))
		return false;
	return result->listening ||
	       tcpdiag_port_holder_read(reader, &tcpdiag_bound_anywhere, port,
					refused_ns, result);
}

/**
 * tcpdiag_service_holder_read() - look up who listens for a service
 * @reader: the reader
 * @key: the key of the service
 * @held_ns: when it listened already, ktime_get_ns()
 * @result: the result; overwritten. No owner is named if listeners of different
 *	addresses are of this service, or if none listened in time
 *
 * Context: process, may sleep. Cost: grows with listeners.
 * Return: false if memory is short.
 */
bool tcpdiag_service_holder_read(const struct tcpdiag_reader *reader, u32 key,
				 u64 held_ns,
				 struct tcpdiag_port_holder *result)
{
	struct search s = {
		.net = reader->tn->net,
		.key = key,
		.port = (u16)key,
		.held_ns = held_ns,
		.result = result,
	};
	bool done;

	memset(result, 0, sizeof(*result));
	done = look_at_listeners(&s, reader);
	if (done && result->in_time && !s.mixed && !result->cut &&
	    reader->owners)
		done = name(&s, reader);
	put_pid(s.pid);
	return done;
}
