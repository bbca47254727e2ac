/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views under /proc: they format what the account says and nothing else.
 */
#ifndef TCPDIAG_PROCFS_H
#define TCPDIAG_PROCFS_H

#include <linux/seq_file.h>
#include <linux/types.h>

struct net;
struct proc_dir_entry;
struct tcpdiag_net;
struct tcpdiag_snapshot;
struct tcpdiag_owner;

/* procfs.c */
int tcpdiag_procfs_init(void);
void tcpdiag_procfs_exit(void);
bool tcpdiag_procfs_owners(struct seq_file *seq, const struct net *net);
void tcpdiag_procfs_process(struct seq_file *seq,
			    const struct tcpdiag_owner *owner);
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn);
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn);

/* one per view */
int tcpdiag_summary_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_states_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_transitions_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_histograms_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_congestion_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap);
int tcpdiag_self_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_close_wait_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_time_wait_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_ports_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_findings_show(struct seq_file *seq, struct tcpdiag_net *tn);
bool tcpdiag_sockets_create(struct proc_dir_entry *dir);

#endif /* TCPDIAG_PROCFS_H */
