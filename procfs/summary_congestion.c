// SPDX-License-Identifier: GPL-2.0
/*
 * The lines on congestion control in /proc/tcpdiag (Documentation/summary.md).
 */
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "account/congestion.h"
#include "model/format.h"
#include "model/snapshot.h"
#include "procfs/summary.h"
#include "store/net.h"
#include "store/phase.h"

/* Algorithms that have a line in the summary, so that it stays one screen. */
#define LINES	6

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
