/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log-linear histogram of durations in microseconds: exact below 8 us, then
 * four buckets to each power of two, so that the middle of a bucket is within
 * 12.5 % of every value in it. No kernel state: KUnit links it as it is.
 */
#ifndef TCPDIAG_HIST_H
#define TCPDIAG_HIST_H

#include <linux/types.h>

/* Values below 2^TCPDIAG_HIST_EXACT_BITS have a bucket each. */
#define TCPDIAG_HIST_EXACT_BITS	3
/* Buckets to a power of two: 2^TCPDIAG_HIST_SUB_BITS. */
#define TCPDIAG_HIST_SUB_BITS	2
/* The last bucket begins below 2^TCPDIAG_HIST_MAX_BITS us (101 days). */
#define TCPDIAG_HIST_MAX_BITS	43

#define TCPDIAG_HIST_BUCKETS						\
	((1 << TCPDIAG_HIST_EXACT_BITS) +				\
	 ((TCPDIAG_HIST_MAX_BITS - TCPDIAG_HIST_EXACT_BITS)		\
	  << TCPDIAG_HIST_SUB_BITS))

/**
 * struct tcpdiag_hist - one distribution of durations
 * @count: values taken in
 * @max_us: the largest of them, exact
 * @bucket: values per bucket
 *
 * The owner serializes writers.
 */
struct tcpdiag_hist {
	u64 count;
	u64 max_us;
	u64 bucket[TCPDIAG_HIST_BUCKETS];
};

unsigned int tcpdiag_hist_index(u64 us);
u64 tcpdiag_hist_low(unsigned int index);
u64 tcpdiag_hist_high(unsigned int index);
void tcpdiag_hist_add(struct tcpdiag_hist *hist, u64 us);
void tcpdiag_hist_merge(struct tcpdiag_hist *sum,
			const struct tcpdiag_hist *hist);
u64 tcpdiag_hist_percentile(const struct tcpdiag_hist *hist,
			    unsigned int percent);

#endif /* TCPDIAG_HIST_H */
