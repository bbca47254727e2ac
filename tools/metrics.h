/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One output of metrics that is being put together: of the namespace that the command
 * runs in (metrics.c), or of all of them (metrics-netns.c).
 */
#ifndef TCPDIAG_TOOLS_METRICS_H
#define TCPDIAG_TOOLS_METRICS_H

#include "series.h"
#include "tool.h"
#include "topics.h"

/* Groups of rows that are told apart before the largest are chosen. */
#define CANDIDATES	4096

/**
 * enum scope - what is read
 * @SCOPE_ALONE: all there is to say, of one namespace
 * @SCOPE_MACHINE: what is the same in each namespace
 * @SCOPE_NETNS: the little of a namespace that there is room for beside others
 */
enum scope {
	SCOPE_ALONE,
	SCOPE_MACHINE,
	SCOPE_NETNS,
};

/**
 * struct group - rows of a topic that have the same labels
 * @labels: the labels
 * @value: the value of each metric
 * @known: whether it is known
 */
struct group {
	char labels[LABELS_LEN];
	uint64_t value[METRICS_MAX];
	bool known[METRICS_MAX];
};

/**
 * struct reading - all that is read for one output
 * @tool: whose connection is used
 * @scope: what is read now
 * @prefix: labels that every series of this scope begins with
 * @e: the series
 * @folded: groups that have no series of their own
 * @topic: the present topic
 * @groups: its groups; the last one is for what has no room
 * @n: how many, without the last one
 */
struct reading {
	struct tool *tool;
	enum scope scope;
	char prefix[LABELS_LEN];
	struct exposition e;
	unsigned int folded;
	const struct topic *topic;
	struct group groups[CANDIDATES + 1];
	unsigned int n;
};

struct findings;

/* metrics.c */
const char *metrics_state_word(const char *state);
void metrics_add(struct reading *r, const char *name, enum type type,
		 const char *help, uint64_t value, unsigned int digits);
void metrics_add_labelled(struct reading *r, const char *name, const char *help,
			  const char *label, const char *word, uint64_t value);
void metrics_add_severity(struct reading *r, const char *severity, uint64_t n);
int metrics_read(struct reading *r);

/* metrics-topic.c */
int metrics_read_topic(struct reading *r);

/* metrics-histograms.c */
int metrics_read_histograms(struct reading *r);

/* metrics-netns.c */
int metrics_all_netns(struct reading *r);

#endif /* TCPDIAG_TOOLS_METRICS_H */
