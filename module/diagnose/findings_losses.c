// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on what connections lose on their way. It is the path's doing, not the
 * program's, which is named because it suffers; unless it gives up too soon.
 */
#include <linux/math64.h>
#include <linux/time64.h>

#include "diagnose/facts_losses.h"
#include "diagnose/findings.h"
#include "model/format.h"

/* net.ipv4.tcp_early_retrans: tail loss probes are sent from this value on. */
#define PROBES		3

#define PATH \
	"look for the link that drops: errors and drops of the own device (ethtool -S, tc -s qdisc), a policer or a full queue on the way (mtr)"
#define LATE \
	"look for what makes ACKs late: a queue on the way, an overloaded peer, a link that sleeps"
/* So many are felt. */
#define MANY_GIVEN_UP	10
/* A peer may have been down, less often. */
#define ACCIDENTS	3

/* More long connections of one peer than one client has. */
#define MANY_LOSERS	10
/* So many clients of different addresses have a link of this end in common. */
#define MANY_CLIENTS	100

#define NO_HELP_TIMEOUTS \
	"net.ipv4.tcp_retries2: it says how often, not how soon; and larger buffers"
#define NO_HELP_AGAIN \
	"larger buffers, and net.ipv4.tcp_retries2: as much is lost, and fills a full queue even more"
#define NO_HELP_ORDER \
	"turning net.ipv4.tcp_sack or net.ipv4.tcp_dsack off: then nobody knows any more that it was needless"

/* Subject, owner and way of a finding; @owner and @way get words to use. */
static struct tcpdiag_finding *begin(const struct tcpdiag_loss_fact *x,
				     enum tcpdiag_loss how,
				     struct tcpdiag_findings *out,
				     char *owner, char *way)
{
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, how == TCPDIAG_LOSS_MUCH ?
				      TCPDIAG_WARNING : TCPDIAG_NOTE);
	tcpdiag_format_owner(owner, &x->owner);
	tcpdiag_format_way(way, x->active, x->port, x->v6,
			   x->one_peer ? &x->addr : NULL);
	if (x->active)
		tcpdiag_say(f->subject, "%s %s", owner, way);
	else
		tcpdiag_say(f->subject, "%s on port %u", owner, x->port);
	f->about.owner = x->owner;
	f->about.v6 = x->v6;
	if (x->one_peer)
		f->about.peer = x->addr;
	*(x->active ? &f->about.peer_port : &f->about.port) = x->port;
	return f;
}

static void say_when(struct tcpdiag_finding *f,
		     const struct tcpdiag_loss_fact *x)
{
	char since[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];

	tcpdiag_say_more(f->what,
			 " (something has been lost since %s ago, last %s ago)",
			 tcpdiag_format_duration(since, x->since_us),
			 tcpdiag_format_duration(ago, x->ago_us));
}

/* What the whole namespace does, as nstat has it. */
static void say_frame(struct tcpdiag_finding *f,
		      const struct tcpdiag_losses_facts *l)
{
	tcpdiag_say_more(f->evidence,
			 " other=%llu sent=%llu sent_again=%llu TCPTimeouts=%llu TCPLossProbes=%llu TCPFastRetrans=%llu TCPSpuriousRTOs=%llu",
			 l->other, l->sent, l->sent_again, l->ns_timeouts,
			 l->ns_probes, l->ns_fast, l->ns_spurious);
}

/* The peer had got most of what was sent again; not known of short connections. */
static bool is_needless(const struct tcpdiag_loss_sum *s)
{
	return s->needless > s->again / 2;
}

/* What is known of long connections says it of all if it is more than little. */
static bool are_late(const struct tcpdiag_loss_sum *s)
{
	return is_needless(s) && s->again >= s->timeouts;
}

static void say_wait_host(struct tcpdiag_finding *f,
			  const struct tcpdiag_losses_facts *l,
			  const struct tcpdiag_loss_sum *s)
{
	if (are_late(s)) {
		tcpdiag_say(f->host, LATE);
		return;
	}
	if (l->early_retrans < PROBES)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_early_retrans is %u: with 3 the kernel probes for a lost end after two round trips (TLP); ",
			    l->early_retrans);
	else if (!(l->recovery & 1))
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_recovery is %u: with 1 a loss shows by the time that has passed (RACK); ",
			    l->recovery);
	tcpdiag_say_more(f->host,
			 PATH
			 "; in a network of short round trips a route with rto_min (ip route change ... rto_min 20ms) ends the wait sooner");
}

static void waits(const struct tcpdiag_losses_facts *l,
		  const struct tcpdiag_loss_fact *x,
		  struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], way[TCPDIAG_WAY_LEN];
	char waited[TCPDIAG_DURATION_LEN], span[TCPDIAG_DURATION_LEN];
	const struct tcpdiag_loss_sum *s = &x->sum;
	struct tcpdiag_finding *f;

	f = begin(x, are_late(s) ? TCPDIAG_LOSS_SOME : x->timeouts, out,
		  owner, way);
	tcpdiag_say(f->what,
		    "connections of %s %s wait for retransmission timeouts: %u within %s took %s together; before %u of them no later segment was acknowledged",
		    owner, way, s->timeouts,
		    tcpdiag_format_duration(span, x->timeouts_us),
		    tcpdiag_format_duration(waited, s->waited_ms *
						    (u64)USEC_PER_MSEC),
		    s->tails);
	if (s->probed)
		tcpdiag_say_more(f->what,
				 ", and before %u a probe did not help either",
				 s->probed);
	if (are_late(s))
		tcpdiag_say_more(f->what,
				 "; the peer had got most of what long connections sent again (%u of %u): ACKs come late",
				 s->needless, s->again);
	say_when(f, x);
	tcpdiag_say(f->evidence,
		    "timeouts=%u tails=%u probed=%u repeated=%u waited_ms=%u connections=%u recoveries=%u again=%u needless=%u",
		    s->timeouts, s->tails, s->probed, s->repeated, s->waited_ms,
		    s->connections, s->recoveries, s->again, s->needless);
	say_frame(f, l);
	say_wait_host(f, l, s);
	f->no_help = NO_HELP_TIMEOUTS;
}

/*
 * Clients of a server have links of their own, and what one loses harms nobody
 * else; unless so many do.
 */
static enum tcpdiag_loss felt(const struct tcpdiag_loss_fact *x,
			      enum tcpdiag_loss how)
{
	u32 many = x->one_peer ? MANY_LOSERS : MANY_CLIENTS;

	if (x->active || x->sum.long_connections >= many)
		return how;
	return min(how, TCPDIAG_LOSS_SOME);
}

static void sends_again(const struct tcpdiag_losses_facts *l,
			const struct tcpdiag_loss_fact *x,
			struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], way[TCPDIAG_WAY_LEN];
	const struct tcpdiag_loss_sum *s = &x->sum;
	u32 permille = tcpdiag_loss_permille(s);
	struct tcpdiag_finding *f;

	f = begin(x, felt(x, x->share), out, owner, way);
	tcpdiag_say(f->what,
		    "%s sends again %u.%u %% of the segments of long connections %s: %u of %llu, of %u that ended or lost something, counted since they began, ten minutes at most",
		    owner, permille / 10, permille % 10, way, s->again,
		    s->segments, s->long_connections);
	if (is_needless(s))
		tcpdiag_say_more(f->what,
				 "; most needlessly (%u): the peer had got them, because segments overtake each other on the way or ACKs come late",
				 s->needless);
	else
		tcpdiag_say_more(f->what, "; the path loses them");
	say_when(f, x);
	tcpdiag_say(f->evidence,
		    "segments=%llu again=%u permille=%u needless=%u recoveries=%u timeouts=%u long_connections=%u",
		    s->segments, s->again, permille, s->needless,
		    s->recoveries, s->timeouts, s->long_connections);
	say_frame(f, l);
	if (is_needless(s)) {
		tcpdiag_say(f->host,
			    "look for what sends packets of one flow over several links or queues (bonding in mode balance-rr, a route with nexthops by packet)");
		f->no_help = NO_HELP_ORDER;
	} else {
		tcpdiag_say(f->host,
			    PATH
			    "; if the loss is not from a full queue, net.ipv4.tcp_congestion_control=bbr goes on at the rate that gets through");
		f->no_help = NO_HELP_AGAIN;
	}
}

/**
 * tcpdiag_find_timeouts() - connections wait for retransmission timeouts
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_timeouts(const struct tcpdiag_facts *facts,
			   struct tcpdiag_findings *out)
{
	const struct tcpdiag_losses_facts *l = facts->losses;
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (l->fact[i].timeouts != TCPDIAG_LOSS_USUAL)
			waits(l, &l->fact[i], out);
}

/**
 * tcpdiag_find_retransmits() - much of what is sent is sent again
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_retransmits(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	const struct tcpdiag_losses_facts *l = facts->losses;
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (l->fact[i].share != TCPDIAG_LOSS_USUAL)
			sends_again(l, &l->fact[i], out);
}

static void gives_up(const struct tcpdiag_loss_fact *x,
		     struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], way[TCPDIAG_WAY_LEN];
	char limit[TCPDIAG_DURATION_LEN];
	const struct tcpdiag_loss_sum *s = &x->sum;
	bool often = s->given_up >= MANY_GIVEN_UP && s->accidents >= ACCIDENTS;
	struct tcpdiag_finding *f;

	f = begin(x, often ? TCPDIAG_LOSS_MUCH : TCPDIAG_LOSS_SOME, out, owner,
		  way);
	tcpdiag_say(f->what,
		    "the kernel has ended %u connections of %s %s (ETIMEDOUT), because what they sent was not acknowledged within their TCP_USER_TIMEOUT of %s: so short a pause of the path, or a segment that is lost twice, is enough",
		    s->given_up, owner, way,
		    tcpdiag_format_duration(limit, s->user_timeout_ms *
						   (u64)USEC_PER_MSEC));
	say_when(f, x);
	tcpdiag_say(f->evidence,
		    "given_up=%u accidents=%u user_timeout_ms=%u timeouts=%u",
		    s->given_up, s->accidents, s->user_timeout_ms, s->timeouts);
	tcpdiag_say(f->application,
		    "if the other host was there all the time, set TCP_USER_TIMEOUT to 10 s or more (it counts in milliseconds), unless connections shall end at the first pause; TCP needs at least 200 ms for each repetition, and twice as long for the next");
	f->no_help = "net.ipv4.tcp_retries2 and keepalive: TCP_USER_TIMEOUT overrides both";
}

/**
 * tcpdiag_find_user_timeouts() - connections end by a TCP_USER_TIMEOUT that is short
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_user_timeouts(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	const struct tcpdiag_losses_facts *l = facts->losses;
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (tcpdiag_loss_is_impatient(&l->fact[i].sum))
			gives_up(&l->fact[i], out);
}
