// SPDX-License-Identifier: GPL-2.0
/*
 * Looks how often preemption is off in a task that connects, in the kernel's
 * function and in tcpdiag's probe. For the scenario preemption.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>

static int in_kernel = -1;
module_param(in_kernel, int, 0444);
MODULE_PARM_DESC(in_kernel, "preempt_count() in inet_hash_connect()");

static int in_probe = -1;
module_param(in_probe, int, 0444);
MODULE_PARM_DESC(in_probe, "preempt_count() in a function of tcpdiag's probe");

/* Both are called in the same task; a kprobe adds the same to each. */
static int __kprobes look_in_kernel(struct kprobe *kp, struct pt_regs *regs)
{
	in_kernel = preempt_count();
	return 0;
}

static int __kprobes look_in_probe(struct kprobe *kp, struct pt_regs *regs)
{
	in_probe = preempt_count();
	return 0;
}

/* The first is an ftrace one, the second has a breakpoint: both turn it off once. */
static struct kprobe kernel = {
	.symbol_name = "inet_hash_connect",
	.pre_handler = look_in_kernel,
};

static struct kprobe probe = {
	.symbol_name = "connect_birth",
	.pre_handler = look_in_probe,
};

static int __init preemption_init(void)
{
	int err;

	err = register_kprobe(&kernel);
	if (err)
		return err;
	err = register_kprobe(&probe);
	if (err)
		unregister_kprobe(&kernel);
	return err;
}

static void __exit preemption_exit(void)
{
	unregister_kprobe(&probe);
	unregister_kprobe(&kernel);
}

module_init(preemption_init);
module_exit(preemption_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Looks whether preemption is off in a probe, for a test of tcpdiag");
