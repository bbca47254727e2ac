// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on listeners: which queue is full, whose it is, why, and which limit
 * it has.
 */
#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/listeners.h"

/**
 * struct names - who and where, as text
 * @owner: the process
 * @at: the local address
 * @since: how long it has been so
 * @more: how many listeners have the same, or nothing
 */
struct names {
	char owner[TCPDIAG_OWNER_LEN];
	char at[TCPDIAG_ADDR_LEN];
	char since[TCPDIAG_DURATION_LEN];
	char more[40];
};

/* A new finding on a listener; NULL, and no names, if there is no such one. */
static struct tcpdiag_finding *add(struct tcpdiag_findings *out,
				   enum tcpdiag_severity severity,
				   const struct tcpdiag_listener_fact *x,
				   struct names *n)
{
	if (!x->listeners)
		return NULL;
	tcpdiag_format_owner(n->owner, &x->owner);
	tcpdiag_format_addr(n->at, x->v6, &x->addr, x->port);
	tcpdiag_format_duration(n->since, x->since_us);
	n->more[0] = '\0';
	if (x->listeners > 1)
		tcpdiag_say(n->more, "; %u more listeners so",
			    x->listeners - 1);
	return tcpdiag_findings_add(out, severity);
}

static const char filled_as_fast[] =
	"a larger backlog, somaxconn or tcp_max_syn_backlog: a flood fills any queue";

static void flood_of_none(const struct tcpdiag_listen_facts *l,
			  struct tcpdiag_findings *out)
{
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "SYN flood: %llu SYNs a second get a cookie and %llu come back with one; no listener's queue shows whom it is aimed at",
		    l->full_per_s, l->valid_per_s);
	tcpdiag_say(f->evidence,
		    "full_per_s=%llu cookies_valid_per_s=%llu syncookies=%u",
		    l->full_per_s, l->valid_per_s, l->syncookies);
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_syncookies is %u: cookies keep ports reachable; drop the sources before TCP sees them (nftables, XDP)",
		    l->syncookies);
	f->no_help = filled_as_fast;
}

/**
 * tcpdiag_find_syn_flood() - SYNs that nobody follows up fill a queue
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_syn_flood(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = &facts->listen;
	const struct tcpdiag_listener_fact *x = &l->flood;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, l->syncookies ? TCPDIAG_WARNING : TCPDIAG_CRITICAL, x,
		&n);
	if (!f) {
		if (l->flood_of_none)
			flood_of_none(l, out);
		return;
	}
	tcpdiag_say(f->what,
		    "SYN flood for %s on %s of %s: %u SYNs wait where %u have room, and %llu handshakes a second are completed%s",
		    n.since, n.at, n.owner, x->syn, x->syn_limit, x->done_per_s,
		    n.more);
	tcpdiag_say(f->evidence,
		    "syn_queue=%u syn_limit=%u full_per_s=%llu handshakes_per_s=%llu cookies_valid_per_s=%llu drops=%llu floods=%u syncookies=%u",
		    x->syn, x->syn_limit, l->full_per_s, x->done_per_s,
		    l->valid_per_s, x->drops, x->floods, l->syncookies);
	if (l->syncookies)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_syncookies is %u: cookies keep the port reachable (clients without timestamps lose window scaling and SACK); drop the sources before TCP sees them (nftables, XDP)",
			    l->syncookies);
	else
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_syncookies is 0, so SYNs of real clients are dropped too: set it to 1; drop the sources before TCP sees them (nftables, XDP)");
	f->no_help = filled_as_fast;
}

static const char other_knobs[] =
	"tcp_max_syn_backlog, of the other queue; tcp_abort_on_overflow: it refuses clients sooner";

/* Who has to raise the limit of a listener's queues. */
static void say_knob(struct tcpdiag_finding *f,
		     const struct tcpdiag_listener_fact *x, u32 somaxconn)
{
	if (x->limit < somaxconn)
		tcpdiag_say(f->application,
			    "a larger backlog in listen(): it asked for %u, the host allows %u",
			    x->limit, somaxconn);
	else
		tcpdiag_say(f->host,
			    "net.core.somaxconn is %u and cuts the backlog that listen() asks for: raise it, then make the program listen again, for it counts at that moment only",
			    somaxconn);
}

/**
 * tcpdiag_find_accept_queue_overflow() - connections are dropped because the
 *	program does not accept them
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_accept_queue_overflow(const struct tcpdiag_facts *facts,
					struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = &facts->listen;
	const struct tcpdiag_listener_fact *x = &l->overflow;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, x->now ? TCPDIAG_CRITICAL : TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s: %llu SYNs and ACKs were dropped in the last minute for a full accept queue; %u wait where %u have room, %llu a second are accepted%s",
		    n.owner, n.at, x->overflows_minute, x->accept, x->limit + 1,
		    x->accepted_per_s, n.more);
	tcpdiag_say(f->evidence,
		    "overflows_minute=%llu overflows=%llu accept_queue=%u limit=%u limit_by=%s somaxconn=%u accepted_per_s=%llu accept_wait_us=%llu",
		    x->overflows_minute, x->overflows, x->accept, x->limit,
		    tcpdiag_limit_by(x->limit, l->somaxconn), l->somaxconn,
		    x->accepted_per_s, x->wait_us);
	say_knob(f, x, l->somaxconn);
	/* no queue is long enough for a program that has stopped */
	if (x->now && !x->accepted_per_s)
		tcpdiag_say(f->application,
			    "it has stopped calling accept(): find out where it hangs; the backlog (%u) is not the cause",
			    x->limit);
	f->no_help = other_knobs;
}

/**
 * tcpdiag_find_syn_queue_full() - real clients come faster than the queue of
 *	SYNs has room for them
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_syn_queue_full(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_listen_facts *l = &facts->listen;
	const struct tcpdiag_listener_fact *x = &l->syn_full;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s: its queue of SYNs is full (%u where %u have room) of clients that do complete their handshakes, %llu a second%s",
		    n.owner, n.at, x->syn, x->syn_limit, x->done_per_s, n.more);
	tcpdiag_say(f->evidence,
		    "syn_queue=%u syn_limit=%u limit_by=%s somaxconn=%u max_syn_backlog=%u syncookies=%u full_per_s=%llu handshakes_per_s=%llu",
		    x->syn, x->syn_limit,
		    tcpdiag_limit_by(x->limit, l->somaxconn), l->somaxconn,
		    l->max_syn_backlog, l->syncookies, l->full_per_s,
		    x->done_per_s);
	if (x->syn_limit < x->limit)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_max_syn_backlog is %u, of which a quarter is kept for known peers while tcp_syncookies is 0: raise it, or set tcp_syncookies to 1",
			    l->max_syn_backlog);
	else
		say_knob(f, x, l->somaxconn);
}

/**
 * tcpdiag_find_slow_accept() - connections wait long for accept()
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_slow_accept(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	const struct tcpdiag_listener_fact *x = &facts->listen.slow;
	char wait[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s lets connections wait: %u of at most %u, the first for %s; %llu a second are accepted%s",
		    n.owner, n.at, x->accept, x->limit + 1,
		    tcpdiag_format_duration(wait, x->wait_us),
		    x->accepted_per_s, n.more);
	tcpdiag_say(f->evidence,
		    "accept_wait_us=%llu slow_accept_ms=%u accept_queue=%u limit=%u accepted_per_s=%llu",
		    x->wait_us, facts->limits.slow_accept_ms, x->accept,
		    x->limit, x->accepted_per_s);
	tcpdiag_say(f->application,
		    "accept() in a loop until EAGAIN, apart from the work on connections; more workers, each with a listener of its own (SO_REUSEPORT)");
	f->no_help = "a larger backlog: they would only wait longer";
}
