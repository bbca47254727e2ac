// SPDX-License-Identifier: GPL-2.0
/*
 * RST segments of known connections: a table for each namespace, made at the
 * first one. A RST for which there is no socket is not in it (resets.c), so a
 * scan of closed ports takes no row.
 *
 * A kind of RST is its direction, reason and state, the name of the program, and
 * the port it was accepted on or the end it was connected to. When all rows are
 * taken, a row that has been quiet for ten minutes, or has one RST only, goes to
 * the next kind; what it had goes to "other".
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "account/reset_table.h"
#include "store/net.h"
#include "store/once.h"
#include "store/shard.h"

/**
 * struct tcpdiag_reset_table - the rows of a namespace
 * @lock: protects the rest
 * @now: ktime_get_ns() of the event that is being added
 * @other: RSTs that are in no row
 * @slots: which kind has which row
 * @row: the rows, by slot; memory of its own, because in softirq a piece of 32 KiB
 *	is often not to be had
 */
struct tcpdiag_reset_table {
	raw_spinlock_t lock; /* the rest */
	u64 now;
	u64 other;
	struct tcpdiag_slots slots;
	struct tcpdiag_reset_row *row;
};

#define ROWS	(TCPDIAG_SLOTS + 1)

/* The bits of tcpdiag_key.rest below the port. */
#define KEY_SENT	BIT(0)
#define KEY_V6		BIT(1)
#define KEY_ACTIVE	BIT(2)
#define KEY_STATE	GENMASK(7, 4)
#define KEY_REASON	GENMASK(12, 8)
#define KEY_PORT	GENMASK(31, 16)
static_assert(TCPDIAG_RESETS <= (KEY_REASON >> 8) + 1);
static_assert(TCPDIAG_STATES <= (KEY_STATE >> 4) + 1);
static_assert(TASK_COMM_LEN == 2 * sizeof(u64));

static void free_table(struct tcpdiag_reset_table *t)
{
	kfree(t->row);
	kfree(t);
}

static struct tcpdiag_reset_table *make_table(void)
{
	struct tcpdiag_reset_table *t = kzalloc(sizeof(*t), TCPDIAG_GFP_EVENT);

	if (!t)
		return NULL;
	t->row = kcalloc(ROWS, sizeof(*t->row), TCPDIAG_GFP_EVENT);
	if (!t->row) {
		kfree(t);
		return NULL;
	}
	raw_spin_lock_init(&t->lock);
	return t;
}

static struct tcpdiag_reset_table *table_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_net *tn = shard->net;
	struct tcpdiag_reset_table *t = READ_ONCE(tn->reset_table);

	if (likely(t))
		return t;
	t = make_table();
	if (!t) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	return tcpdiag_set_once(&tn->reset_table, t, free_table);
}

static void key_of(struct tcpdiag_key *key, const struct tcpdiag_reset_event *e)
{
	memset(key, 0, sizeof(*key));
	key->rest = FIELD_PREP(KEY_STATE, e->state) |
		    FIELD_PREP(KEY_REASON, e->reason) |
		    FIELD_PREP(KEY_PORT, e->port);
	if (e->sent)
		key->rest |= KEY_SENT;
	if (e->v6)
		key->rest |= KEY_V6;
	if (e->active) {
		key->rest |= KEY_ACTIVE;
		memcpy(key->word, &e->peer, sizeof(e->peer));
	}
	strscpy_pad((char *)(key->word + 2), e->comm, TASK_COMM_LEN);
}

static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_reset_table *t = arg;
	struct tcpdiag_reset_row *row = &t->row[slot];

	if (row->count > 1 && tcpdiag_recent_sum(&row->recent, t->now))
		return false;
	t->other += row->count;
	put_pid(row->pid);
	memset(row, 0, sizeof(*row));
	return true;
}

/* What was before a pause says nothing of what happens now. */
static void begin_again(struct tcpdiag_reset_row *row, u64 now)
{
	row->since_ns = now;
	row->n = 0;
	row->local = 0;
	memset(&row->idle, 0, sizeof(row->idle));
	memset(&row->gap, 0, sizeof(row->gap));
	memset(&row->vote, 0, sizeof(row->vote));
}

static void count(struct tcpdiag_reset_row *row,
		  const struct tcpdiag_reset_event *e, u64 now)
{
	enum tcpdiag_voted voted;

	if (!tcpdiag_recent_sum(&row->recent, now))
		begin_again(row, now);
	row->count++;
	row->n++;
	tcpdiag_recent_add(&row->recent, now);
	if (e->has_idle)
		tcpdiag_range_add(&row->idle, e->idle_ns);
	if (e->has_gap)
		tcpdiag_range_add(&row->gap, e->gap_ns);
	if (e->lost) {
		row->lost++;
		tcpdiag_recent_add(&row->lost_recent, now);
	}
	if (e->unanswered)
		tcpdiag_recent_add(&row->unanswered_recent, now);
	row->local += e->local;
	row->own = e->own;
	voted = tcpdiag_vote_add(&row->vote,
				 jhash(&e->peer, sizeof(e->peer), 0));
	if (voted == TCPDIAG_VOTED_NEW)
		row->peer = e->peer;
	if (e->pid && e->pid != row->pid) {
		put_pid(row->pid);
		row->pid = get_pid(e->pid);
	}
}

/**
 * tcpdiag_reset_table_add() - count a RST of a known connection
 * @shard: a shard of its namespace
 * @e: the RST
 *
 * If memory is short, that is counted in the shard.
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_reset_table_add(struct tcpdiag_shard *shard,
			     const struct tcpdiag_reset_event *e)
{
	struct tcpdiag_reset_table *t = table_of(shard);
	u64 now = ktime_get_ns();
	struct tcpdiag_key key;
	unsigned long irqflags;
	unsigned int slot;

	if (!t)
		return;
	key_of(&key, e);
	raw_spin_lock_irqsave(&t->lock, irqflags);
	t->now = now;
	slot = tcpdiag_slots_find(&t->slots, &key);
	if (!slot)
		slot = tcpdiag_slots_take(&t->slots, &key, give_up, t);
	if (likely(slot))
		count(&t->row[slot], e, now);
	else
		t->other++;
	raw_spin_unlock_irqrestore(&t->lock, irqflags);
}

/**
 * tcpdiag_reset_table_take_back() - take back the last RST of its kind
 * @shard: a shard of its namespace
 * @e: the RST, without times and lost data
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_reset_table_take_back(struct tcpdiag_shard *shard,
				   const struct tcpdiag_reset_event *e)
{
	struct tcpdiag_reset_table *t = READ_ONCE(shard->net->reset_table);
	struct tcpdiag_reset_row *row;
	struct tcpdiag_key key;
	unsigned long irqflags;
	unsigned int slot;

	if (!t)
		return;
	key_of(&key, e);
	raw_spin_lock_irqsave(&t->lock, irqflags);
	slot = tcpdiag_slots_find(&t->slots, &key);
	row = &t->row[slot];
	if (slot && row->count) {
		row->count--;
		row->n -= !!row->n;
		row->local -= min_t(u64, row->local, e->local);
		tcpdiag_recent_take_back(&row->recent);
	} else if (t->other) {
		t->other--;
	}
	raw_spin_unlock_irqrestore(&t->lock, irqflags);
}

static void read_row(struct tcpdiag_reset_seen *s,
		     const struct tcpdiag_key *key,
		     const struct tcpdiag_reset_row *row)
{
	s->sent = key->rest & KEY_SENT;
	s->v6 = key->rest & KEY_V6;
	s->active = key->rest & KEY_ACTIVE;
	s->state = FIELD_GET(KEY_STATE, key->rest);
	s->reason = FIELD_GET(KEY_REASON, key->rest);
	s->port = FIELD_GET(KEY_PORT, key->rest);
	memcpy(&s->addr, key->word, sizeof(s->addr));
	memcpy(s->comm, key->word + 2, sizeof(s->comm));
	s->row = *row;
	get_pid(s->row.pid);
}

static int largest_first(const void *a, const void *b)
{
	const struct tcpdiag_reset_seen *x = a, *y = b;

	if (x->row.count != y->row.count)
		return x->row.count < y->row.count ? 1 : -1;
	return x->row.recent.last_ns < y->row.recent.last_ns ? 1 : -1;
}

/**
 * tcpdiag_reset_table_read() - read the table
 * @tn: the namespace
 *
 * Context: process, may sleep.
 * Return: the rows, the largest first, to be put; NULL if memory is short.
 */
struct tcpdiag_resets_seen *tcpdiag_reset_table_read(struct tcpdiag_net *tn)
{
	/* pairs with cmpxchg() in table_of() */
	struct tcpdiag_reset_table *t = READ_ONCE(tn->reset_table);
	struct tcpdiag_resets_seen *seen;
	unsigned int slot;

	seen = kvzalloc(sizeof(*seen), TCPDIAG_GFP);
	if (!seen)
		return NULL;
	if (t) {
		raw_spin_lock_irq(&t->lock);
		for (slot = 1; slot <= t->slots.used; slot++)
			if (t->row[slot].count)
				read_row(&seen->seen[seen->n++],
					 &t->slots.key[slot], &t->row[slot]);
		seen->other = t->other;
		raw_spin_unlock_irq(&t->lock);
	}
	seen->now = ktime_get_ns();
	sort(seen->seen, seen->n, sizeof(*seen->seen), largest_first, NULL);
	return seen;
}

/**
 * tcpdiag_reset_table_put() - free what was read
 * @seen: from tcpdiag_reset_table_read()
 *
 * Context: process, may sleep.
 */
void tcpdiag_reset_table_put(struct tcpdiag_resets_seen *seen)
{
	unsigned int i;

	for (i = 0; i < seen->n; i++)
		put_pid(seen->seen[i].row.pid);
	kvfree(seen);
}

/**
 * tcpdiag_reset_table_bytes() - memory of the table
 * @tn: the namespace
 *
 * Context: any.
 * Return: bytes.
 */
size_t tcpdiag_reset_table_bytes(const struct tcpdiag_net *tn)
{
	const struct tcpdiag_reset_table *t = READ_ONCE(tn->reset_table);

	return t ? sizeof(*t) + ROWS * sizeof(*t->row) : 0;
}

/**
 * tcpdiag_reset_table_release() - free the table of a namespace
 * @tn: the namespace: dead for a grace period, without readers
 *
 * Context: process.
 */
void tcpdiag_reset_table_release(struct tcpdiag_net *tn)
{
	unsigned int slot;

	if (!tn->reset_table)
		return;
	for (slot = 1; slot <= TCPDIAG_SLOTS; slot++)
		put_pid(tn->reset_table->row[slot].pid);
	free_table(tn->reset_table);
	tn->reset_table = NULL;
}
