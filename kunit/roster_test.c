// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the roster of algorithms: which are left out, the order in which
 * they are unregistered, and the names for the log. A substitute for TCP
 * refuses the names that a test sets.
 */
#include <kunit/test.h>

#include "../cc_algos/roster.c"

static struct tcp_congestion_ops ops[] = {
	{ .name = "one" },
	{ .name = "two" },
	{ .name = "three" },
	{ .name = "four" },
};

#define N	ARRAY_SIZE(ops)

/* What the substitute answers for each, and what it was asked to unregister. */
static int answer[N];
static char unregistered[64];

static int fake_register(struct tcp_congestion_ops *o)
{
	return answer[o - ops];
}

static void fake_unregister(struct tcp_congestion_ops *o)
{
	strlcat(unregistered, o->name, sizeof(unregistered));
	strlcat(unregistered, " ", sizeof(unregistered));
}

static int roster_test_init(struct kunit *test)
{
	memset(answer, 0, sizeof(answer));
	unregistered[0] = '\0';
	test->priv = kunit_kzalloc(test, sizeof(struct tcpdiag_roster),
				   GFP_KERNEL);
	return test->priv ? 0 : -ENOMEM;
}

/* Adds all, and answers the last error. */
static int add_all(struct tcpdiag_roster *r)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < N; i++)
		err = tcpdiag_roster_add(r, &ops[i], fake_register) ?: err;
	return err;
}

static void expect_left_out(struct kunit *test, const char *names)
{
	char text[TCPDIAG_ROSTER_TEXT];

	memset(text, 'x', sizeof(text));
	tcpdiag_roster_left_out(test->priv, text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, names);
}

static void roster_all_accepted(struct kunit *test)
{
	struct tcpdiag_roster *r = test->priv;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, add_all(r), 0);
	KUNIT_ASSERT_EQ(test, r->nr, N);
	for (i = 0; i < N; i++)
		KUNIT_EXPECT_PTR_EQ(test, r->registered[i], &ops[i]);
	expect_left_out(test, "");
	tcpdiag_roster_empty(r, fake_unregister);
	KUNIT_EXPECT_STREQ(test, unregistered, "four three two one ");
	KUNIT_EXPECT_EQ(test, r->nr, 0);
}

/* Names that are taken leave no gap, and are never unregistered. */
static void roster_some_taken(struct kunit *test)
{
	struct tcpdiag_roster *r = test->priv;

	answer[0] = -EEXIST;
	answer[2] = -EEXIST;
	KUNIT_EXPECT_EQ(test, add_all(r), 0);
	KUNIT_ASSERT_EQ(test, r->nr, 2);
	KUNIT_EXPECT_PTR_EQ(test, r->registered[0], &ops[1]);
	KUNIT_EXPECT_PTR_EQ(test, r->registered[1], &ops[3]);
	expect_left_out(test, "one, three");
	tcpdiag_roster_empty(r, fake_unregister);
	KUNIT_EXPECT_STREQ(test, unregistered, "four two ");
}

static void roster_all_taken(struct kunit *test)
{
	struct tcpdiag_roster *r = test->priv;
	unsigned int i;

	for (i = 0; i < N; i++)
		answer[i] = -EEXIST;
	KUNIT_EXPECT_EQ(test, add_all(r), 0);
	KUNIT_EXPECT_EQ(test, r->nr, 0);
	expect_left_out(test, "one, two, three, four");
	tcpdiag_roster_empty(r, fake_unregister);
	KUNIT_EXPECT_STREQ(test, unregistered, "");
}

/* Any other error is answered; those before and after it are registered. */
static void roster_error(struct kunit *test)
{
	struct tcpdiag_roster *r = test->priv;

	answer[1] = -EEXIST;
	answer[2] = -EINVAL;
	KUNIT_EXPECT_EQ(test, add_all(r), -EINVAL);
	KUNIT_ASSERT_EQ(test, r->nr, 2);
	KUNIT_EXPECT_PTR_EQ(test, r->registered[1], &ops[3]);
	expect_left_out(test, "two");
	tcpdiag_roster_empty(r, fake_unregister);
	KUNIT_EXPECT_STREQ(test, unregistered, "four one ");
	/* a second time there is nothing left to do */
	tcpdiag_roster_empty(r, fake_unregister);
	KUNIT_EXPECT_STREQ(test, unregistered, "four one ");
}

/* There is room for the largest number of the longest names. */
static void roster_longest(struct kunit *test)
{
	struct tcpdiag_roster *r = test->priv;
	struct tcp_congestion_ops *longest;
	char text[TCPDIAG_ROSTER_TEXT];
	unsigned int i;

	longest = kunit_kcalloc(test, 1, sizeof(*longest), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, longest);
	strscpy(longest->name, "abcdefghijklmno", sizeof(longest->name));
	KUNIT_ASSERT_EQ(test, strlen(longest->name), TCP_CA_NAME_MAX - 1);
	for (i = 0; i < TCPDIAG_ROSTER_MAX; i++)
		r->left_out[r->nr_left_out++] = longest;
	tcpdiag_roster_left_out(r, text, sizeof(text));
	KUNIT_EXPECT_EQ(test, strlen(text),
			TCPDIAG_ROSTER_MAX * (TCP_CA_NAME_MAX + 1) - 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(roster_all_accepted),
	KUNIT_CASE(roster_some_taken),
	KUNIT_CASE(roster_all_taken),
	KUNIT_CASE(roster_error),
	KUNIT_CASE(roster_longest),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_roster",
	.init = roster_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
