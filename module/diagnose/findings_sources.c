// SPDX-License-Identifier: GPL-2.0
/*
 * The finding sources_missing: this kernel lacks a place that tcpdiag hooks, or does
 * not do what the hooks rest on.
 */
#include "diagnose/facts_sources.h"
#include "diagnose/findings.h"

static const char *const names[TCPDIAG_SOURCES] = {
	[TCPDIAG_SOURCE_REQUESTS]	= "new requests (NEW_SYN_RECV)",
	[TCPDIAG_SOURCE_LOSSES]		= "losses and timeouts",
	[TCPDIAG_SOURCE_RESETS_SENT]	= "RST segments sent",
	[TCPDIAG_SOURCE_RESETS_RECEIVED] = "RST segments received",
	[TCPDIAG_SOURCE_SYNACKS]	= "repeated SYN-ACKs",
	[TCPDIAG_SOURCE_BINDS]		= "bind() that fails",
	[TCPDIAG_SOURCE_FAST_OPEN]	= "Fast Open",
	[TCPDIAG_SOURCE_CHILDREN]	= "listeners of new connections",
	[TCPDIAG_SOURCE_CONNECTS]	= "connects without a port",
	[TCPDIAG_SOURCE_TIME_WAITS]	= "TIME_WAITs",
	[TCPDIAG_SOURCE_CONG_STATES]	= "congestion states",
};

/**
 * tcpdiag_find_sources_missing() - events that no hook delivers
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_sources_missing(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_sources_facts *s = facts->sources;
	struct tcpdiag_finding *f;
	unsigned int i, missing = 0;
	char list[288] = "";
	size_t n = 0;

	for (i = 0; i < TCPDIAG_SOURCES; i++) {
		if (!s->missing[i])
			continue;
		n += scnprintf(list + n, sizeof(list) - n, "%s%s",
			       missing ? ", " : "", names[i]);
		missing++;
	}
	if (!missing)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->what,
		    "tcpdiag cannot see some events on this kernel (%s): the figures that need them are shown as -",
		    list);
	tcpdiag_say(f->evidence, "missing=%u", missing);
	tcpdiag_say(f->host,
		    "use a kernel that this version of tcpdiag supports; the lines hook_* and self_test_* of /proc/net/tcpdiag/self say what this one lacks or does otherwise");
}
