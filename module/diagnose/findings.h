/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Verdicts on a namespace's facts: what is wrong, who does it and since when,
 * and what to change. Pure functions.
 *
 * A new finding is a function, a line in the table of findings.c and a page
 * Documentation/findings/CODE.md:
 *
 *	void tcpdiag_find_CODE(const struct tcpdiag_facts *facts,
 *			       struct tcpdiag_findings *out)
 *	{
 *		struct tcpdiag_finding *f;
 *
 *		if (all is well)
 *			return;
 *		f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
 *		tcpdiag_say(f->what, "who, how many, since when");
 *		tcpdiag_say(f->evidence, "sockets=%llu oldest_us=%llu", ...);
 *		tcpdiag_say(f->application, "what the program should do");
 *		tcpdiag_say(f->host, "net.ipv4.KNOB is %u: ...", ...);
 *		f->no_help = "what many try and what it really does";
 *	}
 *
 * Parts that do not apply stay empty. A function may add a few findings, the
 * worst first. Its tests are in kunit/, and its code in the list of
 * kunit/findings_test.c.
 */
#ifndef TCPDIAG_FINDINGS_H
#define TCPDIAG_FINDINGS_H

#include <linux/kernel.h>

#include "diagnose/facts.h"

/* Findings that are kept; the rest is counted. */
#define TCPDIAG_FINDINGS_MAX	24

/**
 * enum tcpdiag_severity - how soon somebody should look
 * @TCPDIAG_NOTE: nothing fails; or figures are less exact than usual
 * @TCPDIAG_WARNING: something needs a change
 * @TCPDIAG_CRITICAL: something fails now or will soon, or is a bug
 */
enum tcpdiag_severity {
	TCPDIAG_NOTE,
	TCPDIAG_WARNING,
	TCPDIAG_CRITICAL,
};

/**
 * struct tcpdiag_finding - one verdict
 * @code: stable name, documented in Documentation/findings/
 * @severity: how soon somebody should look
 * @what: one sentence: who, what, how many, since when
 * @evidence: the figures, NAME=VALUE NAME=VALUE ...
 * @application: what to change in the program
 * @host: what to change on the host: the sysctl, its present value, what it
 *	does and does not do
 * @no_help: what many try and does not help; NULL for nothing
 */
struct tcpdiag_finding {
	const char *code;
	enum tcpdiag_severity severity;
	char what[320];
	char evidence[320];
	char application[320];
	char host[400];
	const char *no_help;
};

/* Write a part of a finding; what does not fit is cut off. */
#define tcpdiag_say(part, ...) \
	scnprintf(part, sizeof(part), __VA_ARGS__)

/**
 * struct tcpdiag_findings - verdicts on one namespace
 * @n: findings in @found
 * @total: findings there are; more than @n if there was no room
 * @code: of the kind that is being looked for
 * @found: the worst first; among equals in the order of the table. The last is
 *	never one of @n: it takes what there is no room for
 */
struct tcpdiag_findings {
	unsigned int n;
	unsigned int total;
	const char *code;
	struct tcpdiag_finding found[TCPDIAG_FINDINGS_MAX + 1];
};

/* findings.c */
struct tcpdiag_finding *tcpdiag_findings_add(struct tcpdiag_findings *out,
					     enum tcpdiag_severity severity);
void tcpdiag_findings_judge(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out);
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity);

/* findings_account.c */
void tcpdiag_find_impossible_transition(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out);
void tcpdiag_find_gauges_approximate(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out);
void tcpdiag_find_records_refused(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out);

/* findings_close_wait.c */
void tcpdiag_find_close_wait_leak(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out);

/* findings_stuck.c */
void tcpdiag_find_stuck_last_ack(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out);
void tcpdiag_find_orphans(const struct tcpdiag_facts *facts,
			  struct tcpdiag_findings *out);
void tcpdiag_find_stale_established(const struct tcpdiag_facts *facts,
				    struct tcpdiag_findings *out);
/* findings_listen.c */
void tcpdiag_find_syn_flood(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out);
void tcpdiag_find_accept_queue_overflow(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out);
void tcpdiag_find_syn_queue_full(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out);
void tcpdiag_find_slow_accept(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out);

/* findings_connect.c */
void tcpdiag_find_connects_fail(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out);

/* findings_ports.c */
void tcpdiag_find_ports_exhausted(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out);
void tcpdiag_find_ports_filling(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out);
void tcpdiag_find_time_wait_overflow(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out);
void tcpdiag_find_connection_churn(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out);

#endif /* TCPDIAG_FINDINGS_H */
