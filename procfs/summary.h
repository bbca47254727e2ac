/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parts of the summary.
 */
#ifndef TCPDIAG_PROCFS_SUMMARY_H
#define TCPDIAG_PROCFS_SUMMARY_H

struct seq_file;
struct tcpdiag_net;
struct tcpdiag_snapshot;

void tcpdiag_summary_left(struct seq_file *seq, const char *text,
			  unsigned int width);
void tcpdiag_summary_right(struct seq_file *seq, const char *text,
			   unsigned int width);
int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap);

#endif /* TCPDIAG_PROCFS_SUMMARY_H */
