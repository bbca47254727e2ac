// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on sockets that a program has shut down and keeps open while their
 * peers do not close.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/tcp_states.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/held.h"

/* A program that uses this share of its descriptors soon has none. */
#define FULL_PERCENT	80
/* So many connections of clients, for so many times tcp_fin_timeout, are lost. */
#define MANY		100
#define LONG_TIMES	10

#define CLOSE_AFTER \
	"after shutdown(SHUT_WR), read() with a timeout (SO_RCVTIMEO, or poll() with a limit) until it returns 0, then call close(); when the time is over, call close() all the same"
#define CLOSE_IF \
	"nothing, if answers take that long; if not, read() with a timeout (SO_RCVTIMEO, or poll() with a limit), then call close()"
#define CLOSE_UNACKED \
	"set TCP_USER_TIMEOUT, and call close() when there is nothing left to read: the kernel ends the socket by itself then"
#define IN_VAIN \
	"it has called shutdown() but not close(), and waits for peers that do not close"
#define NO_HELP_HELD \
	"a lower net.ipv4.tcp_fin_timeout: its time begins at close()"

static const char *state_name(const struct tcpdiag_held_group *g)
{
	switch (g->state) {
	case TCP_CLOSING:
		return "CLOSING";
	case TCP_LAST_ACK:
		return "LAST_ACK";
	default:
		return "FIN_WAIT2";
	}
}

/* Whether these sockets are what the program's descriptors are used for. */
static bool are_descriptors_short(const struct tcpdiag_held_group *g)
{
	return g->fds_known && g->sockets >= g->fds / 2 &&
	       g->fds * 100 >= g->fd_limit * FULL_PERCENT;
}

static bool is_out_of_descriptors(const struct tcpdiag_held_group *g)
{
	return are_descriptors_short(g) && g->fds >= g->fd_limit;
}

/*
 * A client that has said all waits for an answer, for as long as that takes. A
 * server has given its answer.
 */
static bool is_leak(const struct tcpdiag_facts *facts,
		    const struct tcpdiag_held_group *g)
{
	if (are_descriptors_short(g) || g->state != TCP_FIN_WAIT2)
		return true;
	return !g->connected && g->sockets >= MANY &&
	       g->oldest_us >= LONG_TIMES * facts->held->fin_timeout_us;
}

static enum tcpdiag_severity severity(const struct tcpdiag_facts *facts,
				      const struct tcpdiag_held_group *g)
{
	if (is_out_of_descriptors(g))
		return TCPDIAG_CRITICAL;
	return is_leak(facts, g) ? TCPDIAG_WARNING : TCPDIAG_NOTE;
}

static const char *why(const struct tcpdiag_facts *facts,
		       const struct tcpdiag_held_group *g)
{
	if (g->state != TCP_FIN_WAIT2)
		return "the peer does not acknowledge our FIN";
	if (is_leak(facts, g))
		return IN_VAIN;
	return "it has called shutdown() and may still be waiting for an answer";
}

static const char *remedy(const struct tcpdiag_facts *facts,
			  const struct tcpdiag_held_group *g)
{
	if (g->state != TCP_FIN_WAIT2)
		return CLOSE_UNACKED;
	return is_leak(facts, g) ? CLOSE_AFTER : CLOSE_IF;
}

static void say_descriptors(const struct tcpdiag_held_group *g,
			    struct tcpdiag_finding *f)
{
	size_t n = strlen(f->what);

	if (!are_descriptors_short(g))
		return;
	scnprintf(f->what + n, sizeof(f->what) - n,
		  "; %llu of its %llu file descriptors are in use%s",
		  min(g->fds, g->fd_limit), g->fd_limit,
		  is_out_of_descriptors(g) ?
		  ", so accept(), socket() and open() fail (EMFILE)" : "");
}

static void held(const struct tcpdiag_facts *facts,
		 const struct tcpdiag_held_group *g,
		 struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], oldest[TCPDIAG_DURATION_LEN];
	u64 timeout_us = facts->held->fin_timeout_us;
	struct tcpdiag_finding *f;
	size_t n;

	f = tcpdiag_findings_add(out, severity(facts, g));
	tcpdiag_format_owner(owner, &g->owner);
	tcpdiag_say(f->subject, "%s %s %s %u", owner, state_name(g),
		    g->connected ? "to" : "on", g->port);
	f->about.owner = g->owner;
	*(g->connected ? &f->about.peer_port : &f->about.port) = g->port;
	f->about.no_fds = is_out_of_descriptors(g);
	tcpdiag_say(f->what,
		    "%s keeps %s%u socket%s in %s %s port %u, %s for %s%s: %s",
		    owner, facts->held->cut ? "at least " : "", g->sockets,
		    tcpdiag_plural(g->sockets), state_name(g),
		    g->connected ? "to" : "on", g->port,
		    g->sockets == 1 ? "open" : "the oldest",
		    g->estimated ? "at least " : "",
		    tcpdiag_format_duration(oldest, g->oldest_us),
		    why(facts, g));
	say_descriptors(g, f);
	n = tcpdiag_say(f->evidence, "sockets=%u oldest_us=%llu fin_timeout_us=%llu",
			g->sockets, g->oldest_us, timeout_us);
	if (g->fds_known)
		scnprintf(f->evidence + n, sizeof(f->evidence) - n,
			  " descriptors=%llu descriptor_limit=%llu", g->fds,
			  g->fd_limit);
	tcpdiag_say(f->application, "%s", remedy(facts, g));
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_fin_timeout is %llu s and does not apply: it ends only sockets that no program has open; a higher limit of file descriptors (RLIMIT_NOFILE) only makes them last longer",
		    div_u64(timeout_us, USEC_PER_SEC));
	f->no_help = NO_HELP_HELD;
}

/**
 * tcpdiag_find_held_sockets() - a program keeps sockets open after its FIN
 * @facts: what is judged
 * @out: where to
 *
 * In FIN_WAIT2 a program may wait for a slow answer. So without a sign that it
 * waits in vain this is only a note.
 */
void tcpdiag_find_held_sockets(const struct tcpdiag_facts *facts,
			       struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < facts->held->n; i++)
		held(facts, &facts->held->group[i], out);
}
