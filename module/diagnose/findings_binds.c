// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on bind() and listen() that fail with EADDRINUSE: no port is left for
 * a local address, or somebody has the port that the program wants.
 */
#include <linux/string.h>
#include <linux/time64.h>

#include "diagnose/facts_binds.h"
#include "diagnose/facts_ports.h"
#include "diagnose/findings.h"
#include "model/addr.h"
#include "model/format.h"
#include "model/limits.h"

/* A call that failed less than this ago may fail again now. */
#define RECENT_US	(60 * (u64)USEC_PER_SEC)
/* A failure older than this is no longer reported. */
#define OVER_US		(60 * RECENT_US)
/* So many in a few minutes are more than a program that looks for a port. */
#define AGAIN		3

#define NO_PORT \
	"set IP_BIND_ADDRESS_NO_PORT before bind() to a local address: without it bind() reserves a port of that address for one connection, with it connect() chooses one that connections to other destinations can have too"
#define NO_HELP_ANY \
	"net.ipv4.tcp_tw_reuse and net.ipv4.tcp_fin_timeout do not apply to bind(); a higher limit of file descriptors frees no port"
#define OTHER_PORT \
	"stop the program that has the port, or choose another port; several processes that share a port must each set SO_REUSEPORT before bind()"
#define TWICE \
	"if the one that has the port is left over from an earlier run, its workers too, stop it; if not, find out who starts it a second time: one that is only to be there needs no second; two at once need a port each, or SO_REUSEPORT in each before bind()"
#define REUSE \
	"set SO_REUSEADDR before each bind(): with it old connections and their TIME_WAITs do not keep a server from binding its port"
#define GIVEN \
	"add port %u to net.ipv4.ip_local_reserved_ports, so that no outgoing connection is given it, or choose one outside net.ipv4.ip_local_port_range; now end that connection, or wait for its end"
#define REUSE_WAS_SET \
	"the program sets SO_REUSEADDR, but the old sockets were made without it: set it before each bind() to this port, in the program that had it before too"

static const char *lower_bound(const struct tcpdiag_binds_facts *binds)
{
	return binds->missed ? "at least " : "";
}

/* The address of a failure; its port is 0 for any. */
static const char *address(char *buf, const struct tcpdiag_bind_sum *s)
{
	return tcpdiag_format_addr(buf, s->to.v6, &s->to.addr, s->port);
}

/* The local address of connections. */
static struct tcpdiag_bound_to local_of(const struct tcpdiag_key *key)
{
	struct tcpdiag_bound_to b = { .v6 = key->rest & TCPDIAG_PEER_V6 };

	if (b.v6)
		memcpy(&b.addr, key->word, sizeof(b.addr));
	else
		b.addr.s6_addr32[0] =
			(__force __be32)upper_32_bits(key->word[0]);
	return b;
}

/*
 * How many of the ports that a bind() wants connections hold that were bound: 0
 * if those with most are on another local address.
 */
static u32 held_there(const struct tcpdiag_facts *facts,
		      const struct tcpdiag_bind_sum *failed)
{
	const struct tcpdiag_peer_sum *s = &facts->ports->bound.sum;
	const struct tcpdiag_bound_to local = local_of(&s->key);

	return tcpdiag_bound_meet(&local, &failed->to) ? s->bound_local : 0;
}

/* Whether one process holds most of @n ports that bind() found. */
static bool is_one_binder(const struct tcpdiag_facts *facts, u32 n)
{
	return n && facts->ports->bound_least > n / 2;
}

/* How many ports bind() has taken, and what to change in whose program. */
static void say_bound(const struct tcpdiag_facts *facts, u32 bound,
		      const struct tcpdiag_owner *victim,
		      struct tcpdiag_finding *f)
{
	const struct tcpdiag_owner *binder = &facts->ports->binder;
	char owner[TCPDIAG_OWNER_LEN];
	size_t n = strlen(f->evidence);

	if (bound)
		scnprintf(f->evidence + n, sizeof(f->evidence) - n,
			  "%sbound=%u capacity=%u bound_by_one=%u",
			  n ? " " : "", bound, facts->ports->rules.capacity,
			  facts->ports->bound_least);
	n = 0;
	if (is_one_binder(facts, bound) && binder->pid != victim->pid)
		n = tcpdiag_say(f->application, "in %s: ",
				tcpdiag_format_owner(owner, binder));
	scnprintf(f->application + n, sizeof(f->application) - n, NO_PORT);
	tcpdiag_say(f->host,
		    "net.ipv4.ip_local_port_range is %d %d: a wider range only makes it last longer; more local addresses have the range once each",
		    facts->ports->low, facts->ports->high);
	f->no_help = NO_HELP_ANY;
}

/* Who holds how many of @bound ports, as the end of a sentence. */
static void say_binder(const struct tcpdiag_facts *facts, u32 bound,
		       struct tcpdiag_finding *f)
{
	u32 least = facts->ports->bound_least;
	char owner[TCPDIAG_OWNER_LEN];
	size_t n = strlen(f->what);

	if (!least)
		return;
	tcpdiag_format_owner(owner, &facts->ports->binder);
	if (least >= bound)
		scnprintf(f->what + n, sizeof(f->what) - n, ", all by %s",
			  owner);
	else
		scnprintf(f->what + n, sizeof(f->what) - n,
			  ", at least %u of them by %s", least, owner);
}

/* At fault is who holds most of the ports; who failed may hold none. */
static void bind_fails(const struct tcpdiag_facts *facts,
		       const struct tcpdiag_bind_fact *fact,
		       struct tcpdiag_findings *out)
{
	char addr[TCPDIAG_ADDR_LEN], ago[TCPDIAG_DURATION_LEN];
	const struct tcpdiag_bind_sum *s = &fact->sum;
	u32 bound = held_there(facts, s);
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;
	size_t n;

	f = tcpdiag_findings_add(out, fact->ago_us < RECENT_US ?
				      TCPDIAG_CRITICAL : TCPDIAG_WARNING);
	tcpdiag_say(f->subject, "%s", address(addr, s));
	f->about.owner = is_one_binder(facts, bound) ? facts->ports->binder :
						       fact->victim;
	f->about.v6 = s->to.v6;
	f->about.local = s->to.addr;
	f->about.port = s->port;
	n = tcpdiag_say(f->what,
			"bind() to %s failed %s%llu time%s with EADDRINUSE, most recently %s ago in %s: no port is left for this local address",
			addr, lower_bound(facts->binds), s->count,
			tcpdiag_plural(s->count),
			tcpdiag_format_duration(ago, fact->ago_us),
			tcpdiag_format_owner(owner, &fact->victim));
	if (bound) {
		scnprintf(f->what + n, sizeof(f->what) - n,
			  "; %u of %u are held by connections that were bound before connect()",
			  bound, facts->ports->rules.capacity);
		say_binder(facts, bound, f);
	}
	tcpdiag_say(f->evidence, "failed=%llu failed_lately=%u missed=%llu",
		    s->count, s->recent, facts->binds->missed);
	say_bound(facts, bound, &fact->victim, f);
}

/* No bind() has failed yet, but soon one will. */
static void bind_filling(const struct tcpdiag_facts *facts,
			 struct tcpdiag_findings *out)
{
	const struct tcpdiag_ports_fact *bound = &facts->ports->bound;
	const struct tcpdiag_owner *binder = &facts->ports->binder;
	u32 capacity = facts->ports->rules.capacity;
	u32 ports = bound->sum.bound_local;
	struct tcpdiag_finding *f;
	char name[TCPDIAG_PAIR_LEN];

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say_pair(f, &bound->sum.key, binder);
	tcpdiag_say(f->what,
		    "%u of %u local ports (%u %%) are used up for all destinations, because bind() to port 0 was called before connect(), as from %s",
		    ports, capacity, tcpdiag_peer_percent(ports, capacity),
		    tcpdiag_peer_name(name, &bound->sum.key, " to "));
	say_binder(facts, ports, f);
	say_bound(facts, ports, binder, f);
}

/**
 * tcpdiag_find_bind_no_port() - bind() to port 0 finds none, or soon will
 * @facts: what is judged
 * @out: where to
 *
 * Sockets that are only bound are not counted, so no figure says that ports are
 * left. With net.ipv4.ip_autobind_reuse sockets may share a port: then only a
 * bind() that failed is a finding.
 */
void tcpdiag_find_bind_no_port(const struct tcpdiag_facts *facts,
			       struct tcpdiag_findings *out)
{
	const struct tcpdiag_bind_fact *fact =
		&facts->binds->kind[TCPDIAG_BIND_ANY];
	const struct tcpdiag_ports_fact *bound = &facts->ports->bound;

	if (fact->sum.count && fact->ago_us < OVER_US)
		bind_fails(facts, fact, out);
	else if (!facts->binds->autobind_reuse &&
		 tcpdiag_peer_percent(bound->sum.bound_local,
				      facts->ports->rules.capacity) >=
		 facts->limits->ports_percent)
		bind_filling(facts, out);
}

/* The port is that of an outgoing connection, which could have had any other. */
static bool was_given(const struct tcpdiag_port_holder *h)
{
	return h->open && !h->listening && !h->bound && h->given;
}

/* Who has the port, as the end of a sentence. */
static void say_holder(const struct tcpdiag_bind_fact *fact,
		       struct tcpdiag_finding *f)
{
	const struct tcpdiag_port_holder *h = &fact->holder;
	char owner[TCPDIAG_OWNER_LEN], addr[TCPDIAG_ADDR_LEN];
	const char *more = h->cut ? "at least " : "";
	size_t n = strlen(f->what);
	char *to = f->what + n;
	size_t room = sizeof(f->what) - n;

	tcpdiag_format_owner(owner, &h->owner);
	if (h->listening)
		scnprintf(to, room, "; %s listens on it", owner);
	else if (h->bound)
		scnprintf(to, room, "; %s has bound a socket to it", owner);
	else if (h->open)
		n = scnprintf(to, room, "; %s%u connection%s %s it, %s of %s",
			      more, h->open, tcpdiag_plural(h->open),
			      h->open == 1 ? "has" : "have",
			      h->open == 1 && !h->cut ? "that" : "one", owner);
	else if (h->time_wait)
		scnprintf(to, room, "; %s%u socket%s in TIME_WAIT %s it",
			  more, h->time_wait, tcpdiag_plural(h->time_wait),
			  h->time_wait == 1 ? "has" : "have");
	else if (h->cut)
		scnprintf(to, room, "; who has it is not known");
	else
		scnprintf(to, room, "; nobody has it now");
	if (was_given(h))
		scnprintf(to + n, room - n,
			  " to %s, for which connect() found this port",
			  tcpdiag_format_addr(addr, h->v6, &h->addr.remote,
					      h->addr.rport));
}

/* An outgoing connection may have been given the port of a server. */
static bool may_be_given(const struct tcpdiag_facts *facts, u16 port)
{
	return port >= facts->ports->low && port <= facts->ports->high;
}

/* The port belongs to another process of the same name. */
static bool is_of_its_like(const struct tcpdiag_bind_fact *fact)
{
	const struct tcpdiag_port_holder *h = &fact->holder;

	return (h->listening || h->bound) && *h->owner.comm &&
	       h->owner.pid != fact->victim.pid &&
	       !strcmp(h->owner.comm, fact->victim.comm);
}

static void say_in_use(const struct tcpdiag_facts *facts,
		       const struct tcpdiag_bind_fact *fact,
		       struct tcpdiag_finding *f)
{
	const struct tcpdiag_port_holder *h = &fact->holder;
	const char *reuse = fact->sum.reuse ? REUSE_WAS_SET : REUSE;
	bool others = h->listening || h->bound;

	tcpdiag_say(f->evidence,
		    "failed=%llu failed_lately=%u listening=%u bound=%u connections=%u time_wait=%u reuseaddr=%u missed=%llu",
		    fact->sum.count, fact->sum.recent, h->listening, h->bound,
		    h->open, h->time_wait, fact->sum.reuse,
		    facts->binds->missed);
	if (was_given(h))
		tcpdiag_say(f->application, GIVEN, fact->sum.port);
	else if (is_of_its_like(fact))
		tcpdiag_say(f->application, TWICE);
	else
		tcpdiag_say(f->application, "%s",
			    others || !(h->open || h->time_wait) ? OTHER_PORT :
								   reuse);
	if (may_be_given(facts, fact->sum.port))
		tcpdiag_say(f->host,
			    "port %u is in net.ipv4.ip_local_port_range (%d %d), so connect() may take it: add it to net.ipv4.ip_local_reserved_ports",
			    fact->sum.port, facts->ports->low,
			    facts->ports->high);
	else
		tcpdiag_say(f->host, "see who has it with ss -tanp 'sport = :%u'",
			    fact->sum.port);
}

static void bind_in_use(const struct tcpdiag_facts *facts,
			const struct tcpdiag_bind_fact *fact, const char *call,
			struct tcpdiag_findings *out)
{
	bool again = fact->ago_us < RECENT_US && fact->sum.recent >= AGAIN;
	char addr[TCPDIAG_ADDR_LEN], ago[TCPDIAG_DURATION_LEN];
	const struct tcpdiag_bind_sum *s = &fact->sum;
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, again ? TCPDIAG_WARNING : TCPDIAG_NOTE);
	tcpdiag_say(f->subject, "%s", address(addr, s));
	f->about.owner = fact->victim;
	f->about.v6 = s->to.v6;
	f->about.local = s->to.addr;
	f->about.port = s->port;
	tcpdiag_say(f->what,
		    "%s for %s failed %s%llu time%s with EADDRINUSE, most recently %s ago in %s",
		    call, addr, lower_bound(facts->binds), s->count,
		    tcpdiag_plural(s->count),
		    tcpdiag_format_duration(ago, fact->ago_us),
		    tcpdiag_format_owner(owner, &fact->victim));
	say_holder(fact, f);
	say_in_use(facts, fact, f);
}

/*
 * What is over and harms nobody any more is no finding. Who listens only since
 * the last failure was not in its way, and may be who failed.
 */
static bool is_in_use(const struct tcpdiag_bind_fact *fact)
{
	const struct tcpdiag_port_holder *h = &fact->holder;

	if (!fact->sum.count || !fact->holder_known || fact->ago_us >= OVER_US)
		return false;
	/* it looked for a free port, and found the next to one of its like */
	if (fact->sum.searched && is_of_its_like(fact))
		return false;
	if (h->listening && !h->in_time)
		return false;
	return fact->ago_us < RECENT_US || h->listening || h->bound || h->open ||
	       h->time_wait;
}

/**
 * tcpdiag_find_bind_in_use() - somebody has the port that a program wants
 * @facts: what is judged
 * @out: where to
 *
 * A program may try ports until one is free: only a port that is tried again and
 * again is worth a warning.
 */
void tcpdiag_find_bind_in_use(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	const struct tcpdiag_bind_fact *kind = facts->binds->kind;

	if (is_in_use(&kind[TCPDIAG_BIND_CHOSEN]))
		bind_in_use(facts, &kind[TCPDIAG_BIND_CHOSEN], "bind()", out);
	if (is_in_use(&kind[TCPDIAG_BIND_LISTEN]))
		bind_in_use(facts, &kind[TCPDIAG_BIND_LISTEN], "listen()", out);
}
