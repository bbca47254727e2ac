// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what all findings share: the table, their order, the cap. Each kind
 * has tests of its own in findings_*_test.c; findings_covered fails if one has
 * none.
 */
#include <kunit/test.h>

#include "diagnose/finding.c"
#include "diagnose/findings.c"
#include "diagnose/service.c"
#include "findings_case.h"

/* Kinds that have tests, in the order of the table. */
static const char *const covered[] = {
	"impossible_transition",
	"close_wait_leak",
	"stuck_last_ack",
	"orphans",
	"held_sockets",
	"resets_keepalive_race",
	"answers_late",
	"resets_close_unread",
	"resets_linger",
	"resets_not_accepted",
	"resets_forgotten",
	"resets_by_peer",
	"keepalive_timeouts",
	"pool_outlives_server",
	"peer_silent",
	"not_sent",
	"mtu_black_hole",
	"zero_window_own",
	"requests_unread",
	"zero_window_peer",
	"send_buffer_limited",
	"receive_buffer_limited",
	"window_limited",
	"nagle_delayed_ack",
	"corked",
	"options_stripped",
	"silly_window",
	"wrap_risk",
	"tcp_memory",
	"user_timeouts",
	"timeouts",
	"retransmits",
	"bufferbloat",
	"stale_established",
	"syn_flood",
	"accept_queue_overflow",
	"syn_queue_full",
	"slow_accept",
	"conntrack_full",
	"conntrack_clashes",
	"arrivals_discarded",
	"connects_fail",
	"bind_no_port",
	"bind_in_use",
	"slow_connects",
	"fast_open",
	"resets_refused",
	"ports_exhausted",
	"ports_filling",
	"time_wait_overflow",
	"connection_churn",
	"gauges_approximate",
	"records_refused",
	"sources_missing",
};

static void findings_covered(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(kinds), ARRAY_SIZE(covered));
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		KUNIT_EXPECT_STREQ(test, kinds[i].code, covered[i]);
}

static void findings_none_at_rest(struct kunit *test)
{
	findings_expect_none(test, findings_case(test));
}

static struct tcpdiag_findings *empty(struct kunit *test)
{
	struct tcpdiag_findings *out = kunit_kzalloc(test, sizeof(*out),
						     GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, out);
	return out;
}

static void add(struct tcpdiag_findings *out, enum tcpdiag_severity severity,
		unsigned int i)
{
	tcpdiag_say(tcpdiag_findings_add(out, severity)->what, "%u", i);
}

/* The worst first; among equals in the order in which they came. */
static void findings_order(struct kunit *test)
{
	static const enum tcpdiag_severity in[] = {
		TCPDIAG_WARNING, TCPDIAG_NOTE, TCPDIAG_CRITICAL,
		TCPDIAG_WARNING, TCPDIAG_CRITICAL, TCPDIAG_NOTE,
	};
	static const char *const what[] = { "2", "4", "0", "3", "1", "5" };
	struct tcpdiag_findings *out = empty(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(in); i++)
		add(out, in[i], i);
	KUNIT_ASSERT_EQ(test, out->n, ARRAY_SIZE(in));
	KUNIT_EXPECT_EQ(test, out->total, ARRAY_SIZE(in));
	for (i = 0; i < ARRAY_SIZE(in); i++)
		KUNIT_EXPECT_STREQ(test, out->found[i].what, what[i]);
}

/* Without room the least severe goes, and is still counted. */
static void findings_full(struct kunit *test)
{
	struct tcpdiag_findings *out = empty(test);
	const unsigned int n = TCPDIAG_FINDINGS_MAX;
	unsigned int i;

	for (i = 0; i < n; i++)
		add(out, TCPDIAG_WARNING, i);
	add(out, TCPDIAG_NOTE, n);
	add(out, TCPDIAG_WARNING, n + 1);
	KUNIT_EXPECT_EQ(test, out->n, n);
	KUNIT_EXPECT_STREQ(test, out->found[0].what, "0");
	KUNIT_EXPECT_EQ(test, out->found[n - 1].severity, TCPDIAG_WARNING);
	add(out, TCPDIAG_CRITICAL, n + 2);
	KUNIT_EXPECT_EQ(test, out->n, n);
	KUNIT_EXPECT_EQ(test, out->total, n + 3);
	KUNIT_EXPECT_EQ(test, out->found[0].severity, TCPDIAG_CRITICAL);
	KUNIT_EXPECT_STREQ(test, out->found[1].what, "0");
	for (i = 1; i < n; i++)
		KUNIT_EXPECT_EQ(test, out->found[i].severity, TCPDIAG_WARNING);
}

/* A finding begins empty, whatever was in its place. */
static void findings_begin_empty(struct kunit *test)
{
	struct tcpdiag_findings *out = empty(test);
	struct tcpdiag_finding *f;

	add(out, TCPDIAG_NOTE, 1);
	out->code = "new";
	f = tcpdiag_findings_add(out, TCPDIAG_CRITICAL);
	KUNIT_EXPECT_STREQ(test, f->code, "new");
	KUNIT_EXPECT_STREQ(test, f->what, "");
	KUNIT_EXPECT_STREQ(test, f->host, "");
	KUNIT_EXPECT_NULL(test, f->no_help);
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
	KUNIT_CASE(findings_order),
	KUNIT_CASE(findings_full),
	KUNIT_CASE(findings_begin_empty),
	KUNIT_CASE(findings_severity_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings",
	.test_cases = cases,
};

kunit_test_suite(suite);
