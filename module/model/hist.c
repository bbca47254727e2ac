// SPDX-License-Identifier: GPL-2.0
/*
 * Log-linear histogram (see hist.h). A value v >= 8 with its top bit at
 * position k falls into one of four buckets of 2^(k-2) values each, chosen by
 * the two bits below the top one. The middle of such a bucket is less than
 * half a bucket, 2^(k-3) <= v / 8, away from v.
 */
#include <linux/atomic.h>
#include <linux/limits.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "model/hist.h"

#define EXACT	TCPDIAG_HIST_EXACT
#define SUBS	TCPDIAG_HIST_SUBS

const unsigned int tcpdiag_hist_shown[] = { 50, 90, 99 };

/**
 * tcpdiag_hist_low() - smallest duration of a bucket
 * @index: the bucket
 *
 * Context: any.
 * Return: microseconds.
 */
u64 tcpdiag_hist_low(unsigned int index)
{
	unsigned int k, sub;

	if (index < EXACT)
		return index;
	k = (index - EXACT) / SUBS + TCPDIAG_HIST_EXACT_BITS;
	sub = (index - EXACT) % SUBS;
	return (u64)(SUBS + sub) << (k - TCPDIAG_HIST_SUB_BITS);
}

/**
 * tcpdiag_hist_high() - largest duration of a bucket
 * @index: the bucket
 *
 * Context: any.
 * Return: microseconds; U64_MAX for the last bucket, which has no upper end.
 */
u64 tcpdiag_hist_high(unsigned int index)
{
	if (index >= TCPDIAG_HIST_BUCKETS - 1)
		return U64_MAX;
	return tcpdiag_hist_low(index + 1) - 1;
}

/* Keep one of the first values exactly. False if there is no room. */
static bool keep_first(struct tcpdiag_tally *tally, u64 us)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_TALLY_FIRST; i++)
		if (!atomic64_read(&tally->first[i]) &&
		    !atomic64_cmpxchg(&tally->first[i], 0, us + 1))
			return true;
	return false;
}

/**
 * tcpdiag_tally_add_unusual() - count a duration that may be the longest or one
 *	of the first
 * @tally: the tally
 * @us: the duration in microseconds
 *
 * Two writers at once may leave @usual_us too small. The next value above it
 * corrects that.
 *
 * Context: any; writers need no lock.
 */
void tcpdiag_tally_add_unusual(struct tcpdiag_tally *tally, u64 us)
{
	s64 max = atomic64_read(&tally->max_us);

	atomic64_inc(&tally->bucket[tcpdiag_hist_index(us)]);
	while ((s64)us > max)
		if (atomic64_try_cmpxchg(&tally->max_us, &max, us))
			max = us;
	if (!keep_first(tally, us))
		WRITE_ONCE(tally->usual_us,
			   min_t(u64, max, TCPDIAG_HIST_END_US));
}

/**
 * tcpdiag_hist_merge() - add the values of a tally to a distribution
 * @sum: the distribution
 * @tally: the tally; others may write it meanwhile
 *
 * Context: any.
 */
void tcpdiag_hist_merge(struct tcpdiag_hist *sum,
			const struct tcpdiag_tally *tally)
{
	unsigned int i;
	u64 max_us;

	for (i = 0; i < TCPDIAG_TALLY_FIRST; i++) {
		u64 first = atomic64_read(&tally->first[i]);

		if (first && sum->firsts < TCPDIAG_HIST_FIRST)
			sum->first[sum->firsts++] = first - 1;
	}
	for (i = 0; i < TCPDIAG_HIST_BUCKETS; i++) {
		u64 n = atomic64_read(&tally->bucket[i]);

		sum->bucket[i] += n;
		sum->count += n;
	}
	max_us = atomic64_read(&tally->max_us);
	sum->max_us = max(sum->max_us, max_us);
}

/*
 * Find the @rank-th smallest value of a bucket, counted from 1. False if not
 * all values of the bucket were kept exactly.
 */
static bool find_first(const struct tcpdiag_hist *hist, unsigned int index,
		       u64 rank, u64 *us)
{
	u64 kept = 0, smaller, same;
	unsigned int i, j;

	if (hist->bucket[index] > hist->firsts)
		return false;
	for (i = 0; i < hist->firsts; i++)
		kept += tcpdiag_hist_index(hist->first[i]) == index;
	if (kept != hist->bucket[index])
		return false;
	for (i = 0; i < hist->firsts; i++) {
		if (tcpdiag_hist_index(hist->first[i]) != index)
			continue;
		smaller = 0;
		same = 0;
		for (j = 0; j < hist->firsts; j++) {
			if (tcpdiag_hist_index(hist->first[j]) != index)
				continue;
			smaller += hist->first[j] < hist->first[i];
			same += hist->first[j] == hist->first[i];
		}
		if (smaller < rank && rank <= smaller + same)
			*us = hist->first[i];
	}
	return true;
}

/* The @rank-th smallest value: it is in bucket @index, after @seen others. */
static u64 value_at(const struct tcpdiag_hist *hist, unsigned int index,
		    u64 seen, u64 rank)
{
	u64 low = tcpdiag_hist_low(index);
	u64 high, us;

	/* a reader may see a value's bucket before it sees the new maximum */
	high = max(low, min(tcpdiag_hist_high(index), hist->max_us));
	if (rank == hist->count)
		return high;
	if (find_first(hist, index, rank - seen, &us))
		return us;
	return low + (high - low) / 2;
}

/**
 * tcpdiag_hist_percentiles() - the durations that so many percent do not exceed
 * @hist: the histogram
 * @percent: 1 to 100 each, in ascending order
 * @us: the results in microseconds, each within 12.5 % of the exact percentile;
 *	0 if the histogram is empty
 * @n: how many
 *
 * Nearest-rank definition. Exact if it is the largest value, or if all values
 * in its bucket were kept; else it is the middle of the bucket, but never more
 * than the largest value. The buckets are gone through once.
 *
 * Context: any.
 */
void tcpdiag_hist_percentiles(const struct tcpdiag_hist *hist,
			      const unsigned int *percent, u64 *us,
			      unsigned int n)
{
	unsigned int i, index = 0;
	u64 rank, seen = 0;

	for (i = 0; i < n; i++) {
		us[i] = 0;
		if (!hist->count)
			continue;
		/* no overflow below 2^57: 4,500 years at a million a second */
		rank = DIV_ROUND_UP_ULL(hist->count * percent[i], 100);
		while (index < TCPDIAG_HIST_BUCKETS - 1 &&
		       seen + hist->bucket[index] < rank)
			seen += hist->bucket[index++];
		us[i] = value_at(hist, index, seen, rank);
	}
}

/**
 * tcpdiag_hist_percentile() - one of tcpdiag_hist_percentiles()
 * @hist: the histogram
 * @percent: 1 to 100
 *
 * Context: any.
 * Return: microseconds; 0 if empty.
 */
u64 tcpdiag_hist_percentile(const struct tcpdiag_hist *hist,
			    unsigned int percent)
{
	u64 us;

	tcpdiag_hist_percentiles(hist, &percent, &us, 1);
	return us;
}
