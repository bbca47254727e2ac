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

#include "diagnose/facts.h"
#include "diagnose/finding.h"

/* findings.c */
void tcpdiag_findings_judge(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out);

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

/* findings_resets.c */
void tcpdiag_find_resets_keepalive_race(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out);
void tcpdiag_find_resets_close_unread(const struct tcpdiag_facts *facts,
				      struct tcpdiag_findings *out);
void tcpdiag_find_resets_refused(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out);
void tcpdiag_find_orphans(const struct tcpdiag_facts *facts,
			  struct tcpdiag_findings *out);

/* findings_sources.c */
void tcpdiag_find_sources_missing(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out);

/* findings_stuck.c */
void tcpdiag_find_stuck_last_ack(const struct tcpdiag_facts *facts,
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
