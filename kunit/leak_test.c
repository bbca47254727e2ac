// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of whether sockets in CLOSE_WAIT are forgotten: each sign, what refutes
 * it, and crowds of processes.
 */
#include <kunit/test.h>

#include "model/leak.c"

#define LIMIT_US	(60ULL * USEC_PER_SEC)
#define MINUTES(n)	((n) * 60ULL * USEC_PER_SEC)

/* Ten sockets of a server, answered, there for 100 s, alone. */
static struct tcpdiag_cw_group quiet(void)
{
	return (struct tcpdiag_cw_group) {
		.owner = { .pid = 812, .comm = "worker" },
		.port = 8000,
		.sockets = 10,
		.suspects = 10,
		.causes = { [TCPDIAG_CW_EOF_READ] = 10 },
		.oldest_us = 100 * USEC_PER_SEC,
	};
}

#define expect_leak(test, g, wanted)					\
	KUNIT_EXPECT_EQ(test, tcpdiag_leak_judge(g, LIMIT_US), wanted)

static void leak_no_sign(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_EQ(test, tcpdiag_leak_signs(&g, LIMIT_US), 0);
	g.pending = 10;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.suspects = 0;
	expect_leak(test, &g, TCPDIAG_LEAK_NONE);
}

/* Nothing is due: one sign is enough. */
static void leak_one_sign(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.newest_known = true;
	g.newest_us = 101 * USEC_PER_SEC;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.newest_us = 99 * USEC_PER_SEC;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g = quiet();
	g.growth_known = true;
	g.growth = 1;
	g.growth_us = SURE_US;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.growth_us--;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g = quiet();
	g.oldest_us = MINUTES(60);
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g = quiet();
	g.inherited = 6;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.inherited = 5;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g = quiet();
	g.causes[TCPDIAG_CW_NOT_ACCEPTED] = 11;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
}

/*
 * Answers may be due: newer connections and growth alone are what a server at
 * work has.
 */
static void leak_pending(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.pending = 10;
	g.newest_known = true;
	g.newest_us = USEC_PER_SEC;
	g.growth_known = true;
	g.growth = 60;
	g.growth_us = MINUTES(1);
	g.inherited = 10;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.oldest_us = MINUTES(59);
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.oldest_us = MINUTES(60);
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.growth = 0;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	/* the peers waited, then closed: nobody wants the answer any more */
	g.gave_up = 6;
	g.oldest_us = MINUTES(10);
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.oldest_us--;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
}

/* The program has ended such stays before. */
static void leak_usual(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.newest_known = true;
	g.newest_us = USEC_PER_SEC;
	g.ended = USUAL_ENDED;
	g.ended_us = 50 * USEC_PER_SEC;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.ended_us--;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.ended_us++;
	g.ended--;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
}

/* A pool keeps what the server has closed; one that grows is another matter. */
static void leak_pool(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.connected = true;
	g.oldest_us = MINUTES(600);
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.newest_known = true;
	g.newest_us = USEC_PER_SEC;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.growth_known = true;
	g.growth = 1;
	g.growth_us = SURE_US;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.newest_known = false;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
}

static void leak_descriptors(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.pending = 10;
	g.fds = 40;
	g.fd_limit = 40;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.fds_known = true;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	/* others take them */
	g.fds = 41;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	/* work that grows ends by itself, unless there is hardly any left */
	g.growth_known = true;
	g.growth = 60;
	g.growth_us = MINUTES(1);
	g.fds = 35;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.fds = 36;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	/* nobody works on these */
	g.pending = 0;
	g.fds = 20;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
}

/* A proxy waits for the next. */
static void leak_proxy(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.newest_known = true;
	g.newest_us = USEC_PER_SEC;
	g.legs = 9;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.legs = 10;
	expect_leak(test, &g, TCPDIAG_LEAK_PASSES_ON);
	g.oldest_us = MINUTES(600);
	expect_leak(test, &g, TCPDIAG_LEAK_PASSES_ON);
	g.fds_known = true;
	g.fds = 40;
	g.fd_limit = 40;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	g.fds_known = false;
	/* whether they are of the same process is not known */
	g.owner = (struct tcpdiag_owner){};
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_waits(&g));
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.legs = 9;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g = quiet();
	g.legs = 10;
	g.connected = true;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_waits(&g));
}

static void leak_crowd(struct kunit *test)
{
	struct tcpdiag_cw_group a = quiet(), b = quiet();

	b.owner.pid = 813;
	b.oldest_us = 200 * USEC_PER_SEC;
	b.estimated = true;
	b.fds_known = true;
	b.fds = 100;
	b.fd_limit = 128;
	b.newest_known = true;
	b.newest_us = 7;
	b.inherited = 10;
	b.maker.pid = 800;
	b.legs = 3;
	b.next.port = 9000;
	KUNIT_EXPECT_TRUE(test, tcpdiag_leak_same(&a, &b));
	tcpdiag_leak_merge(&a, &b);
	KUNIT_EXPECT_EQ(test, a.processes, 2);
	KUNIT_EXPECT_EQ(test, a.owner.pid, 812);
	KUNIT_EXPECT_EQ(test, a.sockets, 20);
	KUNIT_EXPECT_EQ(test, a.suspects, 20);
	KUNIT_EXPECT_EQ(test, a.causes[TCPDIAG_CW_EOF_READ], 20);
	KUNIT_EXPECT_EQ(test, a.oldest_us, b.oldest_us);
	KUNIT_EXPECT_TRUE(test, a.estimated);
	KUNIT_EXPECT_EQ(test, a.fd_limit, 128);
	KUNIT_EXPECT_EQ(test, a.newest_us, 7);
	KUNIT_EXPECT_EQ(test, a.inherited, 10);
	KUNIT_EXPECT_EQ(test, a.maker.pid, 800);
	KUNIT_EXPECT_EQ(test, a.legs, 3);
	KUNIT_EXPECT_EQ(test, a.next.port, 9000);
	/* the growth of one of them is not known */
	KUNIT_EXPECT_FALSE(test, a.growth_known);
	/* the descriptors of the one that has fewest left */
	b.fds = 127;
	tcpdiag_leak_merge(&a, &b);
	KUNIT_EXPECT_EQ(test, a.processes, 3);
	KUNIT_EXPECT_EQ(test, a.fds, 127);
}

static void leak_not_same(struct kunit *test)
{
	struct tcpdiag_cw_group a = quiet(), b = quiet();

	b.port = 8001;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_same(&a, &b));
	b = quiet();
	b.connected = true;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_same(&a, &b));
	b = quiet();
	b.cgroup = 1;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_same(&a, &b));
	b = quiet();
	b.owner.comm[0] = 'W';
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_same(&a, &b));
	/* names that the reader may not see */
	a.owner.comm[0] = '\0';
	b.owner.comm[0] = '\0';
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_same(&a, &b));
}

static void leak_signs_have_names(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_SIGNS; i++)
		KUNIT_EXPECT_NOT_NULL(test, tcpdiag_leak_sign_name(i));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(leak_no_sign),
	KUNIT_CASE(leak_one_sign),
	KUNIT_CASE(leak_pending),
	KUNIT_CASE(leak_usual),
	KUNIT_CASE(leak_pool),
	KUNIT_CASE(leak_descriptors),
	KUNIT_CASE(leak_proxy),
	KUNIT_CASE(leak_crowd),
	KUNIT_CASE(leak_not_same),
	KUNIT_CASE(leak_signs_have_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_leak",
	.test_cases = cases,
};

kunit_test_suite(suite);
