// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all kinds of findings, and the order in which findings are
 * shown. Each kind is a pure function in the file of its topic, findings_*.c.
 */
#include <linux/string.h>

#include "diagnose/findings.h"

/* Equally severe findings are shown in the order of this table. */
static const struct {
	const char *code;
	void (*find)(const struct tcpdiag_facts *facts,
		     struct tcpdiag_findings *out);
} kinds[] = {
	{ "impossible_transition", tcpdiag_find_impossible_transition },
	{ "close_wait_leak", tcpdiag_find_close_wait_leak },
	{ "stuck_last_ack", tcpdiag_find_stuck_last_ack },
	{ "orphans", tcpdiag_find_orphans },
	{ "stale_established", tcpdiag_find_stale_established },
	{ "syn_flood", tcpdiag_find_syn_flood },
	{ "accept_queue_overflow", tcpdiag_find_accept_queue_overflow },
	{ "syn_queue_full", tcpdiag_find_syn_queue_full },
	{ "slow_accept", tcpdiag_find_slow_accept },
	{ "connects_fail", tcpdiag_find_connects_fail },
	{ "ports_exhausted", tcpdiag_find_ports_exhausted },
	{ "ports_filling", tcpdiag_find_ports_filling },
	{ "time_wait_overflow", tcpdiag_find_time_wait_overflow },
	{ "connection_churn", tcpdiag_find_connection_churn },
	{ "gauges_approximate", tcpdiag_find_gauges_approximate },
	{ "records_refused", tcpdiag_find_records_refused },
	{ "sources_missing", tcpdiag_find_sources_missing },
};

/**
 * tcpdiag_findings_add() - add a finding of the kind that is being checked
 * @out: the findings so far
 * @severity: severity of the new one, which decides its place
 *
 * If there is no room, the least severe finding is dropped; that may be the new
 * one.
 *
 * Context: any.
 * Return: the new finding, empty; the caller fills it before the next call.
 */
struct tcpdiag_finding *tcpdiag_findings_add(struct tcpdiag_findings *out,
					     enum tcpdiag_severity severity)
{
	struct tcpdiag_finding *f;
	unsigned int place = 0;

	while (place < out->n && out->found[place].severity >= severity)
		place++;
	f = &out->found[place];
	/* @found has one more entry than @n may reach */
	memmove(f + 1, f, (out->n - place) * sizeof(*f));
	memset(f, 0, sizeof(*f));
	f->code = out->code;
	f->severity = severity;
	out->total++;
	if (out->n < TCPDIAG_FINDINGS_MAX)
		out->n++;
	return f;
}

/**
 * tcpdiag_findings_judge() - find out what is wrong in a namespace
 * @facts: its facts
 * @out: the findings, the worst first; overwritten
 *
 * Context: any; no locks, no allocation.
 */
void tcpdiag_findings_judge(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	unsigned int i;

	out->n = 0;
	out->total = 0;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		out->code = kinds[i].code;
		kinds[i].find(facts, out);
	}
}

/**
 * tcpdiag_findings_severity_name() - name of a severity
 * @severity: the severity
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity)
{
	switch (severity) {
	case TCPDIAG_CRITICAL:
		return "CRITICAL";
	case TCPDIAG_WARNING:
		return "WARNING";
	default:
		return "NOTE";
	}
}
