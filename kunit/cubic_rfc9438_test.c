// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of cubic_rfc9438's events and state: losses, ECN marks, timeouts and
 * their undo, stages and their clock, slow start. Figures are from RFC 9438 and
 * RFC 8511. cubic_growth_test.c tests windows over time.
 */
#include <kunit/test.h>

#include "cc_socket.h"

#include "../cc_algos/cubic_rfc9438.c"

#define SECOND_US	1000000U

static struct tcp_sock *bare_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	return tcpdiag_cc_socket(test, &tcpdiag_cubic_rfc9438, cwnd, ssthresh);
}

static struct tcp_sock *fake_socket(struct kunit *test, u32 cwnd, u32 ssthresh)
{
	return tcpdiag_cc_connect(test, &tcpdiag_cubic_rfc9438, cwnd, ssthresh);
}

static struct tcp_sock *after_loss(struct kunit *test, u32 cwnd)
{
	return tcpdiag_cc_after_loss(test, &tcpdiag_cubic_rfc9438, cwnd);
}

static struct cubic *ca_of(struct tcp_sock *tp)
{
	return cubic_of(sk_of(tp));
}

/* A window of whole packets. */
static void whole_window(struct tcp_sock *tp, u32 cwnd)
{
	tcp_snd_cwnd_set(tp, cwnd);
	ca_of(tp)->frac = 0;
}

static void mark(struct tcp_sock *tp)
{
	tp->delivered_ce++;
}

static void timeout(struct tcp_sock *tp)
{
	tcpdiag_cc_reduce(tp);
	tcp_snd_cwnd_set(tp, 1);
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
	tp->tcp_mstamp += SECOND_US;
}

static int cubic_test_init(struct kunit *test)
{
	cubic_fast_convergence = true;
	return 0;
}

static u32 window_after_loss(struct kunit *test, u32 cwnd)
{
	return tcpdiag_cc_window_after_loss(test, &tcpdiag_cubic_rfc9438, cwnd);
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

/* 0.7 * 15 = 10.5: the half packet is kept for the growth that follows. */
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
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
	/* no new mark: this is a loss */
	tcp_snd_cwnd_set(tp, 100);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	/* marks of the recovery before do not count */
	mark(tp);
	tcpdiag_cc_ack(tp, 1);
	whole_window(tp, 100);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	tcp_snd_cwnd_set(tp, 100);
	mark(tp);
	tp->lost_out = 1;
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
}

/* In slow start too; marks from before the connection do not count. */
static void cubic_abe_in_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = bare_socket(test, 10, NO_LIMIT);

	tp->delivered_ce = 5;
	tcpdiag_cubic_rfc9438.init(sk_of(tp));
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)), 7);
	tp = fake_socket(test, 10, NO_LIMIT);
	tcpdiag_cc_ack(tp, 8);
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
		tcpdiag_cc_reduce(tp);
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_CWR);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), states[i]);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
		/* but only once */
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
		KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 70);
	}
	/* in the next stage it is an event of its own */
	tp = fake_socket(test, 100, 100);
	mark(tp);
	tcpdiag_cc_reduce(tp);
	tcpdiag_cc_ack(tp, 1);
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Recovery);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
}

/* RFC 9438, 4.7. */
static void cubic_fast_convergence_yields(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);

	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 1000);
	whole_window(tp, 800);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 680);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 560);
	/* as high as W_max: no need to give way */
	tcp_snd_cwnd_set(tp, 680);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 680);

	cubic_fast_convergence = false;
	whole_window(tp, 400);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_max >> 32, 400);
}

/* K = cbrt(0.3 * 1000 / 0.4) = 9.0856 s */
static void cubic_stage_begins(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;

	tcpdiag_cc_ack(tp, 1);
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

	tcpdiag_cc_ack(tp, 1);
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

	tcpdiag_cc_round_trips(tp, 20);
	whole_window(tp, 900);
	timeout(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 630);
	while (tcp_in_slow_start(tp))
		tcpdiag_cc_round_trips(tp, 1);
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->k_us, 0);
	KUNIT_EXPECT_GE(test, s->w_max >> 32, 630);
	KUNIT_EXPECT_LE(test, s->w_max >> 32, tcp_snd_cwnd(tp));
	KUNIT_EXPECT_EQ(test, s->cwnd_prior, 900);
}

/*
 * The path needs smaller packets: no timeout, and no new stage, whatever is in
 * flight. The timer is pending.
 */
static void cubic_resend_smaller(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	u32 cwnd, lost;
	struct stage before;

	tcpdiag_cc_round_trips(tp, 20);
	before = ca_of(tp)->stage;
	cwnd = tcp_snd_cwnd(tp);
	inet_csk(sk_of(tp))->icsk_pending = ICSK_TIME_RETRANS;
	for (lost = 0; lost < 100; lost++) {
		/* one was lost, or the window is smaller than what is sent */
		tp->packets_out = cwnd + lost;
		tp->lost_out = 1;
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
	}
	KUNIT_EXPECT_EQ(test, memcmp(&ca_of(tp)->stage, &before,
				     sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
}

/* After a mark it is no loss either: the window stays that of the mark. */
static void cubic_resend_after_mark(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 100, 100);

	mark(tp);
	tcpdiag_cc_reduce(tp);
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_CWR);
	inet_csk(sk_of(tp))->icsk_pending = ICSK_TIME_RETRANS;
	tcpdiag_cubic_rfc9438.set_state(sk_of(tp), TCP_CA_Loss);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 85);
}

/* RFC 9438, 4.2: at most 1.5 times a round trip, however far behind. */
static void cubic_growth_is_bounded(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 100000);
	u32 before;

	tcpdiag_cc_ack(tp, 1);
	ca_of(tp)->stage.t_us = 1000 * SECOND_US;
	while (tcp_snd_cwnd(tp) < 100000000) {
		before = tcp_snd_cwnd(tp);
		/* two ACKs a round trip are enough for this */
		tp->tcp_mstamp += CC_RTT_US / 2;
		tcpdiag_cc_ack(tp, before / 2);
		tp->tcp_mstamp += CC_RTT_US / 2;
		tcpdiag_cc_ack(tp, before - before / 2);
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp),
				before + before / 2 + before / 8);
		KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), before + before / 3);
	}
}

/* An unused window does not grow, and its time does not count. */
static void cubic_not_used(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;
	u32 cwnd, t_us;

	tcpdiag_cc_round_trips(tp, 10);
	cwnd = tcp_snd_cwnd(tp);
	t_us = s->t_us;
	tp->is_cwnd_limited = 0;
	tcpdiag_cc_round_trips(tp, 100);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
	tp->is_cwnd_limited = 1;
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
	tcpdiag_cc_round_trips(tp, 10);
	KUNIT_EXPECT_GE(test, s->t_us, t_us + 9 * CC_RTT_US);
	KUNIT_EXPECT_LE(test, s->t_us, t_us + 10 * CC_RTT_US);
}

/* Nor does a pause without packets in flight count. */
static void cubic_pause(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage *s = &ca_of(tp)->stage;
	u32 t_us;

	tcpdiag_cc_round_trips(tp, 10);
	t_us = s->t_us;
	tp->tcp_mstamp += 5 * SECOND_US;
	tcpdiag_cubic_rfc9438.cwnd_event(sk_of(tp), CA_EVENT_TX_START);
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, s->t_us, t_us);
}

/* Undo gives the window and the stage of @before back. */
static void expect_undone(struct kunit *test, struct tcp_sock *tp,
			  const struct stage *before, u32 cwnd)
{
	tcpdiag_cc_undo(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	KUNIT_EXPECT_EQ(test, memcmp(&ca_of(tp)->stage, before,
				     sizeof(*before)), 0);
}

/* RFC 9438, 4.9: as if there had been no event, except for the time. */
static void cubic_undo(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct cubic *ca = ca_of(tp);
	struct stage before;
	u32 cwnd, ssthresh;

	tcpdiag_cc_round_trips(tp, 40);
	before = ca->stage;
	cwnd = tcp_snd_cwnd(tp);
	ssthresh = tp->snd_ssthresh;
	tcpdiag_cc_reduce(tp);
	/* growth in between is forgotten */
	tcpdiag_cc_round_trips(tp, 2);
	KUNIT_EXPECT_LT(test, tcp_snd_cwnd(tp), cwnd);
	expect_undone(test, tp, &before, cwnd);
	KUNIT_EXPECT_GE(test, tp->snd_ssthresh, ssthresh);
	tcpdiag_cc_ack(tp, 1);
	/* one round trip of recovery, two of growth */
	KUNIT_EXPECT_GE(test, ca->stage.t_us, before.t_us + 3 * CC_RTT_US);
	KUNIT_EXPECT_LE(test, ca->stage.t_us, before.t_us + 4 * CC_RTT_US);
	KUNIT_EXPECT_EQ(test, ca->stage.k_us, before.k_us);
	KUNIT_EXPECT_EQ(test, ca->stage.w_max, before.w_max);
}

/*
 * TCP cuts a window that was not used, and does not tell. It comes back in
 * round trips, though Reno's window is what it follows here.
 */
static void cubic_cut_window(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 40);
	u32 before, cut;

	tp->srtt_us = 10000 << 3;
	tcpdiag_cc_round_trips(tp, 40);
	before = tcp_snd_cwnd(tp);
	KUNIT_ASSERT_EQ(test, ca_of(tp)->stage.w_est >> TCPDIAG_WND_SHIFT,
			before);
	cut = before * 4 / 5;
	tcp_snd_cwnd_set(tp, cut);
	tp->tcp_mstamp += 10000;
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), cut + 1);
	tcpdiag_cc_round_trips(tp, 1);
	KUNIT_EXPECT_GT(test, tcp_snd_cwnd(tp), cut + 1);
	KUNIT_EXPECT_LT(test, tcp_snd_cwnd(tp), before);
	tcpdiag_cc_round_trips(tp, 10);
	KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), before + 10);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.w_est >> TCPDIAG_WND_SHIFT,
			tcp_snd_cwnd(tp));
}

/* A spurious timeout. */
static void cubic_undo_timeout(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage before;

	tcpdiag_cc_round_trips(tp, 40);
	before = ca_of(tp)->stage;
	timeout(tp);
	tcpdiag_cc_ack(tp, 1);
	expect_undone(test, tp, &before, tp->prior_cwnd);
}

/* Undo changes nothing if the window is already larger, or was restored. */
static void cubic_undo_once(struct kunit *test)
{
	struct tcp_sock *tp = after_loss(test, 1000);
	struct stage before;

	tcp_snd_cwnd_set(tp, 1200);
	before = ca_of(tp)->stage;
	expect_undone(test, tp, &before, 1200);

	tcpdiag_cc_reduce(tp);
	tcpdiag_cc_undo(tp);
	tcpdiag_cc_round_trips(tp, 5);
	before = ca_of(tp)->stage;
	tcp_snd_cwnd_set(tp, 600);
	expect_undone(test, tp, &before, tp->prior_cwnd);
}

/* The initial slow start goes on, with HyStart++. */
static void cubic_undo_in_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);
	struct cubic *ca = ca_of(tp);

	tcpdiag_cc_round_trips(tp, 3);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 80);
	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 56);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 0);
	tcpdiag_cc_undo(tp);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 1);
	KUNIT_EXPECT_EQ(test, ca->hystart.phase, TCPDIAG_HYSTART_SS);
	tcpdiag_cc_round_trips(tp, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 160);
}

/* A window of 1 is not cut by a loss. Slow start goes on with HyStart++, too. */
static void cubic_undo_of_small_window(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 1, NO_LIMIT);
	struct cubic *ca = ca_of(tp);

	tcpdiag_cc_reduce(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 2);
	tcpdiag_cc_undo(tp);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, NO_LIMIT);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 1);
	KUNIT_EXPECT_EQ(test, ca->stage.w_max, 0);
	KUNIT_EXPECT_EQ(test, ca->stage.cwnd_prior, 0);
}

/* What was sent before it begins does not tell how long a train is. */
static void cubic_train_begins_with_flight(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);

	KUNIT_EXPECT_EQ(test, ca_of(tp)->train.flight_end, tp->snd_nxt);
	tcpdiag_cc_reduce(tp);
	tp->snd_nxt += 5;
	tcpdiag_cc_undo(tp);
	KUNIT_EXPECT_EQ(test, ca_of(tp)->train.flight_end, tp->snd_nxt);
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
		tcpdiag_cc_ack(tp, 1);
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
	tcpdiag_cc_ack(tp, 1);
	KUNIT_EXPECT_EQ(test, ca->stage.k_us, 0);
	KUNIT_EXPECT_GE(test, ca->stage.cwnd_prior, tp->snd_ssthresh);
}

/* What was learnt of the path before an idle time is old. */
static void cubic_idle_in_slow_start(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, NO_LIMIT);
	struct cubic *ca = ca_of(tp);

	inet_csk(sk_of(tp))->icsk_rto = HZ;
	sampled_round_trip(tp, 50000);
	sampled_round_trip(tp, 60000);
	sampled_round_trip(tp, 60000);
	KUNIT_ASSERT_EQ(test, ca->hystart.phase, TCPDIAG_HYSTART_CSS);
	/* as long as TCP itself takes no notice of */
	tp->lsndtime = tcp_jiffies32 - HZ / 2;
	cubic_tx_start(sk_of(tp));
	KUNIT_EXPECT_EQ(test, ca->hystart.phase, TCPDIAG_HYSTART_CSS);
	tp->lsndtime = tcp_jiffies32 - 2 * HZ;
	cubic_tx_start(sk_of(tp));
	KUNIT_EXPECT_EQ(test, ca->hystart.phase, TCPDIAG_HYSTART_SS);
	KUNIT_EXPECT_EQ(test, ca->hystart.last_min_us, U32_MAX);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 1);
	/* after slow start the same memory is that of the saved stage */
	tcpdiag_cc_reduce(tp);
	cubic_tx_start(sk_of(tp));
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 0);
	KUNIT_EXPECT_EQ(test, ca->may_undo, 1);
}

/* Packets that find a queue end it if the window makes that queue. */
static void cubic_trial_needs_full_window(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 20, NO_LIMIT);
	struct cubic *ca = ca_of(tp);
	u32 i;

	/* an alarm at 20 packets and 50 ms */
	ca->train = (struct tcpdiag_train) {
		.flight_end = tp->snd_una,
		.cap = 20,
		.queued_rtt_us = 55000,
		.cwnd = 20,
		.phase = TCPDIAG_TRAIN_TRIAL,
	};
	tp->is_cwnd_limited = 0;
	for (i = 0; i < 10; i++)
		sampled_round_trip(tp, 60000);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 1);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 20);
	tp->is_cwnd_limited = 1;
	for (i = 0; i < 10; i++)
		sampled_round_trip(tp, 60000);
	KUNIT_EXPECT_EQ(test, ca->in_hystart, 0);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, 20);
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
	tcpdiag_cc_round_trips(tp, 4);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 16);
}

/* The part of an ACK that slow start does not use still counts. */
static void cubic_slow_start_ends(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 15);

	tcpdiag_cc_ack(tp, 5);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 15);
	tp = fake_socket(test, 10, 15);
	tcpdiag_cc_ack(tp, 5 + 15);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 15);
	/* a packet a round trip, which 15 of 15 are */
	KUNIT_EXPECT_GE(test, ca_of(tp)->stage.w_est, (16ULL << 32) - 16);
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
	tcpdiag_cc_ack(tp, 10);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 20);
	for (state = TCP_CA_Open; state <= TCP_CA_Loss; state++)
		tcpdiag_cubic_rfc9438.set_state(sk_of(tp), state);
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.ssthresh(sk_of(tp)), 14);
	/* congestion avoidance without init */
	tp = bare_socket(test, 10, 5);
	tcpdiag_cc_round_trips(tp, 10);
	KUNIT_EXPECT_GT(test, tcp_snd_cwnd(tp), 15);
}

/* init() clears any state that another algorithm left. */
static void cubic_init_clears(struct kunit *test)
{
	struct tcp_sock *tp = bare_socket(test, 10, 5);
	const struct cubic zero = {};

	memset(inet_csk(sk_of(tp))->icsk_ca_priv, 0xa5, ICSK_CA_PRIV_SIZE);
	tcpdiag_cubic_rfc9438.init(sk_of(tp));
	KUNIT_EXPECT_EQ(test, memcmp(ca_of(tp), &zero, sizeof(zero)), 0);
	/* chosen in the middle of a recovery: no state to restore */
	tp->prior_cwnd = 20;
	tp->prior_ssthresh = 12;
	KUNIT_EXPECT_EQ(test, tcpdiag_cubic_rfc9438.undo_cwnd(sk_of(tp)), 20);
	KUNIT_EXPECT_EQ(test, memcmp(ca_of(tp), &zero, sizeof(zero)), 0);
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

		tcpdiag_cc_round_trips(tp, 10);
		t_us = ca_of(tp)->stage.t_us;
		tp->tcp_mstamp += steps[i];
		tcpdiag_cc_ack(tp, 1);
		KUNIT_EXPECT_GE(test, ca_of(tp)->stage.t_us, t_us);
		KUNIT_EXPECT_LE(test, ca_of(tp)->stage.t_us,
				t_us + MAX_GAP_US);
		if (steps[i] == -1000000)
			KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.t_us, t_us);
	}
}

/* Hours without a loss: t stops at the limit of the arithmetic. */
static void cubic_time_is_bounded(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test, 10, 10);
	u32 i;

	tp->snd_cwnd_clamp = 20;
	for (i = 0; i < 5000; i++) {
		tp->tcp_mstamp += SECOND_US;
		tcpdiag_cc_ack(tp, 20);
	}
	KUNIT_EXPECT_EQ(test, ca_of(tp)->stage.t_us, TCPDIAG_CUBIC_T_MAX_US);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 20);
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
	KUNIT_CASE(cubic_resend_after_mark),
	KUNIT_CASE(cubic_growth_is_bounded),
	KUNIT_CASE(cubic_not_used),
	KUNIT_CASE(cubic_pause),
	KUNIT_CASE(cubic_cut_window),
	KUNIT_CASE(cubic_undo),
	KUNIT_CASE(cubic_undo_timeout),
	KUNIT_CASE(cubic_undo_once),
	KUNIT_CASE(cubic_undo_in_slow_start),
	KUNIT_CASE(cubic_undo_of_small_window),
	KUNIT_CASE(cubic_train_begins_with_flight),
	KUNIT_CASE(cubic_leaves_slow_start),
	KUNIT_CASE(cubic_idle_in_slow_start),
	KUNIT_CASE(cubic_trial_needs_full_window),
	KUNIT_CASE(cubic_later_slow_start_is_plain),
	KUNIT_CASE(cubic_slow_start_ends),
	KUNIT_CASE(cubic_zero_state),
	KUNIT_CASE(cubic_init_clears),
	KUNIT_CASE(cubic_clock_steps),
	KUNIT_CASE(cubic_time_is_bounded),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_cubic_rfc9438",
	.init = cubic_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
