// SPDX-License-Identifier: GPL-2.0
/*
 * Whose TIME_WAITs there are, where to, and how fast they are made.
 *
 * Their number is the account's gauge, their rate follows from its transitions.
 * Owners and destinations are counted in a pass, once a second: a TIME_WAIT goes
 * to the end of its shard's list when it begins and leaves it when it ends, so
 * what was made since the last pass stands behind a mark on the list (as of the
 * walks in age.c), and the pass takes that and moves the mark to the end. Where a
 * TIME_WAIT is counted stands in its record, which takes it off at its end. Who
 * ends before a pass comes, or finds no slot, is left in "other", which is the
 * total less the rows.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>

#include "account/ports.h"
#include "account/ports_view.h"
#include "store/record.h"
#include "model/window.h"

/* How many are taken while the lock is held once. */
#define BATCH		64
/* Shortest time between samples of the rate. */
#define SAMPLE_NS	(NSEC_PER_SEC - NSEC_PER_SEC / 10)

/**
 * struct tcpdiag_time_waits - owners of one shard's TIME_WAITs
 * @slots: which owner has which slot: process and name, or only the name of one
 *	that had ended
 * @last: the slot that was counted last; 0 for none
 * @comm: the name that was counted there, as it stands in the record
 * @n: how many, by slot
 * @pid: by slot: the process, or one of those that had ended, with a reference
 * @mark: on the list of TIME_WAITs, behind what has been taken
 *
 * Protected by the shard's lock.
 */
struct tcpdiag_time_waits {
	struct tcpdiag_slots slots;
	unsigned int last;
	char comm[TASK_COMM_LEN];
	u32 n[TCPDIAG_SLOT_PLACES];
	struct pid *pid[TCPDIAG_SLOT_PLACES];
	struct tcpdiag_record mark;
};

/* tcpdiag_net.time_wait_made */
static DEFINE_MUTEX(made_mutex);

/**
 * tcpdiag_time_wait_prepare() - memory for what a pass counts
 * @shard: the shard; without memory it has none, and the pass is left out
 *
 * Context: process, may sleep; one caller at a time.
 */
void tcpdiag_time_wait_prepare(struct tcpdiag_shard *shard)
{
	struct tcpdiag_time_waits *tw;

	if (shard->time_waits || list_empty(&shard->ordered[TCP_TIME_WAIT]))
		return;
	tw = kzalloc(sizeof(*tw), TCPDIAG_GFP);
	if (!tw) {
		atomic64_inc(&shard->alloc_failed);
		return;
	}
	INIT_LIST_HEAD(&tw->mark.age);
	spin_lock_irq(&shard->lock);
	shard->time_waits = tw;
	spin_unlock_irq(&shard->lock);
}

static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_time_waits *tw = arg;

	if (tw->n[slot])
		return false;
	put_pid(tw->pid[slot]);
	tw->pid[slot] = NULL;
	return true;
}

/* Processes that end at once would each need a slot: they share their name's. */
static unsigned int owner_slot(struct tcpdiag_time_waits *tw,
			       const struct tcpdiag_record *rec)
{
	struct tcpdiag_key key = {};
	unsigned int slot;

	if (tcpdiag_owner_is_alive(rec->pid))
		key.word[0] = (unsigned long)rec->pid;
	strscpy_pad((char *)(key.word + 1), rec->comm, sizeof(rec->comm));
	slot = tcpdiag_slots_find(&tw->slots, &key);
	if (slot)
		return slot;
	slot = tcpdiag_slots_take(&tw->slots, &key, give_up, tw);
	if (!slot)
		return TCPDIAG_SLOT_OTHER;
	/* whose namespace it was still counts when it has ended */
	tw->pid[slot] = get_pid(rec->pid);
	return slot;
}

/* Most have the same owner as the one before. */
static void count_owner(struct tcpdiag_time_waits *tw,
			struct tcpdiag_record *rec)
{
	unsigned int slot = tw->last;

	if (!slot || tw->pid[slot] != rec->pid ||
	    memcmp(tw->comm, rec->comm, sizeof(tw->comm))) {
		slot = owner_slot(tw, rec);
		tw->last = slot == TCPDIAG_SLOT_OTHER ? 0 : slot;
		memcpy(tw->comm, rec->comm, sizeof(tw->comm));
	}
	rec->in.owner = slot;
	tw->n[slot]++;
}

/* False at the end of the list, or if there is no memory to go on. */
static bool take_batch(struct tcpdiag_shard *shard)
{
	struct list_head *list = &shard->ordered[TCP_TIME_WAIT];
	struct tcpdiag_time_waits *tw = shard->time_waits;
	struct tcpdiag_record *rec;
	struct list_head *pos;
	bool seen = true;
	unsigned int n;

	lockdep_assert_held(&shard->lock);
	pos = list_empty(&tw->mark.age) ? list->next : tw->mark.age.next;
	for (n = 0; n < BATCH && pos != list; n++, pos = pos->next) {
		rec = list_entry(pos, struct tcpdiag_record, age);
		seen = tcpdiag_ports_see(shard, rec, TCP_TIME_WAIT);
		if (!seen)
			break;
		if (rec->in.peer && !rec->in.owner)
			count_owner(tw, rec);
	}
	if (n)
		list_move_tail(&tw->mark.age, pos);
	return seen && pos != list;
}

/**
 * tcpdiag_time_wait_take() - a part of a pass: count what is new
 * @shard: the shard, not locked
 *
 * Context: process; after tcpdiag_time_wait_prepare(), one caller at a time.
 * Return: whether there is more.
 */
bool tcpdiag_time_wait_take(struct tcpdiag_shard *shard)
{
	bool more = false;

	spin_lock_irq(&shard->lock);
	if (shard->time_waits)
		more = take_batch(shard);
	spin_unlock_irq(&shard->lock);
	return more;
}

/**
 * tcpdiag_time_wait_end() - a TIME_WAIT that was counted ends
 * @shard: the record's shard, locked
 * @rec: its record
 */
void tcpdiag_time_wait_end(struct tcpdiag_shard *shard,
			   const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&shard->lock);
	if (rec->in.owner)
		shard->time_waits->n[rec->in.owner]--;
}

/**
 * tcpdiag_time_wait_unmark() - no pass comes any more: take the mark away
 * @shard: a shard of a namespace that has ended
 */
void tcpdiag_time_wait_unmark(struct tcpdiag_shard *shard)
{
	if (shard->time_waits)
		list_del_init(&shard->time_waits->mark.age);
}

/**
 * tcpdiag_time_wait_free() - free what passes counted
 * @shard: a shard without records
 */
void tcpdiag_time_wait_free(struct tcpdiag_shard *shard)
{
	struct tcpdiag_time_waits *tw = shard->time_waits;
	unsigned int slot;

	if (!tw)
		return;
	for (slot = 1; slot <= TCPDIAG_SLOTS; slot++)
		put_pid(tw->pid[slot]);
	kfree(tw);
}

/**
 * tcpdiag_time_wait_bytes() - memory of what passes counted
 * @shard: the shard
 *
 * Return: bytes.
 */
size_t tcpdiag_time_wait_bytes(const struct tcpdiag_shard *shard)
{
	return shard->time_waits ? sizeof(*shard->time_waits) : 0;
}

static u64 entries(const struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard;
	unsigned int from;
	u64 n = 0;

	tcpdiag_for_each_shard(shard, tn) {
		for (from = 1; from < TCPDIAG_STATES; from++) {
			unsigned int move = TCPDIAG_MOVE(from, TCP_TIME_WAIT);

			n += atomic64_read(&shard->moves[move]);
		}
	}
	return n;
}

static void sample(struct tcpdiag_net *tn, u64 made)
{
	struct tcpdiag_window *w = tn->time_wait_made;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&made_mutex);
	if (!w && made) {
		w = kzalloc(sizeof(*w), TCPDIAG_GFP);
		if (!w) {
			atomic64_inc(&tn->alloc_failed);
			return;
		}
		tcpdiag_window_add(w, 0, tn->began_ns);
		WRITE_ONCE(tn->time_wait_made, w);
	}
	if (w && now >= w->at_ns[w->last] + SAMPLE_NS)
		tcpdiag_window_add(w, made, now);
}

/**
 * tcpdiag_time_wait_tick() - once a second: remember how many were made
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_time_wait_tick(struct tcpdiag_net *tn)
{
	mutex_lock(&made_mutex);
	sample(tn, entries(tn));
	mutex_unlock(&made_mutex);
}

static void read_rates(struct tcpdiag_net *tn,
		       struct tcpdiag_time_wait_view *view)
{
	static const unsigned int seconds[] = { 1, 10, 60 };
	u64 now = ktime_get_ns(), made = entries(tn);
	unsigned int i;

	mutex_lock(&made_mutex);
	sample(tn, made);
	for (i = 0; tn->time_wait_made && i < ARRAY_SIZE(seconds); i++)
		view->rate[i] = tcpdiag_window_rate(tn->time_wait_made, made,
						    now, seconds[i]);
	mutex_unlock(&made_mutex);
}

/* Owners of a shard; of those that have ended by now only the name counts. */
static void read_owners(const struct tcpdiag_time_waits *tw,
			struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row;
	unsigned int slot;

	for (slot = 1; slot <= tw->slots.used; slot++) {
		if (!tw->n[slot])
			continue;
		row = &rows->row[rows->n++];
		row->n = tw->n[slot];
		row->key = tw->slots.key[slot];
		row->pid = get_pid(tw->pid[slot]);
		if (!tcpdiag_owner_is_alive(row->pid))
			row->key.word[0] = 0;
	}
}

/* Destinations of a shard, the local address left out, or nothing but it. */
static void read_dests(const struct tcpdiag_ports *ports,
		       struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row;
	unsigned int slot;
	u32 n;

	for (slot = 1; slot <= ports->slots.used; slot++) {
		n = ports->peer[slot].in_use[TCPDIAG_PEER_TIME_WAIT];
		if (!n)
			continue;
		row = &rows->row[rows->n++];
		row->n = n;
		row->key = ports->slots.key[slot];
		if (row->key.rest & TCPDIAG_PEER_V6)
			memset(row->key.word, 0, sizeof(struct in6_addr));
		else
			row->key.word[0] = lower_32_bits(row->key.word[0]);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_time_wait_row *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static int by_count(const void *a, const void *b)
{
	const struct tcpdiag_time_wait_row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return by_key(a, b);
}

/* One row for each; how many that are is returned. */
static u64 merge_rows(struct tcpdiag_time_wait_rows *rows)
{
	struct tcpdiag_time_wait_row *row = rows->row;
	unsigned int i, n = 0;
	u64 sum = 0;

	sort(row, rows->n, sizeof(*row), by_key, NULL);
	for (i = 0; i < rows->n; i++) {
		sum += row[i].n;
		if (n && !by_key(&row[n - 1], &row[i])) {
			row[n - 1].n += row[i].n;
			put_pid(row[i].pid);
		} else {
			row[n++] = row[i];
		}
	}
	sort(row, n, sizeof(*row), by_count, NULL);
	while (n > TCPDIAG_TIME_WAIT_ROWS)
		put_pid(row[--n].pid);
	rows->n = n;
	return sum;
}

static void read_shard(struct tcpdiag_shard *shard,
		       struct tcpdiag_time_wait_view *view)
{
	spin_lock_irq(&shard->lock);
	if (shard->time_waits)
		read_owners(shard->time_waits, &view->owners);
	if (shard->ports)
		read_dests(shard->ports, &view->dests);
	spin_unlock_irq(&shard->lock);
}

/**
 * tcpdiag_time_wait_overflows() - sockets that found no room for TIME_WAIT
 * @net: the namespace
 *
 * Return: how many, since the namespace began.
 */
u64 tcpdiag_time_wait_overflows(const struct net *net)
{
	return snmp_fold_field(net->mib.net_statistics,
			       LINUX_MIB_TCPTIMEWAITOVERFLOW);
}

/* What the kernel says: minisockets of both kinds, limits and counters. */
static void read_kernel(struct net *net, struct tcpdiag_time_wait_view *view)
{
	const struct inet_timewait_death_row *row = &net->ipv4.tcp_death_row;
	u64 minis = refcount_read(&row->tw_refcount) - 1;

	view->fin_wait2 = minis > view->total ? minis - view->total : 0;
	view->limit = READ_ONCE(row->sysctl_max_tw_buckets);
	view->reuse = READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse);
	view->overflows = tcpdiag_time_wait_overflows(net);
	view->recycled = snmp_fold_field(net->mib.net_statistics,
					 LINUX_MIB_TIMEWAITRECYCLED);
}

static bool alloc_rows(struct tcpdiag_time_wait_rows *rows, unsigned int shards)
{
	rows->row = kvmalloc_array(shards * TCPDIAG_SLOTS, sizeof(*rows->row),
				   TCPDIAG_GFP);
	return rows->row;
}

/**
 * tcpdiag_time_wait_read() - TIME_WAIT in a namespace
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: by shards and listeners.
 * Return: a view for tcpdiag_time_wait_put(); NULL if there is no memory.
 */
struct tcpdiag_time_wait_view *tcpdiag_time_wait_read(struct tcpdiag_net *tn)
{
	unsigned int shards = tcpdiag_account_shards(tn);
	struct tcpdiag_time_wait_view *view;
	struct tcpdiag_snapshot *snap;
	struct tcpdiag_shard *shard;
	u64 counted;

	view = kzalloc(sizeof(*view), TCPDIAG_GFP);
	snap = kmalloc(sizeof(*snap), TCPDIAG_GFP);
	if (!view || !snap ||
	    !alloc_rows(&view->owners, shards) ||
	    !alloc_rows(&view->dests, shards))
		goto err;
	tcpdiag_account_read(tn, snap);
	view->total = snap->now[TCP_TIME_WAIT];
	kfree(snap);
	view->counted_us = tcpdiag_age_sorted_us(tn);
	/* shards may have been added meanwhile: the next read has them */
	tcpdiag_for_each_shard(shard, tn) {
		if (!shards--)
			break;
		read_shard(shard, view);
	}
	counted = merge_rows(&view->owners);
	counted = max(counted, merge_rows(&view->dests));
	/* of different moments: no row may be more than there are */
	view->total = max(view->total, counted);
	read_kernel(tn->net, view);
	read_rates(tn, view);
	return view;
err:
	kfree(snap);
	if (view)
		tcpdiag_time_wait_put(view);
	return NULL;
}

/**
 * tcpdiag_time_wait_put() - done with a view
 * @view: from tcpdiag_time_wait_read()
 */
void tcpdiag_time_wait_put(struct tcpdiag_time_wait_view *view)
{
	unsigned int i;

	for (i = 0; i < view->owners.n; i++)
		put_pid(view->owners.row[i].pid);
	kvfree(view->owners.row);
	kvfree(view->dests.row);
	kfree(view);
}

/**
 * tcpdiag_time_wait_facts() - what findings judge of TIME_WAIT
 * @tn: the namespace
 * @facts: where to
 *
 * Context: process.
 * Return: true.
 */
bool tcpdiag_time_wait_facts(struct tcpdiag_net *tn,
			     struct tcpdiag_facts *facts)
{
	const struct inet_timewait_death_row *row =
		&tn->net->ipv4.tcp_death_row;

	facts->time_wait.limit = READ_ONCE(row->sysctl_max_tw_buckets);
	facts->time_wait.overflows = tcpdiag_time_wait_overflows(tn->net) -
				     tn->overflows_before;
	return true;
}

/**
 * tcpdiag_time_wait_purge() - free what a namespace's rate was taken from
 * @tn: the namespace
 */
void tcpdiag_time_wait_purge(struct tcpdiag_net *tn)
{
	kfree(tn->time_wait_made);
	tn->time_wait_made = NULL;
}
