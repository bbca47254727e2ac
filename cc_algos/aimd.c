// SPDX-License-Identifier: GPL-2.0
/*
 * AIMD: additive increase, multiplicative decrease. This is RFC 5681 in its
 * simplest form, and the template for new algorithms.
 *
 * Model: nothing but loss shows the capacity of the path. So the window grows
 * by a constant amount per round trip, and loses a constant share at each loss.
 *
 *               cwnd >= ssthresh
 *   slow start ------------------> congestion avoidance <--+
 *       ^                                   |              | loss (recovery by
 *       |  timeout: cwnd = 1 (kernel)       +--------------+ the kernel's PRR):
 *       +-----------------------------------+                ssthresh = beta cwnd
 *
 *   slow start            cwnd += acked             (RFC 5681, 3.1, eq. 2)
 *   congestion avoidance  cwnd += a * acked / cwnd  (eq. 3; a = 1 there)
 *   loss                  ssthresh = beta * cwnd    (eq. 4; beta = 1/2 there)
 *
 * Units: windows are in packets of one MSS. TCP calls ssthresh() once per
 * episode of loss and cong_avoid() on ACKs that may raise the window. During
 * recovery it adjusts the window itself (RFC 6937).
 *
 * The algorithm keeps no state between ACKs. It has nothing to set up or tear
 * down, and a connection can switch to it in mid-transfer.
 */
#include <linux/module.h>

#include "store/param.h"
#include "cc_algos.h"
#include "reno.h"

#define INCREASE_MIN	1
#define INCREASE_MAX	16
#define BETA_MIN	10
#define BETA_MAX	90

/* Packets added per round trip; RFC 5681 allows no more than 1. */
static unsigned int aimd_increase = 1;
/* Share of the window kept after a loss, in percent. */
static unsigned int aimd_beta_percent = 50;

static struct tcpdiag_param_range increase_range = {
	&aimd_increase, INCREASE_MIN, INCREASE_MAX,
};

static struct tcpdiag_param_range beta_range = {
	&aimd_beta_percent, BETA_MIN, BETA_MAX,
};

module_param_cb(aimd_increase, &tcpdiag_param_number, &increase_range, 0644);
MODULE_PARM_DESC(aimd_increase,
		 "aimd: packets added to the window a round trip, 1 to 16 (default 1)");
module_param_cb(aimd_beta_percent, &tcpdiag_param_number, &beta_range, 0644);
MODULE_PARM_DESC(aimd_beta_percent,
		 "aimd: percent of the window kept after a loss, 10 to 90 (default 50)");

/*
 * The window after a loss: RFC 5681, 3.1, equation 4. The equation takes a
 * share of what is in flight, because a window may have grown without being
 * used. Here unused windows do not grow, so the window is taken. An ECN mark
 * counts as a loss: RFC 3168, 6.1.2. Range: a u32 times 90 needs 39 bits.
 */
static u32 aimd_ssthresh(struct sock *sk)
{
	u64 kept = (u64)tcp_snd_cwnd(tcp_sk(sk)) * READ_ONCE(aimd_beta_percent);

	return max_t(u32, div_u64(kept, 100), TCPDIAG_MIN_SSTHRESH);
}

/* The part of @acked that slow start leaves counts for congestion avoidance. */
static void aimd_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool used = tcp_is_cwnd_limited(sk);
	u32 left, per_packet;

	/* RFC 7661: a window that was not used is not validated */
	if (!used)
		return;
	left = tcp_in_slow_start(tp) ? tcp_slow_start(tp, acked) : acked;
	if (!left)
		return;
	/* the window grows by one for so many packets acknowledged */
	per_packet = max(tcp_snd_cwnd(tp) / READ_ONCE(aimd_increase), 1U);
	tcp_cong_avoid_ai(tp, per_packet, left);
}

struct tcp_congestion_ops tcpdiag_aimd = {
	.name		= "aimd",
	.owner		= THIS_MODULE,
	.ssthresh	= aimd_ssthresh,
	.cong_avoid	= aimd_cong_avoid,
	.undo_cwnd	= tcp_reno_undo_cwnd,
};

MODULE_ALIAS("tcp_aimd");
