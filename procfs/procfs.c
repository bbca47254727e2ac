// SPDX-License-Identifier: GPL-2.0
/*
 * The files: /proc/tcpdiag shows the network namespace of its opener;
 * /proc/net/tcpdiag/ is in each namespace and has one file for each view.
 *
 * A view is frozen, printed whole and thawed at the first read, so that all of
 * it shows one moment, however short the reads are: the text is kept, and nothing
 * else, until the file is closed. A view that resumes by position is frozen for
 * each part of the listing.
 */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <net/net_namespace.h>

#include "procfs/print.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/reader.h"
#include "view/view.h"

#define DIR_NAME	"tcpdiag"

/**
 * struct listing - state of one open file
 * @p: the namespace; must be first
 * @view: the view it shows
 * @reader: the reader
 * @frozen: what the view has gathered, or NULL
 * @pos: position of the row that is shown
 * @row: that row
 */
struct listing {
	struct seq_net_private p;
	const struct tcpdiag_view *view;
	struct tcpdiag_reader reader;
	void *frozen;
	u64 pos;
	struct tcpdiag_row row;
};

/*
 * Set the reader of a file; its rights are those of the opener. False if the
 * namespace is about to end.
 */
static bool set_reader(struct tcpdiag_reader *reader, struct seq_file *seq,
		       struct net *net)
{
	*reader = (struct tcpdiag_reader) {
		.tn = tcpdiag_net(net),
		.user_ns = seq_user_ns(seq),
		.owners = file_ns_capable(seq->file, net->user_ns,
					  CAP_NET_ADMIN),
	};
	return reader->tn;
}

static void thaw(struct listing *l)
{
	tcpdiag_view_thaw(l->view, l->frozen);
	l->frozen = NULL;
}

static int freeze(struct listing *l)
{
	void *frozen = tcpdiag_view_freeze(l->view, &l->reader);

	if (IS_ERR(frozen))
		return PTR_ERR(frozen);
	l->frozen = frozen;
	return 0;
}

/* The row at @l->pos, or the first one after it: 1, 0 at the end, or an errno. */
static int find_row(struct listing *l)
{
	return tcpdiag_view_row(l->view, &l->reader, l->frozen, &l->pos,
				&l->row);
}

/* The header has position 0, and rows come after it. */
static void *row_at(struct listing *l, loff_t *pos)
{
	int found = find_row(l);

	*pos = l->pos + 1;
	if (found < 0)
		return ERR_PTR(found);
	return found ? &l->row : NULL;
}

static void *listing_start(struct seq_file *seq, loff_t *pos)
{
	struct listing *l = seq->private;
	int err;

	l->view = pde_data(file_inode(seq->file));
	if (!set_reader(&l->reader, seq, seq_file_net(seq)))
		return NULL;
	if (!l->view->resumes)
		return *pos ? NULL : SEQ_START_TOKEN;
	err = freeze(l);
	if (err)
		return ERR_PTR(err);
	if (!*pos)
		return SEQ_START_TOKEN;
	l->pos = *pos - 1;
	return row_at(l, pos);
}

static void *listing_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct listing *l = seq->private;

	if (!l->view->resumes) {
		++*pos;
		return NULL;
	}
	l->pos = v == SEQ_START_TOKEN ? 0 : l->pos + 1;
	return row_at(l, pos);
}

static void listing_stop(struct seq_file *seq, void *v)
{
	thaw(seq->private);
}

/* If the buffer is too small, seq_file calls again with a larger one. */
static int show_whole(struct seq_file *seq, struct listing *l)
{
	int found = freeze(l);

	if (found)
		return found;
	for (l->pos = 0; !seq_has_overflowed(seq); l->pos++) {
		found = find_row(l);
		if (found <= 0)
			break;
		tcpdiag_print_row(seq, seq_file_net(seq), &l->row);
	}
	return min(found, 0);
}

static int listing_show(struct seq_file *seq, void *v)
{
	struct listing *l = seq->private;

	if (v != SEQ_START_TOKEN) {
		tcpdiag_print_row(seq, seq_file_net(seq), &l->row);
		return 0;
	}
	tcpdiag_print_header(seq, l->view, &l->reader);
	return l->view->resumes ? 0 : show_whole(seq, l);
}

static const struct seq_operations listing_ops = {
	.start = listing_start,
	.next = listing_next,
	.stop = listing_stop,
	.show = listing_show,
};

static bool create(struct tcpdiag_net *tn, const struct tcpdiag_view *view)
{
	return proc_create_net_data(view->name, 0444, tn->proc, &listing_ops,
				    sizeof(struct listing), (void *)view);
}

/**
 * tcpdiag_procfs_net_init() - make /proc/net/tcpdiag in a new namespace
 * @tn: the namespace
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn)
{
	struct net *net = tn->net;
	unsigned int i;

	tn->proc = proc_net_mkdir(net, DIR_NAME, net->proc_net);
	if (!tn->proc)
		return -ENOMEM;
	for (i = 0; tcpdiag_views[i]; i++) {
		if (create(tn, tcpdiag_views[i]))
			continue;
		proc_remove(tn->proc);
		return -ENOMEM;
	}
	return 0;
}

/**
 * tcpdiag_procfs_net_exit() - remove a namespace's files; waits for readers
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn)
{
	proc_remove(tn->proc);
}

/* A namespace that is about to end has nothing to show. */
static int summary_show(struct seq_file *seq, void *v)
{
	struct tcpdiag_reader reader;

	if (!set_reader(&reader, seq, seq->private))
		return 0;
	return tcpdiag_view_count_failure(&reader,
					  tcpdiag_summary_show(seq, &reader));
}

/*
 * The file is in no network directory: remember the opener's namespace. Nobody
 * opens it to write, as with the files that are in one, which the kernel sees to.
 */
static int summary_open(struct inode *inode, struct file *file)
{
	struct net *net;
	int err;

	if (file->f_mode & FMODE_WRITE)
		return -EACCES;
	net = get_net(current->nsproxy->net_ns);
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
 * Context: process, may sleep.
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
 *
 * Context: process, may sleep.
 */
void tcpdiag_procfs_exit(void)
{
	remove_proc_entry(DIR_NAME, NULL);
}
