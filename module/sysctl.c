// SPDX-License-Identifier: GPL-2.0
/*
 * The tunables, net.tcpdiag.*: each network namespace has its own, which its
 * administrator may set. A new tunable is a field of struct tcpdiag_net, or of
 * struct tcpdiag_limits, with a default, and one line in the table.
 */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "cc_algos/ab_weights.h"
#include "cc_algos/cc_algos.h"
#include "compat.h"
#include "store/tcpdiag.h"

/* Where in struct tcpdiag_net; the address is filled in for each namespace. */
#define FIELD(name)	((void *)offsetof(struct tcpdiag_net, name))

static unsigned int second_ms = MSEC_PER_SEC;
static unsigned int day_ms = 24 * 3600 * MSEC_PER_SEC;
static unsigned int month_ms = 30U * 24 * 3600 * MSEC_PER_SEC;
static unsigned int one = 1;
static unsigned int hundred = 100;
static unsigned int million = 1000000;

/* A threshold in struct tcpdiag_limits, from *@min to *@max. */
#define LIMIT(name, min, max)						\
	{								\
		.procname = #name,					\
		.data = FIELD(limits.name),				\
		.maxlen = sizeof(unsigned int),				\
		.mode = 0644,						\
		.proc_handler = proc_douintvec_minmax,			\
		.extra1 = min,						\
		.extra2 = max,						\
	}

/* Handlers like proc_douintvec_minmax() serve as they are. */
static const struct ctl_table tunables[] = {
	{
		.procname = "ab_weights",
		.data = FIELD(ab_weights),
		.maxlen = TCPDIAG_AB_TEXT,
		.mode = 0644,
		.proc_handler = tcpdiag_ab_weights_sysctl,
	},
	LIMIT(close_wait_leak_ms, &second_ms, &day_ms),
	LIMIT(stale_established_ms, &second_ms, &month_ms),
	LIMIT(stuck_last_ack_ms, &second_ms, &day_ms),
	LIMIT(orphans, &one, &million),
	LIMIT(slow_accept_ms, &one, &day_ms),
	LIMIT(syn_flood_per_s, &one, &million),
	LIMIT(failed_connects, &one, &million),
	LIMIT(ports_percent, &one, &hundred),
	LIMIT(churn_per_second, &one, &million),
};

/**
 * tcpdiag_sysctl_net_init() - make net.tcpdiag.* in a new namespace
 * @tn: the namespace, its tunables at their defaults
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_sysctl_net_init(struct tcpdiag_net *tn)
{
	struct ctl_table *table;
	size_t i;

	/* 6.1 wants an empty entry at the end */
	table = kcalloc(ARRAY_SIZE(tunables) + 1, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(tunables); i++) {
		table[i] = tunables[i];
		table[i].data = (void *)tn + (uintptr_t)tunables[i].data;
	}
	tn->sysctl = tcpdiag_register_net_sysctl(tn->net, "net/tcpdiag", table,
						 ARRAY_SIZE(tunables));
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
 */
void tcpdiag_sysctl_net_exit(struct tcpdiag_net *tn)
{
	const struct ctl_table *table = tn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(tn->sysctl);
	kfree(table);
}
