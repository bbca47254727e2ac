// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/transitions: the transitions that happened, each with its
 * verdict (Documentation/transitions.md).
 */
#include <linux/slab.h>

#include "account/account.h"
#include "model/fsm.h"
#include "model/snapshot.h"
#include "procfs/procfs.h"
#include "store/net.h"

/**
 * tcpdiag_transitions_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_transitions_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_snapshot *snap;
	unsigned int i, j;

	snap = kmalloc(sizeof(*snap), TCPDIAG_GFP);
	if (!snap)
		return -ENOMEM;
	tcpdiag_account_read(tn, snap);
	seq_puts(seq, "# from to count kind\n");
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		for (j = 0; j < ARRAY_SIZE(tcpdiag_fsm_order); j++) {
			unsigned int from = tcpdiag_fsm_order[i];
			unsigned int to = tcpdiag_fsm_order[j];
			enum tcpdiag_move move = tcpdiag_fsm_judge(from, to);

			if (!snap->moves[from][to])
				continue;
			seq_printf(seq, "%s %s %llu %s\n",
				   tcpdiag_fsm_state_name(from),
				   tcpdiag_fsm_state_name(to),
				   snap->moves[from][to],
				   tcpdiag_fsm_move_name(move));
		}
	}
	kfree(snap);
	return 0;
}
