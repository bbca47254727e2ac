/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings: what is wrong in a namespace, who does it, since when, and what to
 * change. Each kind is a pure function of the namespace's facts.
 *
 * A new finding is such a function, a line in the table of findings.c, and a
 * page Documentation/findings/CODE.md:
 *
 *	void tcpdiag_find_CODE(const struct tcpdiag_facts *facts,
 *			       struct tcpdiag_findings *out)
 *	{
 *		struct tcpdiag_finding *f;
 *
 *		if (nothing is wrong)
 *			return;
 *		f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
 *		tcpdiag_say(f->subject, "program, port or peer");
 *		tcpdiag_say(f->what, "who, how many, since when");
 *		tcpdiag_say(f->evidence, "sockets=%llu oldest_us=%llu", ...);
 *		tcpdiag_say(f->application, "what the program should do");
 *		tcpdiag_say(f->host, "net.ipv4.KNOB is %u: ...", ...);
 *		f->no_help = "what many try and what it really does";
 *	}
 *
 * A part that does not apply stays empty. A function may add several findings,
 * the worst first. Tests are in kunit/findings_*_test.c; kunit/findings_test.c
 * lists the codes that have tests.
 *
 * A sentence is read once, at night: subject first, then how many and since
 * when, in the terms of ss and RFC 9293. It must be true for each value of its
 * figures: 0, 1, and owners that the reader may not see.
 */
#ifndef TCPDIAG_FINDINGS_H
#define TCPDIAG_FINDINGS_H

#include <linux/kernel.h>

#include "diagnose/facts.h"

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
	char what[512];
	char evidence[320];
	char application[320];
	char host[400];
	const char *no_help;
};

/* Write a part of a finding; text that does not fit is cut off. */
#define tcpdiag_say(part, ...) \
	scnprintf(part, sizeof(part), __VA_ARGS__)

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

/* findings_sources.c */
void tcpdiag_find_sources_missing(const struct tcpdiag_facts *facts,
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
