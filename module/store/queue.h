/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded queue of events for one subscriber. Whoever sees an event puts it
 * into the queues of its namespace that ask for it, in any context; one reader
 * takes events out (netlink/subscriber.c).
 *
 * A queue belongs to a stream (enum tcpdiag_stream of the spec), whose events
 * are structs of one size. While nobody subscribes to a stream nothing is
 * allocated, and its source is off: a static key, or hooks that are not there.
 */
#ifndef TCPDIAG_STORE_QUEUE_H
#define TCPDIAG_STORE_QUEUE_H

#include <linux/jump_label_ratelimit.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <uapi/linux/tcpdiag.h>

#include "model/quota.h"
#include "model/wanted.h"
#include "store/net.h"

struct pid_namespace;
struct user_namespace;

/**
 * struct tcpdiag_queue - events that wait for one subscriber
 * @of_net: link in tcpdiag_net.queues
 * @stream: whose events it holds
 * @wanted: conditions that events must meet, whoever puts them in checks them
 * @user_ns: the subscriber's user namespace
 * @pid_ns: the subscriber's pid namespace
 * @wake: called after an event was put in, in the context of its source
 * @used_up: called once when @quota is used up, in the context of an event's
 *	source
 * @size: bytes of an event, a multiple of 8
 * @room: events that fit
 * @lock: protects @put, @lost, @limited, @quota and @spent, and orders @taken
 * @quota: how many events it may be sent
 * @spent: @used_up was called
 * @put: events put in so far
 * @taken: events taken out so far; the reader's
 * @lost: events that found no room since the last that did
 * @limited: events that @quota had no room for since the last that was put in
 * @slots: the events, each behind a struct tcpdiag_queued
 *
 * All but the part from @lock on is fixed before the queue is added.
 */
struct tcpdiag_queue {
	struct hlist_node of_net;
	enum tcpdiag_stream stream;
	struct tcpdiag_wanted wanted;
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
	void (*wake)(struct tcpdiag_queue *q);
	void (*used_up)(struct tcpdiag_queue *q);
	unsigned int size;
	unsigned int room;
	raw_spinlock_t lock; /* see @lock */
	struct tcpdiag_quota quota;
	bool spent;
	unsigned int put;
	unsigned int taken;
	u64 lost;
	u64 limited;
	void *slots;
};

/**
 * struct tcpdiag_queued - an event in a queue
 * @lost: events that were lost just before it
 * @limited: events that were left out just before it, for there were too many
 * @event: the event
 */
struct tcpdiag_queued {
	u64 lost;
	u64 limited;
	u64 event[];
};

/* On while somebody subscribes to transitions. */
extern struct static_key_false_deferred tcpdiag_queue_transitions;

int tcpdiag_queue_init(struct tcpdiag_queue *q, unsigned int size,
		       unsigned int room);
void tcpdiag_queue_free(struct tcpdiag_queue *q);
void tcpdiag_queue_put(struct tcpdiag_queue *q, const void *event);
void tcpdiag_queue_put_limited(struct tcpdiag_queue *q, const void *event,
			       u64 now);
enum tcpdiag_quota_end tcpdiag_queue_end(struct tcpdiag_queue *q, u64 now);
const struct tcpdiag_queued *tcpdiag_queue_first(const struct tcpdiag_queue *q);
void tcpdiag_queue_drop(struct tcpdiag_queue *q);

/**
 * tcpdiag_for_each_queue() - loop over the queues of a namespace
 * @q: struct tcpdiag_queue *, the loop variable
 * @tn: the namespace
 *
 * There are at most a few in a namespace (netlink/subscriber.c).
 *
 * Context: RCU read section; preemption off is one.
 */
#define tcpdiag_for_each_queue(q, tn)					\
	hlist_for_each_entry_rcu(q, &(tn)->queues, of_net)

#endif /* TCPDIAG_STORE_QUEUE_H */
