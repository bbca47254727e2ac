// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what connection tracking drops. When its table is full, the packets of new
 * connections are dropped before TCP sees them, or after TCP has sent them: nothing
 * that TCP counts tells why. The counters are those of /proc/net/stat/nf_conntrack.
 *
 * nf_conntrack may be loaded and unloaded at any time. The counters of a namespace are
 * there as long as that module is, so the worker holds a reference to it while it goes
 * through the namespaces.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

#include "model/lately.h"
#include "store/net.h"
#include "store/reader.h"
#include "survey/conntrack.h"

/**
 * struct counts - what a namespace's connection tracking says
 * @dropped: packets
 * @clashed: entries that another one had come before; most cost a packet
 * @entries: entries in its table
 * @max: the most that it may have
 */
struct counts {
	u32 dropped;
	u32 clashed;
	u32 entries;
	u32 max;
};

/**
 * struct tcpdiag_conntrack - what a namespace's dropped
 * @lately: the seconds in which it did; tcpdiag_net.lock, as all
 * @clashes: the same of those that had no place for want of addresses and ports
 * @clashed: how many up to the last tick
 * @dropped: packets for want of room up to the last tick
 * @last: the counts then
 * @entries: entries at the last second in which it dropped some
 * @max: the most that there may be
 */
struct tcpdiag_conntrack {
	struct tcpdiag_lately lately;
	struct tcpdiag_lately clashes;
	u32 clashed;
	u32 dropped;
	struct counts last;
	u32 entries;
	u32 max;
};

#if IS_ENABLED(CONFIG_NF_CONNTRACK)

/* The worker's: what is had of nf_conntrack during a tick; NULL if it is not loaded. */
static struct {
	u32 (*count)(const struct net *net);
	const unsigned int *max;
} symbols;

/**
 * tcpdiag_conntrack_begin() - before the ticks of all namespaces
 *
 * Context: process, the worker's.
 */
void tcpdiag_conntrack_begin(void)
{
	symbols.max = symbol_get(nf_conntrack_max);
	symbols.count = symbol_get(nf_conntrack_count);
}

/**
 * tcpdiag_conntrack_end() - after them: nf_conntrack may be unloaded
 *
 * Context: process, the worker's.
 */
void tcpdiag_conntrack_end(void)
{
	if (symbols.max)
		symbol_put(nf_conntrack_max);
	if (symbols.count)
		symbol_put(nf_conntrack_count);
	memset(&symbols, 0, sizeof(symbols));
}

/* False if it is not loaded. The namespace is alive. */
static bool read_counts(struct net *net, struct counts *c)
{
	unsigned int cpu;

	if (!symbols.max || !symbols.count)
		return false;
	*c = (struct counts) {
		.entries = symbols.count(net),
		.max = READ_ONCE(*symbols.max),
	};
	for_each_possible_cpu(cpu) {
		const struct ip_conntrack_stat *stat =
			per_cpu_ptr(net->ct.stat, cpu);

		c->dropped += READ_ONCE(stat->drop);
		c->clashed += READ_ONCE(stat->insert_failed);
	}
	return true;
}

#else

void tcpdiag_conntrack_begin(void)
{
}

void tcpdiag_conntrack_end(void)
{
}

static bool read_counts(struct net *net, struct counts *c)
{
	return false;
}

#endif

/* What came before the first look is not of now. */
static struct tcpdiag_conntrack *make(struct tcpdiag_net *tn,
				      const struct counts *c)
{
	struct tcpdiag_conntrack *ct = kzalloc(sizeof(*ct), TCPDIAG_GFP);

	if (!ct) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	ct->last = *c;
	/* pairs with READ_ONCE() in tcpdiag_conntrack_read() */
	smp_store_release(&tn->conntrack, ct);
	return ct;
}

/* Packets that were dropped since for want of room. */
static u32 dropped_since(const struct counts *last, const struct counts *c)
{
	/* fewer: it was loaded again */
	if (c->dropped < last->dropped || c->clashed < last->clashed)
		return 0;
	return max_t(s32, c->dropped - last->dropped -
			  (c->clashed - last->clashed), 0);
}

/* An entry that another one had come before costs a packet only if it is dropped. */
static u32 clashed_since(const struct counts *last, const struct counts *c)
{
	if (c->dropped < last->dropped || c->clashed < last->clashed)
		return 0;
	return min(c->dropped - last->dropped, c->clashed - last->clashed);
}

static void add_clashes(struct tcpdiag_conntrack *ct, const struct counts *c,
			u64 now)
{
	u32 clashed = clashed_since(&ct->last, c);

	tcpdiag_lately_roll(&ct->clashes, ct->clashed, now);
	if (clashed)
		tcpdiag_lately_add(&ct->clashes, ct->clashed, now);
	ct->clashed += clashed;
}

static void add(struct tcpdiag_conntrack *ct, const struct counts *c, u64 now)
{
	u32 dropped = dropped_since(&ct->last, c);

	add_clashes(ct, c, now);

	if (dropped) {
		tcpdiag_lately_add(&ct->lately, ct->dropped, now);
		ct->entries = c->entries;
		ct->max = c->max;
	} else {
		tcpdiag_lately_roll(&ct->lately, ct->dropped, now);
	}
	ct->dropped += dropped;
	ct->last = *c;
}

/**
 * tcpdiag_conntrack_tick() - once a second: see whether packets were dropped
 * @tn: the namespace
 *
 * Context: process, the worker's, between tcpdiag_conntrack_begin() and
 * tcpdiag_conntrack_end(); may sleep.
 */
void tcpdiag_conntrack_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_conntrack *ct;
	struct counts counts;

	if (!read_counts(tn->net, &counts))
		return;
	ct = tn->conntrack ?: make(tn, &counts);
	if (!ct)
		return;
	spin_lock(&tn->lock);
	add(ct, &counts, ktime_get_ns());
	spin_unlock(&tn->lock);
}

/**
 * tcpdiag_conntrack_read() - what connection tracking dropped lately
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process.
 */
void tcpdiag_conntrack_read(const struct tcpdiag_reader *reader,
			    struct tcpdiag_conntrack_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_conntrack *ct = READ_ONCE(tn->conntrack);
	struct tcpdiag_lately_sum lately, clashes;
	u64 now = ktime_get_ns();

	if (!ct)
		return;
	spin_lock(&tn->lock);
	/* windows end also when nothing is seen any more */
	tcpdiag_lately_roll(&ct->lately, ct->dropped, now);
	tcpdiag_lately_read(&ct->lately, ct->dropped, &lately);
	tcpdiag_lately_roll(&ct->clashes, ct->clashed, now);
	tcpdiag_lately_read(&ct->clashes, ct->clashed, &clashes);
	facts->entries = ct->entries;
	facts->max = ct->max;
	spin_unlock(&tn->lock);
	facts->seconds = lately.slow;
	facts->dropped = lately.all;
	facts->span_us = div_u64(now - min(now, lately.since_ns), NSEC_PER_USEC);
	facts->ago_us = div_u64(now - min(now, lately.last_ns), NSEC_PER_USEC);
	facts->clashes = clashes.all;
	facts->clash_seconds = clashes.slow;
	facts->clash_span_us = div_u64(now - min(now, clashes.since_ns),
				       NSEC_PER_USEC);
	facts->clash_ago_us = div_u64(now - min(now, clashes.last_ns),
				      NSEC_PER_USEC);
}

/**
 * tcpdiag_conntrack_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_conntrack_release(struct tcpdiag_net *tn)
{
	kfree(tn->conntrack);
	tn->conntrack = NULL;
}
