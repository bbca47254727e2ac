// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/time_wait: how many, how fast, whose and where to
 * (Documentation/time_wait.md).
 */
#include "account/time_wait_read.h"
#include "model/peer.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/owner.h"

/* In the columns that name a row: all without one. */
#define OTHER	"other"

static void show_total(struct seq_file *seq,
		       const struct tcpdiag_time_wait_view *view)
{
	unsigned int i;

	seq_printf(seq, "total - - - - %llu", view->total);
	for (i = 0; i < ARRAY_SIZE(view->rate); i++)
		seq_printf(seq, " %llu.%llu", view->rate[i] / 10,
			   view->rate[i] % 10);
	seq_printf(seq, " %llu %u %llu %llu %u -\n", view->fin_wait2,
		   view->limit, view->overflows, view->recycled, view->reuse);
}

/* Of the columns that the total has only the count. */
static void show_count(struct seq_file *seq,
		       const struct tcpdiag_time_wait_view *view, u64 n)
{
	seq_printf(seq, " %llu - - - - - - - - %llu\n", n, view->counted_us);
}

static void show_owners(struct seq_file *seq,
			const struct tcpdiag_time_wait_view *view, bool shown)
{
	u64 other = view->total;
	unsigned int i;

	for (i = 0; i < view->owners.n; i++) {
		const struct tcpdiag_time_wait_row *row = &view->owners.row[i];
		struct tcpdiag_owner owner = {};

		other -= row->n;
		if (shown)
			tcpdiag_owner_read(&owner, row->pid,
					   (const char *)(row->key.word + 1),
					   NULL);
		seq_puts(seq, "owner");
		tcpdiag_show_owner(seq, &owner);
		seq_puts(seq, " - -");
		show_count(seq, view, row->n);
	}
	seq_printf(seq, "owner %s %s - -", OTHER, OTHER);
	show_count(seq, view, other);
}

static void show_destinations(struct seq_file *seq,
			      const struct tcpdiag_time_wait_view *view)
{
	u64 other = view->total;
	unsigned int i;

	for (i = 0; i < view->dests.n; i++) {
		const struct tcpdiag_time_wait_row *row = &view->dests.row[i];
		bool own = row->key.rest & TCPDIAG_PEER_OWN;
		char name[TCPDIAG_END_LEN];

		other -= row->n;
		tcpdiag_peer_end_name(name, row->key.word +
				      (row->key.rest & TCPDIAG_PEER_V6 ? 2 : 0),
				      row->key.rest, true);
		seq_printf(seq, "destination - - %s %s", own ? name : "-",
			   own ? "-" : name);
		show_count(seq, view, row->n);
	}
	seq_printf(seq, "destination - - %s %s", OTHER, OTHER);
	show_count(seq, view, other);
}

/**
 * tcpdiag_time_wait_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_time_wait_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_time_wait_view *view;

	view = tcpdiag_time_wait_read(tn);
	if (!view)
		return -ENOMEM;
	seq_puts(seq, "# kind pid comm local remote now per_s_1 per_s_10 per_s_60 fin_wait2 limit overflows recycled tw_reuse counted_ago_us\n");
	show_total(seq, view);
	show_owners(seq, view, tcpdiag_procfs_owners(seq, tn->net));
	show_destinations(seq, view);
	tcpdiag_time_wait_put(view);
	return 0;
}
