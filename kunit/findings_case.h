/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests of findings: each begins with the facts of a quiet box, changes some of
 * them, and says which finding it expects.
 */
#ifndef TCPDIAG_FINDINGS_CASE_H
#define TCPDIAG_FINDINGS_CASE_H

#include <kunit/test.h>

#include "diagnose/fact_values.h"
#include "diagnose/findings.h"

/**
 * struct findings_case - facts and what is found in them
 * @facts: nothing is wrong at first, thresholds are the defaults, owners are shown
 * @out: what is found
 */
struct findings_case {
	struct tcpdiag_fact_values facts;
	struct tcpdiag_findings out;
};

struct findings_case *findings_case(struct kunit *test);
void findings_judge(struct findings_case *c);
void findings_expect_none(struct kunit *test, struct findings_case *c);
void findings_expect_one(struct kunit *test, struct findings_case *c,
			 const char *code, enum tcpdiag_severity severity);
void findings_expect_in(struct kunit *test, const char *part,
			const char *words);
void findings_expect_not_in(struct kunit *test, const char *part,
			    const char *words);

#endif /* TCPDIAG_FINDINGS_CASE_H */
