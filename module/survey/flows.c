// SPDX-License-Identifier: GPL-2.0
/*
 * Where the time of open connections goes. The worker's cursor (stalls.c) comes to all
 * of them. Each is measured once in a round, and a sample is taken of what it is doing.
 * What a round has found replaces what the round before it found; samples are kept.
 * Readers add the connections that have ended (account/flows.c).
 *
 * If there are many, a part of them is measured each time the cursor goes by: that
 * costs more than its own look at them.
 */
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <net/tcp.h>

#include "model/ticks.h"
#include "store/net.h"
#include "store/role.h"
#include "survey/flows.h"
#include "survey/tails.h"

/* Connections that are measured in a second, about. */
#define PER_SECOND	1024
/* The cursor comes to four times as many. */
#define PARTS_MAX	4U

static_assert((int)TCPDIAG_CLOCK_RUNS_IDLE == (int)TCP_CHRONO_UNSPEC);
static_assert((int)TCPDIAG_CLOCK_RUNS_BUSY == (int)TCP_CHRONO_BUSY);
static_assert((int)TCPDIAG_CLOCK_RUNS_WINDOW == (int)TCP_CHRONO_RWND_LIMITED);
static_assert((int)TCPDIAG_CLOCK_RUNS_BUFFER == (int)TCP_CHRONO_SNDBUF_LIMITED);

/* -- one connection ---------------------------------------------------------- */

static u64 ago_us(u32 then)
{
	return tcpdiag_ticks_us(max_t(s32, tcp_jiffies32 - then, 0));
}

/* Of a busy connection: what data that is not sent waits for. */
static void read_busy(const struct sock *sk, struct tcpdiag_clock_look *l,
		      u64 now)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	l->open = inet_csk(sk)->icsk_ca_state <= TCP_CA_Disorder;
	l->unsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_nxt);
	if (!l->unsent)
		return;
	l->mss = READ_ONCE(tp->mss_cache);
	l->in_flight = tcp_packets_in_flight(tp);
	l->cwnd = READ_ONCE(tp->snd_cwnd);
	l->cwnd_limited = tp->is_cwnd_limited;
	l->held = tcpdiag_tails_look(sk) != TCPDIAG_TAIL_NONE;
	l->paced = (s64)(READ_ONCE(tp->tcp_wstamp_ns) - now) > 0;
}

static void read_idle(const struct tcpdiag_record *rec, const struct sock *sk,
		      struct tcpdiag_clock_look *l)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 start = READ_ONCE(tp->chrono_start);
	u32 sent = READ_ONCE(tp->lsndtime);
	u32 came = READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime);
	u8 state = rec->state & ~TCPDIAG_CHANGING;

	/* it was never started: all of its life */
	l->since_us = start ? ago_us(start) : U64_MAX;
	l->connected = tcpdiag_has_connected(rec);
	l->peer_closed = state == TCP_CLOSE_WAIT;
	l->closed = !l->peer_closed && state != TCP_ESTABLISHED;
	l->sent = READ_ONCE(tp->data_segs_out);
	l->received = READ_ONCE(tp->data_segs_in);
	l->sent_after = sent - came;
	l->received_us = ago_us(came);
}

static void read_look(const struct tcpdiag_record *rec, const struct sock *sk,
		      struct tcpdiag_clock_look *l, u64 now)
{
	memset(l, 0, sizeof(*l));
	l->runs = tcp_sk(sk)->chrono_type;
	switch (l->runs) {
	case TCPDIAG_CLOCK_RUNS_IDLE:
		read_idle(rec, sk, l);
		break;
	case TCPDIAG_CLOCK_RUNS_BUSY:
		read_busy(sk, l, now);
		break;
	case TCPDIAG_CLOCK_RUNS_WINDOW:
		l->window = READ_ONCE(tcp_sk(sk)->snd_wnd);
		break;
	case TCPDIAG_CLOCK_RUNS_BUFFER:
		break;
	}
}

/* False if it is none that can be measured, or changes at this moment. */
static bool measure(const struct tcpdiag_record *rec, struct tcpdiag_flow *flow,
		    struct tcpdiag_clock_look *look, u64 *entered)
{
	u8 state = tcpdiag_read_begin(rec, entered);
	const struct sock *sk = rec->key;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&rec->shard->lock);
	if (!(BIT(state & ~TCPDIAG_CHANGING) & TCPDIAG_CONNECTED))
		return false;
	tcpdiag_flow_measure(flow, rec, sk, now);
	read_look(rec, sk, look, now);
	tcpdiag_clock_idle(&flow->clock, look);
	return !tcpdiag_read_again(rec, state, *entered);
}

/**
 * tcpdiag_flows_blame() - what most of a connection's life went to
 * @sk: a full socket, referenced
 * @part: set to that
 * @percent: set to how much of it
 *
 * Context: process.
 * Return: false if that is not known.
 */
bool tcpdiag_flows_blame(const struct sock *sk, enum tcpdiag_clock_part *part,
			 unsigned int *percent)
{
	static const struct tcpdiag_clock_samples none;
	struct tcpdiag_clock_look look;
	u64 us[TCPDIAG_CLOCK_PARTS];
	struct tcpdiag_record *rec;
	struct tcpdiag_flow flow;
	bool is = false;
	u64 entered;

	local_irq_disable();
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		is = tcpdiag_may_look(rec) &&
		     measure(rec, &flow, &look, &entered);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_enable();
	if (!is)
		return false;
	tcpdiag_clock_divide(&flow.clock, &none, us);
	*part = tcpdiag_clock_blame(us, percent);
	return *part != TCPDIAG_CLOCK_UNKNOWN;
}

/* -- the worker -------------------------------------------------------------- */

/* A group without an open connection may go. */
static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_live_flows *f = arg;
	struct tcpdiag_flow_row *row = &f->row[slot];
	unsigned int i;

	if (row->live.connections || row->next.connections)
		return false;
	for (i = 0; i < TCPDIAG_CLOCK_SAMPLED; i++)
		f->row[TCPDIAG_SLOT_OTHER].samples.n[i] += row->samples.n[i];
	put_pid(row->owner.pid);
	memset(row, 0, sizeof(*row));
	return true;
}

/**
 * tcpdiag_flows_begin() - once a second, before open connections are met
 * @tn: their namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_flows_begin(struct tcpdiag_net *tn)
{
	struct tcpdiag_live_flows *f = tn->flows;

	if (!f) {
		f = kvzalloc(sizeof(*f), TCPDIAG_GFP);
		if (!f) {
			atomic64_inc(&tn->alloc_failed);
			return;
		}
		raw_spin_lock_init(&f->lock);
		f->parts = 1;
		f->round = 1;
		/* pairs with READ_ONCE() in tcpdiag_flows_read() */
		smp_store_release(&tn->flows, f);
	}
	raw_spin_lock_irq(&f->lock);
	if (!f->began_ns)
		f->began_ns = ktime_get_ns();
	raw_spin_unlock_irq(&f->lock);
}

/* Whether a connection is of the part that is measured now. */
static bool is_of_part(struct tcpdiag_live_flows *f, const void *key)
{
	f->met++;
	return f->parts == 1 || hash_ptr(key, 16) % f->parts == f->part;
}

/**
 * tcpdiag_flows_meet() - measure an open connection, and take a sample of it
 * @rec: its record
 *
 * Or leave that for another time.
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_flows_meet(const struct tcpdiag_record *rec)
{
	struct tcpdiag_live_flows *f = rec->shard->net->flows;
	enum tcpdiag_clock_sample saw;
	struct tcpdiag_clock_look look;
	struct tcpdiag_flow flow;
	struct tcpdiag_key key;
	unsigned int slot = TCPDIAG_SLOT_OTHER;
	struct tcpdiag_flow_row *row;
	bool has_key;
	u64 entered;

	lockdep_assert_held(&rec->shard->lock);
	if (!f || !is_of_part(f, rec->key) ||
	    !measure(rec, &flow, &look, &entered))
		return;
	has_key = tcpdiag_flow_key(&key, rec, &flow);
	saw = tcpdiag_clock_judge(&look);
	raw_spin_lock(&f->lock);
	if (has_key)
		slot = tcpdiag_slots_find(&f->slots, &key) ?:
		       tcpdiag_slots_take(&f->slots, &key, give_up, f) ?:
		       TCPDIAG_SLOT_OTHER;
	row = &f->row[slot];
	tcpdiag_flow_add(&row->next, &flow);
	/* of a record that walks only look at, this is written here */
	((struct tcpdiag_record *)rec)->met = f->round;
	if (saw != TCPDIAG_CLOCK_SAW_NOTHING)
		row->samples.n[saw]++;
	if (slot != TCPDIAG_SLOT_OTHER) {
		tcpdiag_flow_note(&row->owner, rec);
		row->sk = rec->key;
		row->born_ns = entered;
	}
	raw_spin_unlock(&f->lock);
}

static void end_round(struct tcpdiag_live_flows *f)
{
	unsigned int slot;

	raw_spin_lock_irq(&f->lock);
	for (slot = 1; slot <= TCPDIAG_SLOT_OTHER; slot++) {
		struct tcpdiag_flow_row *row = &f->row[slot];

		row->live = row->next;
		memset(&row->next, 0, sizeof(row->next));
		if (!row->live.connections)
			row->sk = NULL;
	}
	f->looked_ns = f->began_ns;
	f->began_ns = 0;
	f->round = f->round % U8_MAX + 1;
	raw_spin_unlock_irq(&f->lock);
}

/**
 * tcpdiag_flows_round() - the cursor has come to all open connections
 * @tn: their namespace
 *
 * Context: process, the worker's.
 */
void tcpdiag_flows_round(struct tcpdiag_net *tn)
{
	struct tcpdiag_live_flows *f = tn->flows;

	if (!f)
		return;
	if (++f->part >= f->parts) {
		end_round(f);
		f->parts = clamp(DIV_ROUND_UP(f->met, PER_SECOND), 1U,
				 PARTS_MAX);
		f->part = 0;
	}
	f->met = 0;
}

/**
 * tcpdiag_flows_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_flows_release(struct tcpdiag_net *tn)
{
	unsigned int slot;

	for (slot = 1; tn->flows && slot <= TCPDIAG_SLOTS; slot++)
		put_pid(tn->flows->row[slot].owner.pid);
	kvfree(tn->flows);
	tn->flows = NULL;
}

/* -- readers ----------------------------------------------------------------- */

static bool keep(void *unused, unsigned int slot)
{
	return false;
}

/* The reader's group of a key; that of the others if there is no room. */
static struct tcpdiag_flow_seen *group_of(struct tcpdiag_flows_seen *seen,
					  const struct tcpdiag_key *key)
{
	unsigned int slot = tcpdiag_slots_find(&seen->slots, key);

	if (!slot) {
		slot = tcpdiag_slots_take(&seen->slots, key, keep, NULL);
		if (!slot)
			return &seen->other;
		seen->group[slot].key = *key;
		seen->n = slot;
	}
	return &seen->group[slot];
}

static void take_owner(struct tcpdiag_flow_seen *g,
		       const struct tcpdiag_flow_owner *owner)
{
	if (*g->owner.comm || !*owner->comm)
		return;
	g->owner = *owner;
	get_pid(g->owner.pid);
}

static void read_live(struct tcpdiag_flows_seen *seen,
		      const struct tcpdiag_key *key, const struct tcpdiag_flow_row *row)
{
	struct tcpdiag_flow_seen *g = key ? group_of(seen, key) : &seen->other;

	g->live += row->live.connections;
	tcpdiag_flow_merge(&g->sum, &row->live);
	if (g == &seen->other)
		return;
	take_owner(g, &row->owner);
	if (row->sk) {
		g->sk = row->sk;
		g->born_ns = row->born_ns;
	}
}

static void read_all_live(struct tcpdiag_flows_seen *seen,
			  struct tcpdiag_net *tn)
{
	struct tcpdiag_live_flows *f = READ_ONCE(tn->flows);
	unsigned int slot;

	if (!f)
		return;
	raw_spin_lock_irq(&f->lock);
	for (slot = 1; slot <= f->slots.used; slot++)
		if (f->row[slot].live.connections)
			read_live(seen, &f->slots.key[slot], &f->row[slot]);
	read_live(seen, NULL, &f->row[TCPDIAG_SLOT_OTHER]);
	seen->looked = f->looked_ns;
	seen->age_us = div_u64(ktime_get_ns() - f->looked_ns, NSEC_PER_USEC);
	raw_spin_unlock_irq(&f->lock);
}

/* Samples make no row: those of a group that has none are of the others. */
static void read_samples(struct tcpdiag_flows_seen *seen,
			 struct tcpdiag_net *tn)
{
	struct tcpdiag_live_flows *f = READ_ONCE(tn->flows);
	unsigned int slot, i;

	if (!f)
		return;
	raw_spin_lock_irq(&f->lock);
	for (slot = 1; slot <= TCPDIAG_SLOT_OTHER; slot++) {
		struct tcpdiag_flow_seen *g = &seen->other;
		unsigned int at = 0;

		if (slot <= f->slots.used)
			at = tcpdiag_slots_find(&seen->slots,
						&f->slots.key[slot]);
		if (at)
			g = &seen->group[at];
		for (i = 0; i < TCPDIAG_CLOCK_SAMPLED; i++)
			g->samples.n[i] += f->row[slot].samples.n[i];
	}
	raw_spin_unlock_irq(&f->lock);
}

static void read_shard(struct tcpdiag_flows_seen *seen,
		       struct tcpdiag_shard *shard)
{
	struct tcpdiag_flow_sum *other = &seen->other.sum;
	const struct tcpdiag_flows *f;
	unsigned int slot;

	raw_spin_lock_irq(&shard->lock);
	f = shard->flows;
	for (slot = 1; f && slot <= f->slots.used; slot++) {
		struct tcpdiag_flow_seen *g;

		g = group_of(seen, &f->slots.key[slot]);
		tcpdiag_flow_merge(&g->sum, &f->sum[slot]);
		if (g != &seen->other)
			take_owner(g, &f->owner[slot]);
	}
	if (f)
		tcpdiag_flow_merge(other, &f->sum[TCPDIAG_SLOT_OTHER]);
	other->connections += shard->brief + shard->untold;
	seen->brief_us += div_u64(shard->brief_ns, NSEC_PER_USEC);
	seen->untold_us += shard->untold_us;
	raw_spin_unlock_irq(&shard->lock);
}

static void finish(struct tcpdiag_flow_seen *g)
{
	tcpdiag_clock_settle(&g->sum.clock);
	if ((s64)g->sum.sent < 0)
		g->sum.sent = 0;
	if ((s64)g->sum.received < 0)
		g->sum.received = 0;
	tcpdiag_clock_divide(&g->sum.clock, &g->samples, g->us);
}

/* Of some the life is known only: no samples divide it. */
static void add_undivided(struct tcpdiag_flow_seen *g, u64 us,
			  enum tcpdiag_clock_part part)
{
	g->sum.clock.life_us += us;
	g->us[part] += us;
}

static int most_limited_first(const void *a, const void *b)
{
	const struct tcpdiag_flow_seen *x = a, *y = b;
	u64 of_x = tcpdiag_clock_limited_us(&x->sum.clock);
	u64 of_y = tcpdiag_clock_limited_us(&y->sum.clock);

	if (of_x != of_y)
		return of_x < of_y ? 1 : -1;
	if (x->sum.clock.life_us != y->sum.clock.life_us)
		return x->sum.clock.life_us < y->sum.clock.life_us ? 1 : -1;
	return tcpdiag_key_cmp(&x->key, &y->key);
}

/**
 * tcpdiag_flows_read() - where the time of a namespace's connections went
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: grows with shards.
 * Return: to be put with tcpdiag_flows_put(); NULL if memory is short.
 */
struct tcpdiag_flows_seen *tcpdiag_flows_read(struct tcpdiag_net *tn)
{
	struct tcpdiag_flows_seen *seen;
	struct tcpdiag_shard *shard;
	unsigned int i;

	seen = kvzalloc(sizeof(*seen), TCPDIAG_GFP);
	if (!seen)
		return NULL;
	read_all_live(seen, tn);
	tcpdiag_for_each_shard(shard, tn) {
		read_shard(seen, shard);
		cond_resched();
	}
	read_samples(seen, tn);
	for (i = 1; i <= seen->n; i++)
		finish(&seen->group[i]);
	finish(&seen->other);
	add_undivided(&seen->other, seen->brief_us, TCPDIAG_CLOCK_IDLE);
	add_undivided(&seen->other, seen->untold_us, TCPDIAG_CLOCK_UNKNOWN);
	sort(seen->group + 1, seen->n, sizeof(*seen->group),
	     most_limited_first, NULL);
	return seen;
}

/**
 * tcpdiag_flows_put() - free what was read
 * @seen: from tcpdiag_flows_read()
 *
 * Context: process.
 */
void tcpdiag_flows_put(struct tcpdiag_flows_seen *seen)
{
	unsigned int i;

	for (i = 1; i <= seen->n; i++)
		put_pid(seen->group[i].owner.pid);
	kvfree(seen);
}
