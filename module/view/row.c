// SPDX-License-Identifier: GPL-2.0
/*
 * Fills a row, cell by cell in the order of the columns.
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "model/hist.h"
#include "model/owner.h"
#include "view/view.h"

/* The next cell; the last one again if a view fills too many. */
static struct tcpdiag_cell *next_cell(struct tcpdiag_row *row)
{
	if (WARN_ON_ONCE(row->n >= row->view->columns))
		row->n--;
	return &row->cell[row->n++];
}

/**
 * tcpdiag_row_begin() - begin an empty row
 * @row: the row
 * @view: the view it belongs to
 *
 * Context: any.
 */
void tcpdiag_row_begin(struct tcpdiag_row *row,
		       const struct tcpdiag_view *view)
{
	row->view = view;
	row->n = 0;
	row->used = 0;
}

/**
 * tcpdiag_row_unknown() - fill cells that have no value
 * @row: the row
 * @columns: how many
 *
 * Context: any.
 */
void tcpdiag_row_unknown(struct tcpdiag_row *row, unsigned int columns)
{
	while (columns--)
		next_cell(row)->content = TCPDIAG_CELL_UNKNOWN;
}

/**
 * tcpdiag_row_value() - fill in a number that is not negative
 * @row: the row
 * @known: the value is known
 * @v: the value
 *
 * Context: any.
 */
void tcpdiag_row_value(struct tcpdiag_row *row, bool known, u64 v)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = known ? TCPDIAG_CELL_VALUE : TCPDIAG_CELL_UNKNOWN;
	cell->u = v;
}

/**
 * tcpdiag_row_signed() - fill in a number
 * @row: the row
 * @known: the value is known
 * @v: the value
 *
 * Context: any.
 */
void tcpdiag_row_signed(struct tcpdiag_row *row, bool known, s64 v)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = known ? TCPDIAG_CELL_VALUE : TCPDIAG_CELL_UNKNOWN;
	cell->s = v;
}

/**
 * tcpdiag_row_flag() - fill in yes or no
 * @row: the row
 * @yes: true for yes
 *
 * Context: any.
 */
void tcpdiag_row_flag(struct tcpdiag_row *row, bool yes)
{
	tcpdiag_row_value(row, true, yes);
}

/**
 * tcpdiag_row_word() - fill in a word; columns of any kind may have one
 * @row: the row
 * @word: the word, valid until the next row
 *
 * Context: any.
 */
void tcpdiag_row_word(struct tcpdiag_row *row, const char *word)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = TCPDIAG_CELL_WORD;
	cell->text = word;
}

/**
 * tcpdiag_row_text() - fill in a sentence, or the name of a process
 * @row: the row
 * @text: the text, valid until the next row; empty if not known
 *
 * Context: any.
 */
void tcpdiag_row_text(struct tcpdiag_row *row, const char *text)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = *text ? TCPDIAG_CELL_VALUE : TCPDIAG_CELL_UNKNOWN;
	cell->text = text;
}

/**
 * tcpdiag_row_made_word() - fill in a formatted word
 * @row: the row
 * @format: as for printf()
 *
 * Words of a row beyond TCPDIAG_ROW_TEXT characters are cut off.
 *
 * Context: any.
 */
void tcpdiag_row_made_word(struct tcpdiag_row *row, const char *format, ...)
{
	size_t room = sizeof(row->text) - row->used;
	char *word = row->text + row->used;
	va_list args;

	if (WARN_ON_ONCE(!room)) {
		tcpdiag_row_unknown(row, 1);
		return;
	}
	va_start(args, format);
	row->used += vscnprintf(word, room, format, args) + 1;
	va_end(args);
	tcpdiag_row_word(row, word);
}

/**
 * tcpdiag_row_end() - fill in an address, with or without its port
 * @row: the row
 * @end: the address
 *
 * Context: any.
 */
void tcpdiag_row_end(struct tcpdiag_row *row, const struct tcpdiag_end *end)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = TCPDIAG_CELL_VALUE;
	cell->end = *end;
}

/**
 * tcpdiag_row_times() - fill in times by state
 * @row: the row
 * @times: the times, valid until the next row
 *
 * Context: any.
 */
void tcpdiag_row_times(struct tcpdiag_row *row,
		       const struct tcpdiag_times *times)
{
	struct tcpdiag_cell *cell = next_cell(row);

	cell->content = TCPDIAG_CELL_VALUE;
	cell->times = times;
}

/**
 * tcpdiag_row_owner() - fill in pid and name of a process, two cells
 * @row: the row
 * @owner: the process, valid until the next row
 *
 * Context: any.
 */
void tcpdiag_row_owner(struct tcpdiag_row *row,
		       const struct tcpdiag_owner *owner)
{
	tcpdiag_row_value(row, owner->pid, owner->pid);
	tcpdiag_row_text(row, owner->comm);
}

/**
 * tcpdiag_row_hist() - fill in percentiles 50, 90 and 99 and the largest value,
 *	four cells
 * @row: the row
 * @hist: the distribution
 *
 * Context: any.
 */
void tcpdiag_row_hist(struct tcpdiag_row *row, const struct tcpdiag_hist *hist)
{
	u64 us[TCPDIAG_HIST_SHOWN];
	bool any = hist->count;
	unsigned int i;

	tcpdiag_hist_percentiles(hist, tcpdiag_hist_shown, us, ARRAY_SIZE(us));
	for (i = 0; i < ARRAY_SIZE(us); i++)
		tcpdiag_row_value(row, any, us[i]);
	tcpdiag_row_value(row, any, hist->max_us);
}
