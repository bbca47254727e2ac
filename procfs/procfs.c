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
#include <net/net_namespace.h>

#include "procfs/procfs.h"
#include "store/net.h"
#include "store/reader.h"

#define DIR_NAME	"tcpdiag"

typedef int show_fn(struct seq_file *seq, struct tcpdiag_net *tn);

static const struct view {
	const char *name;
	show_fn *show;
} views[] = {
	{ "states", tcpdiag_states_show },
	{ "transitions", tcpdiag_transitions_show },
	{ "histograms", tcpdiag_histograms_show },
	{ "close_wait", tcpdiag_close_wait_show },
	{ "congestion", tcpdiag_congestion_show },
	{ "listeners", tcpdiag_listeners_show },
	{ "handshake", tcpdiag_handshake_show },
	{ "time_wait", tcpdiag_time_wait_show },
	{ "ports", tcpdiag_ports_show },
	{ "findings", tcpdiag_findings_show },
	{ "self", tcpdiag_self_show },
};

/*
 * Of a namespace that is about to end there is nothing to show. A read that
 * memory is short for fails rather than to show a part, and is counted.
 */
static int show(struct seq_file *seq, const struct net *net, show_fn *fn)
{
	struct tcpdiag_net *tn = tcpdiag_net(net);
	int err = tn ? fn(seq, tn) : 0;

	if (err == -ENOMEM)
		atomic64_inc(&tn->alloc_failed);
	return err;
}

static int view_show(struct seq_file *seq, void *v)
{
	const struct view *view = pde_data(file_inode(seq->file));

	return show(seq, seq_file_single_net(seq), view->show);
}

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
 * tcpdiag_procfs_reader() - who reads a file
 * @seq: the file
 * @tn: the namespace it shows
 * @reader: the result
 */
void tcpdiag_procfs_reader(struct seq_file *seq, struct tcpdiag_net *tn,
			   struct tcpdiag_reader *reader)
{
	reader->tn = tn;
	reader->user_ns = seq_user_ns(seq);
	reader->owners = tcpdiag_procfs_owners(seq, tn->net);
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
					    view_show, (void *)&views[i]))
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
	return show(seq, seq->private, tcpdiag_summary_show);
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
