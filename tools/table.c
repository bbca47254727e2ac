// SPDX-License-Identifier: GPL-2.0
/*
 * Finds views and columns by name. A dash stands for an underscore, as people
 * type it.
 */
#include <stdbool.h>
#include <string.h>

#include "table.h"

static bool same(const char *ours, const char *theirs, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (ours[i] != (theirs[i] == '-' ? '_' : theirs[i]))
			return false;
	return !ours[len];
}

/**
 * view_find() - find a view
 * @name: its name
 *
 * Return: the view, or NULL.
 */
const struct view *view_find(const char *name)
{
	const struct view *view;

	for (view = views; view->name; view++)
		if (same(view->name, name, strlen(name)))
			return view;
	return NULL;
}

/**
 * view_column() - find a column
 * @view: the view
 * @name: the column's name, which need not end with a NUL
 * @len: length of the name
 *
 * Return: its place in the view, or -1.
 */
int view_column(const struct view *view, const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < view->columns; i++)
		if (same(view->column[i].name, name, len))
			return i;
	return -1;
}
