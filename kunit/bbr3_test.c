// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of bbr3's interface to TCP: its operations are called as TCP calls
 * them, on made-up sockets, in normal and in unusual order.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "cc_socket.h"

#include "../cc_algos/bbr3.c"

#define MSS		1448U
#define RTT_US		40000U
#define VEGAS		(1 << (INET_DIAG_VEGASINFO - 1))

static struct tcp_sock *fake_socket(struct kunit *test)
{
	struct tcp_sock *tp = tcpdiag_cc_socket(test, &tcpdiag_bbr3, 10, 77);
	struct sock *sk = sk_of(tp);

	tp->is_cwnd_limited = 0;
	tp->mss_cache = MSS;
	tp->delivered = 1;
	tp->srtt_us = RTT_US << 3;
	minmax_reset(&tp->rtt_min, 0, RTT_US);
	tp->rx_opt.sack_ok = TCP_SACK_SEEN;
	sk->sk_max_pacing_rate = ~0UL;
	sk->sk_pacing_rate = ~0UL;
	sk->sk_gso_max_segs = GSO_MAX_SEGS;
	sk->tcp_rtx_queue = RB_ROOT;
	return tp;
}

static void release(void *tp)
{
	if (inet_csk(sk_of(tp))->icsk_ca_ops == &tcpdiag_bbr3)
		tcpdiag_bbr3.release(sk_of(tp));
}

static struct tcp_sock *connected(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);

	tcpdiag_bbr3.init(sk_of(tp));
	KUNIT_ASSERT_NOT_NULL(test, bbr3_private(sk_of(tp))->flow);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, release, tp));
	return tp;
}

static struct bbr3_flow *flow_of(struct tcp_sock *tp)
{
	return bbr3_private(sk_of(tp))->flow;
}

/* An ACK for @packets that were sent a round trip ago, at @rate a second. */
static struct rate_sample sample(const struct tcp_sock *tp, u32 packets)
{
	return (struct rate_sample) {
		.prior_mstamp = tp->tcp_mstamp,
		.prior_delivered = tp->delivered,
		.delivered = packets,
		.interval_us = RTT_US,
		.rtt_us = RTT_US,
		.acked_sacked = packets,
		.prior_in_flight = tp->packets_out,
	};
}

static void ack(struct tcp_sock *tp, struct rate_sample rs)
{
	tp->tcp_mstamp += RTT_US;
	tp->delivered += rs.acked_sacked;
	tp->lost += rs.losses;
	tp->packets_out = min(tcp_snd_cwnd(tp), 40U);
	on_ack(sk_of(tp), &rs);
}

/* A connection whose pipe is full at 1000 packets a second: 40 packets. */
static struct tcp_sock *in_probe_bw(struct kunit *test)
{
	struct tcp_sock *tp = connected(test);
	unsigned int i;

	for (i = 0; i < 100 && !bbr3_in_probe_bw(&flow_of(tp)->model); i++)
		ack(tp, sample(tp, 40));
	KUNIT_ASSERT_TRUE(test, bbr3_in_probe_bw(&flow_of(tp)->model));
	return tp;
}

static void bbr3_starts(struct kunit *test)
{
	struct tcp_sock *tp = connected(test);
	struct sock *sk = sk_of(tp);
	u64 expected = 277ULL * 10 * MSS * 1000000 / RTT_US / 100;

	KUNIT_EXPECT_EQ(test, flow_of(tp)->model.state, BBR3_STARTUP);
	KUNIT_EXPECT_EQ(test, flow_of(tp)->model.min_rtt.rtt_us, RTT_US);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 10);
	KUNIT_EXPECT_EQ(test, tp->snd_ssthresh, TCP_INFINITE_SSTHRESH);
	/* minus the margin of 1 % */
	KUNIT_EXPECT_LE(test, sk->sk_pacing_rate, expected);
	KUNIT_EXPECT_GE(test, sk->sk_pacing_rate, expected / 1000 * 985);
	KUNIT_EXPECT_EQ(test, (int)sk->sk_pacing_status, SK_PACING_NEEDED);
}

/* Without a round-trip time a millisecond is assumed until there is one. */
static void bbr3_starts_without_rtt(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct sock *sk = sk_of(tp);
	unsigned long rate;

	tp->srtt_us = 0;
	minmax_reset(&tp->rtt_min, 0, ~0U);
	tcpdiag_bbr3.init(sk);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, release, tp));
	rate = sk->sk_pacing_rate;
	KUNIT_EXPECT_GE(test, rate, 2700UL * 1000 * 10 * MSS / 1000);
	tp->srtt_us = RTT_US << 3;
	ack(tp, sample(tp, 1));
	KUNIT_EXPECT_LE(test, sk->sk_pacing_rate, rate / 30);
	KUNIT_EXPECT_EQ(test, flow_of(tp)->model.min_rtt.rtt_us, RTT_US);
}

static void bbr3_leaves_fq_alone(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct sock *sk = sk_of(tp);

	sk->sk_pacing_status = SK_PACING_FQ;
	tcpdiag_bbr3.init(sk);
	KUNIT_EXPECT_EQ(test, (int)sk->sk_pacing_status, SK_PACING_FQ);
	tcpdiag_bbr3.release(sk);
	KUNIT_EXPECT_NULL(test, flow_of(tp));
}

/* All operations that may be called before init(), or after release(). */
static void bbr3_without_state(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct sock *sk = sk_of(tp);
	union tcp_cc_info info;
	unsigned int i;
	int attr = 0;
	u8 s;

	for (i = 0; i < 3; i++) {
		tp->prior_cwnd = 20;
		ack(tp, sample(tp, 3));
		KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 10);
		KUNIT_EXPECT_GT(test, tcpdiag_bbr3.ssthresh(sk), 2);
		KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.undo_cwnd(sk), 20);
		for (s = TCP_CA_Open; s <= TCP_CA_Loss; s++)
			tcpdiag_bbr3.set_state(sk, s);
		tcpdiag_bbr3.cwnd_event(sk, CA_EVENT_TX_START);
		KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.min_tso_segs(sk), 2);
		KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.sndbuf_expand(sk), 3);
		KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.get_info(sk, VEGAS, &attr,
							    &info),
				sizeof(info.bbr));
		KUNIT_EXPECT_EQ(test, info.bbr.bbr_bw_lo, 0);
		tcpdiag_bbr3.release(sk);
		if (i)
			continue;
		tcpdiag_bbr3.init(sk);
		tcpdiag_bbr3.release(sk);
		tp->snd_ssthresh = 77;
		tp->snd_cwnd = 10;
		/* TCP clears the private state when algorithms change */
		memset(bbr3_private(sk), 0, ICSK_CA_PRIV_SIZE);
	}
}

/* A child is a copy of its listener, which has no state to share. */
static void bbr3_listener_to_child(struct kunit *test)
{
	struct tcp_sock *listener = fake_socket(test);
	struct tcp_sock *child = fake_socket(test);

	tcpdiag_bbr3.release(sk_of(listener));
	memcpy(child, listener, sizeof(*child));
	KUNIT_EXPECT_NULL(test, flow_of(child));
	tcpdiag_bbr3.init(sk_of(child));
	KUNIT_EXPECT_NOT_NULL(test, flow_of(child));
	KUNIT_EXPECT_NULL(test, flow_of(listener));
	tcpdiag_bbr3.release(sk_of(child));
}

/* Chosen during a connection, with another algorithm's window. */
static void bbr3_taken_up_later(struct kunit *test)
{
	static const u32 cwnds[] = { 1, 2, 500, 1 << 29, NO_LIMIT };
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(cwnds); i++) {
		struct tcp_sock *tp = fake_socket(test);

		tp->delivered = 0U - 60;
		tp->lost = 0U - 1;
		tp->snd_cwnd = cwnds[i];
		tp->packets_out = min(cwnds[i], 1000U);
		inet_csk(sk_of(tp))->icsk_ca_state = TCP_CA_Recovery;
		tcpdiag_bbr3.init(sk_of(tp));
		for (j = 0; j < 100; j++)
			ack(tp, sample(tp, 40));
		KUNIT_EXPECT_TRUE(test, bbr3_in_probe_bw(&flow_of(tp)->model));
		KUNIT_EXPECT_GE(test, tcp_snd_cwnd(tp), 40);
		KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 200);
		tcpdiag_bbr3.release(sk_of(tp));
	}
}

static void bbr3_finds_the_rate(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct sock *sk = sk_of(tp);
	const struct bbr3_gains *g;
	union tcp_cc_info info;
	u64 shown;
	int attr;

	g = &tcpdiag_bbr3_gains[flow_of(tp)->model.state];
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.get_info(sk, VEGAS, &attr, &info),
			sizeof(info.bbr));
	KUNIT_EXPECT_EQ(test, attr, INET_DIAG_BBRINFO);
	shown = (u64)info.bbr.bbr_bw_hi << 32 | info.bbr.bbr_bw_lo;
	KUNIT_EXPECT_LE(test, shown, 1000 * MSS);
	KUNIT_EXPECT_GE(test, shown, 999 * MSS);
	KUNIT_EXPECT_EQ(test, info.bbr.bbr_min_rtt, RTT_US);
	KUNIT_EXPECT_EQ(test, info.bbr.bbr_cwnd_gain, g->cwnd);
	KUNIT_EXPECT_EQ(test, info.bbr.bbr_pacing_gain,
			g->pacing_percent * 256 / 100);
	KUNIT_EXPECT_LE(test, sk->sk_pacing_rate,
			990UL * MSS * g->pacing_percent / 100);
	KUNIT_EXPECT_GE(test, sk->sk_pacing_rate,
			988UL * MSS * g->pacing_percent / 100);
	/* the attribute is not requested */
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.get_info(sk, 0, &attr, &info), 0);
}

static void bbr3_max_pacing_rate(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct sock *sk = sk_of(tp);

	sk->sk_max_pacing_rate = 12345;
	ack(tp, sample(tp, 40));
	KUNIT_EXPECT_EQ(test, sk->sk_pacing_rate, 12345);
	sk->sk_max_pacing_rate = ~0UL;
	ack(tp, sample(tp, 40));
	KUNIT_EXPECT_GT(test, sk->sk_pacing_rate, 800 * MSS);
}

static void bbr3_clamp(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);

	tp->snd_cwnd_clamp = 7;
	ack(tp, sample(tp, 40));
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 7);
	tp->snd_cwnd_clamp = 0;
	ack(tp, sample(tp, 40));
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 1);
}

/* Room for three quanta; a device without offload has quanta of one. */
static void bbr3_offload_budget(struct kunit *test)
{
	struct sock *sk = (struct sock *)fake_socket(test);

	KUNIT_EXPECT_EQ(test, offload_budget(sk, 0), 3 * 2);
	/* 100 Mbit/s: 12.2 kB a millisecond */
	KUNIT_EXPECT_EQ(test, offload_budget(sk, 12500000), 3 * 8);
	KUNIT_EXPECT_EQ(test, offload_budget(sk, ~0UL), 3 * 45);
	sk->sk_gso_max_segs = 1;
	KUNIT_EXPECT_EQ(test, offload_budget(sk, ~0UL), 3);
	tcp_sk(sk)->mss_cache = 0;
	KUNIT_EXPECT_GT(test, offload_budget(sk, 12500000), 0);
}

/* A segment in the retransmission queue. */
static struct sk_buff *segment(struct kunit *test, struct sock *sk, u32 seq,
			       u32 delivered, u8 sacked)
{
	struct rb_node **p = &sk->tcp_rtx_queue.rb_node, *parent = NULL;
	struct sk_buff *skb = kunit_kzalloc(test, sizeof(*skb), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	TCP_SKB_CB(skb)->seq = seq;
	TCP_SKB_CB(skb)->sacked = sacked;
	TCP_SKB_CB(skb)->tx.delivered = delivered;
	tcp_skb_pcount_set(skb, 1);
	while (*p) {
		parent = *p;
		p = &parent->rb_right;
	}
	rb_link_node(&skb->rbnode, parent, p);
	rb_insert_color(&skb->rbnode, &sk->tcp_rtx_queue);
	return skb;
}

/* A connection in UP, with 50 packets in flight at each moment. */
static struct tcp_sock *probing(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct bbr3_flow *flow = flow_of(tp);
	unsigned int i;

	for (i = 0; i < 200 && flow->model.state != BBR3_UP; i++)
		ack(tp, sample(tp, 40));
	KUNIT_ASSERT_EQ(test, flow->model.state, BBR3_UP);
	tcpdiag_bbr3_ring_init(&flow->ring, tp->delivered, tp->lost, 50);
	return tp;
}

/* 1 of 50 is not more than 2 %, and the probe goes on; 2 of 50 end it. */
static void two_of_50_are_lost(struct kunit *test, struct tcp_sock *tp)
{
	struct bbr3_flow *flow = flow_of(tp);
	struct rate_sample rs = sample(tp, 1);

	rs.losses = 1;
	ack(tp, rs);
	KUNIT_EXPECT_EQ(test, flow->model.state, BBR3_UP);
	KUNIT_EXPECT_TRUE(test, flow->model.loss_in_round);
	rs = sample(tp, 1);
	rs.losses = 1;
	ack(tp, rs);
	KUNIT_EXPECT_NE(test, flow->model.state, BBR3_UP);
	KUNIT_EXPECT_TRUE(test, flow->model.probe_too_high);
}

/* More than 2 % of the volume at the lost packet's transmission: down. */
static void bbr3_loss_too_high(struct kunit *test)
{
	struct tcp_sock *tp = probing(test);
	struct sock *sk = sk_of(tp);
	struct bbr3_flow *flow = flow_of(tp);
	unsigned int i;

	/* delivered before, sent again, and then the one that counts */
	for (i = 0; i < 10; i++)
		segment(test, sk, i, 0, TCPCB_SACKED_ACKED);
	segment(test, sk, 10, 0, TCPCB_LOST | TCPCB_SACKED_RETRANS);
	segment(test, sk, 11, tp->delivered, TCPCB_LOST);
	two_of_50_are_lost(test, tp);
	KUNIT_EXPECT_GE(test, flow->model.inflight_longterm, 48);
	KUNIT_EXPECT_LE(test, flow->model.inflight_longterm, 50);
}

/* The walk goes no further than 32, and begins at TCP's own mark. */
static void bbr3_loss_walk(struct kunit *test)
{
	struct tcp_sock *tp = probing(test);
	struct sock *sk = sk_of(tp);
	struct bbr3_flow *flow = flow_of(tp);
	struct sk_buff *last = NULL;
	struct bbr3_ack a = { .lost = 2, .cwnd = 50, .sack = true,
			      .tx_inflight = 50, .tx_lost = 1 };
	unsigned int i;

	flow->ring.slot[0].lost = tp->lost - 10;
	for (i = 0; i <= LOST_MAX; i++)
		last = segment(test, sk, i, tp->delivered,
			       i == LOST_MAX ? TCPCB_LOST : TCPCB_SACKED_ACKED);
	lost_packets(sk, flow, &a);
	/* only the ACK's own packet is used, and its loss is not too high */
	KUNIT_EXPECT_TRUE(test, flow->model.loss_in_round);
	KUNIT_EXPECT_TRUE(test, flow->model.bw_probe_sample);
	tp->retransmit_skb_hint = last;
	lost_packets(sk, flow, &a);
	KUNIT_EXPECT_FALSE(test, flow->model.bw_probe_sample);
}

/* Calls set_state() as TCP does, which stores the state after it. */
static void enter(struct tcp_sock *tp, u8 state)
{
	tcpdiag_bbr3.set_state(sk_of(tp), state);
	inet_csk(sk_of(tp))->icsk_ca_state = state;
}

static void bbr3_recovery(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct sock *sk = sk_of(tp);
	u32 cwnd = tcp_snd_cwnd(tp);

	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.ssthresh(sk), TCP_INFINITE_SSTHRESH);
	enter(tp, TCP_CA_Recovery);
	tp->snd_cwnd = 5;
	enter(tp, TCP_CA_Open);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
}

static void bbr3_timeout(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct sock *sk = sk_of(tp);
	struct bbr3_flow *flow = flow_of(tp);
	u32 cwnd = tcp_snd_cwnd(tp);

	segment(test, sk, 1, tp->delivered, TCPCB_LOST);
	tcpdiag_bbr3.ssthresh(sk);
	/* as tcp_enter_loss() does */
	tp->lost += 40;
	tp->snd_cwnd = 1;
	enter(tp, TCP_CA_Loss);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 1);
	KUNIT_EXPECT_TRUE(test, flow->model.loss_in_round);
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3.undo_cwnd(sk), cwnd);
	KUNIT_EXPECT_FALSE(test, flow->model.loss_in_round);
	enter(tp, TCP_CA_Open);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
}

/*
 * Packets were too large for the path, as tcp_simple_retransmit() finds: these
 * are lost, the window stays, and the timer is pending.
 */
static void too_large(struct tcp_sock *tp, u32 packets)
{
	tp->lost += packets;
	tp->lost_out = packets;
	tp->prior_ssthresh = 0;
	tp->undo_marker = 0;
	inet_csk(sk_of(tp))->icsk_pending = ICSK_TIME_RETRANS;
	enter(tp, TCP_CA_Loss);
}

/* They are sent again: TCP is back to normal. */
static void sent_again(struct tcp_sock *tp)
{
	tp->lost_out = 0;
	enter(tp, TCP_CA_Open);
}

/* That is no congestion: neither window nor estimates change. */
static void bbr3_path_mtu(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct bbr3_flow *flow = flow_of(tp);
	u32 bw = flow->model.bw, cwnd = tcp_snd_cwnd(tp);

	segment(test, sk_of(tp), 1, tp->delivered, TCPCB_LOST);
	/* a larger window of long ago must not come back */
	flow->model.prior_cwnd = 10 * cwnd;
	too_large(tp, 40);
	KUNIT_EXPECT_FALSE(test, flow->model.loss_in_round);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	/* the application sends little, so the rate of a round trip says little */
	ack(tp, sample(tp, 2));
	ack(tp, sample(tp, 2));
	ack(tp, sample(tp, 2));
	tp->snd_cwnd = cwnd;
	sent_again(tp);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), cwnd);
	KUNIT_EXPECT_EQ(test, flow->model.bw, bw);
	KUNIT_EXPECT_EQ(test, flow->model.bw_shortterm, BBR3_INFINITE);
	KUNIT_EXPECT_EQ(test, flow->model.inflight_shortterm, BBR3_INFINITE);
}

/* Nor does it end a probe; a loss after it counts as ever, and alone. */
static void bbr3_path_mtu_in_probe(struct kunit *test)
{
	struct tcp_sock *tp = probing(test);
	struct bbr3_flow *flow = flow_of(tp);

	segment(test, sk_of(tp), 1, tp->delivered, TCPCB_LOST);
	too_large(tp, 40);
	KUNIT_EXPECT_EQ(test, flow->model.state, BBR3_UP);
	KUNIT_EXPECT_TRUE(test, flow->model.bw_probe_sample);
	two_of_50_are_lost(test, tp);
}

/*
 * A probe of a larger MTU was lost: TCP finds that while it handles an ACK,
 * which then reports the loss. What else the ACK reports is a loss.
 */
static void bbr3_mtu_probe_lost(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct bbr3_flow *flow = flow_of(tp);
	struct rate_sample rs = sample(tp, 1);
	u32 others;

	for (others = 0; others < 2; others++) {
		too_large(tp, 1);
		rs = sample(tp, 1);
		rs.losses = 1 + others;
		/* ack() counts all losses of the ACK */
		tp->lost--;
		ack(tp, rs);
		KUNIT_EXPECT_EQ(test, flow->model.loss_in_round, others);
		sent_again(tp);
	}
}

/* A mark: CWR persists, and delivered_ce grew. */
static void bbr3_marked(struct kunit *test)
{
	struct tcp_sock *tp = probing(test);
	struct bbr3_flow *flow = flow_of(tp);

	enter(tp, TCP_CA_CWR);
	tp->delivered_ce++;
	ack(tp, sample(tp, 1));
	KUNIT_EXPECT_NE(test, flow->model.state, BBR3_UP);
	KUNIT_EXPECT_TRUE(test, flow->model.probe_too_high);
	KUNIT_EXPECT_EQ(test, flow->model.inflight_longterm, 50);
	KUNIT_EXPECT_EQ(test, flow->delivered_ce, tp->delivered_ce);
	/* the local device dropped a packet: CWR without a mark */
	tp = probing(test);
	flow = flow_of(tp);
	enter(tp, TCP_CA_CWR);
	ack(tp, sample(tp, 1));
	KUNIT_EXPECT_TRUE(test, flow->model.probe_too_high);
	KUNIT_EXPECT_FALSE(test, flow->cwr);
}

/* A tail loss probe has repaired a loss: one packet, below the threshold. */
static void bbr3_tail_loss(struct kunit *test)
{
	struct tcp_sock *tp = probing(test);
	struct bbr3_flow *flow = flow_of(tp);

	flow->model.inflight_latest = 100;
	enter(tp, TCP_CA_CWR);
	enter(tp, TCP_CA_Open);
	ack(tp, sample(tp, 1));
	KUNIT_EXPECT_TRUE(test, flow->model.loss_in_round);
	KUNIT_EXPECT_FALSE(test, flow->model.ce_in_round);
	KUNIT_EXPECT_FALSE(test, flow->model.probe_too_high);
	/* with few packets in flight it is too much */
	tp = probing(test);
	flow = flow_of(tp);
	flow->model.inflight_latest = 20;
	enter(tp, TCP_CA_CWR);
	enter(tp, TCP_CA_Open);
	ack(tp, sample(tp, 1));
	KUNIT_EXPECT_TRUE(test, flow->model.probe_too_high);
}

static void bbr3_idle_restart(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct sock *sk = sk_of(tp);
	struct bbr3_flow *flow = flow_of(tp);

	/* not limited by the application: nothing to do */
	tcpdiag_bbr3.cwnd_event(sk, CA_EVENT_TX_START);
	KUNIT_EXPECT_FALSE(test, flow->model.idle_restart);
	tp->app_limited = 1;
	tcpdiag_bbr3.cwnd_event(sk, CA_EVENT_CWND_RESTART);
	KUNIT_EXPECT_FALSE(test, flow->model.idle_restart);
	flow->model.state = BBR3_UP;
	tcpdiag_bbr3.cwnd_event(sk, CA_EVENT_TX_START);
	KUNIT_EXPECT_TRUE(test, flow->model.idle_restart);
	KUNIT_EXPECT_LE(test, sk->sk_pacing_rate, 990 * MSS);
	KUNIT_EXPECT_GE(test, sk->sk_pacing_rate, 988 * MSS);
	ack(tp, sample(tp, 10));
	KUNIT_EXPECT_FALSE(test, flow->model.idle_restart);
}

static void bbr3_probe_rtt_is_app_limited(struct kunit *test)
{
	struct tcp_sock *tp = in_probe_bw(test);
	struct bbr3_flow *flow = flow_of(tp);

	tp->tcp_mstamp += 11000000;
	ack(tp, sample(tp, 40));
	KUNIT_EXPECT_EQ(test, flow->model.state, BBR3_PROBE_RTT);
	KUNIT_EXPECT_LE(test, tcp_snd_cwnd(tp), 21);
	KUNIT_EXPECT_GT(test, tp->app_limited, 0);
}

/* Without memory: acts as Reno, the case is counted, the state stays empty. */
static void bbr3_no_memory(struct kunit *test)
{
	struct tcp_sock *tp = fake_socket(test);
	struct sock *sk = sk_of(tp);
	u64 before = tcpdiag_bbr3_fallbacks();

	fall_back(sk);
	KUNIT_EXPECT_EQ(test, tcpdiag_bbr3_fallbacks(), before + 1);
	KUNIT_EXPECT_PTR_EQ(test, inet_csk(sk)->icsk_ca_ops,
			    (const struct tcp_congestion_ops *)&bbr3_reno);
	KUNIT_EXPECT_PTR_EQ(test, bbr3_reno.owner, tcpdiag_bbr3.owner);
	KUNIT_EXPECT_NULL(test, flow_of(tp));
	KUNIT_EXPECT_EQ(test, bbr3_reno.ssthresh(sk), 5);
	tp->is_cwnd_limited = 1;
	bbr3_reno.cong_avoid(sk, 0, 3);
	KUNIT_EXPECT_EQ(test, tcp_snd_cwnd(tp), 13);
}

/*
 * Samples with random fields: no field is trusted. A window must remain, and
 * nothing may fault.
 */
static void bbr3_any_sample(struct kunit *test)
{
	static const long values[] = { -1, 0, 1, 2, 50, 40000, S32_MAX,
				       LONG_MAX, LONG_MIN };
	struct tcp_sock *tp = connected(test);
	struct sock *sk = sk_of(tp);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 9);
#define ANY	values[prandom_u32_state(&rnd) % ARRAY_SIZE(values)]
	for (i = 0; i < 50000; i++) {
		struct rate_sample rs = {
			.prior_mstamp = ANY,
			.prior_delivered = ANY,
			.delivered = ANY,
			.interval_us = ANY,
			.rtt_us = ANY,
			.losses = ANY,
			.acked_sacked = ANY & S32_MAX,
			.prior_in_flight = ANY,
			.is_app_limited = ANY & 1,
			.is_ack_delayed = ANY & 1,
		};
		u8 state = prandom_u32_state(&rnd) % (TCP_CA_Loss + 1);

		tp->mss_cache = prandom_u32_state(&rnd) & 0xffff;
		tp->tcp_mstamp = ANY;
		tp->delivered = ANY;
		tp->lost = ANY;
		tp->delivered_ce += ANY & 1;
		tp->packets_out = ANY & S32_MAX;
		tp->app_limited = ANY;
		tp->snd_cwnd = (ANY & NO_LIMIT) ?: 1;
		tp->rx_opt.sack_ok = ANY & 1;
		if (ANY & 1)
			tcpdiag_bbr3.ssthresh(sk);
		tp->lost_out = ANY & S32_MAX;
		inet_csk(sk)->icsk_pending = ANY & 1;
		if (ANY & 1)
			enter(tp, state);
		tp->snd_cwnd = (ANY & NO_LIMIT) ?: 1;
		on_ack(sk, &rs);
		tcpdiag_bbr3.cwnd_event(sk, CA_EVENT_TX_START);
		tp->snd_cwnd = max(tcpdiag_bbr3.undo_cwnd(sk), 1U);
		KUNIT_ASSERT_GT(test, tcp_snd_cwnd(tp), 0);
		KUNIT_ASSERT_GT(test, sk->sk_pacing_rate, 0);
		KUNIT_ASSERT_LT(test, flow_of(tp)->model.state, BBR3_STATES);
	}
#undef ANY
}

static int bbr3_suite_init(struct kunit_suite *suite)
{
	return tcpdiag_bbr3_init();
}

static void bbr3_suite_exit(struct kunit_suite *suite)
{
	tcpdiag_bbr3_exit();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bbr3_starts),
	KUNIT_CASE(bbr3_starts_without_rtt),
	KUNIT_CASE(bbr3_leaves_fq_alone),
	KUNIT_CASE(bbr3_without_state),
	KUNIT_CASE(bbr3_listener_to_child),
	KUNIT_CASE(bbr3_taken_up_later),
	KUNIT_CASE(bbr3_finds_the_rate),
	KUNIT_CASE(bbr3_max_pacing_rate),
	KUNIT_CASE(bbr3_clamp),
	KUNIT_CASE(bbr3_offload_budget),
	KUNIT_CASE(bbr3_loss_too_high),
	KUNIT_CASE(bbr3_loss_walk),
	KUNIT_CASE(bbr3_recovery),
	KUNIT_CASE(bbr3_timeout),
	KUNIT_CASE(bbr3_path_mtu),
	KUNIT_CASE(bbr3_path_mtu_in_probe),
	KUNIT_CASE(bbr3_mtu_probe_lost),
	KUNIT_CASE(bbr3_marked),
	KUNIT_CASE(bbr3_tail_loss),
	KUNIT_CASE(bbr3_idle_restart),
	KUNIT_CASE(bbr3_probe_rtt_is_app_limited),
	KUNIT_CASE(bbr3_no_memory),
	KUNIT_CASE(bbr3_any_sample),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_bbr3",
	.suite_init = bbr3_suite_init,
	.suite_exit = bbr3_suite_exit,
	.test_cases = cases,
};

kunit_test_suite(suite);
