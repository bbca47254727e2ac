/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What findings judge of the hooks: which kinds of event no hook delivers.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_SOURCES_H
#define TCPDIAG_DIAGNOSE_FACTS_SOURCES_H

#include <linux/types.h>

#include "store/phase.h"

/**
 * struct tcpdiag_sources_facts - kinds of event that no hook delivers
 * @missing: by enum tcpdiag_source
 */
struct tcpdiag_sources_facts {
	bool missing[TCPDIAG_SOURCES];
};

void tcpdiag_facts_sources(struct tcpdiag_sources_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_SOURCES_H */
