// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers what findings judge of the hooks.
 */
#include "diagnose/facts_sources.h"

/**
 * tcpdiag_facts_sources() - gather them
 * @facts: where to
 *
 * Context: any.
 */
void tcpdiag_facts_sources(struct tcpdiag_sources_facts *facts)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_SOURCES; i++)
		facts->missing[i] = !tcpdiag_phase_hears(i);
}
