/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Series of metrics that are being put together, and how they are written in the
 * text format of Prometheus.
 */
#ifndef TCPDIAG_TOOLS_SERIES_H
#define TCPDIAG_TOOLS_SERIES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* All that one reading writes, however many sockets and programs there are. */
#define SERIES_MAX	1000
/* Room for the labels of a series. */
#define LABELS_LEN	512

/**
 * enum type - the type of a metric
 * @TYPE_GAUGE: goes up and down
 * @TYPE_COUNTER: only grows
 * @TYPE_HISTOGRAM: classic
 */
enum type {
	TYPE_GAUGE,
	TYPE_COUNTER,
	TYPE_HISTOGRAM,
};

/**
 * struct series - a series
 * @name: name of the metric, without "tcpdiag_"
 * @suffix: what follows the name: "_bucket", or ""
 * @type: its type
 * @help: what it is
 * @labels: its labels as they are written, without braces
 * @value: its value, times 10 to the power of @digits
 * @digits: digits behind the point
 * @order: how many were added before it
 */
struct series {
	const char *name;
	const char *suffix;
	enum type type;
	const char *help;
	char labels[LABELS_LEN];
	uint64_t value;
	unsigned int digits;
	unsigned int order;
};

/**
 * struct exposition - all series
 * @n: how many
 * @dropped: series for which there was no room
 * @series: the series; those of one metric stand together
 */
struct exposition {
	unsigned int n;
	unsigned int dropped;
	struct series series[SERIES_MAX];
};

void series_add(struct exposition *e, const struct series *series);
void series_gather(struct exposition *e);
void series_write(FILE *out, const struct exposition *e);
void label_add(char *labels, const char *name, const char *value);

#endif /* TCPDIAG_TOOLS_SERIES_H */
