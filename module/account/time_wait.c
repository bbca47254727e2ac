// SPDX-License-Identifier: GPL-2.0
/*
 * Whose TIME_WAITs there are: counted in the pass, once a second.
 *
 * A TIME_WAIT goes to the end of its shard's list when it begins and leaves it
 * when it ends. So what was made since the last pass stands behind a mark on the
 * list (a mark as of the walks in age.c); the pass counts that and moves the mark to
 * the end. The record remembers where it was counted and is taken off there at
 * its end. A TIME_WAIT that ends before a pass comes, or that finds no slot, is
 * left in "other", which is the total less the rows.
 */
#include <linux/pid.h>
#include <linux/slab.h>

#include "account/time_wait.h"
#include "store/net.h"
#include "store/owner.h"

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
	raw_spin_lock_irq(&shard->lock);
	shard->time_waits = tw;
	raw_spin_unlock_irq(&shard->lock);
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

/**
 * tcpdiag_time_wait_owner() - a TIME_WAIT has another owner than the one before
 * @tw: where it is counted
 * @rec: its record; its shard is locked
 *
 * Context: interrupts off.
 * Return: the slot of its owner.
 */
unsigned int tcpdiag_time_wait_owner(struct tcpdiag_time_waits *tw,
				     const struct tcpdiag_record *rec)
{
	unsigned int slot = owner_slot(tw, rec);

	tw->last = slot == TCPDIAG_SLOT_OTHER ? 0 : slot;
	memcpy(tw->comm, rec->comm, sizeof(tw->comm));
	return slot;
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
