// SPDX-License-Identifier: GPL-2.0
/*
 * The finding close_wait_leak: programs that keep sockets whose peer has closed.
 */
#include <linux/limits.h>
#include <linux/resource.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"

/* Groups that get a finding of their own. */
#define MAX_GROUPS	8
#define NO_HELP "net.ipv4.tcp_fin_timeout is about FIN_WAIT2 and net.ipv4.tcp_tw_reuse about TIME_WAIT: neither touches CLOSE_WAIT; keepalive can reset the connection if the peer is gone, but the descriptor stays open"
/* Out of descriptors within that time is critical. */
#define SOON_US		(3600ULL * USEC_PER_SEC)
/* Growth that was measured for less is a burst, and no forecast worth a call. */
#define SURE_US		(30ULL * USEC_PER_SEC)

/**
 * struct words - what a cause means, and what to change
 * @what: it goes after "..., the oldest for TIME: "
 * @application: the change
 */
struct words {
	const char *what;
	const char *application;
};

static const struct words words[TCPDIAG_CW_CAUSES] = {
	[TCPDIAG_CW_NOT_ACCEPTED] = {
		"accept() was never called for them",
		"call accept() as long as the listener is readable: the accept loop stands still (a blocked thread, or accept() failed with EMFILE and was not tried again)",
	},
	[TCPDIAG_CW_SHARED] = {
		"more than one process has them open",
		"every process that has the descriptor must close it: set SOCK_CLOEXEC, and after fork() close in each process what is the other's",
	},
	[TCPDIAG_CW_DATA_UNREAD] = {
		"data of the peer waits to be read",
		"read until read() returns 0, then close(): a worker that hangs, or a connection that is no longer polled",
	},
	[TCPDIAG_CW_EOF_UNREAD] = {
		"the end of file was never read",
		"poll idle connections too (POLLIN or EPOLLRDHUP), read until read() returns 0, then close()",
	},
	[TCPDIAG_CW_EOF_READ] = {
		"it has read everything sent and never closed",
		"close() when read() returns 0, on every path: look for one that returns without it, most often the one for errors",
	},
};

/* Too late, or nearly so; with half of the descriptors gone nobody waits. */
static bool is_urgent(const struct tcpdiag_cw_group *g)
{
	if (g->fds_known && g->fds >= g->fd_limit)
		return true;
	return tcpdiag_cw_full_us(g) < SOON_US &&
	       (g->growth_us >= SURE_US || g->fds >= g->fd_limit / 2);
}

static void say_what(struct tcpdiag_finding *f,
		     const struct tcpdiag_cw_group *g, bool cut,
		     const char *why)
{
	char owner[TCPDIAG_OWNER_LEN], oldest[TCPDIAG_DURATION_LEN];

	tcpdiag_say(f->what,
		    "%s keeps %s%u socket%s in CLOSE_WAIT on %s %u, the oldest for %s%s: %s",
		    tcpdiag_format_owner(owner, &g->owner),
		    cut ? "at least " : "", g->suspects,
		    g->suspects == 1 ? "" : "s",
		    g->connected ? "connections to port" : "port", g->port,
		    g->estimated ? "at least " : "",
		    tcpdiag_format_duration(oldest, g->oldest_us), why);
}

/* Figures that are not known are left out. */
static void say_evidence(struct tcpdiag_finding *f,
			 const struct tcpdiag_cw_group *g,
			 const struct tcpdiag_close_wait *cw)
{
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
	if (cw->cut)
		scnprintf(buf + n, size - n, " not_looked_at=%llu", cw->other);
}

static void say_host(struct tcpdiag_finding *f,
		     const struct tcpdiag_cw_group *g)
{
	char left[TCPDIAG_DURATION_LEN];
	u64 full_us = tcpdiag_cw_full_us(g);

	if (tcpdiag_cw_main_cause(g) == TCPDIAG_CW_NOT_ACCEPTED)
		tcpdiag_say(f->host,
			    "restart the program to be rid of them: they hold no descriptor, but a place each in the accept queue, and when that is full connections are dropped");
	else if (full_us != U64_MAX)
		tcpdiag_say(f->host,
			    "restart the program before its descriptors run out, which at this growth (%lld a minute, %llu of %llu in use) is in %s; a higher limit (ulimit -n, LimitNOFILE=) only delays it",
			    g->growth, g->fds, g->fd_limit,
			    tcpdiag_format_duration(left, full_us));
	else
		tcpdiag_say(f->host,
			    "no sysctl ends CLOSE_WAIT, for it has no timer: restart the program to be rid of them; a higher limit of descriptors (ulimit -n, LimitNOFILE=) only delays the end");
}

/**
 * tcpdiag_find_close_wait_leak() - sockets nobody closes
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_close_wait_leak(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_close_wait *cw = &facts->close_wait;
	unsigned int i;

	for (i = 0; i < min_t(unsigned int, cw->n, MAX_GROUPS); i++) {
		const struct tcpdiag_cw_group *g = &cw->groups[i];
		struct tcpdiag_finding *f;

		if (!g->suspects)
			continue;
		f = tcpdiag_findings_add(out, is_urgent(g) ? TCPDIAG_CRITICAL :
							     TCPDIAG_WARNING);
		say_what(f, g, cw->cut, words[tcpdiag_cw_main_cause(g)].what);
		say_evidence(f, g, cw);
		tcpdiag_say(f->application, "%s",
			    words[tcpdiag_cw_main_cause(g)].application);
		say_host(f, g);
		f->no_help = NO_HELP;
	}
}
