/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps what the watch raises and clears.
 */
#ifndef TCPDIAG_DIAGNOSE_KEEP_H
#define TCPDIAG_DIAGNOSE_KEEP_H

struct tcpdiag_change;
struct tcpdiag_finding;
struct tcpdiag_findings;
struct tcpdiag_net;
struct tcpdiag_watched;

/**
 * struct tcpdiag_keeper - who keeps changes
 * @tn: the namespace
 * @nobody: its findings as a reader without rights is told them, or NULL
 */
struct tcpdiag_keeper {
	struct tcpdiag_net *tn;
	const struct tcpdiag_findings *nobody;
};

void tcpdiag_keep(void *keeper, struct tcpdiag_watched *w,
		  const struct tcpdiag_change *change,
		  const struct tcpdiag_finding *f);

#endif /* TCPDIAG_DIAGNOSE_KEEP_H */
