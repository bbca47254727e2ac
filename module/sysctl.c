// SPDX-License-Identifier: GPL-2.0
/*
 * The tunables, net.tcpdiag.*. Each network namespace has its own, set by its
 * administrator. A new threshold is a field and a line in model/limits.[ch]; a
 * tunable of another kind is a field of struct tcpdiag_net and an entry here.
 */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "cc_algos/ab_weights.h"
#include "cc_algos/cc_algos.h"
#include "compat.h"
#include "model/limits.h"
#include "netns.h"
#include "store/log.h"
#include "store/net.h"

/* Entries: the thresholds, then ab_weights. */
#define TUNABLES	(TCPDIAG_LIMITS + 1)

/* If the host's root gave a value that is refused, the log says why. */
static int set_limit(TCPDIAG_CTL_CONST struct ctl_table *table, int write,
		     void *buffer, size_t *len, loff_t *pos)
{
	int err = proc_douintvec_minmax(table, write, buffer, len, pos);

	if (err && write && tcpdiag_log_is_for_writer())
		pr_notice_ratelimited("tcpdiag: net.tcpdiag.%s must be a number from %u to %u\n",
				      table->procname,
				      *(unsigned int *)table->extra1,
				      *(unsigned int *)table->extra2);
	return err;
}

static void fill_limit(struct ctl_table *entry, struct tcpdiag_net *tn,
		       const struct tcpdiag_limit *limit)
{
	entry->procname = limit->name;
	entry->data = (void *)&tn->limits + limit->offset;
	entry->maxlen = sizeof(unsigned int);
	entry->mode = 0644;
	entry->proc_handler = set_limit;
	entry->extra1 = (void *)&limit->min;
	entry->extra2 = (void *)&limit->max;
}

static void fill_ab_weights(struct ctl_table *entry, struct tcpdiag_net *tn)
{
	entry->procname = "ab_weights";
	entry->data = &tn->ab_weights;
	entry->maxlen = TCPDIAG_AB_TEXT;
	entry->mode = 0644;
	entry->proc_handler = tcpdiag_ab_weights_sysctl;
}

/**
 * tcpdiag_sysctl_net_init() - make net.tcpdiag.* in a new namespace
 * @tn: the namespace, its tunables at their defaults
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_sysctl_net_init(struct tcpdiag_net *tn)
{
	struct ctl_table *table;
	size_t i;

	/* 6.1 needs an empty entry at the end */
	table = kcalloc(TUNABLES + 1, sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < TCPDIAG_LIMITS; i++)
		fill_limit(&table[i], tn, &tcpdiag_limits[i]);
	fill_ab_weights(&table[TCPDIAG_LIMITS], tn);
	tn->sysctl = tcpdiag_register_net_sysctl(tn->net, "net/tcpdiag", table,
						 TUNABLES);
	if (!tn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tcpdiag_sysctl_net_exit() - remove a namespace's net.tcpdiag.*; waits for
 *	those who read or write them
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_sysctl_net_exit(struct tcpdiag_net *tn)
{
	const struct ctl_table *table = tn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(tn->sysctl);
	kfree(table);
}
