// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/sockets: one row per full socket (Documentation/sockets.md).
 *
 * A position in the file names a chain of the table and a place in it,
 * so that any read can go on where another ended without state in between.
 * Records of a batch (scan.c) are copied and printed while nothing is locked.
 * Who holds a socket whose owner was not seen is looked up once a read, for all
 * of them.
 */
#include <linux/cgroup.h>
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>
#include <net/tcp.h>

#include "model/fsm.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/record.h"
#include "store/scan.h"
#include "store/table.h"
#include "survey/holders.h"

#define PLACE_BITS	20

/**
 * struct row - what one line is made of
 * @sk: the socket
 * @rec: copy of its record, with a reference to its pid
 * @addr: the tuple
 * @in_state_ns: how long it has been in its state
 * @holder: a process that has it open, or NULL
 */
struct row {
	struct sock *sk;
	struct tcpdiag_record rec;
	struct tcpdiag_addr addr;
	u64 in_state_ns;
	struct pid *holder;
};

/**
 * struct iter - state of one open file
 * @p: the namespace; must be first
 * @owners: the opener may see owners
 * @holders: who holds which socket, during a read, once it was asked for
 * @i: socket of the batch that is printed next
 * @scan: the batch
 */
struct iter {
	struct seq_net_private p;
	bool owners;
	struct tcpdiag_holders *holders;
	unsigned int i;
	struct tcpdiag_scan scan;
};

static loff_t position(unsigned int bucket, unsigned int place)
{
	return 1 + ((loff_t)bucket << PLACE_BITS) + place;
}

static void *current_found(struct iter *iter, loff_t *pos)
{
	*pos = position(iter->scan.bucket, iter->scan.found[iter->i].place);
	return iter->scan.found[iter->i].sk;
}

static void *sockets_start(struct seq_file *seq, loff_t *pos)
{
	struct iter *iter = seq->private;
	u64 at;

	iter->scan.net = seq_file_net(seq);
	iter->owners = tcpdiag_procfs_owners(seq, seq_file_net(seq));
	if (!*pos) {
		/* a new listing: what was found for the last one may be old */
		if (iter->owners)
			tcpdiag_holders_forget(tcpdiag_net(seq_file_net(seq)));
		return SEQ_START_TOKEN;
	}
	at = *pos - 1;
	if (at >> PLACE_BITS >= tcpdiag_table_buckets())
		return NULL;
	iter->i = 0;
	if (!tcpdiag_scan_fill(&iter->scan, at >> PLACE_BITS,
			       at & ((1 << PLACE_BITS) - 1),
			       tcpdiag_table_buckets()))
		return NULL;
	return current_found(iter, pos);
}

static void *sockets_next(struct seq_file *seq, void *v, loff_t *pos)
{
	unsigned int buckets = tcpdiag_table_buckets();
	struct iter *iter = seq->private;
	struct tcpdiag_scan *scan = &iter->scan;
	bool more;

	if (v != SEQ_START_TOKEN && ++iter->i < scan->n)
		return current_found(iter, pos);
	iter->i = 0;
	if (v == SEQ_START_TOKEN)
		more = tcpdiag_scan_fill(scan, 0, 0, buckets);
	else
		more = tcpdiag_scan_more(scan, buckets);
	if (more)
		return current_found(iter, pos);
	*pos = position(buckets, 0);
	return NULL;
}

static void sockets_stop(struct seq_file *seq, void *v)
{
	struct iter *iter = seq->private;

	tcpdiag_scan_put(&iter->scan);
	tcpdiag_holders_put(iter->holders);
	iter->holders = NULL;
}

static void show_tuple(struct seq_file *seq, const struct row *row)
{
	const struct sock *sk = row->sk;
	struct tcpdiag_end end = {
		.v6 = sk->sk_family == AF_INET6,
		.v6only = sk->sk_ipv6only,
		.addr = row->addr.local,
		.port = row->addr.lport,
		.device = READ_ONCE(sk->sk_bound_dev_if),
	};

	tcpdiag_show_end(seq, seq_file_net(seq), &end);
	seq_putc(seq, ' ');
	end.addr = row->addr.remote;
	end.port = row->addr.rport;
	end.device = 0;
	tcpdiag_show_end(seq, seq_file_net(seq), &end);
}

static void show_process(struct seq_file *seq, const struct row *row)
{
	struct tcpdiag_owner owner;

	tcpdiag_owner_read(&owner, row->rec.pid, row->rec.comm, row->holder);
	tcpdiag_show_owner(seq, &owner);
}

static void show_owner(struct seq_file *seq, const struct row *row)
{
	struct sock *sk = row->sk;
	unsigned long ino;

	show_process(seq, row);
	tcpdiag_show_value(seq, true, from_kuid_munged(seq_user_ns(seq),
						       READ_ONCE(sk->sk_uid)));
	ino = sock_i_ino(sk);
	tcpdiag_show_value(seq, ino, ino);
#ifdef CONFIG_SOCK_CGROUP_DATA
	tcpdiag_show_value(seq, true,
			   cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data)));
#else
	tcpdiag_show_value(seq, false, 0);
#endif
}

static void show_cc(struct seq_file *seq, const struct sock *sk)
{
	const struct tcp_congestion_ops *ca;

	rcu_read_lock();
	ca = READ_ONCE(inet_csk(sk)->icsk_ca_ops);
	seq_printf(seq, " %s ", ca ? ca->name : "-");
	rcu_read_unlock();
}

/* Time in a state, the stay that is still open included. */
static u64 spent_us(const struct row *row, unsigned int state)
{
	u64 ns = state <= TCPDIAG_FULL_STATES && state != TCP_TIME_WAIT ?
		 row->rec.spent_ns[state - 1] : 0;

	if (state == row->rec.state)
		ns += row->in_state_ns;
	return div_u64(ns, NSEC_PER_USEC);
}

static void show_times(struct seq_file *seq, const struct row *row)
{
	const char *comma = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		unsigned int state = tcpdiag_fsm_order[i];
		u64 us = spent_us(row, state);

		if (!us && state != row->rec.state)
			continue;
		seq_printf(seq, "%s%s:%llu", comma,
			   tcpdiag_fsm_state_name(state), us);
		comma = ",";
	}
	seq_putc(seq, ' ');
}

/* The listener a passive socket came from: its address is ours, or any. */
static void show_listener(struct seq_file *seq, const struct row *row)
{
	const struct tcpdiag_record *rec = &row->rec;
	const struct tcpdiag_addr *addr = &row->addr;

	if (rec->role != TCPDIAG_ROLE_PASSIVE) {
		seq_puts(seq, "-\n");
		return;
	}
	if (rec->flags & TCPDIAG_F_LISTENER_ANY) {
		if (!(rec->flags & TCPDIAG_F_LISTENER_V6))
			seq_puts(seq, "0.0.0.0");
		else
			seq_puts(seq, row->sk->sk_ipv6only ? "[::]" : "*");
	} else if (row->sk->sk_family == AF_INET) {
		seq_printf(seq, "%pI4", &addr->local.s6_addr32[0]);
	} else {
		seq_printf(seq, "[%pI6c]", &addr->local);
	}
	seq_printf(seq, ":%u\n", row->rec.listener_port);
}

static const char *const role_names[] = {
	[TCPDIAG_ROLE_UNKNOWN]	= "unknown",
	[TCPDIAG_ROLE_ACTIVE]	= "active",
	[TCPDIAG_ROLE_PASSIVE]	= "passive",
	[TCPDIAG_ROLE_LISTENER]	= "listener",
};

static void show_row(struct seq_file *seq, const struct row *row, bool owners)
{
	const struct tcpdiag_record *rec = &row->rec;
	unsigned int i;
	u64 age = 0;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++)
		age += spent_us(row, tcpdiag_fsm_order[i]);
	show_tuple(seq, row);
	seq_printf(seq, " %s %llu %llu %s", tcpdiag_fsm_state_name(rec->state),
		   div_u64(row->in_state_ns, NSEC_PER_USEC), age,
		   role_names[rec->role]);
	if (owners)
		show_owner(seq, row);
	else
		seq_puts(seq, " - - - - -");
	show_cc(seq, row->sk);
	seq_puts(seq, rec->flags & TCPDIAG_F_EST_AGE ? "yes " : "no ");
	show_times(seq, row);
	show_listener(seq, row);
}

/*
 * Only asked for if a socket's owner was not seen, or has ended. False if there
 * is no memory.
 */
static bool find_holder(struct seq_file *seq, struct row *row)
{
	struct tcpdiag_net *tn = tcpdiag_net(seq_file_net(seq));
	struct iter *iter = seq->private;

	row->holder = NULL;
	if (!iter->owners || tcpdiag_owner_is_alive(row->rec.pid))
		return true;
	if (!iter->holders)
		iter->holders = tcpdiag_holders_get(tn);
	if (!iter->holders && tn) {
		atomic64_inc(&tn->alloc_failed);
		return false;
	}
	row->holder = tcpdiag_holders_of(iter->holders, row->sk, NULL);
	return true;
}

static int sockets_show(struct seq_file *seq, void *v)
{
	struct iter *iter = seq->private;
	struct row row;
	int err = 0;
	u64 now;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "# local remote state in_state_us age_us role pid comm uid inode cgroup cc estimated times listener\n");
		return 0;
	}
	row.sk = v;
	if (!tcpdiag_scan_copy(row.sk, &row.rec, &row.addr))
		return SEQ_SKIP;
	now = ktime_get_ns();
	row.in_state_ns = now - min(now, row.rec.entered);
	if (find_holder(seq, &row))
		show_row(seq, &row, iter->owners);
	else
		err = -ENOMEM;
	put_pid(row.rec.pid);
	return err;
}

static const struct seq_operations sockets_ops = {
	.start = sockets_start,
	.next = sockets_next,
	.stop = sockets_stop,
	.show = sockets_show,
};

/**
 * tcpdiag_sockets_create() - make the file
 * @dir: the namespace's /proc/net/tcpdiag
 *
 * Return: whether it was made.
 */
bool tcpdiag_sockets_create(struct proc_dir_entry *dir)
{
	return proc_create_net("sockets", 0444, dir, &sockets_ops,
			       sizeof(struct iter));
}
