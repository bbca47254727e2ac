// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connection tracking that drops packets: its table is full, or NAT has
 * no addresses and ports for new connections.
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

/* Two packets of one connection at once cost one now and then. */
#define CLASHES		20
#define CLASH_SECONDS	10
/* In so many seconds of the last two to four minutes there is no way through. */
#define CLASH_OFTEN	30

#define NO_HELP_CLASHES \
	"net.netfilter.nf_conntrack_max: a larger table has no more ports"

/**
 * tcpdiag_find_conntrack_clashes() - connection tracking drops packets of new
 *	connections because others have their addresses and ports
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_conntrack_clashes(const struct tcpdiag_facts *facts,
				    struct tcpdiag_findings *out)
{
	const struct tcpdiag_conntrack_facts *c = facts->conntrack;
	char span[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (c->clashes < CLASHES || c->clash_seconds < CLASH_SECONDS ||
	    c->clash_ago_us >= OVER_US)
		return;
	f = tcpdiag_findings_add(out, c->clash_seconds >= CLASH_OFTEN ?
				      TCPDIAG_WARNING : TCPDIAG_NOTE);
	tcpdiag_say(f->what,
		    "this host drops packets of new connections, of whatever protocol: its connection tracking (nf_conntrack) could not enter them, because other connections have their addresses and ports, as when NAT is out of ports; %u packets in the last %s, the last %s ago: those connections begin late, or get no answer",
		    c->clashes,
		    tcpdiag_format_duration(span, c->clash_span_us),
		    tcpdiag_format_duration(ago, c->clash_ago_us));
	tcpdiag_say(f->evidence, "insert_failed=%u seconds=%u", c->clashes,
		    c->clash_seconds);
	tcpdiag_say(f->host,
		    "give NAT more addresses or ports (nft list ruleset, iptables-save -t nat: snat and masquerade with a range of ports, many clients to one destination), or let it choose at random (masquerade fully-random, --random-fully), so that two do not choose the same; conntrack -S: insert_failed");
	f->no_help = NO_HELP_CLASHES;
}
