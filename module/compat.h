/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the kernels tcpdiag builds on, and nothing else:
 * no other file tests a kernel version.
 */
#ifndef TCPDIAG_COMPAT_H
#define TCPDIAG_COMPAT_H

#include <linux/ftrace.h>
#include <linux/stringify.h>
#include <linux/sysctl.h>
#include <linux/version.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>

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

/*
 * Parameters of the tracepoint tcp_send_reset. It was given a reason in 6.10, and
 * fires since then also for what has no full socket.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define TCPDIAG_SEND_RESET_PARAMS					\
	const struct sock *sk, const struct sk_buff *skb
#define TCPDIAG_SEND_RESET_REASON	0
#define TCPDIAG_RESET_REASONS		1
#define TCPDIAG_RESET_REASON_NAMES	"-"
#else
#include <net/rstreason.h>
#define TCPDIAG_SEND_RESET_PARAMS					\
	const struct sock *sk, const struct sk_buff *skb,		\
	const enum sk_rst_reason reason
#define TCPDIAG_SEND_RESET_REASON	reason
#define TCPDIAG_RESET_REASONS		SK_RST_REASON_MAX
/* Words in the order of the enum, which is that of the kernel's own list. */
#define TCPDIAG_RESET_REASON(name)	name
#define TCPDIAG_RESET_REASON_NAMES					\
	__stringify(DEFINE_RST_REASON(TCPDIAG_RESET_REASON,		\
				      TCPDIAG_RESET_REASON))
#endif

/**
 * tcpdiag_connect_deferred() - does a connect() wait for data to send?
 * @sk: a TCP socket in SYN_SENT
 *
 * So it does with Fast Open. The flag is a bit of inet_flags since 6.5.
 *
 * Return: whether no SYN was sent for that reason.
 */
static inline bool tcpdiag_connect_deferred(const struct sock *sk)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return inet_sk(sk)->defer_connect;
#else
	return inet_test_bit(DEFER_CONNECT, sk);
#endif
}

/*
 * Parameters of tcp_congestion_ops.cong_control. It was given the number and
 * the flags of the ACK as well in 6.10; nobody uses them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define TCPDIAG_CONG_CONTROL_PARAMS					\
	struct sock *sk, const struct rate_sample *rs
#else
#define TCPDIAG_CONG_CONTROL_PARAMS					\
	struct sock *sk, u32 ack, int flag, const struct rate_sample *rs
#endif

/* Handlers of sysctls must not change their table's entry since 6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define TCPDIAG_CTL_CONST
#else
#define TCPDIAG_CTL_CONST const
#endif

/**
 * tcpdiag_register_net_sysctl() - make sysctls in a namespace
 * @net: the namespace
 * @path: directory under /proc/sys
 * @table: the sysctls, then an empty entry, by which older kernels find the
 *	end; register_net_sysctl_sz() came with 6.6
 * @entries: how many, without the empty one
 *
 * Return: what to unregister; NULL if there is no memory.
 */
static inline struct ctl_table_header *
tcpdiag_register_net_sysctl(struct net *net, const char *path,
			    struct ctl_table *table, size_t entries)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return register_net_sysctl(net, path, table);
#else
	return register_net_sysctl_sz(net, path, table, entries);
#endif
}

#endif /* TCPDIAG_COMPAT_H */
