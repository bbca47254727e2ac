// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the records of long stays in order, so that the longest stay in a state
 * is found without looking at the others.
 *
 * A change of state does not touch the lists and so needs no lock. Every record
 * begins on a list of young records, whatever its state. Once a second a pass
 * (account/pass.c) moves records whose stay is at least a second old to the end
 * of their state's list. When such a stay ends, the record is young again. The
 * work grows with the number of events, not of sockets, and a connection that
 * lives for less than a second costs nothing.
 *
 * A socket may change state, without the lock, while the pass puts its record
 * on a state's list. The writer writes the new stay, then checks whether the
 * record is on such a list; the pass marks the record as being on the list,
 * then checks whether the stay is still the same. At least one of them sees
 * the other.
 *
 * A walk along such a list leaves a mark there while it does not hold the lock.
 * The mark is a record without a socket and a state; all others skip it.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "store/age.h"
#include "store/net.h"
#include "store/record.h"

/* Stays from this length on are kept in order. */
#define OLD_NS		NSEC_PER_SEC
/* Records handled each time the lock is held. */
#define BATCH		64
/* How far from the list's end insert() looks for the place of a record. */
#define SEARCH		64
/* How many records of a list a reader looks at to find the longest stay. */
#define GLANCE		256

/* tcpdiag_coarse_ns() minus the time that jiffies give */
u64 tcpdiag_age_jiffies_base;

static void make_young(struct tcpdiag_shard *shard, struct tcpdiag_record *rec)
{
	lockdep_assert_held(&shard->lock);
	WRITE_ONCE(rec->ordered, false);
	hlist_add_head(&rec->young, shard->young_now);
}

/* Records come nearly in the order of entry, so the place is near the end. */
static void insert(struct list_head *list, struct tcpdiag_record *rec)
{
	struct list_head *pos = list->prev;
	unsigned int n;

	for (n = 0; n < SEARCH && pos != list; n++) {
		if (list_entry(pos, struct tcpdiag_record, age)->entered <=
		    rec->entered)
			break;
		pos = pos->prev;
	}
	if (n == SEARCH && list_first_entry(list, struct tcpdiag_record,
					    age)->entered > rec->entered)
		pos = list;
	list_add(&rec->age, pos);
}

/* @rec is on no list. */
static void sort_one(struct tcpdiag_shard *shard, struct tcpdiag_record *rec,
		     u64 now, tcpdiag_age_meet_fn meet)
{
	u64 entered = READ_ONCE(rec->entered);
	u8 state = READ_ONCE(rec->state);

	lockdep_assert_held(&shard->lock);
	if (state & TCPDIAG_CHANGING || !meet(shard, rec, state) ||
	    now < entered + OLD_NS) {
		make_young(shard, rec);
		return;
	}
	WRITE_ONCE(rec->ordered, true);
	/* pairs with the full barrier in change_state() */
	smp_mb();
	if (READ_ONCE(rec->entered) == entered &&
	    READ_ONCE(rec->state) == state)
		insert(&shard->ordered[state], rec);
	else
		make_young(shard, rec);
}

/**
 * tcpdiag_age_turn() - begin a pass: new stays go to the other young list
 * @shard: the shard, not locked
 *
 * Context: process; one pass at a time.
 * Return: the list that was filled until now, for tcpdiag_age_reverse().
 */
struct hlist_head *tcpdiag_age_turn(struct tcpdiag_shard *shard)
{
	struct hlist_head *from;

	raw_spin_lock_irq(&shard->lock);
	from = shard->young_now;
	/* the other list is empty: the last pass left nothing there */
	shard->young_now = from == &shard->young[0] ? &shard->young[1] :
						      &shard->young[0];
	raw_spin_unlock_irq(&shard->lock);
	return from;
}

/* The list of the records that a pass is at, the oldest first. */
static struct hlist_head *in_pass(struct tcpdiag_shard *shard)
{
	return &shard->young[TCPDIAG_YOUNG_LISTS - 1];
}

/**
 * tcpdiag_age_reverse() - a part of a pass: bring young records in order
 * @shard: the shard, not locked
 * @from: what tcpdiag_age_turn() returned: the latest record is the first
 *
 * Context: process; one pass at a time.
 * Return: whether there may be more.
 */
bool tcpdiag_age_reverse(struct tcpdiag_shard *shard, struct hlist_head *from)
{
	struct hlist_node *young;
	unsigned int n;

	raw_spin_lock_irq(&shard->lock);
	for (n = 0; n < BATCH && !hlist_empty(from); n++) {
		young = from->first;
		hlist_del(young);
		hlist_add_head(young, in_pass(shard));
	}
	raw_spin_unlock_irq(&shard->lock);
	return n == BATCH;
}

/**
 * tcpdiag_age_sort() - a part of a pass: put long stays in order
 * @shard: the shard, not locked; tcpdiag_age_reverse() is done
 * @now: when the pass began, ktime_get_ns()
 * @meet: called for each record
 *
 * Records with a short stay remain young.
 *
 * Context: process; one pass at a time.
 * Return: true if there may be more.
 */
bool tcpdiag_age_sort(struct tcpdiag_shard *shard, u64 now,
		      tcpdiag_age_meet_fn meet)
{
	struct hlist_head *from = in_pass(shard);
	struct tcpdiag_record *rec;
	unsigned int n;

	raw_spin_lock_irq(&shard->lock);
	for (n = 0; n < BATCH && !hlist_empty(from); n++) {
		rec = hlist_entry(from->first, struct tcpdiag_record, young);
		hlist_del(&rec->young);
		sort_one(shard, rec, now, meet);
	}
	raw_spin_unlock_irq(&shard->lock);
	return n == BATCH;
}

/**
 * tcpdiag_age_set_coarse() - set tcpdiag_coarse_ns() by the exact clock
 *
 * Context: process, once a second.
 */
void tcpdiag_age_set_coarse(void)
{
	WRITE_ONCE(tcpdiag_age_jiffies_base,
		   ktime_get_ns() - get_jiffies_64() * TICK_NSEC);
}

/**
 * tcpdiag_age_rejuvenate() - make a record young after its long stay has ended
 * @rec: the record; it already has the new stay; its shard is not locked
 *
 * Context: preemption off.
 */
void tcpdiag_age_rejuvenate(struct tcpdiag_record *rec)
{
	struct tcpdiag_shard *shard = rec->shard;
	unsigned long irqflags;

	local_irq_save(irqflags);
	tcpdiag_lock(&shard->lock);
	if (rec->ordered) {
		list_del(&rec->age);
		make_young(shard, rec);
	}
	tcpdiag_unlock(&shard->lock);
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_age_put_first() - put a record first: no stay in its state is longer
 * @rec: the record, on a list; its shard is locked
 *
 * Context: interrupts off.
 */
void tcpdiag_age_put_first(struct tcpdiag_record *rec)
{
	struct tcpdiag_shard *shard = rec->shard;

	lockdep_assert_held(&shard->lock);
	tcpdiag_unlink(rec);
	rec->ordered = true;
	list_add(&rec->age, &shard->ordered[rec->state]);
}

/**
 * tcpdiag_age_put_beside() - put a record next to the one it continues
 * @rec: the record, on a list; its shard is locked
 * @from: the record the stay began under, on a list of the same shard
 *
 * Context: interrupts off.
 */
void tcpdiag_age_put_beside(struct tcpdiag_record *rec,
			    struct tcpdiag_record *from)
{
	lockdep_assert_held(&rec->shard->lock);
	if (!from->ordered)
		return;
	tcpdiag_unlink(rec);
	rec->ordered = true;
	list_add(&rec->age, &from->age);
}

/*
 * The longest stay in a state; NULL if there is none. Marks of walks and records
 * that leave the state may stand before it, but hardly as many as GLANCE.
 */
static struct tcpdiag_record *first_in(struct tcpdiag_shard *shard,
				       unsigned int state)
{
	struct tcpdiag_record *rec;
	unsigned int n = 0;

	lockdep_assert_held(&shard->lock);
	list_for_each_entry(rec, &shard->ordered[state], age) {
		if (READ_ONCE(rec->state) == state)
			return rec;
		if (n++ == GLANCE)
			break;
	}
	return NULL;
}

/* Raise @oldest_us to the stay of @rec, unless the record is being written. */
static void consider(const struct tcpdiag_record *rec, u64 now,
		     u64 oldest_us[TCPDIAG_STATES])
{
	u64 entered;
	u8 state = tcpdiag_read_begin(rec, &entered);

	if (tcpdiag_read_again(rec, state, entered) || state == TCP_CLOSE ||
	    now < entered)
		return;
	oldest_us[state] = max(oldest_us[state],
			       div_u64(now - entered, NSEC_PER_USEC));
}

/**
 * tcpdiag_age_oldest() - find the longest stays that are still open
 * @shard: a shard, locked
 * @now: ktime_get_ns()
 * @oldest_us: microseconds by state; raised to what is found
 *
 * Exact to a second for stays of more than two seconds. Shorter stays are found
 * only among the first GLANCE records of each young list.
 *
 * Context: process, interrupts off.
 */
void tcpdiag_age_oldest(struct tcpdiag_shard *shard, u64 now,
			u64 oldest_us[TCPDIAG_STATES])
{
	struct tcpdiag_record *rec;
	unsigned int i, n;

	lockdep_assert_held(&shard->lock);
	for (i = 1; i < TCPDIAG_STATES; i++) {
		rec = first_in(shard, i);
		if (rec)
			consider(rec, now, oldest_us);
	}
	for (i = 0; i < ARRAY_SIZE(shard->young); i++) {
		n = 0;
		hlist_for_each_entry(rec, &shard->young[i], young) {
			if (n++ == GLANCE)
				break;
			consider(rec, now, oldest_us);
		}
	}
}

/**
 * struct walk - a walk along the long stays in one state, in one shard
 * @shard: the shard; NULL at the end
 * @list: its stays in that state, the longest first
 * @mark: on @list behind the last record looked at; on no list before the walk
 *	begins and after it ends; @shard's lock
 */
struct walk {
	struct tcpdiag_shard *shard;
	struct list_head *list;
	struct tcpdiag_record mark;
};

static void walk_begin(struct walk *walk, struct tcpdiag_shard *shard,
		       unsigned int state)
{
	walk->shard = shard;
	if (!shard)
		return;
	walk->list = &shard->ordered[state];
	INIT_LIST_HEAD(&walk->mark.age);
}

/* The next record of the walk. */
static struct list_head *walk_next(const struct walk *walk)
{
	lockdep_assert_held(&walk->shard->lock);
	return list_empty(&walk->mark.age) ? walk->list->next :
					     walk->mark.age.next;
}

/* Look at the next slice; end the walk at the end of the list. */
static void walk_on(struct walk *walk,
		    void (*look)(const struct tcpdiag_record *rec, void *arg),
		    void *arg)
{
	struct tcpdiag_shard *shard = walk->shard;
	struct tcpdiag_record *rec;
	struct list_head *pos;
	unsigned int n = 0;

	raw_spin_lock_irq(&shard->lock);
	for (pos = walk_next(walk); pos != walk->list; pos = pos->next) {
		if (n++ == TCPDIAG_AGE_SLICE)
			break;
		rec = list_entry(pos, struct tcpdiag_record, age);
		if (!tcpdiag_may_look(rec))
			continue;
		look(rec, arg);
		/* keeps the list in order */
		walk->mark.entered = rec->entered;
	}
	if (pos == walk->list) {
		list_del_init(&walk->mark.age);
		walk->shard = NULL;
	} else {
		list_move_tail(&walk->mark.age, pos);
	}
	raw_spin_unlock_irq(&shard->lock);
}

static void walk_end(struct walk *walk)
{
	if (!walk->shard)
		return;
	raw_spin_lock_irq(&walk->shard->lock);
	list_del_init(&walk->mark.age);
	raw_spin_unlock_irq(&walk->shard->lock);
}

static bool any_walk_goes_on(const struct walk walks[TCPDIAG_MAX_SHARDS])
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		if (walks[i].shard)
			return true;
	return false;
}

/**
 * tcpdiag_age_each() - look at the long stays in a state, the longest first
 * @tn: the namespace
 * @state: the state
 * @max: about how many records to look at
 * @look: called for each with its shard locked: the socket cannot go away, but
 *	may change state (see tcpdiag_read_begin())
 * @slice_end: called without a lock after each slice of up to
 *	TCPDIAG_AGE_SLICE records; may sleep; or NULL
 * @arg: passed to both
 *
 * Shards take turns. Only stays that end or begin meanwhile may be missed.
 *
 * Context: process, may sleep; the namespace is alive.
 * Return: 0 if all were looked at; -E2BIG if there are more than @max; -EINTR
 * if the task is being killed; -ENOMEM if memory is short and none was looked
 * at.
 */
int tcpdiag_age_each(struct tcpdiag_net *tn, unsigned int state,
		     unsigned int max,
		     void (*look)(const struct tcpdiag_record *rec, void *arg),
		     void (*slice_end)(void *arg), void *arg)
{
	unsigned int i, looked = 0;
	struct walk *walks;
	int err = 0;

	walks = kcalloc(TCPDIAG_MAX_SHARDS, sizeof(*walks), TCPDIAG_GFP);
	if (!walks)
		return -ENOMEM;
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		walk_begin(&walks[i], READ_ONCE(tn->shard[i]), state);
	while (any_walk_goes_on(walks) && looked < max &&
	       !fatal_signal_pending(current)) {
		for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
			if (!walks[i].shard)
				continue;
			walk_on(&walks[i], look, arg);
			if (slice_end)
				slice_end(arg);
			looked += TCPDIAG_AGE_SLICE;
			cond_resched();
		}
	}
	if (any_walk_goes_on(walks))
		err = looked < max ? -EINTR : -E2BIG;
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		walk_end(&walks[i]);
	kfree(walks);
	return err;
}

/* States in which a connection carries data for long. */
static const u8 cursor_states[] = { TCP_ESTABLISHED, TCP_CLOSE_WAIT };

/**
 * struct tcpdiag_age_cursor - goes round the long stays in these states
 * @walk: the part it is in
 * @next: the part after it: a shard and one of the states
 */
struct tcpdiag_age_cursor {
	struct walk walk;
	unsigned int next;
};

/**
 * tcpdiag_age_cursor_alloc() - make a cursor
 * @gfp: how to allocate
 *
 * Context: as @gfp says.
 * Return: the cursor, for tcpdiag_age_cursor_free(); NULL if memory is short.
 */
struct tcpdiag_age_cursor *tcpdiag_age_cursor_alloc(gfp_t gfp)
{
	return kzalloc(sizeof(struct tcpdiag_age_cursor), gfp);
}

/**
 * tcpdiag_age_cursor_free() - free a cursor
 * @cursor: the cursor, or NULL; the shards of its namespace are still there
 *
 * Context: process.
 */
void tcpdiag_age_cursor_free(struct tcpdiag_age_cursor *cursor)
{
	if (cursor)
		walk_end(&cursor->walk);
	kfree(cursor);
}

/* Go to the next part that may have records; false after the last one. */
static bool next_part(struct tcpdiag_age_cursor *cursor,
		      const struct tcpdiag_net *tn)
{
	const unsigned int states = ARRAY_SIZE(cursor_states);

	while (!cursor->walk.shard) {
		unsigned int at = cursor->next;

		if (at == TCPDIAG_MAX_SHARDS * states) {
			cursor->next = 0;
			return false;
		}
		cursor->next++;
		walk_begin(&cursor->walk, READ_ONCE(tn->shard[at / states]),
			   cursor_states[at % states]);
	}
	return true;
}

/**
 * tcpdiag_age_cursor_on() - look at the next open connections
 * @cursor: where the last call ended
 * @tn: its namespace
 * @max: about how many records to look at
 * @look: called for each with its shard locked, as by tcpdiag_age_each()
 * @arg: passed to it
 *
 * Ends at the end of the round; the next call begins another.
 *
 * Context: process, may sleep; one at a time.
 * Return: true if the round is over.
 */
bool tcpdiag_age_cursor_on(struct tcpdiag_age_cursor *cursor,
			   struct tcpdiag_net *tn, unsigned int max,
			   void (*look)(const struct tcpdiag_record *rec,
					void *arg), void *arg)
{
	unsigned int looked;

	for (looked = 0; looked < max; looked += TCPDIAG_AGE_SLICE) {
		if (!next_part(cursor, tn))
			return true;
		walk_on(&cursor->walk, look, arg);
		cond_resched();
	}
	return false;
}

/**
 * tcpdiag_age_longest_ns() - about the longest open stay in a state
 * @tn: the namespace
 * @state: the state
 *
 * Context: process; the namespace is alive.
 * Return: nanoseconds; 0 if no stay is longer than about a second.
 */
u64 tcpdiag_age_longest_ns(struct tcpdiag_net *tn, unsigned int state)
{
	u64 now = ktime_get_ns(), entered = now;
	struct tcpdiag_record *rec;
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn) {
		if (list_empty(&shard->ordered[state]))
			continue;
		raw_spin_lock_irq(&shard->lock);
		rec = first_in(shard, state);
		if (rec)
			entered = min(entered, READ_ONCE(rec->entered));
		raw_spin_unlock_irq(&shard->lock);
	}
	return now - entered;
}
