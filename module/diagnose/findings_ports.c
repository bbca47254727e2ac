// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on local ports and TIME_WAIT: destinations for which no local port is
 * left, or soon will be, and connections too short to be worth their handshake.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "diagnose/facts_binds.h"
#include "diagnose/facts_ports.h"
#include "diagnose/facts_time_wait.h"
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/limits.h"
#include "model/snapshot.h"

/* A connect() that found no port less than this ago may fail again now. */
#define RECENT_US	(60 * (u64)USEC_PER_SEC)
/* A failure older than this is no longer reported. */
#define OVER_US		(60 * RECENT_US)
/* A forecast of less than this is critical. */
#define SOON_S		60
/* Rates need an interval of 5 s, which may be half a second short. */
#define WINDOW_MS	(5 * MSEC_PER_SEC - MSEC_PER_SEC / 2)
/* Share of short connections from which on a pool is worth it. */
#define MOST_PERCENT	90

static_assert(TCPDIAG_SUBJECT_LEN >= TCPDIAG_PAIR_LEN);

/* What is often advised but does not help. */
#define FOLKLORE \
	"net.ipv4.tcp_fin_timeout does not shorten TIME_WAIT, which lasts 60 s on Linux; net.ipv4.tcp_tw_recycle was removed in Linux 4.12; TIME_WAIT uses no file descriptor, and a higher limit of descriptors frees no port"
#define NO_TIME_WAIT \
	"net.ipv4.tcp_fin_timeout, net.ipv4.tcp_tw_reuse and net.ipv4.tcp_max_tw_buckets, because none of these ports is in TIME_WAIT; a higher limit of file descriptors frees no port"

#define POOL \
	"keep connections open and reuse them (a pool, keep-alive)"
#define LIMIT \
	"close connections that are not in use, and limit the size of the pool"

/* Whoever reserves such a part of the range should know. */
#define RESERVED_PERCENT	10

#define RANGE \
	"net.ipv4.ip_local_port_range is %d %d, and a wider range gives each destination more ports; net.ipv4.tcp_tw_reuse is %u, "
#define TAKES_WAITING \
	"lets connect() take ports that have been in TIME_WAIT for %u ms, if both ends use TCP timestamps"
/* Room for either. */
#define REUSE_LEN	144
#define TAKES_NONE \
	"which makes no difference here, because these connections had no TCP timestamps (net.ipv4.tcp_timestamps, at both ends)"

/* What net.ipv4.tcp_tw_reuse does for a destination with ports in TIME_WAIT. */
static void say_reuse(char reuse[REUSE_LEN],
		      const struct tcpdiag_ports_facts *ports,
		      const struct tcpdiag_ports_fact *fact)
{
	unsigned int delay = ports->rules.reuse_ms;

	if (fact->reuses)
		snprintf(reuse, REUSE_LEN, "which already " TAKES_WAITING,
			 delay);
	else if (fact->sum.unstamped)
		snprintf(reuse, REUSE_LEN, TAKES_NONE);
	else
		snprintf(reuse, REUSE_LEN, "and 1 " TAKES_WAITING, delay);
}

/*
 * The right change depends on the state that most of the ports are in. If they
 * are all free again, or too many are not counted, nobody knows which it was.
 */
static void say_remedies(const struct tcpdiag_ports_facts *ports,
			 const struct tcpdiag_ports_fact *fact,
			 struct tcpdiag_finding *f)
{
	u32 time_wait = fact->sum.in_use[TCPDIAG_PEER_TIME_WAIT];
	u32 total = tcpdiag_peer_total(fact->sum.in_use);
	u64 maybe = time_wait + fact->sum.missed;
	bool waiting = !total ||
		       (maybe && maybe >= (total + fact->sum.missed) / 2);
	char reuse[REUSE_LEN];

	f->about.time_wait = waiting;
	tcpdiag_say(f->application,
		    "%s%s; if that is not enough, connect from more local addresses, and set IP_BIND_ADDRESS_NO_PORT before bind() to one of them",
		    waiting ? POOL : LIMIT,
		    total ? "" : ", and close those that are not in use");
	say_reuse(reuse, ports, fact);
	if (waiting)
		tcpdiag_say(f->host, RANGE "%s", ports->low, ports->high,
			    ports->rules.reuse, reuse);
	else
		tcpdiag_say(f->host,
			    RANGE
			    "which makes no difference here, where %u of %u ports in use are in TIME_WAIT",
			    ports->low, ports->high, ports->rules.reuse,
			    time_wait, total);
	if (ports->reserved * 100U >=
	    RESERVED_PERCENT * (ports->high - ports->low + 1U))
		tcpdiag_say_more(f->host,
				 "; net.ipv4.ip_local_reserved_ports takes %u of the %d ports of that range: reserve fewer of them",
				 ports->reserved,
				 ports->high - ports->low + 1);
	f->no_help = maybe || !total ? FOLKLORE : NO_TIME_WAIT;
}

static void say_ports(const struct tcpdiag_ports_facts *ports,
		      const struct tcpdiag_ports_fact *fact,
		      struct tcpdiag_finding *f)
{
	const struct tcpdiag_peer_sum *s = &fact->sum;
	size_t n;

	n = tcpdiag_say(f->evidence,
			"in_use=%u taken=%u capacity=%u established=%u closing=%u time_wait=%u connects=%llu no_port=%llu",
			tcpdiag_peer_total(s->in_use), fact->taken,
			ports->rules.capacity,
			s->in_use[TCPDIAG_PEER_ESTABLISHED],
			s->in_use[TCPDIAG_PEER_CLOSING],
			s->in_use[TCPDIAG_PEER_TIME_WAIT], s->connects,
			s->no_port);
	if (s->missed)
		scnprintf(f->evidence + n, sizeof(f->evidence) - n,
			  " missing_at_most=%llu", s->missed);
}

/* Growth in a shorter time may be a burst: no reason to wake anybody. */
static u64 forecast_s(const struct tcpdiag_ports_facts *ports,
		      const struct tcpdiag_ports_fact *fact)
{
	return fact->forecast_s && ports->rules.window_ms < WINDOW_MS ?
	       TCPDIAG_NEVER : fact->forecast_s;
}

static bool is_refusing(const struct tcpdiag_ports_fact *fact)
{
	return fact->sum.no_port && fact->refused_us < RECENT_US;
}

/* Most of the ports are taken because of bind(), for all destinations. */
static bool is_bound(const struct tcpdiag_ports_fact *fact)
{
	return tcpdiag_peer_bound(&fact->sum) > fact->taken / 2;
}

static void say_bound(const struct tcpdiag_ports_fact *fact,
		      struct tcpdiag_finding *f)
{
	if (is_bound(fact))
		tcpdiag_say(f->application,
			    "set IP_BIND_ADDRESS_NO_PORT before bind() to a local address: %u ports were taken by bind() to port 0, each for all destinations",
			    tcpdiag_peer_bound(&fact->sum));
}

/* Not all of them are in use by those who connect there. */
static void say_users(const struct tcpdiag_ports_fact *fact,
		      struct tcpdiag_finding *f)
{
	u32 elsewhere = tcpdiag_peer_elsewhere(&fact->sum);
	char owner[TCPDIAG_OWNER_LEN];
	size_t n = strlen(f->what);

	tcpdiag_format_owner(owner, &fact->user);
	if (elsewhere)
		scnprintf(f->what + n, sizeof(f->what) - n,
			  "%u of them because bind() to port 0 took them for other destinations, others by %s",
			  elsewhere, owner);
	else
		scnprintf(f->what + n, sizeof(f->what) - n, "by %s", owner);
}

/* tcpdiag_find_bind_no_port() tells of it, however many are in use here. */
static bool is_told_of_bind(const struct tcpdiag_facts *facts,
			    const struct tcpdiag_ports_fact *fact)
{
	return !facts->binds->autobind_reuse &&
	       tcpdiag_peer_percent(tcpdiag_peer_bound(&fact->sum),
				    facts->ports->rules.capacity) >=
	       facts->limits->ports_percent;
}

/**
 * tcpdiag_find_ports_exhausted() - connect() found no free local port
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_ports_exhausted(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports->refused;
	char name[TCPDIAG_PAIR_LEN], ago[TCPDIAG_DURATION_LEN];
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	if (!fact->sum.no_port || fact->refused_us >= OVER_US)
		return;
	f = tcpdiag_findings_add(out, is_refusing(fact) ? TCPDIAG_CRITICAL :
							  TCPDIAG_WARNING);
	tcpdiag_say_pair(f, &fact->sum.key, &fact->victim);
	tcpdiag_say(f->what,
		    "connect() from %s failed %llu time%s because no local port was free (EADDRNOTAVAIL), most recently %s ago in %s",
		    tcpdiag_peer_name(name, &fact->sum.key, " to "),
		    fact->sum.no_port, tcpdiag_plural(fact->sum.no_port),
		    tcpdiag_format_duration(ago, fact->refused_us),
		    tcpdiag_format_owner(owner, &fact->victim));
	say_ports(facts->ports, fact, f);
	say_remedies(facts->ports, fact, f);
	say_bound(fact, f);
}

/**
 * tcpdiag_find_ports_filling() - soon no local port is left for a destination
 * @facts: what is judged
 * @out: where to
 *
 * Ports in TIME_WAIT that connect() may reuse do not count. If connect() fails
 * already, tcpdiag_find_ports_exhausted() reports it; if bind() took so many,
 * tcpdiag_find_bind_no_port() does.
 */
void tcpdiag_find_ports_filling(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports->fullest;
	u32 capacity = facts->ports->rules.capacity;
	unsigned int percent = tcpdiag_peer_percent(fact->taken, capacity);
	u64 left_s = forecast_s(facts->ports, fact);
	char name[TCPDIAG_PAIR_LEN];
	struct tcpdiag_finding *f;

	if (percent < facts->limits->ports_percent || is_refusing(fact) ||
	    is_told_of_bind(facts, fact))
		return;
	f = tcpdiag_findings_add(out, left_s <= SOON_S ?
				      TCPDIAG_CRITICAL : TCPDIAG_WARNING);
	tcpdiag_say_pair(f, &fact->sum.key, &fact->user);
	tcpdiag_say(f->what,
		    "%s%u of %u local ports (%u %%) for connections from %s are in use, ",
		    fact->sum.missed ? "at least " : "",
		    fact->taken, capacity, percent,
		    tcpdiag_peer_name(name, &fact->sum.key, " to "));
	say_users(fact, f);
	if (!left_s)
		strlcat(f->what, "; none is left", sizeof(f->what));
	else if (left_s != TCPDIAG_NEVER)
		scnprintf(f->what + strlen(f->what),
			  sizeof(f->what) - strlen(f->what),
			  "; at this rate none will be left in %llu s",
			  left_s);
	say_ports(facts->ports, fact, f);
	say_remedies(facts->ports, fact, f);
	say_bound(fact, f);
}

/*
 * Whose most of them are. Once there are far fewer, the limit was reached long ago,
 * perhaps by others.
 */
static void say_waiting(const struct tcpdiag_facts *facts,
			struct tcpdiag_finding *f)
{
	const struct tcpdiag_time_wait_facts *tw = facts->time_wait;
	const u64 *most = tw->dest.rest & TCPDIAG_PEER_V6 ?
			  tw->dest.word + 2 : tw->dest.word;
	char owner[TCPDIAG_OWNER_LEN], end[TCPDIAG_END_LEN];
	u64 now = facts->snap->now[TCP_TIME_WAIT];

	if (now < tw->limit / 2)
		return;
	if (tw->gone)
		tcpdiag_say_more(f->what, "; %u of the %llu in TIME_WAIT are connections to %s",
				 tw->gone, now,
				 tcpdiag_peer_end_name(end, most, tw->dest.rest,
						       true));
	if (tw->owned)
		tcpdiag_say_more(f->what, "; %s closed %u of those in TIME_WAIT first",
				 tcpdiag_format_owner(owner, &tw->owner),
				 tw->owned);
}

/**
 * tcpdiag_find_time_wait_overflow() - net.ipv4.tcp_max_tw_buckets was reached in
 *	the last ten minutes
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_time_wait_overflow(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_time_wait_facts *tw = facts->time_wait;
	struct tcpdiag_finding *f;

	if (!tw->lately)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%llu connection%s ended without TIME_WAIT because net.ipv4.tcp_max_tw_buckets was reached: late segments may reset or corrupt the next connection with the same addresses and ports",
		    tw->overflows, tcpdiag_plural(tw->overflows));
	say_waiting(facts, f);
	tcpdiag_say(f->evidence, "overflows=%llu now=%llu limit=%u",
		    tw->overflows, facts->snap->now[TCP_TIME_WAIT], tw->limit);
	tcpdiag_say(f->application,
		    "keep connections open and reuse them, or let the other end close first: TIME_WAIT stays at the end that closes first");
	tcpdiag_say(f->host,
		    "raise net.ipv4.tcp_max_tw_buckets, which is %u: a socket in TIME_WAIT takes about 250 bytes of memory",
		    tw->limit);
	f->no_help = FOLKLORE;
}

/*
 * How long these live is not known: they are still open. Of those in use some
 * are older than the module, of those made some have failed, so both are too
 * many.
 */
static u64 still_open(const struct tcpdiag_peer_sum *s)
{
	u64 live = tcpdiag_peer_total(s->in_use) -
		   s->in_use[TCPDIAG_PEER_TIME_WAIT];

	return min(live, s->connects - min(s->connects, s->lived));
}

/**
 * tcpdiag_find_connection_churn() - many short connections to one destination
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_connection_churn(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *fact = &facts->ports->busiest;
	const struct tcpdiag_peer_sum *s = &fact->sum;
	char name[TCPDIAG_PAIR_LEN], owner[TCPDIAG_OWNER_LEN];
	char life[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	u64 rate, percent;

	if (facts->ports->rules.window_ms < WINDOW_MS || !s->lives)
		return;
	rate = tcpdiag_peer_rate(s, facts->ports->rules.window_ms);
	percent = div64_u64(s->lived_short * 100, s->lived + still_open(s));
	if (rate < facts->limits->churn_per_second * 10ULL ||
	    percent < MOST_PERCENT)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say_pair(f, &s->key, &fact->user);
	tcpdiag_say(f->what,
		    "%s makes %llu connection%s a second from %s, and %llu %% of them live for less than 1 s (median %s)",
		    tcpdiag_format_owner(owner, &fact->user), div_u64(rate, 10),
		    tcpdiag_plural(div_u64(rate, 10)),
		    tcpdiag_peer_name(name, &s->key, " to "), percent,
		    tcpdiag_format_duration(life, tcpdiag_peer_median_us(s)));
	tcpdiag_say(f->evidence,
		    "per_second=%llu lived=%llu lived_under_1s=%llu median_life_us=%llu in_use=%u",
		    div_u64(rate, 10), s->lived, s->lived_short,
		    tcpdiag_peer_median_us(s), tcpdiag_peer_total(s->in_use));
	tcpdiag_say(f->application,
		    "keep connections open and reuse them (a pool, keep-alive at both ends): each reuse saves a handshake, a slow start and, if this end closes first, a port in TIME_WAIT for 60 s");
}
