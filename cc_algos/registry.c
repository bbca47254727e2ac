// SPDX-License-Identifier: GPL-2.0
/*
 * The one table of algorithms.
 */
#include <linux/kernel.h>

#include "cc_algos.h"

static struct tcp_congestion_ops *const algos[] = {
	&tcpdiag_aimd,
};

static void unregister_first(unsigned int n)
{
	while (n--)
		tcp_unregister_congestion_control(algos[n]);
}

/**
 * tcpdiag_cc_algos_init() - register all algorithms with TCP
 *
 * Return: 0; -EEXIST if a name is taken; another errno.
 */
int tcpdiag_cc_algos_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(algos); i++) {
		err = tcp_register_congestion_control(algos[i]);
		if (!err)
			continue;
		pr_err("tcpdiag: cannot register congestion control %s (error %d)\n",
		       algos[i]->name, err);
		unregister_first(i);
		return err;
	}
	return 0;
}

/**
 * tcpdiag_cc_algos_exit() - unregister all algorithms
 *
 * No socket and no namespace uses one any more: each holds a reference to the
 * module.
 */
void tcpdiag_cc_algos_exit(void)
{
	unregister_first(ARRAY_SIZE(algos));
}

/**
 * tcpdiag_cc_algos_count() - size of the table
 *
 * Return: number of algorithms.
 */
unsigned int tcpdiag_cc_algos_count(void)
{
	return ARRAY_SIZE(algos);
}

/**
 * tcpdiag_cc_algos_name() - name of an algorithm
 * @index: below tcpdiag_cc_algos_count()
 *
 * Return: as the sysctl net.ipv4.tcp_congestion_control takes it.
 */
const char *tcpdiag_cc_algos_name(unsigned int index)
{
	return algos[index]->name;
}
