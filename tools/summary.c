// SPDX-License-Identifier: GPL-2.0
/*
 * The summary. As text it is /proc/tcpdiag, which the module writes for people;
 * here it gets its colours. As JSON it is put together from the summary's message
 * and the findings.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "escape.h"
#include "findings.h"
#include "json.h"

/* Tests have another. */
#ifndef SUMMARY_FILE
#define SUMMARY_FILE	"/proc/tcpdiag"
#endif

#define BOLD	"\033[1m"

/* Prints a line, whose first @n characters have a colour. */
static void print_begun(const struct tool *tool, char *line, size_t n,
			const char *colour)
{
	char kept = line[n];

	colour_begin(tool, colour);
	line[n] = '\0';
	print_text(tool->out, line);
	colour_end(tool);
	line[n] = kept;
	print_text(tool->out, line + n);
}

/* What comes before the severity: "  2 ", "because of 1: ", "ended 3m07s ago: ". */
static const char *severity_in(const char *line)
{
	const char *colon;

	line += 2;
	if (strspn(line, "0123456789"))
		line += strcspn(line, " ") + 1;
	if (!strncmp(line, "because of ", 11) || !strncmp(line, "ended ", 6)) {
		colon = strstr(line, ": ");
		line = colon ? colon + 2 : line;
	}
	return line;
}

/* "  1 CRITICAL close_wait_leak: ..."; false if the line begins no finding. */
static bool print_finding(const struct tool *tool, char *line)
{
	const char *severity = severity_in(line);
	size_t n = strcspn(severity, " ");
	const char *colour;
	char word[16];

	if (n >= sizeof(word))
		return false;
	memcpy(word, severity, n);
	word[n] = '\0';
	colour = colour_of(word);
	if (!colour)
		return false;
	print_begun(tool, line, severity - line + n, colour);
	return true;
}

static bool is_title(const char *line)
{
	return !strncmp(line, "tcpdiag ", 8) || !strncmp(line, "findings", 8) ||
	       !strncmp(line, "state  ", 7) || !strncmp(line, "algorithm  ", 11);
}

static void print_line(const struct tool *tool, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (is_title(line))
		print_begun(tool, line, strlen(line), BOLD);
	else if (strncmp(line, "  ", 2) || !print_finding(tool, line))
		print_text(tool->out, line);
	fputc('\n', tool->out);
}

static int print_summary(struct tool *tool)
{
	FILE *file = fopen(SUMMARY_FILE, "re");
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	if (!file)
		return -errno;
	while (getline(&line, &size, file) >= 0)
		print_line(tool, line);
	if (ferror(file))
		err = -errno;
	free(line);
	fclose(file);
	return err;
}

static void json_member(struct json *json, const char *key,
			const struct nlattr *attr)
{
	json_key(json, key);
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint64_t):
		json_number(json, mnl_attr_get_u64(attr));
		break;
	default:
		json_number(json, mnl_attr_get_u32(attr));
	}
}

static void json_text(struct json *json, const char *key,
		      const struct nlattr *attr)
{
	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
		return;
	json_key(json, key);
	json_string(json, mnl_attr_get_str(attr));
}

/* What is no list. */
static int json_head(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct json *json = data;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case TCPDIAG_A_SUMMARY_VERSION:
			json_text(json, "version", attr);
			break;
		case TCPDIAG_A_SUMMARY_UPTIME_US:
			json_member(json, "uptime_us", attr);
			break;
		case TCPDIAG_A_SUMMARY_NETNS:
			json_member(json, "netns", attr);
			break;
		case TCPDIAG_A_SUMMARY_OWNERS:
			json_key(json, "owners");
			json_word(json, mnl_attr_get_u8(attr) ? "true" : "false");
			break;
		case TCPDIAG_A_SUMMARY_DEFAULT_CC:
			json_text(json, "default_cc", attr);
			break;
		}
	}
	return 0;
}

static int json_row(const struct row *row, void *data)
{
	struct json *json = data;
	unsigned int i;

	json_open(json, '{');
	for (i = 0; i < row->view->columns; i++) {
		json_key(json, row->view->column[i].name);
		cell_json(json, &row->view->column[i], &row->cell[i]);
	}
	json_close(json, '}');
	return 0;
}

static int json_findings(struct tool *tool, struct json *json)
{
	struct findings findings;
	int err = findings_read(tool, &findings);

	json_key(json, "findings");
	findings_json(json, &findings);
	findings_free(&findings);
	return err;
}

static int json_states(struct tool *tool, struct json *json)
{
	int err;

	json_key(json, "states");
	json_open(json, '[');
	err = nl_dump(&tool->nl, view_find("states"), NULL, json_row, json);
	json_close(json, ']');
	return err;
}

static int json_summary(struct tool *tool)
{
	struct json json = { .out = tool->out, .pretty = tool->pretty };
	int err;

	json_open(&json, '{');
	err = nl_get(&tool->nl, json_head, &json);
	if (!err)
		err = json_findings(tool, &json);
	if (!err)
		err = json_states(tool, &json);
	json_close(&json, '}');
	json_end(&json);
	return err;
}

/**
 * run_summary() - show the summary
 * @tool: how to run
 * @argc: number of words
 * @argv: the words
 *
 * Return: an exit status.
 */
int run_summary(struct tool *tool, int argc, char **argv)
{
	int err;

	if (argc)
		return usage("summary takes no words, but there is \"%s\"",
			     argv[0]);
	if (!tool->json)
		return fail(tool, print_summary(tool));
	err = nl_open(&tool->nl);
	return fail(tool, err ? err : json_summary(tool));
}
