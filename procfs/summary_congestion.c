// SPDX-License-Identifier: GPL-2.0
/*
 * The table of congestion control algorithms in /proc/tcpdiag
 * (Documentation/summary.md).
 */
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "account/congestion.h"
#include "model/format.h"
#include "model/snapshot.h"
#include "procfs/pad.h"
#include "procfs/summary_congestion.h"
#include "store/net.h"
#include "store/phase.h"

/* At most this many algorithms have a line, to keep the page short. */
#define LINES	6
/*
 * Below this RTT the ratio of smoothed to smallest RTT shows scheduling on the
 * hosts, not queues on the path.
 */
#define PATH_RTT_US	1000

#define FINISHED \
	"------------------ finished connections -------------------"
/* Widths as in row(). */
#define HEADER \
	"                  open " FINISHED " open + finished\n" \
	"algorithm          now   number   acked  retrans p50_bps p90_bps  min_rtt srtt/min  losses    rtos\n"

static void scaled(struct seq_file *seq, bool known, u64 n)
{
	char buf[TCPDIAG_NUMBER_LEN];

	tcpdiag_pad_before(seq, known ? tcpdiag_format_number(buf, n) : "-",
			   7);
}

/* @part / @whole * @units with two decimals. */
static void ratio(struct seq_file *seq, u64 part, u64 whole, u64 units,
		  char sign)
{
	u64 n = tcpdiag_measure_scale(part, 100 * units, whole);
	char buf[24] = "-";

	if (whole)
		snprintf(buf, sizeof(buf), "%llu.%02llu%c", n / 100, n % 100,
			 sign);
	tcpdiag_pad_before(seq, buf, 8);
}

static void footer(struct seq_file *seq)
{
	seq_puts(seq, "acked: bytes; bps: goodput in bits per second; srtt/min: smoothed RTT over min_rtt, - below 1 ms\n"
		      "open connections in detail: /proc/net/tcpdiag/congestion\n");
}

static void row(struct seq_file *seq, unsigned int cc, u64 open,
		const struct tcpdiag_cc_row *row)
{
	const struct tcpdiag_hist *goodput = &row->hist[TCPDIAG_CC_GOODPUT];
	const struct tcpdiag_hist *swell = &row->hist[TCPDIAG_CC_INFLATION];
	const struct tcpdiag_hist *rtt = &row->hist[TCPDIAG_CC_MIN_RTT];
	u64 rtt_us = tcpdiag_hist_percentile(rtt, 50);
	bool losses = tcpdiag_phase_hears(TCPDIAG_SOURCE_LOSSES);
	char buf[TCPDIAG_DURATION_LEN] = "-";
	bool swollen = swell->count && rtt_us >= PATH_RTT_US;

	if (rtt->count)
		tcpdiag_format_duration(buf, rtt_us);
	seq_printf(seq, "%-15s %6llu %8llu", tcpdiag_cc_name(cc), open,
		   row->connections);
	scaled(seq, true, row->sum[TCPDIAG_CC_BYTES_ACKED]);
	ratio(seq, row->sum[TCPDIAG_CC_BYTES_RETRANS],
	      row->sum[TCPDIAG_CC_BYTES_SENT], 100, '%');
	scaled(seq, goodput->count, tcpdiag_hist_percentile(goodput, 50));
	scaled(seq, goodput->count, tcpdiag_hist_percentile(goodput, 90));
	tcpdiag_pad_before(seq, buf, 8);
	ratio(seq, tcpdiag_hist_percentile(swell, 50), swollen ? 100 : 0, 1,
	      'x');
	scaled(seq, losses, row->sum[TCPDIAG_CC_LOSS_EPISODES]);
	scaled(seq, losses, row->sum[TCPDIAG_CC_RTOS]);
	seq_putc(seq, '\n');
}

/**
 * tcpdiag_congestion_summary() - print a line for each algorithm
 * @seq: the file
 * @tn: the namespace
 * @snap: its figures
 *
 * Except for losses, figures are of finished connections only: open ones would
 * each have to be looked at, and the cost of the summary must not grow with
 * their number.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap)
{
	struct tcpdiag_cc_row *done;
	unsigned int cc, n = 0;

	done = kmalloc(sizeof(*done), TCPDIAG_GFP);
	if (!done)
		return -ENOMEM;
	for (cc = 0; cc < TCPDIAG_CC_SLOTS; cc++) {
		if (!snap->cc_begun[cc] || n++ >= LINES)
			continue;
		if (n == 1)
			seq_puts(seq, HEADER);
		memset(done, 0, sizeof(*done));
		tcpdiag_congestion_finished(tn, cc, done);
		row(seq, cc, snap->cc_live[cc], done);
	}
	if (n > LINES)
		seq_printf(seq, "and %u more algorithm%s\n", n - LINES,
			   tcpdiag_plural(n - LINES));
	if (n)
		footer(seq);
	kfree(done);
	return 0;
}
