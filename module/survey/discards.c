// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the packets that come to this host and that no socket gets, because the
 * kernel discards them: nothing that TCP does tells of these, and the other end sees
 * a host that does not answer. The kernel counts them by reason, for the whole
 * namespace; whose they were it does not say.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>

#include "model/lately.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/reader.h"
#include "survey/discards.h"

/**
 * struct tcpdiag_discards - what a namespace discarded
 * @lately: by reason, the seconds in which it did; tcpdiag_net.lock, as all
 * @total: by reason, the kernel's counter at the last tick
 * @segments: the segments that came; none of them is slow
 * @came: the kernel's counter of them at the last tick
 */
struct tcpdiag_discards {
	struct tcpdiag_lately lately[TCPDIAG_DISCARDS];
	u32 total[TCPDIAG_DISCARDS];
	struct tcpdiag_lately segments;
	u32 came;
};

static const enum tcpdiag_mib mibs[TCPDIAG_DISCARDS] = {
	[TCPDIAG_DISCARD_RP_FILTER]	 = TCPDIAG_MIB_RP_FILTER,
	[TCPDIAG_DISCARD_MD5_MISSING]	 = TCPDIAG_MIB_MD5_MISSING,
	[TCPDIAG_DISCARD_MD5_UNEXPECTED] = TCPDIAG_MIB_MD5_UNEXPECTED,
	[TCPDIAG_DISCARD_MD5_WRONG]	 = TCPDIAG_MIB_MD5_WRONG,
	[TCPDIAG_DISCARD_LOW_TTL]	 = TCPDIAG_MIB_LOW_TTL,
	[TCPDIAG_DISCARD_CHECKSUM]	 = TCPDIAG_MIB_CHECKSUM_ERRORS,
};

static void read_totals(const struct net *net, u32 *total)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_DISCARDS; i++)
		total[i] = tcpdiag_mib_total(net, mibs[i]);
}

/* A namespace that never uses TCP takes no memory. */
static bool uses_tcp(const struct tcpdiag_net *tn)
{
	return READ_ONCE(tn->listening) || READ_ONCE(tn->failures) ||
	       tn->stalls_cursor;
}

/* What came before the first look is not of now. */
static struct tcpdiag_discards *make(struct tcpdiag_net *tn, const u32 *total,
				     u32 came)
{
	struct tcpdiag_discards *d = kzalloc(sizeof(*d), TCPDIAG_GFP);

	if (!d) {
		atomic64_inc(&tn->alloc_failed);
		return NULL;
	}
	memcpy(d->total, total, sizeof(d->total));
	d->came = came;
	/* pairs with READ_ONCE() in tcpdiag_discards_read() */
	smp_store_release(&tn->discards, d);
	return d;
}

static void roll(struct tcpdiag_discards *d, u64 now)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_DISCARDS; i++)
		tcpdiag_lately_roll(&d->lately[i], d->total[i], now);
	tcpdiag_lately_roll(&d->segments, d->came, now);
}

/**
 * tcpdiag_discards_tick() - once a second: see whether packets were discarded
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_discards_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_discards *d = tn->discards;
	u32 total[TCPDIAG_DISCARDS], came;
	u64 now = ktime_get_ns();
	unsigned int i;

	if (!d && !uses_tcp(tn))
		return;
	read_totals(tn->net, total);
	came = tcpdiag_mib_total(tn->net, TCPDIAG_MIB_IN_SEGS);
	d = d ?: make(tn, total, came);
	if (!d)
		return;
	spin_lock(&tn->lock);
	roll(d, now);
	for (i = 0; i < TCPDIAG_DISCARDS; i++)
		if (total[i] != d->total[i])
			tcpdiag_lately_add(&d->lately[i], d->total[i], now);
	memcpy(d->total, total, sizeof(d->total));
	d->came = came;
	spin_unlock(&tn->lock);
}

static void read_fact(const struct tcpdiag_lately *l, u32 total, u64 now,
		      struct tcpdiag_discard_fact *f)
{
	struct tcpdiag_lately_sum sum;

	tcpdiag_lately_read(l, total, &sum);
	f->seconds = sum.slow;
	f->packets = sum.all;
	f->span_us = div_u64(now - min(now, sum.since_ns), NSEC_PER_USEC);
	f->ago_us = div_u64(now - min(now, sum.last_ns), NSEC_PER_USEC);
}

/**
 * tcpdiag_discards_read() - what was discarded lately
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process.
 */
void tcpdiag_discards_read(const struct tcpdiag_reader *reader,
			   struct tcpdiag_discards_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_discards *d = READ_ONCE(tn->discards);
	struct tcpdiag_lately_sum segments;
	u64 now = ktime_get_ns();
	unsigned int i;

	if (!d)
		return;
	spin_lock(&tn->lock);
	/* windows end also when nothing is seen any more */
	roll(d, now);
	for (i = 0; i < TCPDIAG_DISCARDS; i++)
		read_fact(&d->lately[i], d->total[i], now, &facts->by[i]);
	tcpdiag_lately_read(&d->segments, d->came, &segments);
	facts->segments = segments.all;
	spin_unlock(&tn->lock);
}

/**
 * tcpdiag_discards_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_discards_release(struct tcpdiag_net *tn)
{
	kfree(tn->discards);
	tn->discards = NULL;
}
