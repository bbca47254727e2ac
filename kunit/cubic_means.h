/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RFC 9438, tables 1 and 2: mean windows of CUBIC with C = 0.4 on a path that
 * loses each Nth packet. For tests of the window functions and of the algorithm
 * that uses them.
 */
#ifndef TCPDIAG_CUBIC_MEANS_H
#define TCPDIAG_CUBIC_MEANS_H

#include <kunit/test.h>

struct cubic_mean {
	u32 rtt_us;
	u32 per_loss;		/* packets */
	u32 average;		/* packets */
};

static const struct cubic_mean cubic_means[] = {
	{ 100000, 100, 12 },
	{ 100000, 1000, 38 },
	{ 100000, 10000, 187 },
	{ 100000, 100000, 1054 },
	{ 100000, 1000000, 5926 },
	{ 100000, 10000000, 33325 },
	{ 100000, 100000000, 187400 },
	{ 10000, 100, 12 },
	{ 10000, 1000, 38 },
	{ 10000, 10000, 120 },
	{ 10000, 100000, 379 },
	{ 10000, 1000000, 1200 },
	{ 10000, 10000000, 5926 },
	{ 10000, 100000000, 33325 },
};

/* The row after @prev with a loss in no more than @most packets, for KUnit. */
static inline const void *cubic_mean_next(const struct cubic_mean *prev,
					  u32 most, char *desc)
{
	const struct cubic_mean *row = prev ? prev + 1 : cubic_means;

	while (row < cubic_means + ARRAY_SIZE(cubic_means) &&
	       row->per_loss > most)
		row++;
	if (row == cubic_means + ARRAY_SIZE(cubic_means))
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "RTT %u ms, 1 loss in %u",
		 row->rtt_us / 1000, row->per_loss);
	return row;
}

#endif /* TCPDIAG_CUBIC_MEANS_H */
