// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding close_wait_leak.
 */
#include <kunit/test.h>

#include "diagnose/findings_close_wait.c"
#include "findings_case.h"

#define CODE	"close_wait_leak"

static struct tcpdiag_cw_group *leak(struct findings_case *c)
{
	struct tcpdiag_close_wait *cw = &c->facts.close_wait;
	struct tcpdiag_cw_group *g = &cw->groups[cw->n++];

	*g = (struct tcpdiag_cw_group) {
		.owner = { .pid = 812, .comm = "nginx" },
		.port = 8080,
		.sockets = 415,
		.suspects = 412,
		.causes = { [TCPDIAG_CW_EOF_READ] = 412 },
		.oldest_us = 3 * 3600 * 1000000ULL,
	};
	return g;
}

static void leak_is_told(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];

	leak(c);
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	KUNIT_EXPECT_STREQ(test, f->what,
			   "nginx (pid 812) keeps 412 sockets in CLOSE_WAIT on port 8080, the oldest for 3h00m: the program has read everything but has not called close()");
	KUNIT_EXPECT_STREQ(test, f->evidence,
			   "sockets=415 suspects=412 oldest_us=10800000000 unread_bytes=0 eof_read=412 signs=age");
	findings_expect_in(test, f->application, "close() when read()");
	findings_expect_in(test, f->host,
			   "CLOSE_WAIT has no timer and no sysctl ends it");
	findings_expect_in(test, f->no_help, "tcp_fin_timeout");
}

/* Only those that write, or that are young. */
static void leak_none(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->suspects = 0;
	g->causes[TCPDIAG_CW_EOF_READ] = 0;
	findings_expect_none(test, c);
	g->causes[TCPDIAG_CW_WRITING] = 415;
	findings_expect_none(test, c);
}

/* Every cause has its words. */
static void leak_causes(struct kunit *test)
{
	enum tcpdiag_cw_cause cause;

	for (cause = 0; cause < TCPDIAG_CW_CAUSES; cause++) {
		struct findings_case *c = findings_case(test);
		struct tcpdiag_cw_group *g = leak(c);

		if (cause == TCPDIAG_CW_WRITING)
			continue;
		g->causes[TCPDIAG_CW_EOF_READ] = 0;
		g->causes[cause] = 412;
		findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
		findings_expect_in(test, c->out.found[0].what,
				   words[cause].what);
		findings_expect_in(test, c->out.found[0].application,
				   words[cause].application);
	}
}

static void leak_connected(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->connected = true;
	g->estimated = true;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "on connections to port 8080, the oldest for at least 3h00m: the server has closed them");
	findings_expect_in(test, c->out.found[0].application,
			   "drop idle connections before the server does; check");
	g->lull_us = 75 * USEC_PER_SEC;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].application,
			   "closed these after 1m15s or more without data");
	g->newest_known = true;
	g->newest_us = USEC_PER_SEC;
	g->growth_known = true;
	g->growth = 7;
	g->growth_us = 60 * USEC_PER_SEC;
	g->grew_from = 1;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "the program has read everything");
	findings_expect_in(test, c->out.found[0].evidence,
			   " signs=newer,growth,age");
}

/* An answer may be due: nobody is accused. */
static void leak_pending(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->pending = 412;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "it may still be working on the answers (a peer may end its side");
	findings_expect_in(test, c->out.found[0].evidence,
			   " answer_due=412 gave_up=0");
	findings_expect_in(test, c->out.found[0].application,
			   "nothing, if answers take that long");
	g->gave_up = 400;
	g->ended = 1;
	g->ended_us = 150 * USEC_PER_SEC;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "(its peers waited for a while, then closed); 1 such socket on this port was closed by a program after up to 2m30s");
}

/* What was sent at once may be no answer: newer connections accuse nobody. */
static void leak_sent_at_once(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->oldest_us = 105 * USEC_PER_SEC;
	g->newest_known = true;
	g->newest_us = 55 * USEC_PER_SEC;
	g->at_once = 412;
	g->waited = 1;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "nothing shows yet that this is a leak: the program may still be working on the answers");
	findings_expect_in(test, c->out.found[0].evidence,
			   " sent_at_once=412 waited=1");
	g->fds_known = true;
	g->fds = 1024;
	g->fd_limit = 1024;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "it may still be working on the answers");
}

/* No answer is due, but nothing shows a leak either. */
static void leak_unproven(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	leak(c)->oldest_us = 61 * USEC_PER_SEC;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "nothing shows yet that this is a leak");
}

/* It may be a proxy: what is not known accuses nobody, and is said. */
static void leak_legs_cut(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->legs = 100;
	g->legs_cut = true;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, c->out.found[0].what,
			   "this is a leak (as a proxy it might wait for others: not all");
	findings_expect_in(test, c->out.found[0].evidence, " fin_wait2=- ");
	g->legs_cut = false;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
}

/* It may be at work on all of them, and has no descriptor left. */
static void leak_crowded(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);
	const struct tcpdiag_finding *f = &c->out.found[0];

	g->oldest_us = 100 * USEC_PER_SEC;
	g->pending = 412;
	g->fds_known = true;
	g->fds = 512;
	g->fd_limit = 512;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "it may still be working on the answers (a peer may end its side after the request and wait); 512 of 512 file descriptors are in use");
	findings_expect_in(test, f->application, "nothing, if answers take");
	findings_expect_in(test, f->host,
			   "raise the limit of file descriptors (ulimit -n, LimitNOFILE=)");
	findings_expect_in(test, f->host, "EMFILE");
	KUNIT_EXPECT_TRUE(test, f->about.no_fds);
	g->gave_up = 400;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, f->application,
			   "close the sockets of peers that give up");
	g->gave_up = 0;
	g->fds = 500;
	g->growth_known = true;
	g->growth = 10;
	g->growth_us = 60 * USEC_PER_SEC;
	g->grew_from = 1;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, f->host, "hardly any are left");
	KUNIT_EXPECT_FALSE(test, f->about.no_fds);
}

/* Others take the descriptors: nothing else follows from this leak. */
static void leak_takes_few_descriptors(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);
	const struct tcpdiag_finding *f = &c->out.found[0];

	g->fds_known = true;
	g->fds = 4096;
	g->fd_limit = 4096;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	KUNIT_EXPECT_FALSE(test, f->about.no_fds);
	KUNIT_EXPECT_NULL(test, strstr(f->host, "no file descriptor left"));
	g->fds = 1024;
	g->fd_limit = 1024;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	KUNIT_EXPECT_TRUE(test, f->about.no_fds);
}

/* Whom a proxy waits for is named, and comes first. */
static void leak_of_proxy(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c), *backend = leak(c);

	g->legs = 412;
	g->next.sockets = 412;
	g->next.port = 9000;
	g->next.addr.s6_addr32[0] = htonl(0xc0000207);
	backend->owner.pid = 77;
	strscpy(backend->owner.comm, "app", sizeof(backend->owner.comm));
	backend->pending = 412;
	findings_judge(c);
	KUNIT_ASSERT_EQ(test, c->out.n, 2);
	findings_expect_in(test, c->out.found[0].what, "app (pid 77) keeps");
	findings_expect_in(test, c->out.found[1].what,
			   "because it waits for 192.0.2.7:9000: as a proxy it has passed the end on (412 of its connections are in FIN_WAIT2), and that side");
	findings_expect_in(test, c->out.found[1].application,
			   "look at 192.0.2.7:9000 first");
	KUNIT_EXPECT_EQ(test, c->out.found[1].severity, TCPDIAG_NOTE);
	g->next.here = true;
	g->next.owner = backend->owner;
	findings_judge(c);
	findings_expect_in(test, c->out.found[1].what,
			   "because it waits for app (pid 77) at 192.0.2.7:9000");
	findings_expect_in(test, c->out.found[1].what, "client > nginx > app");
	KUNIT_EXPECT_EQ(test, c->out.found[1].about.peer_port, 9000);
	/* most of them lead elsewhere, to no one end more than to others */
	g->next.sockets = 206;
	findings_judge(c);
	findings_expect_in(test, c->out.found[1].what,
			   "because it waits for several others: as a proxy");
	KUNIT_EXPECT_NULL(test, strstr(c->out.found[1].what, "app"));
	findings_expect_in(test, c->out.found[1].application,
			   "look at those that do not close first");
	KUNIT_EXPECT_EQ(test, c->out.found[1].about.peer_port, 0);
	g->next.sockets = 207;
	/* its descriptors are gone, but the other is to blame still */
	g->fds_known = true;
	g->fds = 1024;
	g->fd_limit = 1024;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, c->out.found[0].severity, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "it waits for app");
}

/*
 * A crowd is one finding, and who let it inherit is named; that it was handed over
 * on purpose is not excluded, so nobody is accused.
 */
static void leak_inherited(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_cw_group *g;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		g = leak(c);
		g->owner.pid = 900 + i;
		strscpy(g->owner.comm, "sleep", sizeof(g->owner.comm));
		g->sockets = 1;
		g->suspects = 1;
		g->causes[TCPDIAG_CW_EOF_READ] = 1;
		g->oldest_us = 80 * USEC_PER_SEC;
		g->inherited = 1;
		g->maker = (struct tcpdiag_owner){ 812, "hookd" };
	}
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	KUNIT_EXPECT_STREQ(test, f->what,
			   "sleep (6 processes) keeps 6 sockets in CLOSE_WAIT on port 8080, the oldest for 1m20s: inherited (fork, exec) from hookd (pid 812), which accepted them");
	findings_expect_in(test, f->application,
			   "hookd (pid 812): set close-on-exec");
	findings_expect_in(test, f->application,
			   "unless it was handed over on purpose (inetd, Accept=yes)");
	findings_expect_in(test, f->host, "end the processes that keep them");
	/* which of several that listen there accepted is not known */
	for (i = 0; i < 6; i++)
		c->facts.close_wait.groups[i].maker = (struct tcpdiag_owner){};
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "inherited (fork, exec) from a process, which accepted");
}

/* One of a crowd is guilty: the others are counted apart. */
static void leak_of_one(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct tcpdiag_cw_group *g = leak(c);

		g->owner.pid = 900 + i;
		g->oldest_us = 80 * USEC_PER_SEC;
	}
	c->facts.close_wait.groups[1].oldest_us = 2 * 3600 * (u64)USEC_PER_SEC;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "nginx (pid 901) keeps 412 sockets in CLOSE_WAIT on port 8080, the oldest for 2h00m:");
	findings_expect_in(test, f->what,
			   "; 2 other processes of that name keep 824 such sockets, of which that cannot be said");
	KUNIT_EXPECT_EQ(test, f->about.owner.pid, 901);
	c->facts.close_wait.n = 2;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "; 1 other process of that name keeps 412 such sockets");
}

static void leak_of_nobody(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	leak(c)->owner = (struct tcpdiag_owner) {};
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what, "a process keeps 412");
}

/* Out of descriptors within the hour, or now. */
static void leak_urgent(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->growth_known = true;
	g->growth = 10;
	g->growth_us = 60 * USEC_PER_SEC;
	g->fds_known = true;
	g->fds = 424;
	g->fd_limit = 1024;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].host, "in 1h00m at the present growth");
	g->growth = 11;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host,
			   "(11 a minute, 424 of 1024 in use)");
	findings_expect_in(test, c->out.found[0].evidence, "fds_full_us=");
	/* a burst a moment ago, unless half of the descriptors are gone */
	g->growth_us = 29 * USEC_PER_SEC;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	g->fds = 512;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	g->fds = 424;
	g->growth = 0;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].evidence,
			   "growth_per_min=0 fds=424 fd_limit=1024");
	g->fds = 1024;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host,
			   "no file descriptor left (1024 of 1024 in use)");
	/* the same while it grows: nothing "in 0 us" */
	g->growth = 10;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].host,
			   "no file descriptor left (1024 of 1024 in use)");
}

/* The longest of everything. */
static struct tcpdiag_cw_group *longest(struct findings_case *c)
{
	struct tcpdiag_cw_group *g = leak(c);
	unsigned int i;

	memset(g, 0xff, sizeof(*g));
	memset(g->owner.comm, '\n', sizeof(g->owner.comm) - 1);
	g->owner.comm[sizeof(g->owner.comm) - 1] = '\0';
	g->owner.pid = INT_MAX;
	g->owner.kernel = false;
	g->maker = g->owner;
	g->next.owner = g->owner;
	g->connected = true;
	g->estimated = true;
	g->growth_known = true;
	g->fds_known = true;
	g->legs_cut = false;
	g->oldest_us = 1ULL << 59;
	g->ended_us = 1;
	g->growth = 1;
	g->fds = (1ULL << 30) - 1;
	g->fd_limit = 1ULL << 30;
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		g->causes[i] = U32_MAX;
	g->causes[TCPDIAG_CW_NOT_ACCEPTED]--;
	return g;
}

static void leak_fits(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = longest(c), *other = longest(c);

	/* another process, of which nothing is said */
	other->suspects = U32_MAX / 2;
	other->fds_known = false;
	other->growth_known = false;
	other->pending = 0;
	other->inherited = 0;
	other->at_once = 0;
	g->pending = 0;
	g->at_once = 0;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "; 1 other process");
	g->inherited = 0;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	g->connected = false;
	other->connected = false;
	g->fds = g->fd_limit;
	findings_expect_one(test, c, CODE, TCPDIAG_CRITICAL);
	findings_expect_in(test, c->out.found[0].what, "it waits for");
	findings_expect_in(test, c->out.found[0].what, "; 1 other process");
	g->fds--;
	c->facts.close_wait.n = 1;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	g->legs = 0;
	g->pending = U32_MAX;
	/* of a part no growth is told */
	c->facts.close_wait.cut = true;
	c->facts.close_wait.other = U32_MAX;
	g->growth_known = false;
	g->gave_up = 0;
	g->at_once = U32_MAX;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	g->at_once = 0;
	/* descriptors are short */
	g->legs_cut = false;
	g->suspects = g->fds;
	g->fds = g->fd_limit;
	g->pending = g->suspects;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	g->fds--;
	g->pending = 0;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	g->legs_cut = true;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	g->at_once = U32_MAX;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
	g->connected = true;
	findings_expect_one(test, c, CODE, TCPDIAG_NOTE);
}

static void leak_many(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	unsigned int i;

	for (i = 0; i < MAX_GROUPS + 3; i++)
		leak(c)->owner.comm[0] = 'a' + i;
	findings_judge(c);
	KUNIT_EXPECT_EQ(test, c->out.total, MAX_GROUPS);
}

/* They have no descriptors that could run out. */
static void leak_not_accepted(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->causes[TCPDIAG_CW_EOF_READ] = 0;
	g->causes[TCPDIAG_CW_NOT_ACCEPTED] = 1;
	g->suspects = 1;
	g->growth_known = true;
	g->growth = 1000;
	g->fds_known = true;
	g->fds = 24;
	g->fd_limit = 1024;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "nginx (pid 812) keeps 1 socket in CLOSE_WAIT on port 8080, for 3h00m:");
	findings_expect_in(test, c->out.found[0].host,
			   "each takes a place in the accept queue (not a descriptor)");
}

/* No program can be changed or restarted. */
static void leak_of_kernel(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	struct tcpdiag_cw_group *g = leak(c);

	g->owner = (struct tcpdiag_owner){
		.comm = TCPDIAG_KERNEL_COMM,
		.kernel = true,
	};
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "the kernel keeps 412 sockets in CLOSE_WAIT");
	KUNIT_EXPECT_EQ(test, c->out.found[0].application[0], '\0');
	findings_expect_in(test, c->out.found[0].host, "no program has them");
}

/* More than are looked at: what is found is a lower bound. */
static void leak_cut(struct kunit *test)
{
	struct findings_case *c = findings_case(test);

	leak(c);
	c->facts.close_wait.cut = true;
	c->facts.close_wait.other = 832;
	findings_expect_one(test, c, CODE, TCPDIAG_WARNING);
	findings_expect_in(test, c->out.found[0].what,
			   "nginx (pid 812) keeps at least 412 sockets in");
	findings_expect_in(test, c->out.found[0].evidence,
			   " not_looked_at=832");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(leak_is_told),
	KUNIT_CASE(leak_none),
	KUNIT_CASE(leak_causes),
	KUNIT_CASE(leak_connected),
	KUNIT_CASE(leak_pending),
	KUNIT_CASE(leak_sent_at_once),
	KUNIT_CASE(leak_unproven),
	KUNIT_CASE(leak_legs_cut),
	KUNIT_CASE(leak_crowded),
	KUNIT_CASE(leak_takes_few_descriptors),
	KUNIT_CASE(leak_of_proxy),
	KUNIT_CASE(leak_inherited),
	KUNIT_CASE(leak_of_one),
	KUNIT_CASE(leak_of_nobody),
	KUNIT_CASE(leak_of_kernel),
	KUNIT_CASE(leak_urgent),
	KUNIT_CASE(leak_fits),
	KUNIT_CASE(leak_many),
	KUNIT_CASE(leak_cut),
	KUNIT_CASE(leak_not_accepted),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_close_wait",
	.test_cases = cases,
};

kunit_test_suite(suite);
