/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between the kernels that tcpdiag builds on. No other file
 * tests a kernel version.
 */
#ifndef TCPDIAG_COMPAT_H
#define TCPDIAG_COMPAT_H

#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/stringify.h>
#include <linux/sysctl.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "tcpdiag needs Linux 6.1 or later"
#endif

#define TCPDIAG_SERIES(major, minor)	((major) << 8 | (minor))
#define TCPDIAG_NEWEST_TESTED		"7.3"

/**
 * tcpdiag_kernel_is_tested() - whether all scenarios were run on this kernel
 *
 * Context: any.
 * Return: true for each series that make test has.
 */
static inline bool tcpdiag_kernel_is_tested(void)
{
	switch (LINUX_VERSION_CODE >> 8) {
	case TCPDIAG_SERIES(6, 1):
	case TCPDIAG_SERIES(6, 12):
	case TCPDIAG_SERIES(7, 3):
		return true;
	default:
		return false;
	}
}

/**
 * tcpdiag_kernel_is_newer() - whether this kernel is newer than all of those
 *
 * Context: any.
 * Return: true from the series after TCPDIAG_NEWEST_TESTED on.
 */
static inline bool tcpdiag_kernel_is_newer(void)
{
	return LINUX_VERSION_CODE >> 8 > TCPDIAG_SERIES(7, 3);
}

/*
 * The workqueue of work that any CPU may do. It has another name since 6.18, and
 * under the old one the kernel complains since 7.2.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define tcpdiag_unbound_wq	system_unbound_wq
#else
#define tcpdiag_unbound_wq	system_dfl_wq
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

/**
 * tcpdiag_ftrace_is() - whether the function just entered is that at an address
 * @ip: from the ftrace callback: the instruction that calls it
 * @entry: address that a kprobe on the function's name has; 0 is no function
 *
 * On x86-64 both are the place behind ENDBR. On arm64 a kprobe is at the
 * function's first instruction. The call is the second of those that the
 * compiler left room for, behind BTI where there is one (the kernel's
 * arch/arm64/kernel/ftrace.c).
 *
 * Context: any; in an ftrace callback.
 * Return: true if it is.
 */
static inline bool tcpdiag_ftrace_is(unsigned long ip, unsigned long entry)
{
#ifdef CONFIG_ARM64
	return ip - entry <= 2 * MCOUNT_INSN_SIZE;
#else
	return ip == entry;
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

/*
 * First among the declarations of a tracepoint's probe: preemption is off until it
 * returns. Since 7.2 tracepoints leave that to their probes.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
#define TCPDIAG_PROBE_GUARD()	static_assert(true)
#else
#define TCPDIAG_PROBE_GUARD()	guard(preempt_notrace)()
#endif

/**
 * tcpdiag_orphan_count() - count closed sockets that wait for their peers
 * @count: the result: of all namespaces
 *
 * Modules cannot see the kernel's counter since 7.2.
 *
 * Context: any. Cost: grows with CPUs.
 * Return: false if it is not known.
 */
static inline bool tcpdiag_orphan_count(u64 *count)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 2, 0)
	int cpu, n = 0;

	for_each_possible_cpu(cpu)
		n += per_cpu(tcp_orphan_count, cpu);
	*count = max(n, 0);
	return true;
#else
	return false;
#endif
}

/**
 * tcpdiag_child_may_wait() - whether a child may stay in SYN_RECV
 * @child: a child that enters SYN_RECV
 *
 * It may if its listener has Fast Open. Up to 6.12 it has its listener's queue at that
 * time; later an empty one, and the namespace tells whether servers may have it.
 *
 * Context: any.
 * Return: false if the segment that made it establishes it.
 */
static inline bool tcpdiag_child_may_wait(const struct sock *child)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	return inet_csk(child)->icsk_accept_queue.fastopenq.max_qlen;
#else
	return READ_ONCE(sock_net(child)->ipv4.sysctl_tcp_fastopen) &
	       TFO_SERVER_ENABLE;
#endif
}

/**
 * tcpdiag_tw_reuse_delay_ms() - how long a port must have been in TIME_WAIT until
 *	connect() may take it
 * @net: the namespace
 *
 * net.ipv4.tcp_tw_reuse_delay came with 6.14.
 *
 * Context: any.
 * Return: milliseconds.
 */
static inline unsigned int tcpdiag_tw_reuse_delay_ms(const struct net *net)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 14, 0)
	return MSEC_PER_SEC;
#else
	return READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse_delay);
#endif
}

/* The longest wait before a segment is sent again, by default. */
#define TCPDIAG_RTO_MAX_MS	120000

/**
 * tcpdiag_rto_max_ms() - the longest wait before a segment is sent again
 * @net: the namespace
 *
 * net.ipv4.tcp_rto_max_ms came with 6.15.
 *
 * Context: any.
 * Return: milliseconds, of sockets that have no maximum of their own.
 */
static inline unsigned int tcpdiag_rto_max_ms(const struct net *net)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	return TCPDIAG_RTO_MAX_MS;
#else
	return READ_ONCE(net->ipv4.sysctl_tcp_rto_max_ms);
#endif
}

/**
 * tcpdiag_timer_at() - when a socket's timer for sending expires
 * @sk: a TCP socket
 *
 * The timer is a member of another struct since 6.19.
 *
 * Context: any; without the socket's lock it may be about to change.
 * Return: jiffies; without a meaning while no timer is set.
 */
static inline unsigned long tcpdiag_timer_at(const struct sock *sk)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
	return READ_ONCE(inet_csk(sk)->icsk_retransmit_timer.expires);
#else
	return READ_ONCE(sk->tcp_retransmit_timer.expires);
#endif
}

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

/**
 * tcpdiag_each_bound() - look at the sockets of a bound port
 * @tb: the port; its chain is locked
 * @look: called for each, minisockets too, until it returns false
 * @arg: passed to @look
 *
 * They are listed by address since 6.8.
 *
 * Context: any.
 */
static inline void tcpdiag_each_bound(struct inet_bind_bucket *tb,
				      bool (*look)(const struct sock *sk,
						   void *arg), void *arg)
{
	struct sock *sk;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	sk_for_each_bound(sk, &tb->owners)
		if (!look(sk, arg))
			return;
#else
	struct inet_bind2_bucket *tb2;

	hlist_for_each_entry(tb2, &tb->bhash2, bhash_node)
		sk_for_each_bound(sk, &tb2->owners)
			if (!look(sk, arg))
				return;
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

/*
 * What an algorithm does when a connection sends again after a pause: @fn, which gets
 * the socket. It has an operation of its own since 7.1; before, it was an event.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#define TCPDIAG_DEFINE_TX_START(fn)					\
static void fn##_event(struct sock *sk, enum tcp_ca_event event)	\
{									\
	if (event == CA_EVENT_TX_START)					\
		fn(sk);							\
}									\
static_assert(true)

#define TCPDIAG_TX_START(fn)	.cwnd_event = fn##_event
#else
#define TCPDIAG_DEFINE_TX_START(fn)					\
	static_assert(__same_type(fn, void (struct sock *)))

#define TCPDIAG_TX_START(fn)	.cwnd_event_tx_start = fn
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
