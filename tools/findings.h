/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings, put together from the rows of their parts.
 */
#ifndef TCPDIAG_TOOLS_FINDINGS_H
#define TCPDIAG_TOOLS_FINDINGS_H

#include "tool.h"

struct json;

/* what, because_of, since, evidence, application, host, no_help; some to come */
#define PARTS_MAX	12

/**
 * struct finding - a finding
 * @n: its number; 1 is the worst
 * @severity: CRITICAL, WARNING or NOTE
 * @code: its code
 * @parts: how many parts it has
 * @part: their names and texts
 */
struct finding {
	uint64_t n;
	char severity[16];
	char code[64];
	unsigned int parts;
	struct {
		char name[32];
		char *text;
	} part[PARTS_MAX];
};

/**
 * struct findings - all findings
 * @n: how many
 * @finding: the findings, the worst one first
 */
struct findings {
	unsigned int n;
	struct finding *finding;
};

int findings_read(struct tool *tool, struct findings *findings);
void findings_free(struct findings *findings);
const char *finding_part(const struct finding *finding, const char *name);
unsigned int findings_count(const struct findings *findings,
			    const char *severity);
void findings_print(const struct tool *tool, const struct findings *findings,
		    const char *code, const char *head);
void findings_json(struct json *json, const struct findings *findings);

#endif /* TCPDIAG_TOOLS_FINDINGS_H */
