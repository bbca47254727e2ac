// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings: each fires when it should and only then, and its
 * sentence is whole. A finding without a case here fails findings_covered.
 */
#include <kunit/test.h>

#include "../module/findings.c"

static const char *const covered[] = {
	"impossible_transition",
	"gauges_approximate",
	"records_refused",
};

struct judged {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_finding found[TCPDIAG_FINDINGS_MAX];
	unsigned int n;
};

static struct judged *quiet(struct kunit *test)
{
	struct judged *j = kunit_kzalloc(test, sizeof(*j), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, j);
	return j;
}

static void judge(struct judged *j)
{
	memset(j->found, 0xff, sizeof(j->found));
	j->n = tcpdiag_findings(&j->snap, j->found);
}

/* One finding, and it says all it has to. */
static void expect_one(struct kunit *test, struct judged *j, const char *code,
		       enum tcpdiag_severity severity)
{
	size_t len;

	judge(j);
	KUNIT_ASSERT_EQ(test, j->n, 1);
	KUNIT_EXPECT_STREQ(test, j->found[0].code, code);
	KUNIT_EXPECT_EQ(test, j->found[0].severity, severity);
	len = strnlen(j->found[0].text, sizeof(j->found[0].text));
	KUNIT_EXPECT_GT(test, len, 0);
	/* one byte less than fits, or it may have been cut off */
	KUNIT_EXPECT_LT(test, len, sizeof(j->found[0].text) - 1);
	KUNIT_EXPECT_NULL(test, strchr(j->found[0].text, '\n'));
}

static void expect_none(struct kunit *test, struct judged *j)
{
	judge(j);
	KUNIT_EXPECT_EQ(test, j->n, 0);
}

static void expect_text(struct kunit *test, const struct judged *j,
			const char *part)
{
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(j->found[0].text, part),
				  "no \"%s\" in: %s", part, j->found[0].text);
}

static void findings_covered(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(table), ARRAY_SIZE(covered));
	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_STREQ(test, table[i].code, covered[i]);
}

static void findings_none_at_rest(struct kunit *test)
{
	expect_none(test, quiet(test));
}

/* A busy box where all is well, resets and timeouts included. */
static void findings_none_when_busy(struct kunit *test)
{
	struct judged *j = quiet(test);
	unsigned int from, to;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		j->snap.now[from] = 100000;
		j->snap.entered[from] = 1000000;
		j->snap.left[from] = 900000;
		j->snap.preexisting[from] = 5;
		j->snap.oldest_us[from] = 86400000000ULL;
		for (to = 1; to < TCPDIAG_STATES; to++)
			if (tcpdiag_fsm_judge(from, to))
				j->snap.moves[from][to] = 1000000;
	}
	j->snap.records = 100000;
	j->snap.minis = 100000;
	j->snap.have_requests = true;
	expect_none(test, j);
}

/* Each impossible cell by itself is a finding; no other cell is. */
static void findings_impossible_cells(struct kunit *test)
{
	struct judged *j = quiet(test);
	unsigned int from, to;

	for (from = 1; from < TCPDIAG_STATES; from++) {
		for (to = 1; to < TCPDIAG_STATES; to++) {
			j->snap.moves[from][to] = 1;
			judge(j);
			KUNIT_EXPECT_EQ_MSG(test, j->n,
					    !tcpdiag_fsm_judge(from, to),
					    "%u to %u", from, to);
			j->snap.moves[from][to] = 0;
		}
	}
}

static void findings_impossible(struct kunit *test)
{
	struct judged *j = quiet(test);

	j->snap.moves[TCP_LAST_ACK][TCP_LISTEN] = 3;
	j->snap.moves[TCP_TIME_WAIT][TCP_ESTABLISHED] = 4;
	j->snap.moves[TCP_ESTABLISHED][TCP_FIN_WAIT1] = 1000;
	expect_one(test, j, "impossible_transition", TCPDIAG_CRITICAL);
	expect_text(test, j, "7 state changes");
	expect_text(test, j, "TIME_WAIT to ESTABLISHED");
	expect_text(test, j, "/proc/net/tcpdiag/transitions");
}

static void findings_impossible_fits(struct kunit *test)
{
	struct judged *j = quiet(test);

	/* the longest names and the longest number */
	j->snap.moves[TCP_NEW_SYN_RECV][TCP_ESTABLISHED] = U64_MAX;
	expect_one(test, j, "impossible_transition", TCPDIAG_CRITICAL);
	expect_text(test, j, "18446744073709551615 state changes");
	expect_text(test, j, "/proc/net/tcpdiag/transitions");
}

static void findings_approximate_walk(struct kunit *test)
{
	struct judged *j = quiet(test);

	j->snap.approximate = true;
	expect_one(test, j, "gauges_approximate", TCPDIAG_NOTE);
	expect_text(test, j, "while old sockets were taken in");
	/* both at once are still one finding */
	j->snap.lost = 1;
	expect_one(test, j, "gauges_approximate", TCPDIAG_NOTE);
}

static void findings_approximate_event(struct kunit *test)
{
	struct judged *j = quiet(test);

	j->snap.lost = 1;
	expect_one(test, j, "gauges_approximate", TCPDIAG_NOTE);
	expect_text(test, j, "while an event was counted");
	j->snap.lost = U64_MAX;
	expect_one(test, j, "gauges_approximate", TCPDIAG_NOTE);
}

static void findings_refused(struct kunit *test)
{
	struct judged *j = quiet(test);

	j->snap.refused = 17;
	expect_one(test, j, "records_refused", TCPDIAG_NOTE);
	expect_text(test, j, "17 sockets");
	expect_text(test, j, "max_records");
	j->snap.refused = U64_MAX;
	expect_one(test, j, "records_refused", TCPDIAG_NOTE);
	expect_text(test, j, "with a larger max_records");
}

/* All at once: each has its place, the worst first. */
static void findings_together(struct kunit *test)
{
	struct judged *j = quiet(test);
	unsigned int i;

	j->snap.moves[TCP_CLOSING][TCP_LISTEN] = 1;
	j->snap.approximate = true;
	j->snap.refused = 1;
	judge(j);
	KUNIT_ASSERT_EQ(test, j->n, ARRAY_SIZE(covered));
	for (i = 0; i < j->n; i++) {
		KUNIT_EXPECT_STREQ(test, j->found[i].code, covered[i]);
		if (i)
			KUNIT_EXPECT_LE(test, j->found[i].severity,
					j->found[i - 1].severity);
	}
}

static void findings_severity_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, "CRITICAL",
			   tcpdiag_findings_severity_name(TCPDIAG_CRITICAL));
	KUNIT_EXPECT_STREQ(test, "WARNING",
			   tcpdiag_findings_severity_name(TCPDIAG_WARNING));
	KUNIT_EXPECT_STREQ(test, "NOTE",
			   tcpdiag_findings_severity_name(TCPDIAG_NOTE));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(findings_covered),
	KUNIT_CASE(findings_none_at_rest),
	KUNIT_CASE(findings_none_when_busy),
	KUNIT_CASE(findings_impossible_cells),
	KUNIT_CASE(findings_impossible),
	KUNIT_CASE(findings_impossible_fits),
	KUNIT_CASE(findings_approximate_walk),
	KUNIT_CASE(findings_approximate_event),
	KUNIT_CASE(findings_refused),
	KUNIT_CASE(findings_together),
	KUNIT_CASE(findings_severity_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings",
	.test_cases = cases,
};

kunit_test_suite(suite);
