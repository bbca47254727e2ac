// SPDX-License-Identifier: GPL-2.0
/*
 * Minisockets: the stand-ins that the kernel keeps for TIME_WAIT, for an
 * orphaned FIN_WAIT2, and (NEW_SYN_RECV) for a handshake on the server.
 *
 * None of them has a state event. A timewait minisocket is seen when it takes
 * a full socket's place in the hash table, when it has handled a segment
 * (which is how FIN_WAIT2 becomes TIME_WAIT), and when it is freed. It takes
 * over the full socket's record, with its owner, or gets a new record if the
 * descriptor stays open. A minisocket without a record is counted as TIME_WAIT
 * for all its life, so that gauges do not drift; in FIN_WAIT2 it is without one
 * only if memory is short. A TIME_WAIT may lose its record to a socket of
 * another user (store/reclaim.c). Of requests only the beginning is hooked.
 */
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <net/inet_timewait_sock.h>

#include "account/congestion.h"
#include "account/flows.h"
#include "account/ports.h"
#include "account/shards.h"
#include "conn/conn.h"
#include "conn/parts.h"
#include "conn/reset.h"
#include "conn/tell.h"
#include "store/write.h"

/*
 * The full socket that a minisocket has just replaced on this CPU. Its change
 * to CLOSE follows in the same softirq and must not be counted.
 */
DEFINE_PER_CPU(const struct sock *, tcpdiag_minisock_replaced);

/* FIN_WAIT2 is exempt from the cap: without a record its end is not seen. */
static struct tcpdiag_record *new_record(struct tcpdiag_shard *shard,
					 unsigned int state)
{
	struct tcpdiag_record *rec;

	rec = tcpdiag_record_new(shard, state == TCP_FIN_WAIT2, TCPDIAG_F_MINI);
	if (!rec)
		return NULL;
	memset(rec->spent_ns, 0, sizeof(rec->spent_ns));
	rec->role = TCPDIAG_ROLE_UNKNOWN;
	shard->minis++;
	return rec;
}

/*
 * The change to CLOSE that follows must not count. In process context it may
 * come on another CPU, where it is counted; so it is subtracted here in
 * advance. The same is done during the walk, for sockets older than the module.
 */
static void foretell_close(struct tcpdiag_shard *shard, const struct sock *sk,
			   unsigned int old)
{
	if (likely(in_serving_softirq() && !tcpdiag_walking()))
		__this_cpu_write(tcpdiag_minisock_replaced, sk);
	else
		atomic64_dec(&shard->moves[TCPDIAG_MOVE(old, TCP_CLOSE)]);
}

/* End the record of a TIME_WAIT that is beyond the cap; it is on no list. */
static noinline void give_up(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec, u64 now)
{
	lockdep_assert_held(&shard->lock);
	shard->refused++;
	tcpdiag_ports_end(shard, rec, now);
	shard->minis--;
	tcpdiag_record_end(shard, rec);
}

/* No program has the full socket open: its record becomes the minisocket's. */
static __always_inline void take_over(struct tcpdiag_shard *shard,
				      struct tcpdiag_record *rec,
				      const struct sock *sk,
				      const struct inet_timewait_sock *tw,
				      unsigned long bucket, unsigned int old,
				      unsigned int to, u64 now)
{
	lockdep_assert_held(&shard->lock);
	tcpdiag_flows_end(shard, rec, sk, now);
	tcpdiag_cc_end(shard, rec, sk, now);
	tcpdiag_table_del(rec, bucket);
	rec->flags |= TCPDIAG_F_MINI;
	shard->minis++;
	if (old != to) {
		tcpdiag_end_stay_in(shard, rec, old, now);
		tcpdiag_shard_count_move(shard, old, to);
		tcpdiag_enter(shard, rec, to, now);
	}
	tcpdiag_table_add(rec, tw);
	if (to == TCP_TIME_WAIT && unlikely(rec->flags & TCPDIAG_F_EXEMPT)) {
		tcpdiag_leave(shard, rec, now);
		give_up(shard, rec, now);
	}
}

/* The full socket stays open, in CLOSE; the minisocket gets its own record. */
static void split(struct tcpdiag_shard *shard, struct tcpdiag_record *from,
		  const struct sock *sk, const struct inet_timewait_sock *tw,
		  unsigned int to, u64 now)
{
	struct tcpdiag_record *rec = new_record(shard, to);
	unsigned int old = from->state;
	u64 since = now;

	lockdep_assert_held(&shard->lock);
	if (!rec)
		to = TCP_TIME_WAIT;
	if (old == to) {
		since = from->entered;
		rec->flags |= from->flags & TCPDIAG_F_EST_STAY;
	} else {
		tcpdiag_shard_count_move(shard, old, to);
	}
	if (rec) {
		/* the minisocket takes over the port and its times */
		memcpy(rec->spent_ns, from->spent_ns, sizeof(rec->spent_ns));
		memset(&from->in, 0, sizeof(from->in));
		from->idle_ns = 0;
		rec->flags |= from->flags & TCPDIAG_F_EST_AGE;
		rec->role = from->role;
		rec->pid = get_pid(from->pid);
		memcpy(rec->comm, from->comm, sizeof(rec->comm));
		tcpdiag_begin(shard, rec, tw, to, since);
		if (old == to)
			tcpdiag_age_put_beside(rec, from);
	} else {
		tcpdiag_ports_end(shard, from, now);
	}
	tcpdiag_closed_leave_to_mini(from, sk, to, now);
}

/* The full socket has no record. */
static void begin_unknown(const struct sock *sk,
			  const struct inet_timewait_sock *tw, unsigned int to)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_lock(sock_net(sk));
	struct tcpdiag_record *rec;

	if (unlikely(!shard))
		return;
	rec = new_record(shard, to);
	if (!rec)
		to = TCP_TIME_WAIT;
	if (sk->sk_state != to)
		tcpdiag_shard_count_move(shard, sk->sk_state, to);
	foretell_close(shard, sk, sk->sk_state);
	if (rec)
		tcpdiag_begin(shard, rec, tw, to, ktime_get_ns());
	tcpdiag_unlock(&shard->lock);
}

/* The full socket's record is found and its shard locked. */
static void go_on(struct tcpdiag_record *rec, struct sock *sk,
		  const struct inet_timewait_sock *tw)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned int to = tw->tw_substate;
	u64 now;

	lockdep_assert_held(&shard->lock);
	if (unlikely(rec->state != sk->sk_state))
		atomic64_inc(&shard->mismatched);
	/* only a segment leads to TIME_WAIT; its stamp is fresh */
	now = to == TCP_TIME_WAIT ? tcp_sk(sk)->tcp_clock_cache :
				    ktime_get_ns();
	if (to == TCP_FIN_WAIT2)
		rec->idle_ns = tcpdiag_reset_idle_ns(rec, sk);
	/*
	 * During the walk, the event of the CLOSE would take a socket without
	 * a record for one older than the module, so the record stays.
	 */
	if (sock_flag(sk, SOCK_DEAD) && !tcpdiag_walking()) {
		unsigned int old = rec->state;

		take_over(shard, rec, sk, tw, tcpdiag_bucket_of(sk), old, to,
			  now);
		foretell_close(shard, sk, old);
	} else {
		split(shard, rec, sk, tw, to, now);
	}
}

static noinline void begin_unusual(struct inet_timewait_sock *tw,
				   struct sock *sk)
{
	struct tcpdiag_record *rec = tcpdiag_find_lock(sk);
	struct tcpdiag_shard *shard;

	if (unlikely(!rec)) {
		begin_unknown(sk, tw, tw->tw_substate);
		return;
	}
	shard = rec->shard;
	go_on(rec, sk, tw);
	tcpdiag_unlock(&shard->lock);
}

/* A segment brings an orphan from FIN_WAIT2 to TIME_WAIT. */
static bool is_usual(const struct inet_timewait_sock *tw, const struct sock *sk)
{
	return likely(tw->tw_substate == TCP_TIME_WAIT &&
		      sk->sk_state == TCP_FIN_WAIT2 &&
		      sock_flag(sk, SOCK_DEAD) && in_serving_softirq() &&
		      !tcpdiag_walking());
}

/**
 * tcpdiag_minisock_begin() - handle a minisocket that replaces a full socket
 * @tw: the minisocket, not yet in the hash table; tw_substate is its state
 * @sk: the full socket, locked; its change to CLOSE follows
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_minisock_begin(struct inet_timewait_sock *tw, struct sock *sk)
{
	unsigned long bucket = tcpdiag_bucket_of(sk);
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;

	if (tcpdiag_is_told())
		tcpdiag_tell_handoff(sk, tw);
	if (unlikely(!is_usual(tw, sk) ||
		     !tcpdiag_find_first(sk, bucket, &rec) ||
		     rec->state != TCP_FIN_WAIT2 ||
		     !tcpdiag_lock_found(rec, sk))) {
		begin_unusual(tw, sk);
		return;
	}
	shard = rec->shard;
	take_over(shard, rec, sk, tw, bucket, TCP_FIN_WAIT2, TCP_TIME_WAIT,
		  tcp_sk(sk)->tcp_clock_cache);
	/* as foretell_close() does */
	__this_cpu_write(tcpdiag_minisock_replaced, sk);
	tcpdiag_unlock(&shard->lock);
}

/*
 * Count the change from FIN_WAIT2 to TIME_WAIT, unless it was seen already.
 * False if that ended the record.
 */
static bool begin_time_wait(struct tcpdiag_record *rec, u64 now)
{
	struct tcpdiag_shard *shard = rec->shard;

	lockdep_assert_held(&shard->lock);
	if (rec->state != TCP_FIN_WAIT2)
		return true;
	tcpdiag_end_stay(shard, rec, now);
	tcpdiag_shard_count_move(shard, TCP_FIN_WAIT2, TCP_TIME_WAIT);
	if (unlikely(rec->flags & TCPDIAG_F_EXEMPT)) {
		/* the exemption was for FIN_WAIT2 */
		give_up(shard, rec, now);
		return false;
	}
	tcpdiag_enter(shard, rec, TCP_TIME_WAIT, now);
	return true;
}

/* A minisocket that has a record is in TIME_WAIT now. */
static void handled(struct inet_timewait_sock *tw, struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	if (tcpdiag_is_told() && rec->state == TCP_FIN_WAIT2)
		tcpdiag_tell_minisock(tw, rec, TCP_FIN_WAIT2, TCP_TIME_WAIT);
	begin_time_wait(rec, ktime_get_ns());
}

/**
 * tcpdiag_minisock_handled() - call when a FIN_WAIT2 minisocket has handled a
 *	segment
 * @tw: the minisocket; if it has been freed by now, nothing happens
 *
 * Context: softirq, preemption off.
 */
void tcpdiag_minisock_handled(struct inet_timewait_sock *tw)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	/* readable even if freed: minisockets are SLAB_TYPESAFE_BY_RCU */
	if (READ_ONCE(tw->tw_substate) != TCP_TIME_WAIT)
		return;
	/* pairs with smp_mb() in tcpdiag_minisock_adopt() */
	smp_mb();
	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(tw);
	if (rec) {
		shard = rec->shard;
		/* it is still this minisocket, not another at its address */
		if (READ_ONCE(tw->tw_substate) == TCP_TIME_WAIT)
			handled(tw, rec);
		tcpdiag_unlock(&shard->lock);
	}
	local_irq_restore(irqflags);
}

static void end_unknown(const struct inet_timewait_sock *tw)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_lock(twsk_net(tw));
	bool older = tcpdiag_walking();
	unsigned int state = older ? tw->tw_substate : TCP_TIME_WAIT;

	if (!shard)
		return;
	tcpdiag_shard_count_move(shard, state, TCP_CLOSE);
	if (older)
		shard->preexisting[state]++;
	tcpdiag_unlock(&shard->lock);
}

/* Exact to a tick if a tick is at most half a percent of the stay. */
static u64 end_time(const struct tcpdiag_record *rec)
{
	u64 coarse = tcpdiag_coarse_ns();

	if (likely(coarse > rec->entered + 200 * TICK_NSEC))
		return coarse;
	return ktime_get_ns();
}

/**
 * tcpdiag_minisock_end() - handle a timewait minisocket that is freed
 * @tw: the minisocket, without any reference left
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_minisock_end(struct inet_timewait_sock *tw)
{
	struct tcpdiag_record *rec = tcpdiag_find_lock(tw);
	struct tcpdiag_shard *shard;
	u64 now;

	if (tcpdiag_is_told())
		tcpdiag_tell_minisock(tw, rec, tw->tw_substate, TCP_CLOSE);
	if (unlikely(!rec)) {
		end_unknown(tw);
		return;
	}
	shard = rec->shard;
	now = end_time(rec);
	/* begin_time_wait(): in case the kretprobe missed the change */
	if (likely(tw->tw_substate != TCP_TIME_WAIT ||
		   begin_time_wait(rec, now))) {
		tcpdiag_shard_count_move(shard, rec->state, TCP_CLOSE);
		tcpdiag_ports_end(shard, rec, now);
		tcpdiag_end_stay(shard, rec, now);
		shard->minis--;
		tcpdiag_record_end(shard, rec);
	} else {
		tcpdiag_shard_count_move(shard, TCP_TIME_WAIT, TCP_CLOSE);
	}
	tcpdiag_unlock(&shard->lock);
}

/**
 * tcpdiag_minisock_entered_ns() - estimate when a minisocket entered its state
 * @tw: a timewait minisocket that is older than the module
 *
 * The timer of a TIME_WAIT shows its age, because it runs for TCP_TIMEWAIT_LEN
 * (60 s). The timer of a FIN_WAIT2 does not: TCP_LINGER2 may have set it.
 *
 * Context: any.
 * Return: an estimate in terms of ktime_get_ns(), never too early.
 */
u64 tcpdiag_minisock_entered_ns(const struct inet_timewait_sock *tw)
{
	long left = (long)(READ_ONCE(tw->tw_timer.expires) - jiffies);
	long age = TCP_TIMEWAIT_LEN - left;
	u64 now = ktime_get_ns();

	if (READ_ONCE(tw->tw_substate) == TCP_FIN_WAIT2 || age <= 0)
		return tcpdiag_phase_loaded_ns();
	return min(tcpdiag_phase_loaded_ns(),
		   now - min(now, jiffies64_to_nsecs(age)));
}

/**
 * tcpdiag_minisock_adopt() - make a record for a minisocket older than the
 *	module
 * @tw: a timewait minisocket in the hash table, its bucket locked
 *
 * Callers go from the shortest stay to the longest, as for tcpdiag_adopt().
 *
 * Context: process, in the walk, interrupts on.
 */
void tcpdiag_minisock_adopt(struct inet_timewait_sock *tw)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;
	unsigned int state;

	local_irq_disable();
	rec = tcpdiag_find_lock(tw);
	shard = rec ? rec->shard : tcpdiag_shard_lock(twsk_net(tw));
	if (rec || !shard)
		goto out;
	rec = new_record(shard, tw->tw_substate);
	state = rec ? READ_ONCE(tw->tw_substate) : TCP_TIME_WAIT;
	shard->preexisting[state]++;
	if (!rec)
		goto out;
	rec->flags |= TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE;
	tcpdiag_begin(shard, rec, tw, state, tcpdiag_minisock_entered_ns(tw));
	tcpdiag_age_put_first(rec);
	tcpdiag_ports_meet(shard, rec, state);
	/*
	 * FIN_WAIT2 may become TIME_WAIT meanwhile. Either
	 * tcpdiag_minisock_handled() finds the record, or we find the new
	 * sub-state here.
	 */
	smp_mb();
	if (READ_ONCE(tw->tw_substate) == TCP_TIME_WAIT)
		begin_time_wait(rec, ktime_get_ns());
out:
	if (shard)
		tcpdiag_unlock(&shard->lock);
	local_irq_enable();
}

/**
 * tcpdiag_minisock_request() - count a request that a listener queues
 * @listener: the listening socket
 * @req: the request, which nobody else knows yet
 *
 * Context: softirq, preemption off.
 */
void tcpdiag_minisock_request(struct sock *listener, struct request_sock *req)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(listener));

	if (likely(shard))
		tcpdiag_shard_count_move(shard, TCP_LISTEN, TCP_NEW_SYN_RECV);
	if (tcpdiag_is_told())
		tcpdiag_tell_request(listener, req);
}

/* Free records of TIME_WAITs that began before @before, the oldest first. */
static unsigned int free_time_waits(struct tcpdiag_shard *shard,
				    unsigned int max, u64 before)
{
	struct list_head *list = &shard->ordered[TCP_TIME_WAIT];
	struct tcpdiag_record *rec, *next;
	unsigned int n = 0;

	lockdep_assert_held(&shard->lock);
	list_for_each_entry_safe(rec, next, list, age) {
		if (n == max || tcpdiag_phase_is_deaf())
			break;
		/* the mark of a walk; there are hardly more marks than CPUs */
		if (!rec->key)
			continue;
		if (rec->entered >= before)
			break;
		tcpdiag_ports_end(shard, rec, rec->entered);
		tcpdiag_leave(shard, rec, rec->entered);
		shard->minis--;
		tcpdiag_record_clear(rec, tcpdiag_bucket_of(rec->key));
		tcpdiag_table_release(shard, rec);
		n++;
	}
	shard->taken += n;
	return n;
}

/**
 * tcpdiag_minisock_free() - free records for another user
 * @shard: the shard, not locked
 * @max: at most so many
 * @before: only those of TIME_WAITs that began before, ktime_get_ns(); and
 *	spare ones, first
 * @taken: raised by the TIME_WAITs that lost theirs
 *
 * The minisocket goes on without a record: its transition into TIME_WAIT is
 * counted, and its end will be (end_unknown()). The length of its stay is not.
 *
 * Context: process, not during the walk.
 * Return: how many were freed.
 */
unsigned int tcpdiag_minisock_free(struct tcpdiag_shard *shard,
				   unsigned int max, u64 before, u64 *taken)
{
	unsigned int n, waits;

	if (!READ_ONCE(shard->spares) &&
	    list_empty(&shard->ordered[TCP_TIME_WAIT]))
		return 0;
	raw_spin_lock_irq(&shard->lock);
	n = tcpdiag_table_release_spares(shard, max);
	waits = free_time_waits(shard, max - n, before);
	raw_spin_unlock_irq(&shard->lock);
	*taken += waits;
	return n + waits;
}
