// SPDX-License-Identifier: GPL-2.0
/*
 * Records of full sockets: made at the first event, moved from stay to stay,
 * retired when the kernel destroys the socket.
 *
 * Events of one socket come one at a time (the socket is locked, or nobody
 * else knows it yet), so its record needs a lock only against readers: the
 * shard's. Nothing is taken from `current` but in a task that connects,
 * listens or accepts.
 */
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "tcpdiag.h"

static struct tcpdiag_conn *to_conn(struct tcpdiag_node *node)
{
	return container_of(node, struct tcpdiag_conn, node);
}

/* Slot of a state in tcpdiag_conn.spent; negative for states without one. */
static int span_slot(unsigned int state)
{
	static const s8 slot[TCPDIAG_STATES] = {
		-1,
		[TCP_ESTABLISHED]	= 0,
		[TCP_SYN_SENT]		= 1,
		[TCP_SYN_RECV]		= 2,
		[TCP_FIN_WAIT1]		= 3,
		[TCP_FIN_WAIT2]		= 4,
		[TCP_CLOSE_WAIT]	= 5,
		[TCP_LAST_ACK]		= 6,
		[TCP_LISTEN]		= 7,
		[TCP_CLOSING]		= 8,
		[TCP_CLOSE]		= -1,
		[TCP_TIME_WAIT]		= -1,
		[TCP_NEW_SYN_RECV]	= -1,
	};

	return slot[state];
}

static u64 span_get(const struct tcpdiag_span *span)
{
	return (u64)span->w[2] << 32 | (u64)span->w[1] << 16 | span->w[0];
}

static void span_add(struct tcpdiag_span *span, u64 us)
{
	us += span_get(span);
	span->w[0] = us;
	span->w[1] = us >> 16;
	span->w[2] = us >> 32;
}

/**
 * tcpdiag_conn_spent_us() - completed time of a socket in a state
 * @conn: a record, or a copy of one
 * @state: the state
 *
 * Return: microseconds; 0 for states in which a full socket keeps no time.
 */
u64 tcpdiag_conn_spent_us(const struct tcpdiag_conn *conn, unsigned int state)
{
	int slot = span_slot(state);

	return slot < 0 ? 0 : span_get(&conn->spent[slot]);
}

static void spend(struct tcpdiag_conn *conn, unsigned int state, u64 us)
{
	int slot = span_slot(state);

	if (slot >= 0)
		span_add(&conn->spent[slot], us);
}

/**
 * tcpdiag_conn_read_addr() - the tuple of a full socket
 * @sk: the socket; without its lock the parts may be of different moments
 * @addr: what is read
 */
void tcpdiag_conn_read_addr(const struct sock *sk, struct tcpdiag_addr *addr)
{
	const struct inet_sock *inet = inet_sk(sk);

	memset(addr, 0, sizeof(*addr));
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		addr->local = sk->sk_v6_rcv_saddr;
		addr->remote = sk->sk_v6_daddr;
	}
#endif
	if (sk->sk_family == AF_INET) {
		addr->local.s6_addr32[0] = inet->inet_rcv_saddr;
		addr->remote.s6_addr32[0] = inet->inet_daddr;
	}
	addr->lport = ntohs(inet->inet_sport);
	addr->rport = ntohs(inet->inet_dport);
}

/* The task that runs now becomes the owner; process context only. */
static void own(struct tcpdiag_conn *conn)
{
	struct task_struct *leader = current->group_leader;

	conn->pid = get_pid(task_tgid(current));
	strscpy(conn->comm, leader->comm, sizeof(conn->comm));
}

/* A child still carries its listener's address when its first event comes. */
static void note_listener(struct tcpdiag_node *node, const struct sock *child)
{
	bool any = child->sk_rcv_saddr == htonl(INADDR_ANY);

	node->listener_port = inet_sk(child)->inet_num;
	if (child->sk_family == AF_INET6) {
		node->flags |= TCPDIAG_F_LISTENER_V6;
#if IS_ENABLED(CONFIG_IPV6)
		any = ipv6_addr_any(&child->sk_v6_rcv_saddr);
#endif
	}
	if (any)
		node->flags |= TCPDIAG_F_LISTENER_ANY;
}

/* The socket begins a life: its first one, or another after CLOSE. */
static void begin_life(struct tcpdiag_conn *conn, const struct sock *sk,
		       unsigned int old, unsigned int new)
{
	struct tcpdiag_node *node = &conn->node;

	node->flags = 0;
	node->listener_port = 0;
	if (tcpdiag_fsm_is_birth(old, new)) {
		node->role = TCPDIAG_ROLE_PASSIVE;
		note_listener(node, sk);
		return;
	}
	if (new == TCP_LISTEN)
		node->role = TCPDIAG_ROLE_LISTENER;
	else if (new == TCP_SYN_SENT)
		node->role = TCPDIAG_ROLE_ACTIVE;
	else
		node->role = TCPDIAG_ROLE_UNKNOWN;
	if (in_task())
		own(conn);
}

static void attach(struct tcpdiag_conn *conn, const struct sock *sk,
		   struct tcpdiag_shard *shard)
{
	conn->node.key = sk;
	conn->node.shard = shard;
	conn->node.cc = TCPDIAG_CC_SLOTS;
	conn->pid = NULL;
	memset(conn->comm, 0, sizeof(conn->comm));
	memset(&conn->addr, 0, sizeof(conn->addr));
	memset(conn->spent, 0, sizeof(conn->spent));
}

/*
 * An event of a socket without a record: a new socket, one older than the
 * module that the walk has not reached, or one that was refused a record.
 */
static noinline void first_event(struct tcpdiag_net *tn, const struct sock *sk,
				 unsigned int old, unsigned int new, u64 now)
{
	struct tcpdiag_shard *shard = tcpdiag_account_shard(tn);
	bool newborn = old == TCP_CLOSE || tcpdiag_fsm_is_birth(old, new);
	bool older = !newborn && tcpdiag_walking();
	struct tcpdiag_conn *conn = NULL;
	bool refused = false;

	if (!shard)
		return;
	if (newborn || older) {
		conn = tcpdiag_table_new_conn(GFP_ATOMIC, &refused);
		if (conn) {
			attach(conn, sk, shard);
			begin_life(conn, sk, old, new);
			if (older)
				conn->node.flags |= TCPDIAG_F_EST_AGE;
		}
	}
	spin_lock(&shard->lock);
	shard->moves[old][new]++;
	if (older)
		shard->preexisting[old]++;
	if (conn) {
		shard->records++;
		if (new == TCP_ESTABLISHED)
			conn->node.cc = tcpdiag_cc_index(sk);
		tcpdiag_account_enter(shard, &conn->node, new, now);
	} else if (newborn || older) {
		tcpdiag_account_missed(shard, refused);
	}
	spin_unlock(&shard->lock);
	if (conn)
		tcpdiag_table_add(&conn->node);
}

/* A socket that was CLOSE but still open connects or listens again. */
static void restart(struct tcpdiag_conn *conn, const struct sock *sk,
		    unsigned int new)
{
	lockdep_assert_held(&conn->node.shard->lock);
	put_pid(conn->pid);
	conn->pid = NULL;
	memset(conn->comm, 0, sizeof(conn->comm));
	memset(conn->spent, 0, sizeof(conn->spent));
	begin_life(conn, sk, TCP_CLOSE, new);
}

static void next_event(struct tcpdiag_node *node, const struct sock *sk,
		       unsigned int old, unsigned int new, u64 now)
{
	struct tcpdiag_conn *conn = to_conn(node);
	struct tcpdiag_shard *shard = node->shard;
	unsigned int was;

	spin_lock(&shard->lock);
	was = node->state;
	if (unlikely(node->flags & TCPDIAG_F_HANDED_OFF && new == TCP_CLOSE)) {
		/* its minisocket goes on where it was */
		node->flags &= ~TCPDIAG_F_HANDED_OFF;
		goto out;
	}
	if (unlikely(was != old))
		shard->mismatched++;
	shard->moves[old][new]++;
	spend(conn, was, tcpdiag_account_stay(shard, node, now));
	if (new == TCP_ESTABLISHED)
		node->cc = tcpdiag_cc_index(sk);
	else if (unlikely(old == TCP_CLOSE))
		restart(conn, sk, new);
	else if (new == TCP_CLOSE && !sock_flag(sk, SOCK_DEAD))
		tcpdiag_conn_read_addr(sk, &conn->addr);
	tcpdiag_account_enter(shard, node, new, now);
out:
	spin_unlock(&shard->lock);
}

/**
 * tcpdiag_conn_hand_off() - a minisocket takes a full socket's place
 * @node: the full socket's record; its shard is locked
 * @sk: the full socket, locked; its change to CLOSE follows
 * @to: the minisocket's state
 * @now: ktime_get_ns()
 *
 * If the state stays the same (FIN_WAIT2) the stay does not end: the
 * minisocket carries it on.
 *
 * Return: since when the minisocket is in its state, ktime_get_ns().
 */
u64 tcpdiag_conn_hand_off(struct tcpdiag_node *node, const struct sock *sk,
			  unsigned int to, u64 now)
{
	struct tcpdiag_conn *conn = to_conn(node);
	struct tcpdiag_shard *shard = node->shard;
	unsigned int was = node->state;
	u64 since = now, us;

	lockdep_assert_held(&shard->lock);
	if (was == to) {
		since = node->entered;
		us = tcpdiag_account_leave(shard, node, now);
	} else {
		us = tcpdiag_account_stay(shard, node, now);
	}
	spend(conn, was, us);
	if (!sock_flag(sk, SOCK_DEAD))
		tcpdiag_conn_read_addr(sk, &conn->addr);
	node->flags |= TCPDIAG_F_HANDED_OFF;
	node->flags &= ~TCPDIAG_F_EST_STAY;
	tcpdiag_account_enter(shard, node, TCP_CLOSE, now);
	return since;
}

/**
 * tcpdiag_conn_event() - a full TCP socket changes its state
 * @sk: the socket; sk_state may still be the old one
 * @old: the state it leaves
 * @new: the state it enters, another than @old
 *
 * Context: softirq or process, preemption off, socket locked.
 */
void tcpdiag_conn_event(struct sock *sk, unsigned int old, unsigned int new)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	struct tcpdiag_node *node;
	unsigned long irqflags;
	u64 now;

	if (unlikely(!tn))
		return;
	now = ktime_get_ns();
	local_irq_save(irqflags);
	node = tcpdiag_table_find(sk);
	if (node)
		next_event(node, sk, old, new, now);
	else
		first_event(tn, sk, old, new, now);
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_conn_retire() - the kernel destroys a full TCP socket
 * @sk: the socket
 *
 * Context: softirq or process, preemption off; the socket's last event.
 */
void tcpdiag_conn_retire(struct sock *sk)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	struct tcpdiag_shard *shard;
	struct tcpdiag_node *node;
	unsigned long irqflags;

	if (unlikely(!tn))
		return;
	local_irq_save(irqflags);
	node = tcpdiag_table_find(sk);
	if (!node)
		goto out;
	tcpdiag_table_del(node);
	shard = node->shard;
	spin_lock(&shard->lock);
	/* The kernel closes before it destroys; keep the gauges right if not */
	if (unlikely(node->state != TCP_CLOSE)) {
		shard->moves[node->state][TCP_CLOSE]++;
		shard->mismatched++;
		tcpdiag_account_stay(shard, node, ktime_get_ns());
		tcpdiag_account_enter(shard, node, TCP_CLOSE, ktime_get_ns());
	}
	tcpdiag_account_drop(shard, node);
	spin_unlock(&shard->lock);
	tcpdiag_table_free(node);
out:
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_conn_accepted() - a task takes a passive socket from its listener
 * @sk: the socket, locked
 *
 * Context: process, in the accepting task.
 */
void tcpdiag_conn_accepted(struct sock *sk)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	struct tcpdiag_node *node;
	unsigned long irqflags;
	struct pid *pid;

	if (unlikely(!tn) || !in_task())
		return;
	local_irq_save(irqflags);
	node = tcpdiag_table_find(sk);
	if (node) {
		spin_lock(&node->shard->lock);
		pid = to_conn(node)->pid;
		own(to_conn(node));
		spin_unlock(&node->shard->lock);
		put_pid(pid);
	}
	local_irq_restore(irqflags);
}

/*
 * How long a socket older than the module has been in its state, from the
 * stamps the kernel keeps (32-bit jiffies). A lower bound, for it may accuse:
 *
 * SYN_SENT: rcv_tstamp was set when the SYN was made.
 * ESTABLISHED: at least since the oldest of last data sent, last data
 * received and last ACK received.
 * CLOSE_WAIT, FIN_WAIT2, CLOSING: the FIN (or its ACK) came with an ACK, so
 * the state is at least as old as the last ACK.
 * Others: nothing is known.
 */
static u64 stay_at_least_ns(const struct sock *sk, unsigned int state)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32, age;

	switch (state) {
	case TCP_SYN_SENT:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		age = now - tp->rcv_tstamp;
		break;
	case TCP_ESTABLISHED:
		age = now - tp->rcv_tstamp;
		if (tp->data_segs_out)
			age = max(age, now - tp->lsndtime);
		if (tp->data_segs_in)
			age = max(age, now - inet_csk(sk)->icsk_ack.lrcvtime);
		break;
	default:
		return 0;
	}
	/* a stamp that is ahead of us, or was never set */
	if ((s32)age < 0)
		return 0;
	return jiffies64_to_nsecs(age);
}

static void adopt_role(struct tcpdiag_node *node, unsigned int state)
{
	if (state == TCP_LISTEN)
		node->role = TCPDIAG_ROLE_LISTENER;
	else if (state == TCP_SYN_SENT)
		node->role = TCPDIAG_ROLE_ACTIVE;
	else
		node->role = TCPDIAG_ROLE_UNKNOWN;
}

/**
 * tcpdiag_conn_entered_ns() - since when a socket has been in its state
 * @sk: a full TCP socket that is older than the module
 *
 * Return: an estimate in terms of ktime_get_ns(), never too early.
 */
u64 tcpdiag_conn_entered_ns(const struct sock *sk)
{
	u64 now = tcpdiag_loaded_ns();
	u64 age = stay_at_least_ns(sk, inet_sk_state_load(sk));

	return now - min(age, now);
}

/**
 * tcpdiag_conn_adopt() - take in a socket that is older than the module
 * @sk: the socket, locked, in any state
 *
 * Callers go from the shortest stay to the longest: each is put before those
 * already there. A socket that has a record, because an event came first, is
 * left alone.
 *
 * Context: process, in the walk.
 */
void tcpdiag_conn_adopt(struct sock *sk)
{
	struct tcpdiag_net *tn;
	struct tcpdiag_shard *shard;
	struct tcpdiag_conn *conn;
	struct tcpdiag_node *node;
	bool refused;

	lockdep_assert(lockdep_sock_is_held(sk));
	rcu_read_lock();
	tn = tcpdiag_net(sock_net(sk));
	if (!tn || sk->sk_state == TCP_CLOSE || tcpdiag_table_find(sk))
		goto out;
	shard = tcpdiag_account_shard(tn);
	if (!shard) {
		tcpdiag_set_approximate();
		goto out;
	}
	conn = tcpdiag_table_new_conn(GFP_ATOMIC, &refused);
	local_irq_disable();
	spin_lock(&shard->lock);
	shard->preexisting[sk->sk_state]++;
	if (conn) {
		node = &conn->node;
		attach(conn, sk, shard);
		node->flags = TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE;
		node->listener_port = 0;
		adopt_role(node, sk->sk_state);
		if (sk->sk_state == TCP_ESTABLISHED)
			node->cc = tcpdiag_cc_index(sk);
		shard->records++;
		tcpdiag_account_enter(shard, node, sk->sk_state,
				      tcpdiag_conn_entered_ns(sk));
		list_move(&node->age, &shard->age[node->state]);
	} else {
		tcpdiag_account_missed(shard, refused);
	}
	spin_unlock(&shard->lock);
	if (conn)
		tcpdiag_table_add(node);
	local_irq_enable();
out:
	rcu_read_unlock();
}
