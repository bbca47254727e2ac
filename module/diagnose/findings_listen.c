// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on listeners: which of their two queues is full, which program owns
 * them, why the queue is full, and what its limit is.
 */
#include <linux/resource.h>
#include <linux/time64.h>

#include "diagnose/facts_listen.h"
#include "diagnose/findings.h"
#include "diagnose/halted.h"
#include "diagnose/reset_words.h"
#include "model/format.h"
#include "model/fsm.h"
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
 * @more: how many other listeners have the same problem and are not told by
 *	name; may be empty
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
			    "a socket of %s that no process was found to have open,",
			    holder);
	else if (lister->pid || *lister->comm)
		tcpdiag_say(n->owner, "%s, which has the listener from %s,",
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

static void syn_flood(const struct tcpdiag_listen_facts *l,
		      const struct tcpdiag_listener_fact *x,
		      struct tcpdiag_findings *out)
{
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, l->syncookies ? TCPDIAG_WARNING : TCPDIAG_CRITICAL, x,
		&n);
	if (!f)
		return;
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
	unsigned int i;

	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		syn_flood(l, &l->flood[i], out);
	if (!l->flood[0].listeners && l->flood_unlocated)
		flood_unlocated(l, out);
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

/* A program that accepts nothing for so long has stopped. */
#define STOPPED_US	(10 * (u64)USEC_PER_SEC)

/**
 * enum hindrance - why a program does not accept, as far as it is known
 * @NO_HINDRANCE: it accepts, or nobody knows why it does not
 * @NO_DESCRIPTORS: it has no descriptor left
 * @NOT_ITS_OWN: who holds the listener has inherited it and accepts nothing
 * @NEVER: nobody has ever accepted
 * @STOPPED: it has stopped
 */
enum hindrance {
	NO_HINDRANCE,
	NO_DESCRIPTORS,
	NOT_ITS_OWN,
	NEVER,
	STOPPED,
};

static enum hindrance hindrance_of(const struct tcpdiag_listener_fact *x)
{
	/*
	 * When it last accepted may be before anybody watched, or before anybody
	 * came: it stands for no longer than the first in the queue waits.
	 */
	u64 stands_us = min(x->accepted_us ?: x->wait_us, x->wait_us);
	bool stands = x->rates_known && !x->accepted_per_s &&
		      (x->never || stands_us >= STOPPED_US);

	/* whoever accepts at the limit has closed something before */
	if (tcpdiag_descriptors_out(&x->fds) && x->rates_known &&
	    !x->accepted_per_s)
		return NO_DESCRIPTORS;
	if (stands && x->owner.inherited && !x->owner.kept)
		return NOT_ITS_OWN;
	if (stands && x->never)
		return NEVER;
	return stands ? STOPPED : NO_HINDRANCE;
}

/* The reason, at the end of the sentence. */
static void say_hindrance(struct tcpdiag_finding *f,
			  const struct tcpdiag_listener_fact *x,
			  enum hindrance hindrance)
{
	char ago[TCPDIAG_DURATION_LEN], peer[TCPDIAG_ADDR_LEN];

	switch (hindrance) {
	case NO_DESCRIPTORS:
		tcpdiag_say_more(f->what,
				 "; accept() fails with EMFILE: all %llu file descriptors of the process are in use",
				 x->fds.limit);
		if (x->fds.in_state)
			tcpdiag_say_more(f->what, ", %u of them by sockets in %s",
					 x->fds.in_state,
					 tcpdiag_fsm_state_name(x->fds.state));
		if (x->fds.with_peer)
			tcpdiag_say_more(f->what, "; %u of its sockets are connections with %s",
					 x->fds.with_peer,
					 tcpdiag_reset_address(peer, x->fds.v6,
							       &x->fds.peer));
		break;
	case NOT_ITS_OWN:
		tcpdiag_say_more(f->what,
				 "; it has inherited the listener (fork, exec) and does not accept");
		break;
	case NEVER:
		tcpdiag_say_more(f->what, "; nothing was ever accepted here");
		break;
	case STOPPED:
		if (x->accepted_us)
			tcpdiag_say_more(f->what, "; the last one was accepted %s ago",
					 tcpdiag_format_duration(ago, x->accepted_us));
		break;
	default:
		break;
	}
}

/* One of a group of listeners (SO_REUSEPORT), which the kernel takes in turn. */
static void say_group(struct tcpdiag_finding *f,
		      const struct tcpdiag_listener_fact *x)
{
	if (x->reuseport && x->sharing > 1)
		tcpdiag_say_more(f->what,
				 "; it is one of %u listeners of this port (SO_REUSEPORT), for which %llu connection%s in all",
				 x->sharing, x->accepting,
				 x->accepting == 1 ? " waits" : "s wait");
}

static void say_no_descriptors(struct tcpdiag_finding *f,
			       const struct tcpdiag_listener_fact *x)
{
	if (x->fds.in_state && x->fds.state == TCP_CLOSE_WAIT)
		tcpdiag_say(f->application,
			    "close sockets when read() returns 0: of the descriptors in use %u are sockets in CLOSE_WAIT (/proc/net/tcpdiag/close_wait)",
			    x->fds.in_state);
	else if (x->fds.in_state)
		tcpdiag_say(f->application,
			    "close what is not needed: of the descriptors in use %u are TCP sockets, %u of these in %s; end connections that say nothing, or hardly anything, for long, and limit how many one client may have",
			    x->fds.sockets, x->fds.in_state,
			    tcpdiag_fsm_state_name(x->fds.state));
	else
		tcpdiag_say(f->application,
			    "close what is not needed: /proc/PID/fd shows what uses the descriptors");
	tcpdiag_say(f->host,
		    "the limit is %llu (ulimit -n, LimitNOFILE=): raise it if the program needs more; if descriptors leak, that only delays the failure",
		    x->fds.limit);
}

static void say_inherited(struct tcpdiag_finding *f,
			  const struct tcpdiag_listener_fact *x,
			  const struct names *n)
{
	char holder[TCPDIAG_OWNER_LEN], lister[TCPDIAG_OWNER_LEN];

	tcpdiag_format_owner(holder, &x->owner.holder);
	tcpdiag_format_owner(lister, &x->owner.lister);
	tcpdiag_say(f->application,
		    "%s: set close-on-exec on the listener (SOCK_CLOEXEC), or close it in the child before exec()",
		    lister);
	tcpdiag_say(f->host,
		    "end %s, which keeps %s: until then a new listener there fails with EADDRINUSE, and clients connect to nobody",
		    holder, n->at);
}

static void say_descriptors(struct tcpdiag_finding *f,
			    const struct tcpdiag_listener_fact *x)
{
	if (x->fds.known && x->fds.limit != RLIM_INFINITY)
		tcpdiag_say_more(f->evidence, " fds=%llu fd_limit=%llu", x->fds.used,
				 x->fds.limit);
	if (x->sharing > 1)
		tcpdiag_say_more(f->evidence, " sharing=%u accepting=%llu", x->sharing,
				 x->accepting);
}

/* It may be meant to accept, as the service of a manager is. */
static void say_never(struct tcpdiag_finding *f,
		      const struct tcpdiag_listener_fact *x)
{
	char holder[TCPDIAG_OWNER_LEN], lister[TCPDIAG_OWNER_LEN];

	tcpdiag_format_owner(holder, &x->owner.holder);
	tcpdiag_format_owner(lister, &x->owner.lister);
	if (x->owner.kept)
		tcpdiag_say(f->application,
			    "find out why neither accepts: %s called listen(), %s has inherited the listener (fork, exec); if that one is not meant to accept, set close-on-exec on the listener (SOCK_CLOEXEC)",
			    lister, holder);
	else
		tcpdiag_say(f->application,
			    "find out whether the program has come to its loop of accept() at all: it still starts, waits for something else, or nobody is meant to accept here; a larger backlog (now %u) would fill too",
			    x->limit);
}

/* What to change if the reason is known; false if it is not. */
static bool say_remedy(struct tcpdiag_finding *f,
		       const struct tcpdiag_listener_fact *x,
		       const struct names *n, enum hindrance hindrance)
{
	if (x->owner.holder.halted && hindrance) {
		tcpdiag_say_halted(f, &x->owner.holder);
		return true;
	}
	switch (hindrance) {
	case NO_DESCRIPTORS:
		say_no_descriptors(f, x);
		return true;
	case NOT_ITS_OWN:
		say_inherited(f, x, n);
		return true;
	case NEVER:
		say_never(f, x);
		return true;
	case STOPPED:
		tcpdiag_say(f->application,
			    "find out where the program hangs: it has stopped calling accept(), and a larger backlog (now %u) would fill too",
			    x->limit);
		return true;
	default:
		return false;
	}
}

static void overflow(const struct tcpdiag_listen_facts *l,
		     const struct tcpdiag_listener_fact *x,
		     struct tcpdiag_findings *out)
{
	enum hindrance hindrance = x->now ? hindrance_of(x) : NO_HINDRANCE;
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, x->now ? TCPDIAG_CRITICAL : TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s: the accept queue %s full: %llu SYN%s or ACK%s dropped in the last minute; now %u connection%s in the queue (backlog %u, room for %llu), %s accepted in the last second%s",
		    n.owner, n.at, x->now ? "is" : "has been", x->overflows_minute,
		    tcpdiag_plural(x->overflows_minute),
		    x->overflows_minute == 1 ? " was" : "s were", x->accept,
		    tcpdiag_plural(x->accept), x->limit, x->limit + 1ULL,
		    n.accepted, n.more);
	if (l->aborts)
		tcpdiag_say_more(f->what,
				 "; clients whose ACK was dropped get a RST, because net.ipv4.tcp_abort_on_overflow is 1");
	say_hindrance(f, x, hindrance);
	say_group(f, x);
	tcpdiag_say(f->evidence,
		    "overflows_minute=%llu overflows=%llu accept_queue=%u limit=%u limit_by=%s somaxconn=%u accepted_per_s=%s accept_wait_us=%llu holders=%s",
		    x->overflows_minute, x->overflows, x->accept, x->limit,
		    tcpdiag_limit_by(x->limit, l->somaxconn), l->somaxconn,
		    n.accepted_per_s, x->wait_us, n.holders);
	say_descriptors(f, x);
	/* no queue is long enough for a program that has stopped */
	if (!say_remedy(f, x, &n, hindrance))
		say_knob(f, x, l->somaxconn);
	f->no_help = NO_HELP_OVERFLOW;
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
	unsigned int i;

	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		overflow(facts->listen, &facts->listen->overflow[i], out);
}

static void syn_queue_full(const struct tcpdiag_listen_facts *l,
			   const struct tcpdiag_listener_fact *x,
			   struct tcpdiag_findings *out)
{
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
 * tcpdiag_find_syn_queue_full() - the queue of SYNs is full, but its clients do
 *	complete their handshakes
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_syn_queue_full(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		syn_queue_full(facts->listen, &facts->listen->syn_full[i], out);
}

/* It accepts, but not fast enough. */
static void say_pace(struct tcpdiag_finding *f,
		     const struct tcpdiag_listener_fact *x)
{
	if (x->reuseport && x->sharing > 1)
		tcpdiag_say(f->application,
			    "find out what this one of the %u listeners does meanwhile: the kernel gives it its share of the connections whether or not it accepts; call accept() in a loop until EAGAIN",
			    x->sharing);
	else
		tcpdiag_say(f->application,
			    "call accept() in a loop until EAGAIN, in a thread that does no other work; or run more workers%s",
			    x->reuseport ? "" :
			    ", each with its own listener (SO_REUSEPORT)");
}

/*
 * Whether the first to come after a pause waits for a program that may still
 * start, as a service does that is started when it is needed.
 */
static bool may_start(const struct tcpdiag_listener_fact *x,
		      enum hindrance hindrance)
{
	if (hindrance == NO_DESCRIPTORS || hindrance == NOT_ITS_OWN)
		return false;
	return x->rates_known && !x->accepted_per_s && !x->overflows_minute &&
	       x->wait_us < STOPPED_US && x->accept <= x->limit / 2 &&
	       (x->never || x->accepted_us >= x->wait_us + STOPPED_US);
}

static void slow_accept(const struct tcpdiag_facts *facts,
			const struct tcpdiag_listener_fact *x,
			struct tcpdiag_findings *out)
{
	enum hindrance hindrance = hindrance_of(x);
	bool starts = may_start(x, hindrance);
	char wait[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;
	struct names n;

	f = add(out, starts ? TCPDIAG_NOTE : TCPDIAG_WARNING, x, &n);
	if (!f)
		return;
	tcpdiag_say(f->what,
		    "%s on %s %s: %u connection%s in the queue (backlog %u, room for %llu), the first for %s; %s accepted in the last second%s",
		    n.owner, n.at, hindrance ? "does not accept" :
					       "is slow to accept",
		    x->accept, tcpdiag_plural(x->accept),
		    x->limit, x->limit + 1ULL, tcpdiag_format_duration(wait, x->wait_us),
		    n.accepted, n.more);
	say_hindrance(f, x, hindrance);
	if (starts)
		tcpdiag_say_more(f->what, "; the program may still be starting");
	say_group(f, x);
	tcpdiag_say(f->evidence,
		    "accept_wait_us=%llu slow_accept_ms=%u accept_queue=%u limit=%u accepted_per_s=%s holders=%s",
		    x->wait_us, facts->limits->slow_accept_ms, x->accept,
		    x->limit, n.accepted_per_s, n.holders);
	say_descriptors(f, x);
	if (starts)
		tcpdiag_say(f->application,
			    "nothing, if the program is started when the first client comes; if it does not accept soon, find out where it hangs");
	else if (!say_remedy(f, x, &n, hindrance))
		say_pace(f, x);
	f->no_help = "a larger backlog: connections would only wait longer";
}

/**
 * tcpdiag_find_slow_accept() - connections wait too long for accept()
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_slow_accept(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_WORST_EACH; i++)
		slow_accept(facts, &facts->listen->slow[i], out);
}
