// SPDX-License-Identifier: GPL-2.0
/*
 * Makes kmem_cache_create() one allocation for /proc/thread-self/fail-nth: it counts
 * once, and where it is the one to fail it returns NULL before it has done anything.
 * The kernel's own function leaks the name of a cache and logs a stack if one of the
 * allocations inside it fails. That would be blamed on who loads a module. For
 * load-failures and make soak.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>

#define CREATE	"__kmem_cache_create_args"

/* What is run in the place of a creation that fails. */
static noinline notrace void just_return(void)
{
	barrier();
}

static int fail_whole(struct kprobe *p, struct pt_regs *regs)
{
	if (READ_ONCE(current->fail_nth) != 1)
		return 0;
	WRITE_ONCE(current->fail_nth, 0);
	regs_set_return_value(regs, 0);
	instruction_pointer_set(regs, (unsigned long)just_return);
	return 1;
}

NOKPROBE_SYMBOL(fail_whole);

/* A probe that has this handler is not turned into a jump, so it may change regs. */
static void nothing(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

static struct kprobe failing = {
	.symbol_name = CREATE,
	.pre_handler = fail_whole,
	.post_handler = nothing,
};

/* Nothing inside fails. 1: the return is of no interest. */
static int begin_whole(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned int n = READ_ONCE(current->fail_nth);

	if (n <= 1)
		return 1;
	*(unsigned int *)ri->data = n;
	WRITE_ONCE(current->fail_nth, 0);
	return 0;
}

NOKPROBE_SYMBOL(begin_whole);

static int end_whole(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	WRITE_ONCE(current->fail_nth, *(unsigned int *)ri->data - 1);
	return 0;
}

NOKPROBE_SYMBOL(end_whole);

static struct kretprobe passing = {
	.kp.symbol_name = CREATE,
	.entry_handler = begin_whole,
	.handler = end_whole,
	.data_size = sizeof(unsigned int),
};

static int __init whole_caches_init(void)
{
	int err = register_kretprobe(&passing);

	if (err)
		return err;
	err = register_kprobe(&failing);
	if (err)
		unregister_kretprobe(&passing);
	return err;
}

static void __exit whole_caches_exit(void)
{
	unregister_kprobe(&failing);
	unregister_kretprobe(&passing);
}

module_init(whole_caches_init);
module_exit(whole_caches_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Creating a slab cache is one allocation that may fail, for tests of tcpdiag");
