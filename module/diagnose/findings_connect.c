// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on attempts to connect: how many fail, why, whose they are and where
 * they go.
 */
#include "diagnose/findings.h"
#include "model/format.h"

/* What is said of a cause; those without are the program's or another's own. */
static const struct {
	const char *what;
	const char *application;
	const char *host;
} texts[TCPDIAG_CAUSES] = {
	[TCPDIAG_CAUSE_REFUSED] = {
		"were refused",
		"nobody listens there: is the service up, are address and port right? wait longer before each new try",
		NULL,
	},
	[TCPDIAG_CAUSE_TIMED_OUT] = {
		"got no answer",
		"set a timeout of its own for connect()",
		"a firewall drops the SYNs, the host is down, or its queues overflow (look at its listeners)",
	},
	[TCPDIAG_CAUSE_UNREACHABLE] = {
		"found no way to the host",
		NULL,
		"look at ip route get and ip neigh for that address; a router or firewall may have said so by ICMP",
	},
	[TCPDIAG_CAUSE_RESET] = {
		"were reset before they were established",
		NULL,
		"look for a firewall that resets, or at the peer",
	},
	[TCPDIAG_CAUSE_OTHER] = {
		"failed with an error of another kind",
		NULL,
		"trace connect() of the program with strace",
	},
};

static void connects_fail(const struct tcpdiag_facts *facts,
			  enum tcpdiag_cause cause,
			  struct tcpdiag_findings *out)
{
	const struct tcpdiag_connect_fact *x = &facts->connect.cause[cause];
	char owner[TCPDIAG_OWNER_LEN], to[TCPDIAG_ADDR_LEN];
	char ago[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%llu attempts to connect %s in the last minute, the last one of %s to %s, %s ago",
		    x->minute, texts[cause].what,
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_format_addr(to, x->v6, &x->to, x->port),
		    tcpdiag_format_duration(ago, x->ago_us));
	tcpdiag_say(f->evidence,
		    "failed_minute=%llu failed=%llu failed_connects=%u syn_retries=%u",
		    x->minute, x->total, facts->limits.failed_connects,
		    facts->connect.syn_retries);
	tcpdiag_say(f->application, "%s", texts[cause].application ?: "");
	tcpdiag_say(f->host, "%s", texts[cause].host ?: "");
}

/**
 * tcpdiag_find_connects_fail() - many attempts fail for one cause
 * @facts: what is judged
 * @out: where to
 *
 * Not for want of a port, which is a finding of its own, nor those that the
 * program gave up itself.
 */
void tcpdiag_find_connects_fail(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CAUSES; i++)
		if (texts[i].what && facts->connect.cause[i].minute >=
		    facts->limits.failed_connects)
			connects_fail(facts, i, out);
}
