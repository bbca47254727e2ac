// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of Documentation/findings, which scripts/tool-pages has put into this
 * program: they are there when the network is not. If the module is loaded, what it
 * finds of that code stands below, whole.
 */
#include <string.h>

#include "findings.h"
#include "pages.h"
#include "tool.h"

static bool begins(const char *code, const char *word)
{
	for (; *word; word++, code++)
		if (*code != (*word == '-' ? '_' : *word))
			return false;
	return true;
}

static void list(FILE *out)
{
	const struct page *page;

	for (page = pages; page->code; page++)
		fprintf(out, "%-22s %s\n", page->code, page->title);
}

/* The page of a code, or of the one that begins so; NULL for none or several. */
static const struct page *find_page(const char *word)
{
	const struct page *page, *found = NULL;
	unsigned int n = 0;

	for (page = pages; page->code; page++) {
		if (!begins(page->code, word))
			continue;
		if (strlen(page->code) == strlen(word))
			return page;
		found = page;
		n++;
	}
	return n == 1 ? found : NULL;
}

/* Without the module there is nothing to add. */
static void add_present(struct tool *tool, const char *code)
{
	struct findings findings;

	if (nl_open(&tool->nl))
		return;
	if (!findings_read(tool, &findings))
		findings_print(tool, &findings, code,
			       "Found in this network namespace:\n\n");
	findings_free(&findings);
}

/**
 * run_explain() - print the page of a finding, or list them
 * @tool: how to run
 * @argc: number of words
 * @argv: the code
 *
 * Return: an exit status.
 */
int run_explain(struct tool *tool, int argc, char **argv)
{
	const struct page *page;

	if (!argc) {
		list(tool->out);
		return STATUS_OK;
	}
	if (argc > 1)
		return usage("explain takes one code");
	page = find_page(argv[0]);
	if (!page)
		return usage("no finding, or more than one, is \"%s\": see tcpdiag explain",
			     argv[0]);
	fputs(page->text, tool->out);
	add_present(tool, page->code);
	return STATUS_OK;
}
