// SPDX-License-Identifier: GPL-2.0
/*
 * What connections lose on their way: a table for each namespace, made at the
 * first loss. Its events are those of the kernel when something is lost: recovery
 * begins, or a timeout expires; and the end of a connection that is long or has
 * sent data again. A short one that loses nothing costs a test.
 *
 * A row is of one service, or of one program and the end it connected to: who
 * accepts is known only once it has closed. When all rows are taken, one that has
 * been quiet for ten minutes, or has lost something once only, goes to the next one
 * that needs it.
 *
 * The socket counts its segments for its whole life. What a long connection has
 * sent is counted at each of its losses, for as many connections of a row as it
 * has places for; and at its end for all. One that is older than the figures go back
 * is counted from its first loss on.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/tcp.h>

#include "account/losses.h"
#include "store/addr.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/once.h"
#include "store/open.h"
#include "store/record.h"
#include "store/role.h"
#include "store/shard.h"

/* What is often to be had in softirq. */
#define PIECE		0x4000
/* Who has lost nothing for so long gives place. */
#define QUIET_NS	(600 * (u64)NSEC_PER_SEC)

/* The bits of tcpdiag_key.rest below the port. */
#define KEY_V6		BIT(0)
#define KEY_ACTIVE	BIT(1)
#define KEY_PORT	GENMASK(31, 16)
static_assert(TASK_COMM_LEN == 2 * sizeof(u64));
static_assert(TCPDIAG_SLOTS * sizeof(struct tcpdiag_loss_row) <= PIECE);

/**
 * struct frame - what the whole namespace sends
 * @window: number of the present window, as in struct tcpdiag_loss_window
 * @sent: segments it had sent when this window began, and the one before
 * @again: those that it had sent again
 */
struct frame {
	u64 window;
	u64 sent[2];
	u64 again[2];
};

/**
 * struct tcpdiag_losses - the rows of a namespace
 * @lock: protects the rest
 * @now: ktime_get_ns() of the event that is being added
 * @slots: which program and peer have which row
 * @frame: what the whole namespace sends
 * @other: losses that were not counted because all rows were taken
 * @row: the rows, slot 1 first; memory of its own, because in softirq a large piece
 *	is often not to be had
 */
struct tcpdiag_losses {
	raw_spinlock_t lock; /* the rest */
	u64 now;
	struct tcpdiag_slots slots;
	struct frame frame;
	u64 other;
	struct tcpdiag_loss_row *row;
};

/**
 * struct whose - the connection that loses something
 * @shard: a shard of its namespace
 * @key: its row
 * @id: which connection it is, a hash; never 0
 * @old: it may have begun before what the figures are of
 * @peer: the other end's address; IPv4 in the first word
 * @pid: the program that connected, with a reference; or NULL if not known
 */
struct whose {
	struct tcpdiag_shard *shard;
	struct tcpdiag_key key;
	u32 id;
	bool old;
	struct in6_addr peer;
	struct pid *pid;
};

static void free_table(struct tcpdiag_losses *t)
{
	kfree(t->row);
	kfree(t);
}

static struct tcpdiag_losses *make_table(void)
{
	struct tcpdiag_losses *t = kzalloc(sizeof(*t), TCPDIAG_GFP_EVENT);

	if (!t)
		return NULL;
	t->row = kcalloc(TCPDIAG_SLOTS, sizeof(*t->row), TCPDIAG_GFP_EVENT);
	if (!t->row) {
		kfree(t);
		return NULL;
	}
	raw_spin_lock_init(&t->lock);
	return t;
}

static struct tcpdiag_losses *table_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_net *tn = shard->net;
	struct tcpdiag_losses *t = READ_ONCE(tn->losses);

	if (likely(t))
		return t;
	t = make_table();
	if (!t) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	return tcpdiag_set_once(&tn->losses, t, free_table);
}

/* A socket's memory may soon be that of another connection. */
static u32 id_of(const struct sock *sk, const struct tcpdiag_addr *addr)
{
	u32 ports = (u32)addr->lport << 16 | addr->rport;
	u32 hash = jhash(&sk, sizeof(sk), ports);

	hash = jhash(&addr->remote, sizeof(addr->remote), hash);
	return hash >> 1 ?: 1;
}

/* Whether it may have begun before the windows did. */
static bool is_old(const struct tcpdiag_record *rec)
{
	u64 us = tcpdiag_open_us(rec, ktime_get_ns());

	return rec->flags & (TCPDIAG_F_EST_AGE | TCPDIAG_F_EST_STAY) ||
	       us > div_u64(2 * TCPDIAG_LOSS_NS, NSEC_PER_USEC);
}

/* The record's shard is locked. */
static void read_whose(struct whose *w, const struct tcpdiag_record *rec,
		       const struct sock *sk)
{
	bool active = tcpdiag_has_connected(rec);
	struct tcpdiag_addr addr;
	u16 port;

	lockdep_assert_held(&rec->shard->lock);
	memset(w, 0, sizeof(*w));
	tcpdiag_addr_read(sk, &addr);
	w->shard = rec->shard;
	w->peer = addr.remote;
	w->id = id_of(sk, &addr);
	w->old = is_old(rec);
	port = active ? addr.rport : rec->listener_port ?: addr.lport;
	w->key.rest = FIELD_PREP(KEY_PORT, port);
	if (sk->sk_family == AF_INET6)
		w->key.rest |= KEY_V6;
	if (active) {
		w->key.rest |= KEY_ACTIVE;
		memcpy(w->key.word, &addr.remote, sizeof(addr.remote));
	}
	/* the owner of one that is older than the module is known once it closes */
	if (active && !(rec->flags & TCPDIAG_F_EST_AGE)) {
		strscpy_pad((char *)(w->key.word + 2), rec->comm,
			    TASK_COMM_LEN);
		w->pid = get_pid(rec->pid);
	}
}

/* False if the connection has no record. */
static bool find_whose(struct whose *w, const struct sock *sk)
{
	struct tcpdiag_record *rec = tcpdiag_find_lock(sk);

	if (!rec)
		return false;
	read_whose(w, rec, sk);
	tcpdiag_unlock(&rec->shard->lock);
	return true;
}

static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_losses *t = arg;
	struct tcpdiag_loss_row *row = &t->row[slot - 1];
	struct tcpdiag_loss_sum sum;

	tcpdiag_loss_read(&row->window, &sum);
	if (t->now < row->last_ns + QUIET_NS &&
	    sum.timeouts + sum.recoveries > 1)
		return false;
	put_pid(row->pid);
	memset(row, 0, sizeof(*row));
	return true;
}

/* The row, brought up to date; NULL if all are taken. The table is locked. */
static struct tcpdiag_loss_row *row_of(struct tcpdiag_losses *t,
				       const struct whose *w)
{
	struct tcpdiag_loss_row *row;
	unsigned int slot;

	t->now = ktime_get_ns();
	slot = tcpdiag_slots_find(&t->slots, &w->key);
	if (!slot)
		slot = tcpdiag_slots_take(&t->slots, &w->key, give_up, t);
	if (unlikely(!slot)) {
		t->other++;
		return NULL;
	}
	row = &t->row[slot - 1];
	tcpdiag_loss_roll(&row->window, t->now);
	if (!row->last_ns || t->now >= row->last_ns + QUIET_NS) {
		row->since_ns = t->now;
		memset(&row->vote, 0, sizeof(row->vote));
	}
	row->last_ns = t->now;
	if (tcpdiag_vote_add(&row->vote,
			     jhash(&w->peer, sizeof(w->peer), 0)) &&
	    row->vote.hits == 1)
		row->peer = w->peer;
	if (w->pid && w->pid != row->pid) {
		put_pid(row->pid);
		row->pid = get_pid(w->pid);
	}
	return row;
}

/* The place of a connection, or a free one; NULL if all are taken. */
static struct tcpdiag_loss_live *live_of(struct tcpdiag_loss_row *row, u32 id)
{
	struct tcpdiag_loss_live *l, *free = NULL;

	for (l = row->live; l < row->live + TCPDIAG_LOSS_LIVE; l++) {
		if (l->id == id)
			return l;
		if (!l->id)
			free = l;
	}
	return free;
}

/*
 * Count what a long connection has sent since it was counted last. Of an old one
 * only what comes after it was met is known to be of the windows. @ends: it is
 * over, and its place is free.
 */
static void count_segments(struct tcpdiag_loss_row *row, const struct whose *w,
			   const struct sock *sk, bool ends)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct tcpdiag_loss_sum *sum = &row->window.sum[0];
	struct tcpdiag_loss_live none = {}, *l = live_of(row, w->id);
	struct tcpdiag_loss_live now = {
		.id = w->id,
		.counted = true,
		.segments = tp->data_segs_out,
		.again = tp->total_retrans,
		.needless = tp->dsack_dups,
	};

	if (!l && !ends)
		return;
	l = l ?: &none;
	if (!l->id && w->old) {
		now.counted = false;
		*l = now;
	} else if (l->id || now.segments >= TCPDIAG_LOSS_LONG) {
		/* all of these wrap */
		sum->long_connections += !l->counted;
		sum->segments += (u32)(now.segments - l->segments);
		sum->again += now.again - l->again;
		sum->needless += now.needless - l->needless;
		*l = now;
	}
	if (ends)
		memset(l, 0, sizeof(*l));
}

/* Whether nothing was sent again yet, but for a tail loss probe that is out. */
static bool is_first(const struct tcp_sock *tp)
{
	return tp->bytes_retrans <=
	       (tp->tlp_high_seq && tp->tlp_retrans ? tp->mss_cache : 0);
}

/**
 * tcpdiag_losses_recovery() - a connection begins to send lost segments again
 * @sk: the socket, locked
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_losses_recovery(const struct sock *sk)
{
	struct tcpdiag_loss_row *row;
	struct tcpdiag_losses *t;
	struct whose w;

	lockdep_assert_irqs_disabled();
	if (!find_whose(&w, sk))
		return;
	t = table_of(w.shard);
	if (likely(t)) {
		raw_spin_lock(&t->lock);
		row = row_of(t, &w);
		if (likely(row)) {
			row->window.sum[0].recoveries++;
			row->window.sum[0].connections +=
				is_first(tcp_sk(sk));
			count_segments(row, &w, sk, false);
		}
		raw_spin_unlock(&t->lock);
	}
	put_pid(w.pid);
}

/*
 * Whether a timeout is that of data. A peer that shrinks its window to nothing does
 * not read; and nobody waits for the end of a connection.
 */
static bool is_of_data(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	return BIT(sk->sk_state) & TCPDIAG_CONNECTED &&
	       (tp->snd_wnd || sock_flag(sk, SOCK_DEAD)) &&
	       !rcu_access_pointer(tp->fastopen_rsk) && skb && skb->len;
}

static void read_timeout(struct tcpdiag_loss_timeout *t, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	t->nth = icsk->icsk_retransmits;
	/* the third in a row: what was sent again is of these, and a probe */
	t->first = t->nth ? tp->total_retrans <= 3 : is_first(tp);
	t->tail = !tcp_send_head(sk) && !tp->sacked_out;
	t->probed = tp->tlp_high_seq;
	t->rto_ms = jiffies_to_msecs(icsk->icsk_rto);
}

static void count_timeout(struct tcpdiag_losses *t,
			  struct tcpdiag_loss_row *row, const struct whose *w,
			  const struct sock *sk)
{
	struct tcpdiag_loss_timeout timeout;

	read_timeout(&timeout, sk);
	timeout.new_second = div_u64(t->now, NSEC_PER_SEC) !=
			     div_u64(row->last_timeout_ns, NSEC_PER_SEC);
	tcpdiag_loss_time_out(&row->window.sum[0], &timeout);
	if (timeout.nth)
		return;
	/* none in these windows yet */
	if (row->last_timeout_ns < row->window.since_ns[1])
		row->first_timeout_ns = t->now;
	row->last_timeout_ns = t->now;
	count_segments(row, w, sk, false);
}

/**
 * tcpdiag_losses_timeout() - a retransmission timeout has expired
 * @sk: the socket, locked; nothing was sent again yet
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_losses_timeout(const struct sock *sk)
{
	struct tcpdiag_loss_row *row;
	struct tcpdiag_losses *t;
	struct whose w;

	lockdep_assert_irqs_disabled();
	if (!is_of_data(sk) || !find_whose(&w, sk))
		return;
	t = table_of(w.shard);
	if (likely(t)) {
		raw_spin_lock(&t->lock);
		row = row_of(t, &w);
		if (likely(row))
			count_timeout(t, row, &w, sk);
		raw_spin_unlock(&t->lock);
	}
	put_pid(w.pid);
}

/*
 * The kernel ends the connection, because the program did not want it to try any
 * longer. Keepalive, which sends nothing again, does so by a RST. Of one that it has
 * closed the program does not hear any more.
 */
static bool is_given_up(const struct sock *sk)
{
	return READ_ONCE(sk->sk_err) == ETIMEDOUT &&
	       !sock_flag(sk, SOCK_DEAD) &&
	       inet_csk(sk)->icsk_user_timeout &&
	       inet_csk(sk)->icsk_retransmits;
}

static void count_given_up(struct tcpdiag_loss_row *row, const struct sock *sk,
			   u64 now)
{
	u32 second = div_u64(now, NSEC_PER_SEC);
	bool accident = !row->accident_second ||
			second - row->accident_second >= TCPDIAG_LOSS_ACCIDENT_S;

	if (tcpdiag_loss_give_up(&row->window.sum[0],
				 inet_csk(sk)->icsk_user_timeout, accident) &&
	    accident)
		row->accident_second = second ?: 1;
}

/* The row that has counted a connection; the table is locked. NULL for none. */
static struct tcpdiag_loss_row *find_row(struct tcpdiag_losses *t,
					 struct whose *w)
{
	unsigned int slot = tcpdiag_slots_find(&t->slots, &w->key);

	/* its program was not known before it closed */
	if (!slot && w->key.rest & KEY_ACTIVE) {
		w->key.word[2] = 0;
		w->key.word[3] = 0;
		slot = tcpdiag_slots_find(&t->slots, &w->key);
	}
	return slot ? &t->row[slot - 1] : NULL;
}

/**
 * tcpdiag_losses_end() - a connection that has sent data is over
 * @rec: its record; its shard is locked
 * @sk: its socket, locked or used by nobody else; its counters are final
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_losses_end(const struct tcpdiag_record *rec, const struct sock *sk)
{
	struct tcpdiag_loss_row *row;
	struct tcpdiag_losses *t;
	struct whose w;
	u64 now;

	if (tcpdiag_is_ending(rec))
		return;
	t = READ_ONCE(rec->shard->net->losses);
	if (!t)
		return;
	now = ktime_get_ns();
	read_whose(&w, rec, sk);
	raw_spin_lock(&t->lock);
	row = find_row(t, &w);
	if (row) {
		tcpdiag_loss_roll(&row->window, now);
		count_segments(row, &w, sk, true);
		if (is_given_up(sk))
			count_given_up(row, sk, now);
	}
	raw_spin_unlock(&t->lock);
	put_pid(w.pid);
}

/**
 * tcpdiag_losses_tick() - once a second: note what the namespace has sent
 * @tn: the namespace
 *
 * Context: process, the worker's.
 */
void tcpdiag_losses_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_losses *t = READ_ONCE(tn->losses);
	u64 window = 1 + div64_u64(ktime_get_ns(), TCPDIAG_LOSS_NS);
	struct frame *f;
	u64 sent, again;

	/* only this function writes it */
	if (!t || READ_ONCE(t->frame.window) == window)
		return;
	f = &t->frame;
	sent = tcpdiag_mib(tn, TCPDIAG_MIB_OUT_SEGS);
	again = tcpdiag_mib(tn, TCPDIAG_MIB_RETRANS_SEGS);
	raw_spin_lock_irq(&t->lock);
	f->sent[1] = f->window + 1 == window ? f->sent[0] : sent;
	f->again[1] = f->window + 1 == window ? f->again[0] : again;
	f->sent[0] = sent;
	f->again[0] = again;
	f->window = window;
	raw_spin_unlock_irq(&t->lock);
}

static void read_row(struct tcpdiag_loss_seen *s, const struct tcpdiag_key *key,
		     struct tcpdiag_loss_row *row, u64 now)
{
	/* windows end also when nothing is lost any more */
	tcpdiag_loss_roll(&row->window, now);
	s->v6 = key->rest & KEY_V6;
	s->active = key->rest & KEY_ACTIVE;
	s->one_peer = tcpdiag_vote_is_most(&row->vote);
	s->port = FIELD_GET(KEY_PORT, key->rest);
	if (s->active)
		memcpy(&s->addr, key->word, sizeof(s->addr));
	else if (s->one_peer)
		s->addr = row->peer;
	memcpy(s->comm, key->word + 2, sizeof(s->comm));
	s->pid = get_pid(row->pid);
	s->since_ns = row->since_ns;
	s->last_ns = row->last_ns;
	s->timeouts_ns = row->last_timeout_ns -
			 min(row->last_timeout_ns,
			     max(row->first_timeout_ns,
				 row->window.since_ns[1]));
	tcpdiag_loss_read(&row->window, &s->sum);
}

/**
 * tcpdiag_losses_read() - read the table
 * @tn: the namespace
 *
 * Context: process, may sleep.
 * Return: the rows that have lost something in the last minutes, to be put; NULL
 * if memory is short.
 */
struct tcpdiag_losses_seen *tcpdiag_losses_read(struct tcpdiag_net *tn)
{
	/* pairs with cmpxchg() in table_of() */
	struct tcpdiag_losses *t = READ_ONCE(tn->losses);
	struct tcpdiag_losses_seen *seen;
	unsigned int slot;

	seen = kvzalloc(sizeof(*seen), TCPDIAG_GFP);
	if (!seen)
		return NULL;
	seen->now = ktime_get_ns();
	if (!t)
		return seen;
	seen->sent = tcpdiag_mib(tn, TCPDIAG_MIB_OUT_SEGS);
	seen->sent_again = tcpdiag_mib(tn, TCPDIAG_MIB_RETRANS_SEGS);
	raw_spin_lock_irq(&t->lock);
	for (slot = 1; slot <= t->slots.used; slot++)
		if (t->row[slot - 1].last_ns + 2 * TCPDIAG_LOSS_NS > seen->now)
			read_row(&seen->seen[seen->n++], &t->slots.key[slot],
				 &t->row[slot - 1], seen->now);
	seen->other = t->other;
	seen->sent -= min(seen->sent, t->frame.sent[1]);
	seen->sent_again -= min(seen->sent_again, t->frame.again[1]);
	raw_spin_unlock_irq(&t->lock);
	return seen;
}

/**
 * tcpdiag_losses_put() - free what was read
 * @seen: from tcpdiag_losses_read()
 *
 * Context: process, may sleep.
 */
void tcpdiag_losses_put(struct tcpdiag_losses_seen *seen)
{
	unsigned int i;

	for (i = 0; i < seen->n; i++)
		put_pid(seen->seen[i].pid);
	kvfree(seen);
}

/**
 * tcpdiag_losses_bytes() - memory of the table
 * @tn: the namespace
 *
 * Context: any.
 * Return: bytes.
 */
size_t tcpdiag_losses_bytes(const struct tcpdiag_net *tn)
{
	const struct tcpdiag_losses *t = READ_ONCE(tn->losses);

	return t ? sizeof(*t) + TCPDIAG_SLOTS * sizeof(*t->row) : 0;
}

/**
 * tcpdiag_losses_release() - free the table of a namespace
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process.
 */
void tcpdiag_losses_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	if (!tn->losses)
		return;
	for (i = 0; i < TCPDIAG_SLOTS; i++)
		put_pid(tn->losses->row[i].pid);
	free_table(tn->losses);
	tn->losses = NULL;
}
