// SPDX-License-Identifier: GPL-2.0
/*
 * Records of full sockets: made at the first event, moved from stay to stay,
 * ended when the kernel destroys the socket.
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

#include "record.h"

/* Without the socket's lock the parts may be of different moments. */
static void read_addr(const struct sock *sk, struct tcpdiag_addr *addr)
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

/* Remember where a socket that stays open was connected to. */
static void keep_addr(struct tcpdiag_record *rec, const struct sock *sk)
{
	lockdep_assert_held(&rec->shard->lock);
	if (!rec->addr)
		rec->addr = kmalloc(sizeof(*rec->addr),
				    GFP_ATOMIC | __GFP_NOWARN);
	if (rec->addr)
		read_addr(sk, rec->addr);
	else
		rec->shard->alloc_failed++;
}

/* The task that runs now becomes the owner; process context only. */
static void own(struct tcpdiag_record *rec)
{
	struct task_struct *leader = current->group_leader;

	rec->pid = get_pid(task_tgid(current));
	/* a name being changed is read torn, but its last byte is always 0 */
	memcpy(rec->comm, leader->comm, sizeof(rec->comm));
}

static void disown(struct tcpdiag_record *rec)
{
	put_pid(rec->pid);
	rec->pid = NULL;
	memset(rec->comm, 0, sizeof(rec->comm));
}

/* A child still carries its listener's address when its first event comes. */
static void note_listener(struct tcpdiag_record *rec, const struct sock *child)
{
	bool any = child->sk_rcv_saddr == htonl(INADDR_ANY);

	rec->listener_port = inet_sk(child)->inet_num;
	if (child->sk_family == AF_INET6) {
		rec->flags |= TCPDIAG_F_LISTENER_V6;
#if IS_ENABLED(CONFIG_IPV6)
		any = ipv6_addr_any(&child->sk_v6_rcv_saddr);
#endif
	}
	if (any)
		rec->flags |= TCPDIAG_F_LISTENER_ANY;
}

/* What a socket that enters @state from nowhere must be. */
static enum tcpdiag_role role_of(unsigned int state)
{
	switch (state) {
	case TCP_LISTEN:
		return TCPDIAG_ROLE_LISTENER;
	case TCP_SYN_SENT:
		return TCPDIAG_ROLE_ACTIVE;
	default:
		return TCPDIAG_ROLE_UNKNOWN;
	}
}

/* The socket begins a life: its first one, or another after CLOSE. */
static void begin_life(struct tcpdiag_record *rec, const struct sock *sk,
		       unsigned int old, unsigned int new)
{
	rec->flags = 0;
	memset(rec->spent_ns, 0, sizeof(rec->spent_ns));
	if (tcpdiag_fsm_is_birth(old, new)) {
		rec->role = TCPDIAG_ROLE_PASSIVE;
		note_listener(rec, sk);
		return;
	}
	rec->role = role_of(new);
	if (likely(rec->role != TCPDIAG_ROLE_UNKNOWN && in_task()))
		own(rec);
}

static struct tcpdiag_record *new_record(struct tcpdiag_shard *shard,
					 const struct sock *sk, bool must)
{
	struct tcpdiag_record *rec = tcpdiag_table_new(shard, must);

	if (unlikely(!rec))
		return NULL;
	rec->shard = shard;
	/* pairs with tcpdiag_find() */
	smp_store_release(&rec->key, sk);
	rec->cc = 0;
	rec->listener_port = 0;
	memset(rec->comm, 0, sizeof(rec->comm));
	shard->records++;
	return rec;
}

/*
 * When the event happened. Segments and timers are stamped when TCP begins to
 * process them, so in softirq the stamp is the event's, and reading the clock
 * again would cost a third of the event. What ends a handshake may have no
 * stamp: an ICMP error, or a child that is dropped before it saw a segment.
 */
static u64 event_time(const struct sock *sk, unsigned int old,
		      unsigned int new)
{
	bool handshake = old == TCP_SYN_SENT || old == TCP_SYN_RECV;

	if (in_serving_softirq() && (!handshake || new == TCP_ESTABLISHED))
		return tcp_sk(sk)->tcp_clock_cache;
	return ktime_get_ns();
}

/*
 * An event of a socket without a record: a new socket, one older than the
 * module that the walk has not reached, one that was refused a record, or one
 * whose record went on with its minisocket.
 */
static void first_event(struct sock *sk, unsigned int old, unsigned int new)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_lock(sock_net(sk));
	bool newborn = old == TCP_CLOSE || tcpdiag_fsm_is_birth(old, new);
	bool older = !newborn && tcpdiag_walking();
	struct tcpdiag_record *rec = NULL;

	if (unlikely(!shard))
		return;
	shard->moves[old][new]++;
	if (unlikely(older))
		shard->preexisting[old]++;
	if (newborn || older)
		rec = new_record(shard, sk, older || new == TCP_LISTEN);
	if (rec) {
		begin_life(rec, sk, old, new);
		if (unlikely(older))
			rec->flags |= TCPDIAG_F_EST_AGE;
		if (unlikely(new == TCP_ESTABLISHED))
			rec->cc = tcpdiag_cc_index(sk);
		tcpdiag_enter(shard, rec, new, ktime_get_ns());
		tcpdiag_table_add(rec);
	}
	tcpdiag_unlock(&shard->lock);
}

static void next_event(struct tcpdiag_record *rec, struct sock *sk,
		       unsigned int old, unsigned int new)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned int was = rec->state;
	u64 now;

	lockdep_assert_held(&shard->lock);
	if (unlikely(rec->flags & TCPDIAG_F_HANDED_OFF && new == TCP_CLOSE)) {
		/* its minisocket goes on where it was */
		rec->flags &= ~TCPDIAG_F_HANDED_OFF;
		return;
	}
	now = event_time(sk, old, new);
	if (unlikely(was != old))
		shard->mismatched++;
	shard->moves[old][new]++;
	rec->spent_ns[was - 1] += tcpdiag_stay(shard, rec, now);
	if (new == TCP_CLOSE) {
		if (sock_flag(sk, SOCK_DEAD)) {
			/* nobody holds it: the kernel destroys it next */
			tcpdiag_end(shard, rec);
			return;
		}
		keep_addr(rec, sk);
	} else if (new == TCP_ESTABLISHED) {
		rec->cc = tcpdiag_cc_index(sk);
	}
	if (unlikely(old == TCP_CLOSE)) {
		/* still open after CLOSE, it connects or listens again */
		disown(rec);
		begin_life(rec, sk, old, new);
	}
	tcpdiag_enter(shard, rec, new, now);
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
	struct tcpdiag_record *rec;
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		shard = rec->shard;
		next_event(rec, sk, old, new);
		tcpdiag_unlock(&shard->lock);
	} else {
		first_event(sk, old, new);
	}
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_conn_leave_to_mini() - a full socket goes to CLOSE in favour of a
 *	minisocket while its descriptor stays open
 * @rec: the full socket's record; its shard is locked
 * @sk: the full socket, locked; its change to CLOSE follows
 * @to: the minisocket's state; if it is the socket's, the stay goes on there
 * @now: ktime_get_ns()
 */
void tcpdiag_conn_leave_to_mini(struct tcpdiag_record *rec,
				const struct sock *sk, unsigned int to,
				u64 now)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned int was = rec->state;
	u64 ns;

	lockdep_assert_held(&shard->lock);
	if (was == to)
		ns = tcpdiag_leave(shard, rec, now);
	else
		ns = tcpdiag_stay(shard, rec, now);
	rec->spent_ns[was - 1] += ns;
	rec->flags |= TCPDIAG_F_HANDED_OFF;
	rec->flags &= ~TCPDIAG_F_EST_STAY;
	keep_addr(rec, sk);
	tcpdiag_enter(shard, rec, TCP_CLOSE, now);
}

/**
 * tcpdiag_conn_retire() - the kernel destroys a full TCP socket
 * @sk: the socket
 *
 * Context: softirq or process, preemption off; the socket's last event.
 */
void tcpdiag_conn_retire(struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		shard = rec->shard;
		/* closed before it is destroyed; if not, keep gauges right */
		if (unlikely(rec->state != TCP_CLOSE)) {
			shard->moves[rec->state][TCP_CLOSE]++;
			shard->mismatched++;
		}
		tcpdiag_leave(shard, rec, 0);
		tcpdiag_end(shard, rec);
		tcpdiag_unlock(&shard->lock);
	}
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
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	if (!in_task())
		return;
	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		put_pid(rec->pid);
		own(rec);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_conn_copy() - copy a socket's record for a reporter
 * @sk: a full socket, referenced
 * @copy: the copy, with a reference to its pid, for the caller to put
 * @addr: the tuple
 *
 * Context: process.
 * Return: false if the socket has no record any more.
 */
bool tcpdiag_conn_copy(struct sock *sk, struct tcpdiag_record *copy,
		       struct tcpdiag_addr *addr)
{
	struct tcpdiag_record *rec;

	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		*copy = *rec;
		get_pid(copy->pid);
		if (rec->state == TCP_CLOSE && rec->addr)
			*addr = *rec->addr;
		else
			read_addr(sk, addr);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_enable();
	return rec;
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

/**
 * tcpdiag_conn_entered_ns() - since when a socket has been in its state
 * @sk: a full TCP socket that is older than the module
 *
 * Return: an estimate in terms of ktime_get_ns(), never too early.
 */
u64 tcpdiag_conn_entered_ns(const struct sock *sk)
{
	u64 age = stay_at_least_ns(sk, inet_sk_state_load(sk));
	u64 now = ktime_get_ns();

	return min(tcpdiag_loaded_ns(), now - min(age, now));
}

/* A record for a socket that is older than the module. */
static void adopt(struct tcpdiag_shard *shard, const struct sock *sk)
{
	struct tcpdiag_record *rec;

	lockdep_assert_held(&shard->lock);
	shard->preexisting[sk->sk_state]++;
	rec = new_record(shard, sk, true);
	if (!rec)
		return;
	memset(rec->spent_ns, 0, sizeof(rec->spent_ns));
	rec->role = role_of(sk->sk_state);
	rec->flags = TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE;
	if (sk->sk_state == TCP_ESTABLISHED)
		rec->cc = tcpdiag_cc_index(sk);
	tcpdiag_enter(shard, rec, sk->sk_state, tcpdiag_conn_entered_ns(sk));
	list_move(&rec->age, &shard->age[rec->state]);
	tcpdiag_table_add(rec);
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
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;

	lockdep_assert(lockdep_sock_is_held(sk));
	if (sk->sk_state == TCP_CLOSE)
		return;
	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	shard = rec ? rec->shard : tcpdiag_shard_lock(sock_net(sk));
	if (!rec && shard)
		adopt(shard, sk);
	if (shard)
		tcpdiag_unlock(&shard->lock);
	local_irq_enable();
}
