/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files under /proc: any view as text, and the summary.
 */
#ifndef TCPDIAG_PROCFS_H
#define TCPDIAG_PROCFS_H

struct seq_file;
struct tcpdiag_net;
struct tcpdiag_reader;

/* procfs.c */
int tcpdiag_procfs_init(void);
void tcpdiag_procfs_exit(void);
int tcpdiag_procfs_net_init(struct tcpdiag_net *tn);
void tcpdiag_procfs_net_exit(struct tcpdiag_net *tn);

/* summary.c */
int tcpdiag_summary_show(struct seq_file *seq,
			 const struct tcpdiag_reader *reader);

#endif /* TCPDIAG_PROCFS_H */
