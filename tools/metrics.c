// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics for Prometheus. However many sockets, programs and destinations there are,
 * at most SERIES_MAX series are written: of each topic the largest groups of rows, and
 * one group for all others. metrics-netns.c does the same for all network namespaces.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "escape.h"
#include "findings.h"
#include "metrics.h"

/**
 * metrics_state_word() - the word for a state as OpenTelemetry has it
 * @state: the state as the module has it
 *
 * Return: the word.
 */
const char *metrics_state_word(const char *state)
{
	static const struct {
		const char *ours;
		const char *theirs;
	} words[] = {
		{ "SYN_SENT", "syn_sent" }, { "SYN_RECV", "syn_received" },
		{ "NEW_SYN_RECV", "new_syn_received" },
		{ "ESTABLISHED", "established" }, { "FIN_WAIT1", "fin_wait_1" },
		{ "FIN_WAIT2", "fin_wait_2" }, { "TIME_WAIT", "time_wait" },
		{ "CLOSE_WAIT", "close_wait" }, { "LAST_ACK", "last_ack" },
		{ "CLOSING", "closing" }, { "LISTEN", "listen" },
		{ "CLOSE", "closed" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].ours, state))
			return words[i].theirs;
	return state;
}

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

static int read_topic(struct reading *r)
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

/**
 * metrics_add() - add a series that is no column
 * @r: the reading
 * @name: name of the metric
 * @type: its type
 * @help: what it is
 * @value: its value, times 10 to the power of @digits
 * @digits: digits behind the point
 */
void metrics_add(struct reading *r, const char *name, enum type type,
		 const char *help, uint64_t value, unsigned int digits)
{
	struct series series = {
		.name = name,
		.suffix = "",
		.type = type,
		.help = help,
		.value = value,
		.digits = digits,
	};

	memcpy(series.labels, r->prefix, LABELS_LEN);
	series_add(&r->e, &series);
}

/**
 * metrics_add_labelled() - add a gauge with a label
 * @r: the reading
 * @name: name of the metric
 * @help: what it is
 * @label: name of the label
 * @word: its value
 * @value: value of the gauge
 */
void metrics_add_labelled(struct reading *r, const char *name, const char *help,
			  const char *label, const char *word, uint64_t value)
{
	struct series series = {
		.name = name,
		.suffix = "",
		.type = TYPE_GAUGE,
		.help = help,
		.value = value,
	};

	memcpy(series.labels, r->prefix, LABELS_LEN);
	label_add(series.labels, label, word);
	series_add(&r->e, &series);
}

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

static int read_histograms(struct reading *r)
{
	struct histograms h = { .n = 0 };
	unsigned int i;
	int err;

	err = nl_dump(&r->tool->nl, view_find("histograms"), NULL, add_bucket, &h);
	for (i = 0; i < h.n && !err; i++)
		add_histogram(r, &h.states[i]);
	return err;
}

/**
 * metrics_add_severity() - add how many findings there are of a severity
 * @r: the reading
 * @severity: the severity
 * @n: how many
 */
void metrics_add_severity(struct reading *r, const char *severity, uint64_t n)
{
	char word[16];
	size_t i;

	for (i = 0; severity[i] && i < sizeof(word) - 1; i++)
		word[i] = tolower(severity[i]);
	word[i] = '\0';
	metrics_add_labelled(r, "findings", "Findings, by severity.", "severity",
			     word, n);
}

static void add_severities(struct reading *r, const struct findings *findings)
{
	static const char *const severities[] = { "CRITICAL", "WARNING", "NOTE" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(severities); i++)
		metrics_add_severity(r, severities[i],
				     findings_count(findings, severities[i]));
}

/* How many findings have the code, and whether this is the first one of them. */
static unsigned int same_code(const struct findings *findings, unsigned int at,
			      bool *first)
{
	unsigned int i, n = 0;

	*first = true;
	for (i = 0; i < findings->n; i++) {
		if (strcmp(findings->finding[i].code, findings->finding[at].code))
			continue;
		n++;
		if (i < at)
			*first = false;
	}
	return n;
}

/* Codes of findings that one of many namespaces has series for, the worst ones. */
#define NETNS_CODES	3

static void add_codes(struct reading *r, const struct findings *findings)
{
	unsigned int room = r->scope == SCOPE_NETNS ? NETNS_CODES : findings->n;
	unsigned int i, n;
	bool first;

	for (i = 0; i < findings->n && room; i++) {
		n = same_code(findings, i, &first);
		if (!first)
			continue;
		metrics_add_labelled(r, "findings_by_code",
				     "Findings, by code; none, no series.",
				     "code", findings->finding[i].code, n);
		room--;
	}
}

static int read_findings(struct reading *r)
{
	struct findings findings;
	int err;

	err = findings_read(r->tool, &findings);
	if (!err) {
		add_severities(r, &findings);
		add_codes(r, &findings);
	}
	findings_free(&findings);
	return err;
}

/* Figures of the view self, and the scope that has them beside SCOPE_ALONE. */
static const struct {
	const char *figure;
	const char *name;
	enum scope scope;
	enum type type;
	unsigned int digits;
	const char *help;
} figures[] = {
	{ "uptime_us", "uptime_seconds", SCOPE_MACHINE, TYPE_GAUGE, 6,
	  "Time since the module was loaded." },
	{ "records", "records", SCOPE_ALONE, TYPE_GAUGE, 0,
	  "Sockets that have a record." },
	{ "cap", "records_limit", SCOPE_MACHINE, TYPE_GAUGE, 0,
	  "Records there may be, of all namespaces." },
	{ "cap_hits", "records_refused_total", SCOPE_NETNS, TYPE_COUNTER, 0,
	  "Sockets that got no record: there were too many." },
	{ "bytes", "memory_bytes", SCOPE_ALONE, TYPE_GAUGE, 0,
	  "Memory of this namespace's account and records." },
	{ "allocation_failures", "allocation_failures_total", SCOPE_ALONE,
	  TYPE_COUNTER, 0, "How often memory was short." },
	{ "looks_cut", "looks_cut_total", SCOPE_ALONE, TYPE_COUNTER, 0,
	  "How often sockets were left out because there were too many." },
	{ "events_lost", "events_lost_total", SCOPE_NETNS, TYPE_COUNTER, 0,
	  "Events that were not counted because memory was short." },
	{ "events_mismatched", "events_mismatched_total", SCOPE_ALONE,
	  TYPE_COUNTER, 0,
	  "Events whose old state was not the recorded one: a bug in tcpdiag." },
	{ "findings_judged_us", "findings_age_seconds", SCOPE_ALONE, TYPE_GAUGE, 6,
	  "How long ago the module last judged." },
};

static bool in_scope(const struct reading *r, enum scope scope)
{
	return r->scope == SCOPE_ALONE || r->scope == scope;
}

static int add_figure(const struct row *row, void *data)
{
	const char *name = row_text(row, "name");
	struct reading *r = data;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++)
		if (!strcmp(figures[i].figure, name) && row_known(row, "value") &&
		    in_scope(r, figures[i].scope))
			metrics_add(r, figures[i].name, figures[i].type,
				    figures[i].help, row_number(row, "value"),
				    figures[i].digits);
	if (!strcmp(name, "gauges") && in_scope(r, SCOPE_NETNS))
		metrics_add(r, "gauges_exact", TYPE_GAUGE,
			    "1 if counts of sockets are exact, 0 if they are approximate.",
			    !strcmp(row_text(row, "value"), "exact"), 0);
	if (!strcmp(name, "version") && in_scope(r, SCOPE_MACHINE))
		metrics_add_labelled(r, "build_info", "Version of the module.",
				     "version", row_text(row, "value"), 1);
	return 0;
}

static int add_hook(const struct row *row, void *data)
{
	const char *name = row_text(row, "name");

	if (!strncmp(name, "hook_", 5))
		metrics_add_labelled(data, "hook_attached",
				     "1 if the module hears of these events.",
				     "hook", name + 5,
				     !strcmp(row_text(row, "value"), "yes"));
	return 0;
}

static int read_self(struct reading *r)
{
	const struct view *view = view_find("self");
	int err = nl_dump(&r->tool->nl, view, NULL, add_figure, r);

	if (err || !in_scope(r, SCOPE_MACHINE))
		return err;
	return nl_dump(&r->tool->nl, view, NULL, add_hook, r);
}

static int read_topics(struct reading *r)
{
	int err = 0;

	for (r->topic = topics; r->topic->view && !err; r->topic++)
		if (r->scope == SCOPE_ALONE || r->topic->netns_limit)
			err = read_topic(r);
	return err;
}

/**
 * metrics_read() - read what the scope has, of the namespace of the connection
 * @r: the reading; its connection is open
 *
 * Return: 0, or a negative errno.
 */
int metrics_read(struct reading *r)
{
	int err;

	if (in_scope(r, SCOPE_MACHINE))
		metrics_add(r, "up", TYPE_GAUGE, "1 if the module is loaded.", 1, 0);
	err = read_self(r);
	if (err || r->scope == SCOPE_MACHINE)
		return err;
	err = read_findings(r);
	if (!err)
		err = read_topics(r);
	if (err || r->scope == SCOPE_NETNS)
		return err;
	return read_histograms(r);
}

static uint64_t now_us(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000ULL + time.tv_nsec / 1000;
}

/* The last series, for which there is always room. */
#define OWN_SERIES	6

static void add_own(struct reading *r, uint64_t began_us)
{
	struct exposition *e = &r->e;

	if (e->n > SERIES_MAX - OWN_SERIES) {
		e->dropped += e->n - (SERIES_MAX - OWN_SERIES);
		e->n = SERIES_MAX - OWN_SERIES;
	}
	metrics_add(r, "exporter_duration_seconds", TYPE_GAUGE,
		    "How long reading all this took.", now_us() - began_us, 6);
	metrics_add(r, "exporter_series", TYPE_GAUGE,
		    "Series that were written, this one included.", e->n + 5, 0);
	metrics_add(r, "exporter_series_limit", TYPE_GAUGE,
		    "Series there may be.", SERIES_MAX, 0);
	metrics_add(r, "exporter_series_dropped", TYPE_GAUGE,
		    "Series for which there was no room.", e->dropped, 0);
	metrics_add(r, "exporter_groups_folded", TYPE_GAUGE,
		    "Programs, listeners and destinations without series of their own.",
		    r->folded, 0);
	metrics_add(r, "exporter_interrupted", TYPE_GAUGE,
		    "1 if a listing changed while it was read.",
		    r->tool->nl.interrupted, 0);
}

/* What is there to say without the module. */
static void add_down(struct reading *r)
{
	r->e.n = 0;
	metrics_add(r, "up", TYPE_GAUGE, "1 if the module is loaded.", 0, 0);
}

static int read_module(struct reading *r)
{
	uint64_t began_us = now_us();
	int err = nl_open(&r->tool->nl);

	if (!err)
		err = r->tool->all_netns ? metrics_all_netns(r) : metrics_read(r);
	if (!err)
		add_own(r, began_us);
	if (err == -ENOENT)
		add_down(r);
	return err;
}

/* Nobody ever reads half of the file: it is written beside its place, then moved. */
static int write_file(const struct reading *r, const char *path)
{
	char beside[4096];
	FILE *file;
	int err = 0;

	snprintf(beside, sizeof(beside), "%s.%d", path, getpid());
	file = fopen(beside, "wxe");
	if (!file)
		return -errno;
	fchmod(fileno(file), 0644);
	series_write(file, &r->e);
	if (ferror(file))
		err = -EIO;
	if (fclose(file))
		err = -errno;
	if (!err && rename(beside, path))
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

static int write_out(const struct reading *r, const char *path)
{
	int err;

	if (!path) {
		series_write(r->tool->out, &r->e);
		return STATUS_OK;
	}
	err = write_file(r, path);
	if (!err)
		return STATUS_OK;
	return complain(err == -EACCES || err == -EPERM ? STATUS_NO_RIGHTS :
			STATUS_FAILED, "%s: %s", path, strerror(-err));
}

/**
 * run_metrics() - write metrics for Prometheus
 * @tool: how to run
 * @argc: number of words
 * @argv: the words: [file FILE]; tool->all_netns for all namespaces
 *
 * Return: an exit status.
 */
int run_metrics(struct tool *tool, int argc, char **argv)
{
	struct reading *r;
	int err, status;

	if (argc && (argc != 2 || strcmp(argv[0], "file")))
		return usage("usage: tcpdiag metrics [--all-netns] [file FILE]");
	r = calloc(1, sizeof(*r));
	if (!r)
		return fail(tool, -ENOMEM);
	r->tool = tool;
	err = read_module(r);
	status = !err || err == -ENOENT ?
		write_out(r, argc ? argv[1] : NULL) : STATUS_OK;
	free(r);
	return status ? status : fail(tool, err);
}
