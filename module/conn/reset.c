// SPDX-License-Identifier: GPL-2.0
/*
 * RST segments: finds out whose connection they end and why, and counts them.
 *
 * The kernel often sends a RST after it has brought the socket to CLOSE. If a
 * program has the socket open, its record says what it was before. If not, the
 * record has ended with the CLOSE, so each CPU remembers the last one for the RST
 * that may follow. From that CLOSE to the RST softirqs are off, unless the segment
 * had waited for a task that had the socket locked: then another connection may
 * end in between, or the task may move to another CPU. Such a RST, which is rare,
 * is one of a connection of which nothing is known.
 *
 * The tracepoint of received RSTs also fires when a socket in FIN_WAIT1 or
 * FIN_WAIT2 gets data that nobody will read. A RST is sent then, and none was
 * received: what was counted is taken back.
 */
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/pid.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <net/inet_timewait_sock.h>
#include <net/mptcp.h>
#include <net/tcp.h>

#include "account/reset_table.h"
#include "account/resets.h"
#include "account/shards.h"
#include "conn/reset.h"
#include "conn/tell.h"
#include "store/addr.h"
#include "store/record.h"

/* Index of the loopback device in each namespace. */
#define LOOPBACK	1
/* The peer closed first. */
#define PEER_CLOSED	(TCPF_CLOSE_WAIT | TCPF_LAST_ACK)

/**
 * struct life - what is known of the connection that a RST ends
 * @sk: the full socket; only compared
 * @net: its namespace; only compared
 * @write_seq: where it would have written next, which its end does not change; with
 *	@sk and @net it tells it from another one that gets its memory
 * @known: there is a record, and the rest is set
 * @state: the state before the RST
 * @active: this end made the connection
 * @port: if not, the port that it was accepted on
 * @pid: its program, with a reference; or NULL
 * @comm: its name, or empty
 * @closed_ns: when one side closed first, ktime_get_ns(); 0 if not known
 * @has_idle: @idle_ns is known
 * @idle_ns: how long nothing was sent or received until then
 * @waited: the side that closed first had sent last: it waited for an answer
 */
struct life {
	const struct sock *sk;
	const struct net *net;
	u32 write_seq;
	bool known;
	u8 state;
	bool active;
	u16 port;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	u64 closed_ns;
	bool has_idle;
	u64 idle_ns;
	bool waited;
};

/**
 * struct lately - what a CPU remembers for the RST that may follow
 * @life: the last connection whose record ended in CLOSE
 * @received: the last RST that was perhaps received
 * @by: the socket it ended; only compared
 * @by_stamp: the clock of @by then: the socket answers the same segment, while
 *	another one that gets its memory has a later clock
 * @connecting: the last socket in SYN_SENT that a RST came to; only compared
 */
struct lately {
	struct life life;
	struct tcpdiag_reset_event received;
	const struct sock *by;
	u64 by_stamp;
	const struct sock *connecting;
};

static DEFINE_PER_CPU(struct lately, lately);

/*
 * When one side closed first: @state began at @entered. Stays that are estimates
 * tell nothing.
 */
static u64 closed_first(const struct tcpdiag_record *rec, unsigned int state,
			u64 entered)
{
	if (rec->flags & TCPDIAG_F_EST_STAY)
		return 0;
	switch (state) {
	case TCP_FIN_WAIT1:
	case TCP_CLOSE_WAIT:
		return entered;
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		return entered - rec->spent_ns[TCP_FIN_WAIT1 - 1];
	case TCP_LAST_ACK:
		return entered - rec->spent_ns[TCP_CLOSE_WAIT - 1];
	default:
		return 0;
	}
}

/*
 * If the peer closed first, what was sent since hides how long nothing had been
 * sent before: then only the record says so.
 */
static void read_idle(struct life *life, const struct sock *sk)
{
	u64 now, since = 0, silent;

	if (!(BIT(life->state) & TCPDIAG_CONNECTED & ~PEER_CLOSED))
		return;
	if (life->closed_ns) {
		now = ktime_get_ns();
		since = now - min(now, life->closed_ns);
	}
	silent = tcpdiag_reset_silent_ns(sk);
	life->has_idle = true;
	life->idle_ns = silent - min(silent, since);
	life->waited = life->closed_ns && tcpdiag_reset_sent_last(sk);
}

/* What a record has kept of the time before one side closed. */
static void read_noted(struct life *life, const struct tcpdiag_record *rec)
{
	life->has_idle = rec->idle_ns;
	life->idle_ns = rec->idle_ns & ~TCPDIAG_RESET_WAITED;
	life->waited = rec->idle_ns & TCPDIAG_RESET_WAITED;
}

/* @rec is in @state, or was before it went to CLOSE. */
static void read_life(struct life *life, const struct tcpdiag_record *rec,
		      unsigned int state)
{
	u64 entered = rec->entered;

	if (rec->state == TCP_CLOSE)
		entered -= rec->spent_ns[state - 1];
	life->known = true;
	life->state = state;
	life->active = rec->role == TCPDIAG_ROLE_ACTIVE;
	life->port = rec->listener_port;
	life->pid = get_pid(rec->pid);
	memcpy(life->comm, rec->comm, sizeof(life->comm));
	life->closed_ns = closed_first(rec, state, entered);
	if (BIT(state) & PEER_CLOSED && life->closed_ns)
		read_noted(life, rec);
}

/**
 * tcpdiag_reset_idle_ns() - how long nothing was sent or received before this
 *	end closed
 * @rec: the record, in FIN_WAIT1 or FIN_WAIT2
 * @sk: its full socket, locked
 *
 * Context: softirq or process.
 * Return: nanoseconds, as tcpdiag_record.idle_ns has them; 0 if not known.
 */
u64 tcpdiag_reset_idle_ns(const struct tcpdiag_record *rec,
			  const struct sock *sk)
{
	struct life life = {
		.state = rec->state,
		.closed_ns = closed_first(rec, rec->state, rec->entered),
	};

	if (!life.closed_ns)
		return 0;
	read_idle(&life, sk);
	return tcpdiag_reset_note_idle(life.idle_ns, life.waited);
}

/**
 * tcpdiag_reset_remember() - keep what is known of a connection whose record
 *	ends in CLOSE, for the RST that may follow
 * @rec: the record, still in its last state
 * @sk: its full socket, locked
 * @state: that state
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_reset_remember(const struct tcpdiag_record *rec,
			    const struct sock *sk, unsigned int state)
{
	struct life life = {
		.sk = sk,
		.net = sock_net(sk),
		.write_seq = tcp_sk(sk)->write_seq,
	};
	unsigned long irqflags;

	/* both sides have got each other's end: nothing is left to reset */
	if (likely(state == TCP_LAST_ACK &&
		   tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq))
		return;
	read_life(&life, rec, state);
	read_idle(&life, sk);
	local_irq_save(irqflags);
	swap(life, this_cpu_ptr(&lately)->life);
	local_irq_restore(irqflags);
	put_pid(life.pid);
}

/**
 * tcpdiag_reset_forget() - forget what CPUs remember
 *
 * Context: process; no hook runs any more.
 */
void tcpdiag_reset_forget(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct life *life = &per_cpu_ptr(&lately, cpu)->life;

		put_pid(life->pid);
		memset(life, 0, sizeof(*life));
	}
}

/* From the record, if there is one in the state of the socket. */
static void find_life(struct life *life, const void *key, unsigned int state)
{
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(key);
	if (rec) {
		if (rec->state == state)
			read_life(life, rec, state == TCP_CLOSE ?
					     rec->closed_from : state);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
}

static void recall_life(struct life *life, const struct sock *sk)
{
	const struct life *last;
	unsigned long irqflags;

	local_irq_save(irqflags);
	last = &this_cpu_ptr(&lately)->life;
	if (last->sk == sk && last->net == sock_net(sk) &&
	    last->write_seq == tcp_sk(sk)->write_seq) {
		*life = *last;
		get_pid(life->pid);
	}
	local_irq_restore(irqflags);
}

/* The life of a full socket, which is locked. */
static void life_of(struct life *life, const struct sock *sk)
{
	life->state = sk->sk_state;
	find_life(life, sk, sk->sk_state);
	if (life->known)
		read_idle(life, sk);
	else if (sk->sk_state == TCP_CLOSE)
		recall_life(life, sk);
}

/* The life of a minisocket. How long it was idle was seen at its beginning. */
static void life_of_mini(struct life *life, const struct inet_timewait_sock *tw)
{
	const struct tcpdiag_record *rec;
	unsigned long irqflags;

	life->state = READ_ONCE(tw->tw_substate);
	find_life(life, tw, life->state);
	if (!life->known || life->state != TCP_FIN_WAIT2)
		return;
	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(tw);
	if (rec) {
		read_noted(life, rec);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
}

/* The task that closes is the program, if no other is known. */
static void ask_current(struct life *life)
{
	/* a program may have an empty name */
	if (life->pid || *life->comm || !in_task() || current->flags & PF_KTHREAD)
		return;
	life->pid = get_pid(task_tgid(current));
	memcpy(life->comm, current->group_leader->comm, sizeof(life->comm));
}

static void begin_event(struct tcpdiag_reset_event *e, const struct life *life)
{
	u64 now = ktime_get_ns();

	e->state = life->state;
	e->active = life->active;
	e->port = life->port;
	e->pid = life->pid;
	memcpy(e->comm, life->comm, sizeof(e->comm));
	e->has_idle = life->has_idle;
	e->idle_ns = life->idle_ns;
	e->has_gap = life->closed_ns;
	e->gap_ns = now - min(now, life->closed_ns);
}

/* The other end; the port is ours unless we connected. */
static void read_ends(struct tcpdiag_reset_event *e, const struct sock *sk)
{
	const struct dst_entry *dst = rcu_dereference_raw(sk->sk_dst_cache);
	struct tcpdiag_addr addr;

	tcpdiag_addr_read(sk, &addr);
	e->v6 = sk->sk_family == AF_INET6;
	e->peer = addr.remote;
	e->own = addr.local;
	if (e->active)
		e->port = addr.rport;
	else if (!e->port)
		e->port = addr.lport;
	e->local = dst && dst->dev->flags & IFF_LOOPBACK;
}

static void read_mini_ends(struct tcpdiag_reset_event *e,
			   const struct inet_timewait_sock *tw)
{
	e->v6 = tw->tw_family == AF_INET6;
#if IS_ENABLED(CONFIG_IPV6)
	if (e->v6)
		e->peer = tw->tw_v6_daddr;
#endif
	if (!e->v6)
		e->peer.s6_addr32[0] = tw->tw_daddr;
	if (e->active)
		e->port = ntohs(tw->tw_dport);
	else if (!e->port)
		e->port = tw->tw_num;
}

/* Data that the peer has not acknowledged; our FIN is none, nor is a good-bye. */
static u32 lost_bytes(const struct sock *sk, unsigned int state)
{
	u32 n = tcp_sk(sk)->write_seq - tcp_sk(sk)->snd_una;

	if (!(BIT(state) & TCPDIAG_CONNECTED))
		return 0;
	if (BIT(state) & (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK))
		n -= min(n, 1U);
	return tcpdiag_reset_is_goodbye(n) ? 0 : n;
}

static bool has_unread(const struct sock *sk)
{
	u32 n = tcp_sk(sk)->rcv_nxt - tcp_sk(sk)->copied_seq;

	/* the peer's FIN */
	if (n && sock_flag(sk, SOCK_DONE))
		n--;
	return n;
}

/* As the kernel's tcp_out_of_memory(). */
static bool has_no_memory(const struct sock *sk)
{
	return sk->sk_wmem_queued > SOCK_MIN_SNDBUF &&
	       atomic_long_read(sk->sk_prot->memory_allocated) >
	       READ_ONCE(sk->sk_prot->sysctl_mem[2]);
}

static void read_socket(struct tcpdiag_reset_sent *s, const struct sock *sk)
{
	s->dead = sock_flag(sk, SOCK_DEAD);
	s->closing = sk->sk_shutdown == SHUTDOWN_MASK;
	s->accepted = sk->sk_socket;
	s->unread = has_unread(sk);
	s->linger0 = sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime;
	s->linger2 = tcp_sk(sk)->linger2 < 0;
	s->exiting = in_task() && current->flags & PF_EXITING;
	s->timer = in_serving_softirq();
	s->closed = sk->sk_state == TCP_CLOSE;
	s->no_memory = has_no_memory(sk);
	s->mptcp = sk_is_mptcp(sk);
}

static void read_answered(struct tcpdiag_reset_sent *s,
			  const struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	unsigned int head = th->doff << 2;

	s->answer = true;
	s->syn = th->syn;
	s->data = skb->len > head;
	s->goodbye = tcpdiag_reset_is_goodbye(skb->len - head);
}

/* What was counted as received was none: a RST is sent for the same socket. */
static void take_back(struct tcpdiag_shard *shard, const struct sock *sk)
{
	struct tcpdiag_reset_event e;
	unsigned long irqflags;
	struct lately *last;
	bool is_same;

	local_irq_save(irqflags);
	last = this_cpu_ptr(&lately);
	is_same = last->by == sk &&
		  last->by_stamp == tcp_sk(sk)->tcp_clock_cache;
	e = last->received;
	last->by = NULL;
	local_irq_restore(irqflags);
	if (!is_same)
		return;
	tcpdiag_resets_take_back(shard, e.state);
	tcpdiag_reset_table_take_back(shard, &e);
}

/* The peer acknowledges nothing any more: what is thrown away is lost anyway. */
static bool is_given_up(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	return icsk->icsk_retransmits || icsk->icsk_backoff ||
	       icsk->icsk_probes_out;
}

/* Returns the state. */
static unsigned int sent_for_socket(struct tcpdiag_shard *shard,
				    const struct sock *sk,
				    const struct sk_buff *skb)
{
	struct tcpdiag_reset_event e = { .sent = true };
	struct tcpdiag_reset_sent s = { .socket = true };
	struct life life = {};

	if (sk->sk_state == TCP_TIME_WAIT) {
		life_of_mini(&life, inet_twsk(sk));
	} else {
		if (skb && sk->sk_state == TCP_CLOSE)
			take_back(shard, sk);
		life_of(&life, sk);
		read_socket(&s, sk);
	}
	if (skb)
		read_answered(&s, skb);
	else if (s.closed && !s.dead)
		ask_current(&life);
	s.state = life.state;
	e.reason = tcpdiag_reset_sent(&s);
	begin_event(&e, &life);
	e.unanswered = life.waited && e.reason == TCPDIAG_RESET_PEER_DATA;
	if (sk->sk_state == TCP_TIME_WAIT) {
		read_mini_ends(&e, inet_twsk(sk));
	} else {
		read_ends(&e, sk);
		if (e.reason != TCPDIAG_RESET_LINGER || !is_given_up(sk))
			e.lost = lost_bytes(sk, life.state);
	}
	if (skb)
		e.local = skb->skb_iif == LOOPBACK;
	tcpdiag_reset_table_add(shard, &e);
	put_pid(life.pid);
	return life.state;
}

/**
 * tcpdiag_reset_is_sent() - a RST is sent
 * @sk: the socket it is sent for: a full one, locked, or a minisocket; or NULL
 * @skb: the segment that it answers; NULL if there is none, then @sk is full
 * @why: enum sk_rst_reason, or 0
 *
 * Without a socket, the namespace is that of the segment.
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_reset_is_sent(const struct sock *sk, const struct sk_buff *skb,
			   unsigned int why)
{
	struct tcpdiag_shard *shard;
	const struct net *net;
	unsigned int state;

	if (sk)
		net = sock_net(sk);
	else if (skb && skb_dst(skb))
		net = dev_net(skb_dst(skb)->dev);
	else
		return;
	shard = tcpdiag_shard(net);
	if (unlikely(!shard))
		return;
	if (tcpdiag_is_traced(shard->net))
		tcpdiag_tell_reset(shard->net, sk, skb, why);
	/* a listener answers what belongs to none of its handshakes */
	if (!sk || sk->sk_state == TCP_LISTEN) {
		tcpdiag_resets_stray(shard, sk ? TCP_LISTEN : 0, skb, why);
		return;
	}
	state = sent_for_socket(shard, sk, skb);
	tcpdiag_resets_sent(shard, state, why);
}

/*
 * Whether what the peer has not acknowledged was all sent after its FIN. The first
 * segment of it says so, unless it was sent again: then its stamp is of that.
 */
static bool wrote_since(const struct sock *sk, u64 closed_ns)
{
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	return closed_ns && skb &&
	       !(TCP_SKB_CB(skb)->sacked & TCPCB_RETRANS) &&
	       skb->skb_mstamp_ns > closed_ns;
}

/* Whether the peer has acknowledged something since: stamped in jiffies. */
static void read_close_wait(struct tcpdiag_reset_received *r,
			    const struct life *life, const struct sock *sk)
{
	u32 now = tcp_jiffies32;
	u64 since;

	r->wrote = wrote_since(sk, life->closed_ns);
	r->goodbye = tcpdiag_reset_is_goodbye(tcp_sk(sk)->write_seq -
					      tcp_sk(sk)->snd_una);
	if (!life->closed_ns)
		return;
	since = ktime_get_ns();
	since -= min(since, life->closed_ns);
	r->acked = jiffies64_to_nsecs(now - tcp_sk(sk)->rcv_tstamp) +
		   2 * TICK_NSEC < since;
}

/*
 * The RST answers data that we sent: what counts is for how long nothing had come
 * from the peer, neither data nor an ACK.
 */
static void read_silence(struct life *life, const struct sock *sk)
{
	u32 now = tcp_jiffies32;
	u32 age = min(now - inet_csk(sk)->icsk_ack.lrcvtime,
		      now - tcp_sk(sk)->rcv_tstamp);

	if (life->has_idle && sk->sk_state == TCP_ESTABLISHED &&
	    lost_bytes(sk, TCP_ESTABLISHED))
		life->idle_ns = jiffies64_to_nsecs(age);
}

/*
 * The peer ends a connection that neither end has closed, and what was sent last
 * came from this end: data in the same tick may be its answer.
 */
static void read_unanswered(struct tcpdiag_reset_event *e,
			    const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 now = tcp_jiffies32;

	if (sk->sk_state != TCP_ESTABLISHED || !tp->data_segs_out ||
	    (tp->data_segs_in &&
	     !after(tp->lsndtime, inet_csk(sk)->icsk_ack.lrcvtime)))
		return;
	e->unanswered = true;
	e->has_gap = true;
	e->gap_ns = jiffies64_to_nsecs(now - tp->lsndtime);
}

/**
 * tcpdiag_reset_refuses() - whether a RST ends an attempt to connect
 * @sk: the socket, locked, which goes from SYN_SENT to CLOSE because it was refused
 *
 * An error by ICMP ends a socket only while no task has it. A RST may have waited for a
 * task, which has the socket still; else it is seen on this CPU just before.
 *
 * Context: softirq or process, preemption off; once for each attempt that fails.
 * Return: false if it was an ICMP message; true if not, or if that is not known.
 */
bool tcpdiag_reset_refuses(const struct sock *sk)
{
	bool by_rst = this_cpu_read(lately.connecting) == sk;

	/* its memory may soon be that of another socket */
	this_cpu_write(lately.connecting, NULL);
	return by_rst || sock_owned_by_user_nocheck(sk);
}

/**
 * tcpdiag_reset_is_received() - a RST has perhaps been received
 * @sk: the full socket that it ends, locked, still in its state
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_reset_is_received(const struct sock *sk)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));
	struct tcpdiag_reset_received r = { .state = sk->sk_state };
	struct tcpdiag_reset_event e = {};
	struct life life = {};
	unsigned long irqflags;
	struct lately *last;
	bool perhaps;

	if (unlikely(!shard))
		return;
	if (sk->sk_state == TCP_SYN_SENT)
		this_cpu_write(lately.connecting, sk);
	perhaps = BIT(sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2) &&
		  sk->sk_shutdown & RCV_SHUTDOWN;
	life_of(&life, sk);
	if (sk->sk_state == TCP_CLOSE_WAIT)
		read_close_wait(&r, &life, sk);
	read_silence(&life, sk);
	e.reason = tcpdiag_reset_received(&r);
	begin_event(&e, &life);
	read_ends(&e, sk);
	e.lost = lost_bytes(sk, life.state);
	/* the time since the peer's FIN would stand beside that since the request */
	if (e.reason == TCPDIAG_RESET_BY_PEER)
		e.has_gap = false;
	read_unanswered(&e, sk);
	if (e.reason == TCPDIAG_RESET_PEER_CLOSED)
		e.unanswered = life.waited;
	if (perhaps) {
		/* these could not be taken back */
		e.has_idle = false;
		e.has_gap = false;
		e.lost = 0;
	}
	tcpdiag_resets_received(shard, life.state);
	tcpdiag_reset_table_add(shard, &e);
	put_pid(life.pid);
	e.pid = NULL;
	local_irq_save(irqflags);
	last = this_cpu_ptr(&lately);
	last->by = perhaps ? sk : NULL;
	last->by_stamp = tcp_sk(sk)->tcp_clock_cache;
	last->received = e;
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_reset_hits_minisock() - a RST is received in TIME_WAIT or FIN_WAIT2
 * @tw: the minisocket that it ends
 *
 * Context: softirq, preemption off.
 */
void tcpdiag_reset_hits_minisock(const struct inet_timewait_sock *tw)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(twsk_net(tw));
	struct tcpdiag_reset_received r = {};
	struct tcpdiag_reset_event e = {};
	struct life life = {};

	if (unlikely(!shard))
		return;
	life_of_mini(&life, tw);
	r.state = life.state;
	e.reason = tcpdiag_reset_received(&r);
	begin_event(&e, &life);
	read_mini_ends(&e, tw);
	tcpdiag_resets_received(shard, life.state);
	tcpdiag_reset_table_add(shard, &e);
	put_pid(life.pid);
}
