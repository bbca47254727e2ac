// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of how segments are read: every flag, ports by direction, options in any
 * order, and options that are cut off, too short, too long or none.
 */
#include <kunit/test.h>

#include "model/segment.c"

static void segment_header(struct kunit *test)
{
	struct tcphdr th = {
		.source = htons(8080), .dest = htons(40000),
		.seq = htonl(0xfffffff0), .ack_seq = htonl(7),
		.doff = 5, .window = htons(512),
	};
	struct tcpdiag_segment in = { .out = false }, out = { .out = true };
	unsigned int i;

	for (i = 0; i < 8; i++) {
		((u8 *)&th)[13] = BIT(i);
		tcpdiag_segment_header(&out, &th);
		KUNIT_EXPECT_EQ(test, out.flags, BIT(i));
	}
	KUNIT_EXPECT_EQ(test, out.addr.lport, 8080);
	KUNIT_EXPECT_EQ(test, out.addr.rport, 40000);
	KUNIT_EXPECT_EQ(test, out.seq, 0xfffffff0);
	KUNIT_EXPECT_EQ(test, out.ack, 7);
	KUNIT_EXPECT_EQ(test, out.window, 512);
	tcpdiag_segment_header(&in, &th);
	KUNIT_EXPECT_EQ(test, in.addr.lport, 40000);
	KUNIT_EXPECT_EQ(test, in.addr.rport, 8080);
}

/* What Linux sends with a SYN. */
static const u8 syn[] = {
	2, 4, 0x05, 0xb4,
	4, 2,
	8, 10, 1, 2, 3, 4, 5, 6, 7, 8,
	1,
	3, 3, 7,
};

#define ALL_OPTIONS							\
	(TCPDIAG_SEGMENT_MSS | TCPDIAG_SEGMENT_WSCALE |			\
	 TCPDIAG_SEGMENT_SACK_PERMITTED | TCPDIAG_SEGMENT_TS)

static void segment_options(struct kunit *test)
{
	struct tcpdiag_segment s = { 0 };

	tcpdiag_segment_options(&s, syn, sizeof(syn));
	KUNIT_EXPECT_EQ(test, s.known, ALL_OPTIONS);
	KUNIT_EXPECT_EQ(test, s.mss, 1460);
	KUNIT_EXPECT_EQ(test, s.wscale, 7);
	KUNIT_EXPECT_EQ(test, s.tsval, 0x01020304);
	KUNIT_EXPECT_EQ(test, s.tsecr, 0x05060708);
}

/* Cut off after each byte: only options that are whole are read. */
static void segment_options_cut(struct kunit *test)
{
	static const struct {
		unsigned int end;
		u8 known;
	} options[] = {
		{ 4, TCPDIAG_SEGMENT_MSS },
		{ 6, TCPDIAG_SEGMENT_SACK_PERMITTED },
		{ 16, TCPDIAG_SEGMENT_TS },
		{ 20, TCPDIAG_SEGMENT_WSCALE },
	};
	unsigned int len, i;

	for (len = 0; len <= sizeof(syn); len++) {
		struct tcpdiag_segment s = { 0 };
		u8 *exact = kunit_kmalloc(test, len, GFP_KERNEL);
		u8 known = 0;

		KUNIT_ASSERT_NOT_NULL(test, exact);
		memcpy(exact, syn, len);
		tcpdiag_segment_options(&s, exact, len);
		for (i = 0; i < ARRAY_SIZE(options); i++)
			if (options[i].end <= len)
				known |= options[i].known;
		KUNIT_EXPECT_EQ(test, s.known, known);
	}
}

static void segment_options_odd(struct kunit *test)
{
	static const struct {
		u8 options[8];
		u8 known;
	} cases[] = {
		/* no length, a length of 0, of 1, longer than the header */
		{ { 1, 1, 1, 1, 1, 1, 1, 2 }, 0 },
		{ { 2, 0, 5, 180, 4, 2, 1, 1 }, 0 },
		{ { 2, 1, 5, 180, 4, 2, 1, 1 }, 0 },
		{ { 2, 255, 5, 180, 4, 2, 1, 1 }, 0 },
		/* another length than its own: skipped */
		{ { 2, 5, 5, 180, 0xff, 4, 2, 1 }, TCPDIAG_SEGMENT_SACK_PERMITTED },
		{ { 3, 2, 4, 2, 1, 1, 1, 1 }, TCPDIAG_SEGMENT_SACK_PERMITTED },
		/* unknown options before, the end of the list after */
		{ { 253, 3, 0, 4, 2, 0, 3, 3 }, TCPDIAG_SEGMENT_SACK_PERMITTED },
		{ { 0, 4, 2, 2, 4, 5, 180, 1 }, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tcpdiag_segment s = { 0 };

		tcpdiag_segment_options(&s, cases[i].options,
					sizeof(cases[i].options));
		KUNIT_EXPECT_EQ_MSG(test, s.known, cases[i].known, "case %u", i);
	}
}

static struct kunit_case segment_cases[] = {
	KUNIT_CASE(segment_header),
	KUNIT_CASE(segment_options),
	KUNIT_CASE(segment_options_cut),
	KUNIT_CASE(segment_options_odd),
	{}
};

static struct kunit_suite segment_suite = {
	.name = "tcpdiag_segment",
	.test_cases = segment_cases,
};

kunit_test_suite(segment_suite);
