// SPDX-License-Identifier: GPL-2.0
/*
 * RST segments, sent and received, by the state of the socket they end. From
 * 6.10 on, those sent also by the kernel's reason.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tcp.h>

#include "account/resets.h"
#include "compat.h"
#include "store/age.h"
#include "store/lock.h"
#include "store/net.h"
#include "store/once.h"
#include "store/shard.h"

/**
 * struct tcpdiag_resets - RST segments of one shard
 * @sent: by the state of the socket (0: none) and the kernel's reason
 * @received: by the state of the socket they ended
 * @strays: those sent for no connection; the shard's lock; @syns is what is sent
 *	for no socket or a listener and not among the others, so only readers have it
 *
 * Allocated at the first one.
 */
struct tcpdiag_resets {
	atomic64_t sent[TCPDIAG_STATES][TCPDIAG_RESET_REASONS];
	atomic64_t received[TCPDIAG_STATES];
	struct tcpdiag_strays strays;
};

static noinline struct tcpdiag_resets *make_resets(struct tcpdiag_shard *shard)
{
	struct tcpdiag_resets *r;

	r = kzalloc(sizeof(*r), TCPDIAG_GFP_EVENT);
	if (!r) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	return tcpdiag_set_once(&shard->resets, r, kfree);
}

static inline struct tcpdiag_resets *resets_of(struct tcpdiag_shard *shard)
{
	struct tcpdiag_resets *r = READ_ONCE(shard->resets);

	return likely(r) ? r : make_resets(shard);
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

static void count_sent(struct tcpdiag_resets *r, unsigned int state,
		       unsigned int reason)
{
	/* the running kernel has a reason that these headers do not know */
	if (unlikely(reason >= TCPDIAG_RESET_REASONS))
		reason = 0;
	atomic64_inc(&r->sent[state][reason]);
}

/**
 * tcpdiag_resets_sent() - count a RST that is sent
 * @shard: a shard of its namespace
 * @state: the state of the socket it is sent for; not LISTEN
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
	if (likely(r))
		count_sent(r, state, reason);
}

/* A SYN to a port that nobody listens on. */
static void stray_syn(struct tcpdiag_strays *s, const struct sk_buff *skb,
		      u16 port)
{
	const struct ipv6hdr *v6 = ipv6_hdr(skb);
	const struct iphdr *v4 = ip_hdr(skb);

	if (!tcpdiag_most_add(&s->port, port, tcpdiag_coarse_ns()))
		return;
	s->v6 = skb->protocol == htons(ETH_P_IPV6);
	if (s->v6) {
		s->peer = v6->saddr;
		s->asked = v6->daddr;
	} else {
		s->peer.s6_addr32[0] = v4->saddr;
		s->asked.s6_addr32[0] = v4->daddr;
	}
}

static bool is_syn(const struct tcphdr *th)
{
	return (tcp_flag_word(th) & (TCP_FLAG_SYN | TCP_FLAG_ACK)) ==
	       TCP_FLAG_SYN;
}

/**
 * tcpdiag_resets_stray() - count a RST that is sent for no connection
 * @shard: a shard of its namespace
 * @state: LISTEN if a listener sends it; else 0
 * @skb: the segment that it answers
 * @reason: enum sk_rst_reason, or 0
 *
 * It takes no row of a table: anybody can cause any number of these.
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_stray(struct tcpdiag_shard *shard, unsigned int state,
			  const struct sk_buff *skb, unsigned int reason)
{
	struct tcpdiag_resets *r = resets_of(shard);
	const struct tcphdr *th = tcp_hdr(skb);
	unsigned long irqflags;

	if (unlikely(!r))
		return;
	local_irq_save(irqflags);
	tcpdiag_lock(&shard->lock);
	count_sent(r, state, reason);
	if (!state && is_syn(th)) {
		stray_syn(&r->strays, skb, ntohs(th->dest));
	} else {
		r->strays.others++;
		tcpdiag_recent_add(&r->strays.others_recent,
				   tcpdiag_coarse_ns());
	}
	tcpdiag_unlock(&shard->lock);
	local_irq_restore(irqflags);
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
 * tcpdiag_resets_take_back() - take back tcpdiag_resets_received()
 * @shard: a shard of its namespace
 * @state: the same as then
 *
 * Context: softirq or process, preemption off.
 */
void tcpdiag_resets_take_back(struct tcpdiag_shard *shard, unsigned int state)
{
	struct tcpdiag_resets *r = READ_ONCE(shard->resets);

	if (r)
		atomic64_dec(&r->received[state]);
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

static u64 sent_in(const struct tcpdiag_resets *r, unsigned int state)
{
	unsigned int reason;
	u64 n = 0;

	for (reason = 0; reason < TCPDIAG_RESET_REASONS; reason++)
		n += atomic64_read(&r->sent[state][reason]);
	return n;
}

/* Add the RSTs of one shard; most of its SYNs may be for another port. */
static void add_strays(struct tcpdiag_strays *sum, struct tcpdiag_resets *r,
		       u64 now, u64 *most)
{
	struct tcpdiag_strays *s = &r->strays;
	u64 hits;

	tcpdiag_most_settle(&s->port);
	hits = tcpdiag_recent_sum(&s->port.hits, now);
	sum->syns += sent_in(r, 0) + sent_in(r, TCP_LISTEN) - s->others;
	sum->others += s->others;
	tcpdiag_recent_join(&sum->port.all, &s->port.all);
	tcpdiag_recent_join(&sum->others_recent, &s->others_recent);
	if (hits <= *most)
		return;
	*most = hits;
	sum->port.vote = s->port.vote;
}

/* Add those for the port that one shard has most for. */
static void add_port(struct tcpdiag_strays *sum, struct tcpdiag_strays *s)
{
	bool last;

	tcpdiag_most_settle(&s->port);
	last = s->port.hits.last_ns > sum->port.hits.last_ns;
	if (s->port.vote.id != sum->port.vote.id)
		return;
	tcpdiag_recent_join(&sum->port.hits, &s->port.hits);
	if (!last)
		return;
	sum->v6 = s->v6;
	sum->peer = s->peer;
	sum->asked = s->asked;
}

/**
 * tcpdiag_resets_read_strays() - read the RSTs that were sent for no connection
 * @tn: the namespace
 * @strays: the result; of the vote only the port
 *
 * Context: process.
 */
void tcpdiag_resets_read_strays(struct tcpdiag_net *tn,
				struct tcpdiag_strays *strays)
{
	u64 most = 0, now = ktime_get_ns();
	struct tcpdiag_shard *shard;
	struct tcpdiag_resets *r;

	memset(strays, 0, sizeof(*strays));
	tcpdiag_for_each_shard(shard, tn) {
		raw_spin_lock_irq(&shard->lock);
		r = shard->resets;
		if (r)
			add_strays(strays, r, now, &most);
		raw_spin_unlock_irq(&shard->lock);
	}
	if (!most)
		return;
	tcpdiag_for_each_shard(shard, tn) {
		raw_spin_lock_irq(&shard->lock);
		r = shard->resets;
		if (r)
			add_port(strays, &r->strays);
		raw_spin_unlock_irq(&shard->lock);
	}
}
