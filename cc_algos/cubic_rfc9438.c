// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC according to RFC 9438, with HyStart++ (RFC 9406) and the train of ACKs
 * (ack_train.c) in the initial slow start, and ABE (RFC 8511) for ECN.
 *
 * Model: the path can carry about W_max, the window at the last congestion
 * event. So the window returns to W_max fast, stays near it for long, and then
 * grows faster and faster. It is a cubic function of the time since the last
 * event and does not depend on the round-trip time. Where Reno's window would
 * be larger, the window follows Reno's.
 *
 *    cwnd |                         .
 *   W_max |- - - - - .  .  .  - - - - -      W_cubic(t) = C (t - K)^3 + W_max
 *         |      .      :                    W_est = Reno's window
 *         |   .         :
 *         |  .          :
 *         +-------------+------------> t     t counts only while the window
 *         0             K                    is what limits the sender
 *
 *        delay grew; ACKs show a full path; or cwnd >= ssthresh
 *   slow start -----------------------------------------> congestion avoidance
 *     ^    |                                                 |   ^       |
 *     |    | loss, ECN mark                     loss or mark |   |       |
 *     |    +------------------> the kernel's recovery <------+   |       |
 *     |                           |             |  over          |       |
 *     |        spurious: all as   |             +----------------+       |
 *     |        before  <----------+              a new stage: t = 0      |
 *     +------------------------------------------------------------------+
 *        timeout: cwnd = 1 (kernel); the stage after it has K = 0
 *
 *   stage begins   K = cbrt((W_max - cwnd) / C), W_est = cwnd      (4.2, 4.3)
 *   each ACK       W_est += alpha acked / cwnd                     (4.3)
 *                  W_cubic(t) < W_est: cwnd = W_est
 *                  else: cwnd += acked (target - cwnd) / cwnd,     (4.4, 4.5)
 *                        target = W_cubic(t + RTT) in [cwnd, 1.5 cwnd]
 *   event          W_max = cwnd, or 0.85 cwnd if that is below the last W_max
 *                  (4.7); ssthresh = 0.7 cwnd (4.6), 0.85 cwnd for an ECN mark
 *   timeout        ssthresh as for a loss; then K = 0, W_max = cwnd (4.8)
 *   spurious event cwnd, ssthresh, W_max, W_est, K and t as before (4.9)
 *   no event yet   K = 0, W_max = cwnd_prior = cwnd (4.10)
 *
 * Cost: two multiplications per ACK. The growth per packet acknowledged is a
 * rate that update() computes eight times per round trip; the cube root is
 * computed once per stage.
 *
 * Units: windows are in packets of one MSS; those in the state have 32 bits
 * after the binary point (cubic_window.h). Times are the low 32 bits of
 * tp->tcp_mstamp, in microseconds, which is enough for differences below 35
 * minutes.
 *
 * All-zero state is legal and means: no stage yet, plain slow start.
 */
#include <linux/module.h>

#include "compat.h"
#include "store/param.h"
#include "ack_train.h"
#include "cc_algos.h"
#include "cubic_window.h"
#include "hystart_pp.h"
#include "reno.h"
#include "timeout.h"

/* The rates are computed every 2^-3 of a round trip. */
#define UPDATES_SHIFT		3
/*
 * A connection that is limited by its window gets an ACK every round trip. A
 * gap longer than this means that the clock was set, and does not count in
 * full.
 */
#define MAX_GAP_US		10000000U

static bool cubic_fast_convergence = true;
module_param_cb(cubic_fast_convergence, &tcpdiag_param_flag,
		&cubic_fast_convergence, 0644);
MODULE_PARM_DESC(cubic_fast_convergence,
		 "cubic_rfc9438: give way to new flows after a loss (default Y)");

/* The window follows Reno's at once if it is no further behind: two packets. */
#define FOLLOWS			BIT_ULL(TCPDIAG_WND_SHIFT + 1)

/* State of the clock of a stage. */
enum clock {
	CLOCK_NONE,	/* no stage: the next ACK begins one */
	CLOCK_RUNS,
	CLOCK_STOPPED,	/* the window does not limit the sender */
};

/* A stage of congestion avoidance. Undo of a spurious event restores it. */
struct stage {
	u64 w_max;	/* plateau, 32.32; 0: window at the stage's start */
	u64 w_est;	/* Reno's window, 32.32 */
	u32 k_us;	/* time of the plateau */
	u32 t_us;	/* time so far, at most TCPDIAG_CUBIC_T_MAX_US */
	u32 update_us;	/* when t_us was last updated */
	u32 cwnd_prior;	/* window at the last event, packets; 0: no event yet */
};

struct cubic {
	struct stage stage;
	union {
		/* if in_hystart: no event has happened, so nothing is saved */
		struct {
			struct tcpdiag_hystart hystart;
			struct tcpdiag_train train;
		};
		/* if may_undo: the stage before the last event */
		struct stage saved;
	};
	u32 frac;		/* fraction of the window, 2^-32 packets */
	u32 growth;		/* per packet acknowledged, 2^-32 packets */
	u32 est_growth;		/* the same for w_est */
	u32 interval_us;	/* both are valid so long after update_us */
	u32 delivered_ce;	/* tp->delivered_ce before the next event */
	u8 clock : 4;		/* enum clock */
	u8 saved_clock : 4;	/* clock of saved */
	bool in_hystart;
	bool may_undo;
	bool ecn_cut;		/* the last event was an ECN mark */
};

static struct cubic *cubic_of(const struct sock *sk)
{
	return inet_csk_ca(sk);
}

/* The window with its fraction, 32.32. */
static u64 window(const struct tcp_sock *tp, const struct cubic *ca)
{
	u64 cwnd = tcp_snd_cwnd(tp);

	if (cwnd >= TCPDIAG_WND_MAX_PACKETS)
		return TCPDIAG_WND_MAX;
	return (cwnd << TCPDIAG_WND_SHIFT) + ca->frac;
}

/* Set the clock. Rates become invalid, so that the next ACK calls update(). */
static void set_clock(struct cubic *ca, enum clock clock)
{
	ca->clock = clock;
	ca->interval_us = 0;
}

static void end_stage(struct cubic *ca)
{
	set_clock(ca, CLOCK_NONE);
	ca->frac = 0;
}

/* RFC 9438, 4.2: while the application limits the rate, t does not advance. */
static void stop_clock(struct cubic *ca)
{
	if (ca->clock == CLOCK_RUNS)
		set_clock(ca, CLOCK_STOPPED);
}

static void start_hystart(const struct tcp_sock *tp, struct cubic *ca)
{
	tcpdiag_hystart_start(&ca->hystart);
	tcpdiag_train_start(&ca->train, tp->snd_nxt);
	ca->in_hystart = true;
	ca->may_undo = false;
}

static bool is_paced(const struct sock *sk)
{
	return READ_ONCE(sk->sk_pacing_status) != SK_PACING_NONE;
}

/* Return: the part of @acked that slow start has not used. */
static noinline u32 slow_start(struct sock *sk, struct cubic *ca, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);

	end_stage(ca);
	ca->delivered_ce = tp->delivered_ce;
	if (ca->in_hystart) {
		acked = tcpdiag_train_growth(&ca->train, acked,
					     tcp_snd_cwnd(tp));
		acked = tcpdiag_hystart_growth(&ca->hystart, acked,
					       is_paced(sk));
	}
	return tcp_slow_start(tp, acked);
}

/* RFC 9438, 4.2 and 4.3; without a plateau 4.8 and 4.10. */
static void begin_stage(const struct tcp_sock *tp, struct cubic *ca)
{
	struct stage *s = &ca->stage;
	u64 wnd = window(tp, ca);

	s->k_us = tcpdiag_cubic_k_us(s->w_max, wnd);
	s->w_max = max(s->w_max, wnd);
	s->w_est = wnd;
	s->t_us = 0;
	if (!s->cwnd_prior)
		s->cwnd_prior = tcp_snd_cwnd(tp);
	ca->delivered_ce = tp->delivered_ce;
	ca->ecn_cut = false;
}

/* If the clock was set back, t stays; if ahead, it advances by MAX_GAP_US. */
static void advance_clock(struct stage *s, u32 now_us)
{
	s32 gap_us = now_us - s->update_us;

	/* no overflow: 2^31 + 10^7 */
	if (gap_us > 0)
		s->t_us = min(s->t_us + min_t(u32, gap_us, MAX_GAP_US),
			      TCPDIAG_CUBIC_T_MAX_US);
}

static void set_window(struct tcp_sock *tp, struct cubic *ca, u64 wnd)
{
	tcp_snd_cwnd_set(tp, wnd >> TCPDIAG_WND_SHIFT);
	ca->frac = wnd;
}

/*
 * RFC 9438, 4.3: for the time in which Reno's window is the larger one. If TCP
 * has cut the window, it returns in round trips, not in a burst.
 */
static void follow_reno(struct tcp_sock *tp, struct cubic *ca)
{
	u64 wnd = window(tp, ca), est = ca->stage.w_est;

	if (est < wnd) {
		ca->growth = 0;
	} else if (est - wnd <= FOLLOWS) {
		set_window(tp, ca, est);
		ca->growth = ca->est_growth;
	} else {
		ca->growth = tcpdiag_cubic_growth(tcpdiag_cubic_target(est, wnd) -
						  wnd, tcp_snd_cwnd(tp));
	}
}

/* RFC 9438, 4.4 and 4.5: the concave and the convex region. */
static void follow_cubic(struct tcp_sock *tp, struct cubic *ca, u32 rtt_us)
{
	const struct stage *s = &ca->stage;
	u64 wnd = window(tp, ca), ahead;

	/* no overflow: 2^31 + 2^29 */
	ahead = tcpdiag_cubic_window(s->w_max, s->k_us, s->t_us + rtt_us);
	ca->growth = tcpdiag_cubic_growth(tcpdiag_cubic_target(ahead, wnd) - wnd,
					  tcp_snd_cwnd(tp));
}

/*
 * Update t and the rates. This and slow start are out of line, so that the
 * other ACKs do not pay for the registers they need.
 */
static noinline void update(struct tcp_sock *tp, struct cubic *ca)
{
	u32 now_us = tp->tcp_mstamp, rtt_us = tp->srtt_us >> 3;
	u32 limit = min(tp->snd_cwnd_clamp, TCPDIAG_WND_MAX_PACKETS);
	struct stage *s = &ca->stage;

	if (ca->clock == CLOCK_NONE)
		begin_stage(tp, ca);
	else if (ca->clock == CLOCK_RUNS)
		advance_clock(s, now_us);
	ca->clock = CLOCK_RUNS;
	s->update_us = now_us;
	ca->interval_us = rtt_us >> UPDATES_SHIFT;

	s->w_est = min(s->w_est, (u64)limit << TCPDIAG_WND_SHIFT);
	ca->est_growth = tcpdiag_cubic_est_growth(s->w_est, s->cwnd_prior,
						  tcp_snd_cwnd(tp));
	if (tcpdiag_cubic_window(s->w_max, s->k_us, s->t_us) < s->w_est)
		follow_reno(tp, ca);
	else
		follow_cubic(tp, ca, rtt_us);
}

/*
 * Range: a u32 times a u32 plus a u32 fits in 64 bits. w_est was at most 2^62
 * at the last update and grows by less than @acked per ACK.
 */
static void grow(struct tcp_sock *tp, struct cubic *ca, u32 acked)
{
	u64 sum = (u64)acked * ca->growth + ca->frac;
	u32 packets = sum >> TCPDIAG_WND_SHIFT;

	ca->stage.w_est += (u64)acked * ca->est_growth;
	ca->frac = sum;
	if (packets)
		tcp_snd_cwnd_set(tp, min_t(u64, tp->snd_cwnd_clamp,
					   (u64)tcp_snd_cwnd(tp) + packets));
}

static void cubic_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);

	/* RFC 7661: a window that was not used is not validated */
	if (!tcp_is_cwnd_limited(sk)) {
		stop_clock(ca);
		return;
	}
	if (tcp_in_slow_start(tp)) {
		acked = slow_start(sk, ca, acked);
		if (!acked)
			return;
	}
	if ((u32)tp->tcp_mstamp - ca->stage.update_us >= ca->interval_us)
		update(tp, ca);
	grow(tp, ca, acked);
}

/*
 * The delay of rounds, or the ACKs of a flight, end the initial slow start. Out
 * of line, so that later ACKs do not pay for its stack.
 */
static noinline bool slow_start_is_over(const struct tcp_sock *tp,
					struct cubic *ca,
					const struct ack_sample *sample)
{
	const struct tcpdiag_train_ack ack = {
		.now_us = tp->tcp_mstamp,
		.rtt_us = sample->rtt_us,
		.packets = sample->pkts_acked,
		.cwnd = tcp_snd_cwnd(tp),
		.snd_una = tp->snd_una,
		.snd_nxt = tp->snd_nxt,
		.cwnd_limited = tp->is_cwnd_limited,
	};

	return tcpdiag_train_ack(&ca->train, &ack) ||
	       tcpdiag_hystart_ack(&ca->hystart, sample->rtt_us, tp->snd_una,
				   tp->snd_nxt, tp->is_cwnd_limited);
}

/* Samples are used in the initial slow start only. */
static void cubic_pkts_acked(struct sock *sk, const struct ack_sample *sample)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);

	if (ca->in_hystart && slow_start_is_over(tp, ca, sample)) {
		ca->in_hystart = false;
		tp->snd_ssthresh = tcp_snd_cwnd(tp);
	}
}

/*
 * RFC 8511: the event is an ECN mark if this ACK reports one and nothing is
 * lost. TCP reduces the window on the first such ACK outside of recovery.
 * Before it, delivered_ce was noted when the stage began, or in slow start.
 */
static bool is_ecn_event(const struct tcp_sock *tp, const struct cubic *ca)
{
	return tp->delivered_ce != ca->delivered_ce && !tp->lost_out;
}

/*
 * RFC 9438, 4.7: fast convergence. Whole packets are compared, not fractions.
 */
static u64 plateau(const struct cubic *ca, u64 wnd)
{
	u64 last = ca->stage.w_max;

	if (READ_ONCE(cubic_fast_convergence) &&
	    wnd >> TCPDIAG_WND_SHIFT < last >> TCPDIAG_WND_SHIFT)
		return tcpdiag_cubic_yield(wnd);
	return wnd;
}

/*
 * A congestion event: RFC 9438, 4.6. The RFC permits the window in place of
 * what is in flight, provided that an unused window does not grow. The fraction
 * of the new window is kept in frac for the stage that begins with it.
 */
static u32 cubic_ssthresh(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);
	u64 wnd = window(tp, ca), kept;

	ca->saved = ca->stage;
	ca->saved_clock = ca->clock;
	ca->may_undo = true;
	ca->in_hystart = false;

	ca->ecn_cut = is_ecn_event(tp, ca);
	ca->delivered_ce = tp->delivered_ce;
	ca->stage.w_max = plateau(ca, wnd);
	ca->stage.cwnd_prior = tcp_snd_cwnd(tp);

	end_stage(ca);
	kept = ca->ecn_cut ? tcpdiag_cubic_after_ecn(wnd) :
			     tcpdiag_cubic_after_loss(wnd);
	if (kept < (u64)TCPDIAG_MIN_SSTHRESH << TCPDIAG_WND_SHIFT)
		return TCPDIAG_MIN_SSTHRESH;
	ca->frac = kept;
	return kept >> TCPDIAG_WND_SHIFT;
}

/*
 * RFC 8511, 4: if a loss follows the mark in the same window, the loss counts.
 */
static void loss_after_mark(struct tcp_sock *tp, struct cubic *ca)
{
	u64 wnd = (u64)ca->stage.cwnd_prior << TCPDIAG_WND_SHIFT;
	u32 kept = tcpdiag_cubic_after_loss(wnd) >> TCPDIAG_WND_SHIFT;

	tp->snd_ssthresh = max(min(tp->snd_ssthresh, kept), TCPDIAG_MIN_SSTHRESH);
	ca->ecn_cut = false;
	ca->frac = 0;
}

static void cubic_set_state(struct sock *sk, u8 new_state)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);

	/* packets were too large for the path: neither loss nor timeout */
	if (new_state == TCP_CA_Loss && !tcpdiag_is_timeout(sk))
		return;
	if (new_state >= TCP_CA_Recovery && ca->ecn_cut)
		loss_after_mark(tp, ca);
	if (new_state != TCP_CA_Loss)
		return;
	/*
	 * RFC 9438, 4.8: after a timeout the stage begins at its plateau, K = 0
	 */
	ca->stage.w_max = 0;
	ca->in_hystart = false;
	end_stage(ca);
}

/*
 * RFC 9438, 4.9: the event was spurious. The state from before it is restored,
 * and the clock runs on, unless the window is larger by now. TCP restores
 * ssthresh: the initial slow start goes on, however large the window is.
 */
static u32 cubic_undo_cwnd(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);
	bool initial = tp->prior_ssthresh >= TCP_INFINITE_SSTHRESH;

	if (ca->may_undo && (initial || tcp_snd_cwnd(tp) < tp->prior_cwnd)) {
		ca->stage = ca->saved;
		set_clock(ca, ca->saved_clock);
		ca->frac = 0;
		ca->may_undo = false;
		if (initial)
			start_hystart(tp, ca);
	}
	return max(tcp_snd_cwnd(tp), tp->prior_cwnd);
}

/* As long as TCP takes to forget its window. */
static bool was_idle(const struct sock *sk)
{
	u32 idle = tcp_jiffies32 - tcp_sk(sk)->lsndtime;

	return idle > inet_csk(sk)->icsk_rto;
}

/*
 * Nothing was in flight. After an idle time what the initial slow start has
 * learnt of the path is old, and TCP may have cut the window.
 */
static void cubic_tx_start(struct sock *sk)
{
	struct cubic *ca = cubic_of(sk);

	stop_clock(ca);
	if (ca->in_hystart && was_idle(sk))
		start_hystart(tcp_sk(sk), ca);
}

TCPDIAG_DEFINE_TX_START(cubic_tx_start);

/* A connection under way may be past its initial slow start. */
static void cubic_init(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	struct cubic *ca = cubic_of(sk);

	BUILD_BUG_ON(sizeof(*ca) > ICSK_CA_PRIV_SIZE);
	*ca = (struct cubic) { .delivered_ce = tp->delivered_ce };
	if (tcp_in_initial_slowstart(tp))
		start_hystart(tp, ca);
}

struct tcp_congestion_ops tcpdiag_cubic_rfc9438 = {
	.name		= "cubic_rfc9438",
	.owner		= THIS_MODULE,
	.init		= cubic_init,
	.ssthresh	= cubic_ssthresh,
	.cong_avoid	= cubic_cong_avoid,
	.set_state	= cubic_set_state,
	TCPDIAG_TX_START(cubic_tx_start),
	.pkts_acked	= cubic_pkts_acked,
	.undo_cwnd	= cubic_undo_cwnd,
};

MODULE_ALIAS("tcp_cubic_rfc9438");
