// SPDX-License-Identifier: GPL-2.0
/*
 * Tells subscribers of changes of state, one call for each: of a full socket,
 * before its record changes; of a full socket whose place a minisocket takes; of
 * a minisocket; and of a new request. Tells traces why a RST is sent.
 *
 * Nothing is told of a child that enters SYN_RECV: it has no addresses yet. It
 * is told of its request before, and that it is established after.
 */
#include <linux/cred.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/irqflags.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/sock_diag.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/uidgid.h>
#include <net/inet_timewait_sock.h>
#include <net/sock.h>

#include "compat.h"
#include "conn/tell.h"
#include "model/segment.h"
#include "model/transition.h"
#include "store/addr.h"
#include "store/record.h"

/**
 * struct owner - who owns a socket
 * @pid: the process, or NULL
 * @comm: its name; without @pid that of the kernel, or empty
 * @uid: user id of the socket, if @has_uid
 * @has_uid: @uid is known
 */
struct owner {
	struct pid *pid;
	const char *comm;
	kuid_t uid;
	bool has_uid;
};

/* In the terms of a subscriber; a process that it cannot see has no name. */
static void own(struct tcpdiag_transition *t, const struct owner *owner,
		const struct tcpdiag_queue *q)
{
	t->pid = pid_nr_ns(owner->pid, q->pid_ns);
	t->uid = owner->has_uid ? from_kuid_munged(q->user_ns, owner->uid) :
				  TCPDIAG_TRANSITION_NO_UID;
	*t->comm = 0;
	if (t->pid || !owner->pid)
		strscpy(t->comm, owner->comm, sizeof(t->comm));
}

/* The namespace, if somebody subscribes in it; for others nothing is looked up. */
static const struct tcpdiag_net *with_subscribers(const struct net *net)
{
	const struct tcpdiag_net *tn = tcpdiag_net(net);

	return tn && !hlist_empty(&tn->queues) ? tn : NULL;
}

static void tell(const struct tcpdiag_net *tn, struct tcpdiag_transition *t,
		 const struct owner *owner)
{
	struct tcpdiag_queue *q;

	tcpdiag_for_each_queue(q, tn) {
		if (q->stream != TCPDIAG_STREAM_TRANSITIONS)
			continue;
		own(t, owner, q);
		if (tcpdiag_transition_wanted(&q->wanted, t))
			tcpdiag_queue_put(q, t);
	}
}

/* @rec may be NULL. */
static void begin(struct tcpdiag_transition *t,
		  const struct tcpdiag_record *rec, unsigned int old,
		  unsigned int new)
{
	memset(t, 0, sizeof(*t));
	t->ns = ktime_get_ns();
	t->from = old;
	t->to = new;
	t->stay_ns = TCPDIAG_TRANSITION_NO_STAY;
	if (rec) {
		t->role = rec->role;
		t->stay_ns = tcpdiag_stay_ns(rec, t->ns);
	}
}

static struct owner owner_of(const struct tcpdiag_record *rec)
{
	return (struct owner) {
		.pid = rec ? rec->pid : NULL,
		.comm = rec ? rec->comm : "",
	};
}

/*
 * A program that connects, listens or closes, if none is known: it has the socket
 * locked, but not what waits in the queue of a listener that it closes. Segments
 * that a program writes to a tun device are handled in its own context; the socket
 * is not its own, and nobody has it.
 */
static void ask_current(struct owner *owner, const struct sock *sk)
{
	if (*owner->comm || !in_task() || current->flags & PF_KTHREAD ||
	    !sock_owned_by_user_nocheck(sk))
		return;
	owner->pid = task_tgid(current);
	owner->comm = current->group_leader->comm;
}

/* A socket without a record that connects or listens, or a child. */
static u8 role_of(unsigned int old, unsigned int new)
{
	if (new == TCP_SYN_SENT)
		return TCPDIAG_ROLE_ACTIVE;
	if (new == TCP_LISTEN)
		return TCPDIAG_ROLE_LISTENER;
	return old == TCP_SYN_RECV ? TCPDIAG_ROLE_PASSIVE :
				     TCPDIAG_ROLE_UNKNOWN;
}

/*
 * Whether nothing is told of a change. The change to CLOSE of a socket whose
 * place a minisocket has taken is none: its record has gone with the minisocket,
 * or says so.
 */
static bool is_no_change(const struct tcpdiag_record *rec, unsigned int old,
			 unsigned int new)
{
	if (old == new)
		return true;
	if (new == TCP_SYN_RECV)
		return old == TCP_LISTEN || old == TCP_CLOSE;
	return new == TCP_CLOSE && (old == TCP_FIN_WAIT2 || old == TCP_CLOSING) &&
	       (!rec || rec->flags & TCPDIAG_F_HANDED_OFF);
}

/* The kernel's number of a connection; it gets one if it has none yet. */
static u64 cookie_of(struct sock *sk)
{
	u32 halves[2];

	sock_diag_save_cookie(sk, halves);
	return (u64)halves[1] << 32 | halves[0];
}

static void read_socket(struct tcpdiag_transition *t, struct sock *sk)
{
	tcpdiag_addr_read(sk, &t->addr);
	t->v6 = sk->sk_family == AF_INET6;
	t->v6only = sk->sk_ipv6only;
	t->cookie = cookie_of(sk);
}

/**
 * tcpdiag_tell_socket() - tell of a change of state of a full socket
 * @sk: the socket
 * @old: the state it leaves
 * @new: the state it enters
 *
 * Context: softirq or process, preemption off, socket locked; before its record
 * is changed.
 */
void tcpdiag_tell_socket(struct sock *sk, unsigned int old, unsigned int new)
{
	const struct tcpdiag_net *tn = with_subscribers(sock_net(sk));
	const struct tcpdiag_record *rec;
	struct tcpdiag_transition t;
	struct owner owner;

	if (!tn)
		return;
	rec = tcpdiag_find(sk);
	owner = owner_of(rec);
	if (is_no_change(rec, old, new))
		return;
	begin(&t, rec, old, new);
	if (!rec || old == TCP_CLOSE) {
		/* open in CLOSE until now, it begins another life */
		t.role = role_of(old, new);
		owner = owner_of(NULL);
	}
	if (old == TCP_CLOSE)
		t.stay_ns = TCPDIAG_TRANSITION_NO_STAY;
	ask_current(&owner, sk);
	owner.uid = READ_ONCE(sk->sk_uid);
	owner.has_uid = true;
	read_socket(&t, sk);
	tell(tn, &t, &owner);
}

/**
 * tcpdiag_tell_handoff() - tell of a full socket whose place a minisocket takes
 * @sk: the full socket, locked, and its record are still in the old state
 * @tw: the minisocket, in the new one
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_tell_handoff(struct sock *sk, struct inet_timewait_sock *tw)
{
	const struct tcpdiag_net *tn = with_subscribers(sock_net(sk));
	const struct tcpdiag_record *rec;
	struct tcpdiag_transition t;
	struct owner owner;

	if (!tn)
		return;
	rec = tcpdiag_find(sk);
	owner = owner_of(rec);
	begin(&t, rec, sk->sk_state, tw->tw_substate);
	ask_current(&owner, sk);
	owner.uid = READ_ONCE(sk->sk_uid);
	owner.has_uid = true;
	read_socket(&t, sk);
	/* it was made before the socket had a number */
	atomic64_cmpxchg(&tw->tw_cookie, 0, t.cookie);
	if (t.from != t.to)
		tell(tn, &t, &owner);
}

static void read_minisock(struct tcpdiag_transition *t,
			  struct inet_timewait_sock *tw)
{
	t->v6 = tw->tw_family == AF_INET6;
#if IS_ENABLED(CONFIG_IPV6)
	if (t->v6) {
		t->addr.local = tw->tw_v6_rcv_saddr;
		t->addr.remote = tw->tw_v6_daddr;
	}
#endif
	if (!t->v6) {
		t->addr.local.s6_addr32[0] = tw->tw_rcv_saddr;
		t->addr.remote.s6_addr32[0] = tw->tw_daddr;
	}
	t->addr.lport = tw->tw_num;
	t->addr.rport = ntohs(tw->tw_dport);
	t->cookie = cookie_of((struct sock *)tw);
}

/**
 * tcpdiag_tell_minisock() - tell of a change of state of a minisocket
 * @tw: the minisocket
 * @rec: its record, its shard locked; or NULL
 * @old: the state it leaves
 * @new: the state it enters
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_tell_minisock(struct inet_timewait_sock *tw,
			   const struct tcpdiag_record *rec, unsigned int old,
			   unsigned int new)
{
	const struct tcpdiag_net *tn = with_subscribers(twsk_net(tw));
	struct owner owner = owner_of(rec);
	struct tcpdiag_transition t;

	if (!tn)
		return;
	begin(&t, rec, old, new);
	read_minisock(&t, tw);
	tell(tn, &t, &owner);
}

static void read_request(struct tcpdiag_transition *t, struct request_sock *req)
{
	const struct inet_request_sock *ireq = inet_rsk(req);

	t->v6 = ireq->ireq_family == AF_INET6;
#if IS_ENABLED(CONFIG_IPV6)
	if (t->v6) {
		t->addr.local = ireq->ir_v6_loc_addr;
		t->addr.remote = ireq->ir_v6_rmt_addr;
	}
#endif
	if (!t->v6) {
		t->addr.local.s6_addr32[0] = ireq->ir_loc_addr;
		t->addr.remote.s6_addr32[0] = ireq->ir_rmt_addr;
	}
	t->addr.lport = ireq->ir_num;
	t->addr.rport = ntohs(ireq->ir_rmt_port);
	t->cookie = cookie_of(req_to_sk(req));
}

/*
 * The owner of a listener. It is found without being locked, so another CPU may be
 * closing it, and put what its record holds. The caller puts the pid; @comm has room
 * for the name.
 */
static struct owner owner_of_listener(const struct sock *listener, char *comm)
{
	struct owner owner = { .comm = comm };
	const struct tcpdiag_record *rec;
	unsigned long irqflags;

	*comm = 0;
	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(listener);
	if (rec) {
		owner.pid = get_pid(rec->pid);
		memcpy(comm, rec->comm, sizeof(rec->comm));
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
	return owner;
}

/**
 * tcpdiag_tell_request() - tell of a request that a listener queues
 * @listener: the listening socket
 * @req: the request, which nobody else knows yet
 *
 * Its child will have the same cookie.
 *
 * Context: softirq, preemption off.
 */
void tcpdiag_tell_request(const struct sock *listener,
			  struct request_sock *req)
{
	const struct tcpdiag_net *tn = with_subscribers(sock_net(listener));
	struct tcpdiag_transition t;
	char comm[TASK_COMM_LEN];
	struct owner owner;

	if (!tn)
		return;
	owner = owner_of_listener(listener, comm);
	begin(&t, NULL, TCP_LISTEN, TCP_NEW_SYN_RECV);
	t.role = TCPDIAG_ROLE_PASSIVE;
	owner.uid = READ_ONCE(listener->sk_uid);
	owner.has_uid = true;
	read_request(&t, req);
	tell(tn, &t, &owner);
	put_pid(owner.pid);
}

/* The segment that is answered with a RST came to our end. */
static void read_answered(struct tcpdiag_segment *s, const struct sk_buff *skb)
{
	s->v6 = skb->protocol == htons(ETH_P_IPV6);
	if (s->v6) {
		s->addr.local = ipv6_hdr(skb)->daddr;
		s->addr.remote = ipv6_hdr(skb)->saddr;
	} else {
		s->addr.local.s6_addr32[0] = ip_hdr(skb)->daddr;
		s->addr.remote.s6_addr32[0] = ip_hdr(skb)->saddr;
	}
	s->addr.lport = ntohs(tcp_hdr(skb)->dest);
	s->addr.rport = ntohs(tcp_hdr(skb)->source);
}

/**
 * tcpdiag_tell_reset() - tell traces why a RST is sent
 * @tn: the namespace
 * @sk: the socket that it ends, locked; NULL or a minisocket if @skb is there
 * @skb: the segment that it answers, or NULL
 * @reason: enum sk_rst_reason
 *
 * Only needed if tcpdiag_is_traced().
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_tell_reset(const struct tcpdiag_net *tn, const struct sock *sk,
			const struct sk_buff *skb, unsigned int reason)
{
	struct tcpdiag_segment s = {};
	struct tcpdiag_queue *q;

	s.at_ns = ktime_get_ns();
	/* the running kernel may have reasons that these headers do not know */
	s.reason = 1 + (reason < TCPDIAG_RESET_REASONS ? reason : 0);
	if (skb) {
		read_answered(&s, skb);
	} else {
		s.v6 = sk->sk_family == AF_INET6;
		tcpdiag_addr_read(sk, &s.addr);
	}
	tcpdiag_for_each_queue(q, tn)
		if (q->stream == TCPDIAG_STREAM_SEGMENTS &&
		    tcpdiag_wanted_addr(&q->wanted, s.v6, &s.addr))
			tcpdiag_queue_put(q, &s);
}
