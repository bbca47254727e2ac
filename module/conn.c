// SPDX-License-Identifier: GPL-2.0
/*
 * Records of full sockets: made at the first event, moved from stay to stay,
 * ended when the kernel destroys the socket.
 *
 * Events of one socket come one at a time (the socket is locked, or nobody
 * else knows it yet), so a change of state within a connection's life writes
 * the record without a lock and leaves the lists alone. Births, ends and
 * whatever is out of the ordinary take the shard's lock. Nothing is taken from
 * `current` but in a task that connects, listens or closes.
 */
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "record.h"

/**
 * tcpdiag_conn_addr() - the two ends of a socket
 * @sk: a full TCP socket; unless it is locked, the parts may be of different
 *	moments
 * @addr: the result, all its bytes set
 *
 * Context: any.
 */
void tcpdiag_conn_addr(const struct sock *sk, struct tcpdiag_addr *addr)
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
		tcpdiag_conn_addr(sk, rec->addr);
	else
		atomic64_inc(&rec->shard->alloc_failed);
}

/* The task that runs now becomes the owner; process context only. */
static __always_inline void own(struct tcpdiag_record *rec)
{
	struct task_struct *leader = current->group_leader;

	/* a name being changed is read torn, but its last byte is always 0 */
	memcpy(rec->comm, leader->comm, sizeof(rec->comm));
	rec->pid = get_pid(task_tgid(current));
}

static void disown(struct tcpdiag_record *rec)
{
	put_pid(rec->pid);
	rec->pid = NULL;
	memset(rec->comm, 0, sizeof(rec->comm));
}

/* TCPDIAG_F_LISTENER_*; a child carries its listener's address at first. */
static u8 listener_flags(const struct sock *child)
{
	bool any = child->sk_rcv_saddr == htonl(INADDR_ANY);
	u8 flags = 0;

	if (child->sk_family == AF_INET6) {
		flags = TCPDIAG_F_LISTENER_V6;
#if IS_ENABLED(CONFIG_IPV6)
		any = ipv6_addr_any(&child->sk_v6_rcv_saddr);
#endif
	}
	return any ? flags | TCPDIAG_F_LISTENER_ANY : flags;
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

/* No time spent yet: the socket begins its first life, or another. */
static __always_inline void begin_life(struct tcpdiag_record *rec)
{
	unsigned int i;

	rec->flags &= TCPDIAG_F_EXEMPT;
	/* as a loop, or in memset(), it would cost five times as much */
#pragma GCC unroll 11
	for (i = 0; i < TCPDIAG_FULL_STATES; i++)
		WRITE_ONCE(rec->spent_ns[i], 0);
}

/* The role and the owner of a socket that a program brings into @new. */
static __always_inline void begin_active_life(struct tcpdiag_record *rec,
					      unsigned int new)
{
	begin_life(rec);
	rec->role = role_of(new);
	if (likely(rec->role != TCPDIAG_ROLE_UNKNOWN && in_task()))
		own(rec);
}

static __always_inline void begin_passive_life(struct tcpdiag_record *rec,
					       u8 flags, u16 port)
{
	begin_life(rec);
	rec->flags |= flags;
	rec->role = TCPDIAG_ROLE_PASSIVE;
	rec->listener_port = port;
}

/* States that only a segment of the peer brings a socket into. */
#define BY_SEGMENT	(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT2 | \
			 TCPF_CLOSING)

/*
 * When the event happened. Segments and timers are stamped when TCP begins to
 * process them: the stamp is the event's, and reading the clock again would
 * cost a third of it. What ends a handshake may have no stamp (an ICMP error,
 * a child that is dropped before it saw a segment), nor does a socket that
 * TCP_REPAIR makes ESTABLISHED: its stamp is older than its record.
 */
static inline u64 event_time(const struct tcpdiag_record *rec,
			     const struct sock *sk, unsigned int old,
			     unsigned int new)
{
	u64 stamp = tcp_sk(sk)->tcp_clock_cache;

	if (BIT(new) & BY_SEGMENT && likely(stamp >= rec->entered))
		return stamp;
	if (in_serving_softirq() && old != TCP_SYN_SENT && old != TCP_SYN_RECV)
		return stamp;
	return ktime_get_ns();
}

/* A program connects or listens with a socket that has no record. */
static noinline void birth(struct sock *sk, unsigned int old, unsigned int new)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;
	bool must;

	local_irq_save(irqflags);
	shard = tcpdiag_shard_lock(sock_net(sk));
	if (unlikely(!shard))
		goto out;
	tcpdiag_move(shard, old, new);
	/* refused during the walk, it would be taken for an older one */
	must = new == TCP_LISTEN || tcpdiag_walking();
	rec = tcpdiag_record_new(shard, sk, must);
	if (likely(rec)) {
		begin_active_life(rec, new);
		if (unlikely(new == TCP_ESTABLISHED))
			rec->cc = tcpdiag_cc_index(sk);
		tcpdiag_enter(shard, rec, new, ktime_get_ns());
		tcpdiag_table_add(rec);
	}
	tcpdiag_unlock(&shard->lock);
out:
	local_irq_restore(irqflags);
}

/**
 * struct child - what is remembered of a child until it is established
 * @sk: the child
 * @port: its listener's local port
 * @flags: TCPDIAG_F_LISTENER_*
 */
struct child {
	const struct sock *sk;
	u16 port;
	u8 flags;
};

/*
 * The last child of a listener without Fast Open that this CPU saw. The
 * segment that makes it also establishes it, nearly always at once: it gets
 * its record then.
 */
static DEFINE_PER_CPU(struct child, last_child);

/* A child that may stay in SYN_RECV, or that the walk must find. */
static noinline void lasting_child(struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	shard = tcpdiag_shard_lock(sock_net(sk));
	if (!shard)
		goto out;
	rec = tcpdiag_record_new(shard, sk, tcpdiag_walking());
	if (rec) {
		begin_passive_life(rec, listener_flags(sk),
				   inet_sk(sk)->inet_num);
		tcpdiag_enter(shard, rec, TCP_SYN_RECV, ktime_get_ns());
		tcpdiag_table_add(rec);
	}
	tcpdiag_unlock(&shard->lock);
out:
	local_irq_restore(irqflags);
}

/* A listener makes a child; @old may be CLOSE when it is closing. */
static void child_is_made(struct sock *sk, unsigned int old)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));
	/* the child still has its listener's */
	u32 fastopen = inet_csk(sk)->icsk_accept_queue.fastopenq.max_qlen;
	struct child *child;

	if (unlikely(!shard))
		return;
	tcpdiag_move(shard, old, TCP_SYN_RECV);
	if (unlikely(fastopen || tcpdiag_walking())) {
		lasting_child(sk);
		return;
	}
	child = this_cpu_ptr(&last_child);
	child->sk = sk;
	child->port = inet_sk(sk)->inet_num;
	child->flags = listener_flags(sk);
}

/*
 * Another CPU made the child, and a program that had accepted it already had
 * it locked; or its CPU has made another since.
 */
static noinline struct child forget_far_child(const struct sock *sk)
{
	struct child forgotten = { .port = inet_sk(sk)->inet_num };
	int cpu;

	for_each_possible_cpu(cpu) {
		struct child *child = per_cpu_ptr(&last_child, cpu);
		struct child copy = *child;

		if (copy.sk == sk && cmpxchg(&child->sk, sk, NULL) == sk)
			forgotten = copy;
	}
	return forgotten;
}

/* What is remembered of a child that is to have a record now, or to die. */
static struct child forget_child(const struct sock *sk)
{
	struct child *child = this_cpu_ptr(&last_child);
	struct child forgotten = *child;

	if (unlikely(forgotten.sk != sk))
		return forget_far_child(sk);
	child->sk = NULL;
	return forgotten;
}

/* A child without a record is established: it gets one. */
static noinline void child_is_established(struct sock *sk)
{
	struct child child = forget_child(sk);
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	shard = tcpdiag_shard_lock(sock_net(sk));
	if (unlikely(!shard))
		goto out;
	tcpdiag_move(shard, TCP_SYN_RECV, TCP_ESTABLISHED);
	/* made and established by one segment, so at one moment */
	tcpdiag_tell_stay(shard, TCP_SYN_RECV, 0);
	rec = tcpdiag_record_new(shard, sk, false);
	if (likely(rec)) {
		begin_passive_life(rec, child.flags, child.port);
		rec->cc = tcpdiag_cc_index(sk);
		tcpdiag_enter(shard, rec, TCP_ESTABLISHED,
			      tcp_sk(sk)->tcp_clock_cache);
		tcpdiag_table_add(rec);
	}
	tcpdiag_unlock(&shard->lock);
out:
	local_irq_restore(irqflags);
}

/*
 * A socket without a record that is not new: it is older than the module and
 * the walk has not reached it, or it was refused a record, or its record went
 * on with its minisocket.
 */
static noinline void stranger(struct sock *sk, unsigned int old,
			      unsigned int new)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	shard = tcpdiag_shard_lock(sock_net(sk));
	if (!shard)
		goto out;
	tcpdiag_move(shard, old, new);
	if (!tcpdiag_walking())
		goto out_unlock;
	shard->preexisting[old]++;
	rec = tcpdiag_record_new(shard, sk, true);
	if (!rec)
		goto out_unlock;
	begin_life(rec);
	rec->role = TCPDIAG_ROLE_UNKNOWN;
	rec->flags |= TCPDIAG_F_EST_AGE;
	if (new == TCP_ESTABLISHED)
		rec->cc = tcpdiag_cc_index(sk);
	tcpdiag_enter(shard, rec, new, ktime_get_ns());
	tcpdiag_table_add(rec);
out_unlock:
	tcpdiag_unlock(&shard->lock);
out:
	local_irq_restore(irqflags);
}

/* Into CLOSE, out of it, or out of the state the socket was found in. */
static void odd_event(struct tcpdiag_record *rec, struct sock *sk,
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
	now = event_time(rec, sk, old, new);
	if (unlikely(was != old))
		atomic64_inc(&shard->mismatched);
	tcpdiag_move(shard, old, new);
	rec->spent_ns[was - 1] += tcpdiag_stay(shard, rec, now);
	if (new == TCP_CLOSE)
		keep_addr(rec, sk);
	else if (new == TCP_ESTABLISHED)
		rec->cc = tcpdiag_cc_index(sk);
	if (old == TCP_CLOSE) {
		/* still open after CLOSE, it connects or listens again */
		disown(rec);
		begin_active_life(rec, new);
	}
	tcpdiag_enter(shard, rec, new, now);
}

static noinline void locked_event(struct tcpdiag_record *rec, struct sock *sk,
				  unsigned int old, unsigned int new)
{
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	local_irq_save(irqflags);
	/* only the end of the namespace can have ended it meanwhile */
	if (likely(tcpdiag_lock_found(rec, sk))) {
		shard = rec->shard;
		odd_event(rec, sk, old, new);
		tcpdiag_unlock(&shard->lock);
	}
	local_irq_restore(irqflags);
}

/* Into CLOSE, while nobody holds the socket: the kernel destroys it next. */
static noinline void last_event(struct tcpdiag_record *rec, struct sock *sk,
				unsigned int old)
{
	u64 now = event_time(rec, sk, old, TCP_CLOSE);
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	local_irq_save(irqflags);
	if (likely(tcpdiag_lock_found(rec, sk))) {
		shard = rec->shard;
		tcpdiag_move(shard, old, TCP_CLOSE);
		tcpdiag_stay(shard, rec, now);
		tcpdiag_end(shard, rec);
		tcpdiag_unlock(&shard->lock);
	}
	local_irq_restore(irqflags);
}

/*
 * Who closes first may have been seen neither to connect nor to listen, but
 * will be asked for when the port is in TIME_WAIT. What a kernel thread closes
 * for others is not its own.
 */
static noinline void own_on_close(struct tcpdiag_record *rec)
{
	if (in_task() && !(current->flags & PF_KTHREAD))
		own(rec);
}

/* From one state of a connection's life to another: no lock, no list. */
static __always_inline void change_state(struct tcpdiag_record *rec,
					 unsigned int old, unsigned int new,
					 u64 now, bool closes_first)
{
	struct tcpdiag_shard *shard = rec->shard;
	u64 ns = tcpdiag_stay_ns(rec, now);

	tcpdiag_change_begin(rec, new);
	WRITE_ONCE(rec->entered, now);
	rec->spent_ns[old - 1] += ns;
	if (unlikely(closes_first && !rec->pid))
		own_on_close(rec);
	tcpdiag_change_end(rec, new);
	if (old == TCP_ESTABLISHED)
		atomic_dec(&shard->cc_live[rec->cc]);
	tcpdiag_tell_stay(shard, old, ns);
	/* a full barrier; pairs with the one in sort_one() */
	tcpdiag_move(shard, old, new);
	if (unlikely(READ_ONCE(rec->ordered)))
		tcpdiag_age_rejuvenate(rec);
}

/* A program closes or shuts down: nothing has stamped that. */
static noinline void change_state_now(struct tcpdiag_record *rec,
				      unsigned int old, unsigned int new)
{
	change_state(rec, old, new, ktime_get_ns(), new == TCP_FIN_WAIT1);
}

/* A handshake goes on or is over. */
static noinline void shake_hands(struct tcpdiag_record *rec, struct sock *sk,
				 unsigned int old, unsigned int new)
{
	if (new == TCP_ESTABLISHED) {
		rec->cc = tcpdiag_cc_index(sk);
		atomic_inc(&rec->shard->cc_live[rec->cc]);
	}
	change_state(rec, old, new, event_time(rec, sk, old, new), false);
}

/* Into CLOSE. */
static void close_event(struct sock *sk, unsigned int old)
{
	struct tcpdiag_record *rec;

	if (__this_cpu_read(tcpdiag_minisock_replaced) == sk) {
		/* a minisocket has taken over: no event of its own */
		__this_cpu_write(tcpdiag_minisock_replaced, NULL);
		return;
	}
	rec = tcpdiag_find(sk);
	if (unlikely(!rec)) {
		if (old == TCP_SYN_RECV)
			forget_child(sk);
		stranger(sk, old, TCP_CLOSE);
	} else if (likely(rec->state == old && sock_flag(sk, SOCK_DEAD) &&
			!(rec->flags & TCPDIAG_F_HANDED_OFF))) {
		last_event(rec, sk, old);
	} else {
		locked_event(rec, sk, old, TCP_CLOSE);
	}
}

static noinline void event_without_record(struct sock *sk, unsigned int old,
					  unsigned int new)
{
	if (old == TCP_CLOSE) {
		birth(sk, old, new);
	} else if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED &&
		   !tcpdiag_walking()) {
		child_is_established(sk);
	} else {
		if (old == TCP_SYN_RECV)
			forget_child(sk);
		stranger(sk, old, new);
	}
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

	if (new == TCP_CLOSE) {
		close_event(sk, old);
		return;
	}
	if (old == TCP_LISTEN || unlikely(new == TCP_SYN_RECV &&
					  old == TCP_CLOSE)) {
		child_is_made(sk, old);
		return;
	}
	if (old == TCP_CLOSE && likely(!atomic_read(&tcpdiag_closed))) {
		birth(sk, old, new);
		return;
	}
	if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED &&
	    __this_cpu_read(last_child.sk) == sk) {
		child_is_established(sk);
		return;
	}
	rec = tcpdiag_find(sk);
	if (!rec) {
		event_without_record(sk, old, new);
		return;
	}
	/* pairs with tcpdiag_account_kill(): it may be freed under us then */
	if (unlikely(READ_ONCE(rec->shard->dead)))
		return;
	if (unlikely(rec->state != old || old == TCP_CLOSE ||
		     rec->flags & TCPDIAG_F_EST_STAY))
		locked_event(rec, sk, old, new);
	else if (BIT(new) & (BY_SEGMENT & ~TCPF_ESTABLISHED))
		change_state(rec, old, new, tcp_sk(sk)->tcp_clock_cache,
			     false);
	else if (BIT(new) & (TCPF_FIN_WAIT1 | TCPF_LAST_ACK))
		change_state_now(rec, old, new);
	else
		shake_hands(rec, sk, old, new);
}

/**
 * tcpdiag_conn_cc_changed() - a connection got another congestion control
 * @sk: the socket, locked
 *
 * For what changes after the connection became established, and without which
 * it would be counted under the old one.
 *
 * Context: softirq or process.
 */
void tcpdiag_conn_cc_changed(struct sock *sk)
{
	struct tcpdiag_record *rec;
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		shard = rec->shard;
		if (rec->state == TCP_ESTABLISHED) {
			atomic_dec(&shard->cc_live[rec->cc]);
			rec->cc = tcpdiag_cc_index(sk);
			atomic_inc(&shard->cc_live[rec->cc]);
		}
		tcpdiag_unlock(&shard->lock);
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

	/* most records ended, or went to a minisocket, with the CLOSE */
	if (likely(!atomic_read(&tcpdiag_closed)))
		return;
	rec = tcpdiag_find(sk);
	if (!rec)
		return;
	local_irq_save(irqflags);
	if (likely(tcpdiag_lock_found(rec, sk))) {
		shard = rec->shard;
		tcpdiag_leave(shard, rec, 0);
		tcpdiag_end(shard, rec);
		tcpdiag_unlock(&shard->lock);
	}
	local_irq_restore(irqflags);
}

/* False if the record was being written. */
static bool copy_locked(struct tcpdiag_record *rec, struct sock *sk,
			struct tcpdiag_record *copy, struct tcpdiag_addr *addr)
{
	u64 entered;
	u8 state = tcpdiag_read_begin(rec, &entered);

	lockdep_assert_held(&rec->shard->lock);
	*copy = *rec;
	if (tcpdiag_read_again(rec, state, entered))
		return false;
	get_pid(copy->pid);
	if (rec->state == TCP_CLOSE && rec->addr)
		*addr = *rec->addr;
	else
		tcpdiag_conn_addr(sk, addr);
	return true;
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
	bool again;

	do {
		local_irq_disable();
		rec = tcpdiag_find_lock(sk);
		again = rec && !copy_locked(rec, sk, copy, addr);
		if (rec)
			tcpdiag_unlock(&rec->shard->lock);
		local_irq_enable();
	} while (again);
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
	rec = tcpdiag_record_new(shard, sk, true);
	if (!rec)
		return;
	memset(rec->spent_ns, 0, sizeof(rec->spent_ns));
	rec->role = role_of(sk->sk_state);
	rec->flags = TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE;
	if (sk->sk_state == TCP_ESTABLISHED)
		rec->cc = tcpdiag_cc_index(sk);
	tcpdiag_enter(shard, rec, sk->sk_state, tcpdiag_conn_entered_ns(sk));
	tcpdiag_age_put_first(rec);
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
