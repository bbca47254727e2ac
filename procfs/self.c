// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/self: what tcpdiag says of itself, so that one can see
 * that nothing was missed (Documentation/self.md).
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "account/account.h"
#include "account/shards.h"
#include "cc_algos/cc_algos.h"
#include "model/snapshot.h"
#include "procfs/procfs.h"
#include "store/phase.h"
#include "store/record.h"
#include "store/table.h"

static void number(struct seq_file *seq, const char *name, u64 v)
{
	seq_printf(seq, "%s %llu\n", name, v);
}

static void show_hooks(struct seq_file *seq)
{
	const struct tcpdiag_phase_hook *hook;
	unsigned int i, n = 0;

	for (i = 0; (hook = tcpdiag_phase_hook(i)); i++)
		n += READ_ONCE(hook->attached);
	number(seq, "hooks_attached", n);
	for (i = 0; (hook = tcpdiag_phase_hook(i)); i++)
		seq_printf(seq, "hook_%s %s\n", hook->name,
			   READ_ONCE(hook->attached) ? "yes" : "no");
}

static void show_preexisting(struct seq_file *seq,
			     const struct tcpdiag_snapshot *snap)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++)
		seq_printf(seq, "preexisting_%s %llu\n",
			   tcpdiag_fsm_state_name(tcpdiag_fsm_order[i]),
			   snap->preexisting[tcpdiag_fsm_order[i]]);
}

/**
 * tcpdiag_self_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_self_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct tcpdiag_snapshot *snap;

	snap = kmalloc(sizeof(*snap), TCPDIAG_GFP);
	if (!snap)
		return -ENOMEM;
	tcpdiag_account_read(tn, snap);
	seq_puts(seq, "# name value\n");
	seq_printf(seq, "version %s\n", THIS_MODULE->version);
	number(seq, "uptime_us",
	       div_u64(ktime_get_ns() - tcpdiag_phase_loaded_ns(), NSEC_PER_USEC));
	show_hooks(seq);
	seq_printf(seq, "gauges %s\n", snap->approximate || snap->lost ?
				       "approximate" : "exact");
	number(seq, "records", snap->records);
	number(seq, "record_bytes", sizeof(struct tcpdiag_record));
	number(seq, "minisock_records", snap->minis);
	number(seq, "cap", tcpdiag_table_cap());
	number(seq, "cap_hits", snap->refused);
	number(seq, "allocation_failures", snap->alloc_failed);
	number(seq, "looks_cut", atomic64_read(&tn->looks_cut));
	number(seq, "events_lost", snap->lost);
	number(seq, "events_mismatched", snap->mismatched);
	number(seq, "bytes", tcpdiag_shards_bytes(tn));
	number(seq, "table_bytes", tcpdiag_table_bytes());
	number(seq, "walk_us", div_u64(tcpdiag_phase_walk_ns(), NSEC_PER_USEC));
	number(seq, "bbr3_fallbacks", tcpdiag_bbr3_fallbacks());
	show_preexisting(seq, snap);
	kfree(snap);
	return 0;
}
