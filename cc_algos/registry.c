// SPDX-License-Identifier: GPL-2.0
/*
 * The one table of algorithms, and their registration with TCP.
 */
#include <linux/kernel.h>

#include "cc_algos.h"
#include "roster.h"

/* Each of them is also an arm of ab_split. */
static struct tcp_congestion_ops *const algos[] = {
	&tcpdiag_aimd,
	&tcpdiag_cubic_rfc9438,
	&tcpdiag_bbr3,
};

static_assert(ARRAY_SIZE(algos) <= TCPDIAG_AB_ARMS);

static struct tcpdiag_roster roster;

static void add(struct tcp_congestion_ops *ops)
{
	int err = tcpdiag_roster_add(&roster, ops,
				     tcp_register_congestion_control);

	if (err)
		pr_err("tcpdiag: cannot register congestion control %s (error %d); the rest of tcpdiag works\n",
		       ops->name, err);
}

static void report_left_out(void)
{
	char names[TCPDIAG_ROSTER_TEXT];

	if (!roster.nr_left_out)
		return;
	tcpdiag_roster_left_out(&roster, names, sizeof(names));
	pr_notice("tcpdiag: left out: %s%s: this kernel already has a congestion control of that name or key; the rest of tcpdiag works\n",
		  names, roster.nr ? "" : " (and ab_split, without an algorithm to assign)");
}

/**
 * tcpdiag_cc_algos_init() - set up what the algorithms need
 *
 * Context: process, may sleep; at load.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_cc_algos_init(void)
{
	return tcpdiag_bbr3_init();
}

/**
 * tcpdiag_cc_algos_register() - register the algorithms with TCP
 *
 * An algorithm whose name or key the kernel already has is left out, which one
 * line of the log says for all of them. So is one that TCP refuses for another
 * reason. ab_split comes last: it assigns connections to those that are
 * registered. If there are none, it has no purpose and is not registered.
 *
 * From the first registration on, a socket may use an algorithm and hold the
 * module. So this cannot fail, and the load may not fail after it.
 *
 * Context: process, may sleep; at load, after all that can fail.
 */
void tcpdiag_cc_algos_register(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(algos); i++)
		add(algos[i]);
	if (roster.nr) {
		tcpdiag_ab_split_init(roster.registered, roster.nr);
		add(&tcpdiag_ab_split);
	}
	report_left_out();
}

/**
 * tcpdiag_cc_algos_exit() - unregister the algorithms
 *
 * No socket and no namespace uses one any more: each holds a reference to the
 * module. After a load that failed none was registered.
 *
 * Context: process, may sleep.
 */
void tcpdiag_cc_algos_exit(void)
{
	tcpdiag_roster_empty(&roster, tcp_unregister_congestion_control);
	tcpdiag_bbr3_exit();
}

/**
 * tcpdiag_cc_algos_count() - how many algorithms are registered
 *
 * Context: any.
 * Return: number of algorithms, ab_split included.
 */
unsigned int tcpdiag_cc_algos_count(void)
{
	/* pairs with smp_store_release() in tcpdiag_roster_add() */
	return smp_load_acquire(&roster.nr);
}

/**
 * tcpdiag_cc_algos_name() - name of a registered algorithm
 * @index: below tcpdiag_cc_algos_count()
 *
 * Context: any.
 * Return: as the sysctl net.ipv4.tcp_congestion_control takes it.
 */
const char *tcpdiag_cc_algos_name(unsigned int index)
{
	return roster.registered[index]->name;
}
