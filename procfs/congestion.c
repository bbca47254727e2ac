// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/congestion: what connections did under each congestion
 * control algorithm (Documentation/congestion.md), and the lines on that in
 * /proc/tcpdiag.
 */
#include <linux/slab.h>

#include "account/account.h"
#include "account/congestion.h"
#include "model/format.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/phase.h"
#include "survey/congestion_live.h"

#define PPM	1000000ULL
/* Algorithms that have a line in the summary, so that it stays one screen. */
#define LINES	6

enum scope { SCOPE_ALL, SCOPE_FINISHED, SCOPE_LIVE, SCOPES };

static const char *const scope_names[SCOPES] = {
	[SCOPE_ALL]		= "all",
	[SCOPE_FINISHED]	= "finished",
	[SCOPE_LIVE]		= "live",
};

static void percentile(struct seq_file *seq, const struct tcpdiag_cc_row *row,
		       enum tcpdiag_cc_dist dist, unsigned int percent)
{
	const struct tcpdiag_hist *hist = &row->hist[dist];

	tcpdiag_show_value(seq, hist->count, tcpdiag_hist_percentile(hist, percent));
}

/* A part of a sum in millionths. */
static void share(struct seq_file *seq, const struct tcpdiag_cc_row *row,
		  enum tcpdiag_cc_sum part, enum tcpdiag_cc_sum whole)
{
	u64 all = row->sum[whole];

	tcpdiag_show_value(seq, all,
			   tcpdiag_measure_scale(row->sum[part], PPM, all));
}

static void sums(struct seq_file *seq, const struct tcpdiag_cc_row *row,
		 enum tcpdiag_cc_sum from, enum tcpdiag_cc_sum to, bool known)
{
	unsigned int i;

	for (i = from; i <= to; i++)
		tcpdiag_show_value(seq, known, row->sum[i]);
}

static void show_row(struct seq_file *seq, unsigned int cc, enum scope scope,
		     const struct tcpdiag_cc_row *row)
{
	/* a loss is told when it happens, to which kind of connection or not */
	bool losses = scope == SCOPE_ALL && tcpdiag_phase_hears(TCPDIAG_SOURCE_LOSSES);

	seq_printf(seq, "%s %s %llu %llu", tcpdiag_cc_name(cc),
		   scope_names[scope], row->connections, row->read);
	sums(seq, row, TCPDIAG_CC_SENDERS, TCPDIAG_CC_BYTES_RETRANS, true);
	share(seq, row, TCPDIAG_CC_BYTES_RETRANS, TCPDIAG_CC_BYTES_SENT);
	percentile(seq, row, TCPDIAG_CC_GOODPUT, 50);
	percentile(seq, row, TCPDIAG_CC_GOODPUT, 90);
	percentile(seq, row, TCPDIAG_CC_MIN_RTT, 50);
	percentile(seq, row, TCPDIAG_CC_INFLATION, 50);
	sums(seq, row, TCPDIAG_CC_LOSS_EPISODES, TCPDIAG_CC_RTOS, losses);
	sums(seq, row, TCPDIAG_CC_DELIVERED, TCPDIAG_CC_DELIVERED_CE, true);
	share(seq, row, TCPDIAG_CC_DELIVERED_CE, TCPDIAG_CC_DELIVERED);
	sums(seq, row, TCPDIAG_CC_BUSY_US, TCPDIAG_CC_SNDBUF_LIMITED_US, true);
	seq_putc(seq, '\n');
}

static void show_algorithm(struct seq_file *seq, const struct tcpdiag_net *tn,
			   const struct tcpdiag_cc_live *live, unsigned int cc,
			   const struct tcpdiag_snapshot *snap,
			   struct tcpdiag_cc_row *row)
{
	enum scope scope;

	for (scope = 0; scope < SCOPES; scope++) {
		memset(row, 0, sizeof(*row));
		if (scope != SCOPE_LIVE)
			tcpdiag_congestion_finished(tn, cc, row);
		if (scope != SCOPE_FINISHED)
			tcpdiag_congestion_live(live, cc, snap->cc_live[cc],
						row);
		show_row(seq, cc, scope, row);
	}
}

/**
 * tcpdiag_congestion_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_congestion_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_snapshot *snap;
	struct tcpdiag_cc_live *live;
	struct tcpdiag_cc_row *row;
	int err = -ENOMEM;
	unsigned int cc;

	snap = kmalloc(sizeof(*snap), TCPDIAG_GFP);
	row = kmalloc(sizeof(*row), TCPDIAG_GFP);
	live = tcpdiag_congestion_look(tn);
	if (!snap || !row || !live)
		goto out;
	tcpdiag_account_read(tn, snap);
	seq_puts(seq, "# cc scope connections read senders bytes_acked bytes_sent bytes_retrans retrans_ppm goodput_p50_bps goodput_p90_bps min_rtt_p50_us inflation_p50_percent loss_episodes rtos delivered delivered_ce ce_ppm busy_us idle_us rwnd_limited_us sndbuf_limited_us\n");
	for (cc = 0; cc < TCPDIAG_CC_SLOTS; cc++)
		if (snap->cc_begun[cc])
			show_algorithm(seq, tn, live, cc, snap, row);
	err = 0;
out:
	tcpdiag_congestion_forget(live);
	kfree(row);
	kfree(snap);
	return err;
}

static void scaled(struct seq_file *seq, bool known, u64 n)
{
	char buf[TCPDIAG_NUMBER_LEN];

	seq_printf(seq, " %6s", known ? tcpdiag_format_number(buf, n) : "-");
}

/* @part / @whole with two decimals, and @units for 1. */
static void ratio(struct seq_file *seq, u64 part, u64 whole, u64 units,
		  char sign)
{
	u64 n = tcpdiag_measure_scale(part, 100 * units, whole);
	char buf[24] = "-";

	if (whole)
		snprintf(buf, sizeof(buf), "%llu.%02llu%c", n / 100, n % 100,
			 sign);
	seq_printf(seq, " %8s", buf);
}

static void summary_row(struct seq_file *seq, unsigned int cc, u64 live,
			const struct tcpdiag_cc_row *row)
{
	const struct tcpdiag_hist *goodput = &row->hist[TCPDIAG_CC_GOODPUT];
	const struct tcpdiag_hist *rtt = &row->hist[TCPDIAG_CC_MIN_RTT];
	const struct tcpdiag_hist *swell = &row->hist[TCPDIAG_CC_INFLATION];
	bool losses = tcpdiag_phase_hears(TCPDIAG_SOURCE_LOSSES);
	char buf[TCPDIAG_DURATION_LEN] = "-";

	if (rtt->count)
		tcpdiag_format_duration(buf, tcpdiag_hist_percentile(rtt, 50));
	seq_printf(seq, "%-15s %6llu %8llu", tcpdiag_cc_name(cc), live,
		   row->connections);
	scaled(seq, true, row->sum[TCPDIAG_CC_BYTES_ACKED]);
	ratio(seq, row->sum[TCPDIAG_CC_BYTES_RETRANS],
	      row->sum[TCPDIAG_CC_BYTES_SENT], 100, '%');
	scaled(seq, goodput->count, tcpdiag_hist_percentile(goodput, 50));
	scaled(seq, goodput->count, tcpdiag_hist_percentile(goodput, 90));
	seq_printf(seq, " %8s", buf);
	ratio(seq, tcpdiag_hist_percentile(swell, 50), swell->count ? 100 : 0,
	      1, 'x');
	scaled(seq, losses, row->sum[TCPDIAG_CC_LOSS_EPISODES]);
	scaled(seq, losses, row->sum[TCPDIAG_CC_RTOS]);
	seq_putc(seq, '\n');
}

/**
 * tcpdiag_congestion_summary() - print a line for each algorithm
 * @seq: where to
 * @tn: the namespace
 * @snap: its figures
 *
 * Of finished connections only: to look at the live ones costs by them.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap)
{
	unsigned int cc, n = 0;
	struct tcpdiag_cc_row *row;

	row = kmalloc(sizeof(*row), TCPDIAG_GFP);
	if (!row)
		return -ENOMEM;
	for (cc = 0; cc < TCPDIAG_CC_SLOTS; cc++) {
		if (!snap->cc_begun[cc] || n++ >= LINES)
			continue;
		if (n == 1)
			seq_printf(seq, "%-15s %6s %8s %6s %8s %6s %6s %8s %8s %6s %6s\n",
				   "algorithm", "live", "finished", "bytes",
				   "retrans", "p50b/s", "p90b/s", "min_rtt",
				   "srtt/min", "losses", "rtos");
		memset(row, 0, sizeof(*row));
		tcpdiag_congestion_finished(tn, cc, row);
		summary_row(seq, cc, snap->cc_live[cc], row);
	}
	if (n > LINES)
		seq_printf(seq, "and %u more algorithms\n", n - LINES);
	kfree(row);
	return 0;
}
