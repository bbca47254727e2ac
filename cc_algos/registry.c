// SPDX-License-Identifier: GPL-2.0
/*
 * The one table of algorithms.
 */
#include <linux/kernel.h>

#include "ab_weights.h"
#include "cc_algos.h"

/* Each is also an arm of ab_split. */
static struct tcp_congestion_ops *const algos[] = {
	&tcpdiag_aimd,
	&tcpdiag_cubic_rfc9438,
	&tcpdiag_bbr3,
};

static_assert(ARRAY_SIZE(algos) <= TCPDIAG_AB_ARMS);

/* ab_split chooses among all in the table, so it comes after them. */
#define ALGOS	(ARRAY_SIZE(algos) + 1)

static struct tcp_congestion_ops *algo(unsigned int index)
{
	return index < ARRAY_SIZE(algos) ? algos[index] : &tcpdiag_ab_split;
}

static void unregister_first(unsigned int n)
{
	while (n--)
		tcp_unregister_congestion_control(algo(n));
}

/**
 * tcpdiag_cc_algos_init() - register all algorithms with TCP
 *
 * Return: 0; -EEXIST if a name is taken; -ENOMEM; another errno.
 */
int tcpdiag_cc_algos_init(void)
{
	unsigned int i;
	int err;

	err = tcpdiag_bbr3_init();
	if (err)
		return err;
	tcpdiag_ab_split_init(algos, ARRAY_SIZE(algos));
	for (i = 0; i < ALGOS; i++) {
		err = tcp_register_congestion_control(algo(i));
		if (!err)
			continue;
		pr_err("tcpdiag: cannot register congestion control %s (error %d)\n",
		       algo(i)->name, err);
		unregister_first(i);
		tcpdiag_bbr3_exit();
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
	unregister_first(ALGOS);
	tcpdiag_bbr3_exit();
}

/**
 * tcpdiag_cc_algos_count() - how many there are
 *
 * Return: number of algorithms, ab_split included.
 */
unsigned int tcpdiag_cc_algos_count(void)
{
	return ALGOS;
}

/**
 * tcpdiag_cc_algos_name() - name of an algorithm
 * @index: below tcpdiag_cc_algos_count()
 *
 * Return: as the sysctl net.ipv4.tcp_congestion_control takes it.
 */
const char *tcpdiag_cc_algos_name(unsigned int index)
{
	return algo(index)->name;
}
