// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings resets_by_peer and keepalive_timeouts.
 */
#include <kunit/test.h>
#include <linux/in.h>

#include "diagnose/findings_ended.c"
#include "findings_case.h"

static struct tcpdiag_reset_fact *add_fact(struct findings_case *c,
					   enum tcpdiag_reset reason,
					   const char *comm, bool active)
{
	struct tcpdiag_reset_fact *x;

	x = &c->facts.resets.fact[c->facts.resets.n++];
	x->reason = reason;
	x->active = active;
	x->addr.s6_addr32[0] = htonl(0x0a000002);
	x->port = 8080;
	x->owner.pid = 100 + c->facts.resets.n;
	strscpy(x->owner.comm, comm, sizeof(x->owner.comm));
	x->count = 34;
	x->recent = 34;
	x->per_s = 28;
	x->since_us = 12 * USEC_PER_SEC;
	x->ago_us = 3 * USEC_PER_SEC;
	return x;
}

static void ended_by_peer(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_BY_PEER, "webapp", true);
	/* all had their answers */
	findings_expect_none(test, c);
	x->unanswered = TCPDIAG_RESETS_SEVERAL;
	x->gap = (struct tcpdiag_range){ 3, 52, 60 };
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "connections of webapp (pid 101) to 10.0.0.2:8080 are reset by the peer (34 times in the last 12.0 s, 2.8 a second, the last one 3.0 s ago), in 3 of 34 before anything came back for what was sent last, which was about 60.0 ms before");
	findings_expect_in(test, f->evidence, "unanswered_10min=3");
	findings_expect_in(test, f->evidence, "after_sent_min_ms=52");
	/* they may be good-byes, unless they have waited for long, or got lost */
	x->unanswered = MANY;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_NOTE);
	x->gap.max_ms = WAITS_MS;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_WARNING);
	x->gap.max_ms = 60;
	x->lost = TCPDIAG_RESETS_SEVERAL;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_WARNING);
	/* idle connections that something on the way has forgotten */
	x->lost = x->recent;
	x->idle = (struct tcpdiag_range){ 34, 600000, 605000 };
	findings_expect_one(test, c, "resets_forgotten", TCPDIAG_WARNING);
	x->lost = 0;
	/* clients of a server break off as they like */
	x->active = false;
	findings_expect_none(test, c);
}

/* The program that sends the RSTs is on this host. */
static void ended_here(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x, *y;

	x = add_fact(c, TCPDIAG_RESET_BY_PEER, "webapp", true);
	x->unanswered = MANY;
	x->lost = MANY;
	x->local = true;
	y = add_fact(c, TCPDIAG_RESET_EXIT_UNREAD, "worker", false);
	y->local = true;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "; worker (pid 102) on this host ends with data unread");
	/* then resets_close_unread tells of it */
	y->reason = TCPDIAG_RESET_CLOSE_UNREAD;
	y->lost = TCPDIAG_RESETS_SEVERAL;
	findings_expect_one(test, c, "resets_close_unread", TCPDIAG_WARNING);
	/* nor is it a fault if nothing of its own was lost */
	y->lost = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_none(test, c);
}

static void ended_by_keepalive(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_TIMEOUT, "serverd", false);
	x->one_peer = true;
	x->idle = (struct tcpdiag_range){ 34, 11160, 11260 };
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "keepalive has ended connections of serverd (pid 101) on port 8080, because nothing answered its probes (34 times in the last 12.0 s");
	findings_expect_in(test, f->what, "for about 11.2 s; most were with 10.0.0.2:");
	findings_expect_in(test, f->application, "nothing, if clients come and go");
	/* the servers that a program needs */
	x->active = true;
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_WARNING);
	x->recent = TCPDIAG_RESETS_SEVERAL - 1;
	findings_expect_none(test, c);
}

/* They ended in a sleep of this host: that is nobody's fault. */
static void ended_in_sleep_of_host(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_resets_sleep *sleep = &c->facts.resets.sleep;
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_reset_fact *x;

	x = add_fact(c, TCPDIAG_RESET_TIMEOUT, "ide", true);
	x->idle = (struct tcpdiag_range){ 34, 11160, 11260 };
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_WARNING);
	sleep->slept_us = 8 * 3600 * (u64)USEC_PER_SEC;
	sleep->first_us = x->since_us;
	sleep->woke_us = x->since_us;
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   ": this host was asleep for 8h00m until 12.0 s ago: its connections ended meanwhile");
	findings_expect_not_in(test, f->what, "11.2 s");
	findings_expect_in(test, f->application, "nothing: they ended while");
	sleep->first_us--;
	findings_expect_one(test, c, "keepalive_timeouts", TCPDIAG_WARNING);
	/* too soon after data to have been forgotten */
	x->reason = TCPDIAG_RESET_BY_PEER;
	x->unanswered = MANY;
	x->lost = MANY;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_WARNING);
	sleep->first_us++;
	findings_expect_one(test, c, "resets_by_peer", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "; or they ended before: this host was asleep for 8h00m");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ended_by_peer),
	KUNIT_CASE(ended_here),
	KUNIT_CASE(ended_by_keepalive),
	KUNIT_CASE(ended_in_sleep_of_host),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_ended",
	.test_cases = cases,
};

kunit_test_suite(suite);
