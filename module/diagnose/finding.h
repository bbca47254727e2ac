/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a finding consists of, and the list of those of a namespace.
 */
#ifndef TCPDIAG_FINDING_H
#define TCPDIAG_FINDING_H

#include <linux/kernel.h>

/* Findings that are kept; further ones are only counted. */
#define TCPDIAG_FINDINGS_MAX	24
/* Room for the subject of a finding. */
#define TCPDIAG_SUBJECT_LEN	112

/**
 * enum tcpdiag_severity - how soon somebody should look
 * @TCPDIAG_NOTE: nothing fails, or figures are less exact than usual
 * @TCPDIAG_WARNING: something should be changed
 * @TCPDIAG_CRITICAL: something fails now or will fail soon, or there is a bug
 */
enum tcpdiag_severity {
	TCPDIAG_NOTE,
	TCPDIAG_WARNING,
	TCPDIAG_CRITICAL,
};

/**
 * struct tcpdiag_finding - one thing that is wrong
 * @code: stable name, documented in Documentation/findings/
 * @severity: how soon somebody should look at it
 * @subject: what tells it from another one of its code: the program, port or
 *	peer it is about, and none of its figures; empty if there is only one
 * @what: one sentence: who, what, how many, since when
 * @evidence: the figures, NAME=VALUE NAME=VALUE ...
 * @application: what to change in the program
 * @host: what to change on the host: the sysctl, its present value, what it
 *	does and does not do
 * @no_help: what is often advised but does not help; NULL for nothing
 */
struct tcpdiag_finding {
	const char *code;
	enum tcpdiag_severity severity;
	char subject[TCPDIAG_SUBJECT_LEN];
	char what[1024];
	char evidence[480];
	char application[400];
	char host[400];
	const char *no_help;
};

/* Write a part of a finding; text that does not fit is cut off. */
#define tcpdiag_say(part, ...) \
	scnprintf(part, sizeof(part), __VA_ARGS__)

/* The same at the end of what a part says already. */
#define tcpdiag_say_more(part, ...) \
	tcpdiag_finding_append(part, sizeof(part), __VA_ARGS__)

/**
 * struct tcpdiag_findings - the findings of one namespace
 * @n: findings in @found
 * @total: all findings; more than @n if there was not enough room
 * @code: code of the kind that is being checked
 * @found: the worst first; equally severe ones in the order of the table. The
 *	last entry is not counted in @n: it takes the one that is dropped
 */
struct tcpdiag_findings {
	unsigned int n;
	unsigned int total;
	const char *code;
	struct tcpdiag_finding found[TCPDIAG_FINDINGS_MAX + 1];
};

struct tcpdiag_finding *tcpdiag_findings_add(struct tcpdiag_findings *out,
					     enum tcpdiag_severity severity);
__printf(3, 4)
void tcpdiag_finding_append(char *part, size_t size, const char *format, ...);
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity);

#endif /* TCPDIAG_FINDING_H */
