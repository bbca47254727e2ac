// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on the account itself: each is found when it should be
 * and only then.
 */
#include <kunit/test.h>

#include "diagnose/findings_account.c"
#include "findings_case.h"

/* A busy box where all is well, resets and timeouts included. */
static void account_none_when_busy(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_snapshot *snap = &c->facts.snap;
	unsigned int from, to;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		snap->now[from] = 100000;
		snap->entered[from] = 1000000;
		snap->left[from] = 900000;
		snap->preexisting[from] = 5;
		snap->oldest_us[from] = 86400000000ULL;
		for (to = 1; to < TCPDIAG_STATES; to++)
			if (tcpdiag_fsm_judge(from, to))
				snap->moves[from][to] = 1000000;
	}
	snap->records = 100000;
	snap->minis = 100000;
	snap->have_requests = true;
	findings_expect_none(test, c);
}

/* Each impossible cell by itself is a finding; no other cell is. */
static void account_impossible_cells(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	unsigned int from, to;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			c->facts.snap.moves[from][to] = 1;
			findings_judge(c);
			KUNIT_EXPECT_EQ_MSG(test, c->out.n,
					    !tcpdiag_fsm_judge(from, to),
					    "%u to %u", from, to);
			c->facts.snap.moves[from][to] = 0;
		}
	}
}

static void account_impossible(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.moves[TCP_LAST_ACK][TCP_LISTEN] = 3;
	c->facts.snap.moves[TCP_TIME_WAIT][TCP_ESTABLISHED] = 4;
	c->facts.snap.moves[TCP_ESTABLISHED][TCP_FIN_WAIT1] = 1000;
	findings_expect_one(test, c, "impossible_transition", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "7 state changes");
	findings_expect_in(test, c->out.found[0].what,
			   "most often TIME_WAIT to ESTABLISHED");
	findings_expect_in(test, c->out.found[0].evidence, "changes=7 worst=4");
	findings_expect_in(test, c->out.found[0].host,
			   "/proc/net/tcpdiag/transitions");
}

/* One is not "most often", and not many. */
static void account_impossible_once(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.moves[TCP_LAST_ACK][TCP_LISTEN] = 1;
	findings_expect_one(test, c, "impossible_transition", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what,
			   "made 1 state change that TCP does not allow, LAST_ACK to LISTEN:");
}

/* The longest names and the longest number. */
static void account_impossible_fits(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.moves[TCP_NEW_SYN_RECV][TCP_ESTABLISHED] = U64_MAX;
	findings_expect_one(test, c, "impossible_transition", TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what,
			   "18446744073709551615 state changes");
}

static void account_approximate_walk(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.approximate = true;
	findings_expect_one(test, c, "gauges_approximate", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "existed when it was loaded");
	/* both at once are still one finding */
	c->facts.snap.lost = 1;
	findings_expect_one(test, c, "gauges_approximate", TCPDIAG_NOTE);
}

static void account_approximate_event(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.lost = 1;
	findings_expect_one(test, c, "gauges_approximate", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "1 event could not be counted");
	c->facts.snap.lost = U64_MAX;
	findings_expect_one(test, c, "gauges_approximate", TCPDIAG_NOTE);
}

static void account_refused(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.refused = 17;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "17 sockets");
	findings_expect_in(test, c->out.found[0].host, "larger max_records");
	c->facts.snap.refused = 1;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "1 socket got");
	c->facts.snap.refused = U64_MAX;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
}

/* TIME_WAITs lost their records to users who have less than their share. */
static void account_taken(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.taken = 300;
	c->facts.shares.user_records = 3000;
	c->facts.shares.share = 2048;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "300 TIME_WAITs lost the record");
	findings_expect_in(test, c->out.found[0].evidence, "taken=300");
	findings_expect_in(test, c->out.found[0].host,
			   "has 3000 records and a share is 2048");
	c->facts.snap.refused = 17;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what, "17 sockets");
	findings_expect_in(test, c->out.found[0].what, "300 TIME_WAITs");
	/* who has his share or less is not told to do anything about it */
	c->facts.shares.user_records = 2048;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].host, "share"));
	c->facts.snap.refused = U64_MAX;
	c->facts.snap.taken = U64_MAX;
	c->facts.snap.records = U64_MAX;
	c->facts.snap.minis = U64_MAX;
	c->facts.shares.user_records = U64_MAX;
	c->facts.shares.share = U64_MAX - 1;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
}

/* The initial namespace is told of the others; who it is, if it may know. */
static void account_taken_elsewhere(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.shares.taken = 300;
	c->facts.shares.share = 2048;
	findings_expect_none(test, c);
	c->facts.shares.machine = true;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "300 TIME_WAITs of other network namespaces lost");
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].host, "uid"));
	c->facts.shares.top = true;
	c->facts.shares.top_uid = 1000;
	c->facts.shares.top_records = 3500;
	c->facts.shares.records = 3840;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].host,
			   "uid 1000 has 3500 of 3840 records and a share is 2048");
	c->facts.shares.taken = U64_MAX;
	c->facts.shares.top_uid = U32_MAX;
	c->facts.shares.top_records = U64_MAX;
	c->facts.shares.records = U64_MAX;
	c->facts.shares.share = U64_MAX - 1;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	/* all of them are its own */
	c->facts.shares.top = false;
	c->facts.shares.taken = 300;
	c->facts.snap.taken = 300;
	findings_expect_one(test, c, "records_refused", TCPDIAG_NOTE);
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[0].what, "other network"));
}

static void account_together(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	c->facts.snap.moves[TCP_CLOSING][TCP_LISTEN] = 1;
	c->facts.snap.approximate = true;
	c->facts.snap.refused = 1;
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 3);
	KUNIT_EXPECT_STREQ(test, c->out.found[0].code, "impossible_transition");
	KUNIT_EXPECT_STREQ(test, c->out.found[1].code, "gauges_approximate");
	KUNIT_EXPECT_STREQ(test, c->out.found[2].code, "records_refused");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(account_none_when_busy),
	KUNIT_CASE(account_impossible_cells),
	KUNIT_CASE(account_impossible),
	KUNIT_CASE(account_impossible_once),
	KUNIT_CASE(account_impossible_fits),
	KUNIT_CASE(account_approximate_walk),
	KUNIT_CASE(account_approximate_event),
	KUNIT_CASE(account_refused),
	KUNIT_CASE(account_taken),
	KUNIT_CASE(account_taken_elsewhere),
	KUNIT_CASE(account_together),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_account",
	.test_cases = cases,
};

kunit_test_suite(suite);
