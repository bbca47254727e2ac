// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/states: one row per state (Documentation/states.md).
 */
#include <linux/slab.h>

#include "account/account.h"
#include "model/hist.h"
#include "model/snapshot.h"
#include "procfs/procfs.h"
#include "store/net.h"

struct figures {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_hist hist;
};

static void row(struct seq_file *seq, const struct figures *f,
		unsigned int state)
{
	const struct tcpdiag_snapshot *snap = &f->snap;
	bool counted = state != TCP_NEW_SYN_RECV || snap->have_requests;
	u64 oldest_us = snap->oldest_us[state];

	seq_puts(seq, tcpdiag_fsm_state_name(state));
	tcpdiag_show_value(seq, state != TCP_CLOSE, snap->now[state]);
	tcpdiag_show_value(seq, counted, snap->entered[state]);
	tcpdiag_show_value(seq, counted, snap->left[state]);
	tcpdiag_show_hist(seq, &f->hist);
	tcpdiag_show_value(seq, oldest_us, oldest_us);
	seq_putc(seq, '\n');
}

/**
 * tcpdiag_states_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_states_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct figures *f;
	unsigned int i;

	f = kmalloc(sizeof(*f), TCPDIAG_GFP);
	if (!f)
		return -ENOMEM;
	tcpdiag_account_read(tn, &f->snap);
	seq_puts(seq, "# state now entered left p50_us p90_us p99_us max_us oldest_us\n");
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		unsigned int state = tcpdiag_fsm_order[i];

		tcpdiag_account_read_hist(tn, state, &f->hist);
		row(seq, f, state);
	}
	kfree(f);
	return 0;
}
