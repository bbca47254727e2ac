// SPDX-License-Identifier: GPL-2.0
/*
 * The view congestion: what connections did under each congestion control
 * algorithm (Documentation/congestion.md).
 */
#include <linux/kernel.h>

#include "account/account.h"
#include "account/congestion.h"
#include "model/snapshot.h"
#include "store/phase.h"
#include "store/reader.h"
#include "survey/congestion_live.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "cc", TCPDIAG_KIND_WORD, TCPDIAG_A_CONGESTION_CC },
	{ "scope", TCPDIAG_KIND_WORD, TCPDIAG_A_CONGESTION_SCOPE },
	{ "connections", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_CONNECTIONS },
	{ "read", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_READ },
	{ "senders", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_SENDERS },
	{ "bytes_acked", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_BYTES_ACKED },
	{ "bytes_sent", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_BYTES_SENT },
	{ "bytes_retrans", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_BYTES_RETRANS },
	{ "retrans_ppm", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_RETRANS_PPM },
	{ "goodput_p50_bps", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_GOODPUT_P50_BPS },
	{ "goodput_p90_bps", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_GOODPUT_P90_BPS },
	{ "min_rtt_p50_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_CONGESTION_MIN_RTT_P50_US },
	{ "inflation_p50_percent", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_INFLATION_P50_PERCENT },
	{ "loss_episodes", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_LOSS_EPISODES },
	{ "rtos", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_RTOS },
	{ "delivered", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_DELIVERED },
	{ "delivered_ce", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CONGESTION_DELIVERED_CE },
	{ "ce_ppm", TCPDIAG_KIND_COUNT, TCPDIAG_A_CONGESTION_CE_PPM },
	{ "busy_us", TCPDIAG_KIND_US, TCPDIAG_A_CONGESTION_BUSY_US },
	{ "idle_us", TCPDIAG_KIND_US, TCPDIAG_A_CONGESTION_IDLE_US },
	{ "rwnd_limited_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_CONGESTION_RWND_LIMITED_US },
	{ "sndbuf_limited_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_CONGESTION_SNDBUF_LIMITED_US },
};

#define PPM	1000000ULL

enum scope { SCOPE_EVERY, SCOPE_FINISHED, SCOPE_LIVE, SCOPES };

static const char *const scope_names[SCOPES] = {
	[SCOPE_EVERY]		= "all",
	[SCOPE_FINISHED]	= "finished",
	[SCOPE_LIVE]		= "live",
};

/**
 * struct frozen - data of the rows
 * @snap: the account
 * @live: live connections
 * @sum: figures of the row
 */
struct frozen {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_cc_live *live;
	struct tcpdiag_cc_row sum;
};

static int freeze_congestion(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->live = tcpdiag_congestion_look(reader->tn);
	if (!f->live)
		return -ENOMEM;
	tcpdiag_account_read(reader->tn, &f->snap);
	return 0;
}

static void percentile(struct tcpdiag_row *row,
		       const struct tcpdiag_cc_row *sum,
		       enum tcpdiag_cc_dist dist, unsigned int percent)
{
	const struct tcpdiag_hist *hist = &sum->hist[dist];

	tcpdiag_row_value(row, hist->count,
			  tcpdiag_hist_percentile(hist, percent));
}

/* A part of a sum in millionths. */
static void share(struct tcpdiag_row *row, const struct tcpdiag_cc_row *sum,
		  enum tcpdiag_cc_sum part, enum tcpdiag_cc_sum whole)
{
	u64 all = sum->sum[whole];

	tcpdiag_row_value(row, all,
			  tcpdiag_measure_scale(sum->sum[part], PPM, all));
}

static void sums(struct tcpdiag_row *row, const struct tcpdiag_cc_row *sum,
		 enum tcpdiag_cc_sum from, enum tcpdiag_cc_sum to, bool known)
{
	unsigned int i;

	for (i = from; i <= to; i++)
		tcpdiag_row_value(row, known, sum->sum[i]);
}

static void cells(struct tcpdiag_row *row, unsigned int cc, enum scope scope,
		  const struct tcpdiag_cc_row *sum)
{
	/* a loss is counted when it happens, for live and finished together */
	bool losses = scope == SCOPE_EVERY &&
		      tcpdiag_phase_hears(TCPDIAG_SOURCE_LOSSES);

	tcpdiag_row_word(row, tcpdiag_cc_name(cc));
	tcpdiag_row_word(row, scope_names[scope]);
	tcpdiag_row_value(row, true, sum->connections);
	tcpdiag_row_value(row, true, sum->read);
	sums(row, sum, TCPDIAG_CC_SENDERS, TCPDIAG_CC_BYTES_RETRANS, true);
	share(row, sum, TCPDIAG_CC_BYTES_RETRANS, TCPDIAG_CC_BYTES_SENT);
	percentile(row, sum, TCPDIAG_CC_GOODPUT, 50);
	percentile(row, sum, TCPDIAG_CC_GOODPUT, 90);
	percentile(row, sum, TCPDIAG_CC_MIN_RTT, 50);
	percentile(row, sum, TCPDIAG_CC_INFLATION, 50);
	sums(row, sum, TCPDIAG_CC_LOSS_EPISODES, TCPDIAG_CC_RTOS, losses);
	sums(row, sum, TCPDIAG_CC_DELIVERED, TCPDIAG_CC_DELIVERED_CE, true);
	share(row, sum, TCPDIAG_CC_DELIVERED_CE, TCPDIAG_CC_DELIVERED);
	sums(row, sum, TCPDIAG_CC_BUSY_US, TCPDIAG_CC_SNDBUF_LIMITED_US, true);
}

static int congestion_row(const struct tcpdiag_reader *reader, void *frozen,
			  u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;

	for (; *pos < TCPDIAG_CC_SLOTS * SCOPES; (*pos)++) {
		unsigned int cc = (unsigned int)*pos / SCOPES;
		enum scope scope = (unsigned int)*pos % SCOPES;

		if (!f->snap.cc_begun[cc])
			continue;
		memset(&f->sum, 0, sizeof(f->sum));
		if (scope != SCOPE_LIVE)
			tcpdiag_congestion_finished(reader->tn, cc, &f->sum);
		if (scope != SCOPE_FINISHED)
			tcpdiag_congestion_live(f->live, cc,
						f->snap.cc_live[cc], &f->sum);
		cells(row, cc, scope, &f->sum);
		return 1;
	}
	return 0;
}

static void thaw_congestion(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_congestion_forget(f->live);
}

const struct tcpdiag_view tcpdiag_view_congestion = {
	.name = "congestion",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_congestion,
	.row = congestion_row,
	.thaw = thaw_congestion,
};
