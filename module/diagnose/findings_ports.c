// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on local ports and on TIME_WAIT: destinations that have no port left
 * or soon will not, connections that were not worth their handshake.
 */
#include <linux/math64.h>
#include <linux/string.h>

#include "diagnose/findings.h"
#include "model/format.h"

/* Who found no port less than so long ago may find none now. */
#define RECENT_US	(60 * (u64)USEC_PER_SEC)
/* After so long it is history. */
#define OVER_US		(60 * RECENT_US)
/* A forecast that leaves no time. */
#define SOON_S		60
/* Rates of less than an interval say nothing; it may be half a second short. */
#define WINDOW_MS	(5 * MSEC_PER_SEC - MSEC_PER_SEC / 2)
/* Of lives that a pool would have saved. */
#define MOST_PERCENT	90

#define FOLKLORE \
	"tcp_fin_timeout does not shorten TIME_WAIT, which lasts 60 s on Linux, not 2 to 4 minutes; tcp_tw_recycle is gone since Linux 4.12; TIME_WAIT holds no descriptor, so a larger limit of descriptors frees no port"

#define POOL \
	"keep connections open and use them again (a pool, keep-alive)"
#define LIMIT \
	"connections that are open hold these ports: close those that are not used, and limit the pool"
#define REUSE_HELPS \
	": 1 lets connect() take ports that have been in TIME_WAIT for 1 s, with timestamps at both ends, and helps outgoing connections only"
#define NO_REUSE \
	" and would not help: few of these ports are in TIME_WAIT"

/* What helps depends on what holds most of the ports. */
static void say_remedies(const struct tcpdiag_ports_facts *ports,
			 const struct tcpdiag_peer_sum *s,
			 struct tcpdiag_finding *f)
{
	bool waiting = s->in_use[TCPDIAG_PEER_TIME_WAIT] >=
		       tcpdiag_peer_total(s->in_use) / 2;

	tcpdiag_say(f->application,
		    "%s; else connect from more local addresses, and set IP_BIND_ADDRESS_NO_PORT before bind() to one",
		    waiting ? POOL : LIMIT);
	tcpdiag_say(f->host,
		    "net.ipv4.ip_local_port_range is %d %d: a wider one gives each destination more ports; net.ipv4.tcp_tw_reuse is %u%s",
		    ports->low, ports->high, ports->reuse,
		    waiting ? REUSE_HELPS : NO_REUSE);
	f->no_help = FOLKLORE;
}

static void say_ports(const struct tcpdiag_ports_facts *ports,
		      const struct tcpdiag_peer_sum *s,
		      struct tcpdiag_finding *f)
{
	tcpdiag_say(f->evidence,
		    "in_use=%u capacity=%u established=%u closing=%u time_wait=%u connects=%llu no_port=%llu",
		    tcpdiag_peer_total(s->in_use), ports->capacity,
		    s->in_use[TCPDIAG_PEER_ESTABLISHED],
		    s->in_use[TCPDIAG_PEER_CLOSING],
		    s->in_use[TCPDIAG_PEER_TIME_WAIT], s->connects,
		    s->no_port);
}

static bool is_refusing(const struct tcpdiag_ports_fact *fact)
{
	return fact->sum.no_port && fact->refused_us < RECENT_US;
}

/**
 * tcpdiag_find_ports_exhausted() - connect() found no local port
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_ports_exhausted(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports.refused;
	char name[TCPDIAG_PAIR_LEN], ago[TCPDIAG_DURATION_LEN];
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	if (!fact->sum.no_port || fact->refused_us >= OVER_US)
		return;
	f = tcpdiag_findings_add(out, is_refusing(fact) ? TCPDIAG_CRITICAL :
							  TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "connect() from %s failed %llu times for want of a local port (EADDRNOTAVAIL), the last time %s ago in %s",
		    tcpdiag_peer_name(name, &fact->sum.key, " to "),
		    fact->sum.no_port,
		    tcpdiag_format_duration(ago, fact->refused_us),
		    tcpdiag_format_owner(owner, &fact->victim));
	say_ports(&facts->ports, &fact->sum, f);
	say_remedies(&facts->ports, &fact->sum, f);
}

/**
 * tcpdiag_find_ports_filling() - a destination soon has no local port left
 * @facts: what is judged
 * @out: where to
 *
 * Where connect() fails already there is tcpdiag_find_ports_exhausted().
 */
void tcpdiag_find_ports_filling(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports.fullest;
	unsigned int percent = tcpdiag_peer_percent(&fact->sum,
						    facts->ports.capacity);
	char name[TCPDIAG_PAIR_LEN], owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	if (percent < facts->limits.ports_percent || is_refusing(fact))
		return;
	f = tcpdiag_findings_add(out, fact->forecast_s <= SOON_S ?
				      TCPDIAG_CRITICAL : TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%u %% of the local ports from %s are in use, by %s",
		    percent, tcpdiag_peer_name(name, &fact->sum.key, " to "),
		    tcpdiag_format_owner(owner, &fact->user));
	if (!fact->forecast_s)
		strlcat(f->what, ": none is left", sizeof(f->what));
	else if (fact->forecast_s != TCPDIAG_NEVER)
		scnprintf(f->what + strlen(f->what),
			  sizeof(f->what) - strlen(f->what),
			  "; at this rate none is left in %llu s",
			  fact->forecast_s);
	say_ports(&facts->ports, &fact->sum, f);
	say_remedies(&facts->ports, &fact->sum, f);
}

/**
 * tcpdiag_find_time_wait_overflow() - there was no room for TIME_WAIT
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_time_wait_overflow(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_time_wait_facts *tw = &facts->time_wait;
	struct tcpdiag_finding *f;

	if (!tw->overflows)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%llu connections ended without TIME_WAIT because as many as net.ipv4.tcp_max_tw_buckets allows were there: a late segment of one may reset or enter the next with its ports",
		    tw->overflows);
	tcpdiag_say(f->evidence, "overflows=%llu now=%llu limit=%u",
		    tw->overflows, facts->snap.now[TCP_TIME_WAIT], tw->limit);
	tcpdiag_say(f->application,
		    "keep connections open and use them again; who closes first gets the TIME_WAIT, so let the other end close");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_max_tw_buckets is %u: raise it; a TIME_WAIT takes some 250 bytes of memory",
		    tw->limit);
	f->no_help = FOLKLORE;
}

/**
 * tcpdiag_find_connection_churn() - connections that a pool would save
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_connection_churn(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports.busiest;
	const struct tcpdiag_peer_sum *s = &fact->sum;
	char name[TCPDIAG_PAIR_LEN], owner[TCPDIAG_OWNER_LEN];
	char life[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	u64 rate, percent;

	if (facts->ports.window_ms < WINDOW_MS || !s->lives)
		return;
	rate = tcpdiag_peer_rate(s, facts->ports.window_ms);
	percent = div64_u64(s->lived_short * 100, s->lived);
	if (rate < facts->limits.churn_per_second * 10ULL ||
	    percent < MOST_PERCENT)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->what,
		    "%s makes %llu connections a second from %s, %llu %% of them for less than 1 s (median %s)",
		    tcpdiag_format_owner(owner, &fact->user), div_u64(rate, 10),
		    tcpdiag_peer_name(name, &s->key, " to "), percent,
		    tcpdiag_format_duration(life, tcpdiag_peer_median_us(s)));
	tcpdiag_say(f->evidence,
		    "per_second=%llu lived=%llu lived_under_1s=%llu median_life_us=%llu in_use=%u",
		    div_u64(rate, 10), s->lived, s->lived_short,
		    tcpdiag_peer_median_us(s), tcpdiag_peer_total(s->in_use));
	tcpdiag_say(f->application,
		    "keep connections open and use them again (a pool, keep-alive at both ends): each saves a handshake, a slow start, and a port in TIME_WAIT where this end closes first");
}
