// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the finding on transfers that stand in a queue.
 */
#include <kunit/test.h>

#include "diagnose/findings_bloat.c"
#include "findings_case.h"

static struct tcpdiag_bloat_sum *queued(struct findings_case *c)
{
	struct tcpdiag_bloat_sum *b = &c->facts.bloat.sum[0];

	c->facts.bloat.n = 1;
	b->owner = (struct tcpdiag_owner) { .pid = 9, .comm = "backup" };
	b->connected = true;
	b->peer.s6_addr32[0] = htonl(0x0a000005);
	b->port = 22;
	strscpy(b->device, "eth0", sizeof(b->device));
	strscpy(b->cc, "cubic", sizeof(b->cc));
	b->samples = 40;
	b->busy = 44;
	b->varies = true;
	b->base_us = 20000;
	b->srtt_us = 820000;
	b->span_us = 60 * USEC_PER_SEC;
	return b;
}

static void bloat_path(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bloat_sum *b = queued(c);

	findings_expect_one(test, c, "bufferbloat", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "transfers of backup (pid 9) to 10.0.0.5:22 stand in a queue on the way: a round trip takes up to 820 ms, and 20.0 ms without the queue; of 44 looks");
	findings_expect_in(test, f->what, "40 met the queue");
	findings_expect_in(test, f->host, "bbr fills it less than cubic");
	findings_expect_in(test, f->no_help, "the queue is not here");
	strscpy(b->cc, "bbr", sizeof(b->cc));
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_WARNING);
	KUNIT_EXPECT_NULL(test, strstr(f->host, "bbr"));
	/* shorter, or met less often, or of a client whose link is its own */
	b->srtt_us = 200000;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_NOTE);
	b->srtt_us = 820000;
	b->samples = 9;
	b->busy = 18;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_NOTE);
	b->busy = 19;
	findings_expect_none(test, c);
	b->busy = 9;
	b->samples = LEAST - 1;
	findings_expect_none(test, c);
	b->samples = 40;
	b->connected = false;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "backup (pid 9) on port 22 stand in a queue");
	KUNIT_EXPECT_EQ(test, f->about.peer.s6_addr32[0], 0);
}

static void bloat_own(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_bloat_sum *b = queued(c);

	b->own = 38;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_WARNING);
	findings_expect_in(test, f->what, "stand in a queue of eth0:");
	findings_expect_in(test, f->host, "tc -s qdisc show dev eth0");
	findings_expect_in(test, f->host, "or of the device below it");
	/* whoever made it named it */
	strscpy(b->device, "e\033[2J", sizeof(b->device));
	findings_judge(c);
	findings_expect_in(test, f->what, "stand in a queue of e\\033[2J:");
	findings_expect_in(test, f->host, "tc -s qdisc show dev e\\033[2J)");
	/* no route is long enough for that */
	b->varies = false;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_WARNING);
	b->own = 0;
	findings_expect_none(test, c);
	b->varies = true;
	b->own = 38;
	/* for those that it accepted too */
	b->connected = false;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_WARNING);
	/* half and half is not known */
	b->own = 20;
	findings_expect_one(test, c, "bufferbloat", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "on the way");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bloat_path),
	KUNIT_CASE(bloat_own),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_bloat",
	.test_cases = cases,
};

kunit_test_suite(suite);
