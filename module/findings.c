// SPDX-License-Identifier: GPL-2.0
/*
 * Findings: pure functions from a snapshot to sentences. One function a
 * finding, one line each in the table at the end.
 */
#include <linux/kernel.h>

#include "findings.h"
#include "fsm.h"

typedef bool (*finding_fn)(const struct tcpdiag_snapshot *snap,
			   struct tcpdiag_finding *f);

#define say(f, ...) snprintf((f)->text, sizeof((f)->text), __VA_ARGS__)

static bool impossible_transition(const struct tcpdiag_snapshot *snap,
				  struct tcpdiag_finding *f)
{
	unsigned int from, to, worst_from = 0, worst_to = 0;
	u64 total = 0, worst = 0;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			u64 n = snap->moves[from][to];

			if (!n || tcpdiag_fsm_judge(from, to) !=
			    TCPDIAG_MOVE_IMPOSSIBLE)
				continue;
			total += n;
			if (n > worst) {
				worst = n;
				worst_from = from;
				worst_to = to;
			}
		}
	}
	if (!total)
		return false;
	f->severity = TCPDIAG_CRITICAL;
	say(f,
	    "%llu state changes that TCP does not have, most often %s to %s: a bug in this kernel or in tcpdiag; please report it with /proc/net/tcpdiag/transitions",
	    total, tcpdiag_fsm_state_name(worst_from),
	    tcpdiag_fsm_state_name(worst_to));
	return true;
}

static bool gauges_approximate(const struct tcpdiag_snapshot *snap,
			       struct tcpdiag_finding *f)
{
	if (!snap->approximate && !snap->lost)
		return false;
	f->severity = TCPDIAG_NOTE;
	say(f,
	    "state counts are approximate: memory ran out %s; load tcpdiag again when there is more",
	    snap->approximate ? "while old sockets were taken in" :
				"while an event was counted");
	return true;
}

static bool records_refused(const struct tcpdiag_snapshot *snap,
			    struct tcpdiag_finding *f)
{
	if (!snap->refused)
		return false;
	f->severity = TCPDIAG_NOTE;
	say(f,
	    "%llu sockets got no record because max_records was reached: they are counted, but have no row, owner or times; load tcpdiag with a larger max_records",
	    snap->refused);
	return true;
}

static const struct {
	const char *code;
	finding_fn fn;
} table[] = {
	{ "impossible_transition", impossible_transition },
	{ "gauges_approximate", gauges_approximate },
	{ "records_refused", records_refused },
};

static_assert(ARRAY_SIZE(table) <= TCPDIAG_FINDINGS_MAX);

/**
 * tcpdiag_findings() - judge a snapshot
 * @snap: figures of one namespace
 * @out: room for TCPDIAG_FINDINGS_MAX findings
 *
 * Context: any; no locks, no allocation.
 * Return: how many findings there are, the worst kinds first.
 */
unsigned int tcpdiag_findings(const struct tcpdiag_snapshot *snap,
			      struct tcpdiag_finding *out)
{
	unsigned int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		if (!table[i].fn(snap, &out[n]))
			continue;
		out[n++].code = table[i].code;
	}
	return n;
}

/**
 * tcpdiag_findings_severity_name() - word for a severity
 * @severity: the severity
 *
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
