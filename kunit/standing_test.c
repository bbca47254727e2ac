// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of standing findings: when a finding is raised and cleared, what makes it
 * the same one, and what is told of it.
 */
#include <kunit/test.h>

#include "diagnose/standing.c"

/**
 * struct standing_case - judgements, a second apart
 * @s: what is watched
 * @found: what the next judgement finds
 * @now: its time
 * @told: who is told of changes
 * @heard: what was told, a line each
 * @deaf: what is told now is lost
 */
struct standing_case {
	struct tcpdiag_standing s;
	struct tcpdiag_findings found;
	u64 now;
	struct tcpdiag_told told;
	char heard[256];
	bool deaf;
};

static bool hear(const void *who, const struct tcpdiag_change *change)
{
	struct standing_case *c = (struct standing_case *)who;
	size_t used = strlen(c->heard);

	if (c->deaf)
		return false;
	scnprintf(c->heard + used, sizeof(c->heard) - used, "%s %s %d %s %llu\n",
		  change->event, change->watched->subject,
		  change->watched->severity, change->what ?: "-", change->lost);
	return true;
}

static struct standing_case *standing_case(struct kunit *test)
{
	struct standing_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->told.tell = hear;
	c->told.who = c;
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
	tcpdiag_standing_judged(&c->s, &c->found, c->now, &c->told);
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
	KUNIT_EXPECT_EQ(test, c->s.judged_ns, 2 * (u64)NSEC_PER_SEC);
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

static void standing_tells(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	struct tcpdiag_finding *f;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		f = finds(c, "leak", "nginx");
		snprintf(f->what, sizeof(f->what), "%u sockets", i);
		f->severity = i < 3 ? TCPDIAG_WARNING : TCPDIAG_CRITICAL;
		judged(c);
	}
	for (i = 0; i < 4; i++)
		judged(c);
	KUNIT_EXPECT_STREQ(test, c->heard,
			   "raised nginx 1 1 sockets 0\n"
			   "changed nginx 2 3 sockets 0\n"
			   "cleared nginx 2 - 0\n");
}

/* What never stood is neither raised nor cleared. */
static void standing_tells_nothing_of_one(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	finds(c, "leak", "nginx");
	for (i = 0; i < 5; i++)
		judged(c);
	KUNIT_EXPECT_STREQ(test, c->heard, "");
}

static void standing_tells_what_was_lost(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	c->deaf = true;
	for (i = 0; i < 2; i++) {
		finds(c, "leak", "nginx");
		finds(c, "leak", "php");
		judged(c);
	}
	c->deaf = false;
	for (i = 0; i < 3; i++)
		judged(c);
	KUNIT_EXPECT_STREQ(test, c->heard,
			   "cleared nginx 1 - 2\n"
			   "cleared php 1 - 0\n");
}

/* A severity that goes to and fro is told a limited number of times a minute. */
static void standing_tells_so_many(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	finds(c, "ports", "x");
	judged(c);
	for (i = 0; i < 1 + TCPDIAG_STANDING_EVENTS; i++) {
		*c->heard = '\0';
		finds(c, "ports", "x")->severity =
			i % 2 ? TCPDIAG_WARNING : TCPDIAG_CRITICAL;
		judged(c);
	}
	KUNIT_EXPECT_STREQ(test, c->heard, "");
	KUNIT_EXPECT_EQ(test, c->s.lost, 1);
	c->now += TCPDIAG_STANDING_EVENTS_NS;
	finds(c, "ports", "x")->severity = TCPDIAG_WARNING;
	judged(c);
	KUNIT_EXPECT_STREQ(test, c->heard, "changed x 1  1\n");
}

static void keep(void *keeper, struct tcpdiag_watched *w,
		 const struct tcpdiag_change *change,
		 const struct tcpdiag_finding *f)
{
	unsigned int *kept = keeper;

	/* what was cleared is no finding any more */
	if (!f == !strcmp(change->event, "cleared"))
		++*kept;
}

/* Who keeps changes is told of all, however many they are. */
static void standing_keeps_all(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	const unsigned int n = TCPDIAG_STANDING_EVENTS + 10;
	unsigned int i, kept = 0;

	c->told.keep = keep;
	c->told.keeper = &kept;
	for (i = 0; i <= n; i++) {
		finds(c, "ports", "x")->severity =
			i % 2 ? TCPDIAG_WARNING : TCPDIAG_CRITICAL;
		judged(c);
	}
	KUNIT_EXPECT_EQ(test, kept, n);
	for (i = 0; i < TCPDIAG_STANDING_CLEAR; i++)
		judged(c);
	KUNIT_EXPECT_EQ(test, kept, n + 1);
}

/* Raised or changed by the next judgement, or not. */
static void standing_knows_news(struct kunit *test)
{
	struct standing_case *c = standing_case(test);

	finds(c, "leak", "nginx");
	KUNIT_EXPECT_FALSE(test, tcpdiag_standing_is_news(&c->s, &c->found));
	judged(c);
	finds(c, "leak", "nginx");
	KUNIT_EXPECT_TRUE(test, tcpdiag_standing_is_news(&c->s, &c->found));
	judged(c);
	finds(c, "leak", "nginx");
	KUNIT_EXPECT_FALSE(test, tcpdiag_standing_is_news(&c->s, &c->found));
	c->found.found[0].severity = TCPDIAG_CRITICAL;
	KUNIT_EXPECT_TRUE(test, tcpdiag_standing_is_news(&c->s, &c->found));
}

/* Nobody listens: nothing is lost either. */
static void standing_tells_nobody(struct kunit *test)
{
	struct standing_case *c = standing_case(test);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		finds(c, "leak", "nginx");
		tcpdiag_standing_judged(&c->s, &c->found, i * (u64)NSEC_PER_SEC,
					NULL);
		c->found.n = 0;
	}
	KUNIT_EXPECT_EQ(test, c->s.standing, 1);
	KUNIT_EXPECT_EQ(test, c->s.lost, 0);
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
	KUNIT_CASE(standing_tells),
	KUNIT_CASE(standing_tells_nothing_of_one),
	KUNIT_CASE(standing_tells_what_was_lost),
	KUNIT_CASE(standing_tells_so_many),
	KUNIT_CASE(standing_keeps_all),
	KUNIT_CASE(standing_knows_news),
	KUNIT_CASE(standing_tells_nobody),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_standing",
	.test_cases = cases,
};

kunit_test_suite(suite);
