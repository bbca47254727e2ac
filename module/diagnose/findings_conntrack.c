// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on connection tracking whose table is full.
 */
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/conntrack.h"

/* Seconds in which packets were dropped, or packets in one: fewer are a moment. */
#define SECONDS		2
#define PACKETS		10
/* If the last second was longer ago, it is over. */
#define OVER_US		(60 * (u64)USEC_PER_SEC)

#define NO_HELP_CONNTRACK \
	"a longer backlog, net.core.somaxconn or net.ipv4.tcp_max_syn_backlog: these packets never come as far as TCP"

/* Entries expire between the drop and the look; a few are dropped for other reasons. */
static bool is_full(const struct tcpdiag_conntrack_facts *c)
{
	return c->max && c->entries >= c->max - c->max / 10;
}

/**
 * tcpdiag_find_conntrack_full() - connection tracking has no room for new connections
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_conntrack_full(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_conntrack_facts *c = facts->conntrack;
	char span[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if ((c->seconds < SECONDS && (!c->seconds || c->dropped < PACKETS)) ||
	    c->ago_us >= OVER_US || !is_full(c))
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_CRITICAL);
	tcpdiag_say(f->what,
		    "this host drops packets of new connections: the table of its connection tracking (nf_conntrack) is full; %u packet%s in the last %s, the last %s ago, with %u of %u entries: new connections from here, to here and through here may get no answer; those that are in the table go on",
		    c->dropped, tcpdiag_plural(c->dropped),
		    tcpdiag_format_duration(span, c->span_us),
		    tcpdiag_format_duration(ago, c->ago_us), c->entries,
		    c->max);
	tcpdiag_say(f->evidence,
		    "dropped=%u seconds=%u entries=%u max=%u", c->dropped,
		    c->seconds, c->entries, c->max);
	tcpdiag_say(f->host,
		    "raise net.netfilter.nf_conntrack_max (%u; in the first namespace, for all), or do not track what need not be tracked (nft: notrack in a chain of type filter, hook prerouting or output, priority raw); conntrack -L shows what fills the table: old entries go sooner with net.netfilter.nf_conntrack_tcp_timeout_established (5 days) and _time_wait",
		    c->max);
	f->no_help = NO_HELP_CONNTRACK;
}
