// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the findings on options, small segments and sequence numbers.
 */
#include <kunit/test.h>

#include "diagnose/findings_segments.c"
#include "findings_case.h"

static struct tcpdiag_sampled *row(struct findings_case *c,
				   enum tcpdiag_sample kind)
{
	struct tcpdiag_sampled *s = &c->facts.sampled.row[0];

	c->facts.sampled.n = 1;
	s->kind = kind;
	s->owner = (struct tcpdiag_owner) { .pid = 9, .comm = "app" };
	s->connected = true;
	s->peer.s6_addr32[0] = htonl(0x0a000005);
	s->port = 443;
	s->sockets = 3;
	s->samples = 20;
	s->span_us = 30 * USEC_PER_SEC;
	return s;
}

static void segments_stripped(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_sampled *s = row(c, TCPDIAG_SAMPLE_STRIPPED);

	s->mask = TCPDIAG_OPTION_SCALE;
	findings_expect_one(test, c, "options_stripped", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "3 connections of app (pid 9) to 10.0.0.5:443 have no window scaling, to which the peer has agreed in others");
	findings_expect_in(test, f->evidence, "scale=1 timestamps=0 sack=0");
	findings_expect_in(test, f->no_help, "65,535");
	KUNIT_EXPECT_EQ(test, f->about.peer_port, 443);
	s->mask |= TCPDIAG_OPTION_TIMES | TCPDIAG_OPTION_SACK;
	s->sockets = TCPDIAG_SAMPLED_SOCKETS;
	findings_judge(c);
	findings_expect_in(test, f->what,
			   "at least 16 connections of app (pid 9) to 10.0.0.5:443 have no window scaling, timestamps and selective ACKs,");
	/* cookies of the peer keep nothing but in timestamps */
	findings_expect_not_in(test, f->what, "cookies");
	s->mask = TCPDIAG_OPTION_SCALE | TCPDIAG_OPTION_SACK;
	findings_judge(c);
	findings_expect_not_in(test, f->what, "cookies");
	s->figure[0] = 1;
	findings_judge(c);
	findings_expect_in(test, f->what, "the peer answers SYNs with cookies");
	findings_expect_in(test, f->host, "TcpExtSyncookiesSent");
	/* it fits */
	findings_expect_in(test, f->host, "answer for that address");
	s->figure[0] = 0;
	/* it costs little */
	s->mask = TCPDIAG_OPTION_TIMES;
	findings_expect_one(test, c, "options_stripped", TCPDIAG_NOTE);
	/* a host of clients, behind one address */
	s->mask = TCPDIAG_OPTION_SCALE;
	s->connected = false;
	findings_expect_one(test, c, "options_stripped", TCPDIAG_NOTE);
	findings_expect_in(test, f->what, "on port 443 with 10.0.0.5");
	findings_expect_in(test, f->what, "several hosts may connect from that address");
	findings_expect_in(test, f->host, "several hosts may connect from that address");
	KUNIT_EXPECT_EQ(test, f->about.port, 443);
	/* one host that differs */
	s->sockets = 1;
	findings_expect_none(test, c);
}

static void segments_wrap(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_sampled *s = row(c, TCPDIAG_SAMPLE_WRAP);

	s->figure[0] = 125000000;
	c->facts.sampled.timestamps = 0;
	c->facts.sampled.paws = 2;
	findings_expect_one(test, c, "wrap_risk", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "to 10.0.0.5:443 without TCP timestamps: sequence numbers come again after 34.3 s");
	findings_expect_in(test, f->evidence,
			   "bytes_per_s=125000000 again_us=34359738 paws_rejected=2");
	findings_expect_in(test, f->host, "tcp_timestamps is 0: set it");
	c->facts.sampled.timestamps = 1;
	findings_judge(c);
	findings_expect_in(test, f->host, "the peer");
	s->samples = LEAST - 1;
	findings_expect_none(test, c);
}

static void segments_silly(struct kunit *test)
{
	struct findings_case *c = findings_case(test);
	const struct tcpdiag_finding *f = &c->out.found[0];
	struct tcpdiag_sampled *s = row(c, TCPDIAG_SAMPLE_SILLY_OWN);

	s->figure[0] = 576;
	s->figure[1] = 2304;
	findings_expect_one(test, c, "silly_window", TCPDIAG_NOTE);
	findings_expect_in(test, f->what,
			   "app (pid 9) gets data in segments of 576 bytes to 10.0.0.5:443, which may be because the receive buffer that it has set (SO_RCVBUF, 2304 bytes)");
	findings_expect_in(test, f->application, "do not set SO_RCVBUF");
	s->kind = TCPDIAG_SAMPLE_SILLY_PEER;
	findings_expect_one(test, c, "silly_window", TCPDIAG_WARNING);
	findings_expect_in(test, f->what,
			   "because the peer's window of 2304 bytes is less than a segment");
	KUNIT_EXPECT_EQ(test, f->application[0], '\0');
	/* a small device among the clients of a server */
	s->connected = false;
	findings_expect_one(test, c, "silly_window", TCPDIAG_NOTE);
	s->samples = LEAST - 1;
	findings_expect_none(test, c);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(segments_stripped),
	KUNIT_CASE(segments_wrap),
	KUNIT_CASE(segments_silly),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_findings_segments",
	.test_cases = cases,
};

kunit_test_suite(suite);
