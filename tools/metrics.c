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
			err = metrics_read_topic(r);
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
	return metrics_read_histograms(r);
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
