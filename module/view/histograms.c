// SPDX-License-Identifier: GPL-2.0
/*
 * The view histograms: completed stays by state and duration
 * (Documentation/histograms.md).
 */
#include <linux/kernel.h>

#include "account/account.h"
#include "model/hist.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_HISTOGRAMS_STATE },
	{ "low_us", TCPDIAG_KIND_US, TCPDIAG_A_HISTOGRAMS_LOW_US },
	{ "high_us", TCPDIAG_KIND_US, TCPDIAG_A_HISTOGRAMS_HIGH_US },
	{ "count", TCPDIAG_KIND_COUNT, TCPDIAG_A_HISTOGRAMS_COUNT },
};

/**
 * struct frozen - data of the rows
 * @state: index of the state in tcpdiag_fsm_order, plus 1; 0 for none yet
 * @hist: its stays
 */
struct frozen {
	unsigned int state;
	struct tcpdiag_hist hist;
};

static int freeze_histograms(const struct tcpdiag_reader *reader, void *frozen)
{
	return 0;
}

/* The stays of a state are read when its first row is made. */
static void read_state(struct frozen *f, struct tcpdiag_net *tn,
		       unsigned int index)
{
	if (f->state == index + 1)
		return;
	f->state = index + 1;
	tcpdiag_account_read_hist(tn, tcpdiag_fsm_order[index], &f->hist);
}

/* The first bucket from @i on that has a stay; TCPDIAG_HIST_BUCKETS for none. */
static unsigned int next_bucket(const struct tcpdiag_hist *hist, unsigned int i)
{
	while (i < TCPDIAG_HIST_BUCKETS && !hist->bucket[i])
		i++;
	return i;
}

static void bucket_row(struct tcpdiag_row *row, unsigned int state,
		       const struct tcpdiag_hist *hist, unsigned int i)
{
	u64 high = tcpdiag_hist_high(i);

	tcpdiag_row_word(row, tcpdiag_fsm_state_name(state));
	tcpdiag_row_value(row, true, tcpdiag_hist_low(i));
	tcpdiag_row_value(row, high != U64_MAX, high);
	tcpdiag_row_value(row, true, hist->bucket[i]);
}

/* A position is that of a state in tcpdiag_fsm_order, and a bucket. */
static int histogram_row(const struct tcpdiag_reader *reader, void *frozen,
			 u64 *pos, struct tcpdiag_row *row)
{
	unsigned int index = min_t(u64, *pos, U32_MAX) / TCPDIAG_HIST_BUCKETS;
	unsigned int i = min_t(u64, *pos, U32_MAX) % TCPDIAG_HIST_BUCKETS;
	struct frozen *f = frozen;

	for (; index < ARRAY_SIZE(tcpdiag_fsm_order); index++, i = 0) {
		read_state(f, reader->tn, index);
		i = next_bucket(&f->hist, i);
		if (i == TCPDIAG_HIST_BUCKETS)
			continue;
		*pos = index * TCPDIAG_HIST_BUCKETS + i;
		bucket_row(row, tcpdiag_fsm_order[index], &f->hist, i);
		return 1;
	}
	*pos = index * TCPDIAG_HIST_BUCKETS;
	return 0;
}

const struct tcpdiag_view tcpdiag_view_histograms = {
	.name = "histograms",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_histograms,
	.row = histogram_row,
};
