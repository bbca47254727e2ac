/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which columns of which views are metrics.
 */
#ifndef TCPDIAG_TOOLS_TOPICS_H
#define TCPDIAG_TOOLS_TOPICS_H

#include <stdbool.h>

#include "series.h"

/* No topic has more metrics. */
#define METRICS_MAX	8

/**
 * enum merge - the value of several rows with the same labels
 * @MERGE_SUM: their sum
 * @MERGE_LARGEST: the largest one
 */
enum merge {
	MERGE_SUM,
	MERGE_LARGEST,
};

/**
 * struct metric - a metric that is a column
 * @name: its name, without "tcpdiag_"; its unit is the column's base unit
 * @column: the column
 * @type: its type
 * @merge: what becomes of several rows
 * @in_netns: also written for each of many namespaces
 * @help: what it is; NULL for what the column is
 */
struct metric {
	const char *name;
	const char *column;
	enum type type;
	enum merge merge;
	bool in_netns;
	const char *help;
};

/**
 * struct topic - metrics from the rows of one view
 * @view: name of the view
 * @where: column that selects rows; NULL for all
 * @word: what it must hold; "!WORD" not WORD, "-" nothing, "+" anything
 * @labels: columns that become labels, with commas between; "" for none
 * @limit: groups of rows that are shown; gauges of all others are in one group
 *	whose labels are "other". A counter of the others would fall when one of them
 *	gets a group of its own, which looks like a restart, so there is none
 * @netns_limit: the same for one of many namespaces; 0 if the topic is left out
 * @metrics: the metrics; the first one decides which groups are shown
 */
struct topic {
	const char *view;
	const char *where;
	const char *word;
	const char *labels;
	unsigned int limit;
	unsigned int netns_limit;
	struct metric metrics[METRICS_MAX];
};

/* Ended by one without a view. */
extern const struct topic topics[];

#endif /* TCPDIAG_TOOLS_TOPICS_H */
