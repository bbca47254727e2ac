// SPDX-License-Identifier: GPL-2.0
/*
 * The socket of cc_socket.h.
 */
#include "cc_socket.h"

static const struct tcp_congestion_ops *ops_of(struct tcp_sock *tp)
{
	return inet_csk(sk_of(tp))->icsk_ca_ops;
}

static u32 rtt_us(const struct tcp_sock *tp)
{
	return tp->srtt_us >> 3;
}

/**
 * tcpdiag_cc_socket() - make a connection that uses all of its window
 * @test: owner of the memory
 * @ops: algorithm, its init() not called yet
 * @cwnd: window, packets
 * @ssthresh: threshold, packets
 *
 * Context: process; in a KUnit test.
 * Return: the connection.
 */
struct tcp_sock *tcpdiag_cc_socket(struct kunit *test,
				   const struct tcp_congestion_ops *ops,
				   u32 cwnd, u32 ssthresh)
{
	struct tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->snd_cwnd = cwnd;
	tp->snd_ssthresh = ssthresh;
	tp->snd_cwnd_clamp = NO_LIMIT;
	tp->is_cwnd_limited = 1;
	tp->tcp_mstamp = 1000 * USEC_PER_SEC;
	tp->srtt_us = CC_RTT_US << 3;
	tp->snd_una = 1;
	tp->snd_nxt = 1 + cwnd;
	inet_csk(sk_of(tp))->icsk_ca_ops = ops;
	return tp;
}

/**
 * tcpdiag_cc_connect() - tcpdiag_cc_socket(), with init() called
 * @test: owner of the memory
 * @ops: algorithm
 * @cwnd: window, packets
 * @ssthresh: threshold, packets
 *
 * Context: process; in a KUnit test.
 * Return: the connection.
 */
struct tcp_sock *tcpdiag_cc_connect(struct kunit *test,
				    const struct tcp_congestion_ops *ops,
				    u32 cwnd, u32 ssthresh)
{
	struct tcp_sock *tp = tcpdiag_cc_socket(test, ops, cwnd, ssthresh);

	if (ops->init)
		ops->init(sk_of(tp));
	return tp;
}

/**
 * tcpdiag_cc_after_loss() - tcpdiag_cc_connect(), in congestion avoidance
 * @test: owner of the memory
 * @ops: algorithm
 * @cwnd: window at which something was lost, packets
 *
 * Context: process; in a KUnit test.
 * Return: the connection.
 */
struct tcp_sock *tcpdiag_cc_after_loss(struct kunit *test,
				       const struct tcp_congestion_ops *ops,
				       u32 cwnd)
{
	struct tcp_sock *tp = tcpdiag_cc_connect(test, ops, cwnd, cwnd);

	tcpdiag_cc_reduce(tp);
	return tp;
}

/**
 * tcpdiag_cc_ack() - let an ACK arrive
 * @tp: connection
 * @packets: packets that it acknowledges
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_cc_ack(struct tcp_sock *tp, u32 packets)
{
	ops_of(tp)->cong_avoid(sk_of(tp), 0, packets);
}

/* Every packet of the window is acknowledged, two an ACK. */
static void round_trip(struct tcp_sock *tp)
{
	u32 cwnd = tcp_snd_cwnd(tp), left = cwnd;
	u64 start_us = tp->tcp_mstamp;

	while (left) {
		u32 packets = min(left, 2U);

		left -= packets;
		tp->tcp_mstamp = start_us +
				 div_u64((u64)rtt_us(tp) * (cwnd - left), cwnd);
		tcpdiag_cc_ack(tp, packets);
	}
}

/**
 * tcpdiag_cc_round_trips() - let time pass and ACKs arrive
 * @tp: connection
 * @n: round trips of srtt_us
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_cc_round_trips(struct tcp_sock *tp, u32 n)
{
	while (n--)
		round_trip(tp);
}

/**
 * tcpdiag_cc_reduce() - reduce the window as TCP does after a loss
 * @tp: connection; its recovery takes a round trip, without an ACK
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_cc_reduce(struct tcp_sock *tp)
{
	tp->prior_ssthresh = max(tp->snd_ssthresh, tp->snd_cwnd * 3 / 4);
	tp->prior_cwnd = tcp_snd_cwnd(tp);
	tp->snd_ssthresh = ops_of(tp)->ssthresh(sk_of(tp));
	tcp_snd_cwnd_set(tp, tp->snd_ssthresh);
	tp->tcp_mstamp += rtt_us(tp);
}

/**
 * tcpdiag_cc_undo() - undo a reduction as TCP does after a spurious loss
 * @tp: connection
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_cc_undo(struct tcp_sock *tp)
{
	tcp_snd_cwnd_set(tp, ops_of(tp)->undo_cwnd(sk_of(tp)));
	tp->snd_ssthresh = max(tp->snd_ssthresh, tp->prior_ssthresh);
}

/**
 * tcpdiag_cc_window_after_loss() - the window after a first loss
 * @test: owner of the memory
 * @ops: algorithm
 * @cwnd: window, packets
 *
 * Context: process; in a KUnit test.
 * Return: ssthresh, packets.
 */
u32 tcpdiag_cc_window_after_loss(struct kunit *test,
				 const struct tcp_congestion_ops *ops, u32 cwnd)
{
	return ops->ssthresh(sk_of(tcpdiag_cc_connect(test, ops, cwnd,
						      NO_LIMIT)));
}

/**
 * tcpdiag_cc_expect_clamp() - check that a window stops at snd_cwnd_clamp
 * @test: the test
 * @ops: algorithm
 *
 * Context: process; in a KUnit test.
 * Return: a connection that has long been at its clamp, 12 packets.
 */
struct tcp_sock *tcpdiag_cc_expect_clamp(struct kunit *test,
					 const struct tcp_congestion_ops *ops)
{
	struct tcp_sock *tp = tcpdiag_cc_connect(test, ops, 10, NO_LIMIT);

	tp->snd_cwnd_clamp = 12;
	tcpdiag_cc_round_trips(tp, 3);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 12);
	tp->snd_ssthresh = 5;
	tcpdiag_cc_round_trips(tp, 300);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 12);
	return tp;
}

/**
 * tcpdiag_cc_expect_mean() - check the mean window of a steady path
 * @test: the test
 * @tp: connection
 * @per_loss: the path loses one in this many packets
 * @losses: how many losses to simulate; the first half does not count
 * @average: expected mean, packets
 * @percent: tolerance
 *
 * A loss takes a round trip of recovery, without growth.
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_cc_expect_mean(struct kunit *test, struct tcp_sock *tp,
			    u32 per_loss, u32 losses, u32 average, u32 percent)
{
	u64 sum = 0, rounds = 0;
	u32 sent, i;

	for (i = 0; i < losses; i++) {
		if (i == losses / 2) {
			sum = 0;
			rounds = 0;
		}
		for (sent = 0; sent < per_loss; rounds++) {
			sum += tcp_snd_cwnd(tp);
			sent += tcp_snd_cwnd(tp);
			round_trip(tp);
		}
		tcpdiag_cc_reduce(tp);
		sum += tcp_snd_cwnd(tp);
		rounds++;
	}
	KUNIT_EXPECT_GE(test, sum * 100, rounds * average * (100 - percent));
	KUNIT_EXPECT_LE(test, sum * 100, rounds * average * (100 + percent));
}
