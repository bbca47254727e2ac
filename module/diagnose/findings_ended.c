// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connections that somebody else ended: the peer by a RST, while a
 * request waited for its answer; or the kernel, because the peer answered no
 * keepalive probes.
 */
#include <linux/string.h>

#include "diagnose/facts_resets.h"
#include "diagnose/findings.h"
#include "diagnose/reset_words.h"
#include "model/format.h"

/* So many requests without an answer in ten minutes are felt. */
#define MANY	10
/* Who has waited for so long waits for an answer; what was sent was no good-bye. */
#define WAITS_MS	1000

#define NO_HELP_BY_PEER \
	"net.ipv4.tcp_retries2, timeouts and larger buffers here: the other host ends the connection"
#define NO_HELP_TIMED_OUT \
	"net.ipv4.tcp_retries2: it is for data that is not acknowledged"

#define CHANGE_CLIENT \
	"see whether the other host is up and the path to it; if something on the way forgets idle connections, set TCP_KEEPIDLE below its limit, or close them sooner"
#define CHANGE_SLEPT \
	"nothing: they ended while this host was asleep, and a program that needs them connects again"
#define CHANGE_SERVER \
	"nothing, if clients come and go without a word (phones, laptops): keepalive has cleared up; else see whether their host is up and the path to it"

/* The program on this host that has sent the RSTs; or NULL. */
static const struct tcpdiag_reset_fact *
sender_of(const struct tcpdiag_resets_facts *r,
	  const struct tcpdiag_reset_fact *x)
{
	static const enum tcpdiag_reset reasons[] = {
		TCPDIAG_RESET_CLOSE_UNREAD,
		TCPDIAG_RESET_EXIT_UNREAD,
		TCPDIAG_RESET_LINGER,
		TCPDIAG_RESET_NOT_ACCEPTED,
	};
	const struct tcpdiag_reset_fact *y;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		y = tcpdiag_reset_other_end(r, x, reasons[i]);
		if (y)
			return y;
	}
	return NULL;
}

static const char *how_sent(const struct tcpdiag_reset_fact *y)
{
	switch (y->reason) {
	case TCPDIAG_RESET_EXIT_UNREAD:
		return "ends with data unread";
	case TCPDIAG_RESET_LINGER:
		return "closes with SO_LINGER of 0 s";
	default:
		return "calls close() with data unread";
	}
}

/*
 * What was sent last may be a good-bye, or something else that nobody answers,
 * unless the peer has not even got it, or it waited for long.
 */
static bool is_felt(const struct tcpdiag_reset_fact *x)
{
	return x->unanswered >= MANY &&
	       (x->lost >= TCPDIAG_RESETS_SEVERAL ||
		(x->gap.n && x->gap.max_ms >= WAITS_MS));
}

static void by_peer(const struct tcpdiag_resets_facts *r,
		    const struct tcpdiag_reset_fact *x,
		    struct tcpdiag_findings *out)
{
	const struct tcpdiag_reset_fact *y = sender_of(r, x);
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN], after[64];
	bool slept = tcpdiag_reset_after_sleep(r, x);
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, is_felt(x) && !slept ? TCPDIAG_WARNING :
							     TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "connections of %s %s are reset by the peer (%s), in %llu of %llu before anything came back for what was sent last",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_how_often(when, x), x->unanswered, x->recent);
	if (x->gap.n)
		tcpdiag_say_more(f->what, ", which was %s before",
				 tcpdiag_reset_range(after, sizeof(after),
						     &x->gap));
	if (y)
		tcpdiag_say_more(f->what, "; %s on this host %s",
				 tcpdiag_format_owner(owner, &y->owner),
				 how_sent(y));
	else
		tcpdiag_say_more(f->what,
				 ": the program there has ended, or closes with data unread; or something on the way cuts connections off");
	if (slept) {
		tcpdiag_say_more(f->what, "; or they ended before: ");
		tcpdiag_reset_say_sleep(f, r);
	}
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say_more(f->evidence, " unanswered_10min=%llu", x->unanswered);
	tcpdiag_say(f->application,
		    "look at the program at the other end: its log at these times, whether it is restarted, or refuses what is sent (too large, too often) and closes before it has read all; here, repeat requests that are idempotent");
	f->no_help = NO_HELP_BY_PEER;
}

/*
 * Another finding tells of the same; or a program on this host closes without
 * reading all, and loses nothing by that: it does what it means to.
 */
static bool is_told(const struct tcpdiag_resets_facts *r,
		    const struct tcpdiag_reset_fact *x)
{
	const struct tcpdiag_reset_fact *y = sender_of(r, x);

	return tcpdiag_reset_is_forgotten(x) ||
	       (y && y->recent >= TCPDIAG_RESETS_SEVERAL &&
		(y->reason == TCPDIAG_RESET_NOT_ACCEPTED ||
		 y->reason == TCPDIAG_RESET_CLOSE_UNREAD ||
		 (y->reason == TCPDIAG_RESET_LINGER &&
		  y->lost >= TCPDIAG_RESETS_SEVERAL)));
}

/**
 * tcpdiag_find_resets_by_peer() - peers reset connections that wait for an answer
 * @facts: what is judged
 * @out: where to
 *
 * Only of connections that a program of this host made: clients of a server break
 * off as they like.
 */
void tcpdiag_find_resets_by_peer(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	const struct tcpdiag_reset_fact *x;
	unsigned int i;

	for (i = 0; i < r->n; i++) {
		x = &r->fact[i];
		if (x->reason == TCPDIAG_RESET_BY_PEER && x->active &&
		    x->unanswered >= TCPDIAG_RESETS_SEVERAL && !is_told(r, x))
			by_peer(r, x, out);
	}
}

static const char *timed_out_change(const struct tcpdiag_reset_fact *x,
				    bool slept)
{
	if (slept)
		return CHANGE_SLEPT;
	return x->active ? CHANGE_CLIENT : CHANGE_SERVER;
}

static void timed_out(const struct tcpdiag_resets_facts *r,
		      const struct tcpdiag_reset_fact *x,
		      struct tcpdiag_findings *out)
{
	bool slept = tcpdiag_reset_after_sleep(r, x);
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN], peer[TCPDIAG_ADDR_LEN];
	struct tcpdiag_finding *f;
	char idle[64];

	f = tcpdiag_findings_add(out, x->active && !slept ? TCPDIAG_WARNING :
							    TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	tcpdiag_say(f->what,
		    "keepalive has ended connections of %s %s, because nothing answered its probes (%s)",
		    tcpdiag_format_owner(owner, &x->owner),
		    tcpdiag_reset_place(where, x),
		    tcpdiag_reset_how_often(when, x));
	if (x->idle.n && !slept)
		tcpdiag_say_more(f->what,
				 "; nothing had been sent or received for %s",
				 tcpdiag_reset_range(idle, sizeof(idle),
						     &x->idle));
	if (!x->active && x->one_peer)
		tcpdiag_say_more(f->what, "; most were with %s",
				 tcpdiag_reset_address(peer, x->v6, &x->addr));
	if (slept) {
		tcpdiag_say_more(f->what, ": ");
		tcpdiag_reset_say_sleep(f, r);
		tcpdiag_say_more(f->what, ": its connections ended meanwhile");
	} else {
		tcpdiag_say_more(f->what,
				 ": the other host is gone, a firewall, NAT or balancer on the way has forgotten the connections, or this host was asleep or has another address");
	}
	tcpdiag_reset_evidence(f, x);
	tcpdiag_say(f->application, "%s", timed_out_change(x, slept));
	f->no_help = NO_HELP_TIMED_OUT;
}

/**
 * tcpdiag_find_keepalive_timeouts() - keepalive has ended connections
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_keepalive_timeouts(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->fact[i].reason == TCPDIAG_RESET_TIMEOUT &&
		    r->fact[i].recent >= TCPDIAG_RESETS_SEVERAL)
			timed_out(r, &r->fact[i], out);
}
