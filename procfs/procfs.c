// SPDX-License-Identifier: GPL-2.0
/*
 * The files: /proc/tcpdiag, which shows its opener's network namespace, and
 * /proc/net/tcpdiag/, which is in each namespace. A new view is one line in
 * the table.
 *
 * The small views are made whole at the first read, so that short reads and
 * seeks see one moment; `sockets` walks on from read to read.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>

#include "../module/tcpdiag.h"
#include "procfs.h"

#define DIR_NAME	"tcpdiag"

static int show_states(struct seq_file *seq, void *v)
{
	return tcpdiag_states_show(seq, tcpdiag_net(seq_file_single_net(seq)));
}

static int show_transitions(struct seq_file *seq, void *v)
{
	return tcpdiag_transitions_show(seq,
					tcpdiag_net(seq_file_single_net(seq)));
}

static int show_histograms(struct seq_file *seq, void *v)
{
	return tcpdiag_histograms_show(seq,
				       tcpdiag_net(seq_file_single_net(seq)));
}

static int show_close_wait(struct seq_file *seq, void *v)
{
	return tcpdiag_close_wait_show(seq,
				       tcpdiag_net(seq_file_single_net(seq)));
}

static int show_listeners(struct seq_file *seq, void *v)
{
	return tcpdiag_listeners_show(seq,
				      tcpdiag_net(seq_file_single_net(seq)));
}

static int show_handshake(struct seq_file *seq, void *v)
{
	return tcpdiag_handshake_show(seq,
				      tcpdiag_net(seq_file_single_net(seq)));
}

static int show_time_wait(struct seq_file *seq, void *v)
{
	return tcpdiag_time_wait_show(seq,
				      tcpdiag_net(seq_file_single_net(seq)));
}

static int show_ports(struct seq_file *seq, void *v)
{
	return tcpdiag_ports_show(seq, tcpdiag_net(seq_file_single_net(seq)));
}

static int show_findings(struct seq_file *seq, void *v)
{
	return tcpdiag_findings_show(seq,
				     tcpdiag_net(seq_file_single_net(seq)));
}

static int show_congestion(struct seq_file *seq, void *v)
{
	return tcpdiag_congestion_show(seq,
				       tcpdiag_net(seq_file_single_net(seq)));
}

static int show_self(struct seq_file *seq, void *v)
{
	return tcpdiag_self_show(seq, tcpdiag_net(seq_file_single_net(seq)));
}

static const struct {
	const char *name;
	int (*show)(struct seq_file *seq, void *v);
} views[] = {
	{ "states", show_states },
	{ "transitions", show_transitions },
	{ "histograms", show_histograms },
	{ "close_wait", show_close_wait },
	{ "congestion", show_congestion },
	{ "listeners", show_listeners },
	{ "handshake", show_handshake },
	{ "time_wait", show_time_wait },
	{ "ports", show_ports },
	{ "findings", show_findings },
	{ "self", show_self },
};

/**
 * tcpdiag_procfs_owners() - may who opened a file see who owns sockets?
 * @seq: the file
 * @net: the namespace it shows
 *
 * Return: whether the opener had CAP_NET_ADMIN over the namespace.
 */
bool tcpdiag_procfs_owners(struct seq_file *seq, const struct net *net)
{
	return file_ns_capable(seq->file, net->user_ns, CAP_NET_ADMIN);
}

/**
 * tcpdiag_procfs_net_init() - make /proc/net/tcpdiag in a new namespace
 * @tn: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn)
{
	struct net *net = tn->net;
	unsigned int i;

	tn->proc = proc_net_mkdir(net, DIR_NAME, net->proc_net);
	if (!tn->proc)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(views); i++)
		if (!proc_create_net_single(views[i].name, 0444, tn->proc,
					    views[i].show, NULL))
			goto err;
	if (!tcpdiag_sockets_create(tn->proc))
		goto err;
	return 0;

err:
	proc_remove(tn->proc);
	return -ENOMEM;
}

/**
 * tcpdiag_procfs_net_exit() - remove a namespace's files; waits for readers
 * @tn: the namespace
 */
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn)
{
	proc_remove(tn->proc);
}

static int summary_show(struct seq_file *seq, void *v)
{
	struct net *net = seq->private;

	return tcpdiag_summary_show(seq, tcpdiag_net(net));
}

/* The file is in no network directory: remember the opener's namespace. */
static int summary_open(struct inode *inode, struct file *file)
{
	struct net *net = get_net(current->nsproxy->net_ns);
	int err;

	err = single_open(file, summary_show, net);
	if (err)
		put_net(net);
	return err;
}

static int summary_release(struct inode *inode, struct file *file)
{
	struct seq_file *seq = file->private_data;

	put_net(seq->private);
	return single_release(inode, file);
}

static const struct proc_ops summary_ops = {
	.proc_open = summary_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = summary_release,
};

/**
 * tcpdiag_procfs_init() - make /proc/tcpdiag
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_procfs_init(void)
{
	if (!proc_create(DIR_NAME, 0444, NULL, &summary_ops))
		return -ENOMEM;
	return 0;
}

/**
 * tcpdiag_procfs_exit() - remove /proc/tcpdiag; waits for readers
 */
void tcpdiag_procfs_exit(void)
{
	remove_proc_entry(DIR_NAME, NULL);
}
