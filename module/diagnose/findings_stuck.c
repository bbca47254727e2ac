// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connections whose peer seems to be gone: closed ones that wait for
 * its answer, and open ones on which nothing happens.
 */
#include "diagnose/findings.h"
#include "model/format.h"

/* What the kernel takes for tcp_orphan_retries = 0. */
#define ORPHAN_RETRIES	8

/* What is often advised. */
#define NO_HELP_LAST_ACK "no program holds these sockets, so restarting one does not end them; net.ipv4.tcp_fin_timeout is about FIN_WAIT2 and net.ipv4.tcp_retries2 about sockets that a program holds"
#define NO_HELP_ORPHANS "net.ipv4.tcp_fin_timeout is about FIN_WAIT2, when the peer has acknowledged everything"
#define NO_HELP_STALE "a lower net.ipv4.tcp_keepalive_time alone changes nothing here, for these sockets have no SO_KEEPALIVE"

/* Before a number of sockets. */
static const char *at_least(const struct tcpdiag_stuck_facts *s)
{
	return s->cut ? "at least " : "";
}

static unsigned int orphan_retries(const struct tcpdiag_stuck_facts *s)
{
	return s->orphan_retries ?: ORPHAN_RETRIES;
}

/**
 * tcpdiag_find_stuck_last_ack() - a FIN that nobody acknowledges
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_stuck_last_ack(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_stuck_facts *s = &facts->stuck;
	char oldest[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (!s->last_ack)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%s%llu sockets in LAST_ACK for too long, the oldest for %s: its peer %s does not acknowledge our last segments",
		    at_least(s), s->last_ack,
		    tcpdiag_format_duration(oldest, s->last_ack_oldest_us),
		    s->peer);
	tcpdiag_say(f->evidence,
		    "sockets=%llu oldest_us=%llu retransmits=%u limit_ms=%u",
		    s->last_ack, s->last_ack_oldest_us, s->retransmits,
		    facts->limits.stuck_last_ack_ms);
	tcpdiag_say(f->host,
		    "look for the way to the peer: it went away, or a firewall or NAT forgot the connection; net.ipv4.tcp_orphan_retries is %u: after %u retransmissions the kernel gives up; fewer frees memory sooner and loses what slow peers had still to get",
		    s->orphan_retries, orphan_retries(s));
	f->no_help = NO_HELP_LAST_ACK;
}

/**
 * tcpdiag_find_orphans() - many sockets that no process has
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_orphans(const struct tcpdiag_facts *facts,
			  struct tcpdiag_findings *out)
{
	const struct tcpdiag_stuck_facts *s = &facts->stuck;
	char oldest[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (s->orphans < facts->limits.orphans)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_say(f->what,
		    "%s%llu closed sockets still wait for their peers (FIN_WAIT1, CLOSING, LAST_ACK), the oldest for %s: each holds up to 64 KiB of memory that cannot be swapped",
		    at_least(s), s->orphans,
		    tcpdiag_format_duration(oldest, s->orphans_oldest_us));
	tcpdiag_say(f->evidence,
		    "orphans=%llu oldest_us=%llu on_machine=%llu aborted_since_boot=%llu limit=%u",
		    s->orphans, s->orphans_oldest_us, s->on_machine, s->aborted,
		    facts->limits.orphans);
	tcpdiag_say(f->application,
		    "before close(), wait until the peer has what was sent (shutdown(SHUT_WR), then read() until it returns 0), and give up on peers that do not take it");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_max_orphans is the number beyond which the kernel resets them, of all namespaces together; net.ipv4.tcp_orphan_retries is %u: %u retransmissions, fewer end them sooner",
		    s->orphan_retries, orphan_retries(s));
	f->no_help = NO_HELP_ORPHANS;
}

/**
 * tcpdiag_find_stale_established() - idle for hours, and nobody would notice
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_stale_established(const struct tcpdiag_facts *facts,
				    struct tcpdiag_findings *out)
{
	const struct tcpdiag_stale_facts *s = &facts->stale;
	char owner[TCPDIAG_OWNER_LEN], idle[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (!s->sockets)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_format_duration(idle, s->idle_us);
	if (*s->peer)
		tcpdiag_say(f->what,
			    "%llu connections without data for long and without keepalive, the longest for %s: of %s to %s; if the peer is gone nobody will notice",
			    s->sockets, idle,
			    tcpdiag_format_owner(owner, &s->owner), s->peer);
	else
		tcpdiag_say(f->what,
			    "%llu connections without data for long and without keepalive, the longest for %s; if the peer is gone nobody will notice",
			    s->sockets, idle);
	tcpdiag_say(f->evidence, "sockets=%llu idle_us=%llu limit_ms=%u",
		    s->sockets, s->idle_us, facts->limits.stale_established_ms);
	tcpdiag_say(f->application,
		    "set SO_KEEPALIVE (and TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT), or close connections of a pool that nobody uses; check one before it is used again");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_keepalive_time is %llu: it takes effect only on sockets with SO_KEEPALIVE",
		    s->keepalive_time);
	f->no_help = NO_HELP_STALE;
}
