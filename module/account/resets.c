// SPDX-License-Identifier: GPL-2.0
/*
 * RST segments, sent and received, by the state of the socket they end and,
 * where the kernel has one (6.10), by its reason for sending it.
 */
#include <linux/slab.h>

#include "account/attempts.h"
#include "store/record.h"

static struct tcpdiag_resets *resets_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_resets *r = READ_ONCE(shard->resets), *old;

	if (likely(r))
		return r;
	r = kzalloc(sizeof(*r), GFP_ATOMIC | __GFP_NOWARN);
	if (!r) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	/* pairs with READ_ONCE() here and where it is read */
	old = cmpxchg(&shard->resets, NULL, r);
	if (!old)
		return r;
	kfree(r);
	return old;
}

static struct tcpdiag_resets *resets_here(const struct net *net)
{
	struct tcpdiag_shard *shard = tcpdiag_shard(net);

	return likely(shard) ? resets_of(shard) : NULL;
}

/**
 * tcpdiag_resets_sent() - a RST is sent
 * @net: the namespace
 * @state: of the socket it is sent for; 0 if there is none
 * @reason: enum sk_rst_reason, or 0
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_sent(const struct net *net, unsigned int state,
			 unsigned int reason)
{
	struct tcpdiag_resets *r = resets_here(net);

	if (WARN_ON_ONCE(state >= TCPDIAG_STATES))
		return;
	/* a reason that is newer than these headers */
	if (unlikely(reason >= TCPDIAG_RESET_REASONS))
		reason = 0;
	if (likely(r))
		atomic64_inc(&r->sent[state][reason]);
}

/**
 * tcpdiag_resets_received() - a valid RST has come
 * @sk: the full socket that it ends, locked, still in its state
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_received(const struct sock *sk)
{
	struct tcpdiag_resets *r = resets_here(sock_net(sk));

	if (WARN_ON_ONCE(sk->sk_state >= TCPDIAG_STATES))
		return;
	if (likely(r))
		atomic64_inc(&r->received[sk->sk_state]);
}

static const struct tcpdiag_resets *resets_at(struct tcpdiag_net *tn,
					      unsigned int i)
{
	struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

	return shard ? READ_ONCE(shard->resets) : NULL;
}

/**
 * tcpdiag_resets_read_sent() - RSTs sent since insmod
 * @tn: the namespace
 * @state: of the socket; 0 for none
 * @reason: below TCPDIAG_RESET_REASONS
 *
 * Context: process.
 * Return: how many.
 */
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason)
{
	const struct tcpdiag_resets *r;
	unsigned int i;
	u64 n = 0;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		r = resets_at(tn, i);
		if (r)
			n += atomic64_read(&r->sent[state][reason]);
	}
	return n;
}

/**
 * tcpdiag_resets_read_received() - RSTs received since insmod
 * @tn: the namespace
 * @state: of the socket
 *
 * Context: process.
 * Return: how many.
 */
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state)
{
	const struct tcpdiag_resets *r;
	unsigned int i;
	u64 n = 0;

	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		r = resets_at(tn, i);
		n += r ? atomic64_read(&r->received[state]) : 0;
	}
	return n;
}
