// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the figures of one connection: shares and rates against their
 * definition, from the counters of made-up sockets.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "model/measure.c"

#define TICK_US		(USEC_PER_SEC / HZ)
/* Close before the wrap of 32-bit jiffies, as after each boot. */
#define NOW		((u32)-5)

static void scale_small(struct kunit *test)
{
	u64 part, units, whole;

	for (part = 0; part < 20; part++)
		for (units = 0; units < 20; units++)
			for (whole = 1; whole < 20; whole++)
				KUNIT_ASSERT_EQ(test, part * units / whole,
						tcpdiag_measure_scale(part,
								      units,
								      whole));
}

#ifdef __SIZEOF_INT128__
/* By its definition: the largest q with q * whole <= part * units. */
static void scale_large(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 10000; i++) {
		u64 part = (u64)prandom_u32_state(&rnd) << (i % 32);
		u64 units = prandom_u32_state(&rnd);
		u64 whole = 1 + ((u64)prandom_u32_state(&rnd) << (i % 17));
		u64 q = tcpdiag_measure_scale(part, units, whole);
		__uint128_t product = (__uint128_t)part * units;

		if (product >> 64 >= whole) {
			KUNIT_ASSERT_EQ(test, q, U64_MAX);
			continue;
		}
		KUNIT_ASSERT_TRUE(test, (__uint128_t)q * whole <=
				  product);
		KUNIT_ASSERT_TRUE(test, ((__uint128_t)q + 1) * whole >
				  product);
	}
}
#endif

static void scale_edges(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(5, 100, 0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(0, U64_MAX, 1), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(U64_MAX, 1, 1), U64_MAX);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(U64_MAX, U64_MAX, U64_MAX),
			U64_MAX);
	/* one more than fits, and the most that does */
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(1ULL << 63, 2, 1), U64_MAX);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(U64_MAX / 3, 3, 1),
			U64_MAX);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(1ULL << 63, 1000000,
						    1ULL << 63), 1000000);
	KUNIT_EXPECT_EQ(test, tcpdiag_measure_scale(U64_MAX, U64_MAX, 1),
			U64_MAX);
}

static struct tcp_sock *fake_socket(struct kunit *test)
{
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->data_segs_out = 1;
	minmax_reset(&tp->rtt_min, 0, ~0U);
	return tp;
}

static void counters(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->bytes_acked = 1ULL << 40;
	tp->bytes_sent = (1ULL << 40) + 7;
	tp->bytes_retrans = 6;
	tp->delivered = U32_MAX;
	tp->delivered_ce = 3;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_SENDERS], 1);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_BYTES_ACKED], tp->bytes_acked);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_BYTES_SENT], tp->bytes_sent);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_BYTES_RETRANS], 6);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_DELIVERED], U32_MAX);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_DELIVERED_CE], 3);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_LOSS_EPISODES], 0);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_RTOS], 0);
}

static void nothing_sent(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s, none = {};

	tp->data_segs_out = 0;
	tp->bytes_acked = 1;
	tp->delivered = 1;
	tp->srtt_us = 8000;
	tp->chrono_stat[0] = 100;
	minmax_reset(&tp->rtt_min, 0, 1000);
	memset(&s, 0xff, sizeof(s));
	tcpdiag_measure(tp, NOW, 1000000, &s);
	KUNIT_EXPECT_MEMEQ(test, &s, &none, sizeof(s));
}

/* Each kind of time, closed and with a period still open across the wrap. */
static void times(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	enum tcp_chrono open;

	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = 100;
	tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1] = 20;
	tp->chrono_stat[TCP_CHRONO_SNDBUF_LIMITED - 1] = 3;
	tp->chrono_start = NOW - 1000;
	for (open = TCP_CHRONO_UNSPEC; open < __TCP_CHRONO_MAX; open++) {
		u64 more = open == TCP_CHRONO_UNSPEC ? 0 : 2000;
		struct tcpdiag_cc_sample s;

		tp->chrono_type = open;
		tcpdiag_measure(tp, NOW + 1000, 3000 * TICK_US, &s);
		KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_BUSY_US],
				(123 + more) * TICK_US);
		KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_IDLE_US],
				(2877 - more) * TICK_US);
		KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_RWND_LIMITED_US],
				(open == TCP_CHRONO_RWND_LIMITED ? 2020 : 20) *
				TICK_US);
		KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_SNDBUF_LIMITED_US],
				(open == TCP_CHRONO_SNDBUF_LIMITED ? 2003 : 3) *
				TICK_US);
	}
}

/* The first stay of a connection older than the module is a lower bound. */
static void busier_than_open(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = U32_MAX;
	tcpdiag_measure(tp, NOW, 17, &s);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_BUSY_US],
			(u64)U32_MAX * TICK_US);
	KUNIT_EXPECT_EQ(test, s.sum[TCPDIAG_CC_IDLE_US], 0);
}

static void goodput(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->bytes_acked = 1000000;
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = HZ / 2;
	tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1] = HZ - HZ / 2;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_GOODPUT], 8000000);

	/* the most that a socket can count, in the shortest time measured */
	tp->bytes_acked = U64_MAX;
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = TCPDIAG_CC_GOODPUT_TICKS;
	tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1] = 0;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_GOODPUT], U64_MAX);

	tp->chrono_stat[TCP_CHRONO_BUSY - 1]--;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_GOODPUT], 0);
}

static const struct rtt {
	const char *name;
	u32 srtt_us;
	u32 min_us;
	u64 told_us;
	u64 percent;
} rtts[] = {
	{ "queue", 30000, 20000, 20000, 150 },
	{ "none", 20000, 20000, 20000, 100 },
	{ "faster of late", 10000, 20000, 20000, 50 },
	{ "rounded down", 19999, 10000, 10000, 199 },
	{ "the largest", U32_MAX >> 3, 1, 1, (U32_MAX >> 3) * 100ULL },
	{ "no sample", 1000, ~0U, 0, 0 },
	{ "not smoothed", 0, 20000, 0, 0 },
	{ "no time", 1000, 0, 0, 0 },
};

static void rtt_name(const struct rtt *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rtts, rtts, rtt_name);

static void rtt(struct kunit *test)
{
	const struct rtt *r = test->param_value;
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->srtt_us = r->srtt_us << 3;
	minmax_reset(&tp->rtt_min, 0, r->min_us);
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_MIN_RTT], r->told_us);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], r->percent);
}

/* 110 bytes in two segments, each time, whose ACK takes 40 ms; then a closed window. */
static void inflation_without_queue(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->mss_cache = 1448;
	tp->data_segs_out = 400;
	tp->bytes_sent = 22000;
	tp->srtt_us = 40000 << 3;
	minmax_reset(&tp->rtt_min, 0, 20);
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_MIN_RTT], 20);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 0);
	/* at once */
	tp->srtt_us = 30 << 3;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 150);
	/* a queue of whole segments */
	tp->srtt_us = 40000 << 3;
	tp->bytes_sent = 400 * 1448;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 200000);
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = HZ;
	tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1] = 2 * HZ;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 0);
}

/* Messages of a whole segment, one at a time, whose ACKs take 40 ms; then a transfer. */
static void inflation_of_single_segments(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct tcpdiag_cc_sample s;

	tp->mss_cache = 1448;
	tp->data_segs_out = 400;
	tp->bytes_sent = 400 * 1448;
	tp->srtt_us = 40000 << 3;
	minmax_reset(&tp->rtt_min, 0, 20);
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = 16 * HZ;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 0);
	/* two at a time */
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = 8 * HZ;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 0);
	/* on a path as long as that, nothing is delayed */
	minmax_reset(&tp->rtt_min, 0, 32000);
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 125);
	minmax_reset(&tp->rtt_min, 0, 20);
	tp->chrono_stat[TCP_CHRONO_BUSY - 1] = 4 * HZ;
	tcpdiag_measure(tp, NOW, 0, &s);
	KUNIT_EXPECT_EQ(test, s.value[TCPDIAG_CC_INFLATION], 200000);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(scale_small),
#ifdef __SIZEOF_INT128__
	KUNIT_CASE(scale_large),
#endif
	KUNIT_CASE(scale_edges),
	KUNIT_CASE(counters),
	KUNIT_CASE(nothing_sent),
	KUNIT_CASE(times),
	KUNIT_CASE(busier_than_open),
	KUNIT_CASE(goodput),
	KUNIT_CASE(inflation_without_queue),
	KUNIT_CASE(inflation_of_single_segments),
	KUNIT_CASE_PARAM(rtt, rtts_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_measure",
	.test_cases = cases,
};

kunit_test_suite(suite);
