// SPDX-License-Identifier: GPL-2.0
/*
 * Columns that several views have: the end of a connection, a process, a value
 * that may be unknown, a distribution. Each begins with a blank but the first.
 */
#include <linux/netdevice.h>
#include <net/ipv6.h>

#include "model/format.h"
#include "model/hist.h"
#include "model/owner.h"
#include "procfs/procfs.h"

static void show_device(struct seq_file *seq, struct net *net, int index)
{
	struct net_device *dev;

	if (!index)
		return;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, index);
	if (dev)
		seq_printf(seq, "%%%s", dev->name);
	rcu_read_unlock();
}

/**
 * tcpdiag_show_end() - address and port as ss prints them, without a blank
 * @seq: where to
 * @net: the namespace, for the device's name
 * @end: the address; any address of both families is `*`
 */
void tcpdiag_show_end(struct seq_file *seq, struct net *net,
		      const struct tcpdiag_end *end)
{
	if (!end->v6)
		seq_printf(seq, "%pI4", &end->addr.s6_addr32[0]);
	else if (ipv6_addr_any(&end->addr) && !end->v6only)
		seq_putc(seq, '*');
	else
		seq_printf(seq, "[%pI6c]", &end->addr);
	show_device(seq, net, end->device);
	if (end->port)
		seq_printf(seq, ":%u", end->port);
	else
		seq_puts(seq, ":*");
}

/**
 * tcpdiag_show_owner() - pid and name of a process
 * @seq: where to
 * @owner: the process
 */
void tcpdiag_show_owner(struct seq_file *seq,
			const struct tcpdiag_owner *owner)
{
	char comm[TCPDIAG_COMM_LEN];

	tcpdiag_show_value(seq, owner->pid, owner->pid);
	seq_printf(seq, " %s", tcpdiag_format_comm(comm, owner->comm));
}

/**
 * tcpdiag_show_value() - a number, or `-`
 * @seq: where to
 * @known: whether it has a value
 * @v: the value
 */
void tcpdiag_show_value(struct seq_file *seq, bool known, u64 v)
{
	if (known)
		seq_printf(seq, " %llu", v);
	else
		seq_puts(seq, " -");
}

/**
 * tcpdiag_show_hist() - percentiles 50, 90 and 99 and the largest value
 * @seq: where to
 * @hist: the distribution
 */
void tcpdiag_show_hist(struct seq_file *seq, const struct tcpdiag_hist *hist)
{
	bool any = hist->count;

	tcpdiag_show_value(seq, any, tcpdiag_hist_percentile(hist, 50));
	tcpdiag_show_value(seq, any, tcpdiag_hist_percentile(hist, 90));
	tcpdiag_show_value(seq, any, tcpdiag_hist_percentile(hist, 99));
	tcpdiag_show_value(seq, any, hist->max_us);
}
