/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views under /proc: they format what the account says and nothing else.
 */
#ifndef TCPDIAG_PROCFS_H
#define TCPDIAG_PROCFS_H

#include <linux/seq_file.h>
#include <linux/types.h>

struct proc_dir_entry;
struct tcpdiag_net;

/* procfs.c */
int tcpdiag_procfs_init(void);
void tcpdiag_procfs_exit(void);
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn);
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn);

/* one per view */
int tcpdiag_summary_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_states_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_transitions_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_histograms_show(struct seq_file *seq, struct tcpdiag_net *tn);
int tcpdiag_self_show(struct seq_file *seq, struct tcpdiag_net *tn);
bool tcpdiag_sockets_create(struct proc_dir_entry *dir);

/* format.c */
#define TCPDIAG_DURATION_LEN	24
const char *tcpdiag_format_duration(char *buf, u64 us);

#endif /* TCPDIAG_PROCFS_H */
