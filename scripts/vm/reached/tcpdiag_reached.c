// SPDX-License-Identifier: GPL-2.0
/*
 * Which places of tcpdiag have been reached, for make fuzz.
 *
 * tcpdiag is built with -fsanitize-coverage=trace-pc, as the kernel's own KCOV builds
 * what it instruments; but KCOV tells a task what that task ran itself, and most of
 * tcpdiag runs in softirqs and in the worker. This records every context.
 *
 * /sys/kernel/debug/tcpdiag_reached can be mapped: a count, the number of entries
 * there is room for, and the offsets from the beginning of tcpdiag's text that were
 * reached, each once, in the order in which they were reached for the first time.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "tcpdiag_reached.h"

#define TEXT_MAX	(2UL << 20)
#define ENTRIES		65536

struct reached {
	atomic_t n;
	u32 room;
	u32 at[ENTRIES];
};

static struct reached *reached;
static unsigned long *seen;
static unsigned long text, text_size;
static struct dentry *file;

void notrace __sanitizer_cov_trace_pc(void)
{
	unsigned long at = _RET_IP_ - READ_ONCE(text);
	int n;

	if (at >= READ_ONCE(text_size) || test_bit(at, seen) ||
	    test_and_set_bit(at, seen))
		return;
	n = atomic_inc_return(&reached->n) - 1;
	if (n < ENTRIES)
		WRITE_ONCE(reached->at[n], at);
}
EXPORT_SYMBOL_GPL(__sanitizer_cov_trace_pc);

/* A module that comes anew begins anew. */
static int module_comes(struct notifier_block *nb, unsigned long state,
			void *data)
{
	struct module *mod = data;

	if (state != MODULE_STATE_COMING || strcmp(mod->name, "tcpdiag"))
		return NOTIFY_DONE;
	bitmap_zero(seen, TEXT_MAX);
	atomic_set(&reached->n, 0);
	WRITE_ONCE(text, (unsigned long)mod->mem[MOD_TEXT].base);
	WRITE_ONCE(text_size, min_t(unsigned long, TEXT_MAX, mod->mem[MOD_TEXT].size));
	return NOTIFY_OK;
}

static struct notifier_block comes = {
	.notifier_call = module_comes,
};

static int reached_mmap(struct file *f, struct vm_area_struct *vma)
{
	return remap_vmalloc_range(vma, reached, vma->vm_pgoff);
}

static const struct file_operations reached_ops = {
	.owner = THIS_MODULE,
	.mmap = reached_mmap,
};

static int __init reached_init(void)
{
	int err = -ENOMEM;

	reached = vmalloc_user(sizeof(*reached));
	seen = vzalloc(TEXT_MAX / BITS_PER_BYTE);
	if (!reached || !seen)
		goto err_memory;
	reached->room = ENTRIES;
	err = register_module_notifier(&comes);
	if (err)
		goto err_memory;
	/* the proxy that guards other files of debugfs has no mmap */
	file = debugfs_create_file_unsafe("tcpdiag_reached", 0400, NULL, NULL,
					  &reached_ops);
	return 0;

err_memory:
	vfree(seen);
	vfree(reached);
	return err;
}

static void __exit reached_exit(void)
{
	debugfs_remove(file);
	unregister_module_notifier(&comes);
	vfree(seen);
	vfree(reached);
}

module_init(reached_init);
module_exit(reached_exit);

MODULE_DESCRIPTION("Which places of tcpdiag have been reached");
MODULE_LICENSE("GPL");
