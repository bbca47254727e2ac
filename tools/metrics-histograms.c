// SPDX-License-Identifier: GPL-2.0
/*
 * How long connections stayed in each state, as classic histograms: the module's
 * buckets in fewer and fixed ones.
 */
#include <stdio.h>
#include <string.h>

#include "metrics.h"

/* A bucket of the output: stays shorter than this. Powers of four, in microseconds. */
#define BUCKETS		16
#define BUCKET_US(i)	(64ULL << (2 * (i)))

/**
 * struct durations - stays in one state
 * @state: the state
 * @count: stays in each bucket, not those in the ones below; then the rest
 * @sum_us: all of them together, by the middles of the module's buckets
 */
struct durations {
	char state[32];
	uint64_t count[BUCKETS + 1];
	uint64_t sum_us;
};

struct histograms {
	struct durations states[TIMES_MAX];
	unsigned int n;
};

static struct durations *find_durations(struct histograms *h, const char *state)
{
	unsigned int i;

	for (i = 0; i < h->n; i++)
		if (!strcmp(h->states[i].state, state))
			return &h->states[i];
	if (h->n == TIMES_MAX)
		return NULL;
	snprintf(h->states[h->n].state, sizeof(h->states[0].state), "%s", state);
	return &h->states[h->n++];
}

/* The module's buckets end where these do, or in between. */
static int add_bucket(const struct row *row, void *data)
{
	struct durations *d = find_durations(data, row_text(row, "state"));
	uint64_t low = row_number(row, "low_us"), count = row_number(row, "count");
	uint64_t high = row_number(row, "high_us");
	unsigned int i = 0;

	if (!d)
		return 0;
	while (i < BUCKETS && low >= BUCKET_US(i))
		i++;
	d->count[i] += count;
	d->sum_us += count * (row_known(row, "high_us") ? (low + high) / 2 : low);
	return 0;
}

static void bucket_label(char *labels, unsigned int i)
{
	uint64_t us = BUCKET_US(i);
	char le[32];
	size_t len;

	if (i == BUCKETS) {
		label_add(labels, "le", "+Inf");
		return;
	}
	len = snprintf(le, sizeof(le), "%llu.%06llu", us / 1000000ULL,
		       us % 1000000ULL);
	while (le[len - 1] == '0')
		le[--len] = '\0';
	label_add(labels, "le", le);
}

static void add_histogram(struct reading *r, const struct durations *d)
{
	struct series series = {
		.name = "state_duration_seconds",
		.suffix = "_bucket",
		.type = TYPE_HISTOGRAM,
		.help = "Completed stays in a state; the sum is within 12.5 %.",
	};
	char labels[LABELS_LEN] = "";
	unsigned int i;

	label_add(labels, "state", metrics_state_word(d->state));
	for (i = 0; i <= BUCKETS; i++) {
		memcpy(series.labels, labels, LABELS_LEN);
		bucket_label(series.labels, i);
		series.value += d->count[i];
		series_add(&r->e, &series);
	}
	memcpy(series.labels, labels, LABELS_LEN);
	series.suffix = "_count";
	series_add(&r->e, &series);
	series.suffix = "_sum";
	series.value = d->sum_us;
	series.digits = 6;
	series_add(&r->e, &series);
}

/**
 * metrics_read_histograms() - add the stays that have ended, by state
 * @r: the reading
 *
 * Return: 0, or a negative errno.
 */
int metrics_read_histograms(struct reading *r)
{
	struct histograms h = { .n = 0 };
	unsigned int i;
	int err;

	err = nl_dump(&r->tool->nl, view_find("histograms"), NULL, add_bucket, &h);
	for (i = 0; i < h.n && !err; i++)
		add_histogram(r, &h.states[i]);
	return err;
}
