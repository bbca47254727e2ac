// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on TCP Fast Open: a path drops its SYNs, or the kernel has stopped
 * using it for a while.
 */
#include <linux/math64.h>
#include <linux/time64.h>

#include "diagnose/facts_fast_open.h"
#include "diagnose/facts_ports.h"
#include "diagnose/findings.h"
#include "model/format.h"

/* So many SYNs, and this share of all that had data, are more than chance. */
#define LEAST		3
#define PERCENT		20

static u64 age_us(u64 now_ns, u64 then_ns)
{
	return div_u64(now_ns - then_ns, NSEC_PER_USEC);
}

static void path_drops(const struct tcpdiag_ports_fact *fact, u64 now_ns,
		       struct tcpdiag_findings *out)
{
	const struct tcpdiag_peer_sum *s = &fact->sum;
	const struct tcpdiag_lately_sum *lately = &s->fast_open_lately;
	u32 all = s->fast_open[TCPDIAG_FAST_OPEN_DROPPED];
	char name[TCPDIAG_PAIR_LEN], owner[TCPDIAG_OWNER_LEN];
	char cost[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	char span[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (lately->slow < LEAST || !all ||
	    lately->slow * 100ULL < lately->all * (u64)PERCENT)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say_pair(f, &s->key, &fact->fast_open_user);
	tcpdiag_say(f->what,
		    "%u of %u connections from %s with data in the SYN (Fast Open) fell back to a SYN without in the last %s, most recently %s ago in %s, which cost %s on average: the SYN, or its answer, is dropped on the way",
		    lately->slow, lately->all,
		    tcpdiag_peer_name(name, &s->key, " to "),
		    tcpdiag_format_duration(span, age_us(now_ns,
							 lately->since_ns)),
		    tcpdiag_format_duration(ago, age_us(now_ns,
							lately->last_ns)),
		    tcpdiag_format_owner(owner, &fact->fast_open_user),
		    tcpdiag_format_duration(cost,
					    div64_u64(s->fast_open_lost_ns,
						      (u64)all *
						      NSEC_PER_USEC)));
	tcpdiag_say(f->evidence,
		    "dropped_lately=%u with_data_lately=%u dropped=%u used=%u refused=%u cookies_asked=%u lost_us=%llu",
		    lately->slow, lately->all, all,
		    s->fast_open[TCPDIAG_FAST_OPEN_USED],
		    s->fast_open[TCPDIAG_FAST_OPEN_REFUSED],
		    s->fast_open[TCPDIAG_FAST_OPEN_ASKED],
		    div_u64(s->fast_open_lost_ns, NSEC_PER_USEC));
	tcpdiag_say(f->application,
		    "do not use Fast Open to this destination (TCP_FASTOPEN_CONNECT, MSG_FASTOPEN)");
	tcpdiag_say(f->host,
		    "look for a firewall on the way that drops SYNs with data or with the Fast Open option; net.ipv4.tcp_fastopen without its bit 1 turns Fast Open off for connect()");
}

static void kernel_pauses(const struct tcpdiag_fast_open_facts *facts,
			  struct tcpdiag_findings *out)
{
	char left[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (!facts->paused_us)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->subject, "paused");
	tcpdiag_say(f->what,
		    "the kernel does not use Fast Open for connections of this namespace for %s more, because a path seems to drop its segments: connections begin in the usual way, a round trip later",
		    tcpdiag_format_duration(left, facts->paused_us));
	tcpdiag_say(f->evidence, "left_us=%llu pauses=%u blackhole_timeout=%u",
		    facts->paused_us, facts->pauses, facts->timeout_s);
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_fastopen_blackhole_timeout is %u s, and each pause in a row is twice as long; writing to it ends the pause",
		    facts->timeout_s);
}

/**
 * tcpdiag_find_fast_open() - Fast Open costs more than it saves, or is paused
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_fast_open(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	path_drops(&facts->ports->fast_open, facts->ports->now_ns, out);
	kernel_pauses(facts->fast_open, out);
}
