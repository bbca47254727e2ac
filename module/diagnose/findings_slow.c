// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on connections that are slow to begin, because a SYN, a SYN-ACK or
 * the ACK was lost.
 */
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "diagnose/facts_listen.h"
#include "diagnose/facts_ports.h"
#include "diagnose/facts_synacks.h"
#include "diagnose/findings.h"
#include "model/addr.h"
#include "model/format.h"

/* So many, and this share of all, are more than chance. */
#define LEAST		5
#define NOTE_PERCENT	1
#define WARN_PERCENT	5
#define WARN_ACCEPT_PERCENT	20
/* What drops SYNs by what they ask for drops all of them. */
#define ECN_PERCENT	90

#define NO_HELP_SLOW \
	"net.ipv4.tcp_syn_retries: it decides when connect() gives up, not when a SYN is sent again"

#define NO_HELP_SYNACKS \
	"net.ipv4.tcp_synack_retries: it decides when a handshake is given up, not when a SYN-ACK is sent again"

/*
 * The listener that drops connections is the destination. Another host may have
 * one on the same port.
 */
static bool is_to(const struct tcpdiag_facts *facts,
		  const struct tcpdiag_listener_fact *l)
{
	const struct tcpdiag_key *key = &facts->ports->late.sum.key;
	const struct tcpdiag_bound_to listens = {
		.v6 = l->v6, .v6only = l->v6only, .addr = l->addr,
	};
	struct tcpdiag_bound_to to = { .v6 = key->rest & TCPDIAG_PEER_V6 };

	if (!facts->ports->late_here || !l->listeners ||
	    l->port != ntohs((__force __be16)key->rest))
		return false;
	if (to.v6)
		memcpy(&to.addr, key->word + 2, sizeof(to.addr));
	else
		to.addr.s6_addr32[0] =
			(__force __be32)lower_32_bits(key->word[0]);
	return tcpdiag_bound_meet(&to, &listens);
}

/* NULL if it is none of those that are known to drop. */
static const struct tcpdiag_listener_fact *
find_listener(const struct tcpdiag_facts *facts)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		if (is_to(facts, &facts->listen->overflow[i]))
			return &facts->listen->overflow[i];
	return NULL;
}

/* Nearly all are late, and all of these only by one SYN. */
static bool may_be_ecn(const struct tcpdiag_facts *facts)
{
	const struct tcpdiag_peer_sum *s = &facts->ports->late.sum;
	unsigned int ecn = facts->ports->ecn;

	/* 1 and 4: ECN, 3: AccECN; other values do not ask */
	return (ecn == 1 || ecn == 3 || ecn == 4) &&
	       !s->late_twice &&
	       s->lately.slow * 100ULL >= ECN_PERCENT * s->lately.all;
}

static void say_cause(const struct tcpdiag_facts *facts,
		      struct tcpdiag_finding *f)
{
	const struct tcpdiag_listener_fact *l = find_listener(facts);
	char owner[TCPDIAG_OWNER_LEN];

	if (l)
		tcpdiag_say(f->host,
			    "its listener is here, and drops connections because its accept queue is full: see accept_queue_overflow on port %u, of %s",
			    l->port, tcpdiag_format_owner(owner,
							  &l->owner.holder));
	else if (may_be_ecn(facts))
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_ecn is %u: SYNs ask for ECN, and the second one of an attempt does not; something on the way, or the other host, may drop those that ask: set it to 2, and see whether connects are fast; if they are not, look for what else drops the first SYN (a NAT, a firewall)",
			    facts->ports->ecn);
	else
		tcpdiag_say(f->host,
			    "look for what drops SYNs or SYN-ACKs on the way (a NAT or firewall with a full table, a lossy link), and at the other host for full queues of its listener (nstat TcpExtListenDrops TcpExtTCPReqQFullDrop); until it is found, a pool of open connections waits less often");
}

/*
 * SYNs with data are dropped: tcpdiag_find_fast_open() tells of that. Only those
 * of the last minutes explain why connects were late in that time.
 */
static bool is_fast_open(const struct tcpdiag_peer_sum *s)
{
	return s->fast_open_lately.slow > s->lately.slow / 2;
}

/* Our side connects. */
static void syns(const struct tcpdiag_facts *facts,
		 struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports->late;
	const struct tcpdiag_peer_sum *s = &fact->sum;
	char name[TCPDIAG_PAIR_LEN], owner[TCPDIAG_OWNER_LEN];
	char ago[TCPDIAG_DURATION_LEN], mean[TCPDIAG_DURATION_LEN];
	char span[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	unsigned int percent;
	u64 mean_us;

	if (s->lately.slow < LEAST || !s->lately.all || is_fast_open(s))
		return;
	percent = div_u64(s->lately.slow * 100ULL, s->lately.all);
	if (percent < NOTE_PERCENT)
		return;
	mean_us = div64_u64(s->late_ns, s->late * NSEC_PER_USEC);
	f = tcpdiag_findings_add(out, percent < WARN_PERCENT ? TCPDIAG_NOTE :
							       TCPDIAG_WARNING);
	tcpdiag_say_pair(f, &s->key, &fact->late_user);
	tcpdiag_say(f->what,
		    "%u of %u connections (%u %%) from %s were slow to begin in the last %s, most recently %s ago in %s: a SYN or its answer was lost, and connect() waited 1 s until it was sent again; it took %s on average; since the module was loaded %llu of %llu needed a third SYN",
		    s->lately.slow, s->lately.all, percent,
		    tcpdiag_peer_name(name, &s->key, " to "),
		    tcpdiag_format_duration(span, div_u64(facts->ports->now_ns -
							  s->lately.since_ns,
							  NSEC_PER_USEC)),
		    tcpdiag_format_duration(ago, fact->late_us),
		    tcpdiag_format_owner(owner, &fact->late_user),
		    tcpdiag_format_duration(mean, mean_us), s->late_twice,
		    s->late);
	tcpdiag_say(f->evidence,
		    "late_lately=%u connects_lately=%u late=%llu late_twice=%llu mean_us=%llu connects=%llu",
		    s->lately.slow, s->lately.all, s->late, s->late_twice,
		    mean_us, s->connects);
	say_cause(facts, f);
	f->no_help = NO_HELP_SLOW;
}

/*
 * Our side accepts. Clients come over all kinds of paths, so it takes more for
 * a warning. With TCP_DEFER_ACCEPT a SYN-ACK is sent again by design.
 */
static void synacks(const struct tcpdiag_facts *facts,
		    struct tcpdiag_findings *out)
{
	const struct tcpdiag_synacks_facts *s = facts->synacks;
	char ago[TCPDIAG_DURATION_LEN], span[TCPDIAG_DURATION_LEN];
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;
	unsigned int percent;

	if (s->recent < TCPDIAG_SYNACKS_LEAST || s->defers || !s->of)
		return;
	percent = div_u64(s->recent * 100ULL, s->of);
	if (percent < NOTE_PERCENT)
		return;
	f = tcpdiag_findings_add(out, percent < WARN_ACCEPT_PERCENT ?
				      TCPDIAG_NOTE : TCPDIAG_WARNING);
	tcpdiag_say(f->subject, "port %u", s->port);
	f->about.owner = s->owner;
	f->about.port = s->port;
	tcpdiag_say(f->what,
		    "%u of %u connections (%u %%) to port %u of %s were slow to begin in the last %s, most recently %s ago: a SYN-ACK or the client's answer was lost, and the SYN-ACK had to be sent again, the first time after 1 s",
		    s->recent, s->of, percent, s->port,
		    tcpdiag_format_owner(owner, &s->owner),
		    tcpdiag_format_duration(span, s->since_us),
		    tcpdiag_format_duration(ago, s->ago_us));
	tcpdiag_say(f->evidence,
		    "late_lately=%u handshakes_lately=%u late=%llu", s->recent,
		    s->of, s->late);
	tcpdiag_say(f->host,
		    "look for what drops SYN-ACKs or ACKs on the way to the clients: this host's own queue (tc -s qdisc), a firewall or NAT, a lossy link; a full accept queue of this service does the same (nstat -az TcpExtListenOverflows)");
	f->no_help = NO_HELP_SYNACKS;
}

/**
 * tcpdiag_find_slow_connects() - connections that need more than one SYN or
 *	SYN-ACK
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_slow_connects(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	syns(facts, out);
	synacks(facts, out);
}
