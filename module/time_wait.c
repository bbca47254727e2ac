// SPDX-License-Identifier: GPL-2.0
/*
 * Whose TIME_WAITs there are, where to, and how fast they are made.
 *
 * Their number is the account's gauge, their rate follows from its transitions.
 * Owners and destinations are counted once a second: the TIME_WAITs made since
 * are at the end of their lists (age.c), newest last, and go from there into
 * bounded tables; each gives its place back at its end. A record that is
 * counted has a place in the owners' table, so that the pass knows where the
 * last one began. Who closes and ends within a second, or found no slot, or was
 * one too many for a pass, is left in "other", which is the total less the
 * rows.
 */
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "ports_view.h"
#include "record.h"
#include "window.h"

/* TIME_WAITs of a shard that a pass counts at most. */
#define PASS		16384
/* How many while the lock is held once. */
#define BATCH		64
/* Shortest time between passes. */
#define PASS_NS		(NSEC_PER_SEC - NSEC_PER_SEC / 10)

/**
 * struct counts - TIME_WAITs by a key
 * @slots: which key has which slot
 * @n: how many
 * @pid: the owners' processes, with a reference, or one of them that has ended;
 *	NULL for none
 */
struct counts {
	struct tcpdiag_slots slots;
	atomic_t n[TCPDIAG_SLOT_PLACES];
	struct pid *pid[TCPDIAG_SLOTS + 1];
};

/**
 * struct tcpdiag_time_waits - what is known of a namespace's TIME_WAITs
 * @passed_ns: when the last pass began
 * @made: entries into TIME_WAIT
 * @owner: by who closed first: process and name, only the name if it has ended
 * @dest: by remote address and port of who connected, by its own of who
 *	accepted
 *
 * All but counts that go down is protected by pass_mutex.
 */
struct tcpdiag_time_waits {
	u64 passed_ns;
	struct tcpdiag_window made;
	struct counts owner;
	struct counts dest;
};

static DEFINE_MUTEX(pass_mutex);

static bool give_up(void *arg, unsigned int slot)
{
	struct counts *c = arg;

	if (atomic_read(&c->n[slot]))
		return false;
	put_pid(c->pid[slot]);
	c->pid[slot] = NULL;
	return true;
}

static unsigned int count(struct counts *c, const struct tcpdiag_key *key,
			  struct pid *pid)
{
	unsigned int slot = tcpdiag_slots_find(&c->slots, key);

	if (!slot) {
		slot = tcpdiag_slots_take(&c->slots, key, give_up, c);
		if (slot)
			c->pid[slot] = get_pid(pid);
		else
			slot = TCPDIAG_SLOT_OTHER;
	}
	atomic_inc(&c->n[slot]);
	return slot;
}

/* Processes that end at once would each need a slot: they share their name's. */
static unsigned int count_owner(struct tcpdiag_time_waits *tw,
				const struct tcpdiag_record *rec)
{
	struct pid *pid = rec->pid && pid_task(rec->pid, PIDTYPE_TGID) ?
			  rec->pid : NULL;
	struct tcpdiag_key key = { .word[0] = (unsigned long)pid };

	memcpy(key.word + 1, rec->comm, sizeof(rec->comm));
	/* whose namespace it was still counts when it has ended */
	return count(&tw->owner, &key, rec->pid);
}

static unsigned int count_dest(struct tcpdiag_time_waits *tw,
			       const struct tcpdiag_record *rec)
{
	const struct inet_timewait_sock *t = rec->key;
	bool own = !rec->in.peer;
	struct tcpdiag_key key = {
		.rest = own ? TCPDIAG_TIME_WAIT_OWN |
			      (__force u16)htons(t->tw_num) :
			      (__force u16)t->tw_dport,
	};

#if IS_ENABLED(CONFIG_IPV6)
	if (t->tw_family == AF_INET6 && !ipv6_addr_v4mapped(&t->tw_v6_daddr)) {
		memcpy(key.word, own ? &t->tw_v6_rcv_saddr : &t->tw_v6_daddr,
		       sizeof(t->tw_v6_daddr));
		key.rest |= TCPDIAG_PEER_V6;
		return count(&tw->dest, &key, NULL);
	}
#endif
	key.word[0] = (__force u32)(own ? t->tw_rcv_saddr : t->tw_daddr);
	return count(&tw->dest, &key, NULL);
}

/**
 * struct pass - a pass over the TIME_WAITs of a shard
 * @tw: where they are counted
 * @shard: the shard
 * @at: the record counted last; NULL at first
 * @key: its minisocket
 * @left: how many may be counted yet
 */
struct pass {
	struct tcpdiag_time_waits *tw;
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *at;
	const void *key;
	unsigned int left;
};

/* Where to go on; false if the record that was counted last has ended since. */
static bool find_place(const struct pass *p, struct list_head **pos)
{
	struct tcpdiag_record *at = p->at;

	lockdep_assert_held(&p->shard->lock);
	if (!at) {
		*pos = p->shard->ordered[TCP_TIME_WAIT].prev;
		return true;
	}
	*pos = at->age.prev;
	return at->key == p->key && at->shard == p->shard &&
	       at->state == TCP_TIME_WAIT && at->in.owner;
}

/* False at the end. */
static bool count_batch(struct pass *p)
{
	struct list_head *list = &p->shard->ordered[TCP_TIME_WAIT];
	unsigned int n = 0;
	struct list_head *pos;

	lockdep_assert_held(&p->shard->lock);
	if (!find_place(p, &pos))
		return false;
	for (; n < BATCH && pos != list; n++, pos = pos->prev) {
		struct tcpdiag_record *rec = list_entry(pos, typeof(*rec), age);

		if (rec->in.owner)
			return false;
		rec->in.dest = count_dest(p->tw, rec);
		rec->in.owner = count_owner(p->tw, rec);
		p->at = rec;
		p->key = rec->key;
		if (!--p->left)
			return false;
	}
	return pos != list;
}

static void pass_shard(struct tcpdiag_time_waits *tw,
		       struct tcpdiag_shard *shard)
{
	struct pass p = { .tw = tw, .shard = shard, .left = PASS };
	bool more;

	lockdep_assert_held(&pass_mutex);
	/* the memory of a record that ends meanwhile stays readable */
	rcu_read_lock();
	do {
		spin_lock_irq(&shard->lock);
		more = count_batch(&p);
		spin_unlock_irq(&shard->lock);
	} while (more);
	rcu_read_unlock();
}

static u64 entries(const struct tcpdiag_net *tn)
{
	unsigned int i, from;
	u64 n = 0;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		for (from = 1; shard && from < TCPDIAG_STATES; from++)
			n += atomic64_read(&shard->moves[from][TCP_TIME_WAIT]);
	}
	return n;
}

static bool is_used(const struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		if (READ_ONCE(tn->shard[i]))
			return true;
	return false;
}

/* NULL in a namespace that never used TCP, or without memory for now. */
static struct tcpdiag_time_waits *get(struct tcpdiag_net *tn)
{
	struct tcpdiag_time_waits *tw = tn->time_waits;

	lockdep_assert_held(&pass_mutex);
	if (tw || !is_used(tn))
		return tw;
	tw = kzalloc(sizeof(*tw), GFP_KERNEL);
	if (!tw)
		return NULL;
	tcpdiag_window_add(&tw->made, 0, tn->began_ns);
	WRITE_ONCE(tn->time_waits, tw);
	return tw;
}

static void pass(struct tcpdiag_net *tn)
{
	struct tcpdiag_time_waits *tw = get(tn);
	u64 now = ktime_get_ns();
	unsigned int i;

	if (!tw || now < tw->passed_ns + PASS_NS)
		return;
	tw->passed_ns = now;
	tcpdiag_window_add(&tw->made, entries(tn), now);
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (shard)
			pass_shard(tw, shard);
	}
}

/**
 * tcpdiag_time_wait_tick() - count the TIME_WAITs made since, unless done a
 *	second ago
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_time_wait_tick(struct tcpdiag_net *tn)
{
	mutex_lock(&pass_mutex);
	pass(tn);
	mutex_unlock(&pass_mutex);
}

/**
 * tcpdiag_time_wait_end() - a TIME_WAIT that was counted ends
 * @rec: its record; its shard is locked
 */
void tcpdiag_time_wait_end(struct tcpdiag_record *rec)
{
	struct tcpdiag_time_waits *tw = rec->shard->net->time_waits;

	lockdep_assert_held(&rec->shard->lock);
	atomic_dec(&tw->owner.n[rec->in.owner]);
	atomic_dec(&tw->dest.n[rec->in.dest]);
}

static int by_count(const void *a, const void *b)
{
	const struct tcpdiag_time_wait_row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* How many rows there are; @sum is set to what they add up to. */
static unsigned int read_rows(const struct counts *c,
			      struct tcpdiag_time_wait_row *row, u64 *sum)
{
	unsigned int slot, n = 0;

	lockdep_assert_held(&pass_mutex);
	*sum = 0;
	for (slot = 1; slot <= c->slots.used; slot++) {
		row[n].n = atomic_read(&c->n[slot]);
		if (!row[n].n)
			continue;
		*sum += row[n].n;
		row[n].key = c->slots.key[slot];
		row[n].pid = get_pid(c->pid[slot]);
		n++;
	}
	sort(row, n, sizeof(*row), by_count, NULL);
	return n;
}

static void read_counts(struct tcpdiag_net *tn,
			struct tcpdiag_time_wait_view *view)
{
	static const unsigned int seconds[] = { 1, 10, 60 };
	struct tcpdiag_time_waits *tw = tn->time_waits;
	u64 now = ktime_get_ns(), owners, dests;
	unsigned int i;

	lockdep_assert_held(&pass_mutex);
	if (!tw)
		return;
	for (i = 0; i < ARRAY_SIZE(seconds); i++)
		view->rate[i] = tcpdiag_window_rate(&tw->made, entries(tn),
						    now, seconds[i]);
	view->owners = read_rows(&tw->owner, view->owner, &owners);
	view->dests = read_rows(&tw->dest, view->dest, &dests);
	/* of different moments: no row may be more than there are */
	view->total = max3(view->total, owners, dests);
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

/**
 * tcpdiag_time_wait_read() - TIME_WAIT in a namespace
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: by shards and listeners, and once a second
 * by what was made since.
 * Return: a view for tcpdiag_time_wait_put(); NULL if there is no memory.
 */
struct tcpdiag_time_wait_view *tcpdiag_time_wait_read(struct tcpdiag_net *tn)
{
	struct tcpdiag_time_wait_view *view;
	struct tcpdiag_snapshot *snap;

	view = kzalloc(sizeof(*view), GFP_KERNEL);
	snap = kmalloc(sizeof(*snap), GFP_KERNEL);
	if (!view || !snap) {
		kfree(view);
		kfree(snap);
		return NULL;
	}
	mutex_lock(&pass_mutex);
	pass(tn);
	tcpdiag_account_read(tn, snap);
	view->total = snap->now[TCP_TIME_WAIT];
	read_kernel(tn->net, view);
	read_counts(tn, view);
	mutex_unlock(&pass_mutex);
	kfree(snap);
	return view;
}

/**
 * tcpdiag_time_wait_put() - done with a view
 * @view: from tcpdiag_time_wait_read()
 */
void tcpdiag_time_wait_put(struct tcpdiag_time_wait_view *view)
{
	unsigned int i;

	for (i = 0; i < view->owners; i++)
		put_pid(view->owner[i].pid);
	kfree(view);
}

/**
 * tcpdiag_time_wait_facts() - what findings judge of TIME_WAIT
 * @tn: the namespace
 * @facts: where to
 *
 * Context: process.
 */
void tcpdiag_time_wait_facts(struct tcpdiag_net *tn,
			     struct tcpdiag_facts *facts)
{
	const struct inet_timewait_death_row *row =
		&tn->net->ipv4.tcp_death_row;

	facts->time_wait.limit = READ_ONCE(row->sysctl_max_tw_buckets);
	facts->time_wait.overflows = tcpdiag_time_wait_overflows(tn->net) -
				     tn->overflows_before;
}

/**
 * tcpdiag_time_wait_bytes() - memory of a namespace's counts
 * @tn: the namespace
 *
 * Return: bytes.
 */
size_t tcpdiag_time_wait_bytes(const struct tcpdiag_net *tn)
{
	return READ_ONCE(tn->time_waits) ? sizeof(struct tcpdiag_time_waits) :
					   0;
}

/**
 * tcpdiag_time_wait_purge() - free a namespace's counts, after its records
 * @tn: the namespace
 */
void tcpdiag_time_wait_purge(struct tcpdiag_net *tn)
{
	struct tcpdiag_time_waits *tw = tn->time_waits;
	unsigned int slot;

	if (!tw)
		return;
	for (slot = 1; slot <= TCPDIAG_SLOTS; slot++)
		put_pid(tw->owner.pid[slot]);
	kfree(tw);
	tn->time_waits = NULL;
}
