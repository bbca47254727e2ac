// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a view for a reporter: gathers what it needs, fills its rows, lets go. A
 * read that fails because memory is short shows no part, and is counted.
 */
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "store/net.h"
#include "store/reader.h"
#include "view/view.h"

/**
 * tcpdiag_view_count_failure() - count a read that failed for want of memory
 * @reader: the reader
 * @err: a negative errno, or anything that is not negative
 *
 * Context: any.
 * Return: @err.
 */
int tcpdiag_view_count_failure(const struct tcpdiag_reader *reader, int err)
{
	if (err == -ENOMEM)
		atomic64_inc(&reader->tn->alloc_failed);
	return err;
}

static int try_freeze(const struct tcpdiag_view *view,
		      const struct tcpdiag_reader *reader, void **frozen)
{
	int err;

	/* at least one byte, because not NULL means frozen */
	*frozen = kvzalloc(max_t(size_t, view->frozen_size, 1), TCPDIAG_GFP);
	if (!*frozen)
		return -ENOMEM;
	err = view->freeze(reader, *frozen);
	if (err)
		kvfree(*frozen);
	return err;
}

/**
 * tcpdiag_view_freeze() - gather what a view needs
 * @view: the view
 * @reader: the reader
 *
 * Context: process, may sleep.
 * Return: what was gathered, for tcpdiag_view_thaw(); or an errno as a pointer.
 */
void *tcpdiag_view_freeze(const struct tcpdiag_view *view,
			  const struct tcpdiag_reader *reader)
{
	void *frozen;
	int err = try_freeze(view, reader, &frozen);

	if (err)
		return ERR_PTR(tcpdiag_view_count_failure(reader, err));
	return frozen;
}

/**
 * tcpdiag_view_thaw() - let go of what was gathered
 * @view: the view
 * @frozen: what tcpdiag_view_freeze() has returned, or NULL
 *
 * Context: process, may sleep.
 */
void tcpdiag_view_thaw(const struct tcpdiag_view *view, void *frozen)
{
	if (!frozen)
		return;
	if (view->thaw)
		view->thaw(frozen);
	kvfree(frozen);
}

/**
 * tcpdiag_view_row() - fill the row at a position, or the first one after it
 * @view: the view
 * @reader: the reader
 * @frozen: what was gathered
 * @pos: the position; set to where the row is
 * @row: the row
 *
 * Context: process, may sleep.
 * Return: 1, 0 behind the last row, or a negative errno.
 */
int tcpdiag_view_row(const struct tcpdiag_view *view,
		     const struct tcpdiag_reader *reader, void *frozen,
		     u64 *pos, struct tcpdiag_row *row)
{
	tcpdiag_row_begin(row, view);
	return tcpdiag_view_count_failure(reader, view->row(reader, frozen, pos,
							    row));
}
