// SPDX-License-Identifier: GPL-2.0
/*
 * Records of full sockets: makes them at the first event, moves them from stay
 * to stay, and ends them with the socket. Children are in children.c, sockets
 * older than the module in adopt.c, sockets kept open in CLOSE in closed.c.
 *
 * Events of one socket come one at a time (the socket is locked, or nobody
 * else knows it yet), so a change of state within a connection's life writes
 * the record without a lock and does not touch the lists. Births, ends and
 * unusual events take the shard's lock. `current` is used only in a task that
 * connects, listens or closes.
 */
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/inet_sock.h>

#include "account/attempts.h"
#include "account/congestion.h"
#include "account/flows.h"
#include "account/ports.h"
#include "account/shards.h"
#include "account/stays.h"
#include "compat.h"
#include "conn/conn.h"
#include "conn/parts.h"
#include "conn/reset.h"
#include "conn/tell.h"
#include "model/owner.h"
#include "store/write.h"

static noinline void own_for_kernel(struct tcpdiag_record *rec)
{
	strscpy_pad(rec->comm, TCPDIAG_KERNEL_COMM, sizeof(rec->comm));
}

/*
 * The task that runs now becomes the owner; process context only. A worker of
 * io_uring is a thread of its process. A kernel thread works for anybody, so its
 * name says nothing.
 */
static __always_inline void own(struct tcpdiag_record *rec)
{
	struct task_struct *leader = current->group_leader;

	if (unlikely(current->flags & PF_KTHREAD)) {
		own_for_kernel(rec);
		return;
	}
	/* a name may change while it is read, but its last byte is always 0 */
	memcpy(rec->comm, leader->comm, sizeof(rec->comm));
	rec->pid = get_pid(task_tgid(current));
}

static void disown(struct tcpdiag_record *rec)
{
	put_pid(rec->pid);
	rec->pid = NULL;
	memset(rec->comm, 0, sizeof(rec->comm));
}

static u8 bound_of(const struct sock *sk)
{
	if (likely(!inet_sk(sk)->inet_num))
		return TCPDIAG_BOUND_NOT;
	return sk->sk_userlocks & SOCK_BINDPORT_LOCK ? TCPDIAG_BOUND_CHOSEN :
						       TCPDIAG_BOUND_ANY;
}

/*
 * Set role and owner of a socket that a program brings into @new. Only before
 * connect() looks for a port can it be seen whether the socket has one already.
 */
static __always_inline void begin_active_life(struct tcpdiag_record *rec,
					      const struct sock *sk,
					      unsigned int new)
{
	tcpdiag_begin_life(rec);
	rec->role = tcpdiag_role_of(new);
	if (new == TCP_SYN_SENT) {
		rec->in.bound = bound_of(sk);
		rec->in.sent = tcp_sk(sk)->segs_out;
		rec->in.sport = inet_sk(sk)->inet_sport;
	}
	if (likely(rec->role != TCPDIAG_ROLE_UNKNOWN && in_task()))
		own(rec);
}

/* States that a socket enters only on a segment of the peer. */
#define BY_SEGMENT	(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT2 | \
			 TCPF_CLOSING)

/*
 * When the event happened. TCP stamps segments and timers when it begins to
 * process them. That stamp is used where it is fresh, because reading the clock
 * again would cost a third of the event. It is not fresh when a handshake ends
 * by an ICMP error or a child is dropped before it saw a segment, nor when
 * TCP_REPAIR makes a socket ESTABLISHED: then it is older than the record.
 */
static inline u64 event_time(const struct tcpdiag_record *rec,
			     const struct sock *sk, unsigned int old,
			     unsigned int new)
{
	u64 stamp = tcp_sk(sk)->tcp_clock_cache;

	/* in LAST_ACK with everything acknowledged: an ACK ended it */
	if (old == TCP_LAST_ACK &&
	    likely(tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq))
		return stamp;
	if (BIT(new) & BY_SEGMENT && likely(stamp >= rec->entered))
		return stamp;
	if (in_serving_softirq() && old != TCP_SYN_SENT && old != TCP_SYN_RECV)
		return stamp;
	return ktime_get_ns();
}

/* A program brings a socket without a record into @new. */
static __always_inline void begin(struct sock *sk, unsigned int old,
				  unsigned int new)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (unlikely(!shard))
		return;
	tcpdiag_shard_count_move(shard, old, new);
	rec = tcpdiag_record_new(shard, new == TCP_LISTEN, 0);
	if (likely(rec)) {
		begin_active_life(rec, sk, new);
		if (unlikely(new == TCP_ESTABLISHED))
			tcpdiag_cc_begin(shard, rec, sk);
		tcpdiag_begin(shard, rec, sk, new, ktime_get_ns());
	}
	tcpdiag_shard_close(shard, irqflags);
}

static noinline void birth(struct sock *sk, unsigned int new)
{
	begin(sk, TCP_CLOSE, new);
}

/* The same for connect(), the most frequent case. */
static noinline void connect_birth(struct sock *sk)
{
	begin(sk, TCP_CLOSE, TCP_SYN_SENT);
}

/* The distribution that a stay in @old is counted in. */
static inline unsigned int tally_of(unsigned int old, unsigned int new)
{
	return old == TCP_SYN_SENT && new != TCP_ESTABLISHED ?
	       TCPDIAG_TALLY_FAILED : old;
}

/* An event into CLOSE, out of it, or out of the state a socket was found in. */
static void odd_event(struct tcpdiag_record *rec, struct sock *sk,
		      unsigned int old, unsigned int new)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned int was = rec->state;
	u64 now;

	lockdep_assert_held(&shard->lock);
	if (unlikely(rec->flags & TCPDIAG_F_HANDED_OFF && new == TCP_CLOSE)) {
		/* its minisocket continues in its place */
		rec->flags &= ~TCPDIAG_F_HANDED_OFF;
		return;
	}
	now = event_time(rec, sk, old, new);
	if (unlikely(was != old))
		atomic64_inc(&shard->mismatched);
	tcpdiag_shard_count_move(shard, old, new);
	if (new == TCP_CLOSE) {
		tcpdiag_flows_end(shard, rec, sk, now);
		tcpdiag_cc_end(shard, rec, sk, now);
		tcpdiag_closed_begin(rec, sk, old, now);
	} else if (new == TCP_ESTABLISHED) {
		tcpdiag_cc_begin(shard, rec, sk);
	}
	rec->spent_ns[was - 1] += tcpdiag_end_stay_as(shard, rec, now,
						  tally_of(was, new));
	if (was == TCP_CLOSE && new != TCP_CLOSE) {
		kfree(rec->past);
		rec->past = NULL;
	}
	if (old == TCP_CLOSE) {
		/* open in CLOSE until now, it connects or listens again */
		disown(rec);
		rec->flags &= TCPDIAG_F_EXEMPT;
		begin_active_life(rec, sk, new);
	}
	if (new == TCP_ESTABLISHED && !rec->clock &&
	    tcpdiag_flow_has_counted(sk))
		tcpdiag_flows_begin_late(rec, sk, 0);
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

/* No program has the socket open: after CLOSE the kernel destroys it. */
static __always_inline bool is_last_event(const struct tcpdiag_record *rec,
					  const struct sock *sk,
					  unsigned int old)
{
	return likely(rec->state == old && sock_flag(sk, SOCK_DEAD) &&
		      !(rec->flags & TCPDIAG_F_HANDED_OFF));
}

/* End a connection in state @old; the record is in that state too. */
static __always_inline void end_connection(struct tcpdiag_record *rec,
					   struct sock *sk,
					   unsigned long bucket,
					   unsigned int old)
{
	u64 now = event_time(rec, sk, old, TCP_CLOSE);
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_flows_end(shard, rec, sk, now);
	tcpdiag_cc_end(shard, rec, sk, now);
	tcpdiag_shard_count_move(shard, old, TCP_CLOSE);
	tcpdiag_ports_end(shard, rec, now);
	tcpdiag_end_stay_in(shard, rec, old, now);
	tcpdiag_record_end_in(shard, rec, bucket);
	tcpdiag_shard_close(shard, irqflags);
}

static noinline void last_event(struct tcpdiag_record *rec, struct sock *sk,
				unsigned int old)
{
	if (!tcpdiag_is_ending(rec))
		tcpdiag_reset_remember(rec, sk, old);
	end_connection(rec, sk, tcpdiag_bucket_of(sk), old);
}

/*
 * The task that closes first becomes the owner if no other is known: readers
 * want the owner of a TIME_WAIT. Kernel threads close sockets of others, so
 * they do not become owners; nor does who closes a socket of the kernel, nor a
 * program that writes a segment to a tun device, which has not locked the socket.
 */
static void own_on_close(struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;

	if (in_task() && !(current->flags & PF_KTHREAD) && !*rec->comm &&
	    sock_owned_by_user_nocheck(sk))
		own(rec);
}

/* Count a stay that is longer than usual, or is on a list of long stays. */
static noinline void tell_long_stay(struct tcpdiag_record *rec,
				    struct tcpdiag_tally *tally,
				    unsigned int old, u64 us)
{
	tcpdiag_tally_add(tally, us);
	if (old == TCP_CLOSE_WAIT)
		tcpdiag_stays_ended(rec, us);
	if (READ_ONCE(rec->ordered))
		tcpdiag_age_rejuvenate(rec);
}

/*
 * From one state of a connection's life to another, without lock and lists. The
 * unusual case is a call at the end, so that the usual one needs no stack.
 */
static __always_inline void change_state(struct tcpdiag_record *rec,
					 unsigned long old, unsigned long new,
					 u64 now, bool owns)
{
	struct tcpdiag_shard *shard = rec->shard;
	struct tcpdiag_tally *tally = shard->tally[old];
	u64 ns = tcpdiag_stay_ns(rec, now);
	u64 us;

	tcpdiag_change_begin(rec);
	WRITE_ONCE(rec->entered, now);
	rec->spent_ns[old - 1] += ns;
	if (owns)
		own_on_close(rec);
	tcpdiag_change_end(rec, new);
	/* a full barrier; pairs with the one in sort_one() */
	tcpdiag_shard_count_move(shard, old, new);
	us = div_u64(ns, NSEC_PER_USEC);
	/* one byte; if false is read wrongly, sort_one() sees the new stay */
	if (unlikely(data_race(rec->ordered) ||
		     !tcpdiag_tally_is_usual(tally, us)))
		tell_long_stay(rec, tally, old, us);
	else
		tcpdiag_tally_add_usual(tally, us);
}

/* connect() needed more than one SYN. */
static void connected_late(struct tcpdiag_record *rec, const struct sock *sk,
			   u64 now)
{
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_ports_late(shard, rec, tcp_sk(sk)->total_retrans, now);
	tcpdiag_shard_close(shard, irqflags);
}

/* The socket has had another connection before, or has sent data with its SYN. */
static void connected_again(struct tcpdiag_record *rec, const struct sock *sk)
{
	struct tcpdiag_shard *shard;
	unsigned long irqflags;

	if (unlikely(!tcpdiag_shard_open_found(rec, sk, &irqflags)))
		return;
	shard = rec->shard;
	tcpdiag_flows_begin_late(rec, sk, 0);
	tcpdiag_shard_close(shard, irqflags);
}

/* The next state of a handshake, or its end in ESTABLISHED. */
static noinline void shake_hands(struct tcpdiag_record *rec, struct sock *sk,
				 unsigned int old, unsigned int new)
{
	if (unlikely(new != TCP_ESTABLISHED)) {
		locked_event(rec, sk, old, new);
		return;
	}
	tcpdiag_cc_begin(rec->shard, rec, sk);
	if (unlikely(tcpdiag_flow_has_counted(sk)))
		connected_again(rec, sk);
	if (old == TCP_SYN_SENT && tcp_sk(sk)->total_retrans)
		connected_late(rec, sk, event_time(rec, sk, old, new));
	if (unlikely(old == TCP_SYN_RECV && rec->role == TCPDIAG_ROLE_PASSIVE))
		tcpdiag_children_opened_fast(sk, rec);
	change_state(rec, old, new, event_time(rec, sk, old, new), false);
}

/*
 * A handshake ends in CLOSE. In SYN_RECV it is an attempt to connect only if
 * both sides opened at once. True if the event is handled: a failed stay in
 * SYN_SENT is counted in a distribution of its own.
 */
static noinline bool handshake_failed(struct tcpdiag_record *rec,
				      struct sock *sk, unsigned int old)
{
	if (old == TCP_SYN_SENT || (rec && rec->role == TCPDIAG_ROLE_ACTIVE)) {
		struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));
		bool refused = tcpdiag_reset_refuses(sk);

		if (shard)
			tcpdiag_attempts_failed(shard, sk, rec, !refused);
	}
	if (!rec || old != TCP_SYN_SENT)
		return false;
	locked_event(rec, sk, old, TCP_CLOSE);
	return true;
}

/* This end closes first, and its owner is not known yet. */
static noinline void close_first(struct tcpdiag_record *rec, unsigned long old,
				 u64 now)
{
	change_state(rec, old, TCP_FIN_WAIT1, now, true);
}

static __always_inline void close_at(struct tcpdiag_record *rec,
				     unsigned long old, unsigned long new,
				     u64 now)
{
	if (new == TCP_FIN_WAIT1 && unlikely(!rec->pid))
		close_first(rec, old, now);
	else
		change_state(rec, old, new, now, false);
}

/* An event into CLOSE. */
static void close_event(struct sock *sk, unsigned int old)
{
	struct tcpdiag_record *rec;

	if (tcpdiag_minisock_was_replaced(sk))
		return;
	rec = tcpdiag_find(sk);
	if (unlikely(BIT(old) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) &&
	    handshake_failed(rec, sk, old))
		return;
	if (unlikely(!rec)) {
		if (old == TCP_SYN_RECV)
			tcpdiag_children_forget(sk);
		tcpdiag_adopt_stranger(sk, old, TCP_CLOSE);
	} else if (is_last_event(rec, sk, old)) {
		last_event(rec, sk, old);
	} else {
		locked_event(rec, sk, old, TCP_CLOSE);
	}
}

static noinline void event_without_record(struct sock *sk, unsigned int old,
					  unsigned int new)
{
	if (old == TCP_CLOSE) {
		birth(sk, new);
	} else if (old == TCP_SYN_RECV && new == TCP_ESTABLISHED &&
		   !tcpdiag_walking()) {
		tcpdiag_children_established(sk);
	} else {
		if (old == TCP_SYN_RECV)
			tcpdiag_children_forget(sk);
		tcpdiag_adopt_stranger(sk, old, new);
	}
}

/*
 * Whether the event of a socket in @old only changes the state of its record.
 * Pairs with tcpdiag_shards_kill(): after that the record may be freed.
 */
static __always_inline bool is_plain(const struct tcpdiag_record *rec,
				     unsigned int old)
{
	/* one byte; the shard is freed a grace period after it is set */
	return likely(!data_race(rec->shard->dead) && rec->state == old &&
		      !(rec->flags & TCPDIAG_F_EST_STAY));
}

/* The usual case: is_plain(), and the record is the first of its chain. */
static __always_inline bool find_plain(const struct sock *sk, unsigned int old,
				       struct tcpdiag_record **rec)
{
	return tcpdiag_find_first(sk, tcpdiag_bucket_of(sk), rec) &&
	       is_plain(*rec, old);
}

/* The record of a full socket changes by a segment of the peer. */
static __always_inline void peer_changes(struct tcpdiag_record *rec,
					 const struct sock *sk,
					 unsigned long old, unsigned long new)
{
	if (new == TCP_CLOSE_WAIT)
		WRITE_ONCE(rec->idle_ns,
			   tcpdiag_reset_note_idle(tcpdiag_reset_silent_ns(sk),
						   tcpdiag_reset_got_last(sk)));
	change_state(rec, old, new, tcp_sk(sk)->tcp_clock_cache, false);
}

/* Any event that needs more than the fast paths below. */
static noinline void any_event(struct sock *sk, unsigned int old,
			       unsigned int new)
{
	struct tcpdiag_record *rec;

	/* the tracepoint also fires when the state stays the same */
	if (old == new)
		return;
	if (WARN_ON_ONCE(old < 1 || old >= TCPDIAG_STATES ||
			 new < 1 || new >= TCPDIAG_STATES))
		return;
	if (new == TCP_CLOSE) {
		close_event(sk, old);
		return;
	}
	if (old == TCP_CLOSE && likely(!atomic_read(&tcpdiag_nr_closed))) {
		birth(sk, new);
		return;
	}
	rec = tcpdiag_find(sk);
	if (!rec) {
		event_without_record(sk, old, new);
		return;
	}
	if (tcpdiag_is_ending(rec))
		return;
	if (unlikely(old == TCP_CLOSE || !is_plain(rec, old)))
		locked_event(rec, sk, old, new);
	else if (BIT(new) & (BY_SEGMENT & ~TCPF_ESTABLISHED))
		peer_changes(rec, sk, old, new);
	else if (BIT(new) & (TCPF_FIN_WAIT1 | TCPF_LAST_ACK))
		close_at(rec, old, new, ktime_get_ns());
	else
		shake_hands(rec, sk, old, new);
}

/* A segment of the peer brings a connection into its next state. */
static noinline void change_by_segment(struct sock *sk, unsigned int old,
				       unsigned int new)
{
	struct tcpdiag_record *rec;

	if (likely(find_plain(sk, old, &rec)))
		peer_changes(rec, sk, old, new);
	else
		any_event(sk, old, new);
}

/* A program closes or shuts down; TCP has no stamp for that. */
static noinline void change_by_program(struct sock *sk, unsigned int old,
				       unsigned int new)
{
	u64 now = ktime_get_ns();
	struct tcpdiag_record *rec;

	if (likely(find_plain(sk, old, &rec)))
		close_at(rec, old, new, now);
	else
		any_event(sk, old, new);
}

/* A connection that connect() began is established. */
static noinline void connected(struct sock *sk)
{
	u64 stamp = tcp_sk(sk)->tcp_clock_cache;
	struct tcpdiag_record *rec;

	if (unlikely(!find_plain(sk, TCP_SYN_SENT, &rec) ||
		     stamp < rec->entered || !tcpdiag_cc_is_first(sk) ||
		     tcp_sk(sk)->total_retrans ||
		     tcpdiag_flow_has_counted(sk))) {
		any_event(sk, TCP_SYN_SENT, TCP_ESTABLISHED);
		return;
	}
	tcpdiag_cc_begin_as(rec->shard, rec, 0);
	change_state(rec, TCP_SYN_SENT, TCP_ESTABLISHED, stamp, false);
}

/* The FIN of the side that closed last has been acknowledged. */
static noinline void last_ack(struct sock *sk)
{
	unsigned long bucket = tcpdiag_bucket_of(sk);
	struct tcpdiag_record *rec;

	if (likely(tcpdiag_find_first(sk, bucket, &rec) &&
		   is_last_event(rec, sk, TCP_LAST_ACK)))
		end_connection(rec, sk, bucket, TCP_LAST_ACK);
	else
		any_event(sk, TCP_LAST_ACK, TCP_CLOSE);
}

/* Each way ends in a tail call, so that this needs no frame on the stack. */
static __always_inline void account(struct sock *sk, unsigned int old,
				    unsigned int new)
{
	switch (TCPDIAG_MOVE(old, new)) {
	case TCPDIAG_MOVE(TCP_ESTABLISHED, TCP_CLOSE_WAIT):
	case TCPDIAG_MOVE(TCP_FIN_WAIT1, TCP_FIN_WAIT2):
	case TCPDIAG_MOVE(TCP_FIN_WAIT1, TCP_CLOSING):
		change_by_segment(sk, old, new);
		return;
	case TCPDIAG_MOVE(TCP_ESTABLISHED, TCP_FIN_WAIT1):
	case TCPDIAG_MOVE(TCP_CLOSE_WAIT, TCP_LAST_ACK):
		change_by_program(sk, old, new);
		return;
	case TCPDIAG_MOVE(TCP_LISTEN, TCP_SYN_RECV):
	case TCPDIAG_MOVE(TCP_CLOSE, TCP_SYN_RECV):
		tcpdiag_children_made(sk, old);
		return;
	case TCPDIAG_MOVE(TCP_SYN_RECV, TCP_ESTABLISHED):
		if (__this_cpu_read(tcpdiag_last_child.sk) != sk)
			break;
		tcpdiag_children_established(sk);
		return;
	case TCPDIAG_MOVE(TCP_CLOSE, TCP_SYN_SENT):
		if (unlikely(atomic_read(&tcpdiag_nr_closed)))
			break;
		connect_birth(sk);
		return;
	case TCPDIAG_MOVE(TCP_SYN_SENT, TCP_ESTABLISHED):
		connected(sk);
		return;
	case TCPDIAG_MOVE(TCP_FIN_WAIT2, TCP_CLOSE):
		if (!tcpdiag_minisock_was_replaced(sk))
			break;
		return;
	case TCPDIAG_MOVE(TCP_LAST_ACK, TCP_CLOSE):
		last_ack(sk);
		return;
	}
	any_event(sk, old, new);
}

/* With subscribers: apart, so that nothing is saved for it without them. */
static noinline void tell_and_account(struct sock *sk, unsigned int old,
				      unsigned int new)
{
	tcpdiag_tell_socket(sk, old, new);
	account(sk, old, new);
}

/**
 * tcpdiag_conn_event() - handle a change of state of a full TCP socket
 * @unused: data of the tracepoint
 * @csk: the socket; sk_state may still be the old one
 * @left: the state it leaves
 * @entered: the state it enters
 *
 * The tracepoint fires for MPTCP, SCTP and DCCP as well; these are ignored.
 *
 * Context: softirq or process, socket locked.
 */
void tcpdiag_conn_event(void *unused, const struct sock *csk, const int left,
			const int entered)
{
	TCPDIAG_PROBE_GUARD();
	struct sock *sk = (struct sock *)csk;

	if (unlikely(sk->sk_protocol != IPPROTO_TCP))
		return;
	if (tcpdiag_is_told())
		tell_and_account(sk, left, entered);
	else
		account(sk, left, entered);
}

/**
 * tcpdiag_conn_cc_changed() - count a connection for its new congestion control
 * @sk: the socket, locked
 *
 * For changes after the connection became established; without the call it
 * counts for the old algorithm.
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
