// SPDX-License-Identifier: GPL-2.0
/*
 * A module that makes trouble when it is loaded: the tests of the test VMs see
 * with it that a WARNING, a crash or a leak does fail a run.
 */
#include <linux/module.h>
#include <linux/slab.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "none, warn, crash or leak");

static int __init trouble_init(void)
{
	if (!strcmp(kind, "warn"))
		WARN(1, "as it was asked to");
	else if (!strcmp(kind, "crash"))
		WRITE_ONCE(*(int *)8, 0);
	else if (!strcmp(kind, "leak"))
		pr_info("leaked %d bytes\n", !kmalloc(100, GFP_KERNEL) ? 0 : 100);
	return 0;
}

static void __exit trouble_exit(void)
{
}

module_init(trouble_init);
module_exit(trouble_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes trouble, so that the tests of the test VMs can see it found");
