/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cells of a table, padded to the width of their column.
 */
#ifndef TCPDIAG_PROCFS_PAD_H
#define TCPDIAG_PROCFS_PAD_H

struct seq_file;

void tcpdiag_pad_after(struct seq_file *seq, const char *text,
		       unsigned int width);
void tcpdiag_pad_before(struct seq_file *seq, const char *text,
			unsigned int width);

#endif /* TCPDIAG_PROCFS_PAD_H */
