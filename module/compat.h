/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between the kernels that tcpdiag builds on. No other file
 * tests a kernel version.
 */
#ifndef TCPDIAG_COMPAT_H
#define TCPDIAG_COMPAT_H

#include <linux/ftrace.h>
#include <linux/stringify.h>
#include <linux/sysctl.h>
#include <linux/version.h>
#include <net/genetlink.h>
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
 * tcpdiag_ftrace_arg() - read an argument of a function just entered
 * @fregs: registers from the ftrace callback
 * @n: index of the argument, 0 to 5
 *
 * ftrace_regs_get_argument() came with 6.2.
 *
 * Context: any; in an ftrace callback.
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
 * Parameters of the tracepoint tcp_send_reset. Since 6.10 it has a reason, and
 * also fires without a full socket (TCPDIAG_SEND_RESET_IS_WHOLE).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define TCPDIAG_SEND_RESET_PARAMS					\
	const struct sock *sk, const struct sk_buff *skb
#define TCPDIAG_SEND_RESET_REASON	0
#define TCPDIAG_SEND_RESET_IS_WHOLE	false
#define TCPDIAG_RESET_REASONS		1
#define TCPDIAG_RESET_REASON_NAMES	"-"
#else
#include <net/rstreason.h>
#define TCPDIAG_SEND_RESET_PARAMS					\
	const struct sock *sk, const struct sk_buff *skb,		\
	const enum sk_rst_reason reason
#define TCPDIAG_SEND_RESET_REASON	reason
#define TCPDIAG_SEND_RESET_IS_WHOLE	true
#define TCPDIAG_RESET_REASONS		SK_RST_REASON_MAX
/* Words in the order of the enum, made from the kernel's own list. */
#define TCPDIAG_RESET_REASON(name)	name
#define TCPDIAG_RESET_REASON_NAMES					\
	__stringify(DEFINE_RST_REASON(TCPDIAG_RESET_REASON,		\
				      TCPDIAG_RESET_REASON))
#endif

/**
 * tcpdiag_connect_deferred() - whether a connect() waits for data to send
 * @sk: a TCP socket in SYN_SENT
 *
 * That happens with Fast Open. The flag is a bit of inet_flags since 6.5.
 *
 * Context: any.
 * Return: true if no SYN was sent yet for that reason.
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
 * Parameters of tcp_congestion_ops.cong_control. Since 6.10 it also has number
 * and flags of the ACK; no algorithm here uses them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define TCPDIAG_CONG_CONTROL_PARAMS					\
	struct sock *sk, const struct rate_sample *rs
#else
#define TCPDIAG_CONG_CONTROL_PARAMS					\
	struct sock *sk, u32 ack, int flag, const struct rate_sample *rs
#endif

/* Since 6.11 handlers of sysctls get their table's entry as const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define TCPDIAG_CTL_CONST
#else
#define TCPDIAG_CTL_CONST const
#endif

/**
 * tcpdiag_register_net_sysctl() - make sysctls in a namespace
 * @net: the namespace
 * @path: directory under /proc/sys
 * @table: the sysctls, then an empty entry that marks the end before 6.6, which
 *	brought register_net_sysctl_sz()
 * @entries: how many, without the empty one
 *
 * Context: process, may sleep.
 * Return: the header to unregister; NULL if memory is short.
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

/*
 * Operations of a netlink family, one for each of do and dump, which came with
 * 6.2. The generated table is made of them; netlink/family.c takes these members.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
struct genl_split_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};
#endif

/*
 * Who may join a multicast group. Since 6.7, and in later stable releases of
 * older kernels, groups have flags of their own; before, those of operations.
 */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN GENL_UNS_ADMIN_PERM
#endif

/**
 * tcpdiag_genl_dump_attrs() - attributes of the request that began a dump
 * @cb: the dump
 *
 * They are in a struct genl_info since 6.6.
 *
 * Context: process; in start, dumpit or done.
 * Return: the attributes, by number, up to the operation's maxattr.
 */
static inline struct nlattr **tcpdiag_genl_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

#endif /* TCPDIAG_COMPAT_H */
