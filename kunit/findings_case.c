// SPDX-License-Identifier: GPL-2.0
/*
 * Steps that all tests of findings share.
 */
#include "compat.h"
#include "findings_case.h"

/**
 * findings_case() - the facts of a quiet box
 * @test: the test
 *
 * Return: them, as long as the test runs.
 */
struct findings_case *findings_case(struct kunit *test)
{
	struct findings_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	tcpdiag_limits_default(&c->facts.limits);
	c->facts.owners = true;
	c->facts.stuck.rto_max_ms = TCPDIAG_RTO_MAX_MS;
	return c;
}

/**
 * findings_judge() - find out what is wrong in a case
 * @c: the case
 */
void findings_judge(struct findings_case *c)
{
	struct tcpdiag_facts facts = tcpdiag_facts_of(&c->facts);

	memset(&c->out, 0xff, sizeof(c->out));
	tcpdiag_findings_judge(&facts, &c->out);
}

/**
 * findings_expect_none() - expect that nothing is found
 * @test: the test
 * @c: the case
 */
void findings_expect_none(struct kunit *test, struct findings_case *c)
{
	findings_judge(c);
	KUNIT_EXPECT_EQ_MSG(test, c->out.total, 0, "found: %s: %s",
			    c->out.n ? c->out.found[0].code : "",
			    c->out.n ? c->out.found[0].what : "");
}

/* A part is one line, in single spaces, and nothing was cut off. */
static void expect_whole(struct kunit *test, const char *part, size_t size)
{
	size_t len = strnlen(part, size);

	KUNIT_EXPECT_LT_MSG(test, len, size - 1, "cut off: %s", part);
	KUNIT_EXPECT_NULL(test, strchr(part, '\n'));
	KUNIT_EXPECT_NULL_MSG(test, strstr(part, "  "), "two spaces: %s", part);
}

/**
 * findings_expect_one() - expect exactly one finding, complete
 * @test: the test
 * @c: the case
 * @code: its code
 * @severity: its severity
 */
void findings_expect_one(struct kunit *test, struct findings_case *c,
			 const char *code, enum tcpdiag_severity severity)
{
	const struct tcpdiag_finding *f = &c->out.found[0];

	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.total, 1);
	KUNIT_ASSERT_EQ(test, c->out.n, 1);
	KUNIT_EXPECT_STREQ(test, f->code, code);
	KUNIT_EXPECT_EQ(test, f->severity, severity);
	KUNIT_EXPECT_NE(test, f->what[0], '\0');
	KUNIT_EXPECT_NE(test, f->evidence[0], '\0');
	KUNIT_EXPECT_TRUE(test, f->application[0] || f->host[0]);
	expect_whole(test, f->what, sizeof(f->what));
	expect_whole(test, f->evidence, sizeof(f->evidence));
	expect_whole(test, f->application, sizeof(f->application));
	expect_whole(test, f->host, sizeof(f->host));
}

/**
 * findings_expect_in() - expect certain words in a part of a finding
 * @test: the test
 * @part: the part
 * @words: the words
 */
void findings_expect_in(struct kunit *test, const char *part, const char *words)
{
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(part, words),
				  "no \"%s\" in: %s", words, part);
}

/**
 * findings_expect_not_in() - expect that a part of a finding lacks certain words
 * @test: the test
 * @part: the part
 * @words: the words
 */
void findings_expect_not_in(struct kunit *test, const char *part,
			    const char *words)
{
	KUNIT_EXPECT_NULL_MSG(test, strstr(part, words), "\"%s\" in: %s",
			      words, part);
}
