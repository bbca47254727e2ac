// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the bounded table of keys: keys keep their slots, a slot goes to
 * another key only if it is given up, and only keys put in are found.
 */
#include <kunit/test.h>

#include "model/slots.c"

/* Which slots may be given up, and how often the user was asked. */
struct table_user {
	struct tcpdiag_slots slots;
	bool busy[TCPDIAG_SLOTS + 1];
	unsigned int asked;
};

static bool give_up_idle(void *arg, unsigned int slot)
{
	struct table_user *u = arg;

	u->asked++;
	return !u->busy[slot];
}

static struct tcpdiag_key key_no(u64 i)
{
	return (struct tcpdiag_key){ .word[0] = i * 7919, .rest = i % 5 };
}

static unsigned int take(struct table_user *u, u64 i)
{
	struct tcpdiag_key key = key_no(i);

	return tcpdiag_slots_take(&u->slots, &key, give_up_idle, u);
}

static unsigned int find(struct table_user *u, u64 i)
{
	struct tcpdiag_key key = key_no(i);

	return tcpdiag_slots_find(&u->slots, &key);
}

static struct table_user *full_table(struct kunit *test)
{
	struct table_user *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, u);
	for (i = 1; i <= TCPDIAG_SLOTS; i++) {
		KUNIT_EXPECT_EQ(test, find(u, i), 0);
		KUNIT_ASSERT_EQ(test, take(u, i), i);
		u->busy[i] = true;
	}
	return u;
}

static void slots_each_has_its_own(struct kunit *test)
{
	struct table_user *u = full_table(test);
	unsigned int i;

	for (i = 1; i <= TCPDIAG_SLOTS; i++)
		KUNIT_EXPECT_EQ(test, find(u, i), i);
	KUNIT_EXPECT_EQ(test, find(u, TCPDIAG_SLOTS + 1), 0);
	KUNIT_EXPECT_EQ(test, u->asked, 0);
}

/* All slots are in use: no slot is found, and the user is asked rarely. */
static void slots_none_left(struct kunit *test)
{
	struct table_user *u = full_table(test);

	KUNIT_EXPECT_EQ(test, take(u, 1000), 0);
	KUNIT_EXPECT_EQ(test, u->asked, TCPDIAG_SLOTS_OFFERS);
	KUNIT_EXPECT_EQ(test, find(u, 1000), 0);
}

/* One idle slot is found after at most one round of offers. */
static void slots_idle_one_goes(struct kunit *test)
{
	struct table_user *u = full_table(test);
	unsigned int slot = 0, tries;

	u->busy[TCPDIAG_SLOTS - 3] = false;
	for (tries = 0; !slot && tries < TCPDIAG_SLOTS; tries++)
		slot = take(u, 1000);
	KUNIT_EXPECT_EQ(test, slot, TCPDIAG_SLOTS - 3);
	KUNIT_EXPECT_LE(test, tries, TCPDIAG_SLOTS / TCPDIAG_SLOTS_OFFERS);
	KUNIT_EXPECT_EQ(test, find(u, 1000), slot);
	KUNIT_EXPECT_EQ(test, find(u, slot), 0);
}

/* After any number of changes exactly the keys in the table are found. */
static void slots_change_hands(struct kunit *test)
{
	struct table_user *u = full_table(test);
	u64 holder[TCPDIAG_SLOTS + 1];
	unsigned int i, slot;
	u64 key;

	for (i = 1; i <= TCPDIAG_SLOTS; i++)
		holder[i] = i;
	for (key = 1000; key < 3000; key++) {
		u->busy[key % TCPDIAG_SLOTS + 1] = false;
		slot = take(u, key);
		if (!slot)
			continue;
		KUNIT_ASSERT_FALSE(test, u->busy[slot]);
		KUNIT_ASSERT_EQ(test, find(u, holder[slot]), 0);
		holder[slot] = key;
		u->busy[slot] = true;
		for (i = 1; i <= TCPDIAG_SLOTS; i++)
			KUNIT_ASSERT_EQ(test, find(u, holder[i]), i);
	}
}

/* The look-up of small keys finds the same, and keeps kinds apart. */
static void slots_small_keys(struct kunit *test)
{
	struct table_user *u = full_table(test);
	const struct tcpdiag_slots *slots = &u->slots;
	unsigned int i, same, other;
	struct tcpdiag_key key;

	for (i = 1; i <= TCPDIAG_SLOTS; i++) {
		key = key_no(i);
		same = tcpdiag_slots_find_small(slots, key.word[0], key.rest);
		KUNIT_EXPECT_EQ(test, same, i);
		other = tcpdiag_slots_find_small(slots, key.word[0],
						 key.rest + 100);
		KUNIT_EXPECT_EQ(test, other, 0);
	}
}

static void slots_all_words_count(struct kunit *test)
{
	struct table_user *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);
	struct tcpdiag_key key = { .rest = 3 };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, u);
	KUNIT_ASSERT_EQ(test, tcpdiag_slots_take(&u->slots, &key, give_up_idle,
						 u), 1);
	for (i = 0; i < ARRAY_SIZE(key.word); i++) {
		memset(key.word, 0, sizeof(key.word));
		key.word[i] = 1;
		KUNIT_EXPECT_EQ(test, tcpdiag_slots_find(&u->slots, &key), 0);
	}
}

/* Keys in memory that held something else before: only their fields count. */
static void slots_padding_is_ignored(struct kunit *test)
{
	struct table_user *u = kunit_kzalloc(test, sizeof(*u), GFP_KERNEL);
	const struct tcpdiag_key key = key_no(17);
	struct tcpdiag_key a, b;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, u);
	memset(&a, 0xa5, sizeof(a));
	memset(&b, 0x5a, sizeof(b));
	memcpy(a.word, key.word, sizeof(a.word));
	memcpy(b.word, key.word, sizeof(b.word));
	a.rest = key.rest;
	b.rest = key.rest;
	KUNIT_EXPECT_EQ(test, tcpdiag_key_cmp(&a, &b), 0);
	KUNIT_ASSERT_EQ(test, tcpdiag_slots_take(&u->slots, &a, give_up_idle,
						 u), 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_slots_find(&u->slots, &b), 1);
	/* and each of them does */
	b.rest++;
	KUNIT_EXPECT_NE(test, tcpdiag_key_cmp(&a, &b), 0);
	for (i = 0; i < ARRAY_SIZE(b.word); i++) {
		b = a;
		b.word[i]++;
		KUNIT_EXPECT_LT(test, tcpdiag_key_cmp(&a, &b), 0);
		KUNIT_EXPECT_GT(test, tcpdiag_key_cmp(&b, &a), 0);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(slots_each_has_its_own),
	KUNIT_CASE(slots_none_left),
	KUNIT_CASE(slots_idle_one_goes),
	KUNIT_CASE(slots_change_hands),
	KUNIT_CASE(slots_small_keys),
	KUNIT_CASE(slots_all_words_count),
	KUNIT_CASE(slots_padding_is_ignored),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_slots",
	.test_cases = cases,
};

kunit_test_suite(suite);
