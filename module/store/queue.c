// SPDX-License-Identifier: GPL-2.0
/*
 * A bounded queue of events (see queue.h). An event that finds no room is
 * counted, and the next one that does says how many were lost before it.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "store/queue.h"

/* Off again only a second after the last one leaves: patching is not free. */
DEFINE_STATIC_KEY_DEFERRED_FALSE(tcpdiag_queue_transitions, HZ);

static size_t slot_size(const struct tcpdiag_queue *q)
{
	return sizeof(struct tcpdiag_queued) + q->size;
}

static struct tcpdiag_queued *slot(const struct tcpdiag_queue *q,
				   unsigned int n)
{
	return q->slots + n % q->room * slot_size(q);
}

/**
 * tcpdiag_queue_init() - make a queue's memory, charged to the subscriber
 * @q: the queue
 * @size: bytes of an event, a multiple of 8
 * @room: events that fit, a power of 2
 *
 * Context: process, the subscriber's; may sleep.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_queue_init(struct tcpdiag_queue *q, unsigned int size,
		       unsigned int room)
{
	raw_spin_lock_init(&q->lock);
	q->size = size;
	q->room = room;
	q->slots = kvmalloc_array(room, slot_size(q), TCPDIAG_GFP);
	return q->slots ? 0 : -ENOMEM;
}

/**
 * tcpdiag_queue_free() - free a queue's memory
 * @q: the queue, which nobody uses any more
 *
 * Context: process, may sleep.
 */
void tcpdiag_queue_free(struct tcpdiag_queue *q)
{
	kvfree(q->slots);
}

static bool put(struct tcpdiag_queue *q, const void *event)
{
	struct tcpdiag_queued *queued = slot(q, q->put);

	lockdep_assert_held(&q->lock);
	/* pairs with tcpdiag_queue_drop() */
	if (q->put - smp_load_acquire(&q->taken) == q->room) {
		q->lost++;
		return false;
	}
	queued->lost = q->lost;
	queued->limited = q->limited;
	memcpy(queued->event, event, q->size);
	q->lost = 0;
	q->limited = 0;
	/* pairs with tcpdiag_queue_first() */
	smp_store_release(&q->put, q->put + 1);
	return true;
}

/**
 * tcpdiag_queue_put() - put an event into a queue, and wake its reader
 * @q: the queue
 * @event: the event, copied
 *
 * Context: any but NMI, in an RCU read section.
 */
void tcpdiag_queue_put(struct tcpdiag_queue *q, const void *event)
{
	unsigned long irqflags;
	bool done;

	raw_spin_lock_irqsave(&q->lock, irqflags);
	done = put(q, event);
	raw_spin_unlock_irqrestore(&q->lock, irqflags);
	if (done)
		q->wake(q);
}

/* As far as the quota goes. */
static bool put_limited(struct tcpdiag_queue *q, const void *event, u64 now)
{
	lockdep_assert_held(&q->lock);
	if (tcpdiag_quota_end(&q->quota, now))
		return false;
	if (tcpdiag_quota_take(&q->quota, now))
		return put(q, event);
	q->limited++;
	return false;
}

/* Whether the quota is used up now and was not before. */
static bool is_just_spent(struct tcpdiag_queue *q, u64 now)
{
	lockdep_assert_held(&q->lock);
	if (q->spent || !tcpdiag_quota_end(&q->quota, now))
		return false;
	q->spent = true;
	return true;
}

/**
 * tcpdiag_queue_put_limited() - put an event into a queue that has a quota
 * @q: the queue
 * @event: the event, copied
 * @now: ktime_get_ns()
 *
 * Context: any but NMI, in an RCU read section.
 */
void tcpdiag_queue_put_limited(struct tcpdiag_queue *q, const void *event,
			       u64 now)
{
	unsigned long irqflags;
	bool done, spent;

	raw_spin_lock_irqsave(&q->lock, irqflags);
	done = put_limited(q, event, now);
	spent = is_just_spent(q, now);
	raw_spin_unlock_irqrestore(&q->lock, irqflags);
	if (done)
		q->wake(q);
	if (spent)
		q->used_up(q);
}

/**
 * tcpdiag_queue_end() - whether a queue's quota is used up
 * @q: the queue
 * @now: ktime_get_ns()
 *
 * Context: any but NMI.
 * Return: by what.
 */
enum tcpdiag_quota_end tcpdiag_queue_end(struct tcpdiag_queue *q, u64 now)
{
	enum tcpdiag_quota_end end;
	unsigned long irqflags;

	raw_spin_lock_irqsave(&q->lock, irqflags);
	end = tcpdiag_quota_end(&q->quota, now);
	raw_spin_unlock_irqrestore(&q->lock, irqflags);
	return end;
}

/**
 * tcpdiag_queue_first() - the event that has waited longest
 * @q: the queue
 *
 * Context: any; the queue's only reader.
 * Return: the event, which stays until tcpdiag_queue_drop(); NULL for none.
 */
const struct tcpdiag_queued *tcpdiag_queue_first(const struct tcpdiag_queue *q)
{
	/* pairs with put() */
	if (smp_load_acquire(&q->put) == q->taken)
		return NULL;
	return slot(q, q->taken);
}

/**
 * tcpdiag_queue_drop() - take out the event that has waited longest
 * @q: the queue, not empty
 *
 * Context: any; the queue's only reader.
 */
void tcpdiag_queue_drop(struct tcpdiag_queue *q)
{
	/* its slot may be written from now on; pairs with put() */
	smp_store_release(&q->taken, q->taken + 1);
}
