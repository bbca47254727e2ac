// SPDX-License-Identifier: GPL-2.0
/*
 * Cells of the tables in /proc/tcpdiag, padded to the width of their column. A page
 * has 120 of them, and seq_printf() takes three times as long for one.
 */
#include <linux/minmax.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "procfs/pad.h"

/* No column is wider than 15. */
static void blanks(struct seq_file *seq, size_t n)
{
	static const char blank[] = "                ";

	seq_write(seq, blank, min(n, sizeof(blank) - 1));
}

/**
 * tcpdiag_pad_after() - print the first column of a row
 * @seq: the file
 * @text: the cell
 * @width: characters up to the blank before the next column, at most 15
 *
 * Context: process.
 */
void tcpdiag_pad_after(struct seq_file *seq, const char *text,
		       unsigned int width)
{
	size_t n = strlen(text);

	seq_write(seq, text, n);
	blanks(seq, n < width ? width - n : 0);
}

/**
 * tcpdiag_pad_before() - print a further column, with a blank before it
 * @seq: the file
 * @text: the cell
 * @width: characters after the blank, at most 15
 *
 * Context: process.
 */
void tcpdiag_pad_before(struct seq_file *seq, const char *text,
			unsigned int width)
{
	size_t n = strlen(text);

	blanks(seq, n < width ? 1 + width - n : 1);
	seq_write(seq, text, n);
}
