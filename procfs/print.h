/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A view's header and rows as text.
 */
#ifndef TCPDIAG_PROCFS_PRINT_H
#define TCPDIAG_PROCFS_PRINT_H

/* Why a reader sees no owners. */
#define TCPDIAG_NO_OWNERS \
	"owners are shown to CAP_NET_ADMIN over this network namespace"

struct net;
struct seq_file;
struct tcpdiag_reader;
struct tcpdiag_row;
struct tcpdiag_view;

void tcpdiag_print_header(struct seq_file *seq,
			  const struct tcpdiag_view *view,
			  const struct tcpdiag_reader *reader);
void tcpdiag_print_row(struct seq_file *seq, struct net *net,
		       const struct tcpdiag_row *row);

#endif /* TCPDIAG_PROCFS_PRINT_H */
