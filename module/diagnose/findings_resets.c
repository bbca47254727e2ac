// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connections that end by a RST.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/tcp_states.h>

#include "diagnose/facts_resets.h"
#include "diagnose/findings.h"
#include "diagnose/reset_words.h"
#include "diagnose/service.h"
#include "model/format.h"
#include "survey/stuck.h"

/* A connection that had no data for less than this was not idle. */
#define IDLE_MS		1000
/* What is often advised but does not help. */
#define MAY_BREAK_OFF \
	"nothing, if it breaks off on purpose and its last words do not matter; else "
#define NO_HELP_RACE "net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout and larger buffers: the server's program has closed the connection"
#define NO_HELP_UNREAD "SO_LINGER: with unread data close() sends a RST whatever it is set to"
#define NO_HELP_LINGER "SO_LINGER of 0 s against TIME_WAIT: a socket in TIME_WAIT costs little, and net.ipv4.tcp_tw_reuse lets clients have its port"
#define NO_HELP_NOT_ACCEPTED "a longer backlog: more connections would wait and be reset"
#define NO_HELP_FORGOTTEN "net.ipv4.tcp_fin_timeout and net.ipv4.tcp_tw_reuse: no end of the connection has closed"
#define NO_HELP_ORPHANS "net.ipv4.tcp_fin_timeout applies to FIN_WAIT2, when the peer has acknowledged everything"

static bool was_idle(const struct tcpdiag_reset_fact *x)
{
	return x->idle.n && x->idle.min_ms >= IDLE_MS;
}

/* The program writes to connections that the peer has closed. */
static bool is_writer(const struct tcpdiag_reset_fact *x)
{
	return x->reason == TCPDIAG_RESET_PEER_CLOSED && x->active &&
	       x->recent >= TCPDIAG_RESETS_SEVERAL;
}

/* The program closes idle connections that the peer still uses. */
static bool is_closer(const struct tcpdiag_reset_fact *x)
{
	return x->reason == TCPDIAG_RESET_PEER_DATA && !x->active &&
	       x->recent >= TCPDIAG_RESETS_SEVERAL && was_idle(x);
}

/* The changes at either end; the client's idle limit a fifth below the server's. */
static void race_remedies(struct tcpdiag_finding *f,
			  const struct tcpdiag_range *idle)
{
	char limit[TCPDIAG_DURATION_LEN], below[TCPDIAG_DURATION_LEN];

	if (idle->n && idle->min_ms >= IDLE_MS)
		tcpdiag_say(f->application,
			    "client: close pooled connections that were idle for more than %s (below the server's keep-alive limit of about %s), and repeat requests that are idempotent; server: a keep-alive limit above the pool's idle limit",
			    tcpdiag_reset_ms(below, idle->min_ms - idle->min_ms / 5),
			    tcpdiag_reset_ms(limit, idle->min_ms));
	else
		tcpdiag_say(f->application,
			    "client: look whether the peer has closed (poll, read) before reusing a connection, and repeat requests that are idempotent; server: say that it closes (Connection: close), or keep connections open for longer");
	f->no_help = NO_HELP_RACE;
}

static void writer(const struct tcpdiag_resets_facts *facts,
		   const struct tcpdiag_reset_fact *x,
		   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	const struct tcpdiag_reset_fact *server;
	struct tcpdiag_finding *f;
	char idle[64], gap[64];
	size_t n;

	server = tcpdiag_reset_other_end(facts, x, TCPDIAG_RESET_PEER_DATA);
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_reset_subject(f, x);
	n = tcpdiag_say(f->what,
			"%s reuses connections %s that the server has closed: its request gets a RST instead of an answer (%s)",
			tcpdiag_format_owner(owner, &x->owner),
			tcpdiag_reset_place(where, x),
			tcpdiag_reset_how_often(when, x));
	if (was_idle(x) && x->gap.n)
		n += scnprintf(f->what + n, sizeof(f->what) - n,
			       "; the server closes after %s without data, the request came %s later",
			       tcpdiag_reset_range(idle, sizeof(idle), &x->idle),
			       tcpdiag_reset_range(gap, sizeof(gap), &x->gap));
	if (server)
		scnprintf(f->what + n, sizeof(f->what) - n,
			  "; the server is %s on this host",
			  tcpdiag_format_owner(owner, &server->owner));
	tcpdiag_reset_evidence(f, x);
	race_remedies(f, &x->idle);
}

static void closer(const struct tcpdiag_resets_facts *facts,
		   const struct tcpdiag_reset_fact *x,
		   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	char idle[64], gap[64], later[80] = "later", peer[TCPDIAG_ADDR_LEN];
	struct tcpdiag_finding *f;
	size_t n;

	if (tcpdiag_reset_other_end(facts, x, TCPDIAG_RESET_PEER_CLOSED))
		return;
	/* many peers are browsers, which try again by themselves */
	if (x->gap.n)
		tcpdiag_say(later, "%s later",
			    tcpdiag_reset_range(gap, sizeof(gap), &x->gap));
	f = tcpdiag_findings_add(out, x->one_peer ? TCPDIAG_WARNING :
						    TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	n = tcpdiag_say(f->what,
			"%s closes connections %s after %s without data, and requests that come %s are answered with a RST (%s)",
			tcpdiag_format_owner(owner, &x->owner),
			tcpdiag_reset_place(where, x),
			tcpdiag_reset_range(idle, sizeof(idle), &x->idle),
			later, tcpdiag_reset_how_often(when, x));
	if (x->one_peer)
		scnprintf(f->what + n, sizeof(f->what) - n,
			  "; most of them from %s, which keeps connections longer than this server does",
			  tcpdiag_reset_address(peer, x->v6, &x->addr));
	else
		scnprintf(f->what + n, sizeof(f->what) - n,
			  "; they come from several peers");
	tcpdiag_reset_evidence(f, x);
	race_remedies(f, &x->idle);
}

/**
 * tcpdiag_resets_judge() - whether a finding judges RSTs of a reason
 * @reason: the reason
 * @state: the state before
 *
 * Context: any.
 * Return: true if one does.
 */
bool tcpdiag_resets_judge(enum tcpdiag_reset reason, unsigned int state)
{
	switch (reason) {
	case TCPDIAG_RESET_PEER_CLOSED:
	case TCPDIAG_RESET_PEER_DATA:
	case TCPDIAG_RESET_CLOSE_UNREAD:
	case TCPDIAG_RESET_EXIT_UNREAD:
	case TCPDIAG_RESET_LINGER:
	case TCPDIAG_RESET_NOT_ACCEPTED:
	case TCPDIAG_RESET_BY_PEER:
	case TCPDIAG_RESET_ORPHANS:
	case TCPDIAG_RESET_MEMORY:
		return true;
	case TCPDIAG_RESET_TIMEOUT:
		/* not FIN_WAIT2 without a program: its time is over */
		return state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT;
	default:
		return false;
	}
}

/**
 * tcpdiag_find_resets_keepalive_race() - connections are reused after the other
 *	side has closed them
 * @facts: what is judged
 * @out: where to
 *
 * If both ends are on this host, one finding names both. That a client writes to
 * a server which has closed costs a request. That a client has gone while the
 * server made its answer is usual.
 */
void tcpdiag_find_resets_keepalive_race(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		if (is_writer(&r->fact[i]))
			writer(r, &r->fact[i], out);
		else if (is_closer(&r->fact[i]))
			closer(r, &r->fact[i], out);
	}
}

static void close_unread(const struct tcpdiag_reset_fact *x,
			 struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	struct tcpdiag_finding *f;

	/* a client has asked, and may break off; a server has answered */
	f = tcpdiag_findings_add(out, x->active ? TCPDIAG_NOTE :
						  TCPDIAG_WARNING);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "%s calls close() on connections %s with data unread: the kernel sends a RST instead of a FIN (%s); in %llu of %llu the peer had not yet acknowledged what %s sent last: with the RST it may see \"connection reset\" instead of %s",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_how_often(when, x), x->lost, x->recent,
		    *x->owner.comm ? x->owner.comm : "it",
		    x->active ? "that" : "the answer");
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application, "%s%s",
		    x->active ? MAY_BREAK_OFF : "",
		    "before close(): read to the end of what the peer sends, or call shutdown(SHUT_WR) and read (up to some limit and time) until it returns 0; nginx calls this lingering_close");
	f->no_help = NO_HELP_UNREAD;
}

/* Those of a reason of which several had data on its way. */
static void each_loss(const struct tcpdiag_resets_facts *r,
		      enum tcpdiag_reset reason,
		      void (*tell)(const struct tcpdiag_reset_fact *x,
				   struct tcpdiag_findings *out),
		      struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->fact[i].reason == reason &&
		    r->fact[i].recent >= TCPDIAG_RESETS_SEVERAL &&
		    r->fact[i].lost >= TCPDIAG_RESETS_SEVERAL)
			tell(&r->fact[i], out);
}

/**
 * tcpdiag_find_resets_close_unread() - programs may lose their last answer by
 *	close() with unread data
 * @facts: what is judged
 * @out: where to
 *
 * A close() with unread data is no fault as such: many clients read no more than
 * they need. It is one if data of this end was still on its way.
 */
void tcpdiag_find_resets_close_unread(const struct tcpdiag_facts *facts,
				      struct tcpdiag_findings *out)
{
	each_loss(facts->resets, TCPDIAG_RESET_CLOSE_UNREAD, close_unread, out);
}

static void linger(const struct tcpdiag_reset_fact *x,
		   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "%s closes connections %s with SO_LINGER of 0 s: the kernel sends a RST and throws away what the peer has not acknowledged (%s); in %llu of %llu there was some: the peer may see \"connection reset\" instead of %s",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_how_often(when, x), x->lost, x->recent,
		    x->active ? "what was sent last" :
				"the rest of the answer");
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application,
		    "do not set SO_LINGER to 0 s for connections that have sent something: call shutdown(SHUT_WR) and read until it returns 0, or let the other end close first");
	f->no_help = NO_HELP_LINGER;
}

/**
 * tcpdiag_find_resets_linger() - programs throw their answers away by SO_LINGER
 * @facts: what is judged
 * @out: where to
 *
 * A RST that takes nothing with it is what the program asked for.
 */
void tcpdiag_find_resets_linger(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	each_loss(facts->resets, TCPDIAG_RESET_LINGER, linger, out);
}

static void not_accepted(const struct tcpdiag_facts *facts,
			 const struct tcpdiag_reset_fact *x,
			 struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	struct tcpdiag_finding *f;

	/* a service that is stopped for good leaves them to nobody */
	f = tcpdiag_findings_add(out, x->served ? TCPDIAG_WARNING :
						  TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "%s closed the listener on port %u, or ended, while connections waited there for accept(): the kernel reset them (%s), and the clients, which were connected, see \"connection reset\"%s",
		    tcpdiag_format_owner(owner, &x->owner), x->port,
		    tcpdiag_reset_how_often(when, x),
		    x->served || x->unsure ? "" : "; nobody listens there now");
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application,
		    "hand the listener itself to the next process (inherited, or by SCM_RIGHTS) instead of making another with SO_REUSEPORT; before close() call accept() until EAGAIN, and serve what it returns");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_migrate_req is %d: with 1 the kernel gives such connections to another listener of the port with SO_REUSEPORT, if there is one",
		    facts->resets->migrates);
	f->no_help = NO_HELP_NOT_ACCEPTED;
}

/**
 * tcpdiag_find_resets_not_accepted() - a listener was closed while connections
 *	waited in its queue
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_resets_not_accepted(const struct tcpdiag_facts *facts,
				      struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->fact[i].reason == TCPDIAG_RESET_NOT_ACCEPTED &&
		    r->fact[i].recent >= TCPDIAG_RESETS_SEVERAL)
			not_accepted(facts, &r->fact[i], out);
}

/* The other ends did what they do after so long a time; their ends were lost. */
static void ended_in_sleep(const struct tcpdiag_resets_facts *r,
			   const struct tcpdiag_reset_fact *x,
			   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "%s reuses connections %s, and its request gets a RST although no end came (%s): ",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_how_often(when, x));
	tcpdiag_reset_say_sleep(f, r);
	tcpdiag_say_more(f->what, ": its connections ended meanwhile");
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application,
		    "nothing, if it connects again; else test pooled connections before they are used, and repeat requests that are idempotent");
	f->no_help = NO_HELP_FORGOTTEN;
}

static void uses_forgotten(const struct tcpdiag_reset_fact *x,
			   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	char below[TCPDIAG_DURATION_LEN], idle[64];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "%s reuses connections %s from which nothing had come for %s, and its request gets a RST although no end came (%s): a load balancer, NAT or firewall on the way has forgotten them, or the other host was restarted, or this host was asleep",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_range(idle, sizeof(idle), &x->idle),
		    tcpdiag_reset_how_often(when, x));
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application,
		    "close pooled connections that were idle for more than %s, or less: below the idle limit of what is on the way; or set SO_KEEPALIVE with a TCP_KEEPIDLE below it; repeat requests that are idempotent",
		    tcpdiag_reset_ms(below, x->idle.min_ms - x->idle.min_ms / 5));
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_keepalive_time helps only sockets with SO_KEEPALIVE, and its default of two hours is above most such limits");
	f->no_help = NO_HELP_FORGOTTEN;
}

/**
 * tcpdiag_find_resets_forgotten() - idle connections are reused that something
 *	on the way has forgotten
 * @facts: what is judged
 * @out: where to
 *
 * A peer that fails while it works on a request has acknowledged it: then nothing
 * is lost. A sleep of this host is no fault of anything on the way.
 */
void tcpdiag_find_resets_forgotten(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	const struct tcpdiag_reset_fact *x;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		x = &r->fact[i];
		if (!tcpdiag_reset_is_forgotten(x))
			continue;
		if (tcpdiag_reset_after_sleep(r, x))
			ended_in_sleep(r, x, out);
		else
			uses_forgotten(x, out);
	}
}

static void aborted(const struct tcpdiag_facts *facts,
		    const struct tcpdiag_reset_fact *x,
		    struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	const struct tcpdiag_stuck_facts *s = facts->stuck;
	bool memory = x->reason == TCPDIAG_RESET_MEMORY;
	char on_machine[24] = "-", also[40] = "";
	struct tcpdiag_finding *f;

	if (s->on_machine_known) {
		tcpdiag_say(on_machine, "%llu", s->on_machine);
		tcpdiag_say(also, ", %llu on the machine", s->on_machine);
	}
	f = tcpdiag_findings_add(out, x->per_s ? TCPDIAG_CRITICAL :
						 TCPDIAG_WARNING);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "the kernel resets connections of %s %s after close() although the peer has not got all data, because %s (%s): orphans are closed sockets that still have to deliver data; now there are %s%llu here%s",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    memory ? "TCP is out of memory (net.ipv4.tcp_mem)" :
			     "there are more orphans than net.ipv4.tcp_max_orphans allows",
		    tcpdiag_reset_how_often(when, x), s->cut ? "at least " : "", s->orphans,
		    also);
	tcpdiag_say(f->evidence,
		    "reason=%s resets_10min=%llu lost_10min=%llu resets=%llu orphans=%llu on_machine=%s aborted_since_boot=%llu",
		    tcpdiag_reset_name(x->reason), x->recent, x->lost, x->count,
		    s->orphans, on_machine, s->aborted);
	tcpdiag_say(f->application,
		    "wait for the peer before close(): call shutdown(SHUT_WR), then read() until it returns 0, with a limit in time; give up on peers that do not read (TCP_USER_TIMEOUT)");
	if (memory)
		tcpdiag_say(f->host,
			    "raise the third value of net.ipv4.tcp_mem (in pages, for the whole machine), or let sockets have less: net.ipv4.tcp_wmem, net.ipv4.tcp_rmem");
	else
		tcpdiag_say(f->host,
			    "raise net.ipv4.tcp_max_orphans (sysctl net.ipv4.tcp_max_orphans shows it; one limit for all namespaces): each orphan may hold up to 64 KiB that cannot be swapped; sockets that make no progress count double or fourfold; net.ipv4.tcp_orphan_retries is %u%s, and fewer end them sooner",
			    s->orphan_retries,
			    s->orphan_retries ? "" : " (which means 8)");
	f->no_help = NO_HELP_ORPHANS;
}

/**
 * tcpdiag_find_orphans() - the kernel resets closed sockets that still have data
 *	to deliver
 * @facts: what is judged
 * @out: where to
 *
 * How many orphans there are is no fault, as long as the kernel lets them be.
 */
void tcpdiag_find_orphans(const struct tcpdiag_facts *facts,
			  struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->fact[i].reason == TCPDIAG_RESET_ORPHANS ||
		    r->fact[i].reason == TCPDIAG_RESET_MEMORY)
			aborted(facts, &r->fact[i], out);
}

/* What nobody listens on: an address, if somebody listens on another. */
#define ASKED_LEN	(TCPDIAG_ADDR_LEN + 48)

static const char *say_asked(char buf[ASKED_LEN],
			     const struct tcpdiag_resets_facts *r)
{
	char addr[TCPDIAG_ADDR_LEN];

	if (r->refused_holder.listening)
		return tcpdiag_format_addr(buf, r->refused_v6,
					   &r->refused_asked, r->refused_port);
	scnprintf(buf, ASKED_LEN, "port %u of the address asked for (last %s)",
		  r->refused_port,
		  tcpdiag_reset_address(addr, r->refused_v6, &r->refused_asked));
	return buf;
}

static const char *say_nobody(const struct tcpdiag_resets_facts *r)
{
	const struct tcpdiag_port_holder *h = &r->refused_holder;

	if (tcpdiag_service_was_there(h, r->refused_v6, &r->refused_asked))
		return "the kernel found no listener for";
	if (tcpdiag_service_there(h, r->refused_v6, &r->refused_asked))
		return "nobody listened on";
	return "nobody listens on";
}

/**
 * tcpdiag_find_resets_refused() - many SYNs to one port that nobody listens on
 * @facts: what is judged
 * @out: where to
 *
 * A scan of many ports is none: no port has most of its SYNs.
 */
void tcpdiag_find_resets_refused(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	char since[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	char peer[TCPDIAG_ADDR_LEN], asked[ASKED_LEN];
	struct tcpdiag_finding *f;

	if (!r->refused_port || r->refused_hits < TCPDIAG_RESETS_MANY_REFUSED)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_say(f->subject, "port %u", r->refused_port);
	f->about.port = r->refused_port;
	tcpdiag_say(f->what,
		    "%s %s: at least %llu attempts to connect to this port were refused with a RST in the last 10 min, since %s ago, the last one %s ago; it came from %s",
		    say_nobody(r), say_asked(asked, r), r->refused_hits,
		    tcpdiag_format_duration(since, r->refused_since_us),
		    tcpdiag_format_duration(ago, r->refused_ago_us),
		    tcpdiag_reset_address(peer, r->refused_v6, &r->refused_peer));
	tcpdiag_say(f->evidence, "port=%u refused_10min=%llu all_ports_10min=%llu",
		    r->refused_port, r->refused_hits, r->refused);
	tcpdiag_say(f->application,
		    "start the service that should listen on port %u, let it listen on the address asked for (ss -ltn says where it does), or change the client: wrong port or address, or a service that has moved",
		    r->refused_port);
	tcpdiag_say_service(f, &r->refused_holder, r->refused_v6,
			    &r->refused_asked);
}
