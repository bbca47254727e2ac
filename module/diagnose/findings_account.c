// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on the account itself: events that cannot be, and what it could not
 * keep.
 */
#include "diagnose/findings.h"
#include "model/fsm.h"

/**
 * tcpdiag_find_impossible_transition() - a change of state TCP does not have
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_impossible_transition(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out)
{
	unsigned int from, to, worst_from = 0, worst_to = 0;
	struct tcpdiag_finding *f;
	u64 total = 0, worst = 0;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			u64 n = facts->snap.moves[from][to];

			if (!n || tcpdiag_fsm_judge(from, to) !=
			    TCPDIAG_FSM_IMPOSSIBLE)
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
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_CRITICAL);
	tcpdiag_say(f->what,
		    "%llu state changes that TCP does not have, most often %s to %s: a bug in this kernel or in tcpdiag",
		    total, tcpdiag_fsm_state_name(worst_from),
		    tcpdiag_fsm_state_name(worst_to));
	tcpdiag_say(f->evidence, "changes=%llu worst=%llu", total, worst);
	tcpdiag_say(f->host,
		    "suspect out-of-tree modules and live patches that touch TCP; report it with /proc/net/tcpdiag/transitions and self");
}

/**
 * tcpdiag_find_gauges_approximate() - memory ran out at a bad moment
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_gauges_approximate(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_snapshot *snap = &facts->snap;
	struct tcpdiag_finding *f;

	if (!snap->approximate && !snap->lost)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->what,
		    "state counts are approximate: memory ran out %s",
		    snap->approximate ? "while old sockets were taken in" :
					"while an event was counted");
	tcpdiag_say(f->evidence, "walk_failed=%d events_lost=%llu",
		    snap->approximate, snap->lost);
	tcpdiag_say(f->host, "load tcpdiag again when there is more memory");
}

/**
 * tcpdiag_find_records_refused() - the cap on records was reached
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_records_refused(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_snapshot *snap = &facts->snap;
	struct tcpdiag_finding *f;

	if (!snap->refused)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->what,
		    "%llu sockets got no record because max_records was reached: they are counted, but have no row, owner or times",
		    snap->refused);
	tcpdiag_say(f->evidence, "refused=%llu records=%llu minisockets=%llu",
		    snap->refused, snap->records, snap->minis);
	tcpdiag_say(f->host, "load tcpdiag with a larger max_records");
}
