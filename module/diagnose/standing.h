/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings that stand: what several judgements in a row have found, so that their
 * beginning and their end are known. Pure functions; watch.c judges.
 *
 * A finding is the same as one before if its code and its subject are (program,
 * port, peer), whatever its figures. It is raised by RAISE judgements in a row
 * that find it, and cleared by CLEAR that do not. A read does not use this: it
 * shows what is so now.
 */
#ifndef TCPDIAG_DIAGNOSE_STANDING_H
#define TCPDIAG_DIAGNOSE_STANDING_H

#include <linux/types.h>

#include "diagnose/findings.h"

/* Judgements that raise a finding, and that clear it. */
#define TCPDIAG_STANDING_RAISE	2
#define TCPDIAG_STANDING_CLEAR	3
/* Findings watched at once: the present ones and those not yet cleared. */
#define TCPDIAG_STANDING_MAX	(2 * TCPDIAG_FINDINGS_MAX)

/**
 * struct tcpdiag_watched - one finding that is watched
 * @code: its code
 * @subject: its subject
 * @severity: its severity at the last judgement that found it
 * @seen: judgements in a row that found it, up to RAISE
 * @missed: judgements in a row that did not find it
 * @raised: it stands
 * @since_ns: the first judgement that found it, ktime_get_ns()
 */
struct tcpdiag_watched {
	const char *code;
	char subject[TCPDIAG_SUBJECT_LEN];
	enum tcpdiag_severity severity;
	u8 seen;
	u8 missed;
	bool raised;
	u64 since_ns;
};

/**
 * struct tcpdiag_standing - the findings of a namespace that are watched
 * @judged_ns: the last judgement, ktime_get_ns()
 * @standing: how many are raised
 * @n: entries in @w
 * @w: in no particular order
 */
struct tcpdiag_standing {
	u64 judged_ns;
	unsigned int standing;
	unsigned int n;
	struct tcpdiag_watched w[TCPDIAG_STANDING_MAX];
};

void tcpdiag_standing_judged(struct tcpdiag_standing *s,
			     const struct tcpdiag_findings *findings, u64 now);

#endif /* TCPDIAG_DIAGNOSE_STANDING_H */
