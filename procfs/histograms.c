// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/histograms: completed stays by state and duration
 * (Documentation/histograms.md).
 */
#include <linux/slab.h>

#include "account/account.h"
#include "model/fsm.h"
#include "model/hist.h"
#include "procfs/procfs.h"
#include "store/net.h"

static void rows(struct seq_file *seq, const struct tcpdiag_hist *hist,
		 unsigned int state)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_HIST_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		seq_printf(seq, "%s %llu ", tcpdiag_fsm_state_name(state),
			   tcpdiag_hist_low(i));
		if (tcpdiag_hist_high(i) == U64_MAX)
			seq_printf(seq, "- %llu\n", hist->bucket[i]);
		else
			seq_printf(seq, "%llu %llu\n", tcpdiag_hist_high(i),
				   hist->bucket[i]);
	}
}

/**
 * tcpdiag_histograms_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_histograms_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_hist *hist;
	unsigned int i;

	hist = kmalloc(sizeof(*hist), TCPDIAG_GFP);
	if (!hist)
		return -ENOMEM;
	seq_puts(seq, "# state low_us high_us count\n");
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		tcpdiag_account_read_hist(tn, tcpdiag_fsm_order[i], hist);
		rows(seq, hist, tcpdiag_fsm_order[i]);
	}
	kfree(hist);
	return 0;
}
