// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of a subscriber's queue: order, what is lost when it is full, and that
 * the counts may wrap.
 */
#include <kunit/test.h>

#include "store/queue.c"

#define ROOM	4

static unsigned int woken;

static void wake(struct tcpdiag_queue *q)
{
	woken++;
}

static struct tcpdiag_queue *queue_case(struct kunit *test)
{
	struct tcpdiag_queue *q = kunit_kzalloc(test, sizeof(*q), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, q);
	KUNIT_ASSERT_EQ(test, tcpdiag_queue_init(q, sizeof(u64), ROOM), 0);
	q->wake = wake;
	woken = 0;
	return q;
}

static void put_number(struct tcpdiag_queue *q, u64 n)
{
	tcpdiag_queue_put(q, &n);
}

/* The next event, which is taken out; 0 for none. */
static u64 take(struct tcpdiag_queue *q, u64 *lost)
{
	const struct tcpdiag_queued *queued = tcpdiag_queue_first(q);
	u64 n;

	if (!queued)
		return 0;
	n = *queued->event;
	*lost = queued->lost;
	tcpdiag_queue_drop(q);
	return n;
}

static void queue_in_order(struct kunit *test)
{
	struct tcpdiag_queue *q = queue_case(test);
	u64 n, lost;

	KUNIT_EXPECT_NULL(test, tcpdiag_queue_first(q));
	for (n = 1; n <= 3; n++)
		put_number(q, n);
	KUNIT_EXPECT_EQ(test, woken, 3);
	for (n = 1; n <= 3; n++) {
		KUNIT_EXPECT_EQ(test, take(q, &lost), n);
		KUNIT_EXPECT_EQ(test, lost, 0);
	}
	KUNIT_EXPECT_NULL(test, tcpdiag_queue_first(q));
	tcpdiag_queue_free(q);
}

/* The oldest stay, and the next that finds room tells of those that did not. */
static void queue_tells_what_was_lost(struct kunit *test)
{
	struct tcpdiag_queue *q = queue_case(test);
	u64 n, lost;

	for (n = 1; n <= ROOM + 3; n++)
		put_number(q, n);
	KUNIT_EXPECT_EQ(test, woken, ROOM);
	KUNIT_EXPECT_EQ(test, take(q, &lost), 1);
	put_number(q, 100);
	for (n = 2; n <= ROOM; n++)
		KUNIT_EXPECT_EQ(test, take(q, &lost), n);
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_EQ(test, take(q, &lost), 100);
	KUNIT_EXPECT_EQ(test, lost, 3);
	put_number(q, 101);
	KUNIT_EXPECT_EQ(test, take(q, &lost), 101);
	KUNIT_EXPECT_EQ(test, lost, 0);
	tcpdiag_queue_free(q);
}

static void queue_counts_wrap(struct kunit *test)
{
	struct tcpdiag_queue *q = queue_case(test);
	u64 n, lost;

	q->put = UINT_MAX - 1;
	q->taken = UINT_MAX - 1;
	for (n = 1; n <= ROOM + 1; n++)
		put_number(q, n);
	KUNIT_EXPECT_EQ(test, q->lost, 1);
	for (n = 1; n <= ROOM; n++)
		KUNIT_EXPECT_EQ(test, take(q, &lost), n);
	KUNIT_EXPECT_NULL(test, tcpdiag_queue_first(q));
	tcpdiag_queue_free(q);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(queue_in_order),
	KUNIT_CASE(queue_tells_what_was_lost),
	KUNIT_CASE(queue_counts_wrap),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_queue",
	.test_cases = cases,
};

kunit_test_suite(suite);
