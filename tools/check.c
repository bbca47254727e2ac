// SPDX-License-Identifier: GPL-2.0
/*
 * A probe for Nagios and its heirs: one line with figures behind a |, and the exit
 * status that they expect. The worst finding decides; what cannot be known, for
 * whatever reason, is UNKNOWN.
 */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "findings.h"

enum verdict {
	PROBE_OK,
	PROBE_WARNING,
	PROBE_CRITICAL,
	PROBE_UNKNOWN,
};

/* Codes that are looked at, or not. */
#define CODES_MAX	32

/**
 * struct probe - what is looked at
 * @only: codes of findings, if any are named
 * @ignored: codes of findings that do not count
 * @onlys: how many
 * @ignoreds: how many
 */
struct probe {
	const char *only[CODES_MAX];
	const char *ignored[CODES_MAX];
	unsigned int onlys;
	unsigned int ignoreds;
};

static bool is_in(const char *const *codes, unsigned int n, const char *code)
{
	while (n--)
		if (!strcmp(codes[n], code))
			return true;
	return false;
}

static bool counts(const struct probe *probe, const struct finding *f)
{
	if (probe->onlys && !is_in(probe->only, probe->onlys, f->code))
		return false;
	return !is_in(probe->ignored, probe->ignoreds, f->code);
}

static enum verdict verdict_of(const struct finding *f)
{
	if (!strcmp(f->severity, "CRITICAL"))
		return PROBE_CRITICAL;
	return !strcmp(f->severity, "WARNING") ? PROBE_WARNING : PROBE_OK;
}

/* A | begins the figures, and a line feed ends the answer. */
static void print_line(FILE *out, const char *text)
{
	char buf[2048], *bar;

	escape_text(buf, sizeof(buf), text);
	while ((bar = strchr(buf, '|')))
		*bar = '/';
	fputs(buf, out);
}

static int print_unknown(struct tool *tool, const char *text)
{
	fputs("TCPDIAG UNKNOWN - ", tool->out);
	print_line(tool->out, text);
	fputc('\n', tool->out);
	return PROBE_UNKNOWN;
}

static int add_state(const struct row *row, void *data)
{
	const char *state = row_text(row, "state");
	FILE *out = data;

	if (row_known(row, "now"))
		fprintf(out, " '%s'=%" PRIu64, state, row_number(row, "now"));
	return 0;
}

/* How many findings of each verdict count. */
static void count(const struct probe *probe, const struct findings *findings,
		  unsigned int *n, const struct finding **worst)
{
	unsigned int i;

	for (i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->finding[i];

		if (!counts(probe, f))
			continue;
		n[verdict_of(f)]++;
		if (!*worst || verdict_of(f) > verdict_of(*worst))
			*worst = f;
	}
}

static int answer(struct tool *tool, const struct probe *probe,
		  const struct findings *findings)
{
	static const char *const words[] = { "OK", "WARNING", "CRITICAL" };
	unsigned int n[PROBE_UNKNOWN] = { 0 }, all;
	const struct finding *worst = NULL;
	enum verdict verdict;

	count(probe, findings, n, &worst);
	all = n[PROBE_OK] + n[PROBE_WARNING] + n[PROBE_CRITICAL];
	verdict = worst ? verdict_of(worst) : PROBE_OK;
	fprintf(tool->out, "TCPDIAG %s - ", words[verdict]);
	if (worst) {
		fprintf(tool->out, "%s: ", worst->code);
		print_line(tool->out, finding_part(worst, "what"));
	} else {
		fputs("no findings", tool->out);
	}
	if (all > 1)
		fprintf(tool->out, " (and %u more)", all - 1);
	fprintf(tool->out, " | criticals=%u;;0 warnings=%u;0 notes=%u",
		n[PROBE_CRITICAL], n[PROBE_WARNING], n[PROBE_OK]);
	return verdict;
}

static int probe_module(struct tool *tool, const struct probe *probe)
{
	struct findings findings;
	int err, verdict = PROBE_UNKNOWN;
	char text[512];

	err = nl_open(&tool->nl);
	if (!err) {
		err = findings_read(tool, &findings);
		if (!err) {
			verdict = answer(tool, probe, &findings);
			nl_dump(&tool->nl, view_find("states"), NULL, add_state,
				tool->out);
			fputc('\n', tool->out);
		}
		findings_free(&findings);
	}
	if (!err)
		return verdict;
	fail_text(tool, err, text, sizeof(text));
	return print_unknown(tool, text);
}

/* A list of codes with commas between, into @codes; @text is cut up. */
static bool add_codes(char *text, const char **codes, unsigned int *n)
{
	char *code, *c;

	for (code = strtok(text, ","); code; code = strtok(NULL, ",")) {
		if (*n == CODES_MAX)
			return false;
		for (c = code; *c; c++)
			if (*c == '-')
				*c = '_';
		codes[(*n)++] = code;
	}
	return true;
}

static bool parse(struct probe *probe, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i += 2) {
		if (i + 1 == argc)
			return false;
		if (!strcmp(argv[i], "only")) {
			if (!add_codes(argv[i + 1], probe->only, &probe->onlys))
				return false;
		} else if (!strcmp(argv[i], "ignore")) {
			if (!add_codes(argv[i + 1], probe->ignored,
				       &probe->ignoreds))
				return false;
		} else {
			return false;
		}
	}
	return true;
}

/**
 * run_check() - answer as a probe
 * @tool: how to run
 * @argc: number of words
 * @argv: the words: [only CODE,...] [ignore CODE,...]
 *
 * Return: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
 */
int run_check(struct tool *tool, int argc, char **argv)
{
	struct probe probe = { 0 };

	if (!parse(&probe, argc, argv))
		return print_unknown(tool,
				     "usage: tcpdiag check [only CODE,...] [ignore CODE,...]");
	return probe_module(tool, &probe);
}
