// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of standing findings: when a finding is raised and cleared, and what
 * makes it the same one.
 */
#include <kunit/test.h>

#include "diagnose/standing.c"

/**
 * struct standing_case - judgements, a second apart
 * @s: what is watched
 * @found: what the next judgement finds
 * @now: its time
 */
struct standing_case {
	struct tcpdiag_standing s;
	struct tcpdiag_findings found;
	u64 now;
};

static struct standing_case *standing_case(struct kunit *test)
{
	struct standing_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	return c;
}

static struct tcpdiag_finding *finds(struct standing_case *c, const char *code,
				     const char *subject)
{
	struct tcpdiag_finding *f = &c->found.found[c->found.n++];

	f->code = code;
	f->severity = TCPDIAG_WARNING;
	strscpy(f->subject, subject, sizeof(f->subject));
	return f;
}

static void judged(struct standing_case *c)
{
	c->now += NSEC_PER_SEC;
	tcpdiag_standing_judged(&c->s, &c->found, c->now);
	c->found.n = 0;
}

static void standing_raised_by_two(struct kunit *test)
{
	struct standing_case *c = standing_case(test);

	finds(c, "leak", "nginx on 80");
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 0);
	finds(c, "leak", "nginx on 80");
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 1);
	KUNIT_EXPECT_EQ(test, c->s.w[0].since_ns, NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, c->s.judged_ns, 2 * NSEC_PER_SEC);
}

/* One that comes and goes is never raised. */
static void standing_not_by_one_now_and_then(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		if (i % 2)
			finds(c, "leak", "nginx on 80");
		judged(c);
		KUNIT_EXPECT_EQ(test, c->s.standing, 0);
	}
}

static void standing_cleared_by_three(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		finds(c, "leak", "nginx on 80");
		judged(c);
	}
	judged(c);
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 1);
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 0);
	KUNIT_EXPECT_EQ(test, c->s.n, 0);
}

/* Missed twice and found again, it is the same finding since the beginning. */
static void standing_survives_a_gap(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	for (i = 0; i < 12; i++) {
		if (i < 2 || !(i % 3))
			finds(c, "leak", "nginx on 80");
		judged(c);
	}
	KUNIT_EXPECT_EQ(test, c->s.standing, 1);
	KUNIT_EXPECT_EQ(test, c->s.w[0].since_ns, NSEC_PER_SEC);
}

static void standing_told_apart_by_subject(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	struct tcpdiag_finding *f;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		f = finds(c, "leak", "nginx on 80");
		snprintf(f->what, sizeof(f->what), "%u sockets", i);
		finds(c, "leak", "php on 80");
		finds(c, "flood", "");
		judged(c);
	}
	KUNIT_EXPECT_EQ(test, c->s.standing, 3);
	finds(c, "leak", "php on 80");
	finds(c, "flood", "");
	judged(c);
	judged(c);
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 2);
}

static void standing_severity_is_the_last(struct kunit *test)
{
	struct standing_case *c = standing_case(test);

	finds(c, "ports", "a to b");
	judged(c);
	finds(c, "ports", "a to b")->severity = TCPDIAG_CRITICAL;
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.standing, 1);
	KUNIT_EXPECT_EQ(test, (int)c->s.w[0].severity, (int)TCPDIAG_CRITICAL);
}

/* Two of one subject, such as two processes of one name, count once. */
static void standing_twice_in_one_judgement(struct kunit *test)
{
	struct standing_case *c = standing_case(test);

	finds(c, "leak", "nginx on 80")->severity = TCPDIAG_CRITICAL;
	finds(c, "leak", "nginx on 80");
	judged(c);
	KUNIT_EXPECT_EQ(test, c->s.n, 1);
	KUNIT_EXPECT_EQ(test, c->s.standing, 0);
	KUNIT_EXPECT_EQ(test, (int)c->s.w[0].severity, (int)TCPDIAG_CRITICAL);
}

/* Other findings each time: what is not cleared yet keeps its place. */
static void standing_bounded(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	char subject[16];
	unsigned int i, j;

	for (i = 0; i < 20; i++) {
		for (j = 0; j < TCPDIAG_FINDINGS_MAX; j++) {
			snprintf(subject, sizeof(subject), "%u", i / 2 * 100 + j);
			finds(c, "leak", subject);
		}
		judged(c);
		KUNIT_EXPECT_LE(test, c->s.n, TCPDIAG_STANDING_MAX);
	}
	for (i = 0; i < 3; i++)
		judged(c);
	KUNIT_EXPECT_EQ(test, c->s.n, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(standing_raised_by_two),
	KUNIT_CASE(standing_not_by_one_now_and_then),
	KUNIT_CASE(standing_cleared_by_three),
	KUNIT_CASE(standing_survives_a_gap),
	KUNIT_CASE(standing_told_apart_by_subject),
	KUNIT_CASE(standing_severity_is_the_last),
	KUNIT_CASE(standing_twice_in_one_judgement),
	KUNIT_CASE(standing_bounded),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_standing",
	.test_cases = cases,
};

kunit_test_suite(suite);
