// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of ab_split's weights: which texts are valid weights, and that the
 * choice by hash follows them. The scenario ab-split tests the algorithm with
 * TCP.
 */
#include <kunit/test.h>
#include <net/tcp.h>

#include "../cc_algos/ab_weights.c"

static const char *const names[] = { "aimd", "cubic_rfc9438", "bbr3" };

#define N	ARRAY_SIZE(names)

struct parsed {
	struct tcpdiag_ab_weights weights;
	struct tcpdiag_ab_error error;
	int err;
};

static void parse_bytes(struct parsed *p, const char *text, size_t len)
{
	memset(p, 0xff, sizeof(*p));
	p->err = tcpdiag_ab_weights_parse(text, len, names, N, &p->weights,
					  &p->error);
}

static void parse(struct parsed *p, const char *text)
{
	parse_bytes(p, text, strlen(text));
}

static const struct good {
	const char *text;
	u32 weight[N];
	const char *canonical;
} good[] = {
	{ "cubic_rfc9438=50 bbr3=50", { 0, 50, 50 },
	  "cubic_rfc9438=50 bbr3=50" },
	{ "bbr3=50 cubic_rfc9438=50\n", { 0, 50, 50 },
	  "cubic_rfc9438=50 bbr3=50" },
	{ "aimd=1", { 1, 0, 0 }, "aimd=1" },
	{ " \t aimd=1\n\t\n bbr3=2\n ", { 1, 0, 2 }, "aimd=1 bbr3=2" },
	{ "aimd=0 bbr3=007", { 0, 0, 7 }, "bbr3=7" },
	{ "aimd=1000000 cubic_rfc9438=1000000 bbr3=1000000",
	  { 1000000, 1000000, 1000000 },
	  "aimd=1000000 cubic_rfc9438=1000000 bbr3=1000000" },
	{ "aimd=0000000000000000000000000000000000001", { 1, 0, 0 },
	  "aimd=1" },
};

static void good_name(const struct good *g, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%*pE\"",
		 (int)min_t(size_t, strlen(g->text), 40), g->text);
}

KUNIT_ARRAY_PARAM(good, good, good_name);

static void ab_good(struct kunit *test)
{
	const struct good *g = test->param_value;
	char text[TCPDIAG_AB_TEXT];
	struct parsed p;
	u32 sum = 0;
	size_t i;

	parse(&p, g->text);
	KUNIT_ASSERT_EQ(test, p.err, 0);
	for (i = 0; i < N; i++) {
		KUNIT_EXPECT_EQ(test, p.weights.weight[i], g->weight[i]);
		sum += g->weight[i];
	}
	KUNIT_EXPECT_EQ(test, p.weights.sum, sum);
	tcpdiag_ab_weights_format(text, sizeof(text), names, N, &p.weights);
	KUNIT_EXPECT_STREQ(test, text, g->canonical);
	/* the text that is read may be written back */
	parse(&p, text);
	KUNIT_EXPECT_EQ(test, p.err, 0);
	KUNIT_EXPECT_EQ(test, p.weights.sum, sum);
}

static const struct bad {
	const char *text;
	const char *what;
	unsigned int word;
} bad[] = {
	{ "", "no weights", 0 },
	{ "\n", "no weights", 0 },
	{ "  \t ", "no weights", 0 },
	{ "aimd", "no NAME=WEIGHT", 1 },
	{ "50", "no NAME=WEIGHT", 1 },
	{ "aimd=1 bbr3", "no NAME=WEIGHT", 2 },
	{ "aimd = 1", "no NAME=WEIGHT", 1 },
	{ "aimd=1 =", "unknown algorithm", 2 },
	{ "=1", "unknown algorithm", 1 },
	{ "aim=1", "unknown algorithm", 1 },
	{ "aimd2=1", "unknown algorithm", 1 },
	{ "AIMD=1", "unknown algorithm", 1 },
	{ "cubic=1", "unknown algorithm", 1 },
	/* no arm of itself */
	{ "aimd=1 ab_split=1", "unknown algorithm", 2 },
	{ "aimd=1,bbr3=2", "weight out of range", 1 },
	{ "aimd=1 aimd=1", "algorithm named twice", 2 },
	{ "aimd=0 bbr3=1 aimd=0", "algorithm named twice", 3 },
	{ "aimd=", "weight out of range", 1 },
	{ "aimd==1", "weight out of range", 1 },
	{ "aimd=-1", "weight out of range", 1 },
	{ "aimd=+1", "weight out of range", 1 },
	{ "aimd=1.5", "weight out of range", 1 },
	{ "aimd=0x10", "weight out of range", 1 },
	{ "aimd=50%", "weight out of range", 1 },
	{ "aimd=1000001", "weight out of range", 1 },
	{ "aimd=4294967297", "weight out of range", 1 },
	{ "aimd=18446744073709551617", "weight out of range", 1 },
	{ "aimd=0", "all weights are 0", 0 },
	{ "aimd=0 cubic_rfc9438=0 bbr3=0", "all weights are 0", 0 },
	{ "aimd=1\rbbr3=1", "weight out of range", 1 },
	{ "\xff\xfe=1", "unknown algorithm", 1 },
};

static void bad_name(const struct bad *b, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%*pE\"",
		 (int)strlen(b->text), b->text);
}

KUNIT_ARRAY_PARAM(bad, bad, bad_name);

static void ab_bad(struct kunit *test)
{
	const struct bad *b = test->param_value;
	struct parsed p;

	parse(&p, b->text);
	KUNIT_ASSERT_EQ(test, p.err, -EINVAL);
	KUNIT_EXPECT_STREQ(test, p.error.what, b->what);
	KUNIT_EXPECT_EQ(test, p.error.word, b->word);
}

/* Expect weights with this sum from @len bytes; 0: the text is refused. */
static void expect_sum(struct kunit *test, const char *text, size_t len,
		       u32 sum)
{
	struct parsed p;

	parse_bytes(&p, text, len);
	KUNIT_EXPECT_EQ(test, p.err, sum ? 0 : -EINVAL);
	if (sum)
		KUNIT_EXPECT_EQ(test, p.weights.sum, sum);
}

/* Text ends at a null character, as in the kernel's own text sysctls. */
static void ab_null_character(struct kunit *test)
{
	expect_sum(test, "aimd=1\0bbr3=1", 13, 1);
	expect_sum(test, "\0aimd=1", 7, 0);
}

/* No byte after the length is read. */
static void ab_length(struct kunit *test)
{
	expect_sum(test, "aimd=123", 6, 1);
	expect_sum(test, "aimd=1", 5, 0);
	expect_sum(test, "aimd=1", 4, 0);
	expect_sum(test, "aimd=1", 0, 0);
}

static void ab_too_long(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 2 * TCPDIAG_AB_TEXT, GFP_KERNEL);
	struct parsed p;

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, ' ', TCPDIAG_AB_TEXT);
	memcpy(text, "aimd=1", 6);
	parse_bytes(&p, text, TCPDIAG_AB_TEXT - 1);
	KUNIT_EXPECT_EQ(test, p.err, 0);
	parse_bytes(&p, text, TCPDIAG_AB_TEXT);
	KUNIT_ASSERT_EQ(test, p.err, -EINVAL);
	KUNIT_EXPECT_STREQ(test, p.error.what, "text too long");
	KUNIT_EXPECT_EQ(test, p.error.word, 0);
}

/* There is room for the longest possible names and weights. */
static void ab_longest(struct kunit *test)
{
	static const char *const longest[] = {
		"abcdefghijklmn1", "abcdefghijklmn2", "abcdefghijklmn3",
		"abcdefghijklmn4", "abcdefghijklmn5", "abcdefghijklmn6",
		"abcdefghijklmn7", "abcdefghijklmn8",
	};
	struct tcpdiag_ab_weights weights, again;
	struct tcpdiag_ab_error error;
	char text[TCPDIAG_AB_TEXT];
	unsigned int i;
	int err;

	static_assert(ARRAY_SIZE(longest) == TCPDIAG_AB_ARMS);
	static_assert(sizeof("abcdefghijklmn1") == TCP_CA_NAME_MAX);
	weights.sum = 0;
	for (i = 0; i < TCPDIAG_AB_ARMS; i++) {
		weights.weight[i] = TCPDIAG_AB_WEIGHT_MAX;
		weights.sum += TCPDIAG_AB_WEIGHT_MAX;
	}
	tcpdiag_ab_weights_format(text, sizeof(text), longest,
				  TCPDIAG_AB_ARMS, &weights);
	err = tcpdiag_ab_weights_parse(text, strlen(text), longest,
				       TCPDIAG_AB_ARMS, &again, &error);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, again.sum, weights.sum);
}

static void ab_default_is_equal(struct kunit *test)
{
	char text[TCPDIAG_AB_TEXT];

	tcpdiag_ab_weights_format(text, sizeof(text), names, N, NULL);
	KUNIT_EXPECT_STREQ(test, text, "aimd=1 cubic_rfc9438=1 bbr3=1");
}

/* Without any arm nothing is printed, and no name is accepted. */
static void ab_no_arms(struct kunit *test)
{
	struct tcpdiag_ab_weights weights;
	struct tcpdiag_ab_error error;
	char text[TCPDIAG_AB_TEXT];

	memset(text, 'x', sizeof(text));
	tcpdiag_ab_weights_format(text, sizeof(text), names, 0, NULL);
	KUNIT_EXPECT_EQ(test, text[0], '\0');
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_weights_parse("aimd=1", 6, names, 0,
						       &weights, &error),
			-EINVAL);
	KUNIT_EXPECT_STREQ(test, error.what, "unknown algorithm");
}

/* Connections of one client to one server: only the port differs. */
static u32 hash_of(u16 port, u64 secret)
{
	const siphash_key_t key = { { secret, 0 } };
	struct tcpdiag_addr addr = { .lport = port, .rport = 443 };

	addr.local.s6_addr32[0] = htonl(0x0a000001);
	addr.remote.s6_addr32[0] = htonl(0x0a000002);
	return tcpdiag_ab_hash(&addr, &key);
}

static const struct share {
	const char *text;
	u32 permille[N];
} shares[] = {
	{ "aimd=1 cubic_rfc9438=1 bbr3=1", { 333, 333, 333 } },
	{ "cubic_rfc9438=50 bbr3=50", { 0, 500, 500 } },
	{ "aimd=10 cubic_rfc9438=90", { 100, 900, 0 } },
	{ "aimd=70 bbr3=30", { 700, 0, 300 } },
	{ "aimd=1 cubic_rfc9438=999999", { 0, 1000, 0 } },
	{ "aimd=250000 cubic_rfc9438=1000000 bbr3=750000",
	  { 125, 500, 375 } },
	{ "bbr3=1", { 0, 0, 1000 } },
	{ "cubic_rfc9438=1000000", { 0, 1000, 0 } },
};

static void share_name(const struct share *s, char *desc)
{
	strscpy(desc, s->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(shares, shares, share_name);

#define DRAWS	50000

/*
 * The standard deviation of a share among 50,000 draws is at most 0.22 %, so
 * 1 % is more than four of them. The secrets are fixed, so the test passes
 * always or never.
 */
static void ab_shares(struct kunit *test)
{
	const struct share *s = test->param_value;
	u32 got[N] = { 0 };
	struct parsed p;
	u64 secret;
	u32 i;

	parse(&p, s->text);
	KUNIT_ASSERT_EQ(test, p.err, 0);
	for (secret = 0; secret < 3; secret++) {
		memset(got, 0, sizeof(got));
		for (i = 0; i < DRAWS; i++)
			got[tcpdiag_ab_choose(&p.weights, N,
					      hash_of(i, secret))]++;
		for (i = 0; i < N; i++) {
			u32 permille = got[i] * 1000 / DRAWS;

			KUNIT_EXPECT_LE(test, abs((int)permille -
						  (int)s->permille[i]), 10);
			if (!p.weights.weight[i])
				KUNIT_EXPECT_EQ(test, got[i], 0);
		}
	}
}

/* Without weights all arms have the same share. */
static void ab_shares_default(struct kunit *test)
{
	u32 got[N] = { 0 };
	u32 i;

	for (i = 0; i < DRAWS; i++)
		got[tcpdiag_ab_choose(NULL, N, hash_of(i, 0))]++;
	for (i = 0; i < N; i++)
		KUNIT_EXPECT_LE(test, abs((int)(got[i] * 1000 / DRAWS) - 333),
				10);
	for (i = 0; i < 1000; i++)
		KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(NULL, 1, hash_of(i, 0)),
				0);
}

/* The ends of the hash range, and the exact border between two arms. */
static void ab_edges(struct kunit *test)
{
	struct parsed p;

	parse(&p, "aimd=1 bbr3=1");
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, 0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, 0x7fffffff), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, 0x80000000), 2);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, U32_MAX), 2);
	/* the first and last arms have weight 0, at both ends of the range */
	parse(&p, "cubic_rfc9438=1000000");
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, 0), 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(&p.weights, N, U32_MAX), 1);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(NULL, N, 0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_ab_choose(NULL, N, U32_MAX), N - 1);
}

static void ab_deterministic(struct kunit *test)
{
	u32 i, other_secret = 0, other_port = 0;

	for (i = 0; i < 1000; i++) {
		u32 hash = hash_of(i, 1);

		KUNIT_EXPECT_EQ(test, hash, hash_of(i, 1));
		other_secret += hash != hash_of(i, 2);
		other_port += hash != hash_of(i + 1, 1);
	}
	KUNIT_EXPECT_GE(test, other_secret, 999);
	KUNIT_EXPECT_GE(test, other_port, 999);
}

/* Every byte of both ends counts, and so does their order. */
static void ab_hash_takes_all(struct kunit *test)
{
	const siphash_key_t key = { { 1, 2 } };
	struct tcpdiag_addr addr, swapped = { .lport = 2, .rport = 1 };
	u32 plain;
	size_t i;

	memset(&addr, 0, sizeof(addr));
	plain = tcpdiag_ab_hash(&addr, &key);
	for (i = 0; i < sizeof(addr); i++) {
		((u8 *)&addr)[i] = 1;
		KUNIT_EXPECT_NE_MSG(test, tcpdiag_ab_hash(&addr, &key), plain,
				    "byte %zu", i);
		((u8 *)&addr)[i] = 0;
	}
	addr.lport = 1;
	addr.rport = 2;
	KUNIT_EXPECT_NE(test, tcpdiag_ab_hash(&addr, &key),
			tcpdiag_ab_hash(&swapped, &key));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(ab_good, good_gen_params),
	KUNIT_CASE_PARAM(ab_bad, bad_gen_params),
	KUNIT_CASE(ab_null_character),
	KUNIT_CASE(ab_length),
	KUNIT_CASE(ab_too_long),
	KUNIT_CASE(ab_longest),
	KUNIT_CASE(ab_default_is_equal),
	KUNIT_CASE(ab_no_arms),
	KUNIT_CASE_PARAM(ab_shares, shares_gen_params),
	KUNIT_CASE(ab_shares_default),
	KUNIT_CASE(ab_edges),
	KUNIT_CASE(ab_deterministic),
	KUNIT_CASE(ab_hash_takes_all),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_ab_split",
	.test_cases = cases,
};

kunit_test_suite(suite);
