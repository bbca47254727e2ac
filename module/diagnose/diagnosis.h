/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts and findings, for readers.
 */
#ifndef TCPDIAG_DIAGNOSE_DIAGNOSIS_H
#define TCPDIAG_DIAGNOSE_DIAGNOSIS_H

#include "diagnose/fact_values.h"
#include "diagnose/findings.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_diagnosis - facts and findings of a namespace
 * @facts: the facts
 * @findings: what is wrong
 */
struct tcpdiag_diagnosis {
	struct tcpdiag_fact_values facts;
	struct tcpdiag_findings findings;
};

struct tcpdiag_diagnosis *
tcpdiag_diagnose(const struct tcpdiag_reader *reader);
void tcpdiag_diagnosis_put(struct tcpdiag_diagnosis *d);
void tcpdiag_diagnosis_exit(void);

#endif /* TCPDIAG_DIAGNOSE_DIAGNOSIS_H */
