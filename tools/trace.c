// SPDX-License-Identifier: GPL-2.0
/*
 * Draws connections as they happen, as the ladders of the textbooks, or writes
 * their segments and changes of state as JSON, one object a line. The module sends
 * both; here they are put into the order of their times.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/tcpdiag.h>

#include "filter.h"
#include "heard.h"
#include "human.h"
#include "tool.h"
#include "trace-json.h"

/* For what a connection that has ended still sends: a RST, and its reason. */
#define LINGER_US	200000
/* What waits to be shown is looked at so often. */
#define TURN_MS		20
/* The module ends a trace in time; if it cannot say so, this program does. */
#define LATE_US		2000000

/**
 * struct trace - a trace
 * @tool: how to run
 * @filter: which segments
 * @segments: it ends after so many; 0 for what the module thinks right
 * @per_s: at most so many in a second; 0 for the same
 * @time_us: it ends after this time; 0 for the same
 * @connections: it ends after so many connections have; 0 for no limit
 * @signals: descriptor of the signals that end it
 * @stop_us: it ends then, CLOCK_MONOTONIC; 0 for not yet
 * @late_us: it should have ended by then
 * @ended: it has ended
 * @told: the module has said so, and how much was lost
 * @reason: why, as the module says
 * @hearing: messages that are not shown yet
 * @ladder: the drawing
 * @json: in place of it
 * @drawn: segments that were shown
 * @missed: those that were not
 */
struct trace {
	struct tool *tool;
	struct filter filter;
	uint64_t segments;
	uint64_t per_s;
	uint64_t time_us;
	uint64_t connections;
	int signals;
	uint64_t stop_us;
	uint64_t late_us;
	bool ended;
	bool told;
	char reason[16];
	struct hearing hearing;
	struct ladder ladder;
	struct trace_json json;
	uint64_t drawn;
	uint64_t missed;
};

static uint64_t clock_us(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000ULL + time.tv_nsec / 1000;
}

/* -- the command line ----------------------------------------------------- */

static const struct {
	const char *name;
	size_t place;
	bool is_time;
	uint64_t max;
} words[] = {
	{ "segments", offsetof(struct trace, segments), false, UINT32_MAX },
	{ "rate", offsetof(struct trace, per_s), false, TCPDIAG_TRACE_PER_S_MAX },
	{ "time", offsetof(struct trace, time_us), true,
	  TCPDIAG_TRACE_S_MAX * 1000000ULL },
	{ "connections", offsetof(struct trace, connections), false, UINT32_MAX },
};

static int find_word(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].name, name))
			return i;
	return -1;
}

/* 0 is no limit to anything here. */
static bool parse_limit(struct trace *t, int i, const char *text)
{
	uint64_t *n = (uint64_t *)((char *)t + words[i].place);
	bool good = words[i].is_time ? parse_duration(text, n) :
				       parse_number(text, words[i].max, n);

	if (good && *n && *n <= words[i].max)
		return true;
	return !usage("\"%s\" is no limit of %s%s", text, words[i].name,
		      words[i].is_time ? ": 90s, 5m, at most a day" : "");
}

/* The family is a condition like the others, so that the kernel sifts. */
static void add_family(struct trace *t)
{
	if (t->tool->family && !t->filter.local.family)
		t->filter.local.family = t->tool->family;
}

static bool parse(struct trace *t, int argc, char **argv)
{
	char why[256];

	while (argc && find_word(argv[0]) >= 0) {
		if (argc == 1)
			return !usage("nothing follows \"%s\"", argv[0]);
		if (!parse_limit(t, find_word(argv[0]), argv[1]))
			return false;
		argc -= 2;
		argv += 2;
	}
	if (!filter_parse(&t->filter, argc, argv, why, sizeof(why)))
		return !usage("%s", why);
	if (!filter_is_of_ends(&t->filter))
		return !usage("a trace has the conditions sport, dport, src and dst only");
	add_family(t);
	return true;
}

/* -- what is shown -------------------------------------------------------- */

static bool is_utf8(const struct tool *tool)
{
	const char *locale = getenv("LC_ALL");

	if (!locale || !*locale)
		locale = getenv("LC_CTYPE");
	if (!locale || !*locale)
		locale = getenv("LANG");
	return tool->width && locale &&
	       (strcasestr(locale, "UTF-8") || strcasestr(locale, "utf8"));
}

static void miss(struct trace *t, uint64_t n, const char *why)
{
	char line[128];

	if (!n)
		return;
	t->missed += n;
	if (t->tool->json) {
		trace_json_missed(&t->json, n, why);
		return;
	}
	snprintf(line, sizeof(line), "%" PRIu64 " event%s not shown: %s", n,
		 n == 1 ? "" : "s", why);
	ladder_note(&t->ladder, line);
}

/* Even what the module said at the end found no room. */
static void miss_the_end(struct trace *t)
{
	static const char why[] = "they came too fast to be read";
	char line[128];

	snprintf(t->reason, sizeof(t->reason), "asked");
	if (t->tool->json) {
		trace_json_missed(&t->json, 0, why);
		return;
	}
	snprintf(line, sizeof(line), "the last events are not shown: %s", why);
	ladder_note(&t->ladder, line);
}

static bool draw(struct trace *t, const struct heard *heard)
{
	switch (heard->kind) {
	case HEARD_SEGMENT:
		return ladder_segment(&t->ladder, &heard->segment);
	case HEARD_CHANGE:
		return ladder_change(&t->ladder, &heard->change);
	case HEARD_RESET:
		return ladder_reset(&t->ladder, &heard->reset);
	default:
		return true;
	}
}

static void show(struct trace *t, const struct heard *heard)
{
	const struct flows *flows = t->tool->json ? &t->json.flows :
						    &t->ladder.flows;

	miss(t, heard->limited, "more than the rate allows");
	miss(t, heard->lost, "they came too fast to be read");
	t->drawn += heard->kind == HEARD_SEGMENT;
	if (t->tool->json)
		trace_json(&t->json, heard);
	else if (!draw(t, heard))
		miss(t, 1, "there are too many connections");
	if (t->connections && flows->overs >= t->connections && !t->stop_us)
		t->stop_us = clock_us(CLOCK_MONOTONIC) + LINGER_US;
}

static void show_until(struct trace *t, uint64_t us)
{
	struct heard heard;

	while (hearing_next(&t->hearing, us, &heard))
		show(t, &heard);
	if (!t->tool->json)
		ladder_rest(&t->ladder, clock_us(CLOCK_REALTIME));
	fflush(t->tool->out);
}

static const struct {
	const char *reason;
	const char *words;
} ends[] = {
	{ "segments", "as many segments as it may show" },
	{ "time", "its time is over" },
	{ "unloaded", "the module was unloaded" },
};

static void show_end(struct trace *t)
{
	FILE *out = t->tool->out;
	size_t i;

	if (t->tool->json) {
		trace_json_end(&t->json, t->reason);
		return;
	}
	ladder_end(&t->ladder);
	fprintf(out, "\n%" PRIu64 " segment%s shown, %" PRIu64 " event%s %snot",
		t->drawn, t->drawn == 1 ? "" : "s", t->missed,
		t->missed == 1 ? "" : "s", t->told ? "" : "or more ");
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (!strcmp(ends[i].reason, t->reason))
			fprintf(out, "; it ended: %s", ends[i].words);
	fputc('\n', out);
}

/* -- the module ----------------------------------------------------------- */

static void put_trace(struct nlmsghdr *nlh, const void *data)
{
	const struct trace *t = data;

	filter_put_nest(nlh, TCPDIAG_A_TRACE_FILTER, &t->filter);
	if (t->segments)
		mnl_attr_put_u32(nlh, TCPDIAG_A_TRACE_SEGMENTS, t->segments);
	if (t->per_s)
		mnl_attr_put_u32(nlh, TCPDIAG_A_TRACE_PER_S, t->per_s);
	if (t->time_us)
		mnl_attr_put_u64(nlh, TCPDIAG_A_TRACE_TIME_US, t->time_us);
}

static void put_subscription(struct nlmsghdr *nlh, const void *data)
{
	const struct trace *t = data;

	mnl_attr_put_u32(nlh, TCPDIAG_A_SUBSCRIPTION_STREAM,
			 TCPDIAG_STREAM_TRANSITIONS);
	filter_put_nest(nlh, TCPDIAG_A_SUBSCRIPTION_FILTER, &t->filter);
}

static void put_end(struct nlmsghdr *nlh, const void *data)
{
	mnl_attr_put_u32(nlh, TCPDIAG_A_SUBSCRIPTION_STREAM,
			 TCPDIAG_STREAM_SEGMENTS);
}

static int hear(const struct nlmsghdr *nlh, void *data)
{
	struct trace *t = data;
	struct heard heard;

	if (!heard_read(&heard, nlh))
		return 0;
	if (heard.kind == HEARD_END) {
		snprintf(t->reason, sizeof(t->reason), "%s", heard.reason);
		t->ended = true;
		t->told = true;
	}
	heard.came_us = clock_us(CLOCK_MONOTONIC);
	return hearing_add(&t->hearing, &heard) ? 0 : -ENOMEM;
}

static int begin(struct trace *t)
{
	struct nl *nl = &t->tool->nl;
	int err;

	err = nl_ask(nl, TCPDIAG_CMD_SUBSCRIBE, put_subscription, t, hear, t) ?:
	      nl_ask(nl, TCPDIAG_CMD_TRACE, put_trace, t, hear, t);
	if (!err)
		fputs("tcpdiag: tracing; Ctrl-C ends it\n", stderr);
	return err;
}

/* What waits in the socket still belongs to it. */
static int drain(struct trace *t)
{
	struct pollfd fd = { .fd = nl_fd(&t->tool->nl), .events = POLLIN };
	int err = 0;

	while (!err && poll(&fd, 1, 0) > 0)
		err = nl_listen(&t->tool->nl, hear, t);
	return err;
}

static int stop(struct trace *t)
{
	int err;

	err = nl_ask(&t->tool->nl, TCPDIAG_CMD_UNSUBSCRIBE, put_end, t, hear, t);
	/* it may have ended meanwhile */
	if (err && !t->ended)
		return err;
	t->ended = true;
	return 0;
}

/* -- the loop ------------------------------------------------------------- */

/* Where signals are read, so that they end it in order. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Until something comes, or something that came is due; a second at most. */
static int wait_ms(const struct trace *t)
{
	bool waits = t->hearing.first < t->hearing.n || t->ladder.first ||
		     t->stop_us;

	return waits ? TURN_MS : 1000;
}

/* One turn: wait, hear, show. */
static int turn(struct trace *t)
{
	struct pollfd fds[] = {
		{ .fd = nl_fd(&t->tool->nl), .events = POLLIN },
		{ .fd = t->signals, .events = POLLIN },
	};
	uint64_t now;
	int err = 0;

	if (poll(fds, ARRAY_SIZE(fds), wait_ms(t)) < 0 && errno != EINTR)
		return -errno;
	if (fds[0].revents)
		err = nl_listen(&t->tool->nl, hear, t);
	now = clock_us(CLOCK_MONOTONIC);
	show_until(t, now);
	if (err || t->ended)
		return err;
	if (now >= t->late_us)
		t->stop_us = now;
	return fds[1].revents || (t->stop_us && now >= t->stop_us) ? stop(t) : 0;
}

static int run(struct trace *t)
{
	int err;

	err = begin(t);
	t->late_us = clock_us(CLOCK_MONOTONIC) + LATE_US +
		     (t->time_us ?: TCPDIAG_TRACE_S * 1000000ULL);
	while (!err && !t->ended)
		err = turn(t);
	if (!err)
		err = drain(t);
	show_until(t, UINT64_MAX);
	if (!err && !t->told)
		miss_the_end(t);
	return err;
}

/**
 * run_trace() - draw connections as they happen
 * @tool: how to run
 * @argc: number of words
 * @argv: the words: limits, then a filter
 *
 * Return: an exit status.
 */
int run_trace(struct tool *tool, int argc, char **argv)
{
	struct trace t = { .tool = tool };
	int err;

	if (!parse(&t, argc, argv))
		return STATUS_USAGE;
	t.signals = open_signals();
	if (t.signals < 0)
		return fail(tool, -errno);
	ladder_init(&t.ladder, tool, is_utf8(tool));
	trace_json_init(&t.json, tool->out);
	err = run(&t);
	if (!err)
		show_end(&t);
	hearing_free(&t.hearing);
	flows_free(&t.ladder.flows);
	flows_free(&t.json.flows);
	close(t.signals);
	return err ? fail(tool, err) : STATUS_OK;
}
