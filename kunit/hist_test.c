// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the log-linear histogram: every bucket, and percentiles against
 * exact ones of generated distributions.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/sort.h>

#include "model/hist.c"

#define LAST	(TCPDIAG_HIST_BUCKETS - 1)
#define VALUES	2000

static struct tcpdiag_tally *new_tally(struct kunit *test)
{
	struct tcpdiag_tally *tally = kunit_kzalloc(test, sizeof(*tally),
						    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tally);
	return tally;
}

static struct tcpdiag_hist *new_hist(struct kunit *test)
{
	struct tcpdiag_hist *hist = kunit_kzalloc(test, sizeof(*hist),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, hist);
	return hist;
}

/* Read a tally with one value, or with @n of them. */
static void read_one(struct tcpdiag_hist *hist, struct tcpdiag_tally *tally,
		     u64 us)
{
	tcpdiag_tally_add(tally, us);
	memset(hist, 0, sizeof(*hist));
	tcpdiag_hist_merge(hist, tally);
}

static void read_all(struct tcpdiag_hist *hist, struct tcpdiag_tally *tally,
		     const u64 *v, unsigned int n)
{
	unsigned int i;

	memset(tally, 0, sizeof(*tally));
	for (i = 0; i < n; i++)
		tcpdiag_tally_add(tally, v[i]);
	memset(hist, 0, sizeof(*hist));
	tcpdiag_hist_merge(hist, tally);
}

/* Buckets are numbered without a gap from 0 and cover every u64 once. */
static void hist_buckets_tile(struct kunit *test)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, TCPDIAG_HIST_BUCKETS, 168);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_low(0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_high(LAST), U64_MAX);
	for (i = 0; i < LAST; i++) {
		KUNIT_ASSERT_LE(test, tcpdiag_hist_low(i),
				tcpdiag_hist_high(i));
		KUNIT_ASSERT_EQ(test, tcpdiag_hist_high(i) + 1,
				tcpdiag_hist_low(i + 1));
	}
}

/* Both edges of every bucket, and the values next to them. */
static void hist_index_at_edges(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i <= LAST; i++) {
		u64 low = tcpdiag_hist_low(i), high = tcpdiag_hist_high(i);

		KUNIT_ASSERT_EQ(test, tcpdiag_hist_index(low), i);
		KUNIT_ASSERT_EQ(test, tcpdiag_hist_index(high), i);
		KUNIT_ASSERT_EQ(test,
				tcpdiag_hist_index(low + (high - low) / 2), i);
		if (i)
			KUNIT_ASSERT_EQ(test, tcpdiag_hist_index(low - 1),
					i - 1);
		if (i < LAST)
			KUNIT_ASSERT_EQ(test, tcpdiag_hist_index(high + 1),
					i + 1);
	}
}

/* Every single value of the first 2^18: a quarter of a second. */
static void hist_index_of_each_value(struct kunit *test)
{
	unsigned int i;
	u64 us;

	for (us = 0; us < 1 << 18; us++) {
		i = tcpdiag_hist_index(us);
		if (us >= tcpdiag_hist_low(i) && us <= tcpdiag_hist_high(i))
			continue;
		KUNIT_FAIL(test, "%llu us is not in its bucket %u", us, i);
		return;
	}
}

/* No bucket is wider than a quarter of its smallest value. */
static void hist_width(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < LAST; i++) {
		u64 low = tcpdiag_hist_low(i);
		u64 width = tcpdiag_hist_high(i) - low + 1;

		if (low < TCPDIAG_HIST_EXACT)
			KUNIT_ASSERT_EQ(test, width, 1);
		else
			KUNIT_ASSERT_LE(test, width * 4, low);
	}
}

static void hist_overflow(struct kunit *test)
{
	struct tcpdiag_tally *tally = new_tally(test);
	struct tcpdiag_hist *hist = new_hist(test);
	u64 end = tcpdiag_hist_low(LAST) / 7 * 8;

	KUNIT_EXPECT_EQ(test, end, 1ULL << TCPDIAG_HIST_MAX_BITS);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_index(end - 1), LAST);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_index(end), LAST);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_index(U64_MAX), LAST);
	read_one(hist, tally, end * 8);
	KUNIT_EXPECT_EQ(test, hist->bucket[LAST], 1);
	KUNIT_EXPECT_EQ(test, hist->max_us, end * 8);
	/* no longer within 12.5 %, but never outside the values seen */
	KUNIT_EXPECT_GE(test, tcpdiag_hist_percentile(hist, 50),
			tcpdiag_hist_low(LAST));
	KUNIT_EXPECT_LE(test, tcpdiag_hist_percentile(hist, 100), end * 8);
	read_one(hist, tally, U64_MAX);
	KUNIT_EXPECT_EQ(test, hist->bucket[LAST], 2);
	KUNIT_EXPECT_GE(test, tcpdiag_hist_percentile(hist, 100),
			tcpdiag_hist_low(LAST));
}

static void hist_empty(struct kunit *test)
{
	struct tcpdiag_hist *hist = new_hist(test);

	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 1), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 100), 0);
	tcpdiag_hist_merge(hist, new_tally(test));
	KUNIT_EXPECT_EQ(test, hist->count, 0);
	KUNIT_EXPECT_EQ(test, hist->max_us, 0);
	read_one(hist, new_tally(test), 77);
	tcpdiag_hist_merge(hist, new_tally(test));
	KUNIT_EXPECT_EQ(test, hist->count, 1);
	KUNIT_EXPECT_EQ(test, hist->max_us, 77);
}

/* A reader between the two writes of a value stays within its bucket. */
static void hist_max_lags(struct kunit *test)
{
	struct tcpdiag_tally *tally = new_tally(test);
	struct tcpdiag_hist *hist = new_hist(test);

	read_one(hist, tally, 1000);
	hist->max_us = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50),
			tcpdiag_hist_low(tcpdiag_hist_index(1000)));
}

static void hist_max(struct kunit *test)
{
	struct tcpdiag_tally *tally = new_tally(test);
	struct tcpdiag_hist *hist = new_hist(test);

	read_one(hist, tally, 0);
	KUNIT_EXPECT_EQ(test, hist->max_us, 0);
	KUNIT_EXPECT_EQ(test, hist->count, 1);
	read_one(hist, tally, 1000);
	read_one(hist, tally, 999);
	KUNIT_EXPECT_EQ(test, hist->max_us, 1000);
	KUNIT_EXPECT_EQ(test, hist->count, 3);
	/* a percentile never exceeds the largest value that came */
	KUNIT_EXPECT_LE(test, tcpdiag_hist_percentile(hist, 100), 1000);
}

/* One value is each of its percentiles, to the microsecond. */
static void hist_one_value(struct kunit *test)
{
	static const u64 values[] = { 0, 7, 8, 129842, 3600000000ULL };
	struct tcpdiag_hist *hist = new_hist(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		read_one(hist, new_tally(test), values[i]);
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 1),
				values[i]);
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50),
				values[i]);
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 100),
				values[i]);
	}
}

/* Two values, of one CPU or of two, whichever came first. */
static void hist_two_values(struct kunit *test)
{
	static const u64 ways[][2] = {
		{ 100001, 129842 }, { 129842, 100001 },
		{ 129842, 129841 }, { 50, 129842 },
	};
	struct tcpdiag_hist *hist = new_hist(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		struct tcpdiag_tally *one = new_tally(test);

		read_one(hist, one, ways[i][0]);
		read_one(hist, one, ways[i][1]);
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50),
				min(ways[i][0], ways[i][1]));
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 90),
				max(ways[i][0], ways[i][1]));
		read_one(hist, new_tally(test), ways[i][0]);
		one = new_tally(test);
		tcpdiag_tally_add(one, ways[i][1]);
		tcpdiag_hist_merge(hist, one);
		KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50),
				min(ways[i][0], ways[i][1]));
	}
}

/* More values than are kept: exact if all values of a bucket are known. */
static void hist_some_known(struct kunit *test)
{
	struct tcpdiag_tally *tally = new_tally(test);
	struct tcpdiag_hist *hist = new_hist(test);
	unsigned int i;

	read_one(hist, tally, 1000);
	read_one(hist, tally, 1001);
	for (i = 0; i < 100; i++)
		read_one(hist, tally, 50001);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 1), 1001);
	/* the middle of its bucket, which ends at the largest value */
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 50),
			(49152 + 50001) / 2);
	KUNIT_EXPECT_EQ(test, tcpdiag_hist_percentile(hist, 100), 50001);
}

/* Once the first values are kept, the fast path is taken again. */
static void hist_usual(struct kunit *test)
{
	struct tcpdiag_tally *tally = new_tally(test);
	unsigned int i;

	for (i = 0; i < TCPDIAG_TALLY_FIRST; i++) {
		KUNIT_EXPECT_FALSE(test, tcpdiag_tally_is_usual(tally, 70));
		tcpdiag_tally_add(tally, 77);
	}
	tcpdiag_tally_add(tally, 70);
	KUNIT_EXPECT_TRUE(test, tcpdiag_tally_is_usual(tally, 77));
	KUNIT_EXPECT_FALSE(test, tcpdiag_tally_is_usual(tally, 78));
}

/* Distributions of stays, realistic and extreme. */
static u64 constant(struct rnd_state *rnd, unsigned int i)
{
	return 1234567;
}

static u64 zero(struct rnd_state *rnd, unsigned int i)
{
	return 0;
}

static u64 exact_range(struct rnd_state *rnd, unsigned int i)
{
	return i % 8;
}

static u64 ascending(struct rnd_state *rnd, unsigned int i)
{
	return i;
}

static u64 descending(struct rnd_state *rnd, unsigned int i)
{
	return 5000000 - i * 17;
}

static u64 uniform_ms(struct rnd_state *rnd, unsigned int i)
{
	return prandom_u32_state(rnd) % 1000;
}

static u64 uniform_hour(struct rnd_state *rnd, unsigned int i)
{
	return prandom_u32_state(rnd) % 3600000000U;
}

/* Each power of two is as likely as any other: microseconds to 101 days. */
static u64 log_uniform(struct rnd_state *rnd, unsigned int i)
{
	u64 v = (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);

	return v >> (64 - prandom_u32_state(rnd) % TCPDIAG_HIST_MAX_BITS - 1);
}

/* The least of many: crowded near zero, with a thin tail. */
static u64 skewed(struct rnd_state *rnd, unsigned int i)
{
	u64 v = prandom_u32_state(rnd) % 100000;

	return div_u64(v * v * v, 100000U) / 1000;
}

/* A fast path and a slow one: quick handshakes and those with a lost SYN. */
static u64 two_peaks(struct rnd_state *rnd, unsigned int i)
{
	u64 base = i % 20 ? 300 : 1000000;

	return base + prandom_u32_state(rnd) % (base / 10);
}

/* One in a thousand is an hour: only p100 may see it. */
static u64 outliers(struct rnd_state *rnd, unsigned int i)
{
	return i % 1000 ? 40 + prandom_u32_state(rnd) % 5 : 3600000000ULL;
}

/* Values on both sides of powers of two, where buckets change their width. */
static u64 powers(struct rnd_state *rnd, unsigned int i)
{
	return (1ULL << (i % TCPDIAG_HIST_MAX_BITS)) - (i & 1);
}

static const struct distribution {
	const char *name;
	u64 (*value)(struct rnd_state *rnd, unsigned int i);
} distributions[] = {
	{ "constant", constant },
	{ "zero", zero },
	{ "exact_range", exact_range },
	{ "ascending", ascending },
	{ "descending", descending },
	{ "uniform_ms", uniform_ms },
	{ "uniform_hour", uniform_hour },
	{ "log_uniform", log_uniform },
	{ "skewed", skewed },
	{ "two_peaks", two_peaks },
	{ "outliers", outliers },
	{ "powers", powers },
};

static void distribution_name(const struct distribution *d, char *desc)
{
	strscpy(desc, d->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(distributions, distributions, distribution_name);

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

/*
 * Each percentile must be within an eighth of the exact one (nearest rank), and
 * exact for the largest value and for the values that a tally keeps.
 */
static void check_percentiles(struct kunit *test,
			      const struct tcpdiag_hist *hist, const u64 *v,
			      unsigned int n)
{
	unsigned int p;

	for (p = 1; p <= 100; p++) {
		unsigned int rank = DIV_ROUND_UP(n * p, 100);
		bool is_exact = n <= TCPDIAG_TALLY_FIRST || rank == n;
		u64 exact = v[rank - 1];
		u64 got = tcpdiag_hist_percentile(hist, p);
		u64 off = got > exact ? got - exact : exact - got;

		if (is_exact ? !off : off * 8 <= exact)
			continue;
		KUNIT_FAIL(test, "p%u of %u values: %llu, exact %llu", p, n,
			   got, exact);
		return;
	}
}

/* Several percentiles in one pass are the same as each by itself. */
static void check_shown(struct kunit *test, const struct tcpdiag_hist *hist)
{
	u64 us[TCPDIAG_HIST_SHOWN];
	unsigned int i;

	tcpdiag_hist_percentiles(hist, tcpdiag_hist_shown, us, ARRAY_SIZE(us));
	for (i = 0; i < ARRAY_SIZE(us); i++)
		KUNIT_EXPECT_EQ(test, us[i],
				tcpdiag_hist_percentile(hist,
							tcpdiag_hist_shown[i]));
}

static void hist_percentiles(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 2, 3, 4, 5, 10, 99, 101,
					      VALUES };
	const struct distribution *d = test->param_value;
	struct tcpdiag_tally *tally = new_tally(test);
	struct tcpdiag_hist *hist = new_hist(test);
	unsigned int s, seed, i;
	struct rnd_state rnd;
	u64 *v;

	v = kunit_kmalloc_array(test, VALUES, sizeof(*v), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, v);
	for (s = 0; s < ARRAY_SIZE(sizes); s++) {
		for (seed = 1; seed <= 5; seed++) {
			prandom_seed_state(&rnd, seed);
			for (i = 0; i < sizes[s]; i++)
				v[i] = d->value(&rnd, i);
			read_all(hist, tally, v, sizes[s]);
			sort(v, sizes[s], sizeof(*v), compare, NULL);
			KUNIT_EXPECT_EQ(test, hist->count, sizes[s]);
			KUNIT_EXPECT_EQ(test, hist->max_us, v[sizes[s] - 1]);
			check_percentiles(test, hist, v, sizes[s]);
			check_shown(test, hist);
		}
	}
}

/* Merged parts equal the whole. */
static void hist_merge_parts(struct kunit *test)
{
	const struct distribution *d = test->param_value;
	struct tcpdiag_tally *all = new_tally(test);
	struct tcpdiag_tally *part = new_tally(test);
	struct tcpdiag_hist *whole = new_hist(test);
	struct tcpdiag_hist *sum = new_hist(test);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < VALUES; i++) {
		u64 us = d->value(&rnd, i);

		tcpdiag_tally_add(all, us);
		tcpdiag_tally_add(part, us);
		if (i % 128 && i != VALUES - 1)
			continue;
		tcpdiag_hist_merge(sum, part);
		memset(part, 0, sizeof(*part));
	}
	tcpdiag_hist_merge(whole, all);
	/* each part keeps its own first values, so the sum has more */
	KUNIT_EXPECT_MEMEQ(test, sum, whole,
			   offsetof(struct tcpdiag_hist, firsts));
	KUNIT_EXPECT_EQ(test, sum->count, VALUES);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(hist_buckets_tile),
	KUNIT_CASE(hist_index_at_edges),
	KUNIT_CASE(hist_index_of_each_value),
	KUNIT_CASE(hist_width),
	KUNIT_CASE(hist_overflow),
	KUNIT_CASE(hist_empty),
	KUNIT_CASE(hist_max),
	KUNIT_CASE(hist_max_lags),
	KUNIT_CASE(hist_one_value),
	KUNIT_CASE(hist_two_values),
	KUNIT_CASE(hist_some_known),
	KUNIT_CASE(hist_usual),
	KUNIT_CASE_PARAM(hist_percentiles, distributions_gen_params),
	KUNIT_CASE_PARAM(hist_merge_parts, distributions_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_hist",
	.test_cases = cases,
};

kunit_test_suite(suite);
