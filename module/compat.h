/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels tcpdiag builds on, and nothing else:
 * no other file tests a kernel version.
 */
#ifndef TCPDIAG_COMPAT_H
#define TCPDIAG_COMPAT_H

#include <linux/ftrace.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "tcpdiag needs Linux 6.1 or later"
#endif

#ifndef CONFIG_X86_64
#error "tcpdiag hooks functions in the way of x86-64 only"
#endif

#ifdef CONFIG_PREEMPT_RT
#error "tcpdiag's locks are taken with interrupts off, which PREEMPT_RT forbids"
#endif

#if !defined(CONFIG_DYNAMIC_FTRACE_WITH_ARGS) || !defined(CONFIG_KPROBES)
#error "tcpdiag needs CONFIG_DYNAMIC_FTRACE_WITH_ARGS and CONFIG_KPROBES"
#endif

/**
 * tcpdiag_ftrace_arg() - argument @n (from 0) of a function just entered
 * @fregs: registers that the ftrace callback was given
 * @n: index of the argument, 0 to 5
 *
 * ftrace_regs_get_argument() came with 6.2.
 *
 * Return: the argument, as a machine word.
 */
static inline unsigned long tcpdiag_ftrace_arg(struct ftrace_regs *fregs,
					       unsigned int n)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return regs_get_kernel_argument(&fregs->regs, n);
#else
	return ftrace_regs_get_argument(fregs, n);
#endif
}

#endif /* TCPDIAG_COMPAT_H */
