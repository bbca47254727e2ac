/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings that stand: what several judgements in a row have found, so that their
 * beginning and their end are known. Pure functions; watch.c judges.
 *
 * A finding is the same as one before if its code, its subject (program, port,
 * peer) and its cgroup are, whatever its figures. It is raised by RAISE judgements in a row
 * that find it, and cleared by CLEAR that do not. A read does not use this: it
 * shows what is so now.
 */
#ifndef TCPDIAG_DIAGNOSE_STANDING_H
#define TCPDIAG_DIAGNOSE_STANDING_H

#include <linux/time64.h>
#include <linux/types.h>

#include "diagnose/finding.h"

struct tcpdiag_words;

/* Judgements that raise a finding, and that clear it. */
#define TCPDIAG_STANDING_RAISE	2
#define TCPDIAG_STANDING_CLEAR	3
/* Findings watched at once: the present ones and those not yet cleared. */
#define TCPDIAG_STANDING_MAX	(2 * TCPDIAG_FINDINGS_MAX)
/* Changes that are told in EVENTS_NS of one namespace. */
#define TCPDIAG_STANDING_EVENTS		TCPDIAG_STANDING_MAX
#define TCPDIAG_STANDING_EVENTS_NS	(60 * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_watched - one finding that is watched
 * @code: its code
 * @subject: its subject
 * @severity: its severity at the last judgement that found it
 * @worst: the worst it had since it is watched
 * @seen: judgements in a row that found it, up to RAISE
 * @missed: judgements in a row that did not find it
 * @raised: it stands
 * @since_ns: the first judgement that found it, ktime_get_ns()
 * @about: whom and what it is about
 * @words: what it said when it was raised or changed; the keeper's
 */
struct tcpdiag_watched {
	const char *code;
	char subject[TCPDIAG_SUBJECT_LEN];
	enum tcpdiag_severity severity;
	enum tcpdiag_severity worst;
	u8 seen;
	u8 missed;
	bool raised;
	u64 since_ns;
	struct tcpdiag_about about;
	struct tcpdiag_words *words;
};

/**
 * struct tcpdiag_standing - the findings of a namespace that are watched
 * @judged_ns: the last judgement, ktime_get_ns()
 * @standing: how many are raised
 * @events_ns: when the present EVENTS_NS began, ktime_get_ns()
 * @events: changes told since
 * @lost: changes that were not told since the last that was, because they were
 *	too many or memory was short
 * @n: entries in @w
 * @w: in no particular order
 */
struct tcpdiag_standing {
	u64 judged_ns;
	unsigned int standing;
	u64 events_ns;
	unsigned int events;
	u64 lost;
	unsigned int n;
	struct tcpdiag_watched w[TCPDIAG_STANDING_MAX];
};

/**
 * struct tcpdiag_change - a change of a finding that stands
 * @event: raised, changed (it has another severity) or cleared
 * @watched: the finding; after the change
 * @what: what is wrong now; NULL if it was cleared
 * @now: when, ktime_get_ns()
 * @lost: changes that were not told since the last that was
 */
struct tcpdiag_change {
	const char *event;
	const struct tcpdiag_watched *watched;
	const char *what;
	u64 now;
	u64 lost;
};

/**
 * struct tcpdiag_told - who is told of changes
 * @tell: told of them, but not of too many; false if memory is short. May be
 *	NULL
 * @who: its argument
 * @keep: told of all of them, with the finding, which is NULL if it was cleared.
 *	May be NULL
 * @keeper: its argument
 */
struct tcpdiag_told {
	bool (*tell)(const void *who, const struct tcpdiag_change *change);
	const void *who;
	void (*keep)(void *keeper, struct tcpdiag_watched *w,
		     const struct tcpdiag_change *change,
		     const struct tcpdiag_finding *f);
	void *keeper;
};

bool tcpdiag_standing_is_news(const struct tcpdiag_standing *s,
			      const struct tcpdiag_findings *findings);

void tcpdiag_standing_judged(struct tcpdiag_standing *s,
			     const struct tcpdiag_findings *findings, u64 now,
			     const struct tcpdiag_told *told);

#endif /* TCPDIAG_DIAGNOSE_STANDING_H */
