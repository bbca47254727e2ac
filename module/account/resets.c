// SPDX-License-Identifier: GPL-2.0
/*
 * RST segments, sent and received, by the state of the socket they end. From
 * 6.10 on, those sent also by the kernel's reason.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "account/resets.h"
#include "compat.h"
#include "store/net.h"
#include "store/once.h"
#include "store/shard.h"

/**
 * struct tcpdiag_resets - RST segments of one shard
 * @sent: by the state of the socket (0: none) and the kernel's reason
 * @received: by the state of the socket they ended
 *
 * Allocated at the first one.
 */
struct tcpdiag_resets {
	atomic64_t sent[TCPDIAG_STATES][TCPDIAG_RESET_REASONS];
	atomic64_t received[TCPDIAG_STATES];
};

static struct tcpdiag_resets *resets_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_resets *r = READ_ONCE(shard->resets);

	if (likely(r))
		return r;
	r = kzalloc(sizeof(*r), TCPDIAG_GFP_EVENT);
	if (!r) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	return tcpdiag_set_once(&shard->resets, r, kfree);
}

/**
 * tcpdiag_resets_reason() - the kernel's word for a reason
 * @word: room for TCPDIAG_RESETS_REASON_LEN characters
 * @reason: below TCPDIAG_RESET_REASONS
 *
 * Context: any.
 */
void tcpdiag_resets_reason(char *word, unsigned int reason)
{
	const char *at = TCPDIAG_RESET_REASON_NAMES;

	while (reason--)
		at = strchrnul(at, ' ') + 1;
	snprintf(word, TCPDIAG_RESETS_REASON_LEN, "%.*s",
		 (int)(strchrnul(at, ' ') - at), at);
}

/**
 * tcpdiag_resets_sent() - count a RST that is sent
 * @shard: a shard of its namespace
 * @state: the state of the socket it is sent for; 0 for no socket
 * @reason: enum sk_rst_reason, or 0
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_sent(struct tcpdiag_shard *shard, unsigned int state,
			 unsigned int reason)
{
	struct tcpdiag_resets *r = resets_of(shard);

	if (WARN_ON_ONCE(state >= TCPDIAG_STATES))
		return;
	/* the running kernel has a reason that these headers do not know */
	if (unlikely(reason >= TCPDIAG_RESET_REASONS))
		reason = 0;
	if (likely(r))
		atomic64_inc(&r->sent[state][reason]);
}

/**
 * tcpdiag_resets_received() - count a valid RST that was received
 * @shard: a shard of its namespace
 * @state: the state of the full socket that it ends
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_received(struct tcpdiag_shard *shard, unsigned int state)
{
	struct tcpdiag_resets *r = resets_of(shard);

	if (WARN_ON_ONCE(state >= TCPDIAG_STATES))
		return;
	if (likely(r))
		atomic64_inc(&r->received[state]);
}

/**
 * tcpdiag_resets_free() - free the counts of a shard
 * @shard: a shard that no event can reach any more
 *
 * Context: any.
 */
void tcpdiag_resets_free(struct tcpdiag_shard *shard)
{
	kfree(shard->resets);
}

/**
 * tcpdiag_resets_bytes() - memory of the counts of a shard
 * @shard: the shard
 *
 * Context: any.
 * Return: bytes.
 */
size_t tcpdiag_resets_bytes(const struct tcpdiag_shard *shard)
{
	return READ_ONCE(shard->resets) ? sizeof(*shard->resets) : 0;
}

/**
 * tcpdiag_resets_read_sent() - read how many RSTs were sent since insmod
 * @tn: the namespace
 * @state: the state of the socket; 0 for no socket
 * @reason: below TCPDIAG_RESET_REASONS
 *
 * Context: process.
 * Return: how many.
 */
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason)
{
	const struct tcpdiag_resets *r;
	struct tcpdiag_shard *shard;
	u64 n = 0;

	tcpdiag_for_each_shard(shard, tn) {
		r = READ_ONCE(shard->resets);
		if (r)
			n += atomic64_read(&r->sent[state][reason]);
	}
	return n;
}

/**
 * tcpdiag_resets_read_received() - read how many RSTs were received since
 *	insmod
 * @tn: the namespace
 * @state: the state of the socket
 *
 * Context: process.
 * Return: how many.
 */
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state)
{
	const struct tcpdiag_resets *r;
	struct tcpdiag_shard *shard;
	u64 n = 0;

	tcpdiag_for_each_shard(shard, tn) {
		r = READ_ONCE(shard->resets);
		if (r)
			n += atomic64_read(&r->received[state]);
	}
	return n;
}
