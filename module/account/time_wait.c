// SPDX-License-Identifier: GPL-2.0
/*
 * Counts TIME_WAITs by owner, in the pass, once a second.
 *
 * A TIME_WAIT goes to the end of its shard's list when it begins and leaves the
 * list when it ends. A mark on the list (like those of the walks in age.c)
 * separates the TIME_WAITs that were counted from those made since the last
 * pass. The pass counts the new ones and moves the mark to the end. The record
 * remembers its slot, to be counted down at its end. A TIME_WAIT that ends
 * before the next pass, or finds no slot, stays in "other": the total minus the
 * rows.
 */
#include <linux/pid.h>
#include <linux/slab.h>

#include "account/time_wait.h"
#include "store/net.h"
#include "store/owner.h"

/**
 * tcpdiag_time_wait_prepare() - allocate the counts of a shard
 * @shard: the shard; if memory is short, its TIME_WAITs are not counted yet
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

/* Processes that have ended share one slot for each name. */
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
	/* the pid namespace of a process counts even after it has ended */
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
 * tcpdiag_time_wait_end() - count down a TIME_WAIT that ends
 * @shard: the record's shard, locked
 * @rec: its record
 *
 * Context: interrupts off.
 */
void tcpdiag_time_wait_end(struct tcpdiag_shard *shard,
			   const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&shard->lock);
	if (rec->in.owner)
		shard->time_waits->n[rec->in.owner]--;
}

/**
 * tcpdiag_time_wait_unmark() - remove the mark when no pass follows
 * @shard: a shard of a namespace that ends; its TIME_WAITs may still end by
 *	themselves, because the kernel removes them after this
 *
 * Context: process.
 */
void tcpdiag_time_wait_unmark(struct tcpdiag_shard *shard)
{
	raw_spin_lock_irq(&shard->lock);
	if (shard->time_waits)
		list_del_init(&shard->time_waits->mark.age);
	raw_spin_unlock_irq(&shard->lock);
}

/**
 * tcpdiag_time_wait_free() - free the counts of a shard
 * @shard: a shard without records
 *
 * Context: any.
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
 * tcpdiag_time_wait_bytes() - memory of the counts of a shard
 * @shard: the shard
 *
 * Context: any; the shard is locked.
 * Return: bytes.
 */
size_t tcpdiag_time_wait_bytes(const struct tcpdiag_shard *shard)
{
	return shard->time_waits ? sizeof(*shard->time_waits) : 0;
}
