// SPDX-License-Identifier: GPL-2.0
/*
 * Writes series in the text format of Prometheus, version 0.0.4, which node_exporter's
 * textfile collector reads. No time stamps: the collector refuses them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "series.h"

/**
 * series_add() - add a series
 * @e: all series
 * @series: the series; those of one metric are added one after the other, or
 *	brought together by series_gather()
 *
 * It is dropped, and counted, if there is no room.
 */
void series_add(struct exposition *e, const struct series *series)
{
	if (e->n == SERIES_MAX) {
		e->dropped++;
		return;
	}
	e->series[e->n] = *series;
	e->series[e->n].order = e->n;
	e->n++;
}

static int by_name(const void *a, const void *b)
{
	const struct series *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->order < y->order ? -1 : 1;
}

/**
 * series_gather() - bring the series of each metric together
 * @e: all series, in any order
 */
void series_gather(struct exposition *e)
{
	qsort(e->series, e->n, sizeof(e->series[0]), by_name);
}

/**
 * label_add() - add a label
 * @labels: the labels of a series, LABELS_LEN characters
 * @name: name of the label
 * @value: its value, UTF-8
 */
void label_add(char *labels, const char *name, const char *value)
{
	size_t used = strlen(labels);
	char *p = labels + used, *end = labels + LABELS_LEN - 3;

	p += snprintf(p, LABELS_LEN - used, "%s%s=\"", used ? "," : "", name);
	for (; *value && p < end; value++) {
		if (*value == '\\' || *value == '"' || *value == '\n')
			*p++ = '\\';
		*p++ = *value == '\n' ? 'n' : *value;
	}
	*p++ = '"';
	*p = '\0';
}

static void write_help(FILE *out, const char *help)
{
	for (; *help; help++) {
		if (*help == '\\')
			fputs("\\\\", out);
		else if (*help == '\n')
			fputs("\\n", out);
		else
			fputc(*help, out);
	}
}

static void write_head(FILE *out, const struct series *s)
{
	static const char *const types[] = { "gauge", "counter", "histogram" };

	fprintf(out, "# HELP tcpdiag_%s ", s->name);
	write_help(out, s->help);
	fprintf(out, "\n# TYPE tcpdiag_%s %s\n", s->name, types[s->type]);
}

static void write_value(FILE *out, uint64_t value, unsigned int digits)
{
	uint64_t unit = 1;
	unsigned int i;

	for (i = 0; i < digits; i++)
		unit *= 10;
	fprintf(out, "%" PRIu64, value / unit);
	value %= unit;
	if (!value)
		return;
	for (; !(value % 10); digits--)
		value /= 10;
	fprintf(out, ".%0*" PRIu64, (int)digits, value);
}

/**
 * series_write() - write all series
 * @out: where to
 * @e: the series
 */
void series_write(FILE *out, const struct exposition *e)
{
	const char *name = "";
	unsigned int i;

	for (i = 0; i < e->n; i++) {
		const struct series *s = &e->series[i];

		if (strcmp(s->name, name))
			write_head(out, s);
		name = s->name;
		fprintf(out, "tcpdiag_%s%s", s->name, s->suffix);
		if (*s->labels)
			fprintf(out, "{%s}", s->labels);
		fputc(' ', out);
		write_value(out, s->value, s->digits);
		fputc('\n', out);
	}
}
