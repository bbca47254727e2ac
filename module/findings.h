/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Verdicts on a snapshot: what is wrong and what to change. Pure functions.
 */
#ifndef TCPDIAG_FINDINGS_H
#define TCPDIAG_FINDINGS_H

#include "snapshot.h"

#define TCPDIAG_FINDINGS_MAX	8

/**
 * enum tcpdiag_severity - how soon somebody should look
 * @TCPDIAG_NOTE: figures are less exact than usual
 * @TCPDIAG_WARNING: something needs a change
 * @TCPDIAG_CRITICAL: a bug in the kernel or in tcpdiag
 */
enum tcpdiag_severity {
	TCPDIAG_NOTE,
	TCPDIAG_WARNING,
	TCPDIAG_CRITICAL,
};

/**
 * struct tcpdiag_finding - one verdict
 * @code: stable name, documented under Documentation/findings.md
 * @severity: how soon somebody should look
 * @text: one sentence: what, how many, what to do
 */
struct tcpdiag_finding {
	const char *code;
	enum tcpdiag_severity severity;
	char text[200];
};

unsigned int tcpdiag_findings(const struct tcpdiag_snapshot *snap,
			      struct tcpdiag_finding *out);
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity);

#endif /* TCPDIAG_FINDINGS_H */
