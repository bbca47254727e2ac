// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of durations, large numbers and names as a person reads them.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "model/format.c"

/* Room in a column of /proc/tcpdiag, in characters. */
#define WIDTH	7

static const struct duration {
	u64 us;
	const char *text;
} durations[] = {
	{ 0, "0 us" },
	{ 1, "1 us" },
	{ 999, "999 us" },
	{ 1000, "1.0 ms" },
	{ 1099, "1.0 ms" },
	{ 1100, "1.1 ms" },
	{ 99999, "99.9 ms" },
	{ 100000, "100 ms" },
	{ 999999, "999 ms" },
	{ 1000000, "1.0 s" },
	{ 9949999, "9.9 s" },
	{ 59999999, "59.9 s" },
	{ 60000000, "1m00s" },
	{ 61999999, "1m01s" },
	{ 3599999999ULL, "59m59s" },
	{ 3600000000ULL, "1h00m" },
	{ 3659999999ULL, "1h00m" },
	{ 3660000000ULL, "1h01m" },
	{ 86399999999ULL, "23h59m" },
	{ 86400000000ULL, "1d00h" },
	{ 8639999999999ULL, "99d23h" },
	{ 8640000000000ULL, "100d00h" },
	/* the histogram's last bucket begins at 89 days and has no end */
	{ 1ULL << 60, "13343998d21h" },
};

static void duration_name(const struct duration *d, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%llu us", d->us);
}

KUNIT_ARRAY_PARAM(durations, durations, duration_name);

static void format_duration(struct kunit *test)
{
	const struct duration *d = test->param_value;
	char buf[TCPDIAG_DURATION_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_format_duration(buf, d->us), d->text);
	KUNIT_EXPECT_STREQ(test, buf, d->text);
}

static size_t width(u64 us)
{
	char buf[TCPDIAG_DURATION_LEN];

	return strlen(tcpdiag_format_duration(buf, us));
}

/* Durations below 100 days fit into their column. */
static void format_fits(struct kunit *test)
{
	u64 end = 100 * US_PER_DAY, us;
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (us = 1; us < end; us = us * 10 / 9 + 1) {
		KUNIT_ASSERT_LE_MSG(test, width(us), WIDTH, "%llu us", us);
		KUNIT_ASSERT_LE_MSG(test, width(us - 1), WIDTH, "%llu us",
				    us - 1);
	}
	for (i = 0; i < 20000; i++) {
		us = (u64)prandom_u32_state(&rnd) << 32;
		us = (us | prandom_u32_state(&rnd)) >> (i % 64);
		if (us < end)
			KUNIT_ASSERT_LE_MSG(test, width(us), WIDTH, "%llu us",
					    us);
	}
}

static void format_count(struct kunit *test)
{
	char buf[TCPDIAG_NUMBER_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_format_count(buf, 0), "0");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_count(buf, 100), "100");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_count(buf, U64_MAX),
			   "18446744073709551615");
}

static void format_comm(struct kunit *test)
{
	char buf[TCPDIAG_COMM_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_format_comm(buf, ""), "-");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_comm(buf, "nginx"), "nginx");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_comm(buf, "a b\n\\"),
			   "a\\040b\\012\\134");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_comm(buf, "-"), "-");
}

/* The longest name there is, and each of its characters needs four. */
static void format_comm_fits(struct kunit *test)
{
	char comm[TASK_COMM_LEN], buf[TCPDIAG_COMM_LEN];

	memset(comm, 0xff, sizeof(comm));
	KUNIT_EXPECT_EQ(test, strlen(tcpdiag_format_comm(buf, comm)),
			4 * (TASK_COMM_LEN - 1));
}

static void format_owner(struct kunit *test)
{
	struct tcpdiag_owner owner = { .pid = 812, .comm = "nginx" };
	char buf[TCPDIAG_OWNER_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_format_owner(buf, &owner),
			   "nginx (pid 812)");
	owner.pid = 0;
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_owner(buf, &owner),
			   "nginx (has ended)");
	owner.comm[0] = '\0';
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_owner(buf, &owner),
			   "a process");
	/* whatever a process that has ended called itself */
	strscpy(owner.comm, TCPDIAG_KERNEL_COMM, sizeof(owner.comm));
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_owner(buf, &owner),
			   "[kernel] (has ended)");
	owner.kernel = true;
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_owner(buf, &owner),
			   "the kernel");
}

static const struct number {
	u64 n;
	const char *text;
} numbers[] = {
	{ 0, "0" },
	{ 999, "999" },
	{ 1000, "1.0k" },
	{ 1099, "1.0k" },
	{ 1100, "1.1k" },
	{ 99999, "99.9k" },
	{ 100000, "100k" },
	{ 999999, "999k" },
	{ 1000000, "1.0M" },
	{ 94100000, "94.1M" },
	{ 1000000000ULL, "1.0G" },
	{ 999999999999ULL, "999G" },
	{ 1000000000000ULL, "1.0T" },
	{ 1000000000000000ULL, "1.0P" },
	{ 1000000000000000000ULL, "1.0E" },
	{ U64_MAX, "18.4E" },
};

static void number_name(const struct number *n, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%llu", n->n);
}

KUNIT_ARRAY_PARAM(numbers, numbers, number_name);

static void format_number(struct kunit *test)
{
	const struct number *n = test->param_value;
	char buf[TCPDIAG_NUMBER_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_format_number(buf, n->n), n->text);
	KUNIT_EXPECT_STREQ(test, buf, n->text);
}

static const struct line {
	const char *text;
	size_t width;
	size_t len;
} lines[] = {
	{ "", 10, 0 },
	{ "", 0, 0 },
	{ "one", 10, 3 },
	{ "one two", 10, 7 },
	/* exactly as much as fits, and one more or less */
	{ "one two", 7, 7 },
	{ "one two", 6, 3 },
	{ "one two three", 7, 7 },
	{ "one two three", 8, 7 },
	{ "one two three", 12, 7 },
	{ "one two three", 13, 13 },
	/* a word longer than the line stands alone */
	{ "0123456789", 4, 10 },
	{ "0123456789 a", 4, 10 },
	{ "a 0123456789", 4, 1 },
	{ "a b", 0, 1 },
};

static void line_name(const struct line *l, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%s\" in %zu", l->text,
		 l->width);
}

KUNIT_ARRAY_PARAM(lines, lines, line_name);

static void format_line(struct kunit *test)
{
	const struct line *l = test->param_value;

	KUNIT_EXPECT_EQ(test, tcpdiag_format_line(l->text, l->width), l->len);
}

/* Line by line, nothing is lost and no line is longer than it may be. */
static void format_lines(struct kunit *test)
{
	static const char text[] =
		"nginx (pid 812) has kept 412 sockets open for 3h00m after the peer closed them";
	size_t width;

	for (width = 5; width <= sizeof(text); width++) {
		char joined[sizeof(text)] = "";
		const char *at = text;

		while (*at) {
			size_t n = tcpdiag_format_line(at, width);
			size_t end = strlen(joined);

			KUNIT_ASSERT_GT(test, n, 0);
			KUNIT_ASSERT_TRUE(test, n <= width ||
					  !memchr(at, ' ', n));
			snprintf(joined + end, sizeof(joined) - end, "%s%.*s",
				 end ? " " : "", (int)n, at);
			at = skip_spaces(at + n);
		}
		KUNIT_EXPECT_STREQ(test, joined, text);
	}
}

static void format_way(struct kunit *test)
{
	struct in6_addr v4 = { }, v6 = { .s6_addr = { 0xfd, [15] = 1 } };
	char buf[TCPDIAG_WAY_LEN];

	v4.s6_addr32[0] = htonl(0x0a000005);
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_way(buf, true, 80, false, &v4),
			   "to 10.0.0.5:80");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_way(buf, true, 80, true, &v6),
			   "to [fd00::1]:80");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_way(buf, false, 80, false, &v4),
			   "on port 80 with 10.0.0.5");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_way(buf, false, 80, true, &v6),
			   "on port 80 with fd00::1");
	KUNIT_EXPECT_STREQ(test, tcpdiag_format_way(buf, false, 80, false, NULL),
			   "on port 80 with several peers");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(format_way),
	KUNIT_CASE_PARAM(format_number, numbers_gen_params),
	KUNIT_CASE_PARAM(format_duration, durations_gen_params),
	KUNIT_CASE(format_count),
	KUNIT_CASE(format_fits),
	KUNIT_CASE(format_comm),
	KUNIT_CASE(format_comm_fits),
	KUNIT_CASE(format_owner),
	KUNIT_CASE_PARAM(format_line, lines_gen_params),
	KUNIT_CASE(format_lines),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_format",
	.test_cases = cases,
};

kunit_test_suite(suite);
