// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of cubic_rfc9438: its operations are called as TCP calls them, on a
 * socket that was only made up and whose clock the test sets. Figures are from
 * RFC 9438 and RFC 8511.
 */
#include <kunit/test.h>
#include <linux/module.h>

/* aliases are for modprobe: it must load tcpdiag, not its tests */
#undef MODULE_ALIAS
#define MODULE_ALIAS(alias)	static_assert(sizeof(alias))

#include "../cc_algos/cubic_rfc9438.c"

#define NO_LIMIT	0x7fffffff
#define RTT_US		100000U
#define SECOND_US	1000000U

/* A connection that uses all of its window, as the kernel has it before init. */
static struct tcp_sock *bare_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = ssthresh;
	tp->snd_cwnd_clamp = NO_LIMIT;
	tp->is_cwnd_limited = 1;
	tp->tcp_mstamp = 1000 * SECOND_US;
	tp->srtt_us = RTT_US << 3;
	tp->snd_una = 1;
	tp->snd_nxt = 1 + cwnd;
	return tp;
}

static struct sock *sk_of(struct tcp_sock *tp)
{
	return (struct sock *)tp;
}

static struct cubic *ca_of(struct tcp_sock *tp)
{
	return cubic_of(sk_of(tp));
}

static struct tcp_sock *fake_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	struct tcp_sock *tp = bare_socket(test, cwnd, ssthresh);

	tcpdiag_cubic_rfc9438.init(sk_of(tp));
	return tp;
}

static void ack(struct tcp_sock *tp, u32 packets)
{
	tcpdiag_cubic_rfc9438.cong_avoid(sk_of(tp), 0, packets);
}

/* One round trip: every packet of the window is acknowledged, two an ACK. */
static void round_trip(struct tcp_sock *tp, u32 rtt_us)
{
	u32 cwnd = tcp_snd_cwnd(tp), left = cwnd;
	u64 start_us = tp->tcp_mstamp;

	while (left) {
		u32 packets = min(left, 2U);

		left -= packets;
		tp->tcp_mstamp = start_us +
				 div_u64((u64)rtt_us * (cwnd - left), cwnd);
		ack(tp, packets);
	}
}

static void round_trips(struct tcp_sock *tp, u32 n)
{
	while (n--)
		round_trip(tp, RTT_US);
}

/* What TCP does about a loss, recovery left out. */
static void reduce(struct tcp_sock *tp)
{
	tp->prior_ssthresh = max(tp->snd_ssthresh, tp->snd_cwnd * 3 / 4);
	tp->prior_cwnd = tcp_snd_cwnd(tp);
	tp->snd_ssthresh = tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp));
	tcp_snd_cwnd_set(tp, tp->snd_ssthresh);
	tp->tcp_mstamp += RTT_US;
}

static void undo(struct tcp_sock *tp)
{
	tcp_snd_cwnd_set(tp, tcpdiag_cubic_rfc9438.undo_cwnd(sk_of(tp)));
	tp->snd_ssthresh = max(tp->snd_ssthresh, tp->prior_ssthresh);
}

static void mark(struct tcp_sock *tp)
{
	tp->delivered_ce++;
}

static void timeout(struct tcp_sock *tp)
{
	reduce(tp);
	tcp_snd_cwnd_set(tp, 1);
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
	tp->tcp_mstamp += SECOND_US;
}

/* In congestion avoidance, with a window at which something was lost before. */
static struct tcp_sock *after_loss(struct kunit *test, u32 cwnd)
{
	struct tcp_sock *tp = fake_socket(test, cwnd, cwnd);

	ack(tp, 1);
	tcp_snd_cwnd_set(tp, cwnd);
	ca_of(tp)->frac = 0;
	reduce(tp);
	return tp;
}

static int cubic_test_init(struct kunit *test)
{
	cubic_fast_convergence = true;
	return 0;
}

static u32 window_after_loss(struct kunit *test, u32 cwnd)
{
	struct tcp_sock *tp = fake_socket(test, cwnd, NO_LIMIT);

	return tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp));
}

static void cubic_keeps_70_percent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 10), 7);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 100), 70);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 1000000), 700000);
}

static void cubic_floor(struct kunit *test)
{
	u32 cwnd;

	for (cwnd = 1; cwnd <= 4; cwnd++)
		KUNIT_EXPECT_EQ(test, window_after_loss(test, cwnd), 2);
	KUNIT_EXPECT_EQ(test, window_after_loss(test, 5), 3);
}

/* 0.7 * 15 = 10.5: half a packet is there when growth begins. */
static void cubic_keeps_fraction(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 15);

	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 10);
	KUNIT_EXPECT_GE(test, ca_of(tp)->frac, (u32)BIT(31) - 16);
	KUNIT_EXPECT_LE(test, ca_of(tp)->frac, (u32)BIT(31) + 16);
}

/* RFC 8511: 0.85 for a mark; 0.7 for a loss, and for a mark and a loss. */
static void cubic_abe(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 100, 100);

	mark(tp);
	reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
	/* no new mark: this is a loss */
	tcp_snd_cwnd_set(tp, 100);
	reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	/* marks of the recovery before do not count */
	mark(tp);
	ack(tp, 1);
	tcp_snd_cwnd_set(tp, 100);
	ca_of(tp)->frac = 0;
	reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	tcp_snd_cwnd_set(tp, 100);
	mark(tp);
	tp->lost_out = 1;
	reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
}

/* In slow start, too, and nothing that was marked before the connection. */
static void cubic_abe_in_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = bare_socket(test, 10, NO_LIMIT);

	tp->delivered_ce = 5;
	tcpdiag_cubic_rfc9438.init(sk_of(tp));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)), 7);
	tp = fake_socket(test, 10, NO_LIMIT);
	ack(tp, 8);
	mark(tp);
	/* 0.85 * 18 = 15.3 */
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)), 15);
}

/* A loss in the round trip of the mark: the window falls as for a loss. */
static void cubic_abe_then_loss(struct kunit *test)
{
	static const u8 states[] = { TCP_CA_Recovery, TCP_CA_Loss };
	struct tcp_sock *tp;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		tp = fake_socket(test, 100, 100);
		mark(tp);
		reduce(tp);
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_CWR);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), states[i]);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
		/* and not twice */
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	}
	/* in the next stage it is an event of its own */
	tp = fake_socket(test, 100, 100);
	mark(tp);
	reduce(tp);
	ack(tp, 1);
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Recovery);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
}

/* RFC 9438, 4.7. */
static void cubic_fast_convergence_yields(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);

	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 1000);
	tcp_snd_cwnd_set(tp, 800);
	ca_of(tp)->frac = 0;
	reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 680);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 560);
	/* as high as W_max: nobody to give way to */
	tcp_snd_cwnd_set(tp, 680);
	reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 680);

	cubic_fast_convergence = false;
	tcp_snd_cwnd_set(tp, 400);
	ca_of(tp)->frac = 0;
	reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 400);
}

/* K = cbrt(0.3 * 1000 / 0.4) = 9.0856 s */
static void cubic_stage_begins(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;

	ack(tp, 1);
	KUNIT_EXPECT_LE(test, abs((s32)s->k_us - 9085603), 20);
	KUNIT_EXPECT_EQ(test, s->t_us, 0);
	KUNIT_EXPECT_EQ(test, s->w_max >> 32, 1000);
	KUNIT_EXPECT_EQ(test, s->w_est >> 32, 700);
	KUNIT_EXPECT_EQ(test, s->cwnd_prior, 1000);
}

/* RFC 9438, 4.10. */
static void cubic_after_hystart(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 300, 300);
	struct stage *s = &ca_of(tp)->stage;

	ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->k_us, 0);
	KUNIT_EXPECT_EQ(test, s->w_max >> 32, 300);
	KUNIT_EXPECT_EQ(test, s->w_est >> 32, 300);
	KUNIT_EXPECT_EQ(test, s->cwnd_prior, 300);
	/* alpha is 1 at once */
	KUNIT_EXPECT_EQ(test, ca_of(tp)->est_growth,
			(u32)(TCPDIAG_WND_ONE / 300));
}

/* RFC 9438, 4.8: slow start to ssthresh; then K = 0 and W_max = cwnd. */
static void cubic_timeout(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;

	round_trips(tp, 20);
	tcp_snd_cwnd_set(tp, 900);
	ca_of(tp)->frac = 0;
	timeout(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 630);
	while (tcp_in_slow_start(tp))
		round_trips(tp, 1);
	ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->k_us, 0);
	KUNIT_EXPECT_GE(test, s->w_max >> 32, 630);
	KUNIT_EXPECT_LE(test, s->w_max >> 32, tcp_snd_cwnd(tp));
	KUNIT_EXPECT_EQ(test, s->cwnd_prior, 900);
}

/* The path takes smaller packets only: no timeout, and no new stage. */
static void cubic_resend_smaller(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage before;

	round_trips(tp, 20);
	before = ca_of(tp)->stage;
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
	KUNIT_EXPECT_EQ(test, memcmp(&ca_of(tp)->stage, &before,
				     sizeof(before)), 0);
}

/* The curve itself, each second, over twice K. Recovery took no time of it. */
static void cubic_follows_curve(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	u64 start_us = tp->tcp_mstamp, t_us;
	u64 expected;
	u32 second;

	for (second = 1; second <= 18; second++) {
		while (tp->tcp_mstamp < start_us + second * SECOND_US)
			round_trip(tp, RTT_US);
		t_us = tp->tcp_mstamp - start_us;
		expected = tcpdiag_cubic_window(1000ULL << 32, 9085603, t_us);
		/* between W_cubic(t) and one round trip later, a packet off */
		KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp) + 3, expected >> 32);
		expected = tcpdiag_cubic_window(1000ULL << 32, 9085603,
						t_us + RTT_US);
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), (expected >> 32) + 3);
	}
}

/* RFC 9438, 4.2: no more than half again a round trip, however far behind. */
static void cubic_growth_is_bounded(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 100000);
	u32 before;

	ack(tp, 1);
	ca_of(tp)->stage.t_us = 1000 * SECOND_US;
	while (tcp_snd_cwnd(tp) < 100000000) {
		before = tcp_snd_cwnd(tp);
		/* two ACKs a round trip are enough for this */
		tp->tcp_mstamp += RTT_US / 2;
		ack(tp, before / 2);
		tp->tcp_mstamp += RTT_US / 2;
		ack(tp, before - before / 2);
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp),
				before + before / 2 + before / 8);
		KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), before + before / 3);
	}
}

/* A short path: Reno's window leads, by 9/17 a round trip, then by 1. */
static void cubic_reno_friendly(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 20);
	u32 rounds = 0, i;

	tp->srtt_us = 1000 << 3;
	while (tcp_snd_cwnd(tp) < 20) {
		round_trip(tp, 1000);
		KUNIT_ASSERT_LT(test, ++rounds, 20);
	}
	/* six packets: 6 * 17 / 9 = 11.3 */
	KUNIT_EXPECT_GE(test, rounds, 11);
	KUNIT_EXPECT_LE(test, rounds, 13);
	for (i = 0; i < 20; i++)
		round_trip(tp, 1000);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 38);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 41);
}

/* The least round-trip times: still one packet each, not one each ACK. */
static void cubic_tiny_rtt(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 20);
	u32 i;

	tp->srtt_us = 20 << 3;
	for (i = 0; i < 100; i++)
		round_trip(tp, 20);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 14 + 80);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 14 + 110);
}

/* An unused window does not grow, and its time does not count. */
static void cubic_not_used(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;
	u32 cwnd, t_us;

	round_trips(tp, 10);
	cwnd = tcp_snd_cwnd(tp);
	t_us = s->t_us;
	tp->is_cwnd_limited = 0;
	round_trips(tp, 100);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
	tp->is_cwnd_limited = 1;
	ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
	round_trips(tp, 10);
	KUNIT_EXPECT_GE(test, s->t_us, t_us + 9 * RTT_US);
	KUNIT_EXPECT_LE(test, s->t_us, t_us + 10 * RTT_US);
}

/* Nor does a pause in which nothing was under way. */
static void cubic_pause(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;
	u32 t_us;

	round_trips(tp, 10);
	t_us = s->t_us;
	tp->tcp_mstamp += 5 * SECOND_US;
	tcpdiag_cubic_rfc9438.cwnd_event(sk_of(tp), CA_EVENT_TX_START);
	ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
}

static void cubic_clamp(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);

	tp->snd_cwnd_clamp = 12;
	round_trips(tp, 3);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 12);
	tp->snd_ssthresh = 5;
	round_trips(tp, 300);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 12);
	/* and nothing was saved up for when there is room */
	tp->snd_cwnd_clamp = NO_LIMIT;
	ack(tp, 1);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 13);
}

/* RFC 9438, 4.9: as if there had been no event, but for the time it took. */
static void cubic_undo(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct cubic *ca = ca_of(tp);
	struct stage before;
	u32 cwnd, ssthresh;

	round_trips(tp, 40);
	before = ca->stage;
	cwnd = tcp_snd_cwnd(tp);
	ssthresh = tp->snd_ssthresh;
	reduce(tp);
	/* growth in between is forgotten */
	round_trips(tp, 2);
	KUNIT_EXPECT_LT(test, tcp_snd_cwnd(tp), cwnd);
	undo(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	KUNIT_EXPECT_GE(test, tp->snd_ssthresh, ssthresh);
	KUNIT_EXPECT_EQ(test, memcmp(&ca->stage, &before, sizeof(before)), 0);
	ack(tp, 1);
	/* one round trip of recovery, two of growth */
	KUNIT_EXPECT_GE(test, ca->stage.t_us, before.t_us + 3 * RTT_US);
	KUNIT_EXPECT_LE(test, ca->stage.t_us, before.t_us + 4 * RTT_US);
	KUNIT_EXPECT_EQ(test, ca->stage.k_us, before.k_us);
	KUNIT_EXPECT_EQ(test, ca->stage.w_max, before.w_max);
}

/* A time-out that was none. */
static void cubic_undo_timeout(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct cubic *ca = ca_of(tp);
	struct stage before;

	round_trips(tp, 40);
	before = ca->stage;
	timeout(tp);
	ack(tp, 1);
	undo(tp);
	KUNIT_EXPECT_EQ(test, memcmp(&ca->stage, &before, sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), tp->prior_cwnd);
}

/* The window has grown beyond it already, or it was restored before. */
static void cubic_undo_once(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct cubic *ca = ca_of(tp);
	struct stage before;

	tcp_snd_cwnd_set(tp, 1200);
	before = ca->stage;
	undo(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 1200);
	KUNIT_EXPECT_EQ(test, memcmp(&ca->stage, &before, sizeof(before)), 0);

	reduce(tp);
	undo(tp);
	round_trips(tp, 5);
	before = ca->stage;
	tcp_snd_cwnd_set(tp, 600);
	undo(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), tp->prior_cwnd);
	KUNIT_EXPECT_EQ(test, memcmp(&ca->stage, &before, sizeof(before)), 0);
}

/* The initial slow start goes on, with HyStart++. */
static void cubic_undo_in_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);
	struct cubic *ca = ca_of(tp);

	round_trips(tp, 3);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 80);
	reduce(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 56);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 0);
	undo(tp);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 1);
	KUNIT_EXPECT_EQ(test, ca->hystart.phase, TCPDIAG_HYSTART_SS);
	round_trips(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 160);
}

/* A round trip as pkts_acked() sees it; an ACK for each packet. */
static void sampled_round_trip(struct tcp_sock *tp, s32 rtt_us)
{
	struct ack_sample sample = { .pkts_acked = 1, .rtt_us = rtt_us };
	u32 left = tp->snd_nxt - tp->snd_una, grown;

	while (left--) {
		tp->snd_una++;
		tcpdiag_cubic_rfc9438.pkts_acked(sk_of(tp), &sample);
		grown = tcp_snd_cwnd(tp);
		ack(tp, 1);
		tp->snd_nxt += 1 + tcp_snd_cwnd(tp) - grown;
	}
}

/* Delay grows: conservative slow start, then a stage without a loss. */
static void cubic_leaves_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);
	struct cubic *ca = ca_of(tp);
	u32 rounds = 0;

	sampled_round_trip(tp, 50000);
	sampled_round_trip(tp, 50000);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 40);
	while (ca->in_hystart) {
		sampled_round_trip(tp, 60000);
		KUNIT_ASSERT_LT(test, ++rounds, 10);
	}
	/* one to see it, as the last of 50 ms are in its round; five of CSS */
	KUNIT_EXPECT_EQ(test, rounds, 6);
	KUNIT_EXPECT_GT(test, tp->snd_ssthresh, 80 * 2);
	KUNIT_EXPECT_LT(test, tp->snd_ssthresh, 80 * 4);
	KUNIT_EXPECT_FALSE(test, tcp_in_slow_start(tp));
	ack(tp, 1);
	KUNIT_EXPECT_EQ(test, ca->stage.k_us, 0);
	KUNIT_EXPECT_GE(test, ca->stage.cwnd_prior, tp->snd_ssthresh);
}

/* HyStart++ is for the initial slow start. */
static void cubic_later_slow_start_is_plain(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 1000);
	u32 i;

	KUNIT_EXPECT_EQ(test, ca_of(tp)->in_hystart, 0);
	for (i = 0; i < 4; i++)
		sampled_round_trip(tp, 50000 << i);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 160);
	tp = after_loss(test, 1000);
	timeout(tp);
	for (i = 0; i < 4; i++)
		round_trips(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 16);
}

/* What slow start does not use up of an ACK counts on. */
static void cubic_slow_start_ends(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 15);

	ack(tp, 5);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 15);
	tp = fake_socket(test, 10, 15);
	ack(tp, 5 + 15);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 15);
	/* a packet a round trip, which 15 of 15 are */
	KUNIT_EXPECT_GE(test, ca_of(tp)->stage.w_est, (16ULL << 32) - 16);
}

/* Bursts: unpaced, an ACK for many packets counts as eight. */
static void cubic_slow_start_limit(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 100, NO_LIMIT);

	ack(tp, 45);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 108);
	sk_of(tp)->sk_pacing_status = SK_PACING_FQ;
	ack(tp, 45);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 153);
}

/* The kernel may call any operation before init, and on all zeroes. */
static void cubic_zero_state(struct kunit *test)
{
	struct ack_sample sample = { .pkts_acked = 1, .rtt_us = 1000 };
	struct tcp_sock *tp = bare_socket(test, 10, NO_LIMIT);
	const struct cubic zero = {};
	u8 state;

	tcpdiag_cubic_rfc9438.pkts_acked(sk_of(tp), &sample);
	tcpdiag_cubic_rfc9438.cwnd_event(sk_of(tp), CA_EVENT_TX_START);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.undo_cwnd(sk_of(tp)), 10);
	KUNIT_EXPECT_EQ(test, memcmp(ca_of(tp), &zero, sizeof(zero)), 0);
	/* slow start without HyStart++ */
	ack(tp, 10);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 20);
	for (state = TCP_CA_Open; state <= TCP_CA_Loss; state++)
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), state);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)), 14);
	/* congestion avoidance without init */
	tp = bare_socket(test, 10, 5);
	round_trips(tp, 10);
	KUNIT_EXPECT_GT(test, tcp_snd_cwnd(tp), 15);
}

/* Whatever was there, as of another algorithm. */
static void cubic_init_clears(struct kunit *test)
{
	struct tcp_sock *tp = bare_socket(test, 10, 5);
	const struct cubic zero = {};

	memset(inet_csk(sk_of(tp))->icsk_ca_priv, 0xa5, ICSK_CA_PRIV_SIZE);
	tcpdiag_cubic_rfc9438.init(sk_of(tp));
	KUNIT_EXPECT_EQ(test, memcmp(ca_of(tp), &zero, sizeof(zero)), 0);
	/* taken up in the middle of a recovery: nothing of ours to restore */
	tp->prior_cwnd = 20;
	tp->prior_ssthresh = 12;
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.undo_cwnd(sk_of(tp)), 20);
	KUNIT_EXPECT_EQ(test, memcmp(ca_of(tp), &zero, sizeof(zero)), 0);
}

/* Every size of window with every round-trip time: it grows, in bounds. */
static void cubic_extremes(struct kunit *test)
{
	static const u32 cwnds[] = { 1, 2, 3, 10, 1000, 1000000, 1 << 30,
				     S32_MAX - 8 };
	static const u32 srtts[] = { 0, 1, 8, 8000, 800000, S32_MAX, U32_MAX };
	unsigned int i, j, step;
	struct tcp_sock *tp;
	u32 cwnd;

	for (i = 0; i < ARRAY_SIZE(cwnds); i++) {
		for (j = 0; j < ARRAY_SIZE(srtts); j++) {
			tp = fake_socket(test, cwnds[i], cwnds[i]);
			tp->srtt_us = srtts[j];
			for (step = 0; step < 200; step++) {
				cwnd = tcp_snd_cwnd(tp);
				tp->tcp_mstamp += srtts[j] / 8 + 1;
				ack(tp, 1 + step % 3);
				KUNIT_ASSERT_GE(test, tcp_snd_cwnd(tp), cwnd);
				KUNIT_ASSERT_LE(test, tcp_snd_cwnd(tp),
						cwnd + 3);
			}
			KUNIT_EXPECT_GE(test,
					tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)),
					2);
		}
	}
}

/* A clock that is set back adds nothing, one far ahead a little. */
static void cubic_clock_steps(struct kunit *test)
{
	static const s64 steps[] = { -1, -1000000, -3600000000LL, 1000000,
				     3600000000LL, S64_MAX };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		struct tcp_sock *tp = after_loss(test, 1000);
		u32 t_us;

		round_trips(tp, 10);
		t_us = ca_of(tp)->stage.t_us;
		tp->tcp_mstamp += steps[i];
		ack(tp, 1);
		KUNIT_EXPECT_GE(test, ca_of(tp)->stage.t_us, t_us);
		KUNIT_EXPECT_LE(test, ca_of(tp)->stage.t_us,
				t_us + MAX_GAP_US);
		if (steps[i] == -1000000)
			KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.t_us, t_us);
	}
}

/* The low 32 bits of the clock wrap each 71 minutes. */
static void cubic_clock_wraps(struct kunit *test)
{
	struct tcp_sock *plain = after_loss(test, 1000);
	struct tcp_sock *tp = after_loss(test, 1000);
	u32 i;

	tp->tcp_mstamp = U32_MAX - 10 * RTT_US;
	for (i = 0; i < 60; i++) {
		round_trips(plain, 1);
		round_trips(tp, 1);
		KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), tcp_snd_cwnd(plain));
	}
}

/* Hours without a loss: t stops where the arithmetic ends. */
static void cubic_time_is_bounded(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 10);
	u32 i;

	tp->snd_cwnd_clamp = 20;
	for (i = 0; i < 5000; i++) {
		tp->tcp_mstamp += SECOND_US;
		ack(tp, 20);
	}
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.t_us, TCPDIAG_CUBIC_T_MAX_US);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 20);
}

/*
 * RFC 9438, tables 1 and 2, an ACK at a time, with a round trip of recovery
 * without growth after each loss.
 */
static const struct steady {
	u32 rtt_us;
	u32 per_loss;
	u32 average;
} steadies[] = {
	{ 100000, 100, 12 },
	{ 100000, 1000, 38 },
	{ 100000, 10000, 187 },
	{ 10000, 100, 12 },
	{ 10000, 1000, 38 },
	{ 10000, 10000, 120 },
};

static void steady_name(const struct steady *s, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "RTT %u ms, 1 loss in %u",
		 s->rtt_us / 1000, s->per_loss);
}

KUNIT_ARRAY_PARAM(steadies, steadies, steady_name);

static void cubic_steady(struct kunit *test)
{
	const struct steady *s = test->param_value;
	struct tcp_sock *tp = fake_socket(test, 10, 10);
	u64 sum = 0, rounds = 0;
	u32 sent, i;

	tp->srtt_us = s->rtt_us << 3;
	for (i = 0; i < 24; i++) {
		if (i == 12) {
			sum = 0;
			rounds = 0;
		}
		for (sent = 0; sent < s->per_loss; rounds++) {
			sum += tcp_snd_cwnd(tp);
			sent += tcp_snd_cwnd(tp);
			round_trip(tp, s->rtt_us);
		}
		reduce(tp);
	}
	KUNIT_EXPECT_GE(test, sum * 100, rounds * s->average * 85);
	KUNIT_EXPECT_LE(test, sum * 100, rounds * s->average * 115);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cubic_keeps_70_percent),
	KUNIT_CASE(cubic_floor),
	KUNIT_CASE(cubic_keeps_fraction),
	KUNIT_CASE(cubic_abe),
	KUNIT_CASE(cubic_abe_in_slow_start),
	KUNIT_CASE(cubic_abe_then_loss),
	KUNIT_CASE(cubic_fast_convergence_yields),
	KUNIT_CASE(cubic_stage_begins),
	KUNIT_CASE(cubic_after_hystart),
	KUNIT_CASE(cubic_timeout),
	KUNIT_CASE(cubic_resend_smaller),
	KUNIT_CASE(cubic_follows_curve),
	KUNIT_CASE(cubic_growth_is_bounded),
	KUNIT_CASE(cubic_reno_friendly),
	KUNIT_CASE(cubic_tiny_rtt),
	KUNIT_CASE(cubic_not_used),
	KUNIT_CASE(cubic_pause),
	KUNIT_CASE(cubic_clamp),
	KUNIT_CASE(cubic_undo),
	KUNIT_CASE(cubic_undo_timeout),
	KUNIT_CASE(cubic_undo_once),
	KUNIT_CASE(cubic_undo_in_slow_start),
	KUNIT_CASE(cubic_leaves_slow_start),
	KUNIT_CASE(cubic_later_slow_start_is_plain),
	KUNIT_CASE(cubic_slow_start_ends),
	KUNIT_CASE(cubic_slow_start_limit),
	KUNIT_CASE(cubic_zero_state),
	KUNIT_CASE(cubic_init_clears),
	KUNIT_CASE(cubic_extremes),
	KUNIT_CASE(cubic_clock_steps),
	KUNIT_CASE(cubic_clock_wraps),
	KUNIT_CASE(cubic_time_is_bounded),
	KUNIT_CASE_PARAM(cubic_steady, steadies_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_cubic_rfc9438",
	.init = cubic_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
