// SPDX-License-Identifier: GPL-2.0
/*
 * Reads findings and shows them: a paragraph each for people, an object each in
 * JSON.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "findings.h"
#include "human.h"
#include "json.h"

/* Before the text of a part: "  application  ". */
#define INDENT	15

static struct finding *find(struct findings *findings, uint64_t n)
{
	unsigned int last = findings->n;
	struct finding *more;

	if (last && findings->finding[last - 1].n == n)
		return &findings->finding[last - 1];
	more = realloc(findings->finding, (last + 1) * sizeof(*more));
	if (!more)
		return NULL;
	findings->finding = more;
	findings->n++;
	memset(&more[last], 0, sizeof(*more));
	more[last].n = n;
	return &more[last];
}

static int add_part(const struct row *row, void *data)
{
	struct finding *f = find(data, row_number(row, "n"));
	char *text;

	if (!f)
		return -ENOMEM;
	if (f->parts == PARTS_MAX)
		return 0;
	text = strdup(row_text(row, "text"));
	if (!text)
		return -ENOMEM;
	escape_name(f->severity, sizeof(f->severity), row_text(row, "severity"));
	escape_name(f->code, sizeof(f->code), row_text(row, "code"));
	escape_name(f->part[f->parts].name, sizeof(f->part[0].name),
		    row_text(row, "part"));
	f->part[f->parts++].text = text;
	return 0;
}

/*
 * The limit of orphans, which the kernel shows to no module. It is the whole
 * machine's, so there is no such file in a network namespace of a container.
 */
static bool read_max_orphans(uint64_t *limit)
{
	char path[PATH_MAX];
	FILE *file;
	bool is;

	snprintf(path, sizeof(path), "%s/proc/sys/net/ipv4/tcp_max_orphans",
		 nl_root());
	file = fopen(path, "re");
	if (!file)
		return false;
	is = fscanf(file, "%" SCNu64, limit) == 1;
	fclose(file);
	return is;
}

/* Without memory the text stays as it is. */
static void add_max_orphans(struct finding *f)
{
	uint64_t limit;
	unsigned int p;
	char *more;

	if (strcmp(f->code, "orphans") || !read_max_orphans(&limit))
		return;
	for (p = 0; p < f->parts; p++) {
		if (strcmp(f->part[p].name, "evidence") ||
		    asprintf(&more, "%s max_orphans=%" PRIu64, f->part[p].text,
			     limit) < 0)
			continue;
		free(f->part[p].text);
		f->part[p].text = more;
	}
}

/**
 * findings_read() - read all findings
 * @tool: whose connection is used
 * @findings: set to them; findings_free() is called in any case
 *
 * Return: 0, or a negative errno.
 */
int findings_read(struct tool *tool, struct findings *findings)
{
	unsigned int i;
	int err;

	memset(findings, 0, sizeof(*findings));
	err = nl_dump(&tool->nl, view_find("findings"), NULL, add_part,
		      findings);
	for (i = 0; i < findings->n; i++)
		add_max_orphans(&findings->finding[i]);
	return err;
}

/**
 * findings_free() - free findings
 * @findings: the findings
 */
void findings_free(struct findings *findings)
{
	unsigned int i, p;

	for (i = 0; i < findings->n; i++)
		for (p = 0; p < findings->finding[i].parts; p++)
			free(findings->finding[i].part[p].text);
	free(findings->finding);
	memset(findings, 0, sizeof(*findings));
}

/**
 * finding_part() - a part of a finding
 * @finding: the finding
 * @name: name of the part
 *
 * Return: its text, or "".
 */
const char *finding_part(const struct finding *finding, const char *name)
{
	unsigned int p;

	for (p = 0; p < finding->parts; p++)
		if (!strcmp(finding->part[p].name, name))
			return finding->part[p].text;
	return "";
}

/**
 * findings_count() - how many findings are of a severity
 * @findings: the findings
 * @severity: the severity
 *
 * Return: how many.
 */
unsigned int findings_count(const struct findings *findings,
			    const char *severity)
{
	unsigned int i, n = 0;

	for (i = 0; i < findings->n; i++)
		n += !strcmp(findings->finding[i].severity, severity);
	return n;
}

static void json_finding(struct json *json, const struct finding *f)
{
	unsigned int p;

	json_open(json, '{');
	json_key(json, "n");
	json_number(json, f->n);
	json_key(json, "severity");
	json_string(json, f->severity);
	json_key(json, "code");
	json_string(json, f->code);
	for (p = 0; p < f->parts; p++) {
		json_key(json, f->part[p].name);
		json_string(json, f->part[p].text);
	}
	json_close(json, '}');
}

/**
 * findings_json() - write findings as an array
 * @json: the text
 * @findings: the findings
 */
void findings_json(struct json *json, const struct findings *findings)
{
	unsigned int i;

	json_open(json, '[');
	for (i = 0; i < findings->n; i++)
		json_finding(json, &findings->finding[i]);
	json_close(json, ']');
}

/* Whole words that fit into a line; at least one. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strcspn(text, " ");

	while (text[n] == ' ') {
		size_t word = 1 + strcspn(text + n + 1, " ");

		if (n + word > width)
			break;
		n += word;
	}
	return n;
}

static void print_wrapped(const struct tool *tool, const char *text)
{
	size_t width = tool->width > 2 * INDENT ? tool->width - INDENT : 0;

	while (width && *text) {
		size_t n = line_length(text, width);
		char *line = strndup(text, n);

		if (!line)
			break;
		print_text(tool->out, line);
		free(line);
		text += n;
		text += strspn(text, " ");
		if (*text)
			fprintf(tool->out, "\n%*s", INDENT, "");
	}
	print_text(tool->out, text);
	fputc('\n', tool->out);
}

static void print_finding(const struct tool *tool, const struct finding *f)
{
	unsigned int p;

	colour_word(tool, f->severity);
	fprintf(tool->out, " %s (%llu)\n", f->code, (unsigned long long)f->n);
	for (p = 0; p < f->parts; p++) {
		fprintf(tool->out, "  %-*s", INDENT - 2, f->part[p].name);
		print_wrapped(tool, f->part[p].text);
	}
}

static void print_findings(const struct tool *tool,
			   const struct findings *findings)
{
	unsigned int i;

	if (!findings->n)
		fputs("no findings\n", tool->out);
	for (i = 0; i < findings->n; i++) {
		if (i)
			fputc('\n', tool->out);
		print_finding(tool, &findings->finding[i]);
	}
}

/**
 * findings_print() - print the findings of a code, each whole
 * @tool: how to run
 * @findings: all findings
 * @code: the code
 * @head: what to print before the first one
 */
void findings_print(const struct tool *tool, const struct findings *findings,
		    const char *code, const char *head)
{
	unsigned int i;

	for (i = 0; i < findings->n; i++) {
		if (strcmp(findings->finding[i].code, code))
			continue;
		fprintf(tool->out, "\n%s", head);
		head = "";
		print_finding(tool, &findings->finding[i]);
	}
}

/* What has ended is shown for so long, as on the page. */
#define ENDED_US	3600000000ULL

/**
 * struct past - the last change of a finding
 * @ended: it was cleared lately, and never raised again
 * @severity: its last severity
 * @key: what tells it from others: code, process and ports
 * @ago_us: when it was cleared
 * @stood_us: how long it had stood
 * @text: its sentence
 */
struct past {
	bool ended;
	char severity[16];
	char key[160];
	uint64_t ago_us;
	uint64_t stood_us;
	char *text;
};

/**
 * struct pasts - all findings of the history
 * @n: how many
 * @past: their last changes
 */
struct pasts {
	unsigned int n;
	struct past *past;
};

static struct past *find_past(struct pasts *pasts, const char *key)
{
	struct past *more;
	unsigned int i;

	for (i = 0; i < pasts->n; i++)
		if (!strcmp(pasts->past[i].key, key))
			return &pasts->past[i];
	more = realloc(pasts->past, (i + 1) * sizeof(*more));
	if (!more)
		return NULL;
	pasts->past = more;
	pasts->n++;
	memset(&more[i], 0, sizeof(*more));
	snprintf(more[i].key, sizeof(more[i].key), "%s", key);
	return &more[i];
}

/* Rows come in the order of time. */
static int add_change(const struct row *row, void *data)
{
	struct past *past;
	char key[160];

	snprintf(key, sizeof(key), "%s %s %llu %llu", row_text(row, "code"),
		 row_text(row, "comm"),
		 (unsigned long long)row_number(row, "port"),
		 (unsigned long long)row_number(row, "peer_port"));
	past = find_past(data, key);
	if (!past)
		return -ENOMEM;
	free(past->text);
	past->text = strdup(row_text(row, "text"));
	if (!past->text)
		return -ENOMEM;
	escape_name(past->severity, sizeof(past->severity),
		    row_text(row, "severity"));
	past->ago_us = row_number(row, "ago_us");
	past->stood_us = row_number(row, "stood_us");
	past->ended = !strcmp(row_text(row, "event"), "cleared") &&
		      strcmp(past->severity, "NOTE") &&
		      past->ago_us <= ENDED_US;
	return 0;
}

static void print_past(const struct tool *tool, const struct past *past)
{
	char ago[HUMAN_LEN], stood[HUMAN_LEN], code[64];

	escape_name(code, sizeof(code), past->key);
	code[strcspn(code, " \\")] = '\0';
	human_duration(ago, past->ago_us);
	human_duration(stood, past->stood_us);
	fprintf(tool->out, "\nended %s ago: %s %s, stood for %s\n", ago,
		past->severity, code, stood);
	if (*past->text) {
		fprintf(tool->out, "  %-*s", INDENT - 2, "what");
		print_wrapped(tool, past->text);
	}
}

/* A module that has no history yet has nothing that ended. */
static int print_ended(struct tool *tool)
{
	struct pasts pasts = { 0 };
	unsigned int i;
	int err;

	err = nl_dump(&tool->nl, view_find("history"), NULL, add_change,
		      &pasts);
	for (i = 0; i < pasts.n; i++) {
		if (!err && pasts.past[i].ended)
			print_past(tool, &pasts.past[i]);
		free(pasts.past[i].text);
	}
	free(pasts.past);
	return err == -EOPNOTSUPP ? 0 : err;
}

static int show_findings(struct tool *tool)
{
	struct json json = { .out = tool->out, .pretty = tool->pretty };
	struct findings findings;
	int err = findings_read(tool, &findings);

	if (!err && tool->json) {
		findings_json(&json, &findings);
		json_end(&json);
	} else if (!err) {
		print_findings(tool, &findings);
		err = print_ended(tool);
	}
	findings_free(&findings);
	return fail(tool, err);
}

/**
 * run_findings() - show all findings
 * @tool: how to run
 * @argc: number of words
 * @argv: the words
 *
 * Return: an exit status.
 */
int run_findings(struct tool *tool, int argc, char **argv)
{
	if (argc || tool->oneline || tool->columns)
		return run_view(tool, view_find("findings"), argc, argv);
	return show_findings(tool);
}
