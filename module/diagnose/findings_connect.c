// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on attempts to connect that fail: how many, why, which program makes
 * them, and to which address.
 */
#include "diagnose/facts_connect.h"
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/limits.h"

/*
 * What is said of each cause. Causes without a text are no finding here: the
 * program gave up itself, or another finding reports it.
 */
static const struct {
	const char *what;
	const char *application;
	const char *host;
} texts[TCPDIAG_CAUSES] = {
	[TCPDIAG_CAUSE_REFUSED] = {
		"the connection was refused (ECONNREFUSED)",
		"check that the service is running and that address and port are right: nothing listens there; wait longer before each new attempt",
		NULL,
	},
	[TCPDIAG_CAUSE_TIMED_OUT] = {
		"no answer came (ETIMEDOUT)",
		"set a timeout for connect() that is shorter than the kernel's",
		"check the other host: it is down, a firewall drops the SYNs, or the queues of its listener overflow",
	},
	[TCPDIAG_CAUSE_UNREACHABLE] = {
		"the host is unreachable (EHOSTUNREACH, ENETUNREACH)",
		NULL,
		"check ip route get and ip neigh for that address; a router or firewall on the path may also have reported this by ICMP",
	},
	[TCPDIAG_CAUSE_RESET] = {
		"the connection was reset during the handshake (ECONNRESET)",
		NULL,
		"look for a firewall that sends resets; then check the other host",
	},
	[TCPDIAG_CAUSE_OTHER] = {
		"connect() returned an unusual error",
		NULL,
		"trace the program's connect() calls with strace to see the error",
	},
};

static void connects_fail(const struct tcpdiag_facts *facts,
			  enum tcpdiag_cause cause,
			  struct tcpdiag_findings *out)
{
	const struct tcpdiag_connect_fact *x = &facts->connect->cause[cause];
	char owner[TCPDIAG_OWNER_LEN], to[TCPDIAG_ADDR_LEN];
	char ago[TCPDIAG_DURATION_LEN], last[192] = "";
	struct tcpdiag_finding *f;

	if (x->last_known)
		tcpdiag_say(last, ", the last one %s ago by %s to %s",
			    tcpdiag_format_duration(ago, x->ago_us),
			    tcpdiag_format_owner(owner, &x->owner),
			    tcpdiag_format_addr(to, x->v6, &x->to, x->port));
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->subject, "%s", texts[cause].what);
	tcpdiag_say(f->what,
		    "%llu attempt%s to connect failed in the last minute%s: %s",
		    x->minute, tcpdiag_plural(x->minute), last,
		    texts[cause].what);
	tcpdiag_say(f->evidence,
		    "failed_minute=%llu failed=%llu failed_connects=%u syn_retries=%u",
		    x->minute, x->total, facts->limits->failed_connects,
		    facts->connect->syn_retries);
	tcpdiag_say(f->application, "%s", texts[cause].application ?: "");
	tcpdiag_say(f->host, "%s", texts[cause].host ?: "");
}

/**
 * tcpdiag_find_connects_fail() - many attempts to connect fail for one cause
 * @facts: what is judged
 * @out: where to
 *
 * Two causes are no finding here: no free local port, which is a finding of its
 * own, and attempts that the program gave up itself.
 */
void tcpdiag_find_connects_fail(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CAUSES; i++)
		if (texts[i].what && facts->connect->cause[i].minute >=
		    facts->limits->failed_connects)
			connects_fail(facts, i, out);
}
