// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the history: what is kept of changes, what a reader gets, and what has
 * ended.
 */
#include <kunit/test.h>

#include "diagnose/history.c"

/**
 * struct history_case - a history, and one finding that comes and goes
 * @h: the history
 * @w: the finding as it is watched
 * @f: the same as it is found
 * @past: what was read last
 * @present: what is there now
 * @shown: how many were shown, and the last sentence
 * @last: the last sentence that was shown
 */
struct history_case {
	struct tcpdiag_history *h;
	struct tcpdiag_watched w;
	struct tcpdiag_finding f;
	struct tcpdiag_past past;
	struct tcpdiag_findings present;
	unsigned int shown;
	char last[64];
};

static const char leak[] = "close_wait_leak";
static const char slow[] = "slow_accept";

static struct history_case *history_case(struct kunit *test)
{
	struct history_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->h = tcpdiag_history_alloc(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->h);
	c->w.code = leak;
	c->w.severity = TCPDIAG_WARNING;
	c->w.worst = TCPDIAG_WARNING;
	c->w.since_ns = ktime_get_ns();
	c->f.about.port = 80;
	c->f.about.owner = (struct tcpdiag_owner){ .pid = 5, .comm = "web" };
	return c;
}

static void done(struct history_case *c)
{
	tcpdiag_history_take_words(c->h, &c->w, NULL);
	tcpdiag_history_free(c->h);
}

static void raise(struct kunit *test, struct history_case *c, unsigned int i)
{
	struct tcpdiag_words *words;

	tcpdiag_say(c->f.what, "web leaks %u", i);
	words = tcpdiag_words_alloc(&c->f, "a process leaks", GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, words);
	tcpdiag_history_take_words(c->h, &c->w, words);
	tcpdiag_history_add(c->h, &c->w, "raised", ktime_get_ns());
}

static void clear(struct history_case *c, u64 now)
{
	tcpdiag_history_add(c->h, &c->w, "cleared", now);
	tcpdiag_history_take_words(c->h, &c->w, NULL);
}

static void history_empty(struct kunit *test)
{
	struct history_case *c = history_case(test);
	u64 n = 0;

	KUNIT_EXPECT_EQ(test, tcpdiag_history_next(c->h), 0);
	KUNIT_EXPECT_FALSE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	done(c);
}

static void history_keeps(struct kunit *test)
{
	struct history_case *c = history_case(test);
	u64 n = 0;

	raise(test, c, 7);
	clear(c, c->w.since_ns + 3 * NSEC_PER_SEC);
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	KUNIT_EXPECT_STREQ(test, c->past.event, "raised");
	KUNIT_EXPECT_STREQ(test, c->past.what, "web leaks 7");
	KUNIT_EXPECT_EQ(test, c->past.about.owner.pid, 5);
	n = 1;
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	KUNIT_EXPECT_STREQ(test, c->past.event, "cleared");
	KUNIT_EXPECT_STREQ(test, c->past.what, "web leaks 7");
	KUNIT_EXPECT_EQ(test, c->past.stood_us, 3 * USEC_PER_SEC);
	n = 2;
	KUNIT_EXPECT_FALSE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	done(c);
}

/* Who may not see the host's processes reads no name. */
static void history_names_nobody(struct kunit *test)
{
	struct history_case *c = history_case(test);
	u64 n = 0;

	raise(test, c, 7);
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, false, &c->past));
	KUNIT_EXPECT_STREQ(test, c->past.what, "a process leaks");
	KUNIT_EXPECT_EQ(test, c->past.about.owner.pid, 0);
	KUNIT_EXPECT_STREQ(test, c->past.about.owner.comm, "");
	KUNIT_EXPECT_EQ(test, c->past.about.port, 80);
	done(c);
}

/* Memory was short: what is known stays. */
static void history_without_words(struct kunit *test)
{
	struct history_case *c = history_case(test);
	u64 n = 0;

	tcpdiag_history_add(c->h, &c->w, "raised", ktime_get_ns());
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	KUNIT_EXPECT_STREQ(test, c->past.what, "");
	KUNIT_EXPECT_STREQ(test, c->past.code, leak);
	KUNIT_EXPECT_EQ(test, c->past.about.port, 0);
	done(c);
}

/* The oldest go; who asks for one of them gets the first that is left. */
static void history_wraps(struct kunit *test)
{
	struct history_case *c = history_case(test);
	unsigned int i;
	u64 n = 0;

	for (i = 0; i < TCPDIAG_HISTORY + 10; i++)
		raise(test, c, i);
	KUNIT_EXPECT_EQ(test, tcpdiag_history_next(c->h), TCPDIAG_HISTORY + 10);
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	KUNIT_EXPECT_EQ(test, n, 10);
	KUNIT_EXPECT_EQ(test, c->past.n, 10);
	KUNIT_EXPECT_STREQ(test, c->past.what, "web leaks 10");
	n = TCPDIAG_HISTORY + 9;
	KUNIT_ASSERT_TRUE(test, tcpdiag_history_get(c->h, &n, true, &c->past));
	KUNIT_EXPECT_STREQ(test, c->past.what, "web leaks 265");
	done(c);
}

static void show(void *arg, const struct tcpdiag_past *past)
{
	struct history_case *c = arg;

	c->shown++;
	strscpy(c->last, past->what, sizeof(c->last));
}

static unsigned int ended(struct history_case *c)
{
	c->shown = 0;
	return tcpdiag_history_ended(c->h, true, &c->present, &c->past, show, c,
				     3);
}

static void history_ended(struct kunit *test)
{
	struct history_case *c = history_case(test);

	raise(test, c, 1);
	KUNIT_EXPECT_EQ(test, ended(c), 0);
	clear(c, ktime_get_ns());
	KUNIT_EXPECT_EQ(test, ended(c), 1);
	KUNIT_EXPECT_STREQ(test, c->last, "web leaks 1");
	/* again, and then over again: once */
	raise(test, c, 2);
	KUNIT_EXPECT_EQ(test, ended(c), 0);
	clear(c, ktime_get_ns());
	KUNIT_EXPECT_EQ(test, ended(c), 1);
	KUNIT_EXPECT_EQ(test, c->shown, 1);
	KUNIT_EXPECT_STREQ(test, c->last, "web leaks 2");
	/* another program's on the same port is another one */
	strscpy(c->f.about.owner.comm, "php", sizeof(c->f.about.owner.comm));
	raise(test, c, 3);
	KUNIT_EXPECT_EQ(test, ended(c), 1);
	KUNIT_EXPECT_STREQ(test, c->last, "web leaks 2");
	done(c);
}

/* It has come back already, though not for long enough to be raised. */
static void history_ended_but_present(struct kunit *test)
{
	struct history_case *c = history_case(test);

	raise(test, c, 1);
	clear(c, ktime_get_ns());
	c->present.n = 1;
	c->present.found[0].code = leak;
	c->present.found[0].about = c->f.about;
	KUNIT_EXPECT_EQ(test, ended(c), 0);
	c->present.found[0].code = slow;
	KUNIT_EXPECT_EQ(test, ended(c), 1);
	done(c);
}

/* After an hour it is no longer on the page. */
static void history_ended_long_ago(struct kunit *test)
{
	struct tcpdiag_past past = { .ago_us = 3600 * (u64)USEC_PER_SEC };

	KUNIT_EXPECT_TRUE(test, is_recent(&past));
	past.ago_us++;
	KUNIT_EXPECT_FALSE(test, is_recent(&past));
}

/* A NOTE fails nothing. */
static void history_ended_note(struct kunit *test)
{
	struct history_case *c = history_case(test);

	c->w.severity = TCPDIAG_NOTE;
	c->w.worst = TCPDIAG_NOTE;
	raise(test, c, 1);
	clear(c, ktime_get_ns());
	KUNIT_EXPECT_EQ(test, ended(c), 0);
	done(c);
}

/* It was worse before it faded. */
static void history_ended_faded(struct kunit *test)
{
	struct history_case *c = history_case(test);

	raise(test, c, 1);
	c->w.severity = TCPDIAG_NOTE;
	tcpdiag_history_add(c->h, &c->w, "changed", ktime_get_ns());
	clear(c, ktime_get_ns());
	KUNIT_EXPECT_EQ(test, ended(c), 1);
	done(c);
}

/* Many have ended: those that are shown are bounded. */
static void history_ended_many(struct kunit *test)
{
	struct history_case *c = history_case(test);
	unsigned int i;

	for (i = 0; i < 50; i++) {
		c->f.about.port = 1000 + i;
		raise(test, c, i);
		clear(c, ktime_get_ns());
	}
	KUNIT_EXPECT_EQ(test, ended(c), TCPDIAG_ENDED_MAX);
	KUNIT_EXPECT_EQ(test, c->shown, 3);
	KUNIT_EXPECT_STREQ(test, c->last, "web leaks 47");
	done(c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(history_empty),
	KUNIT_CASE(history_keeps),
	KUNIT_CASE(history_names_nobody),
	KUNIT_CASE(history_without_words),
	KUNIT_CASE(history_wraps),
	KUNIT_CASE(history_ended),
	KUNIT_CASE(history_ended_but_present),
	KUNIT_CASE(history_ended_long_ago),
	KUNIT_CASE(history_ended_note),
	KUNIT_CASE(history_ended_faded),
	KUNIT_CASE(history_ended_many),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_history",
	.test_cases = cases,
};

kunit_test_suite(suite);
