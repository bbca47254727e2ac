/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which finding follows from which, and the order in which they are told: first
 * the one that explains most, under it what follows from it.
 */
#ifndef TCPDIAG_DIAGNOSE_BECAUSE_H
#define TCPDIAG_DIAGNOSE_BECAUSE_H

#include <linux/types.h>

struct tcpdiag_about;
struct tcpdiag_findings;

bool tcpdiag_about_same(const struct tcpdiag_about *a,
			const struct tcpdiag_about *b);
void tcpdiag_because(struct tcpdiag_findings *findings);

#endif /* TCPDIAG_DIAGNOSE_BECAUSE_H */
