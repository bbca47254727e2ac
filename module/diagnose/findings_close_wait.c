// SPDX-License-Identifier: GPL-2.0
/*
 * The finding close_wait_leak: the peer has closed the connection, but the
 * program keeps its socket open.
 */
#include <linux/limits.h>
#include <linux/resource.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/close_wait.h"
#include "model/format.h"

/* Groups of sockets that get a finding each. */
#define MAX_GROUPS	8
#define NO_HELP "net.ipv4.tcp_fin_timeout applies to FIN_WAIT2 and net.ipv4.tcp_tw_reuse to TIME_WAIT, neither to CLOSE_WAIT; keepalive can reset a connection whose peer is gone, but the descriptor stays open"
/* A process that runs out of descriptors within this time is critical. */
#define SOON_US		(3600ULL * USEC_PER_SEC)
/* Growth measured over less time may be a burst: no reason to wake anybody. */
#define SURE_US		(30ULL * USEC_PER_SEC)

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

static bool has_no_fds(const struct tcpdiag_cw_group *g)
{
	return g->fds_known && g->fds >= g->fd_limit;
}

/*
 * The process has no descriptors left, or will have none within SOON_US. With
 * half of them in use even a short burst counts.
 */
static bool is_urgent(const struct tcpdiag_cw_group *g)
{
	if (has_no_fds(g))
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
		    "%s keeps %s%u socket%s in CLOSE_WAIT on %s %u, %sfor %s%s: %s",
		    tcpdiag_format_owner(owner, &g->owner),
		    cut ? "at least " : "", g->suspects,
		    tcpdiag_plural(g->suspects),
		    g->connected ? "connections to port" : "port", g->port,
		    g->suspects == 1 ? "" : "the oldest ", g->estimated ? "at least " : "",
		    tcpdiag_format_duration(oldest, g->oldest_us), why);
}

/* Unknown figures are left out. */
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

	if (g->owner.kernel)
		tcpdiag_say(f->host,
			    "find out what in the kernel uses these connections (NFS and SMB do) and unmount or restart that: no program has them");
	else if (tcpdiag_cw_main_cause(g) == TCPDIAG_CW_NOT_ACCEPTED)
		tcpdiag_say(f->host,
			    "restart the program to close them: each takes a place in the accept queue (not a descriptor), and when the queue is full the kernel drops new connections");
	else if (has_no_fds(g))
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

/**
 * tcpdiag_find_close_wait_leak() - sockets that their program does not close
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_close_wait_leak(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	const struct tcpdiag_close_wait *cw = facts->close_wait;
	unsigned int i;

	for (i = 0; i < min_t(unsigned int, cw->n, MAX_GROUPS); i++) {
		const struct tcpdiag_cw_group *g = &cw->groups[i];
		struct tcpdiag_finding *f;

		if (!g->suspects)
			continue;
		f = tcpdiag_findings_add(out, is_urgent(g) ? TCPDIAG_CRITICAL :
							     TCPDIAG_WARNING);
		tcpdiag_say(f->subject, "%s %s %u", g->owner.comm,
			    g->connected ? "to" : "on", g->port);
		f->about.owner = g->owner;
		*(g->connected ? &f->about.peer_port : &f->about.port) =
			g->port;
		f->about.no_fds = has_no_fds(g);
		f->about.unaccepted = tcpdiag_cw_main_cause(g) ==
				      TCPDIAG_CW_NOT_ACCEPTED;
		say_what(f, g, cw->cut, words[tcpdiag_cw_main_cause(g)].what);
		say_evidence(f, g, cw);
		if (!g->owner.kernel)
			say_application(f, tcpdiag_cw_main_cause(g),
					facts->owners);
		say_host(f, g);
		f->no_help = NO_HELP;
	}
}
