// SPDX-License-Identifier: GPL-2.0
/*
 * Shows events as they come, a line each: findings that are raised, changed or
 * cleared, or connections that change their state.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <linux/tcpdiag.h>

#include "escape.h"
#include "filter.h"
#include "human.h"
#include "json.h"
#include "tool.h"

/**
 * struct monitor - events that are shown
 * @tool: how to run
 * @print: prints an event for people
 */
struct monitor {
	struct tool *tool;
	void (*print)(const struct tool *tool, const struct row *row);
};

/* In the form of ip -ts. */
static void print_time(FILE *out, uint64_t us)
{
	time_t seconds = us / 1000000;
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(out, "[%s.%06u] ", text, (unsigned int)(us % 1000000));
}

/* A cell behind a word, if it is known. */
static void print_cell(FILE *out, const struct row *row, const char *before,
		       const char *name)
{
	int i = view_column(row->view, name, strlen(name));

	if (!row_known(row, name))
		return;
	fputs(before, out);
	cell_print(out, &row->view->column[i], &row->cell[i], true);
}

static void print_finding(const struct tool *tool, const struct row *row)
{
	FILE *out = tool->out;

	fputs(row_text(row, "event"), out);
	fputc(' ', out);
	colour_word(tool, row_text(row, "severity"));
	print_cell(out, row, " ", "code");
	if (row_known(row, "what")) {
		print_cell(out, row, ": ", "what");
	} else if (row_known(row, "subject")) {
		fputs(": ", out);
		print_text(out, row_text(row, "subject"));
	}
	if (!strcmp(row_text(row, "event"), "cleared"))
		print_cell(out, row, " after ", "stood_us");
}

static void print_transition(const struct tool *tool, const struct row *row)
{
	FILE *out = tool->out;

	print_cell(out, row, "", "local");
	print_cell(out, row, " ", "remote");
	print_cell(out, row, " ", "from");
	print_cell(out, row, " > ", "to");
	print_cell(out, row, " after ", "in_state_us");
	print_cell(out, row, " ", "role");
	print_cell(out, row, " ", "comm");
	print_cell(out, row, " pid ", "pid");
	print_cell(out, row, " uid ", "uid");
	if (row_known(row, "cookie"))
		fprintf(out, " sk:%" PRIx64, row_number(row, "cookie"));
}

static void print_line(const struct monitor *m, const struct row *row)
{
	FILE *out = m->tool->out;
	uint64_t us = row_number(row, "time_us");

	if (row_number(row, "lost")) {
		print_time(out, us);
		fprintf(out, "lost %" PRIu64 "\n", row_number(row, "lost"));
	}
	print_time(out, us);
	m->print(m->tool, row);
	fputc('\n', out);
}

/* In the form of a row, without the header. */
static void print_row(const struct monitor *m, const struct row *row)
{
	FILE *out = m->tool->out;
	unsigned int i;

	for (i = 0; i < row->view->columns; i++) {
		if (i)
			fputc(' ', out);
		cell_print(out, &row->view->column[i], &row->cell[i], false);
	}
	fputc('\n', out);
}

static void print_header(const struct tool *tool, const struct view *event)
{
	unsigned int i;

	if (!tool->oneline || tool->json || !tool->header)
		return;
	fputc('#', tool->out);
	for (i = 0; i < event->columns; i++)
		fprintf(tool->out, " %s", event->column[i].name);
	fputc('\n', tool->out);
}

static void print_json(const struct monitor *m, const struct row *row)
{
	struct json json = { .out = m->tool->out, .pretty = m->tool->pretty };
	unsigned int i;

	json_open(&json, '{');
	for (i = 0; i < row->view->columns; i++) {
		json_key(&json, row->view->column[i].name);
		cell_json(&json, &row->view->column[i], &row->cell[i]);
	}
	json_close(&json, '}');
	json_end(&json);
}

static int show_event(const struct row *row, void *data)
{
	const struct monitor *m = data;
	struct tool *tool = m->tool;

	if (tool->family && !row_has_family(row, tool->family))
		return 0;
	if (tool->json)
		print_json(m, row);
	else if (tool->oneline)
		print_row(m, row);
	else
		print_line(m, row);
	if (fflush(tool->out))
		return -EPIPE;
	if (tool->nl.overrun)
		fputs("tcpdiag: events came faster than they were read: some are missing\n",
		      stderr);
	tool->nl.overrun = false;
	return 0;
}

/* It only has to be there, so that the signal ends the wait. */
static void end_wait(int signal)
{
}

/* They come through only where it is waited for events. */
static void hold_signals(void)
{
	struct sigaction action = { .sa_handler = end_wait };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* @err is what asking for the events has led to. */
static int show_events(struct monitor *m, const struct view *event, int err)
{
	if (err)
		return fail(m->tool, err);
	print_header(m->tool, event);
	fflush(m->tool->out);
	return fail(m->tool, nl_events(&m->tool->nl, event, show_event, m));
}

static int show_findings(struct tool *tool)
{
	struct monitor m = { .tool = tool, .print = print_finding };

	return show_events(&m, event_find("finding_event"),
			   nl_join_findings(&tool->nl));
}

static int show_transitions(struct tool *tool, int argc, char **argv)
{
	struct monitor m = { .tool = tool, .print = print_transition };
	struct filter filter = { 0 };
	char why[512];

	if (!filter_parse(&filter, argc, argv, why, sizeof(why)))
		return usage("%s", why);
	return show_events(&m, event_find("transition_event"),
			   nl_subscribe(&tool->nl, TCPDIAG_STREAM_TRANSITIONS,
					&filter));
}

/**
 * run_monitor() - show events until SIGINT
 * @tool: how to run
 * @argc: number of words
 * @argv: the words: [findings | transitions [FILTER]]
 *
 * Return: an exit status.
 */
int run_monitor(struct tool *tool, int argc, char **argv)
{
	if (argc && strcmp(argv[0], "findings") && strcmp(argv[0], "transitions"))
		return usage("monitor shows findings or transitions, not \"%s\"",
			     argv[0]);
	if (argc > 1 && !strcmp(argv[0], "findings"))
		return usage("monitor findings takes no words, but there is \"%s\"",
			     argv[1]);
	hold_signals();
	if (argc && !strcmp(argv[0], "transitions"))
		return show_transitions(tool, argc - 1, argv + 1);
	return show_findings(tool);
}
