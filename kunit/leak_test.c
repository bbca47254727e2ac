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
	g.grew_from = 1;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	/* a burst is not yet growth */
	g.grew_from = 0;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.grew_from = 1;
	g.growth_us--;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g = quiet();
	g.oldest_us = MINUTES(60);
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g = quiet();
	g.causes[TCPDIAG_CW_NOT_ACCEPTED] = 11;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
}

/* It may have been handed over on purpose: a sign that proves nothing by itself. */
static void leak_inherited(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.inherited = 6;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_EQ(test, tcpdiag_leak_signs(&g, LIMIT_US),
			TCPDIAG_SIGN_INHERITED);
	g.inherited = 5;
	KUNIT_EXPECT_EQ(test, tcpdiag_leak_signs(&g, LIMIT_US), 0);
	g.inherited = 10;
	g.connected = true;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.connected = false;
	g.oldest_us = MINUTES(60);
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
	g.grew_from = 1;
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

/*
 * A report over TLS takes five minutes, and its client gave up and asked again: the
 * tickets that were sent at once are no answer.
 */
static void leak_at_once(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.suspects = 1;
	g.causes[TCPDIAG_CW_EOF_READ] = 1;
	g.at_once = 1;
	g.oldest_us = 105 * USEC_PER_SEC;
	g.newest_known = true;
	g.newest_us = 55 * USEC_PER_SEC;
	KUNIT_EXPECT_TRUE(test, tcpdiag_leak_unsure(&g));
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	/* descriptors run out, whether it works or leaks */
	g.fds_known = true;
	g.fds = 4;
	g.fd_limit = 4;
	expect_leak(test, &g, TCPDIAG_LEAK_CROWDED);
	g.fds_known = false;
	/* half of them are not most */
	g.suspects = 2;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.pending = 1;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.pending = 0;
	g.suspects = 1;
	/* growth tells, and makes it urgent */
	g.growth_known = true;
	g.growth = 1;
	g.growth_us = SURE_US;
	g.grew_from = 1;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.fds_known = true;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	g.fds_known = false;
	/* but clients that give up and ask again are more and more too */
	g.waited = 1;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.oldest_us = MINUTES(10) - 1;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.oldest_us++;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.newest_known = false;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	/* for an hour nobody works at what nobody waits for */
	g.waited = 0;
	g.growth_known = false;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.oldest_us = MINUTES(60);
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
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
	g.grew_from = 1;
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
	/* it may be at work on all of them */
	expect_leak(test, &g, TCPDIAG_LEAK_CROWDED);
	/* others take them */
	g.fds = 41;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	/* work that grows ends by itself, unless there is hardly any left */
	g.growth_known = true;
	g.growth = 60;
	g.growth_us = MINUTES(1);
	g.grew_from = 1;
	g.fds = 35;
	expect_leak(test, &g, TCPDIAG_LEAK_PENDING);
	g.fds = 36;
	expect_leak(test, &g, TCPDIAG_LEAK_CROWDED);
	/* nobody wants the answers any more */
	g.gave_up = 10;
	g.newest_known = true;
	g.oldest_us = MINUTES(10);
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	/* nobody works on these */
	g = quiet();
	g.fds_known = true;
	g.fds = 20;
	g.fd_limit = 40;
	g.growth_known = true;
	g.growth = 60;
	g.growth_us = MINUTES(1);
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

/* What is not known of a proxy's connections acquits it. */
static void leak_proxy_not_known(struct kunit *test)
{
	struct tcpdiag_cw_group g = quiet();

	g.newest_known = true;
	g.newest_us = USEC_PER_SEC;
	g.legs = 3;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.legs_cut = true;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_waits(&g));
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	/* they run out: a forecast is for those that are forgotten */
	g.fds_known = true;
	g.fds = 39;
	g.fd_limit = 40;
	g.growth_known = true;
	g.growth = 60;
	g.growth_us = MINUTES(1);
	g.grew_from = 1;
	expect_leak(test, &g, TCPDIAG_LEAK_UNPROVEN);
	g.fds = 40;
	expect_leak(test, &g, TCPDIAG_LEAK_URGENT);
	/* a pool passes nothing on, and what is not accepted neither */
	g.fds_known = false;
	g.connected = true;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
	g.connected = false;
	g.causes[TCPDIAG_CW_NOT_ACCEPTED] = 11;
	expect_leak(test, &g, TCPDIAG_LEAK_PROVEN);
}

/* A crowd of @n processes like the first one; all in one sum. */
static void expect_crowd(struct kunit *test, const struct tcpdiag_cw_group *g,
			 unsigned int n, struct tcpdiag_crowd *crowd,
			 enum tcpdiag_leak wanted)
{
	unsigned int i;

	KUNIT_ASSERT_TRUE(test, tcpdiag_leak_crowd(g, n, 0, LIMIT_US, crowd));
	KUNIT_EXPECT_EQ(test, crowd->leak, wanted);
	for (i = 1; i < n; i++)
		KUNIT_EXPECT_FALSE(test, tcpdiag_leak_crowd(g, n, i, LIMIT_US,
							    crowd + 1));
}

static void leak_crowd(struct kunit *test)
{
	struct tcpdiag_cw_group g[3] = { quiet(), quiet(), quiet() };
	struct tcpdiag_cw_group *b = &g[1];
	struct tcpdiag_crowd crowd[2];
	struct tcpdiag_cw_group *sum = &crowd[0].sum;

	b->owner.pid = 813;
	b->oldest_us = 200 * USEC_PER_SEC;
	b->estimated = true;
	b->inherited = 10;
	b->maker.pid = 800;
	b->legs = 3;
	b->next.sockets = 3;
	b->next.port = 9000;
	expect_crowd(test, g, 2, crowd, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_EQ(test, sum->processes, 2);
	KUNIT_EXPECT_EQ(test, sum->owner.pid, 812);
	KUNIT_EXPECT_EQ(test, sum->sockets, 20);
	KUNIT_EXPECT_EQ(test, sum->suspects, 20);
	KUNIT_EXPECT_EQ(test, sum->causes[TCPDIAG_CW_EOF_READ], 20);
	KUNIT_EXPECT_EQ(test, sum->oldest_us, b->oldest_us);
	KUNIT_EXPECT_TRUE(test, sum->estimated);
	KUNIT_EXPECT_EQ(test, sum->inherited, 10);
	KUNIT_EXPECT_EQ(test, sum->maker.pid, 800);
	KUNIT_EXPECT_EQ(test, sum->legs, 3);
	KUNIT_EXPECT_EQ(test, sum->next.port, 9000);
	KUNIT_EXPECT_EQ(test, crowd->signs, TCPDIAG_SIGN_INHERITED);
	KUNIT_EXPECT_EQ(test, crowd->others, 0);
	KUNIT_EXPECT_FALSE(test, crowd->no_fds);
	KUNIT_EXPECT_TRUE(test, tcpdiag_leak_crowd(g, 1, 0, LIMIT_US, crowd));
	KUNIT_EXPECT_EQ(test, sum->processes, 0);
}

/* The newer connection of one does not make the older one of another a leak. */
static void leak_crowd_newer(struct kunit *test)
{
	struct tcpdiag_cw_group g[3] = { quiet(), quiet(), quiet() };
	struct tcpdiag_crowd crowd[2];

	g[0].oldest_us = 300 * USEC_PER_SEC;
	g[1].newest_known = true;
	g[1].newest_us = g[1].oldest_us;
	expect_crowd(test, g, 2, crowd, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_EQ(test, crowd->signs, 0);
	/* nor do two of them have what one would need to have both of */
	g[0].pending = 10;
	g[0].gave_up = 10;
	g[0].oldest_us = MINUTES(60);
	g[1].pending = 10;
	g[1].newest_us = USEC_PER_SEC;
	expect_crowd(test, g, 2, crowd, TCPDIAG_LEAK_PENDING);
}

/* Who is not guilty of it is counted apart. */
static void leak_crowd_others(struct kunit *test)
{
	struct tcpdiag_cw_group g[3] = { quiet(), quiet(), quiet() };
	struct tcpdiag_crowd crowd[2];

	g[1].newest_known = true;
	g[1].newest_us = USEC_PER_SEC;
	g[1].owner.pid = 813;
	g[2].pending = 10;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PROVEN);
	KUNIT_EXPECT_EQ(test, crowd->sum.owner.pid, 813);
	KUNIT_EXPECT_EQ(test, crowd->sum.processes, 0);
	KUNIT_EXPECT_EQ(test, crowd->sum.suspects, 10);
	KUNIT_EXPECT_EQ(test, crowd->others, 2);
	KUNIT_EXPECT_EQ(test, crowd->others_suspects, 20);
	/* those without a suspect are none */
	g[0].suspects = 0;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PROVEN);
	KUNIT_EXPECT_EQ(test, crowd->others, 1);
}

/* Processes that come are no growth, and descriptors are those of one process. */
static void leak_crowd_descriptors(struct kunit *test)
{
	struct tcpdiag_cw_group g[3] = { quiet(), quiet(), quiet() };
	struct tcpdiag_crowd crowd[2];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		g[i].owner.pid = 812 + i;
		g[i].fds_known = true;
		g[i].fds = 30;
		g[i].fd_limit = 1024;
		g[i].growth_known = true;
		g[i].growth = -1;
		g[i].growth_us = MINUTES(1);
	}
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_FALSE(test, crowd->sum.growth_known);
	KUNIT_EXPECT_EQ(test, crowd->sum.fds, 30);
	/* all gone, but not because of these sockets */
	g[1].fds = 1024;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_FALSE(test, crowd->no_fds);
	KUNIT_EXPECT_EQ(test, crowd->sum.fds, 30);
	/* because of them */
	g[1].suspects = 1000;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_URGENT);
	KUNIT_EXPECT_TRUE(test, crowd->no_fds);
	KUNIT_EXPECT_EQ(test, crowd->sum.owner.pid, 813);
	KUNIT_EXPECT_EQ(test, crowd->others, 2);
	/* of two that are short the one that has fewer left */
	g[2].suspects = 1000;
	g[2].fds = 1024;
	g[1].fds = 1023;
	g[1].growth = 600;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_URGENT);
	KUNIT_EXPECT_EQ(test, crowd->sum.processes, 2);
	KUNIT_EXPECT_EQ(test, crowd->sum.fds, 1024);
	KUNIT_EXPECT_EQ(test, crowd->sum.owner.pid, 814);
	/* if none of them is short because of these sockets, none is told */
	for (i = 0; i < 3; i++) {
		g[i].suspects = 10;
		g[i].fds = 100;
		g[i].growth = 0;
	}
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_UNPROVEN);
	KUNIT_EXPECT_FALSE(test, crowd->sum.fds_known);
}

/* Where most of the connections of all of them lead to. */
static void leak_crowd_next(struct kunit *test)
{
	struct tcpdiag_cw_group g[3] = { quiet(), quiet(), quiet() };
	struct tcpdiag_crowd crowd[2];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		g[i].legs = 10;
		g[i].next.sockets = 10;
		g[i].next.port = 9000 + i;
		g[i].next.here = true;
		g[i].next.owner.pid = 90;
	}
	expect_crowd(test, g, 1, crowd, TCPDIAG_LEAK_PASSES_ON);
	KUNIT_EXPECT_TRUE(test, crowd->waits);
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_several(&crowd->sum));
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PASSES_ON);
	KUNIT_EXPECT_TRUE(test, tcpdiag_leak_several(&crowd->sum));
	g[1].next.port = 9002;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PASSES_ON);
	KUNIT_EXPECT_EQ(test, crowd->sum.legs, 30);
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_several(&crowd->sum));
	KUNIT_EXPECT_EQ(test, crowd->sum.next.port, 9002);
	/* the same process at the other end of all, or none is named */
	g[0].next.port = 9002;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PASSES_ON);
	KUNIT_EXPECT_EQ(test, crowd->sum.next.sockets, 30);
	KUNIT_EXPECT_TRUE(test, crowd->sum.next.here);
	g[2].next.owner.pid = 91;
	expect_crowd(test, g, 3, crowd, TCPDIAG_LEAK_PASSES_ON);
	KUNIT_EXPECT_FALSE(test, crowd->sum.next.here);
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_several(&crowd->sum));
	/* half of them is no majority */
	g[0].next.sockets = 5;
	KUNIT_EXPECT_TRUE(test, tcpdiag_leak_several(&g[0]));
	g[0].next.sockets++;
	KUNIT_EXPECT_FALSE(test, tcpdiag_leak_several(&g[0]));
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
	KUNIT_CASE(leak_inherited),
	KUNIT_CASE(leak_pending),
	KUNIT_CASE(leak_at_once),
	KUNIT_CASE(leak_usual),
	KUNIT_CASE(leak_pool),
	KUNIT_CASE(leak_descriptors),
	KUNIT_CASE(leak_proxy),
	KUNIT_CASE(leak_proxy_not_known),
	KUNIT_CASE(leak_crowd),
	KUNIT_CASE(leak_crowd_newer),
	KUNIT_CASE(leak_crowd_others),
	KUNIT_CASE(leak_crowd_descriptors),
	KUNIT_CASE(leak_crowd_next),
	KUNIT_CASE(leak_not_same),
	KUNIT_CASE(leak_signs_have_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_leak",
	.test_cases = cases,
};

kunit_test_suite(suite);
