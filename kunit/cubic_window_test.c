// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of CUBIC's window functions. Expected figures are RFC 9438's own, or
 * were computed from its equations with 50 decimal places.
 */
#include <kunit/test.h>

#include "../cc_algos/cubic_window.c"
#include "cubic_means.h"

/* The largest r with r^3 < 2^64. */
#define ROOT_MAX	2642245ULL
#define SECOND_US	1000000U

static u64 packets(u64 n)
{
	return n << TCPDIAG_WND_SHIFT;
}

/* Asserts: stop at the first wrong root. */
static void expect_root(struct kunit *test, u64 x)
{
	u64 r = tcpdiag_cubic_root(x);

	KUNIT_ASSERT_LE_MSG(test, r, ROOT_MAX, "of %llu", x);
	KUNIT_ASSERT_LE_MSG(test, r * r * r, x, "of %llu", x);
	if (r < ROOT_MAX)
		KUNIT_ASSERT_GT_MSG(test, (r + 1) * (r + 1) * (r + 1), x,
				    "of %llu", x);
}

static void cubic_root_small(struct kunit *test)
{
	u64 x;

	for (x = 0; x < 1 << 15; x++)
		expect_root(test, x);
}

/* Around every 97th cube up to the largest there is. */
static void cubic_root_cubes(struct kunit *test)
{
	u64 r, cube;

	for (r = 1; r <= ROOT_MAX; r += 97) {
		cube = r * r * r;
		KUNIT_ASSERT_EQ(test, tcpdiag_cubic_root(cube), r);
		KUNIT_ASSERT_EQ(test, tcpdiag_cubic_root(cube - 1), r - 1);
		KUNIT_ASSERT_EQ(test, tcpdiag_cubic_root(cube + 1), r);
	}
}

static void cubic_root_powers_of_two(struct kunit *test)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		expect_root(test, BIT_ULL(bit) - 1);
		expect_root(test, BIT_ULL(bit));
		expect_root(test, BIT_ULL(bit) + 1);
	}
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_root(U64_MAX), ROOT_MAX);
	KUNIT_EXPECT_EQ(test,
			tcpdiag_cubic_root(ROOT_MAX * ROOT_MAX * ROOT_MAX),
			ROOT_MAX);
}

static const struct k {
	u64 w_max, wnd;		/* packets */
	u32 k_us;
} ks[] = {
	{ 1, 0, 1357209 },
	{ 10, 7, 1957434 },
	{ 100, 70, 4217163 },
	{ 1000, 700, 9085603 },
	{ 1000000, 700000, 90856030 },
	{ 1 << 30, (1 << 30) - 1, 1357209 },
	{ 1 << 30, 0, 1389781820 },
};

/* Exact to a part in 2^20, and a microsecond. */
static void cubic_k(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ks); i++) {
		u32 k_us = tcpdiag_cubic_k_us(packets(ks[i].w_max),
					      packets(ks[i].wnd));

		KUNIT_EXPECT_LE(test, k_us, ks[i].k_us + 1);
		KUNIT_EXPECT_GE(test, k_us,
				ks[i].k_us - (ks[i].k_us >> 20) - 2);
	}
	/* the smallest possible difference: 2^-32 packets */
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_k_us(packets(9), packets(9) - 1),
			834);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_k_us(packets(9), packets(9)), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_k_us(packets(9), packets(10)), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_k_us(0, 0), 0);
}

static const struct point {
	u64 w_max;		/* packets */
	u32 k_us, t_us;
	u64 thousandths;	/* of a packet, rounded down */
} points[] = {
	{ 100, 4217163, 0, 70000 },
	{ 100, 4217163, 1000000, 86680 },
	{ 100, 4217163, 4217163, 100000 },
	{ 100, 4217163, 8434326, 129999 },
	{ 100, 4217163, 10000000, 177354 },
	{ 1000, 0, 100, 1000000 },
	{ 1000, 0, 100000, 1000000 },
	{ 1000, 0, 60000000, 87400000 },
	{ 5, 9000000, 0, 0 },
	{ 1000000, 90856029, 50000000, 972720999 },
};

static void cubic_window_values(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		const struct point *p = &points[i];
		u64 w = tcpdiag_cubic_window(packets(p->w_max), p->k_us,
					     p->t_us);
		u64 thousandths = mul_u64_u32_shr(w, 1000, TCPDIAG_WND_SHIFT);

		KUNIT_EXPECT_GE(test, thousandths + 1, p->thousandths);
		KUNIT_EXPECT_LE(test, thousandths, p->thousandths + 1);
	}
}

/* W_cubic(0) is the window at the start, W_cubic(K) is W_max: for any sizes. */
static void cubic_window_ends(struct kunit *test)
{
	u64 w_max, start, w;
	u32 k_us;

	for (w_max = packets(2); w_max <= TCPDIAG_WND_MAX; w_max += w_max / 3) {
		for (start = 0; start < w_max; start += w_max / 7) {
			k_us = tcpdiag_cubic_k_us(w_max, start);
			w = tcpdiag_cubic_window(w_max, k_us, 0);
			/* 3 * 2^-20 of the difference, from K */
			KUNIT_EXPECT_GE(test, w, start);
			KUNIT_EXPECT_LE(test, w - start,
					((w_max - start) >> 18) + 256);
			KUNIT_EXPECT_EQ(test, tcpdiag_cubic_window(w_max, k_us,
								   k_us),
					w_max);
		}
	}
}

/* The window never falls over time, and never wraps: it stays below 2^63. */
static void cubic_window_never_falls(struct kunit *test)
{
	static const u64 w_maxs[] = { 0, 1, 3ULL << 32, 1000ULL << 32,
				      TCPDIAG_WND_MAX };
	static const u32 k_uss[] = { 0, 1, SECOND_US, 100 * SECOND_US,
				     1389781820, U32_MAX };
	unsigned int i, j;
	u64 t_us, w, last;

	for (i = 0; i < ARRAY_SIZE(w_maxs); i++) {
		for (j = 0; j < ARRAY_SIZE(k_uss); j++) {
			last = 0;
			for (t_us = 0; t_us <= U32_MAX;
			     t_us += 1 + t_us / 64) {
				w = tcpdiag_cubic_window(w_maxs[i], k_uss[j],
							 t_us);
				KUNIT_ASSERT_GE(test, w, last);
				KUNIT_ASSERT_LE(test, w, 2 * TCPDIAG_WND_MAX);
				last = w;
			}
			KUNIT_EXPECT_LE(test, tcpdiag_cubic_window(w_maxs[i],
								   k_uss[j],
								   U32_MAX),
					2 * TCPDIAG_WND_MAX);
		}
	}
}

/* RFC 9438, 4.2: the target's bounds. */
static void cubic_target(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_target(packets(9), packets(10)),
			packets(10));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_target(packets(12), packets(10)),
			packets(12));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_target(packets(99), packets(10)),
			packets(15));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_target(2 * TCPDIAG_WND_MAX,
						   TCPDIAG_WND_MAX),
			TCPDIAG_WND_MAX + TCPDIAG_WND_MAX / 2);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_target(0, 0), 0);
}

static void cubic_growth(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_growth(packets(5), 10),
			(u32)BIT(31));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_growth(0, 10), 0);
	/* never a whole packet, never a division by zero */
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_growth(packets(1), 1), U32_MAX);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_growth(U64_MAX, 0), U32_MAX);
	/* some growth even of the largest windows */
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_growth(packets(1), 1U << 30), 4);
}

/* RFC 9438, 4.3: 9/17 up to cwnd_prior, then 1. */
static void cubic_alpha(struct kunit *test)
{
	const u32 cwnd = 100;
	u32 low = tcpdiag_cubic_est_growth(packets(142), 143, cwnd);
	u32 high = tcpdiag_cubic_est_growth(packets(143), 143, cwnd);

	KUNIT_EXPECT_EQ(test, high, (u32)(TCPDIAG_WND_ONE / cwnd));
	KUNIT_EXPECT_LE(test, abs((s64)low * 17 - (s64)high * 9), 17);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_est_growth(packets(143) - 1, 143,
						       cwnd),
			low);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_est_growth(0, 0, 0), U32_MAX);
}

/* A whole product gives whole packets; the result never exceeds it. */
static void cubic_shares(struct kunit *test)
{
	u64 n, w;

	for (n = 1; n <= TCPDIAG_WND_MAX_PACKETS / 20; n += 1 + n / 50) {
		w = packets(20 * n);
		KUNIT_EXPECT_EQ(test, tcpdiag_cubic_after_loss(w) >> 32,
				14 * n);
		KUNIT_EXPECT_EQ(test, tcpdiag_cubic_after_ecn(w) >> 32, 17 * n);
		KUNIT_EXPECT_EQ(test, tcpdiag_cubic_yield(w) >> 32, 17 * n);
	}
	KUNIT_EXPECT_LT(test, tcpdiag_cubic_after_loss(TCPDIAG_WND_MAX),
			packets(751619277 + 1));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_after_loss(0), 0);
}

static const void *means(const void *prev, char *desc)
{
	return cubic_mean_next(prev, U32_MAX, desc);
}

/* Run a stage after a loss at @top, by round trips; return its last window. */
static u64 play_stage(const struct cubic_mean *mean, u64 top, u64 w_max,
		      u64 *sum, u64 *rounds)
{
	u64 wnd = tcpdiag_cubic_after_loss(top), w_est = wnd, target;
	u32 prior = top >> TCPDIAG_WND_SHIFT, t_us = 0, cwnd;
	u32 k_us = tcpdiag_cubic_k_us(w_max, wnd);
	u64 sent = 0;

	while (sent < mean->per_loss) {
		cwnd = wnd >> TCPDIAG_WND_SHIFT;
		*sum += cwnd;
		++*rounds;
		sent += cwnd;
		w_est += (u64)cwnd * tcpdiag_cubic_est_growth(w_est, prior,
							      cwnd);
		t_us += mean->rtt_us;
		target = tcpdiag_cubic_window(w_max, k_us, t_us);
		wnd = max(tcpdiag_cubic_target(target, wnd), w_est);
	}
	return wnd;
}

/*
 * A path that loses each 1/p-th packet, as in RFC 9438, 5.1. With fast
 * convergence, because without it the windows approach the tables' from above
 * only slowly: near W_max a change of one window changes the next by as much.
 */
static void cubic_steady_average(struct kunit *test)
{
	const struct cubic_mean *mean = test->param_value;
	u64 wnd = packets(10), w_max = wnd, sum = 0, rounds = 0, average;
	unsigned int i;

	for (i = 0; i < 60; i++) {
		if (i == 30) {
			sum = 0;
			rounds = 0;
		}
		w_max = wnd < w_max ? tcpdiag_cubic_yield(wnd) : wnd;
		wnd = play_stage(mean, wnd, w_max, &sum, &rounds);
	}
	average = div64_u64(sum, rounds);
	KUNIT_EXPECT_GE(test, average * 100, mean->average * 85ULL);
	KUNIT_EXPECT_LE(test, average * 100, mean->average * 115ULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cubic_root_small),
	KUNIT_CASE(cubic_root_cubes),
	KUNIT_CASE(cubic_root_powers_of_two),
	KUNIT_CASE(cubic_k),
	KUNIT_CASE(cubic_window_values),
	KUNIT_CASE(cubic_window_ends),
	KUNIT_CASE(cubic_window_never_falls),
	KUNIT_CASE(cubic_target),
	KUNIT_CASE(cubic_growth),
	KUNIT_CASE(cubic_alpha),
	KUNIT_CASE(cubic_shares),
	KUNIT_CASE_PARAM(cubic_steady_average, means),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_cubic_window",
	.test_cases = cases,
};

kunit_test_suite(suite);
