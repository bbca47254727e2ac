// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that show a view, and how each takes words on the command line.
 */
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "filter.h"
#include "json.h"
#include "tool.h"

static int find_owners(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	bool *owners = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == TCPDIAG_A_SUMMARY_OWNERS &&
		    mnl_attr_validate(attr, MNL_TYPE_U8) >= 0)
			*owners = mnl_attr_get_u8(attr);
	return 0;
}

/* Tells a person why names are missing. */
static void tell_owners(struct tool *tool, const struct view *view)
{
	bool owners = true;

	if (!tool->width || tool->json || view_column(view, "pid", 3) < 0)
		return;
	if (!nl_get(&tool->nl, find_owners, &owners) && !owners)
		fputs("tcpdiag: owners are shown to CAP_NET_ADMIN over this network namespace\n",
		      stderr);
}

/**
 * run_view() - show a view that takes no words
 * @tool: how to run
 * @view: the view
 * @argc: number of words
 * @argv: the words
 *
 * Return: an exit status.
 */
int run_view(struct tool *tool, const struct view *view, int argc, char **argv)
{
	int status;

	if (argc)
		return usage("%s takes no words, but there is \"%s\"",
			     view->name, argv[0]);
	status = show_view(tool, view, NULL);
	if (!status)
		tell_owners(tool, view);
	return status;
}

/**
 * run_sockets() - show the sockets that a filter wants
 * @tool: how to run
 * @argc: number of words
 * @argv: the filter
 *
 * Return: an exit status.
 */
int run_sockets(struct tool *tool, int argc, char **argv)
{
	const struct view *view = view_find("sockets");
	struct filter filter = { 0 };
	char why[512];
	int status;

	if (!filter_parse(&filter, argc, argv, why, sizeof(why)))
		return usage("%s", why);
	status = show_view(tool, view, &filter);
	if (!status)
		tell_owners(tool, view);
	return status;
}

/* An object: name and value. */
static int self_member(const struct row *row, void *data)
{
	int value = view_column(row->view, "value", strlen("value"));
	struct json *json = data;

	json_key(json, row_text(row, "name"));
	cell_json(json, &row->view->column[value], &row->cell[value]);
	return 0;
}

/**
 * run_self() - show what the module says of itself; as JSON, one object
 * @tool: how to run
 * @argc: number of words
 * @argv: the words
 *
 * Return: an exit status.
 */
int run_self(struct tool *tool, int argc, char **argv)
{
	struct json json = { .out = tool->out, .pretty = tool->pretty };
	const struct view *view = view_find("self");
	int err;

	if (!tool->json || tool->columns || argc)
		return run_view(tool, view, argc, argv);
	json_open(&json, '{');
	err = nl_dump(&tool->nl, view, NULL, self_member, &json);
	json_close(&json, '}');
	json_end(&json);
	return fail(tool, err);
}

#define RUN_VIEW(name) \
	int run_##name(struct tool *tool, int argc, char **argv) \
	{ \
		return run_view(tool, view_find(#name), argc, argv); \
	}

RUN_VIEW(states)
RUN_VIEW(transitions)
RUN_VIEW(histograms)
RUN_VIEW(close_wait)
RUN_VIEW(time_wait)
RUN_VIEW(ports)
RUN_VIEW(listeners)
RUN_VIEW(handshake)
RUN_VIEW(history)
RUN_VIEW(resets)
RUN_VIEW(stalls)
RUN_VIEW(flows)
RUN_VIEW(congestion)
