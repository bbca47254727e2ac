// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the rule by which users share max_records: who pays for a network
 * namespace, who gets a record, whose is taken.
 */
#include <kunit/test.h>

#include "model/shares.c"

#define CAP	4096
#define LIMIT	(CAP - CAP / 16)

static struct ucounts user(struct user_namespace *ns, unsigned int uid)
{
	return (struct ucounts){ .ns = ns, .uid = KUIDT_INIT(uid) };
}

static void expect_payer(struct kunit *test, const struct ucounts *ucounts,
			 unsigned int uid)
{
	KUNIT_EXPECT_EQ(test, __kuid_val(tcpdiag_shares_payer(ucounts)), uid);
}

/* The initial network namespace is root's; others are their maker's. */
static void shares_payer(struct kunit *test)
{
	struct user_namespace *first = kunit_kzalloc(test, sizeof(*first),
						     GFP_KERNEL);
	struct ucounts root, somebody;

	KUNIT_ASSERT_NOT_NULL(test, first);
	root = user(first, 0);
	somebody = user(first, 1000);
	expect_payer(test, NULL, 0);
	expect_payer(test, &root, 0);
	expect_payer(test, &somebody, 1000);
}

/* Uids within a user's own user namespaces are that user, at any depth. */
static void shares_payer_is_outermost(struct kunit *test)
{
	struct user_namespace *ns = kunit_kcalloc(test, 3, sizeof(*ns),
						  GFP_KERNEL);
	struct ucounts somebody, subuid, deeper;

	KUNIT_ASSERT_NOT_NULL(test, ns);
	somebody = user(&ns[0], 1000);
	ns[1].ucounts = &somebody;
	subuid = user(&ns[1], 100001);
	expect_payer(test, &subuid, 1000);
	ns[2].ucounts = &subuid;
	deeper = user(&ns[2], 0);
	expect_payer(test, &deeper, 1000);
}

static struct tcpdiag_shares shares(unsigned long records, unsigned int users)
{
	return (struct tcpdiag_shares){
		.cap = CAP, .records = records, .users = users, .shared = true,
	};
}

/* A machine where all is one user's has neither share nor reserve. */
static void shares_one_user(struct kunit *test)
{
	struct tcpdiag_shares s = { .cap = CAP, .users = 1 };

	KUNIT_EXPECT_EQ(test, tcpdiag_shares_limit(&s), CAP);
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 1), CAP);
	s.records = CAP - 1;
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, CAP - 1));
	s.records = CAP;
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_admits(&s, CAP));
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_is_low(&s));
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_wanted(&s), 0);
	/* nor do records beyond the cap, of his listeners, cost him any */
	s.records = CAP - 1;
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, 2 * CAP));
}

static void shares_of_many(struct kunit *test)
{
	struct tcpdiag_shares s = shares(0, 4);

	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 1), CAP / 4);
	/* who has none is about to be the fifth */
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 0), CAP / 5);
	/* the only one who has any leaves the reserve to the others */
	s.users = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 1), LIMIT);
	s.users = 2 * CAP;
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 1), 1);
	/* counts are read one after another */
	s.users = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_share(&s, 1), LIMIT);
}

/* Whoever has his share or more borrows up to the reserve. */
static void shares_borrower(struct kunit *test)
{
	struct tcpdiag_shares s = shares(LIMIT - 1, 2);

	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, LIMIT - 1));
	s.records = LIMIT;
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_admits(&s, LIMIT));
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_admits(&s, CAP / 2));
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_borrowed(&s, CAP / 2), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_borrowed(&s, CAP / 2 + 3), 3);
}

/* Whoever has less than his share is refused only when nothing is left. */
static void shares_reserve(struct kunit *test)
{
	struct tcpdiag_shares s = shares(CAP - 1, 2);

	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, 0));
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, CAP / 2 - 1));
	s.records = CAP;
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_admits(&s, 0));
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_borrowed(&s, 0), 0);
}

/* Half of the reserve is used before records are taken, and then all of it. */
static void shares_wanted(struct kunit *test)
{
	struct tcpdiag_shares s = shares(LIMIT, 2);

	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_is_low(&s));
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_wanted(&s), 0);
	s.records = CAP - CAP / 32 - 1;
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_is_low(&s));
	s.records++;
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_is_low(&s));
	KUNIT_EXPECT_EQ(test, tcpdiag_shares_wanted(&s), CAP / 32);
}

/* The smallest cap still has a reserve, and its half is not nothing. */
static void shares_smallest_cap(struct kunit *test)
{
	struct tcpdiag_shares s = { .cap = 64, .users = 2, .shared = true };

	KUNIT_EXPECT_EQ(test, tcpdiag_shares_limit(&s), 60);
	s.records = 61;
	KUNIT_EXPECT_FALSE(test, tcpdiag_shares_is_low(&s));
	s.records = 62;
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_is_low(&s));
	KUNIT_EXPECT_TRUE(test, tcpdiag_shares_admits(&s, 0));
}

#define USERS	3

/* One record goes from the largest borrower; false if nobody borrows. */
static bool take_one(struct tcpdiag_shares *s, unsigned long mine[USERS])
{
	unsigned int i, largest = 0;

	for (i = 1; i < USERS; i++)
		if (tcpdiag_shares_borrowed(s, mine[i]) >
		    tcpdiag_shares_borrowed(s, mine[largest]))
			largest = i;
	if (!tcpdiag_shares_borrowed(s, mine[largest]))
		return false;
	mine[largest]--;
	s->records--;
	return true;
}

static bool make_one(struct tcpdiag_shares *s, unsigned long mine[USERS],
		     unsigned int i)
{
	if (!tcpdiag_shares_admits(s, mine[i]))
		return false;
	s->users += !mine[i];
	mine[i]++;
	s->records++;
	if (tcpdiag_shares_is_low(s))
		while (tcpdiag_shares_wanted(s) && take_one(s, mine))
			;
	return true;
}

/* The first takes all there is; the others still get their share, no more. */
static void shares_are_had(struct kunit *test)
{
	unsigned long mine[USERS] = {};
	struct tcpdiag_shares s = shares(0, 0);
	unsigned int i;

	while (make_one(&s, mine, 0))
		;
	KUNIT_EXPECT_EQ(test, mine[0], LIMIT);
	for (i = 0; i < CAP / 3; i++) {
		KUNIT_ASSERT_TRUE(test, make_one(&s, mine, 1));
		KUNIT_ASSERT_TRUE(test, make_one(&s, mine, 2));
		KUNIT_ASSERT_FALSE(test, make_one(&s, mine, 0));
		KUNIT_ASSERT_LE(test, s.records, CAP);
	}
	KUNIT_EXPECT_EQ(test, mine[1], CAP / 3);
	KUNIT_EXPECT_EQ(test, mine[2], CAP / 3);
	KUNIT_EXPECT_FALSE(test, make_one(&s, mine, 1));
	KUNIT_EXPECT_GE(test, mine[0], CAP - CAP / 16 - 2 * CAP / 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(shares_payer),
	KUNIT_CASE(shares_payer_is_outermost),
	KUNIT_CASE(shares_one_user),
	KUNIT_CASE(shares_of_many),
	KUNIT_CASE(shares_borrower),
	KUNIT_CASE(shares_reserve),
	KUNIT_CASE(shares_wanted),
	KUNIT_CASE(shares_smallest_cap),
	KUNIT_CASE(shares_are_had),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_shares",
	.test_cases = cases,
};

kunit_test_suite(suite);
