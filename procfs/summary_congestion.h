/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of algorithms in /proc/tcpdiag.
 */
#ifndef TCPDIAG_PROCFS_SUMMARY_CONGESTION_H
#define TCPDIAG_PROCFS_SUMMARY_CONGESTION_H

struct seq_file;
struct tcpdiag_net;
struct tcpdiag_snapshot;

int tcpdiag_congestion_summary(struct seq_file *seq, struct tcpdiag_net *tn,
			       const struct tcpdiag_snapshot *snap);

#endif /* TCPDIAG_PROCFS_SUMMARY_CONGESTION_H */
