/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of durations in microseconds: exact below 8 us, then
 * four buckets for each power of two, so that the middle of a bucket is within
 * 12.5 % of every value in it. The first few values and the largest are kept
 * exactly, so that figures of few values are exact. No kernel state: KUnit
 * links it unchanged.
 */
#ifndef TCPDIAG_HIST_H
#define TCPDIAG_HIST_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* Values below 2^TCPDIAG_HIST_EXACT_BITS have a bucket each. */
#define TCPDIAG_HIST_EXACT_BITS	3
/* Buckets for each power of two: 2^TCPDIAG_HIST_SUB_BITS. */
#define TCPDIAG_HIST_SUB_BITS	2
/* The last bucket begins below 2^TCPDIAG_HIST_MAX_BITS us (101 days). */
#define TCPDIAG_HIST_MAX_BITS	43

#define TCPDIAG_HIST_EXACT	BIT(TCPDIAG_HIST_EXACT_BITS)
#define TCPDIAG_HIST_SUBS	BIT(TCPDIAG_HIST_SUB_BITS)

/* Values that a tally keeps exactly, and that a distribution keeps. */
#define TCPDIAG_TALLY_FIRST	4
#define TCPDIAG_HIST_FIRST	16

/* The percentiles that pages show beside the largest value. */
#define TCPDIAG_HIST_SHOWN	3
extern const unsigned int tcpdiag_hist_shown[TCPDIAG_HIST_SHOWN];

/* The longest duration on the scale. */
#define TCPDIAG_HIST_END_US	(BIT_ULL(TCPDIAG_HIST_MAX_BITS) - 1)

#define TCPDIAG_HIST_BUCKETS						\
	(TCPDIAG_HIST_EXACT +						\
	 (TCPDIAG_HIST_MAX_BITS - TCPDIAG_HIST_EXACT_BITS) *		\
	 TCPDIAG_HIST_SUBS)

/**
 * struct tcpdiag_hist - one distribution of durations, as reporters read it
 * @count: how many values
 * @max_us: the largest of them, exact
 * @bucket: values per bucket
 * @firsts: values in @first
 * @first: some of the values, exact: the first ones of each tally
 */
struct tcpdiag_hist {
	u64 count;
	u64 max_us;
	u64 bucket[TCPDIAG_HIST_BUCKETS];
	unsigned int firsts;
	u64 first[TCPDIAG_HIST_FIRST];
};

/**
 * struct tcpdiag_tally - a distribution that writers add to without a lock
 * @max_us: the largest value, exact
 * @usual_us: values up to this only need to be counted: they are on the scale
 *	and not larger than @max_us; 0 until @first is full
 * @bucket: values per bucket
 * @first: the first values other than 0, each plus 1; 0 is a free place
 */
struct tcpdiag_tally {
	atomic64_t max_us;
	u64 usual_us;
	atomic64_t bucket[TCPDIAG_HIST_BUCKETS];
	atomic64_t first[TCPDIAG_TALLY_FIRST];
};

/* Bucket of a duration that is on the scale. */
static __always_inline unsigned long tcpdiag_hist_index_on_scale(u64 us)
{
	unsigned long k;

	if (us < TCPDIAG_HIST_EXACT)
		return us;
	k = fls64(us) - 1 - TCPDIAG_HIST_SUB_BITS;
	/* us >> k is the top bit and the two below it: SUBS to 2 * SUBS - 1 */
	return TCPDIAG_HIST_EXACT - TCPDIAG_HIST_SUBS + (us >> k) +
	       (k + TCPDIAG_HIST_SUB_BITS - TCPDIAG_HIST_EXACT_BITS) *
	       TCPDIAG_HIST_SUBS;
}

/**
 * tcpdiag_hist_index() - bucket of a duration
 * @us: the duration in microseconds
 *
 * Context: any.
 * Return: an index below TCPDIAG_HIST_BUCKETS; durations beyond the scale fall
 * into the last bucket.
 */
static inline unsigned int tcpdiag_hist_index(u64 us)
{
	if (unlikely(us > TCPDIAG_HIST_END_US))
		return TCPDIAG_HIST_BUCKETS - 1;
	return tcpdiag_hist_index_on_scale(us);
}

/**
 * tcpdiag_tally_is_usual() - whether a duration only needs to be counted
 * @tally: the tally to add it to
 * @us: the duration in microseconds
 *
 * One test excludes three cases: a duration longer than any before, one beyond
 * the scale, and one of the first few, which are kept exactly.
 *
 * Context: any.
 * Return: true if tcpdiag_tally_add_usual() may be used.
 */
static inline bool tcpdiag_tally_is_usual(const struct tcpdiag_tally *tally,
					  u64 us)
{
	/* one word; if it is too small, only the slow path is taken */
	return likely(us <= data_race(tally->usual_us));
}

static __always_inline void
tcpdiag_tally_add_usual(struct tcpdiag_tally *tally, u64 us)
{
	atomic64_inc(&tally->bucket[tcpdiag_hist_index_on_scale(us)]);
}

void tcpdiag_tally_add_unusual(struct tcpdiag_tally *tally, u64 us);

/**
 * tcpdiag_tally_add() - count one duration
 * @tally: the tally
 * @us: the duration in microseconds
 *
 * Context: any; writers need no lock.
 */
static __always_inline void tcpdiag_tally_add(struct tcpdiag_tally *tally,
					      u64 us)
{
	if (tcpdiag_tally_is_usual(tally, us))
		tcpdiag_tally_add_usual(tally, us);
	else
		tcpdiag_tally_add_unusual(tally, us);
}

u64 tcpdiag_hist_low(unsigned int index);
u64 tcpdiag_hist_high(unsigned int index);
void tcpdiag_hist_merge(struct tcpdiag_hist *sum,
			const struct tcpdiag_tally *tally);
void tcpdiag_hist_percentiles(const struct tcpdiag_hist *hist,
			      const unsigned int *percent, u64 *us,
			      unsigned int n);
u64 tcpdiag_hist_percentile(const struct tcpdiag_hist *hist,
			    unsigned int percent);

#endif /* TCPDIAG_HIST_H */
