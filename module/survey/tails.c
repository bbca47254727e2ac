// SPDX-License-Identifier: GPL-2.0
/*
 * Counts how often connections are found with small data held back, by program and
 * peer: samples, one a second of each connection that the worker's cursor comes to
 * (stalls.c). A wait takes 40 to 200 ms; how much of the time is lost follows from
 * the share of the looks that meet one.
 *
 * While there are such connections the worker comes at irregular times: what
 * they do is often in step with the kernel's ticks, as the worker's seconds are.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/tcp.h>

#include "compat.h"
#include "model/lately.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/holders.h"
#include "survey/tails.h"

/* Waits of one second that are counted. */
#define HITS	64

/**
 * struct hit - a connection that was found waiting
 * @why: TCPDIAG_TAIL_NAGLE or TCPDIAG_TAIL_CORKED
 * @sk: its socket; only compared
 * @born_ns: when it was there already, ktime_get_ns()
 * @connected: it connected
 * @v6: its family is AF_INET6
 * @addr: its ends
 * @pid: the process that was seen to own it, with a reference; or NULL
 * @comm: its name
 */
struct hit {
	enum tcpdiag_tail why;
	const struct sock *sk;
	u64 born_ns;
	bool connected;
	bool v6;
	struct tcpdiag_addr addr;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tail - waits of one program and peer
 * @sum: what is told of them
 * @pid: the program, with a reference; or NULL
 * @comm: its name when it was seen; else empty
 * @lately: when they were; if @lately.total is 0, the place is free
 */
struct tail {
	struct tcpdiag_tail_sum sum;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_lately lately;
};

/**
 * struct tcpdiag_tails - waits of a namespace
 * @tail: by program and peer; the worker writes it, tcpdiag_net.lock
 */
struct tcpdiag_tails {
	struct tail tail[TCPDIAG_TAILS];
};

/* The worker's: waits of the namespace that it is at. */
static struct hit hits[HITS];
static unsigned int nr_hits;
/* The worker's: it has met a wait since it last said so. */
static bool any;

static u64 ago_us(u32 then)
{
	return tcpdiag_ticks_us(max_t(s32, tcp_jiffies32 - then, 0));
}

/* The kernel sets its timer for a small rest when the program writes it. */
static u64 held_us(const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	long left = tcpdiag_timer_at(sk) - jiffies;
	long all = READ_ONCE(icsk->icsk_rto);

	if (READ_ONCE(icsk->icsk_pending) != ICSK_TIME_PROBE0 ||
	    READ_ONCE(icsk->icsk_backoff))
		return 0;
	return tcpdiag_ticks_us(max(all - max(left, 0L), 0L));
}

/**
 * tcpdiag_tails_look() - whether and why a connection holds small data back
 * @sk: its socket; its record's shard is locked
 *
 * Context: any.
 * Return: the reason.
 */
enum tcpdiag_tail tcpdiag_tails_look(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 una = READ_ONCE(tp->snd_una), next = READ_ONCE(tp->snd_nxt);
	unsigned int nonagle = tp->nonagle;
	s32 room = una + READ_ONCE(tp->snd_wnd) - next;
	struct tcpdiag_tail_look l = {
		.nagle = !nonagle,
		.corked = nonagle & TCP_NAGLE_CORK,
		.small_out = after(READ_ONCE(tp->snd_sml), una),
		.disturbed = inet_csk(sk)->icsk_ca_state != TCP_CA_Open ||
			     READ_ONCE(inet_csk(sk)->icsk_retransmits),
		.packets_out = READ_ONCE(tp->packets_out),
		.cwnd = READ_ONCE(tp->snd_cwnd),
		.bytes = READ_ONCE(tp->write_seq) - next,
		.mss = READ_ONCE(tp->mss_cache),
		.room = max(room, 0),
		.sent_us = ago_us(READ_ONCE(tp->lsndtime)),
		.received_us =
			ago_us(READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime)),
		.min_rtt_us = tcp_min_rtt(tp),
		.held_us = held_us(sk),
	};

	return tcpdiag_tail_judge(&l);
}

/**
 * tcpdiag_tails_meet() - look whether a connection holds small data back
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_tails_meet(const struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;
	enum tcpdiag_tail found;
	struct hit *h;
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	found = tcpdiag_tails_look(sk);
	any |= found != TCPDIAG_TAIL_NONE;
	if (found <= TCPDIAG_TAIL_BRIEF || nr_hits == HITS)
		return;
	h = &hits[nr_hits];
	h->why = found;
	h->sk = sk;
	h->born_ns = entered;
	h->v6 = sk->sk_family == AF_INET6;
	tcpdiag_addr_read(sk, &h->addr);
	h->connected = tcpdiag_has_connected(rec);
	memcpy(h->comm, rec->comm, sizeof(h->comm));
	if (tcpdiag_read_again(rec, state, entered))
		return;
	h->pid = get_pid(rec->pid);
	nr_hits++;
}

static bool is_free(const struct tail *t, u64 now)
{
	return !t->lately.total ||
	       now >= t->lately.last_ns + 2 * TCPDIAG_LATELY_NS;
}

static bool is_of(const struct tail *t, const struct hit *h, struct pid *pid,
		  u16 port)
{
	return t->sum.why == h->why && t->pid == pid && t->sum.port == port &&
	       t->sum.connected == h->connected && t->sum.v6 == h->v6 &&
	       ipv6_addr_equal(&t->sum.peer, &h->addr.remote);
}

/* The place of a wait: its own, or else a free one; NULL if all are taken. */
static struct tail *find_place(struct tcpdiag_tails *tails,
			       const struct hit *h, struct pid *pid, u16 port,
			       u64 now)
{
	struct tail *t, *free = NULL;

	for (t = tails->tail; t < tails->tail + TCPDIAG_TAILS; t++) {
		if (is_free(t, now))
			free = t;
		else if (is_of(t, h, pid, port))
			return t;
	}
	return free;
}

static void count(struct tcpdiag_net *tn, const struct hit *h,
		  struct pid *pid, u64 now)
{
	u16 port = h->connected ? h->addr.rport : h->addr.lport;
	struct pid *old = NULL;
	struct tail *t;

	spin_lock(&tn->lock);
	t = find_place(tn->tails, h, pid, port, now);
	if (t && is_free(t, now)) {
		old = t->pid;
		memset(t, 0, sizeof(*t));
		t->pid = get_pid(pid);
		if (pid == h->pid)
			memcpy(t->comm, h->comm, sizeof(t->comm));
		t->sum.why = h->why;
		t->sum.connected = h->connected;
		t->sum.v6 = h->v6;
		t->sum.peer = h->addr.remote;
		t->sum.port = port;
	}
	if (t)
		tcpdiag_lately_add(&t->lately, 0, now);
	spin_unlock(&tn->lock);
	put_pid(old);
}

static bool make_tails(struct tcpdiag_net *tn)
{
	struct tcpdiag_tails *tails;

	if (tn->tails)
		return true;
	tails = kzalloc(sizeof(*tails), TCPDIAG_GFP);
	if (!tails) {
		atomic64_inc(&tn->alloc_failed);
		return false;
	}
	/* pairs with READ_ONCE() in tcpdiag_tails_read() */
	smp_store_release(&tn->tails, tails);
	return true;
}

/* Whether nobody was seen with one of them, or whoever was has ended. */
static bool is_owner_missing(void)
{
	unsigned int i;

	for (i = 0; i < nr_hits; i++)
		if (!tcpdiag_owner_is_alive(hits[i].pid))
			return true;
	return false;
}

/**
 * tcpdiag_tails_count() - count what was met since the last call
 * @tn: the namespace whose connections they were
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_tails_count(struct tcpdiag_net *tn)
{
	struct tcpdiag_holders *holders = NULL;
	u64 now = ktime_get_ns();
	bool room;

	if (!nr_hits)
		return;
	room = make_tails(tn);
	if (is_owner_missing())
		holders = tcpdiag_holders_recent();
	while (nr_hits) {
		struct hit *h = &hits[--nr_hits];
		struct pid *holder =
			tcpdiag_holders_of(holders, h->sk, h->born_ns, NULL,
					   NULL);

		if (holder && tcpdiag_holders_has(holders, h->sk, h->born_ns,
						  h->pid))
			holder = h->pid;
		if (room)
			count(tn, h, holder ?: h->pid, now);
		put_pid(h->pid);
	}
	tcpdiag_holders_put(holders);
}

/**
 * tcpdiag_tails_any() - whether any connection held small data back
 *
 * Context: process, the worker's.
 * Return: true if one did since the last call.
 */
bool tcpdiag_tails_any(void)
{
	bool was = any;

	any = false;
	return was;
}

/**
 * tcpdiag_tails_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_tails_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; tn->tails && i < TCPDIAG_TAILS; i++)
		put_pid(tn->tails->tail[i].pid);
	kfree(tn->tails);
}

static int more_first(const void *a, const void *b)
{
	const struct tcpdiag_tail_sum *x = a, *y = b;

	return x->samples < y->samples ? 1 : -(x->samples > y->samples);
}

/**
 * tcpdiag_tails_read() - whose small writes were held back lately
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process.
 */
void tcpdiag_tails_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_tails_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_tails *tails = READ_ONCE(tn->tails);
	u64 now = ktime_get_ns();
	unsigned int i;

	for (i = 0; tails && i < TCPDIAG_TAILS; i++) {
		struct tail *t = &tails->tail[i], copy;
		struct tcpdiag_lately_sum lately;
		struct tcpdiag_tail_sum *sum = &facts->tail[facts->n];

		spin_lock(&tn->lock);
		/* windows end also when nothing is seen any more */
		tcpdiag_lately_roll(&t->lately, 0, now);
		copy = *t;
		get_pid(copy.pid);
		spin_unlock(&tn->lock);
		tcpdiag_lately_read(&copy.lately, 0, &lately);
		if (lately.slow) {
			*sum = copy.sum;
			sum->samples = lately.slow;
			sum->span_us = div_u64(now - min(now, lately.since_ns),
					       NSEC_PER_USEC);
			if (reader->owners)
				tcpdiag_owner_read(&sum->owner,
						   *copy.comm ? copy.pid : NULL,
						   copy.comm,
						   *copy.comm ? NULL : copy.pid);
			facts->n++;
		}
		put_pid(copy.pid);
	}
	sort(facts->tail, facts->n, sizeof(*facts->tail), more_first, NULL);
}
