/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds and locks the shard of a namespace's account that an event goes to.
 */
#ifndef TCPDIAG_ACCOUNT_SHARDS_H
#define TCPDIAG_ACCOUNT_SHARDS_H

#include <linux/irqflags.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "store/net.h"
#include "store/record.h"

extern unsigned int tcpdiag_shard_mask;

int tcpdiag_shards_init(void);
void tcpdiag_shards_exit(void);
struct tcpdiag_shard *tcpdiag_shards_new(const struct net *net);
void tcpdiag_shards_kill(struct tcpdiag_net *tn);
void tcpdiag_shards_purge(struct tcpdiag_net *tn);
unsigned int tcpdiag_shards_count(const struct tcpdiag_net *tn);
size_t tcpdiag_shards_bytes(struct tcpdiag_net *tn);

/**
 * tcpdiag_shard_of() - the shard that this CPU puts new records in
 * @net: the namespace
 *
 * It is net_generic(), less two calls: preemption off is an RCU read section.
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end or has none yet.
 */
static __always_inline struct tcpdiag_shard *
tcpdiag_shard_of(const struct net *net)
{
	const struct net_generic *gen = rcu_dereference_sched(net->gen);
	const struct tcpdiag_net *tn = gen->ptr[tcpdiag_net_id];
	unsigned long i = raw_smp_processor_id() & tcpdiag_shard_mask;

	/* pairs with cmpxchg() in tcpdiag_shards_new() */
	return READ_ONCE(tn->shard[i]);
}

/**
 * tcpdiag_shard() - tcpdiag_shard_of(), and make it if there is none
 * @net: the namespace
 *
 * Context: preemption off.
 * Return: the shard; NULL if the namespace is about to end, or if memory is
 * short, which is counted.
 */
static inline struct tcpdiag_shard *tcpdiag_shard(const struct net *net)
{
	struct tcpdiag_shard *shard = tcpdiag_shard_of(net);

	return likely(shard) ? shard : tcpdiag_shards_new(net);
}

/**
 * tcpdiag_shard_lock() - tcpdiag_shard(), locked
 * @net: the namespace
 *
 * Context: interrupts off.
 * Return: as for tcpdiag_shard().
 */
static inline struct tcpdiag_shard *tcpdiag_shard_lock(const struct net *net)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(net);

	lockdep_assert_irqs_disabled();
	if (likely(shard))
		tcpdiag_lock(&shard->lock);
	return shard;
}

/**
 * tcpdiag_shard_open() - turn interrupts off and call tcpdiag_shard_lock()
 * @net: the namespace
 * @irqflags: for tcpdiag_shard_close()
 *
 * Context: preemption off.
 * Return: as for tcpdiag_shard(); if NULL, interrupts are as before and there
 * is nothing to close.
 */
static __always_inline struct tcpdiag_shard *
tcpdiag_shard_open(const struct net *net, unsigned long *irqflags)
{
	struct tcpdiag_shard *shard;

	local_irq_save(*irqflags);
	shard = tcpdiag_shard_lock(net);
	if (unlikely(!shard))
		local_irq_restore(*irqflags);
	return shard;
}

/**
 * tcpdiag_shard_open_found() - turn interrupts off and lock the shard of a
 *	record that was found
 * @rec: what tcpdiag_find() returned, in the same RCU read section
 * @key: what was looked for
 * @irqflags: for tcpdiag_shard_close()
 *
 * Context: preemption off.
 * Return: true if rec->shard is locked. If false, there is nothing to close:
 * the record does not belong to @key any more. While the socket is locked, that
 * happens only when the namespace ends.
 */
static __always_inline bool
tcpdiag_shard_open_found(struct tcpdiag_record *rec, const void *key,
			 unsigned long *irqflags)
{
	local_irq_save(*irqflags);
	if (likely(tcpdiag_lock_found(rec, key)))
		return true;
	local_irq_restore(*irqflags);
	return false;
}

static __always_inline void tcpdiag_shard_close(struct tcpdiag_shard *shard,
						unsigned long irqflags)
{
	tcpdiag_unlock(&shard->lock);
	local_irq_restore(irqflags);
}

#endif /* TCPDIAG_ACCOUNT_SHARDS_H */
