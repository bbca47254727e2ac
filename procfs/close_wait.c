// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/close_wait: sockets that stay in CLOSE_WAIT, by owner and
 * port, the worst first (Documentation/close_wait.md).
 */
#include "diagnose/diagnosis.h"
#include "procfs/procfs.h"
#include "store/reader.h"

static void show_owner(struct seq_file *seq, const struct tcpdiag_cw_group *g,
		       bool owners)
{
	tcpdiag_show_owner(seq, &g->owner);
	tcpdiag_show_value(seq, owners, g->cgroup);
}

static void show_group(struct seq_file *seq, unsigned int n,
		       const struct tcpdiag_cw_group *g, bool owners)
{
	u64 full_us = tcpdiag_cw_full_us(g);
	unsigned int i;

	seq_printf(seq, "%u", n);
	show_owner(seq, g, owners);
	tcpdiag_show_value(seq, !g->connected, g->port);
	tcpdiag_show_value(seq, g->connected, g->port);
	seq_printf(seq, " %u %u %llu %s", g->sockets, g->suspects,
		   g->oldest_us, g->estimated ? "yes" : "no");
	if (g->growth_known)
		seq_printf(seq, " %lld", g->growth);
	else
		seq_puts(seq, " -");
	seq_printf(seq, " %llu %s", g->unread,
		   tcpdiag_cw_cause_name(tcpdiag_cw_main_cause(g)));
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		tcpdiag_show_value(seq, true, g->causes[i]);
	tcpdiag_show_value(seq, g->fds_known, g->fds);
	tcpdiag_show_value(seq, g->fds_known && g->fd_limit != RLIM_INFINITY, g->fd_limit);
	tcpdiag_show_value(seq, full_us != U64_MAX, full_us);
	seq_putc(seq, '\n');
}

static void show_header(struct seq_file *seq)
{
	unsigned int i;

	seq_puts(seq, "# n pid comm cgroup local_port remote_port sockets suspects oldest_us estimated growth_per_min unread_bytes cause");
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		seq_printf(seq, " %s", tcpdiag_cw_cause_name(i));
	seq_puts(seq, " fds fd_limit fds_full_us\n");
}

/**
 * tcpdiag_close_wait_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_close_wait_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_diagnosis *d;
	struct tcpdiag_reader reader;
	unsigned int i;

	tcpdiag_procfs_reader(seq, tn, &reader);
	d = tcpdiag_diagnose(&reader);
	if (!d)
		return -ENOMEM;
	show_header(seq);
	for (i = 0; i < d->facts.close_wait.n; i++)
		show_group(seq, i + 1, &d->facts.close_wait.groups[i],
			   d->facts.owners);
	seq_printf(seq, "other - - - - - %llu", d->facts.close_wait.other);
	for (i = 0; i < 9 + TCPDIAG_CW_CAUSES; i++)
		seq_puts(seq, " -");
	seq_putc(seq, '\n');
	tcpdiag_diagnosis_put(d);
	return 0;
}
