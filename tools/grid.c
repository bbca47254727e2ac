// SPDX-License-Identifier: GPL-2.0
/*
 * Rows as a table for people: columns aligned, as many as fit the terminal. The
 * widths are those of the first rows, which are held until there are enough of them;
 * so a listing of any length takes little memory.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* Rows that are held to find the widths. */
#define HELD	500

/**
 * struct grid - a table that is being printed
 * @tool: how to run
 * @view: the view
 * @pick: columns that are shown
 * @n: how many
 * @chosen: the user wants just these; else as many as fit
 * @width: of each, in characters
 * @shown: columns for which there is room
 * @held: text of the cells of the rows that are held, each ended by a NUL
 * @held_size: its size
 * @mem: writes to @held
 * @rows: rows that are held
 * @begun: the widths are known, and the header is printed
 */
struct grid {
	struct tool *tool;
	const struct view *view;
	unsigned int pick[COLUMNS_MAX];
	unsigned int n;
	bool chosen;
	size_t width[COLUMNS_MAX];
	unsigned int shown;
	char *held;
	size_t held_size;
	FILE *mem;
	unsigned int rows;
	bool begun;
};

/* Without the unit: cells have it. */
static size_t title_length(const struct column *column)
{
	size_t len = strlen(column->name);

	return column->kind == KIND_US ? len - strlen("_us") : len;
}

static bool is_right(const struct column *column)
{
	switch (column->kind) {
	case KIND_COUNT:
	case KIND_SIGNED:
	case KIND_US:
	case KIND_TENTHS:
		return true;
	default:
		return false;
	}
}

static const struct column *column_of(const struct grid *grid, unsigned int i)
{
	return &grid->view->column[grid->pick[i]];
}

/* One cell; the last one has nothing behind it. */
static void put_cell(const struct grid *grid, unsigned int i, const char *text,
		     size_t len)
{
	bool last = i == grid->shown - 1;
	int pad = grid->width[i] > len ? grid->width[i] - len : 0;
	FILE *out = grid->tool->out;

	if (is_right(column_of(grid, i)))
		fprintf(out, "%*s", pad, "");
	if (strlen(text) == len)
		colour_word(grid->tool, text);
	else
		fprintf(out, "%.*s", (int)len, text);
	if (!is_right(column_of(grid, i)) && !last)
		fprintf(out, "%*s", pad, "");
	fputc(last ? '\n' : ' ', out);
}

static void put_header(const struct grid *grid)
{
	unsigned int i;

	for (i = 0; i < grid->shown; i++)
		put_cell(grid, i, column_of(grid, i)->name,
			 title_length(column_of(grid, i)));
}

/* The cells of a row, one behind the other. Returns what follows them. */
static const char *put_row(const struct grid *grid, const char *cells)
{
	unsigned int i;

	for (i = 0; i < grid->n; i++) {
		size_t len = strlen(cells);

		if (i < grid->shown)
			put_cell(grid, i, cells, len);
		cells += len + 1;
	}
	return cells;
}

static void find_widths(struct grid *grid)
{
	const char *cells = grid->held;
	unsigned int row, i;

	for (i = 0; i < grid->n; i++)
		grid->width[i] = grid->tool->header ?
			title_length(column_of(grid, i)) : 0;
	for (row = 0; row < grid->rows; row++)
		for (i = 0; i < grid->n; i++) {
			size_t len = strlen(cells);

			if (len > grid->width[i])
				grid->width[i] = len;
			cells += len + 1;
		}
}

/* How many columns there is room for; at least one. */
static unsigned int count_shown(const struct grid *grid)
{
	size_t used = 0;
	unsigned int i;

	if (grid->chosen || !grid->tool->width)
		return grid->n;
	for (i = 0; i < grid->n; i++) {
		used += grid->width[i] + (i > 0);
		if (used > grid->tool->width)
			break;
	}
	return i ? i : 1;
}

/* Prints the header and the rows that were held. */
static int begin(struct grid *grid)
{
	const char *cells;
	unsigned int row;

	if (fclose(grid->mem))
		return -ENOMEM;
	grid->mem = NULL;
	find_widths(grid);
	grid->shown = count_shown(grid);
	if (grid->tool->header)
		put_header(grid);
	cells = grid->held;
	for (row = 0; row < grid->rows; row++)
		cells = put_row(grid, cells);
	grid->begun = true;
	return 0;
}

static void write_cells(const struct grid *grid, const struct row *row, FILE *mem)
{
	unsigned int i;

	for (i = 0; i < grid->n; i++) {
		cell_print(mem, column_of(grid, i), &row->cell[grid->pick[i]],
			   true);
		fputc('\0', mem);
	}
}

static int put_late_row(const struct grid *grid, const struct row *row)
{
	size_t size;
	char *cells;
	FILE *mem;

	mem = open_memstream(&cells, &size);
	if (!mem)
		return -ENOMEM;
	write_cells(grid, row, mem);
	fclose(mem);
	put_row(grid, cells);
	free(cells);
	return 0;
}

static int add_row(const struct row *row, void *data)
{
	struct grid *grid = data;

	if (grid->tool->family && !row_has_family(row, grid->tool->family))
		return 0;
	if (grid->begun)
		return put_late_row(grid, row);
	write_cells(grid, row, grid->mem);
	return ++grid->rows < HELD ? 0 : begin(grid);
}

/**
 * show_grid() - print a view as a table for people
 * @tool: how to run
 * @view: the view
 * @filter: which rows; NULL for all
 * @pick: places of the columns, the most telling ones first
 * @n: how many
 * @chosen: print just these columns, whether they fit or not
 *
 * Return: 0, or a negative errno.
 */
int show_grid(struct tool *tool, const struct view *view,
	      const struct filter *filter, const unsigned int *pick,
	      unsigned int n, bool chosen)
{
	struct grid grid = {
		.tool = tool,
		.view = view,
		.n = n,
		.chosen = chosen,
	};
	int err;

	memcpy(grid.pick, pick, n * sizeof(*pick));
	grid.mem = open_memstream(&grid.held, &grid.held_size);
	if (!grid.mem)
		return -ENOMEM;
	err = nl_dump(&tool->nl, view, filter, add_row, &grid);
	if (!err && !grid.begun)
		err = begin(&grid);
	if (grid.mem)
		fclose(grid.mem);
	free(grid.held);
	return err;
}
