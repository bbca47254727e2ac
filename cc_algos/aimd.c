// SPDX-License-Identifier: GPL-2.0
/*
 * AIMD: additive increase, multiplicative decrease; RFC 5681 in its simplest
 * form, and the template for an algorithm of your own.
 *
 * Model: the path's capacity shows only as loss. So probe for more by a
 * constant amount a round trip, and give back a constant share at each loss.
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
 * Units: windows are in packets of one MSS. The kernel calls ssthresh() once
 * an episode of loss, cong_avoid() on ACKs that may raise the window, and
 * moves the window itself while it recovers (RFC 6937).
 *
 * No state of its own between ACKs, so nothing to set up or tear down, and no
 * trouble when a connection changes to it in the middle of a transfer.
 */
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "cc_algos.h"
#include "reno.h"

#define INCREASE_MIN	1
#define INCREASE_MAX	16
#define BETA_MIN	10
#define BETA_MAX	90

/* Packets a round trip; RFC 5681 allows no more than 1. */
static unsigned int aimd_increase = 1;
/* Share of the window that is kept at a loss, in percent. */
static unsigned int aimd_beta_percent = 50;

static int set_increase(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, INCREASE_MIN, INCREASE_MAX);
}

static int set_beta(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, BETA_MIN, BETA_MAX);
}

static const struct kernel_param_ops increase_ops = {
	.set = set_increase,
	.get = param_get_uint,
};

static const struct kernel_param_ops beta_ops = {
	.set = set_beta,
	.get = param_get_uint,
};

module_param_cb(aimd_increase, &increase_ops, &aimd_increase, 0644);
MODULE_PARM_DESC(aimd_increase,
		 "aimd: packets added to the window a round trip, 1 to 16 (default 1)");
module_param_cb(aimd_beta_percent, &beta_ops, &aimd_beta_percent, 0644);
MODULE_PARM_DESC(aimd_beta_percent,
		 "aimd: percent of the window kept after a loss, 10 to 90 (default 50)");

/*
 * The window after a loss: RFC 5681, 3.1, equation 4. That takes what is in
 * flight where this takes the window, which would be too much for one that has
 * grown unused; but here none does. An ECN mark counts as a loss: RFC 3168,
 * 6.1.2. Range: a u32 times 90 needs 39 bits.
 */
static u32 aimd_ssthresh(struct sock *sk)
{
	u64 kept = (u64)tcp_snd_cwnd(tcp_sk(sk)) * READ_ONCE(aimd_beta_percent);

	return max_t(u32, div_u64(kept, 100), TCPDIAG_MIN_SSTHRESH);
}

/* What slow start does not use up of @acked counts for congestion avoidance. */
static void aimd_cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
	struct tcp_sock *tp = tcp_sk(sk);
	bool used = tcp_is_cwnd_limited(sk);
	u32 left, per_packet;

	/* RFC 7661: a window that was not used has proved nothing */
	if (!used)
		return;
	left = tcp_in_slow_start(tp) ? tcp_slow_start(tp, acked) : acked;
	if (!left)
		return;
	/* one packet more each time so many were acknowledged */
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
