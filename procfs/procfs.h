/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views under /proc: they format what the account says and nothing else.
 */
#ifndef TCPDIAG_PROCFS_H
#define TCPDIAG_PROCFS_H

#include <linux/in6.h>
#include <linux/seq_file.h>
#include <linux/types.h>

struct net;
struct proc_dir_entry;
struct tcpdiag_hist;
struct tcpdiag_net;
struct tcpdiag_owner;
struct tcpdiag_reader;
struct tcpdiag_snapshot;

/* procfs.c */
int tcpdiag_procfs_init(void);
void tcpdiag_procfs_exit(void);
void tcpdiag_procfs_reader(struct seq_file *seq, struct tcpdiag_net *tn,
			   struct tcpdiag_reader *reader);
bool tcpdiag_procfs_owners(struct seq_file *seq, const struct net *net);
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn);
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn);

/**
 * struct tcpdiag_end - one end of a connection, or a listener's
 * @v6: its family is AF_INET6
 * @v6only: IPv6 only
 * @addr: the address; IPv4 in the first word
 * @port: the port, host order; 0 for none
 * @device: index of the device it is bound to, or 0
 */
struct tcpdiag_end {
	bool v6;
	bool v6only;
	struct in6_addr addr;
	u16 port;
	int device;
};

/* columns.c */
void tcpdiag_show_end(struct seq_file *seq, struct net *net,
		      const struct tcpdiag_end *end);
void tcpdiag_show_owner(struct seq_file *seq,
			const struct tcpdiag_owner *owner);
void tcpdiag_show_value(struct seq_file *seq, bool known, u64 v);
void tcpdiag_show_hist(struct seq_file *seq, const struct tcpdiag_hist *hist);

/* one per view */
int tcpdiag_summary_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_states_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_transitions_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_histograms_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_congestion_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap);
int tcpdiag_listeners_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_handshake_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_self_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_close_wait_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_time_wait_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_ports_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_findings_show(struct seq_file *seq, struct tcpdiag_net *tn);
bool tcpdiag_sockets_create(struct proc_dir_entry *dir);

#endif /* TCPDIAG_PROCFS_H */
