// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics of a topic (topics.c): the rows of a view become groups by their labels, the
 * largest of which have series of their own, and one group stands for all others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "metrics.h"

static void print_label(FILE *out, const struct column *column,
			const struct cell *cell)
{
	char buf[256];

	if (cell->content == CELL_UNKNOWN)
		return;
	if (cell->content == CELL_VALUE && column->kind == KIND_NAME) {
		escape_utf8(buf, sizeof(buf), cell->text);
		fputs(buf, out);
	} else if (cell->content == CELL_VALUE && !strcmp(column->name, "state")) {
		fputs(metrics_state_word(cell->text), out);
	} else {
		cell_print(out, column, cell, false);
	}
}

static void add_label(char *labels, const struct row *row, int i)
{
	const struct column *column = &row->view->column[i];
	char value[128] = "";
	FILE *mem = fmemopen(value, sizeof(value), "w");

	if (!mem)
		return;
	print_label(mem, column, &row->cell[i]);
	fclose(mem);
	value[sizeof(value) - 1] = '\0';
	label_add(labels, column->name, value);
}

/* The labels of a row; without a row those of the group for all others. */
static void make_labels(char *labels, const struct reading *r,
			const struct row *row)
{
	const struct view *view = view_find(r->topic->view);
	const char *name = r->topic->labels;

	memcpy(labels, r->prefix, LABELS_LEN);
	while (*name) {
		size_t len = strcspn(name, ",");
		int i = view_column(view, name, len);

		if (row)
			add_label(labels, row, i);
		else
			label_add(labels, view->column[i].name, "other");
		name += len + (name[len] == ',');
	}
}

static bool is_wanted(const struct topic *topic, const struct row *row)
{
	const char *text;

	if (!topic->where)
		return true;
	text = row_text(row, topic->where);
	if (!strcmp(topic->word, "-"))
		return !*text;
	if (!strcmp(topic->word, "+"))
		return *text;
	if (*topic->word == '!')
		return strcmp(text, topic->word + 1);
	return !strcmp(text, topic->word);
}

static struct group *find_group(struct reading *r, const char *labels)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (!strcmp(r->groups[i].labels, labels))
			return &r->groups[i];
	if (r->n == CANDIDATES)
		return &r->groups[CANDIDATES];
	memset(&r->groups[r->n], 0, sizeof(r->groups[0]));
	memcpy(r->groups[r->n].labels, labels, LABELS_LEN);
	return &r->groups[r->n++];
}

static void merge(struct group *group, unsigned int m, enum merge how,
		  uint64_t value)
{
	if (how == MERGE_SUM)
		group->value[m] += value;
	else if (group->value[m] < value)
		group->value[m] = value;
	group->known[m] = true;
}

static int add_row(const struct row *row, void *data)
{
	struct reading *r = data;
	const struct metric *metrics = r->topic->metrics;
	char labels[LABELS_LEN];
	struct group *group;
	unsigned int m;

	if (!is_wanted(r->topic, row))
		return 0;
	make_labels(labels, r, row);
	group = find_group(r, labels);
	for (m = 0; m < METRICS_MAX && metrics[m].name; m++)
		if (row_known(row, metrics[m].column))
			merge(group, m, metrics[m].merge,
			      row_number(row, metrics[m].column));
	return 0;
}

/* The largest first; by labels where they are equal, so that the order is stable. */
static int by_size(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->value[0] != y->value[0])
		return x->value[0] < y->value[0] ? 1 : -1;
	return strcmp(x->labels, y->labels);
}

/* Moves the smallest groups into one, which comes last. */
static void fold(struct reading *r)
{
	unsigned int limit = r->scope == SCOPE_NETNS ?
			     r->topic->netns_limit :
			     r->topic->limit;
	const struct metric *metrics = r->topic->metrics;
	struct group *rest = &r->groups[CANDIDATES];
	unsigned int i, m;

	for (i = limit; i < r->n; i++) {
		for (m = 0; m < METRICS_MAX && metrics[m].name; m++)
			if (r->groups[i].known[m])
				merge(rest, m, metrics[m].merge,
				      r->groups[i].value[m]);
		r->folded++;
	}
	if (r->n > limit)
		r->n = limit;
}

static unsigned int digits_of(const struct topic *topic, const char *name)
{
	const struct view *view = view_find(topic->view);
	int i = view_column(view, name, strlen(name));

	switch (view->column[i].kind) {
	case KIND_US:
		return 6;
	case KIND_TENTHS:
		return 1;
	default:
		return 0;
	}
}

static const char *help_of(const struct topic *topic, const struct metric *metric)
{
	const struct view *view = view_find(topic->view);

	if (metric->help)
		return metric->help;
	return view->column[view_column(view, metric->column,
					strlen(metric->column))].help;
}

/* There is no room for everything of each namespace. */
static bool is_left_out(const struct reading *r, const struct metric *metric)
{
	return r->scope == SCOPE_NETNS && !metric->in_netns;
}

static void add_group(struct reading *r, const struct group *group,
		      unsigned int m)
{
	const struct metric *metric = &r->topic->metrics[m];
	struct series series = {
		.name = metric->name,
		.suffix = "",
		.type = metric->type,
		.help = help_of(r->topic, metric),
		.value = group->value[m],
		.digits = digits_of(r->topic, metric->column),
	};

	if (!group->known[m] || is_left_out(r, metric))
		return;
	memcpy(series.labels, group->labels, LABELS_LEN);
	series_add(&r->e, &series);
}

/* Of the others only gauges, see struct topic. */
static void add_rest(struct reading *r, unsigned int m)
{
	struct group *rest = &r->groups[CANDIDATES];

	if (r->topic->metrics[m].type == TYPE_GAUGE)
		add_group(r, rest, m);
}

/*
 * The view may have a row for all others itself, which has the same labels as the
 * group for what was folded: they become one, and it takes no place of another.
 */
static void take_others(struct reading *r)
{
	struct group *rest = &r->groups[CANDIDATES];
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (!*r->topic->labels || strcmp(r->groups[i].labels, rest->labels))
			continue;
		memcpy(rest, &r->groups[i], sizeof(*rest));
		r->groups[i] = r->groups[--r->n];
		return;
	}
}

/**
 * metrics_read_topic() - add the series of @r->topic
 * @r: the reading
 *
 * Return: 0, or a negative errno.
 */
int metrics_read_topic(struct reading *r)
{
	struct group *rest = &r->groups[CANDIDATES];
	unsigned int i, m;
	int err;

	r->n = 0;
	memset(rest, 0, sizeof(*rest));
	make_labels(rest->labels, r, NULL);
	err = nl_dump(&r->tool->nl, view_find(r->topic->view), NULL, add_row, r);
	if (err)
		return err;
	take_others(r);
	qsort(r->groups, r->n, sizeof(r->groups[0]), by_size);
	fold(r);
	for (m = 0; m < METRICS_MAX && r->topic->metrics[m].name; m++) {
		for (i = 0; i < r->n; i++)
			add_group(r, &r->groups[i], m);
		add_rest(r, m);
	}
	return 0;
}
