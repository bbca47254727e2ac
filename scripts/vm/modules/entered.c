// SPDX-License-Identifier: GPL-2.0
/*
 * Counts calls of a function of tcpdiag, and looks how often preemption is off in
 * it. ftrace cannot: tcpdiag's functions are built without it. For the scenarios
 * preemption and idle-restart.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/preempt.h>

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "name of the function");

static bool second_zero;
module_param(second_zero, bool, 0444);
MODULE_PARM_DESC(second_zero, "only calls whose second argument is 0");

static int calls;
module_param(calls, int, 0444);
MODULE_PARM_DESC(calls, "how often it was called");

static int depth;
module_param(depth, int, 0444);
MODULE_PARM_DESC(depth, "how often preemption was off in the last call");

static int depth_here;
module_param(depth_here, int, 0444);
MODULE_PARM_DESC(depth_here, "the same in a task where it is on");

static int __kprobes look(struct kprobe *kp, struct pt_regs *regs)
{
	if (second_zero && (u32)regs_get_kernel_argument(regs, 1))
		return 0;
	calls++;
	depth = preempt_count() & PREEMPT_MASK;
	return 0;
}

static int __kprobes look_here(struct kprobe *kp, struct pt_regs *regs)
{
	depth_here = preempt_count() & PREEMPT_MASK;
	return 0;
}

/* With one of these, a kprobe stays the breakpoint that it begins as. */
static void __kprobes stay(struct kprobe *kp, struct pt_regs *regs,
			   unsigned long flags)
{
}

static struct kprobe there = { .pre_handler = look, .post_handler = stay };

/* Not known to ftrace either, so that its kprobe is of the same kind. */
static noinline notrace void here(void)
{
	barrier();
}

static struct kprobe at_here = {
	.pre_handler = look_here,
	.post_handler = stay,
	.addr = (kprobe_opcode_t *)here,
};

static int __init entered_init(void)
{
	int err;

	err = register_kprobe(&at_here);
	if (err)
		return err;
	here();
	unregister_kprobe(&at_here);
	there.symbol_name = function;
	return register_kprobe(&there);
}

static void __exit entered_exit(void)
{
	unregister_kprobe(&there);
}

module_init(entered_init);
module_exit(entered_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts calls of a function, for tests of tcpdiag");
