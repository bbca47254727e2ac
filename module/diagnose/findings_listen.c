// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on listeners: which of their two queues is full, which program owns
 * them, why the queue is full, and what its limit is.
 */
#include "diagnose/facts_listen.h"
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/limits.h"
#include "survey/listeners.h"

/* What is often advised but does not help. */
#define NO_HELP_FLOOD \
	"a larger backlog, net.core.somaxconn or net.ipv4.tcp_max_syn_backlog: a flood fills a queue of any size"
#define NO_HELP_OVERFLOW \
	"net.ipv4.tcp_max_syn_backlog limits the other queue, that of handshakes; net.ipv4.tcp_abort_on_overflow only refuses clients sooner"

/**
 * struct names - who, where and how many, as text
 * @owner: the process that has to accept, and the one that called listen()
 * @holders: how many have the socket open, for the evidence; `-` is not known
 * @at: the local address
 * @since: since when
 * @accepted: how many connections were accepted in the last second
 * @accepted_per_s: the same for the evidence, where `-` is not known
 * @done: how many handshakes were completed in the last second
 * @done_per_s: the same for the evidence
 * @more: how many other listeners have the same problem; may be empty
 */
struct names {
	char owner[2 * TCPDIAG_OWNER_LEN + 64];
	char holders[12];
	char at[TCPDIAG_ADDR_LEN];
	char since[TCPDIAG_DURATION_LEN];
	char accepted[24];
	char accepted_per_s[24];
	char done[40];
	char done_per_s[24];
	char more[48];
};

static void name_rates(struct names *n, const struct tcpdiag_listener_fact *x)
{
	tcpdiag_say(n->accepted, "an unknown number");
	tcpdiag_say(n->accepted_per_s, "-");
	tcpdiag_say(n->done, "an unknown number of handshakes");
	tcpdiag_say(n->done_per_s, "-");
	if (!x->rates_known)
		return;
	tcpdiag_say(n->accepted, "%llu", x->accepted_per_s);
	tcpdiag_say(n->accepted_per_s, "%llu", x->accepted_per_s);
	tcpdiag_say(n->done, "%llu handshake%s", x->done_per_s,
		    tcpdiag_plural(x->done_per_s));
	tcpdiag_say(n->done_per_s, "%llu", x->done_per_s);
}

/*
 * Who listened is told if another process has the socket now. Of a socket that
 * is in no table of descriptors nobody knows who has to accept.
 */
static void name_owner(struct names *n, const struct tcpdiag_listener_fact *x)
{
	const struct tcpdiag_owner *lister = &x->owner.lister;
	char holder[TCPDIAG_OWNER_LEN], other[TCPDIAG_OWNER_LEN];

	tcpdiag_format_owner(holder, &x->owner.holder);
	tcpdiag_say(n->owner, "%s", holder);
	tcpdiag_say(n->holders, "-");
	if (!x->owner.holders_known)
		return;
	tcpdiag_say(n->holders, "%u", x->owner.holders);
	if (!x->owner.holders && !x->owner.holder.kernel)
		tcpdiag_say(n->owner,
			    "a socket that no process was found to have open, for which %s called listen(),",
			    holder);
	else if (lister->pid || *lister->comm)
		tcpdiag_say(n->owner, "%s, for which %s called listen(),",
			    holder, tcpdiag_format_owner(other, lister));
}

/* A new finding on a listener; NULL, and no names, if no listener has it. */
static struct tcpdiag_finding *add(struct tcpdiag_findings *out,
				   enum tcpdiag_severity severity,
				   const struct tcpdiag_listener_fact *x,
				   struct names *n)
{
	struct tcpdiag_finding *f;

	if (!x->listeners)
		return NULL;
	name_owner(n, x);
	tcpdiag_format_addr(n->at, x->v6, &x->addr, x->port);
	tcpdiag_format_duration(n->since, x->since_us);
	name_rates(n, x);
	n->more[0] = '\0';
	if (x->listeners == 2)
		tcpdiag_say(n->more, "; 1 more listener is affected");
	else if (x->listeners > 2)
		tcpdiag_say(n->more, "; %u more listeners are affected",
			    x->listeners - 1);
	f = tcpdiag_findings_add(out, severity);
	tcpdiag_say(f->subject, "%s", n->at);
	f->about.owner = x->owner.holder;
	f->about.v6 = x->v6;
	f->about.local = x->addr;
	f->about.port = x->port;
	return f;
}

static void flood_unlocated(const struct tcpdiag_listen_facts *l,
			    struct tcpdiag_findings *out)
{
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "SYN flood: in the last second the kernel answered %llu SYN%s with cookies and clients returned %llu; which port it is against is not known",
		    l->full_per_s, tcpdiag_plural(l->full_per_s),
		    l->valid_per_s);
	tcpdiag_say(f->evidence,
		    "full_per_s=%llu cookies_valid_per_s=%llu syncookies=%u",
		    l->full_per_s, l->valid_per_s, l->syncookies);
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_syncookies is %u, which keeps the ports reachable; drop the SYNs before TCP sees them (nftables, XDP)",
		    l->syncookies);
	f->no_help = NO_HELP_FLOOD;
}

/**
 * tcpdiag_find_syn_flood() - a queue is full of SYNs whose handshakes are not
 *	completed
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_syn_flood(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = facts->listen;
	const struct tcpdiag_listener_fact *x = &l->flood;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, l->syncookies ? TCPDIAG_WARNING : TCPDIAG_CRITICAL, x,
		&n);
	if (!f) {
		if (l->flood_unlocated)
			flood_unlocated(l, out);
		return;
	}
	tcpdiag_say(f->what,
		    "SYN flood against %s on %s for %s: %u SYN%s in the queue (limit %u), %s completed in the last second%s",
		    n.owner, n.at, n.since, x->syn, tcpdiag_plural(x->syn),
		    x->syn_limit, n.done, n.more);
	tcpdiag_say(f->evidence,
		    "syn_queue=%u syn_limit=%u full_per_s=%llu handshakes_per_s=%s cookies_valid_per_s=%llu drops=%llu floods=%u syncookies=%u",
		    x->syn, x->syn_limit, l->full_per_s, n.done_per_s,
		    l->valid_per_s, x->drops, x->floods, l->syncookies);
	if (l->syncookies)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_syncookies is %u, which keeps the port reachable, although clients without TCP timestamps lose window scaling and SACK; drop the SYNs before TCP sees them (nftables, XDP)",
			    l->syncookies);
	else
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_syncookies is 0, and the kernel drops the SYNs of real clients too: set it to 1; then drop the flood before TCP sees it (nftables, XDP)");
	f->no_help = NO_HELP_FLOOD;
}

/* Which limit to raise: the program's backlog or the host's somaxconn. */
static void say_knob(struct tcpdiag_finding *f,
		     const struct tcpdiag_listener_fact *x, u32 somaxconn)
{
	if (x->limit < somaxconn)
		tcpdiag_say(f->application,
			    "call listen() with a larger backlog: the program asked for %u, and net.core.somaxconn allows %u",
			    x->limit, somaxconn);
	else
		tcpdiag_say(f->host,
			    "net.core.somaxconn is %u and capped the backlog at %u when the program called listen(): raise it, then restart the program",
			    somaxconn, x->limit);
}

/**
 * tcpdiag_find_accept_queue_overflow() - connections are dropped because the
 *	program does not accept them fast enough
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_accept_queue_overflow(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = facts->listen;
	const struct tcpdiag_listener_fact *x = &l->overflow;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, x->now ? TCPDIAG_CRITICAL : TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s: the accept queue %s full and %llu SYN%s or ACK%s dropped in the last minute; %u connection%s in the queue (backlog %u, room for %llu), %s accepted in the last second%s",
		    n.owner, n.at, x->now ? "is" : "was", x->overflows_minute,
		    tcpdiag_plural(x->overflows_minute),
		    x->overflows_minute == 1 ? " was" : "s were", x->accept,
		    tcpdiag_plural(x->accept), x->limit, x->limit + 1ULL,
		    n.accepted, n.more);
	tcpdiag_say(f->evidence,
		    "overflows_minute=%llu overflows=%llu accept_queue=%u limit=%u limit_by=%s somaxconn=%u accepted_per_s=%s accept_wait_us=%llu holders=%s",
		    x->overflows_minute, x->overflows, x->accept, x->limit,
		    tcpdiag_limit_by(x->limit, l->somaxconn), l->somaxconn,
		    n.accepted_per_s, x->wait_us, n.holders);
	/* no queue is long enough for a program that has stopped */
	if (x->now && x->rates_known && !x->accepted_per_s)
		tcpdiag_say(f->application,
			    "find out where the program hangs: it has stopped calling accept(), and a larger backlog (now %u) would fill too",
			    x->limit);
	else
		say_knob(f, x, l->somaxconn);
	f->no_help = NO_HELP_OVERFLOW;
}

/**
 * tcpdiag_find_syn_queue_full() - the queue of SYNs is full, but its clients do
 *	complete their handshakes
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_syn_queue_full(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = facts->listen;
	const struct tcpdiag_listener_fact *x = &l->syn_full;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s: the SYN queue is full (%u SYN%s, limit %u) with clients that do complete their handshakes (%s in the last second)%s",
		    n.owner, n.at, x->syn, tcpdiag_plural(x->syn), x->syn_limit,
		    x->rates_known ? n.done_per_s : "an unknown number", n.more);
	tcpdiag_say(f->evidence,
		    "syn_queue=%u syn_limit=%u limit_by=%s somaxconn=%u max_syn_backlog=%u syncookies=%u full_per_s=%llu handshakes_per_s=%s",
		    x->syn, x->syn_limit,
		    tcpdiag_limit_by(x->limit, l->somaxconn), l->somaxconn,
		    l->max_syn_backlog, l->syncookies, l->full_per_s,
		    n.done_per_s);
	if (x->syn_limit < x->limit)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_max_syn_backlog is %u, and while net.ipv4.tcp_syncookies is 0 a quarter of it is reserved for known peers: raise it, or set net.ipv4.tcp_syncookies to 1",
			    l->max_syn_backlog);
	else
		say_knob(f, x, l->somaxconn);
}

/**
 * tcpdiag_find_slow_accept() - connections wait too long for accept()
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_slow_accept(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	const struct tcpdiag_listener_fact *x = &facts->listen->slow;
	char wait[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s is slow to accept: %u connection%s in the queue (backlog %u, room for %llu), the first for %s; %s accepted in the last second%s",
		    n.owner, n.at, x->accept, tcpdiag_plural(x->accept),
		    x->limit, x->limit + 1ULL, tcpdiag_format_duration(wait, x->wait_us),
		    n.accepted, n.more);
	tcpdiag_say(f->evidence,
		    "accept_wait_us=%llu slow_accept_ms=%u accept_queue=%u limit=%u accepted_per_s=%s holders=%s",
		    x->wait_us, facts->limits->slow_accept_ms, x->accept,
		    x->limit, n.accepted_per_s, n.holders);
	tcpdiag_say(f->application,
		    "call accept() in a loop until EAGAIN, in a thread that does no other work; or run more workers, each with its own listener (SO_REUSEPORT)");
	f->no_help = "a larger backlog: connections would only wait longer";
}
