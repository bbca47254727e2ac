// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of why a RST is sent or received, and of what is counted of those.
 */
#include <kunit/test.h>

#include "model/reset.c"

#define SECOND	((u64)NSEC_PER_SEC)
#define MINUTE	(60 * SECOND)

static void reset_names(struct kunit *test)
{
	unsigned int i, k;

	for (i = 0; i < TCPDIAG_RESETS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, tcpdiag_reset_name(i));
		for (k = 0; k < i; k++)
			KUNIT_EXPECT_STRNEQ(test, tcpdiag_reset_name(i),
					    tcpdiag_reset_name(k));
	}
}

static void reset_answers(struct kunit *test)
{
	struct tcpdiag_reset_sent s = { .answer = true, .syn = true };

	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_NO_LISTENER);
	s.syn = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s),
			TCPDIAG_RESET_NO_CONNECTION);
	s.socket = true;
	s.state = TCP_LISTEN;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_HANDSHAKE);
	s.state = TCP_FIN_WAIT2;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_DATA);
	s.state = TCP_FIN_WAIT1;
	s.dead = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_DATA);
	s.data = true;
	s.goodbye = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_ALERT);
	s.syn = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_OTHER);
	s.syn = false;
	s.state = TCP_ESTABLISHED;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_OTHER);
}

/* The answer to our FIN, where TCP_LINGER2 forbids FIN_WAIT2. */
static void reset_linger2(struct kunit *test)
{
	struct tcpdiag_reset_sent s = {
		.socket = true,
		.answer = true,
		.state = TCP_FIN_WAIT2,
		.dead = true,
		.closed = true,
		.linger2 = true,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_LINGER);
	s.data = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_DATA);
	s.data = false;
	s.linger2 = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_DATA);
	/* a program that has it open reads on */
	s.linger2 = true;
	s.dead = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_PEER_DATA);
}

/* What close() and its relatives send, in the order that the kernel looks. */
static void reset_by_program(struct kunit *test)
{
	struct tcpdiag_reset_sent s = {
		.socket = true,
		.state = TCP_ESTABLISHED,
		.closed = true,
		.closing = true,
		.accepted = true,
		.unread = true,
		.linger0 = true,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s),
			TCPDIAG_RESET_CLOSE_UNREAD);
	s.exiting = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_EXIT_UNREAD);
	s.unread = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_LINGER);
	s.linger0 = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_OTHER);
	s.closing = false;
	s.unread = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_DISCONNECT);
	s.accepted = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s),
			TCPDIAG_RESET_NOT_ACCEPTED);
	s.closed = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_KILLED);
	s.timer = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_TIMEOUT);
	s.mptcp = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_OTHER);
}

/* What happens to sockets that no program has open. */
static void reset_of_orphans(struct kunit *test)
{
	static const u8 states[] = { TCP_FIN_WAIT1, TCP_CLOSING, TCP_LAST_ACK };
	struct tcpdiag_reset_sent s = {
		.socket = true,
		.dead = true,
		.closing = true,
	};
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(states); i++) {
		s.state = states[i / 2];
		/* in close(), and later */
		s.timer = i % 2;
		s.closed = !s.timer;
		s.no_memory = false;
		KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s),
				TCPDIAG_RESET_ORPHANS);
		s.no_memory = true;
		KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s),
				TCPDIAG_RESET_MEMORY);
	}
	s.no_memory = false;
	s.state = TCP_FIN_WAIT2;
	s.timer = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_TIMEOUT);
	s.timer = false;
	s.closed = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_ORPHANS);
	s.linger2 = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_LINGER);
	/* neither a timer nor close(): ss -K */
	s.closed = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_KILLED);
	s.linger2 = false;
	s.no_memory = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_KILLED);
	s.state = TCP_FIN_WAIT1;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_KILLED);
	/* in these it sends none: a timer that had to wait for the lock */
	s.state = TCP_LAST_ACK;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_MEMORY);
	s.no_memory = false;
	s.state = TCP_CLOSING;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_sent(&s), TCPDIAG_RESET_ORPHANS);
}

static void reset_received(struct kunit *test)
{
	struct tcpdiag_reset_received r = { .state = TCP_SYN_SENT };

	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r), TCPDIAG_RESET_REFUSED);
	r.state = TCP_ESTABLISHED;
	r.wrote = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r), TCPDIAG_RESET_BY_PEER);
	r.state = TCP_LAST_ACK;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r),
			TCPDIAG_RESET_AFTER_CLOSE);
	r.state = TCP_TIME_WAIT;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r),
			TCPDIAG_RESET_IN_TIME_WAIT);
	r.state = TCP_CLOSE_WAIT;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r),
			TCPDIAG_RESET_PEER_CLOSED);
	r.goodbye = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r),
			TCPDIAG_RESET_OUR_ALERT);
	/* the peer had closed one direction only, and took our answer */
	r.acked = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r), TCPDIAG_RESET_BY_PEER);
	r.acked = false;
	r.wrote = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_reset_received(&r), TCPDIAG_RESET_BY_PEER);
}

static void reset_goodbyes(struct kunit *test)
{
	/* close_notify, QUIT, QUIT within TLS, and then close_notify */
	static const u8 lens[] = {
		23, 24, 31, 5, 6, 26, 27, 28, 34, 35, 49, 50, 51, 52, 65, 66,
	};
	unsigned int i, len, n = 0;

	for (i = 0; i < ARRAY_SIZE(lens); i++)
		KUNIT_EXPECT_TRUE(test, tcpdiag_reset_is_goodbye(lens[i]));
	for (len = 0; len < 2000; len++)
		n += tcpdiag_reset_is_goodbye(len);
	KUNIT_EXPECT_EQ(test, n, ARRAY_SIZE(lens));
	KUNIT_EXPECT_FALSE(test, tcpdiag_reset_is_goodbye(0));
	/* GET / HTTP/1.1, the shortest request */
	KUNIT_EXPECT_FALSE(test, tcpdiag_reset_is_goodbye(18));
	KUNIT_EXPECT_FALSE(test, tcpdiag_reset_is_goodbye(U32_MAX));
}

static void reset_recent(struct kunit *test)
{
	struct tcpdiag_recent r = {}, sum = {};
	u64 now = 1000 * MINUTE;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_rate(&r, now), 0);
	for (i = 0; i < 600; i++)
		tcpdiag_recent_add(&r, now + i * SECOND / 10);
	KUNIT_EXPECT_EQ(test, r.since_ns, now);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + MINUTE), 600);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_rate(&r, now + MINUTE), 100);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_rate(&r, now + 2 * MINUTE), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + 9 * MINUTE), 600);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + 10 * MINUTE), 0);
	tcpdiag_recent_join(&sum, &r);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&sum, now + 9 * MINUTE), 600);
	/* after a pause the old parts do not come back */
	tcpdiag_recent_add(&r, now + 25 * MINUTE);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + 25 * MINUTE), 1);
	KUNIT_EXPECT_EQ(test, r.since_ns, now);
	tcpdiag_recent_join(&sum, &r);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&sum, now + 25 * MINUTE), 1);
	tcpdiag_recent_add(&r, now + 27 * MINUTE);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + 27 * MINUTE), 2);
	tcpdiag_recent_take_back(&r);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, now + 27 * MINUTE), 1);
}

/* In the first minutes after boot. */
static void reset_recent_early(struct kunit *test)
{
	struct tcpdiag_recent r = {};
	unsigned int i;

	for (i = 0; i < 60; i++)
		tcpdiag_recent_add(&r, i * SECOND / 2);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, MINUTE / 2), 60);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_rate(&r, MINUTE / 2), 20);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, 9 * MINUTE), 60);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&r, 10 * MINUTE), 0);
}

static void reset_range(struct kunit *test)
{
	struct tcpdiag_range range = {};

	tcpdiag_range_add(&range, 5 * SECOND);
	KUNIT_EXPECT_EQ(test, range.min_ms, 5000);
	tcpdiag_range_add(&range, 0);
	tcpdiag_range_add(&range, U64_MAX);
	KUNIT_EXPECT_EQ(test, range.min_ms, 0);
	KUNIT_EXPECT_EQ(test, range.max_ms, U32_MAX);
	KUNIT_EXPECT_EQ(test, range.n, 3);
}

static void reset_vote(struct kunit *test)
{
	struct tcpdiag_vote vote = {};
	unsigned int i;

	/* a scan has no port that most are for */
	for (i = 1; i <= 65535; i++)
		tcpdiag_vote_add(&vote, i);
	KUNIT_EXPECT_LE(test, vote.hits, 1);
	/* a client that tries again and again, while the scan goes on */
	for (i = 1; i <= 3000; i++)
		tcpdiag_vote_add(&vote, i % 3 ? 9999 : i);
	KUNIT_EXPECT_EQ(test, vote.id, 9999);
	KUNIT_EXPECT_GE(test, vote.hits, 1900);
	/* however many there were, another takes its place */
	for (i = 0; i < 100000; i++)
		tcpdiag_vote_add(&vote, 9999);
	for (i = 0; i < 2000; i++)
		tcpdiag_vote_add(&vote, 25);
	KUNIT_EXPECT_EQ(test, vote.id, 25);
	KUNIT_EXPECT_LE(test, vote.hits, 1000);
	/* the lead stops, the count does not */
	memset(&vote, 0, sizeof(vote));
	for (i = 0; i < 3000; i++)
		tcpdiag_vote_add(&vote, 443);
	KUNIT_EXPECT_TRUE(test, tcpdiag_vote_is_most(&vote));
	for (i = 0; i < 600; i++)
		tcpdiag_vote_add(&vote, 80);
	KUNIT_EXPECT_FALSE(test, tcpdiag_vote_is_most(&vote));
}

static void reset_most(struct kunit *test)
{
	struct tcpdiag_most m = {};
	u64 now = 1000 * MINUTE;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, tcpdiag_most_sum(&m, now), 0);
	KUNIT_EXPECT_TRUE(test, tcpdiag_most_add(&m, 0, now));
	KUNIT_EXPECT_EQ(test, tcpdiag_most_sum(&m, now), 1);
	/* none of a scan has half */
	for (i = 1; i <= 1000; i++)
		tcpdiag_most_add(&m, i, now += SECOND / 1000);
	KUNIT_EXPECT_EQ(test, tcpdiag_most_sum(&m, now), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&m.all, now), 1001);
	/* what came since a pause counts, not what was before */
	now += 20 * MINUTE;
	for (i = 0; i < 10; i++)
		tcpdiag_most_add(&m, i % 5 ? 25 : i, now += SECOND);
	KUNIT_EXPECT_EQ(test, m.vote.id, 25);
	KUNIT_EXPECT_GE(test, tcpdiag_most_sum(&m, now), 6);
	KUNIT_EXPECT_LT(test, now - m.hits.since_ns, 10 * SECOND);
	/* a candidate that is quiet gives way, while others go on */
	for (i = 0; i < 2000; i++)
		tcpdiag_most_add(&m, 25, now);
	/* those of one time are counted together */
	tcpdiag_most_settle(&m);
	KUNIT_EXPECT_GE(test, tcpdiag_most_sum(&m, now), 2006);
	KUNIT_EXPECT_EQ(test, tcpdiag_recent_sum(&m.all, now), 2010);
	KUNIT_EXPECT_EQ(test, m.vote.votes, TCPDIAG_VOTES_MAX);
	for (i = 0; i < 24; i++)
		tcpdiag_most_add(&m, 80, now += MINUTE / 2);
	KUNIT_EXPECT_EQ(test, m.vote.id, 80);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(reset_names),
	KUNIT_CASE(reset_answers),
	KUNIT_CASE(reset_linger2),
	KUNIT_CASE(reset_by_program),
	KUNIT_CASE(reset_of_orphans),
	KUNIT_CASE(reset_received),
	KUNIT_CASE(reset_goodbyes),
	KUNIT_CASE(reset_recent),
	KUNIT_CASE(reset_recent_early),
	KUNIT_CASE(reset_range),
	KUNIT_CASE(reset_vote),
	KUNIT_CASE(reset_most),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_reset",
	.test_cases = cases,
};

kunit_test_suite(suite);
