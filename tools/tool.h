/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcpdiag: what its commands share.
 */
#ifndef TCPDIAG_TOOLS_TOOL_H
#define TCPDIAG_TOOLS_TOOL_H

#include <stdbool.h>
#include <stdio.h>

#include "nl.h"
#include "row.h"
#include "table.h"

/**
 * enum status - exit status
 * @STATUS_OK: all went well
 * @STATUS_FAILED: something else failed
 * @STATUS_USAGE: the command line is wrong
 * @STATUS_NOT_LOADED: the module is not loaded
 * @STATUS_NO_RIGHTS: not permitted
 */
enum status {
	STATUS_OK,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_NOT_LOADED,
	STATUS_NO_RIGHTS,
};

/**
 * struct tool - how to run
 * @out: where output goes
 * @json: as JSON
 * @pretty: JSON in lines, indented
 * @oneline: rows as in the files under /proc/net/tcpdiag
 * @header: with a header
 * @colour: with colours
 * @all_netns: of all network namespaces
 * @family: only this family of addresses; 0 for all
 * @columns: names of columns that are wanted; NULL for all that fit
 * @width: of the terminal; 0 if there is none
 * @nl: the connection to the module
 */
struct tool {
	FILE *out;
	bool json;
	bool pretty;
	bool oneline;
	bool header;
	bool colour;
	bool all_netns;
	int family;
	const char *columns;
	unsigned int width;
	struct nl nl;
};

/* tcpdiag.c */
int command_run(struct tool *tool, int argc, char **argv);

/* fail.c */
__printf(2, 3)
int complain(int status, const char *format, ...);
/* Says what is wrong with the command line; STATUS_USAGE. */
#define usage(...)	complain(STATUS_USAGE, __VA_ARGS__)
int fail(struct tool *tool, int err);
void fail_text(struct tool *tool, int err, char *buf, size_t size);
int fail_status(int err);

/* pick.c */
unsigned int pick_all(const struct view *view, unsigned int *pick);
unsigned int pick_named(const struct tool *tool, const struct view *view,
			unsigned int *pick);
unsigned int pick_for_people(const struct view *view, unsigned int *pick);

/* show.c */
struct filter;
int show_view(struct tool *tool, const struct view *view,
	      const struct filter *filter);

/* grid.c */
int show_grid(struct tool *tool, const struct view *view,
	      const struct filter *filter, const unsigned int *pick,
	      unsigned int n, bool chosen);

/* colour.c */
const char *colour_of(const char *word);
void colour_word(const struct tool *tool, const char *word);
void colour_begin(const struct tool *tool, const char *colour);
void colour_end(const struct tool *tool);

/* Commands, each in the file of its name; those of views in view.c. */
int run_view(struct tool *tool, const struct view *view, int argc, char **argv);
int run_sockets(struct tool *tool, int argc, char **argv);
int run_states(struct tool *tool, int argc, char **argv);
int run_transitions(struct tool *tool, int argc, char **argv);
int run_histograms(struct tool *tool, int argc, char **argv);
int run_close_wait(struct tool *tool, int argc, char **argv);
int run_time_wait(struct tool *tool, int argc, char **argv);
int run_ports(struct tool *tool, int argc, char **argv);
int run_listeners(struct tool *tool, int argc, char **argv);
int run_handshake(struct tool *tool, int argc, char **argv);
int run_history(struct tool *tool, int argc, char **argv);
int run_resets(struct tool *tool, int argc, char **argv);
int run_stalls(struct tool *tool, int argc, char **argv);
int run_flows(struct tool *tool, int argc, char **argv);
int run_congestion(struct tool *tool, int argc, char **argv);
int run_self(struct tool *tool, int argc, char **argv);
int run_summary(struct tool *tool, int argc, char **argv);
int run_findings(struct tool *tool, int argc, char **argv);
int run_explain(struct tool *tool, int argc, char **argv);
int run_trace(struct tool *tool, int argc, char **argv);
int run_watch(struct tool *tool, int argc, char **argv);
int run_monitor(struct tool *tool, int argc, char **argv);
int run_metrics(struct tool *tool, int argc, char **argv);
int run_check(struct tool *tool, int argc, char **argv);

#endif /* TCPDIAG_TOOLS_TOOL_H */
