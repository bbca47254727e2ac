// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/ports: local ports in use, a row for each destination
 * (Documentation/ports.md).
 */
#include "account/ports_read.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/owner.h"

static void number(struct seq_file *seq, bool known, u64 v)
{
	if (known)
		seq_printf(seq, " %llu", v);
	else
		seq_puts(seq, " -");
}

static void owner(struct seq_file *seq, const struct tcpdiag_peer_owner *of,
		  bool owners)
{
	struct tcpdiag_owner owner = {};

	if (owners)
		tcpdiag_owner_read(&owner, of->pid, of->comm, NULL);
	tcpdiag_show_owner(seq, &owner);
}

static void figures(struct seq_file *seq, const struct tcpdiag_ports_view *view,
		    const struct tcpdiag_peer_sum *s, bool one)
{
	u64 forecast = TCPDIAG_NEVER, rate;
	unsigned int i;

	if (one)
		forecast = tcpdiag_peer_forecast(s, view->capacity,
						 view->window_ms);
	rate = tcpdiag_peer_rate(s, view->window_ms);
	seq_printf(seq, " %u", tcpdiag_peer_total(s->in_use));
	for (i = 0; i < TCPDIAG_PEER_CLASSES; i++)
		seq_printf(seq, " %u", s->in_use[i]);
	number(seq, one, view->capacity);
	number(seq, one && view->capacity,
	       tcpdiag_peer_percent(s, view->capacity));
	seq_printf(seq, " %llu %llu.%llu", s->connects, rate / 10, rate % 10);
	number(seq, forecast != TCPDIAG_NEVER, forecast);
	seq_printf(seq, " %llu %llu %llu", s->no_port, s->lived,
		   s->lived_short);
	number(seq, one && s->lives, s->lives ? tcpdiag_peer_median_us(s) : 0);
	number(seq, one, s->missed);
}

/**
 * tcpdiag_ports_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_ports_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	static const struct tcpdiag_peer_owner nobody;
	struct tcpdiag_ports_view *view;
	unsigned int i;
	bool owners;

	view = tcpdiag_ports_read(tn);
	if (!view)
		return -ENOMEM;
	owners = tcpdiag_procfs_owners(seq, tn->net);
	seq_puts(seq, "# local remote in_use connecting established closing time_wait capacity percent connects connects_per_s exhausted_in_s no_port lived lived_under_1s median_life_us missing_at_most pid comm victim_pid victim_comm counted_ago_us\n");
	for (i = 0; i < view->n; i++) {
		const struct tcpdiag_peer_sum *s = &view->row[i];
		char name[TCPDIAG_PAIR_LEN];

		seq_puts(seq, tcpdiag_peer_name(name, &s->key, " "));
		figures(seq, view, s, true);
		owner(seq, &s->user, owners);
		owner(seq, &s->victim, owners);
		seq_printf(seq, " %llu\n", view->counted_us);
	}
	seq_puts(seq, "other other");
	figures(seq, view, &view->other, false);
	owner(seq, &nobody, false);
	owner(seq, &nobody, false);
	seq_printf(seq, " %llu\n", view->counted_us);
	tcpdiag_ports_put(view);
	return 0;
}
