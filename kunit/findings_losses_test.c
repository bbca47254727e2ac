// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on what connections lose on their way.
 */
#include <kunit/test.h>

#include "diagnose/findings_losses.c"
#include "findings_case.h"

static struct tcpdiag_loss_fact *lossy(struct findings_case *c)
{
	struct tcpdiag_loss_fact *x = &c->facts.losses.fact[0];

	c->facts.losses.n = 1;
	c->facts.losses.early_retrans = 3;
	c->facts.losses.recovery = 1;
	x->owner = (struct tcpdiag_owner) { .pid = 9, .comm = "app" };
	x->active = true;
	x->one_peer = true;
	x->addr.s6_addr32[0] = htonl(0x0a000005);
	x->port = 5432;
	x->timeouts_us = 80 * USEC_PER_SEC;
	x->since_us = 80 * USEC_PER_SEC;
	x->ago_us = 2 * USEC_PER_SEC;
	return x;
}

static void losses_timeouts(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_loss_fact *x = lossy(c);

	x->timeouts = TCPDIAG_LOSS_MUCH;
	x->sum.timeouts = 60;
	x->sum.tails = 58;
	x->sum.waited_ms = 14000;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "connections of app (pid 9) to 10.0.0.5:5432 wait for retransmission timeouts: 60 within 1m20s took 14.0 s together; before 58 of them no later segment was acknowledged");
	findings_expect_in(test, f->what, "since 1m20s ago, last 2.0 s ago");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "probe"));
	KUNIT_EXPECT_NULL(test, strstr(f->host, "tcp_early_retrans"));
	KUNIT_EXPECT_EQ(test, f->about.peer_port, 5432);
	x->sum.probed = 20;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "before 20 a probe did not help either");
	/* what the kernel could do and does not */
	c->facts.losses.early_retrans = 0;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "net.ipv4.tcp_early_retrans is 0");
	c->facts.losses.early_retrans = 3;
	c->facts.losses.recovery = 0;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "net.ipv4.tcp_recovery is 0");
	/* what was sent again had got there already */
	x->sum.again = 100;
	x->sum.needless = 51;
	findings_expect_one(test, c, "timeouts", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "(51 of 100): ACKs come late");
	KUNIT_EXPECT_NULL(test, strstr(f->host, "rto_min"));
	/* one long connection does not speak for many short ones */
	x->sum.again = 59;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	x->sum.again = 100;
	x->sum.needless = 50;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "rto_min");
	/* others had late ACKs, some time */
	c->facts.losses.ns_timeouts = 100;
	c->facts.losses.ns_spurious = 90;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->what, "ACKs come late"));
	/* a service whose clients have paths of their own */
	x->timeouts = TCPDIAG_LOSS_SOME;
	x->active = false;
	x->one_peer = false;
	x->port = 443;
	findings_expect_one(test, c, "timeouts", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "on port 443 with several peers");
	KUNIT_EXPECT_EQ(test, f->about.port, 443);
}

static void losses_retransmits(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_loss_fact *x = lossy(c);

	x->share = TCPDIAG_LOSS_MUCH;
	x->sum.segments = 20000;
	x->sum.again = 1010;
	x->sum.long_connections = 1;
	findings_expect_one(test, c, "retransmits", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "app (pid 9) sends again 5.0 % of the segments of long connections to 10.0.0.5:5432: 1010 of 20000, of 1 that ended or lost something, counted since they began, ten minutes at most; the path loses them");
	findings_expect_in(test, f->host, "bbr");
	/* they overtake each other */
	x->sum.needless = 900;
	findings_expect_one(test, c, "retransmits", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "most needlessly (900)");
	KUNIT_EXPECT_NULL(test, strstr(f->what, "the path loses"));
	findings_expect_in(test, f->no_help, "tcp_dsack");
	x->share = TCPDIAG_LOSS_SOME;
	findings_expect_one(test, c, "retransmits", TCPDIAG_NOTE);
	/* a usual one */
	x->share = TCPDIAG_LOSS_USUAL;
	findings_expect_none(test, c);
	/* the link of a client is the client's to mend, but not that of a proxy */
	x->share = TCPDIAG_LOSS_MUCH;
	x->active = false;
	findings_expect_one(test, c, "retransmits", TCPDIAG_NOTE);
	x->sum.long_connections = 10;
	findings_expect_one(test, c, "retransmits", TCPDIAG_WARNING);
	x->one_peer = false;
	findings_expect_one(test, c, "retransmits", TCPDIAG_NOTE);
	x->sum.long_connections = 100;
	findings_expect_one(test, c, "retransmits", TCPDIAG_WARNING);
}

/* The longest words that each part may have. */
static void losses_longest(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_loss_fact *x = lossy(c);
	struct tcpdiag_losses_facts *l = &c->facts.losses;

	memset(&x->sum, 0xff, sizeof(x->sum));
	/* that is a finding by itself */
	x->sum.given_up = 0;
	x->v6 = true;
	memset(&x->addr, 0xee, sizeof(x->addr));
	x->timeouts_us = 600 * (u64)USEC_PER_SEC;
	x->since_us = U32_MAX * (u64)USEC_PER_SEC;
	l->other = U64_MAX;
	l->sent = U64_MAX;
	l->sent_again = U64_MAX;
	l->ns_timeouts = U64_MAX;
	l->ns_probes = U64_MAX;
	l->ns_fast = U64_MAX;
	l->ns_spurious = U64_MAX;
	l->early_retrans = 0;
	x->timeouts = TCPDIAG_LOSS_MUCH;
	/* with the words on ACKs that come late, and with those on what to set */
	findings_expect_one(test, c, "timeouts", TCPDIAG_NOTE);
	x->sum.needless = 0;
	findings_expect_one(test, c, "timeouts", TCPDIAG_WARNING);
	x->sum.needless = U32_MAX;
	x->timeouts = TCPDIAG_LOSS_USUAL;
	x->share = TCPDIAG_LOSS_MUCH;
	findings_expect_one(test, c, "retransmits", TCPDIAG_WARNING);
}

static void losses_given_up(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_loss_fact *x = lossy(c);

	x->sum.given_up = 3;
	x->sum.user_timeout_ms = 300;
	findings_expect_one(test, c, "user_timeouts", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "the kernel has ended 3 connections of app (pid 9) to 10.0.0.5:5432 (ETIMEDOUT), because what they sent was not acknowledged within their TCP_USER_TIMEOUT of 300 ms");
	/* all at once, as when the peer was down */
	x->sum.given_up = 1000;
	x->sum.accidents = ACCIDENTS - 1;
	findings_expect_one(test, c, "user_timeouts", TCPDIAG_NOTE);
	x->sum.given_up = MANY_GIVEN_UP;
	x->sum.accidents = ACCIDENTS;
	findings_expect_one(test, c, "user_timeouts", TCPDIAG_WARNING);
	x->sum.given_up = 2;
	findings_expect_none(test, c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(losses_timeouts),
	KUNIT_CASE(losses_retransmits),
	KUNIT_CASE(losses_longest),
	KUNIT_CASE(losses_given_up),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_losses",
	.test_cases = cases,
};

kunit_test_suite(suite);
