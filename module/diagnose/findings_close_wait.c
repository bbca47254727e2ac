// SPDX-License-Identifier: GPL-2.0
/*
 * The finding close_wait_leak: the peer has closed the connection, but the
 * program keeps its socket open. What is a leak and what may be work or a wait
 * is judged in model/leak.c.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/resource.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/close_wait.h"
#include "model/format.h"
#include "model/leak.h"
#include "model/limits.h"

/* Groups of sockets that get a finding each. */
#define MAX_GROUPS	8
#define NO_HELP "net.ipv4.tcp_fin_timeout applies to FIN_WAIT2 and net.ipv4.tcp_tw_reuse to TIME_WAIT, neither to CLOSE_WAIT; keepalive can reset a connection whose peer is gone, but the descriptor stays open"
/**
 * struct words - what a cause means, and what to change
 * @what: the end of the sentence, after "..., the oldest for TIME: "
 * @application: the change in the program
 */
struct words {
	const char *what;
	const char *application;
};

/* Who has the descriptor open is not looked for on behalf of each reader. */
#define SHARED_UNKNOWN "; or find out whether another process has the descriptor open too, which only a reader with CAP_NET_ADMIN is told"

static const struct words words[TCPDIAG_CW_CAUSES] = {
	[TCPDIAG_CW_NOT_ACCEPTED] = {
		"the program has not called accept()",
		"find out why the program does not call accept(): its thread is blocked, or its loop stopped after an error such as EMFILE",
	},
	[TCPDIAG_CW_SHARED] = {
		"more than one process has the descriptor open",
		"close the descriptor in each process that has it: set SOCK_CLOEXEC, and after fork() close the descriptors that only the other process uses",
	},
	[TCPDIAG_CW_DATA_UNREAD] = {
		"the program has not read data that the peer sent",
		"read until read() returns 0, then call close(); look for a worker that hangs or a connection that is no longer polled",
	},
	[TCPDIAG_CW_EOF_UNREAD] = {
		"the program has not read the end of file",
		"poll idle connections too (POLLIN or EPOLLRDHUP), read until read() returns 0, then call close()",
	},
	[TCPDIAG_CW_EOF_READ] = {
		"the program has read everything but has not called close()",
		"call close() when read() returns 0; look for a code path that returns without it, most often an error path",
	},
};

static void say_application(struct tcpdiag_finding *f,
			    enum tcpdiag_cw_cause cause, bool owners)
{
	bool maybe_shared = !owners && (cause == TCPDIAG_CW_DATA_UNREAD ||
					cause == TCPDIAG_CW_EOF_UNREAD ||
					cause == TCPDIAG_CW_EOF_READ);

	tcpdiag_say(f->application, "%s%s", words[cause].application,
		    maybe_shared ? SHARED_UNKNOWN : "");
}

/* "sleep (6 processes)" for a crowd, "nginx (pid 812)" for one. */
static void say_holder(char *buf, size_t size, const struct tcpdiag_cw_group *g)
{
	char owner[TCPDIAG_OWNER_LEN], comm[TCPDIAG_COMM_LEN];

	if (g->processes < 2)
		scnprintf(buf, size, "%s",
			  tcpdiag_format_owner(owner, &g->owner));
	else
		scnprintf(buf, size, "%s (%u processes)",
			  tcpdiag_format_comm(comm, g->owner.comm),
			  g->processes);
}

/* Who keeps how many, where, and for how long. */
static void say_what(struct tcpdiag_finding *f,
		     const struct tcpdiag_cw_group *g, bool cut)
{
	char holder[TCPDIAG_OWNER_LEN + 24], oldest[TCPDIAG_DURATION_LEN];
	char waiting[40] = "";

	/* the sentence is about the others */
	if (g->causes[TCPDIAG_CW_NOT_ACCEPTED] &&
	    tcpdiag_cw_main_cause(g) != TCPDIAG_CW_NOT_ACCEPTED)
		scnprintf(waiting, sizeof(waiting), " (%u not accepted yet)",
			  g->causes[TCPDIAG_CW_NOT_ACCEPTED]);
	say_holder(holder, sizeof(holder), g);
	tcpdiag_say(f->what,
		    "%s keeps %s%u socket%s in CLOSE_WAIT on %s %u%s, %sfor %s%s",
		    holder, cut ? "at least " : "", g->suspects,
		    tcpdiag_plural(g->suspects),
		    g->connected ? "connections to port" : "port", g->port,
		    waiting, g->suspects == 1 ? "" : "the oldest ",
		    g->estimated ? "at least " : "",
		    tcpdiag_format_duration(oldest, g->oldest_us));
}

static size_t say_signs(char *buf, size_t size, unsigned long signs)
{
	unsigned int sign;
	size_t n = 0;

	for_each_set_bit(sign, &signs, TCPDIAG_SIGNS)
		n += scnprintf(buf + n, size - n, "%s%s", n ? "," : " signs=",
			       tcpdiag_leak_sign_name(sign));
	return n;
}

/* Unknown figures are left out. */
static void say_evidence(struct tcpdiag_finding *f,
			 const struct tcpdiag_crowd *crowd,
			 const struct tcpdiag_close_wait *cw)
{
	const struct tcpdiag_cw_group *g = &crowd->sum;
	size_t size = sizeof(f->evidence);
	char *buf = f->evidence;
	size_t n = 0;
	unsigned int i;

	n += scnprintf(buf + n, size - n,
		       "sockets=%u suspects=%u oldest_us=%llu unread_bytes=%llu",
		       g->sockets, g->suspects, g->oldest_us, g->unread);
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		if (g->causes[i])
			n += scnprintf(buf + n, size - n, " %s=%u",
				       tcpdiag_cw_cause_name(i), g->causes[i]);
	if (g->growth_known)
		n += scnprintf(buf + n, size - n, " growth_per_min=%lld",
			       g->growth);
	if (g->fds_known)
		n += scnprintf(buf + n, size - n, " fds=%llu", g->fds);
	if (g->fds_known && g->fd_limit != RLIM_INFINITY)
		n += scnprintf(buf + n, size - n, " fd_limit=%llu",
			       g->fd_limit);
	if (tcpdiag_cw_full_us(g) != U64_MAX)
		n += scnprintf(buf + n, size - n, " fds_full_us=%llu",
			       tcpdiag_cw_full_us(g));
	if (g->pending)
		n += scnprintf(buf + n, size - n, " answer_due=%u gave_up=%u",
			       g->pending, g->gave_up);
	if (g->at_once)
		n += scnprintf(buf + n, size - n, " sent_at_once=%u waited=%u",
			       g->at_once, g->waited);
	if (g->ended)
		n += scnprintf(buf + n, size - n, " ended=%llu ended_us=%llu",
			       g->ended, g->ended_us);
	if (g->legs_cut)
		n += scnprintf(buf + n, size - n, " fin_wait2=-");
	else if (g->legs)
		n += scnprintf(buf + n, size - n, " fin_wait2=%u", g->legs);
	n += say_signs(buf + n, size - n, crowd->signs);
	if (cw->cut)
		scnprintf(buf + n, size - n, " not_looked_at=%llu", cw->other);
}

static void say_host(struct tcpdiag_finding *f,
		     const struct tcpdiag_crowd *crowd)
{
	const struct tcpdiag_cw_group *g = &crowd->sum;
	char left[TCPDIAG_DURATION_LEN];
	u64 full_us = tcpdiag_cw_full_us(g);

	if (g->owner.kernel)
		tcpdiag_say(f->host,
			    "find out what in the kernel uses these connections (NFS and SMB do) and unmount or restart that: no program has them");
	else if (tcpdiag_cw_main_cause(g) == TCPDIAG_CW_NOT_ACCEPTED)
		tcpdiag_say(f->host,
			    "restart the program to close them: each takes a place in the accept queue (not a descriptor), and when the queue is full the kernel drops new connections");
	else if (crowd->no_fds)
		tcpdiag_say(f->host,
			    "restart the program now: it has no file descriptor left (%llu of %llu in use); a higher limit (ulimit -n, LimitNOFILE=) only delays that",
			    g->fds, g->fd_limit);
	else if (full_us != U64_MAX)
		tcpdiag_say(f->host,
			    "restart the program before it runs out of file descriptors, in %s at the present growth (%lld a minute, %llu of %llu in use); a higher limit (ulimit -n, LimitNOFILE=) only delays that",
			    tcpdiag_format_duration(left, full_us), g->growth,
			    g->fds, g->fd_limit);
	else
		tcpdiag_say(f->host,
			    "restart the program to close them: CLOSE_WAIT has no timer and no sysctl ends it; a higher limit of file descriptors (ulimit -n, LimitNOFILE=) only delays the failure");
}

/* Most of them are held by who has neither made nor accepted them. */
static bool is_inherited(const struct tcpdiag_cw_group *g)
{
	return 2ULL * g->inherited > g->suspects;
}

static void add_inherited(struct tcpdiag_finding *f,
			  const struct tcpdiag_cw_group *g)
{
	bool crowd = g->processes > 1;
	char maker[TCPDIAG_OWNER_LEN];

	tcpdiag_format_owner(maker, &g->maker);
	tcpdiag_say_more(f->what,
			 ": inherited (fork, exec) from %s, which %s them",
			 maker, g->connected ? "made" : "accepted");
	tcpdiag_say(f->application,
		    "%s: set close-on-exec on each connection (accept4() or socket() with SOCK_CLOEXEC), or close it in the child before exec(), unless it was handed over on purpose (inetd, Accept=yes); its own close() sends no FIN while the child has a copy",
		    maker);
	tcpdiag_say(f->host,
		    "end the process%s that keep%s them, if %s not needed: nothing else closes these connections",
		    crowd ? "es" : "", crowd ? "" : "s",
		    crowd ? "they are" : "it is");
}

/* It has forgotten them. */
static void add_leak(struct tcpdiag_finding *f,
		     const struct tcpdiag_crowd *crowd, bool owners)
{
	const struct tcpdiag_cw_group *g = &crowd->sum;
	enum tcpdiag_cw_cause cause = tcpdiag_cw_main_cause(g);

	if (is_inherited(g)) {
		add_inherited(f, g);
		return;
	}
	tcpdiag_say_more(f->what, ": %s", words[cause].what);
	if (!g->owner.kernel)
		say_application(f, cause, owners);
	say_host(f, crowd);
}

/* What was done with such sockets before, by whichever program had the port. */
static void add_usual(struct tcpdiag_finding *f,
		      const struct tcpdiag_cw_group *g)
{
	char longest[TCPDIAG_DURATION_LEN];

	if (!g->ended)
		return;
	tcpdiag_say_more(f->what,
			 "; %llu such socket%s on this port %s closed by a program after up to %s",
			 g->ended, tcpdiag_plural(g->ended),
			 g->ended == 1 ? "was" : "were",
			 tcpdiag_format_duration(longest, g->ended_us));
}

static void add_pool(struct tcpdiag_finding *f,
		     const struct tcpdiag_cw_group *g)
{
	char lull[TCPDIAG_DURATION_LEN], after[64] = "";

	tcpdiag_say_more(f->what,
			 ": the server has closed them; a pool keeps such connections until it takes them out again%s",
			 g->growth_known && g->growth <= 0 ?
			 ", and there are no more of them than a minute ago" :
			 "");
	if (g->lull_us >= TCPDIAG_CW_GAVE_UP_US)
		tcpdiag_say(after,
			    ", which closed these after %s or more without data",
			    tcpdiag_format_duration(lull, g->lull_us));
	tcpdiag_say(f->application,
		    "let the pool drop idle connections before the server does%s; check a connection before using it again",
		    after);
}

/* Only of what connected it is known what it may be good for. */
static void add_unproven(struct tcpdiag_finding *f,
			 const struct tcpdiag_cw_group *g)
{
	if (is_inherited(g)) {
		add_inherited(f, g);
		return;
	}
	if (g->connected) {
		add_pool(f, g);
		return;
	}
	if (tcpdiag_leak_unsure(g))
		tcpdiag_say_more(f->what,
				 ": the peer has closed; nothing shows yet that this is a leak: the program may still be working on the answer%s, for what it sent at once may have been none (a ticket of TLS, SETTINGS of HTTP/2, a header)",
				 tcpdiag_plural(g->suspects));
	else
		tcpdiag_say_more(f->what,
				 ": the peer has closed, and no answer is due; nothing shows yet that this is a leak");
	if (g->legs_cut)
		tcpdiag_say_more(f->what,
				 " (as a proxy it might wait for others: not all of its connections in FIN_WAIT2 are known)");
	tcpdiag_say(f->application,
		    "call close() when read() returns 0, unless the program still needs the socket; watch growth_per_min in /proc/net/tcpdiag/close_wait");
}

/* It may be at work, or it hangs; who runs it knows. */
static void add_pending(struct tcpdiag_finding *f,
			const struct tcpdiag_cw_group *g)
{
	tcpdiag_say_more(f->what,
			 ": it may still be working on the answer%s (%s)",
			 tcpdiag_plural(g->pending + g->at_once),
			 tcpdiag_leak_gave_up(g) ?
			 "its peers waited for a while, then closed" :
			 "a peer may end its side after the request and wait");
	tcpdiag_say(f->application,
		    "nothing, if answers take that long; if not, look for the thread or worker that hangs on them");
}

/* At work, and so much of it that descriptors run out. */
static void add_crowded(struct tcpdiag_finding *f,
			const struct tcpdiag_crowd *crowd)
{
	const struct tcpdiag_cw_group *g = &crowd->sum;
	const char *short_of = "hardly any are left";

	if (crowd->no_fds)
		short_of = "accept(), socket() and open() fail (EMFILE)";
	add_pending(f, g);
	tcpdiag_say_more(f->what, "; %llu of %llu file descriptors are in use",
			 g->fds, g->fd_limit);
	if (tcpdiag_leak_gave_up(g))
		tcpdiag_say(f->application,
			    "close the sockets of peers that give up (poll for POLLRDHUP or EPOLLRDHUP while it works on an answer); if answers do not take that long, look for the thread or worker that hangs on them");
	tcpdiag_say(f->host,
		    "raise the limit of file descriptors (ulimit -n, LimitNOFILE=), or let fewer requests in at a time: %s",
		    short_of);
}

/* A proxy whose connections lead to several ends: none of them is singled out. */
static void add_several(struct tcpdiag_finding *f,
			const struct tcpdiag_cw_group *g)
{
	tcpdiag_say_more(f->what,
			 " because it waits for several others: as a proxy it has passed the end on (%u of its connections are in FIN_WAIT2), and none of them has closed",
			 g->legs);
	tcpdiag_say(f->application,
		    "look at those that do not close first (ss -tnp state fin-wait-2 shows them); in the proxy, limit how long one half of a connection may stay open after the other has ended");
}

/* A proxy: the one behind it comes first. */
static void add_passes_on(struct tcpdiag_finding *f,
			  const struct tcpdiag_cw_group *g)
{
	char owner[TCPDIAG_OWNER_LEN], addr[TCPDIAG_ADDR_LEN];
	char first[TCPDIAG_COMM_LEN], second[TCPDIAG_COMM_LEN];
	const struct tcpdiag_cw_next *next = &g->next;

	if (tcpdiag_leak_several(g)) {
		add_several(f, g);
		return;
	}
	f->about.v6 = next->v6;
	f->about.peer = next->addr;
	f->about.peer_port = next->port;
	tcpdiag_format_addr(addr, next->v6, &next->addr, next->port);
	tcpdiag_format_owner(owner, &next->owner);
	tcpdiag_say_more(f->what,
			 " because it waits for %s%s%s: as a proxy it has passed the end on (%u of its connections are in FIN_WAIT2), and %s has not closed",
			 next->here ? owner : "", next->here ? " at " : "",
			 addr, g->legs, next->here ? owner : "that side");
	if (next->here)
		tcpdiag_say_more(f->what, ": client > %s > %s",
				 tcpdiag_format_comm(first, g->owner.comm),
				 tcpdiag_format_comm(second, next->owner.comm));
	tcpdiag_say(f->application,
		    "look at %s first; in the proxy, limit how long one half of a connection may stay open after the other has ended",
		    next->here ? owner : addr);
}

/**
 * struct verdict - how soon to look at a group, and its place in the list
 * @severity: how soon
 * @last: it follows from another group
 */
struct verdict {
	enum tcpdiag_severity severity;
	bool last;
};

static const struct verdict verdicts[] = {
	[TCPDIAG_LEAK_PASSES_ON]	= { TCPDIAG_NOTE, true },
	[TCPDIAG_LEAK_PENDING]		= { TCPDIAG_NOTE },
	[TCPDIAG_LEAK_UNPROVEN]		= { TCPDIAG_NOTE },
	[TCPDIAG_LEAK_CROWDED]		= { TCPDIAG_WARNING },
	[TCPDIAG_LEAK_PROVEN]		= { TCPDIAG_WARNING },
	[TCPDIAG_LEAK_URGENT]		= { TCPDIAG_CRITICAL },
};

/* Other processes of that name, whose sockets the finding is not about. */
static void say_others(struct tcpdiag_finding *f,
		       const struct tcpdiag_crowd *crowd)
{
	if (crowd->others)
		tcpdiag_say_more(f->what,
				 "; %u other process%s of that name keep%s %u such socket%s, of which that cannot be said",
				 crowd->others, crowd->others == 1 ? "" : "es",
				 crowd->others == 1 ? "s" : "",
				 crowd->others_suspects,
				 tcpdiag_plural(crowd->others_suspects));
}

static void add_crowd(const struct tcpdiag_facts *facts,
		      const struct tcpdiag_crowd *crowd,
		      struct tcpdiag_findings *out)
{
	const struct tcpdiag_close_wait *cw = facts->close_wait;
	const struct tcpdiag_cw_group *g = &crowd->sum;
	enum tcpdiag_leak leak = crowd->leak;
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, verdicts[leak].severity);
	tcpdiag_say(f->subject, "%s %s %u", g->owner.comm,
		    g->connected ? "to" : "on", g->port);
	f->about.owner = g->owner;
	f->about.cgroup = g->cgroup;
	*(g->connected ? &f->about.peer_port : &f->about.port) = g->port;
	f->about.no_fds = crowd->no_fds;
	f->about.unaccepted = tcpdiag_cw_main_cause(g) ==
			      TCPDIAG_CW_NOT_ACCEPTED;
	say_what(f, g, cw->cut);
	say_evidence(f, crowd, cw);
	if (crowd->waits)
		add_passes_on(f, g);
	else if (leak == TCPDIAG_LEAK_PENDING)
		add_pending(f, g);
	else if (leak == TCPDIAG_LEAK_UNPROVEN)
		add_unproven(f, g);
	else if (leak == TCPDIAG_LEAK_CROWDED)
		add_crowded(f, crowd);
	else
		add_leak(f, crowd, facts->owners);
	if (leak == TCPDIAG_LEAK_PENDING || leak == TCPDIAG_LEAK_UNPROVEN)
		add_usual(f, g);
	say_others(f, crowd);
	f->no_help = NO_HELP;
}

static void find_groups(const struct tcpdiag_facts *facts, bool last,
			unsigned int *told, struct tcpdiag_findings *out)
{
	u64 limit_us = (u64)facts->limits->close_wait_leak_ms * USEC_PER_MSEC;
	const struct tcpdiag_close_wait *cw = facts->close_wait;
	struct tcpdiag_crowd crowd;
	unsigned int i;

	for (i = 0; i < cw->n && *told < MAX_GROUPS; i++) {
		if (!tcpdiag_leak_crowd(cw->groups, cw->n, i, limit_us,
					&crowd) ||
		    crowd.leak == TCPDIAG_LEAK_NONE ||
		    verdicts[crowd.leak].last != last)
			continue;
		add_crowd(facts, &crowd, out);
		++*told;
	}
}

/**
 * tcpdiag_find_close_wait_leak() - sockets that their program does not close
 * @facts: what is judged
 * @out: where to
 *
 * One that waits for another comes after it.
 */
void tcpdiag_find_close_wait_leak(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	unsigned int told = 0;

	find_groups(facts, false, &told, out);
	find_groups(facts, true, &told, out);
}
