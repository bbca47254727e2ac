// SPDX-License-Identifier: GPL-2.0
/*
 * Shows any view: as a table, as lines like those of its file, or as JSON.
 */
#include <string.h>

#include "filter.h"
#include "json.h"
#include "plain.h"
#include "tool.h"

/**
 * struct listing - a view that is being shown
 * @tool: how to run
 * @json: where to, for JSON
 * @pick: columns that are shown
 * @n: how many
 */
struct listing {
	struct tool *tool;
	struct json json;
	unsigned int pick[COLUMNS_MAX];
	unsigned int n;
};

static bool is_wanted(const struct tool *tool, const struct row *row)
{
	return !tool->family || row_has_family(row, tool->family);
}

static int json_row(const struct row *row, void *data)
{
	struct listing *l = data;
	unsigned int i;

	if (!is_wanted(l->tool, row))
		return 0;
	json_open(&l->json, '{');
	for (i = 0; i < l->n; i++) {
		const struct column *column = &row->view->column[l->pick[i]];

		json_key(&l->json, column->name);
		cell_json(&l->json, column, &row->cell[l->pick[i]]);
	}
	json_close(&l->json, '}');
	return 0;
}

static int show_json(struct listing *l, const struct view *view,
		     const struct filter *filter)
{
	int err;

	l->json.out = l->tool->out;
	l->json.pretty = l->tool->pretty;
	json_open(&l->json, '[');
	err = nl_dump(&l->tool->nl, view, filter, json_row, l);
	json_close(&l->json, ']');
	json_end(&l->json);
	return err;
}

static int line_row(const struct row *row, void *data)
{
	struct listing *l = data;
	FILE *out = l->tool->out;
	unsigned int i;

	if (!is_wanted(l->tool, row))
		return 0;
	for (i = 0; i < l->n; i++) {
		if (i)
			print_char(out, ' ');
		cell_print(out, &row->view->column[l->pick[i]],
			   &row->cell[l->pick[i]], false);
	}
	print_char(out, '\n');
	return 0;
}

static int show_lines(struct listing *l, const struct view *view,
		      const struct filter *filter)
{
	FILE *out = l->tool->out;
	unsigned int i;

	if (l->tool->header) {
		fputc('#', out);
		for (i = 0; i < l->n; i++)
			fprintf(out, " %s", view->column[l->pick[i]].name);
		fputc('\n', out);
	}
	return nl_dump(&l->tool->nl, view, filter, line_row, l);
}

/* For -o help: what there is to choose from. */
static int list_columns(const struct tool *tool, const struct view *view)
{
	unsigned int i;

	fprintf(tool->out, "%s: %s\n", view->name, view->help);
	for (i = 0; i < view->columns; i++) {
		const struct column *column = &view->column[i];

		fprintf(tool->out, "  %-22s %-17s %s\n", column->name,
			column->unit ? column->unit : "", column->help);
	}
	return 0;
}

static unsigned int pick_columns(const struct tool *tool, const struct view *view,
				 unsigned int *pick)
{
	if (tool->columns)
		return pick_named(tool, view, pick);
	if (tool->json || tool->oneline)
		return pick_all(view, pick);
	return pick_for_people(view, pick);
}

/* The kernel leaves out what is not wanted, which makes a dump much cheaper. */
static const struct filter *with_columns(struct filter *copy,
					 const struct filter *filter,
					 const struct listing *l,
					 const struct view *view)
{
	unsigned int i;

	if (!filter || !l->tool->columns)
		return filter;
	*copy = *filter;
	for (i = 0; i < l->n; i++)
		copy->columns |= 1ULL << view->column[l->pick[i]].attr;
	if (l->tool->family)
		copy->columns |= 1ULL << view->column[0].attr;
	return copy;
}

static void warn(const struct tool *tool)
{
	if (tool->nl.interrupted)
		fputs("tcpdiag: it changed meanwhile: rows may be missing or appear twice\n",
		      stderr);
}

/**
 * show_view() - show a view in the form that the user wants
 * @tool: how to run
 * @view: the view
 * @filter: which rows, for the view sockets; else NULL
 *
 * Return: an exit status.
 */
int show_view(struct tool *tool, const struct view *view,
	      const struct filter *filter)
{
	struct listing l = { .tool = tool };
	struct filter copy;
	int err;

	if (tool->columns && !strcmp(tool->columns, "help"))
		return list_columns(tool, view);
	l.n = pick_columns(tool, view, l.pick);
	if (!l.n)
		return STATUS_USAGE;
	filter = with_columns(&copy, filter, &l, view);
	if (tool->json)
		err = show_json(&l, view, filter);
	else if (tool->oneline)
		err = show_lines(&l, view, filter);
	else
		err = show_grid(tool, view, filter, l.pick, l.n, tool->columns);
	warn(tool);
	return fail(tool, err);
}
