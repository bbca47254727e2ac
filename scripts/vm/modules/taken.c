// SPDX-License-Identifier: GPL-2.0
/*
 * Takes names of congestion control algorithms before tcpdiag does, as a kernel
 * with a bbr3 of its own would. Each is Reno. For the scenario name-taken.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <net/tcp.h>

#define NAMES_MAX	4

static char *names[NAMES_MAX] = { "bbr3" };
static int nr_names = 1;
module_param_array(names, charp, &nr_names, 0444);
MODULE_PARM_DESC(names, "names to take, separated by commas (default bbr3)");

static struct tcp_congestion_ops algos[NAMES_MAX];

static void unregister_first(int n)
{
	while (n--)
		tcp_unregister_congestion_control(&algos[n]);
}

static int __init taken_init(void)
{
	int i, err;

	for (i = 0; i < nr_names; i++) {
		strscpy(algos[i].name, names[i], sizeof(algos[i].name));
		algos[i].owner = THIS_MODULE;
		algos[i].ssthresh = tcp_reno_ssthresh;
		algos[i].cong_avoid = tcp_reno_cong_avoid;
		algos[i].undo_cwnd = tcp_reno_undo_cwnd;
		err = tcp_register_congestion_control(&algos[i]);
		if (err) {
			unregister_first(i);
			return err;
		}
	}
	return 0;
}

static void __exit taken_exit(void)
{
	unregister_first(nr_names);
}

module_init(taken_init);
module_exit(taken_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Takes names of congestion control algorithms, for a test of tcpdiag");
