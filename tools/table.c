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

static const struct view *find(const struct view *view, const char *name)
{
	for (; view->name; view++)
		if (same(view->name, name, strlen(name)))
			return view;
	return NULL;
}

/**
 * view_find() - find a view
 * @name: its name
 *
 * Return: the view, or NULL.
 */
const struct view *view_find(const char *name)
{
	return find(views, name);
}

/**
 * event_find() - find an event
 * @name: its name
 *
 * Return: what its rows are, or NULL.
 */
const struct view *event_find(const char *name)
{
	return find(events, name);
}

/* Length of a name without its unit, which tables for people leave out. */
static size_t bare_length(const char *name)
{
	size_t len = strlen(name);

	return len > 3 && !strcmp(name + len - 3, "_us") ? len - 3 : len;
}

static bool same_bare(const char *ours, const char *theirs, size_t len)
{
	char bare[64];

	if (bare_length(ours) != len || len >= sizeof(bare))
		return false;
	memcpy(bare, ours, len);
	bare[len] = '\0';
	return same(bare, theirs, len);
}

/**
 * view_column() - find a column
 * @view: the view
 * @name: the column's name, with or without _us; it need not end with a NUL
 * @len: length of the name
 *
 * Return: its place in the view, or -1.
 */
int view_column(const struct view *view, const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < view->columns; i++)
		if (same(view->column[i].name, name, len) ||
		    same_bare(view->column[i].name, name, len))
			return i;
	return -1;
}
