/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view's header and rows as text.
 */
#ifndef TCPDIAG_PROCFS_PRINT_H
#define TCPDIAG_PROCFS_PRINT_H

struct net;
struct seq_file;
struct tcpdiag_row;
struct tcpdiag_view;

void tcpdiag_print_header(struct seq_file *seq,
			  const struct tcpdiag_view *view);
void tcpdiag_print_row(struct seq_file *seq, struct net *net,
		       const struct tcpdiag_row *row);

#endif /* TCPDIAG_PROCFS_PRINT_H */
