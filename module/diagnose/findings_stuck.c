// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connections whose peer seems to be gone: closed ones that still
 * wait for its answer, and open ones that have been idle for long.
 */
#include <linux/time64.h>

#include "compat.h"
#include "diagnose/findings.h"
#include "model/format.h"
#include "model/limits.h"
#include "survey/stale.h"
#include "survey/stuck.h"

/* The kernel's value if net.ipv4.tcp_orphan_retries is 0. */
#define ORPHAN_RETRIES	8

/* So many clients do not go without a word by chance. */
#define MANY_GONE	100

/* Room for what shortens their wait. */
#define SOONER_LEN	96

/* What is often advised but does not help. */
#define NO_HELP_LAST_ACK "restarting the program, because it has closed these sockets already; net.ipv4.tcp_fin_timeout applies to FIN_WAIT2 and net.ipv4.tcp_retries2 to sockets that a program has open"
#define NO_HELP_STALE "a lower net.ipv4.tcp_keepalive_time alone: these sockets do not have SO_KEEPALIVE set"

/* What to say before a number of sockets. */
static const char *lower_bound(const struct tcpdiag_stuck_facts *s)
{
	return s->cut ? "at least " : "";
}

static unsigned int orphan_retries(const struct tcpdiag_stuck_facts *s)
{
	return s->orphan_retries ?: ORPHAN_RETRIES;
}

/*
 * By default the kernel also gives up when the wait for the next retransmission is
 * as long as it can be. That comes after more than the usual retransmissions,
 * unless the maximum was made shorter.
 */
static void say_sooner(char sooner[SOONER_LEN],
		       const struct tcpdiag_stuck_facts *s)
{
	*sooner = 0;
	if (!s->orphan_retries && s->rto_max_ms < TCPDIAG_RTO_MAX_MS)
		snprintf(sooner, SOONER_LEN,
			 ", or sooner when the next would be %u ms later (net.ipv4.tcp_rto_max_ms)",
			 s->rto_max_ms);
}

/* Clients of a server come and go: one that has gone without a word is no fault. */
static enum tcpdiag_severity last_ack_severity(const struct tcpdiag_stuck_facts *s)
{
	return s->last_ack_connected || s->last_ack >= MANY_GONE ?
	       TCPDIAG_WARNING : TCPDIAG_NOTE;
}

/**
 * tcpdiag_find_stuck_last_ack() - the peer does not acknowledge our FIN
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_stuck_last_ack(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_stuck_facts *s = facts->stuck;
	char oldest[TCPDIAG_DURATION_LEN], limit[TCPDIAG_DURATION_LEN];
	unsigned int retries = orphan_retries(s);
	struct tcpdiag_finding *f;
	char sooner[SOONER_LEN];

	if (!s->last_ack)
		return;
	say_sooner(sooner, s);
	f = tcpdiag_findings_add(out, last_ack_severity(s));
	tcpdiag_say(f->what,
		    "%s%llu socket%s in LAST_ACK for more than %s, the oldest for %s: its peer %s does not acknowledge our FIN",
		    lower_bound(s), s->last_ack, tcpdiag_plural(s->last_ack),
		    tcpdiag_format_duration(limit,
					    facts->limits->stuck_last_ack_ms *
					    (u64)USEC_PER_MSEC),
		    tcpdiag_format_duration(oldest, s->last_ack_oldest_us),
		    s->peer);
	tcpdiag_say(f->evidence,
		    "sockets=%llu oldest_us=%llu retransmits=%u limit_ms=%u",
		    s->last_ack, s->last_ack_oldest_us, s->retransmits,
		    facts->limits->stuck_last_ack_ms);
	tcpdiag_say(f->host,
		    "check the path to the peer: it is down, or a firewall or NAT has forgotten the connection; net.ipv4.tcp_orphan_retries is %u: the kernel gives up after %u retransmission%s%s; a lower value frees memory sooner, but cuts off peers that are only slow",
		    s->orphan_retries, retries, tcpdiag_plural(retries),
		    sooner);
	f->no_help = NO_HELP_LAST_ACK;
}

/**
 * tcpdiag_find_stale_established() - connections idle for hours, whose program
 *	would not notice if the peer is gone
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_stale_established(const struct tcpdiag_facts *facts,
				    struct tcpdiag_findings *out)
{
	const struct tcpdiag_stale_facts *s = facts->stale;
	char whose[TCPDIAG_OWNER_LEN + TCPDIAG_PEER_LEN + 32] = "";
	char idle[TCPDIAG_DURATION_LEN], limit[TCPDIAG_DURATION_LEN];
	char owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	if (!s->sockets)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	f->about.owner = s->owner;
	tcpdiag_format_owner(owner, &s->owner);
	if (*s->peer && s->port)
		tcpdiag_say(whose, ", of %s on port %u from %s", owner, s->port,
			    s->peer);
	else if (*s->peer)
		tcpdiag_say(whose, ", of %s to %s", owner, s->peer);
	tcpdiag_say(f->what,
		    "%llu connection%s without keepalive and without data for more than %s, the longest for %s%s: if the peer is gone, the program does not notice",
		    s->sockets, tcpdiag_plural(s->sockets),
		    tcpdiag_format_duration(limit,
					    facts->limits->stale_established_ms *
					    (u64)USEC_PER_MSEC),
		    tcpdiag_format_duration(idle, s->idle_us), whose);
	tcpdiag_say(f->evidence, "sockets=%llu idle_us=%llu limit_ms=%u",
		    s->sockets, s->idle_us, facts->limits->stale_established_ms);
	tcpdiag_say(f->application,
		    "set SO_KEEPALIVE (with TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT), or close pooled connections that are not in use; check a connection before using it again");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_keepalive_time is %llu s, but it applies only to sockets with SO_KEEPALIVE",
		    s->keepalive_time);
	f->no_help = NO_HELP_STALE;
}
