// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on tcpdiag's own account: state changes that cannot happen, and
 * events or sockets that it could not keep.
 */
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/fsm.h"
#include "model/shares.h"
#include "model/snapshot.h"

/**
 * tcpdiag_find_impossible_transition() - a state change that TCP does not allow
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
			u64 n = facts->snap->moves[from][to];

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
		    "sockets made %llu state change%s that TCP does not allow, %s%s to %s: this is a bug in the kernel or in tcpdiag",
		    total, tcpdiag_plural(total),
		    worst < total ? "most often " : "",
		    tcpdiag_fsm_state_name(worst_from),
		    tcpdiag_fsm_state_name(worst_to));
	tcpdiag_say(f->evidence, "changes=%llu worst=%llu", total, worst);
	tcpdiag_say(f->host,
		    "suspect out-of-tree modules and live patches that touch TCP first; report the bug with the contents of /proc/net/tcpdiag/transitions and /proc/net/tcpdiag/self");
}

/**
 * tcpdiag_find_gauges_approximate() - state counts may be off
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_gauges_approximate(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_snapshot *snap = facts->snap;
	struct tcpdiag_finding *f;

	if (!snap->approximate && !snap->lost)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	if (snap->approximate)
		tcpdiag_say(f->what,
			    "state counts may be off by a few sockets: while tcpdiag counted the sockets that existed when it was loaded, memory ran out or a program kept sockets locked");
	else
		tcpdiag_say(f->what,
			    "state counts may be off by a few sockets: memory ran out and %llu event%s could not be counted",
			    snap->lost, tcpdiag_plural(snap->lost));
	tcpdiag_say(f->evidence, "walk_failed=%d events_lost=%llu",
		    snap->approximate, snap->lost);
	tcpdiag_say(f->host,
		    "when memory is free again, unload tcpdiag and load it anew: it then counts all sockets afresh");
}

/* Whom to look for, as far as the reader may know. */
static void say_who_borrows(const struct tcpdiag_shares_seen *shares,
			    char *words, size_t size)
{
	*words = 0;
	if (shares->top && shares->top_records > shares->share)
		scnprintf(words, size,
			  "; uid %u has %llu of %llu records and a share is %llu: its programs should let the peers close first",
			  shares->top_uid, shares->top_records,
			  shares->records, shares->share);
	else if (shares->user_records > shares->share)
		scnprintf(words, size,
			  "; the user of this network namespace has %llu records and a share is %llu: the programs should let the peers close first",
			  shares->user_records, shares->share);
}

/**
 * tcpdiag_find_records_refused() - max_records was reached
 * @facts: what is judged
 * @out: where to
 *
 * Who reads the initial namespace is also told what was taken in others.
 */
void tcpdiag_find_records_refused(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_shares_seen *shares = facts->shares;
	const struct tcpdiag_snapshot *snap = facts->snap;
	u64 elsewhere = shares->machine && shares->taken > snap->taken ?
			shares->taken - snap->taken : 0;
	struct tcpdiag_finding *f;
	char who[192];

	if (!snap->refused && !snap->taken && !elsewhere)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	if (snap->refused && snap->taken)
		tcpdiag_say(f->what,
			    "%llu socket%s got no record because max_records was reached, and %llu TIME_WAIT%s lost theirs to users who have less than their share: tcpdiag counts their states, but does not know their owners or how long they stay",
			    snap->refused, tcpdiag_plural(snap->refused),
			    snap->taken, tcpdiag_plural(snap->taken));
	else if (snap->refused)
		tcpdiag_say(f->what,
			    "%llu socket%s got no record because max_records was reached: tcpdiag counts their states, but does not know their owners or how long they stay",
			    snap->refused, tcpdiag_plural(snap->refused));
	else
		tcpdiag_say(f->what,
			    "%llu TIME_WAIT%s%s lost the record to users who have less than their share of max_records: tcpdiag counts them, but does not know their owners or how long they stay",
			    snap->taken ?: elsewhere,
			    tcpdiag_plural(snap->taken ?: elsewhere),
			    snap->taken ? "" : " of other network namespaces");
	tcpdiag_say(f->evidence,
		    "refused=%llu records=%llu minisockets=%llu taken=%llu user_records=%llu share=%llu",
		    snap->refused, snap->records, snap->minis, snap->taken,
		    shares->user_records, shares->share);
	say_who_borrows(shares, who, sizeof(who));
	tcpdiag_say(f->host,
		    "unload tcpdiag and load it with a larger max_records%s",
		    who);
}
