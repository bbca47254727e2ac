// SPDX-License-Identifier: GPL-2.0
/*
 * Records of full sockets: made at the first event (those of children in
 * children.c, of older sockets in adopt.c), moved from stay to stay, ended when
 * the kernel destroys the socket.
 *
 * Events of one socket come one at a time (the socket is locked, or nobody
 * else knows it yet), so a change of state within a connection's life writes
 * the record without a lock and leaves the lists alone. Births, ends and
 * whatever is out of the ordinary take the shard's lock. Nothing is taken from
 * `current` but in a task that connects, listens or closes.
 */
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/inet_sock.h>

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

/* The role and the owner of a socket that a program brings into @new. */
static __always_inline void begin_active_life(struct tcpdiag_record *rec,
					      unsigned int new)
{
	tcpdiag_begin_life(rec);
	rec->role = tcpdiag_role_of(new);
	if (likely(rec->role != TCPDIAG_ROLE_UNKNOWN && in_task()))
		own(rec);
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

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (unlikely(!shard))
		return;
	tcpdiag_move(shard, old, new);
	/* refused during the walk, it would be taken for an older one */
	must = new == TCP_LISTEN || tcpdiag_walking();
	rec = tcpdiag_record_new(shard, sk, must);
	if (likely(rec)) {
		begin_active_life(rec, new);
		if (unlikely(new == TCP_ESTABLISHED))
			tcpdiag_cc_begin(shard, rec, sk);
		tcpdiag_begin(shard, rec, new, ktime_get_ns());
	}
	tcpdiag_shard_close(shard, irqflags);
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
	if (new == TCP_CLOSE) {
		tcpdiag_cc_end(shard, rec, sk, now);
		keep_addr(rec, sk);
	} else if (new == TCP_ESTABLISHED) {
		tcpdiag_cc_begin(shard, rec, sk);
	}
	rec->spent_ns[was - 1] += tcpdiag_stay(shard, rec, now);
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

	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	odd_event(rec, sk, old, new);
	tcpdiag_shard_close(shard, irqflags);
}

/*
 * From @old, where the record is too, into CLOSE, while nobody holds the
 * socket: the kernel destroys it next.
 */
static noinline void last_event(struct tcpdiag_record *rec, struct sock *sk,
				unsigned int old)
{
	u64 now = event_time(rec, sk, old, TCP_CLOSE);
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_cc_end(shard, rec, sk, now);
	tcpdiag_move(shard, old, TCP_CLOSE);
	tcpdiag_stay_alive(shard, rec, old, now);
	tcpdiag_end(shard, rec);
	tcpdiag_shard_close(shard, irqflags);
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

	tcpdiag_change_begin(rec);
	WRITE_ONCE(rec->entered, now);
	rec->spent_ns[old - 1] += ns;
	if (unlikely(closes_first && !rec->pid))
		own_on_close(rec);
	tcpdiag_change_end(rec, new);
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
	if (new == TCP_ESTABLISHED)
		tcpdiag_cc_begin(rec->shard, rec, sk);
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
			tcpdiag_children_forget(sk);
		tcpdiag_adopt_stranger(sk, old, TCP_CLOSE);
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
		tcpdiag_children_established(sk);
	} else {
		if (old == TCP_SYN_RECV)
			tcpdiag_children_forget(sk);
		tcpdiag_adopt_stranger(sk, old, new);
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
		tcpdiag_children_made(sk, old);
		return;
	}
	if (old == TCP_CLOSE && likely(!atomic_read(&tcpdiag_closed))) {
		birth(sk, old, new);
		return;
	}
	if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED &&
	    __this_cpu_read(tcpdiag_last_child.sk) == sk) {
		tcpdiag_children_established(sk);
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

	/* a process may come here preemptible */
	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		shard = rec->shard;
		if (rec->cc)
			tcpdiag_congestion_recount(shard, rec, sk);
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
	tcpdiag_cc_end(shard, rec, sk, now);
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
	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_leave(shard, rec, 0);
	tcpdiag_end(shard, rec);
	tcpdiag_shard_close(shard, irqflags);
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
