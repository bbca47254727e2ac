// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on clients that do not wait for as long as answers take.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "diagnose/facts_resets.h"
#include "diagnose/findings.h"
#include "diagnose/reset_words.h"
#include "model/format.h"

/* So many in ten minutes are felt. */
#define MANY		10
/* Who closes sooner has not waited. */
#define WAITED_MS	1000
/* How far the waits of one limit are apart, beside an eighth. */
#define APART_MS	250
/* Closed within such a time is closed at once: a program ended, a page was left. */
#define AT_ONCE_MS	1000
/* What always comes sooner may be what a server says because its client closes. */
#define REACTS_MS	500

#define NO_HELP_LATE \
	"net.ipv4.tcp_keepalive_time, net.ipv4.tcp_fin_timeout, retries and buffers: no segment is lost"

/*
 * They were not all closed at once. When each was closed is not known, but when the
 * RSTs came, and how long after the close.
 */
static bool is_again(const struct tcpdiag_reset_fact *x)
{
	u64 rsts_us = x->since_us - min(x->since_us, x->ago_us);

	return rsts_us >= (x->gap.max_ms - x->gap.min_ms + AT_ONCE_MS) *
			  (u64)USEC_PER_MSEC;
}

/*
 * The side that closed had sent last, and something came back when it was too late.
 * A limit in time is the same for all; people stop waiting when they like.
 */
static bool gives_up(const struct tcpdiag_reset_fact *x)
{
	enum tcpdiag_reset reason = x->active ? TCPDIAG_RESET_PEER_DATA :
						TCPDIAG_RESET_PEER_CLOSED;

	return x->reason == reason && x->recent >= TCPDIAG_RESETS_SEVERAL &&
	       x->unanswered * 10 >= x->recent * 9 && x->idle.n && x->gap.n &&
	       x->idle.min_ms >= WAITED_MS &&
	       x->idle.max_ms - x->idle.min_ms <=
	       x->idle.max_ms / 8 + APART_MS &&
	       x->gap.max_ms >= REACTS_MS && is_again(x);
}

static void say_client(const struct tcpdiag_resets_facts *facts,
		       const struct tcpdiag_reset_fact *x,
		       struct tcpdiag_finding *f, const char *waits,
		       const char *later)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char where[TCPDIAG_RESET_PLACE_LEN];
	const struct tcpdiag_reset_fact *server;

	server = tcpdiag_reset_other_end(facts, x, TCPDIAG_RESET_PEER_CLOSED);
	tcpdiag_say(f->what,
		    "%s waits %s for answers on connections %s, then closes, and the answer comes %s later: it gets a RST (%s)",
		    tcpdiag_format_owner(owner, &x->owner), waits,
		    tcpdiag_reset_place(where, x), later,
		    tcpdiag_reset_how_often(when, x));
	if (server && (server->owner.pid || *server->owner.comm))
		tcpdiag_say_more(f->what, "; the server is %s on this host",
				 tcpdiag_format_owner(owner, &server->owner));
	tcpdiag_say(f->application,
		    "find out why answers take that long, or have the program wait longer (its timeout is %s); repeat only requests that are idempotent: the server goes on with those that nobody waits for",
		    waits);
}

static void say_server(const struct tcpdiag_reset_fact *x,
		       struct tcpdiag_finding *f, const char *waits,
		       const char *later)
{
	char owner[TCPDIAG_OWNER_LEN], when[TCPDIAG_RESET_LATELY_LEN];
	char peer[TCPDIAG_ADDR_LEN];

	tcpdiag_say(f->what,
		    "clients of %s on port %u wait %s for an answer, then close, and the answer, %s later, gets a RST (%s)",
		    tcpdiag_format_owner(owner, &x->owner), x->port, waits,
		    later, tcpdiag_reset_how_often(when, x));
	if (x->one_peer)
		tcpdiag_say_more(f->what, "; most of them from %s",
				 tcpdiag_reset_address(peer, x->v6, &x->addr));
	tcpdiag_say(f->application,
		    "find out why answers take that long, or have clients (a proxy) wait longer than they take; before long work look whether the client is still there (poll for POLLRDHUP)");
}

static void late(const struct tcpdiag_resets_facts *facts,
		 const struct tcpdiag_reset_fact *x,
		 struct tcpdiag_findings *out)
{
	bool felt = x->recent >= MANY && (x->active || x->one_peer);
	const struct tcpdiag_reset_fact *client;
	struct tcpdiag_finding *f;
	char waits[64], later[64];

	client = tcpdiag_reset_other_end(facts, x, TCPDIAG_RESET_PEER_DATA);
	/* what is found of the client tells of both */
	if (!x->active && client && gives_up(client))
		return;
	f = tcpdiag_findings_add(out, felt ? TCPDIAG_WARNING : TCPDIAG_NOTE);
	tcpdiag_reset_subject(f, x);
	tcpdiag_reset_range(waits, sizeof(waits), &x->idle);
	tcpdiag_reset_range(later, sizeof(later), &x->gap);
	if (x->active)
		say_client(facts, x, f, waits, later);
	else
		say_server(x, f, waits, later);
	tcpdiag_reset_evidence(f, x);
	f->no_help = NO_HELP_LATE;
}

/**
 * tcpdiag_find_answers_late() - clients close before the answer comes
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_answers_late(const struct tcpdiag_facts *facts,
			       struct tcpdiag_findings *out)
{
	const struct tcpdiag_resets_facts *r = facts->resets;
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (gives_up(&r->fact[i]))
			late(r, &r->fact[i], out);
}
