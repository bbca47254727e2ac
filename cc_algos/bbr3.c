// SPDX-License-Identifier: GPL-2.0
/*
 * BBR version 3 for stock kernels: TCP's operations, which feed the model and
 * apply its result.
 *
 *   rate sample, RTT, losses, marks  --+
 *   bbr3_ring: what was in flight      +-->  bbr3_model  -->  cwnd, pacing rate
 *   when a packet was sent           --+
 *
 * The algorithm is that of draft-ietf-ccwg-bbr (bbr3_model.c). It needs
 * information that a stock kernel does not hand out. In its place:
 *
 *   in flight and lost, per packet   bbr3_ring, by tcp_skb_cb.tx.delivered
 *   a call for each lost packet      a walk from the first packet to retransmit
 *   a call when a tail loss probe has repaired a loss
 *                                    CWR that began and ended within one ACK
 *   ECE on this ACK                  tp->delivered_ce has changed
 *   a timeout                        Loss is entered and no timer is pending
 *   undo of a spurious loss          undo_cwnd()
 *
 * The state is too large for the 104 bytes that TCP gives an algorithm. They
 * hold a pointer to it, and a copy of what ss shows: get_info() runs without
 * the socket's lock and must not follow the pointer. All zeroes are legal. The
 * pointer of a listener is always NULL, and so is the copy of it that a child
 * gets. If there is no memory for the state, the connection uses Reno to its
 * end and is counted.
 *
 * bbr3 requests pacing: sch_fq does it on a device that has it, else TCP.
 */
#include <linux/inet_diag.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "compat.h"
#include "store/param.h"
#include "bbr3_loss.h"
#include "bbr3_model.h"
#include "bbr3_ring.h"
#include "bbr3_states.h"
#include "cc_algos.h"
#include "reno.h"
#include "timeout.h"

/*
 * PacingMarginPercent: pace 1 % below the estimate (2.5). The factor also turns
 * a rate per microsecond times percent into a rate per second.
 */
#define PER_SECOND_PERCENT	(USEC_PER_SEC / 100 * 99 / 100)
/* The same without percent and margin, for what ss shows. */
#define PER_SECOND		USEC_PER_SEC
/* Upper limit of the walk for lost packets on an ACK. */
#define LOST_MAX		32
/* SetSendQuantum() of 5.6.3: 1 ms at the pacing rate, at least two packets. */
#define QUANTUM_MIN		2U
#define QUANTUM_MAX_BYTES	65536U
#define QUANTUM_RATE_SHIFT	10
/* A quantum in the qdisc, one in the device, one at the receiver (5.5.8.1). */
#define BUDGET_QUANTA		3U
/* Send buffer in windows: the rate may double while losses are repaired. */
#define SNDBUF_WINDOWS		3U
/* Nominal round-trip time before the first sample (5.6.2). */
#define NOMINAL_RTT_US		((u32)USEC_PER_MSEC)
/* More than that is a broken path, and no bound on loss. */
#define LOSS_PERCENT_MAX	10U

/*
 * Of what is in flight a probe may lose so much, and so may a round trip of
 * Startup; applies to new connections.
 */
static unsigned int bbr3_loss_percent = BBR3_LOSS_PERCENT;

static struct tcpdiag_param_range loss_percent_range = {
	&bbr3_loss_percent, BBR3_LOSS_PERCENT, LOSS_PERCENT_MAX,
};

module_param_cb(bbr3_loss_percent, &tcpdiag_param_number, &loss_percent_range,
		0644);
MODULE_PARM_DESC(bbr3_loss_percent,
		 "bbr3: percent of loss that Startup or a probe may cause, 2 to 10 (default 2)");

/**
 * struct bbr3_flow - a connection's state
 * @model: path and state machine
 * @delivered_ce: tp->delivered_ce at the last ACK
 * @excused: the latest losses that are no sign of congestion: how many
 * @excused_at: tp->lost with them
 * @cwr: TCP has entered CWR since the last ACK
 * @paced: the pacing rate rests on a round-trip time that was measured
 * @ring: the last moments
 */
struct bbr3_flow {
	struct bbr3_model	model;
	u32			delivered_ce;
	u32			excused;
	u32			excused_at;
	bool			cwr;
	bool			paced;
	struct bbr3_ring	ring;
};

/**
 * struct bbr3_private - the part in the socket; all zeroes are legal
 * @flow: NULL before init(), after release(), and in a listener
 * @bw: copy of the model's, for get_info(), as are the next two
 * @min_rtt_us: copy
 * @state: copy
 */
struct bbr3_private {
	struct bbr3_flow	*flow;
	u32			bw;
	u32			min_rtt_us;
	u8			state;
};

static struct kmem_cache *flows;
static atomic64_t fallbacks;

static struct bbr3_private *bbr3_private(const struct sock *sk)
{
	BUILD_BUG_ON(sizeof(struct bbr3_private) > ICSK_CA_PRIV_SIZE);
	return inet_csk_ca(sk);
}

static bool in_recovery(const struct sock *sk)
{
	return inet_csk(sk)->icsk_ca_state >= TCP_CA_Recovery;
}

/* --- output --------------------------------------------------------------- */

/*
 * Range: 2^32 * 2^16 * 2^22 is computed with 128 bits; the result is below
 * 2^46.
 */
static u64 bytes_per_second(const struct tcp_sock *tp, u32 bw, u32 factor)
{
	return mul_u64_u64_shr((u64)bw * tp->mss_cache, factor,
			       BBR3_RATE_SHIFT);
}

/* UpdateOffloadBudget(), limited to what the device takes at once. */
static u32 offload_budget(const struct sock *sk, unsigned long rate)
{
	u32 mss = max(tcp_sk(sk)->mss_cache, 1U);
	u32 bytes = min_t(unsigned long, rate >> QUANTUM_RATE_SHIFT,
			  QUANTUM_MAX_BYTES);
	u32 quantum = max(bytes / mss, QUANTUM_MIN);

	return BUDGET_QUANTA * min_t(u32, quantum, sk->sk_gso_max_segs);
}

static void pace(struct sock *sk, struct bbr3_flow *flow, u64 rate)
{
	u32 budget;

	rate = clamp_t(u64, rate, 1, READ_ONCE(sk->sk_max_pacing_rate));
	if (rate == sk->sk_pacing_rate)
		return;
	WRITE_ONCE(sk->sk_pacing_rate, rate);
	budget = offload_budget(sk, rate);
	if (budget == flow->model.offload_budget)
		return;
	flow->model.offload_budget = budget;
	tcpdiag_bbr3_model_bound(&flow->model);
}

/*
 * SetPacingRateWithGain(). Until the pipe was once full the rate only rises:
 * samples may show the speed of the application instead of that of the path.
 */
static void set_pacing_rate(struct sock *sk, struct bbr3_flow *flow,
			    u32 percent)
{
	u64 rate = bytes_per_second(tcp_sk(sk), flow->model.bw,
				    percent * PER_SECOND_PERCENT);

	if (flow->model.bw &&
	    (flow->model.full_bw_reached || rate > sk->sk_pacing_rate))
		pace(sk, flow, rate);
}

/* InitPacingRate(): the first window divided by the round-trip time. */
static void init_pacing_rate(struct sock *sk, struct bbr3_flow *flow)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 percent = tcpdiag_bbr3_gains[BBR3_STARTUP].pacing_percent;
	u32 rtt_us = tp->srtt_us >> 3;
	u32 bw = bbr3_rate(tcp_snd_cwnd(tp), rtt_us ?: NOMINAL_RTT_US);

	flow->paced = rtt_us;
	pace(sk, flow, bytes_per_second(tp, bw, percent * PER_SECOND_PERCENT));
}

static void set_cwnd(struct tcp_sock *tp, u32 cwnd)
{
	tcp_snd_cwnd_set(tp, clamp(cwnd, 1U, max(tp->snd_cwnd_clamp, 1U)));
}

/* --- input ---------------------------------------------------------------- */

/* What is known between ACKs. */
static void fill_now(const struct sock *sk, struct bbr3_ack *a)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	memset(a, 0, sizeof(*a));
	a->now_us = tp->tcp_mstamp;
	a->delivered = tp->delivered;
	a->rtt_us = BBR3_INFINITE;
	a->cwnd = tcp_snd_cwnd(tp);
	a->inflight = tcp_packets_in_flight(tp);
	a->sack = tcp_is_sack(tp);
	a->recovery = in_recovery(sk);
}

/* Range: intervals of more than U32_MAX us, 71 minutes, give no rate. */
static u32 sample_rate(const struct rate_sample *rs)
{
	if (rs->delivered <= 0 || rs->interval_us <= 0 ||
	    rs->interval_us > U32_MAX)
		return 0;
	return bbr3_rate(rs->delivered, rs->interval_us);
}

/* No sample is -1, as an unsigned number the largest of all. */
static u32 sample_rtt(const struct rate_sample *rs)
{
	return min_t(unsigned long, rs->rtt_us, BBR3_INFINITE);
}

/* Was it the receiver's window that kept TCP from sending more, last time? */
static bool is_rwnd_limited(const struct tcp_sock *tp)
{
	return tp->chrono_type == TCP_CHRONO_RWND_LIMITED;
}

static void fill_sample(const struct sock *sk, const struct rate_sample *rs,
			struct bbr3_ack *a)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	a->now_us = tp->tcp_mstamp;
	a->delivered = tp->delivered;
	a->prior_delivered = rs->prior_delivered;
	a->has_data = rs->delivered > 0;
	a->sample = a->has_data ? rs->delivered : 0;
	a->rate = sample_rate(rs);
	a->rtt_us = sample_rtt(rs);
	a->acked = rs->acked_sacked;
	a->lost = rs->losses;
	a->inflight = tcp_packets_in_flight(tp);
	a->cwnd = tcp_snd_cwnd(tp);
	a->tx_inflight = 0;
	a->tx_lost = 0;
	a->app_limited = rs->is_app_limited;
	a->rwnd_limited = is_rwnd_limited(tp);
	a->cwnd_limited = tp->is_cwnd_limited;
	a->sack = tcp_is_sack(tp);
	a->delayed = rs->is_ack_delayed;
	a->recovery = in_recovery(sk);
}

/*
 * What was in flight when the newest packet was sent, and what is lost since.
 */
static void fill_tx(const struct sock *sk, struct bbr3_flow *flow,
		    struct bbr3_ack *a)
{
	const struct bbr3_slot *slot =
		tcpdiag_bbr3_ring_find(&flow->ring, a->prior_delivered);

	a->tx_inflight = slot->inflight;
	a->tx_lost = tcp_sk(sk)->lost - slot->lost;
}

static void lost_packet(const struct sock *sk, struct bbr3_flow *flow,
			const struct bbr3_ack *a, struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = TCP_SKB_CB(skb);
	const struct bbr3_slot *slot =
		tcpdiag_bbr3_ring_find(&flow->ring, cb->tx.delivered);
	const struct bbr3_loss l = {
		.tx_inflight = slot->inflight,
		.tx_lost = tcp_sk(sk)->lost - slot->lost,
		.size = tcp_skb_pcount(skb),
		.app_limited = cb->tx.is_app_limited,
	};

	tcpdiag_bbr3_loss_packet(&flow->model, a, &l);
}

/*
 * TCP considers packets lost. A stock kernel does not say which, but it knows
 * the first one to retransmit. A packet that was retransmitted already carries
 * the counts of that moment, so it is skipped. If the walk finds none, the
 * newest packet of the ACK stands in.
 */
static void lost_packets(struct sock *sk, struct bbr3_flow *flow,
			 const struct bbr3_ack *a)
{
	const struct bbr3_loss newest = {
		.tx_inflight = a->tx_inflight,
		.tx_lost = a->tx_lost,
		.size = a->lost,
		.app_limited = a->app_limited,
	};
	struct sk_buff *skb = tcp_sk(sk)->retransmit_skb_hint;
	unsigned int i, found = 0;

	if (!skb)
		skb = tcp_rtx_queue_head(sk);
	for (i = 0; i < LOST_MAX && skb && flow->model.bw_probe_sample; i++) {
		if ((TCP_SKB_CB(skb)->sacked & TCPCB_TAGBITS) == TCPCB_LOST) {
			lost_packet(sk, flow, a, skb);
			found++;
		}
		skb = skb_rb_next(skb);
	}
	if (!found)
		tcpdiag_bbr3_loss_packet(&flow->model, a, &newest);
}

/*
 * TCP has entered CWR, and this ACK carries no mark. If TCP has left CWR again,
 * a tail loss probe has repaired the loss of one packet. If not, the local
 * device dropped a packet, which counts as a mark.
 */
static void cwr_without_mark(const struct sock *sk, struct bbr3_flow *flow,
			     const struct bbr3_ack *a)
{
	const struct bbr3_loss tail = {
		.tx_inflight = flow->model.inflight_latest + 1,
		.tx_lost = 1,
		.size = 1,
		.app_limited = a->app_limited,
	};

	if (inet_csk(sk)->icsk_ca_state == TCP_CA_CWR)
		tcpdiag_bbr3_loss_mark(&flow->model, a);
	else
		tcpdiag_bbr3_loss_packet(&flow->model, a, &tail);
}

/*
 * The losses that an ACK reports, without those that are excused: TCP marks
 * these while it handles the ACK, or between two ACKs.
 */
static u32 real_losses(const struct tcp_sock *tp, struct bbr3_flow *flow,
		       u32 losses)
{
	u32 excused = flow->excused;

	flow->excused = 0;
	if ((s32)(flow->excused_at - (tp->lost - losses)) <= 0)
		return losses;
	return losses - min(losses, excused);
}

/* Report losses and marks to the model, before the ACK itself. */
static void congestion(struct sock *sk, struct bbr3_flow *flow,
		       const struct bbr3_ack *a, bool marked)
{
	if (a->lost)
		lost_packets(sk, flow, a);
	if (marked)
		tcpdiag_bbr3_loss_mark(&flow->model, a);
	else if (flow->cwr)
		cwr_without_mark(sk, flow, a);
	flow->cwr = false;
}

/* --- operations ----------------------------------------------------------- */

/* The full update, for an ACK that may change anything. */
static void update(struct sock *sk, struct bbr3_private *private,
		   const struct rate_sample *rs)
{
	struct bbr3_flow *flow = private->flow;
	struct bbr3_model *m = &flow->model;
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3_ack a;
	bool marked;

	fill_sample(sk, rs, &a);
	if (unlikely(a.lost && flow->excused))
		a.lost = real_losses(tp, flow, a.lost);
	marked = tp->delivered_ce != flow->delivered_ce;
	if (a.has_data && (bbr3_wants_tx(m) || marked || a.lost || flow->cwr))
		fill_tx(sk, flow, &a);
	if (unlikely(marked || a.lost || flow->cwr)) {
		flow->delivered_ce = tp->delivered_ce;
		congestion(sk, flow, &a, marked);
	}
	tcpdiag_bbr3_model_ack(m, &a);
	if (unlikely(!flow->paced && tp->srtt_us))
		init_pacing_rate(sk, flow);
	set_pacing_rate(sk, flow, bbr3_pacing_percent(m));
	/*
	 * MarkConnectionAppLimited(): rates in ProbeRTT do not show the path's
	 */
	if (m->state == BBR3_PROBE_RTT)
		tp->app_limited = max(tp->delivered + a.inflight, 1U);
	private->bw = m->bw;
	private->min_rtt_us = m->min_rtt.rtt_us;
	private->state = m->state;
}

/* The short path: most ACKs change nothing but the window. */
static bool update_quietly(const struct tcp_sock *tp, struct bbr3_flow *flow,
			   const struct rate_sample *rs)
{
	if (rs->losses || flow->cwr || tp->delivered_ce != flow->delivered_ce ||
	    rs->delivered <= 0)
		return false;
	return bbr3_model_quiet(&flow->model, tp->tcp_mstamp,
				rs->prior_delivered, rs->delivered,
				sample_rate(rs), sample_rtt(rs),
				rs->acked_sacked, tcp_packets_in_flight(tp),
				tcp_snd_cwnd(tp), rs->is_app_limited,
				is_rwnd_limited(tp));
}

/* On every ACK of a connection that had something in flight. */
static __always_inline void on_ack(struct sock *sk,
				   const struct rate_sample *rs)
{
	struct bbr3_private *private = bbr3_private(sk);
	struct bbr3_flow *flow = private->flow;
	struct tcp_sock *tp = tcp_sk(sk);

	if (unlikely(!flow))
		return;
	bbr3_ring_sent(&flow->ring, rs->prior_in_flight);
	if (!update_quietly(tp, flow, rs))
		update(sk, private, rs);
	bbr3_ring_acked(&flow->ring, tp->delivered, tp->lost, flow->model.cwnd);
	set_cwnd(tp, flow->model.cwnd);
}

static void bbr3_cong_control(TCPDIAG_CONG_CONTROL_PARAMS)
{
	on_ack(sk, rs);
}

/*
 * TCP calls it when an episode of loss or marks begins. BBR has no threshold.
 */
static u32 bbr3_ssthresh(struct sock *sk)
{
	struct bbr3_flow *flow = bbr3_private(sk)->flow;
	struct tcp_sock *tp = tcp_sk(sk);

	if (flow)
		tcpdiag_bbr3_loss_recovery(&flow->model, tcp_snd_cwnd(tp),
					   in_recovery(sk));
	return tp->snd_ssthresh;
}

/* A timeout: all that was in flight is lost. TCP sets the window itself. */
static void timed_out(struct sock *sk, struct bbr3_flow *flow)
{
	struct bbr3_ack a;

	fill_now(sk, &a);
	a.recovery = true;
	/* for lost_packets(), should it find no packet */
	a.tx_inflight = flow->model.inflight_latest + 1;
	a.tx_lost = 1;
	a.lost = 1;
	lost_packets(sk, flow, &a);
}

/*
 * TCP sends packets again that were lost for another reason than congestion.
 * Before Recovery nothing was lost, so these are all that is lost now; later
 * nobody knows how many are.
 */
static void excuse(struct sock *sk, struct bbr3_flow *flow)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool recovery = in_recovery(sk);

	tcpdiag_bbr3_loss_recovery(&flow->model, tcp_snd_cwnd(tp), recovery);
	if (recovery)
		return;
	tcpdiag_bbr3_ring_excuse(&flow->ring, tp->lost_out);
	flow->excused = tp->lost_out;
	flow->excused_at = tp->lost;
}

static void bbr3_set_state(struct sock *sk, u8 state)
{
	struct bbr3_flow *flow = bbr3_private(sk)->flow;
	struct tcp_sock *tp = tcp_sk(sk);

	if (!flow)
		return;
	if (state == TCP_CA_Loss && tcpdiag_is_timeout(sk))
		timed_out(sk, flow);
	else if (state == TCP_CA_Loss)
		excuse(sk, flow);
	else if (state == TCP_CA_CWR)
		flow->cwr = true;
	else if (state < TCP_CA_Recovery && in_recovery(sk))
		set_cwnd(tp, bbr3_restored_cwnd(&flow->model,
						tcp_snd_cwnd(tp)));
}

/* The loss was spurious: packets were reordered, or the timer was too short. */
static u32 bbr3_undo_cwnd(struct sock *sk)
{
	struct bbr3_flow *flow = bbr3_private(sk)->flow;
	struct bbr3_ack a;

	if (!flow)
		return tcp_reno_undo_cwnd(sk);
	fill_now(sk, &a);
	return tcpdiag_bbr3_loss_undo(&flow->model, &a);
}

static void bbr3_tx_start(struct sock *sk)
{
	struct bbr3_flow *flow = bbr3_private(sk)->flow;
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3_ack a;

	if (!flow || !tp->app_limited)
		return;
	fill_now(sk, &a);
	set_cwnd(tp, tcpdiag_bbr3_model_idle_restart(&flow->model, &a));
	if (bbr3_in_probe_bw(&flow->model))
		set_pacing_rate(sk, flow, 100);
}

TCPDIAG_DEFINE_TX_START(bbr3_tx_start);

static u32 bbr3_min_tso_segs(struct sock *sk)
{
	return QUANTUM_MIN;
}

static u32 bbr3_sndbuf_expand(struct sock *sk)
{
	return SNDBUF_WINDOWS;
}

/* Runs without the socket's lock. ss sets the bit of INET_DIAG_VEGASINFO. */
static size_t bbr3_get_info(struct sock *sk, u32 ext, int *attr,
			    union tcp_cc_info *info)
{
	const struct bbr3_private *private = bbr3_private(sk);
	const struct bbr3_gains *gains;
	u64 rate;

	if (!(ext & (1 << (INET_DIAG_BBRINFO - 1) |
		     1 << (INET_DIAG_VEGASINFO - 1))))
		return 0;
	rate = bytes_per_second(tcp_sk(sk), READ_ONCE(private->bw), PER_SECOND);
	gains = &tcpdiag_bbr3_gains[min_t(u8, READ_ONCE(private->state),
					  BBR3_STATES - 1)];
	memset(&info->bbr, 0, sizeof(info->bbr));
	info->bbr.bbr_bw_lo = lower_32_bits(rate);
	info->bbr.bbr_bw_hi = upper_32_bits(rate);
	info->bbr.bbr_min_rtt = READ_ONCE(private->min_rtt_us);
	info->bbr.bbr_pacing_gain = gains->pacing_percent * BBR3_UNIT / 100;
	info->bbr.bbr_cwnd_gain = gains->cwnd;
	*attr = INET_DIAG_BBRINFO;
	return sizeof(info->bbr);
}

/*
 * For a connection whose state could not be allocated. The owner is the same,
 * so the reference that the socket holds stays right.
 */
static struct tcp_congestion_ops bbr3_reno = {
	.name		= "bbr3-reno",
	.owner		= THIS_MODULE,
	TCPDIAG_RENO_OPS,
};

static void fall_back(struct sock *sk)
{
	atomic64_inc(&fallbacks);
	inet_csk(sk)->icsk_ca_ops = &bbr3_reno;
}

static void bbr3_init(struct sock *sk)
{
	struct bbr3_private *private = bbr3_private(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	struct bbr3_flow *flow;

	memset(private, 0, sizeof(*private));
	flow = kmem_cache_alloc(flows, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow) {
		fall_back(sk);
		return;
	}
	/* a threshold that another algorithm left has no meaning here */
	tp->snd_ssthresh = TCP_INFINITE_SSTHRESH;
	tcpdiag_bbr3_model_init(&flow->model, tp->tcp_mstamp, tp->delivered,
				tcp_snd_cwnd(tp), tcp_min_rtt(tp),
				get_random_u32());
	flow->model.loss_percent = READ_ONCE(bbr3_loss_percent);
	tcpdiag_bbr3_ring_init(&flow->ring, tp->delivered, tp->lost,
			       tcp_packets_in_flight(tp));
	flow->delivered_ce = tp->delivered_ce;
	flow->excused = 0;
	flow->excused_at = tp->lost;
	flow->cwr = false;
	init_pacing_rate(sk, flow);
	private->min_rtt_us = flow->model.min_rtt.rtt_us;
	private->flow = flow;
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

static void bbr3_release(struct sock *sk)
{
	struct bbr3_private *private = bbr3_private(sk);

	if (private->flow)
		kmem_cache_free(flows, private->flow);
	private->flow = NULL;
}

struct tcp_congestion_ops tcpdiag_bbr3 = {
	.name		= "bbr3",
	.owner		= THIS_MODULE,
	.init		= bbr3_init,
	.release	= bbr3_release,
	.cong_control	= bbr3_cong_control,
	.ssthresh	= bbr3_ssthresh,
	.undo_cwnd	= bbr3_undo_cwnd,
	.set_state	= bbr3_set_state,
	TCPDIAG_TX_START(bbr3_tx_start),
	.min_tso_segs	= bbr3_min_tso_segs,
	.sndbuf_expand	= bbr3_sndbuf_expand,
	.get_info	= bbr3_get_info,
};

/**
 * tcpdiag_bbr3_init() - create the cache for the state of connections
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_bbr3_init(void)
{
	flows = kmem_cache_create("tcpdiag_bbr3", sizeof(struct bbr3_flow), 0,
				  SLAB_HWCACHE_ALIGN, NULL);
	return flows ? 0 : -ENOMEM;
}

/**
 * tcpdiag_bbr3_exit() - destroy the cache
 *
 * No connection uses the algorithm any more. Their states were freed at once,
 * without a grace period.
 *
 * Context: process.
 */
void tcpdiag_bbr3_exit(void)
{
	kmem_cache_destroy(flows);
}

/**
 * tcpdiag_bbr3_fallbacks() - connections that use Reno for want of memory
 *
 * Context: any.
 * Return: their number since the module was loaded.
 */
u64 tcpdiag_bbr3_fallbacks(void)
{
	return atomic64_read(&fallbacks);
}

MODULE_ALIAS("tcp_bbr3");
