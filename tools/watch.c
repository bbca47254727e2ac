// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command again and again. On a terminal its output stays in place, and words
 * that changed since the last time are shown in reverse; elsewhere one output follows
 * the other.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "human.h"
#include "tool.h"

#define BEGIN	"\033[?1049h\033[?25l"
#define END	"\033[?25h\033[?1049l"
#define HOME	"\033[H"
#define CLEAR	"\033[J"
#define CLEAR_LINE	"\033[K"
#define REVERSE	"\033[7m"
#define RESET	"\033[0m"

/**
 * struct watch - a command that is watched
 * @tool: how to run
 * @interval_us: time between two runs
 * @count: how often; 0 for ever
 * @argc: number of words of the command
 * @argv: the words
 * @live: in place
 * @before: the last output, or NULL
 * @ends: signals that end it
 */
struct watch {
	struct tool *tool;
	uint64_t interval_us;
	uint64_t count;
	int argc;
	char **argv;
	bool live;
	char *before;
	sigset_t ends;
};

/* They are taken in rest(), so that the screen is restored. */
static void hold_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigprocmask(SIG_BLOCK, set, NULL);
}

/* The line that follows, or NULL. */
static const char *next_line(const char *line)
{
	line = line ? strchr(line, '\n') : NULL;
	return line && line[1] ? line + 1 : NULL;
}

/* Whether the word at a column is the same in both lines. */
static bool is_same(const char *before, size_t column, const char *word, size_t len)
{
	size_t length = strcspn(before, "\n");

	return column + len <= length && !strncmp(before + column, word, len) &&
	       (column + len == length || before[column + len] == ' ');
}

static void draw_word(const struct watch *w, const char *word, size_t len,
		      bool same)
{
	char *copy = strndup(word, len);

	if (!copy)
		return;
	if (!same) {
		fputs(REVERSE, stdout);
		fputs(copy, stdout);
		fputs(RESET, stdout);
	} else {
		colour_word(w->tool, copy);
	}
	free(copy);
}

/* A line, cut at the edge; @before is the same line of the last output, or NULL. */
static void draw_line(const struct watch *w, const char *line, const char *before)
{
	size_t end = strcspn(line, "\n"), column = 0;

	if (end > w->tool->width)
		end = w->tool->width;
	while (column < end) {
		size_t blanks = strspn(line + column, " "), len;

		if (blanks > end - column)
			blanks = end - column;
		printf("%*s", (int)blanks, "");
		column += blanks;
		len = strcspn(line + column, "\n ");
		if (len > end - column)
			len = end - column;
		draw_word(w, line + column, len,
			  !before || is_same(before, column, line + column, len));
		column += len;
	}
	puts(CLEAR_LINE);
}

static void find_size(struct tool *tool, unsigned int *height)
{
	struct winsize size;

	*height = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row)
		return;
	*height = size.ws_row;
	tool->width = size.ws_col;
}

static void draw(const struct watch *w, const char *text, unsigned int height)
{
	const char *before = w->before, *line;
	unsigned int row = 0;

	fputs(HOME, stdout);
	for (line = text; line && *line && ++row < height; line = next_line(line)) {
		draw_line(w, line, w->before ? (before ? before : "") : NULL);
		before = next_line(before);
	}
	fputs(CLEAR, stdout);
	fflush(stdout);
}

static int run_once(const struct watch *w, char **text)
{
	struct tool tool = *w->tool;
	size_t size;
	int status;

	tool.out = open_memstream(text, &size);
	if (!tool.out)
		return fail(w->tool, -ENOMEM);
	if (w->live)
		tool.colour = false;
	status = command_run(&tool, w->argc, w->argv);
	nl_close(&tool.nl);
	fclose(tool.out);
	return status;
}

/* What was said about the failure went away with the screen: try once more. */
static int say_why(const struct watch *w, int status)
{
	char *text = NULL;

	if (!w->live)
		return status;
	fputs(END, stdout);
	fflush(stdout);
	run_once(w, &text);
	free(text);
	return status;
}

static void show(struct watch *w, char *text, bool first)
{
	unsigned int height;

	if (w->live) {
		if (first)
			fputs(BEGIN, stdout);
		find_size(w->tool, &height);
		draw(w, text, height);
		free(w->before);
		w->before = text;
		return;
	}
	if (!first)
		fputc('\n', w->tool->out);
	fputs(text, w->tool->out);
	fflush(w->tool->out);
	free(text);
}

/* False if somebody wants it to end. */
static bool rest(const struct watch *w)
{
	struct timespec time = {
		.tv_sec = w->interval_us / 1000000,
		.tv_nsec = w->interval_us % 1000000 * 1000,
	};

	return sigtimedwait(&w->ends, NULL, &time) < 0;
}

static int watch(struct watch *w)
{
	uint64_t n = 0;
	int status;

	do {
		char *text = NULL;

		status = run_once(w, &text);
		if (status) {
			free(text);
			return n ? say_why(w, status) : status;
		}
		show(w, text, !n);
	} while (++n != w->count && rest(w));
	return STATUS_OK;
}

/* The words before the command. False if one of them is wrong, which is said. */
static bool parse(struct watch *w)
{
	while (w->argc >= 2) {
		const char *word = w->argv[1];

		if (!strcmp(w->argv[0], "interval")) {
			if (!parse_duration(word, &w->interval_us) ||
			    w->interval_us < 100000)
				return !usage("\"%s\" is no interval of 100ms or more", word);
		} else if (!strcmp(w->argv[0], "count")) {
			if (!parse_number(word, UINT64_MAX, &w->count))
				return !usage("\"%s\" is no number", word);
		} else {
			break;
		}
		w->argc -= 2;
		w->argv += 2;
	}
	if (w->argc && !strncmp("watch", w->argv[0], strlen(w->argv[0])))
		return !usage("watch does not watch itself");
	if (w->argc && strlen(w->argv[0]) > 1 &&
	    !strncmp("monitor", w->argv[0], strlen(w->argv[0])))
		return !usage("monitor does not end by itself");
	return true;
}

/**
 * run_watch() - run a command again and again
 * @tool: how to run
 * @argc: number of words
 * @argv: the words: [interval TIME] [count N] [COMMAND...]
 *
 * Return: an exit status.
 */
int run_watch(struct tool *tool, int argc, char **argv)
{
	struct watch w = {
		.tool = tool,
		.interval_us = 2000000,
		.argc = argc,
		.argv = argv,
		.live = isatty(STDOUT_FILENO) && !tool->json,
	};
	int status;

	if (!parse(&w))
		return STATUS_USAGE;
	hold_signals(&w.ends);
	status = watch(&w);
	if (w.before)
		fputs(END, stdout);
	free(w.before);
	return status;
}
