// SPDX-License-Identifier: GPL-2.0
/*
 * The window functions of CUBIC (RFC 9438): the arithmetic, without the state.
 * cubic_rfc9438.c calls them.
 *
 *   K          = cbrt((W_max - cwnd) / C)          seconds    (eq. 2)
 *   W_cubic(t) = C (t - K)^3 + W_max               packets    (eq. 1)
 *   target     = W_cubic(t + RTT), within [cwnd, 1.5 cwnd]    (4.2)
 *   W_est     += alpha * acked / cwnd                         (eq. 4)
 *
 *   C = 0.4 packets / s^3, beta = 0.7, alpha = 3 (1 - beta) / (1 + beta)
 *
 * Units: a window is a u64 of packets with 32 bits after the binary point
 * ("32.32"), so that even a growth of one packet in 2^32 ACKs adds up. Times
 * are in microseconds. Callers ensure that no window is above TCPDIAG_WND_MAX =
 * 2^62, so the sum of two fits in 64 bits.
 */
#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "cubic_window.h"

/* RFC 9438, 4.6: beta_cubic. 0.7 * 2^32, rounded up so that 10 becomes 7. */
#define BETA_LOSS	3006477108U
/* RFC 8511, 3.1: beta_ecn of CUBIC. 0.85 * 2^32, rounded up as well. */
#define BETA_ECN	3650722202U
/* RFC 9438, 4.7: (1 + beta) / 2 = 0.85 */
#define BETA_YIELD	3650722202U
/* RFC 9438, 4.3: alpha_cubic = 9 / 17, times 2^32 */
#define ALPHA		2273806216ULL

/*
 * K in microseconds is cbrt(d) * 10^6 / cbrt(0.4 * 2^32), where d is 32.32.
 * The factor is 834.949..., here times 2^16.
 */
#define K_FACTOR	54719230ULL
#define K_FACTOR_SHIFT	16

/*
 * C (t - K)^3 as a 32.32 is d^3 * 0.4 * 2^32 / 10^18, where d is in
 * microseconds. d^3 is shifted down by CUBE_SHIFT first, so the factor is
 * 0.4 * 2^62 / 10^18 = 1.844..., here times 2^62.
 */
#define CUBE_SHIFT	30
#define C_FACTOR	8507059173023461587ULL
#define C_FACTOR_SHIFT	62
/* 0.4 * 1389^3 packets are just below TCPDIAG_WND_MAX_PACKETS. */
#define D_MAX_US	1389000000U

/**
 * tcpdiag_cubic_root() - integer cube root
 * @x: any number
 *
 * Digit by digit, as on paper: each step takes three more bits of @x and gives
 * one bit of the root. With y the root so far, the next bit is 1 if the
 * remainder is at least (2y + 1)^3 - (2y)^3 = 3 * 2y * (2y + 1) + 1. That takes
 * 22 steps and no division.
 *
 * Range: y < 2^21 before the last step, so the term is below 2^46. It is
 * shifted up only if it is no larger than the remainder, so no bit is lost.
 *
 * Return: r with r^3 <= @x < (r + 1)^3.
 */
u32 tcpdiag_cubic_root(u64 x)
{
	u64 root = 0, term;
	int shift;

	for (shift = 63; shift >= 0; shift -= 3) {
		root *= 2;
		term = 3 * root * (root + 1) + 1;
		if ((x >> shift) >= term) {
			x -= term << shift;
			root++;
		}
	}
	return root;
}

/**
 * tcpdiag_cubic_k_us() - time from the start of a stage to its plateau
 * @w_max: window of the plateau, 32.32, at most TCPDIAG_WND_MAX
 * @wnd: window at the start of the stage, 32.32
 *
 * RFC 9438, equation 2. The difference is first shifted up as far as possible,
 * by a multiple of 3 bits, so that its root has at least 21 bits. K is then
 * exact to 2^-20 of itself, or to a microsecond.
 *
 * Range: root < 2^22, and its product with a factor of 26 bits is below 2^48.
 * The result is at most cbrt(2^30 / 0.4) s = 1390 s < 2^31 us.
 *
 * Return: K in microseconds; 0 if @wnd is not below @w_max.
 */
u32 tcpdiag_cubic_k_us(u64 w_max, u64 wnd)
{
	unsigned int up;
	u64 root;

	if (wnd >= w_max)
		return 0;
	up = (64 - fls64(w_max - wnd)) / 3;
	root = tcpdiag_cubic_root((w_max - wnd) << (3 * up));
	return (root * K_FACTOR) >> (K_FACTOR_SHIFT + up);
}

/* C d^3 in 32.32. Range: d < 2^31, d^2 < 2^62, d^3 / 2^30 < 2^62. */
static u64 cubic_part(u32 d_us)
{
	u64 d = min(d_us, D_MAX_US);

	return mul_u64_u64_shr(mul_u64_u64_shr(d * d, d, CUBE_SHIFT), C_FACTOR,
			       C_FACTOR_SHIFT);
}

/**
 * tcpdiag_cubic_window() - the cubic function of time, W_cubic(t)
 * @w_max: window of the plateau, 32.32, at most TCPDIAG_WND_MAX
 * @k_us: time of the plateau, from tcpdiag_cubic_k_us()
 * @t_us: time since the start of the stage
 *
 * RFC 9438, equation 1.
 *
 * Return: the window, 32.32, from 0 to 2 * TCPDIAG_WND_MAX = 2^63.
 */
u64 tcpdiag_cubic_window(u64 w_max, u32 k_us, u32 t_us)
{
	u64 part;

	if (t_us >= k_us)
		return w_max + cubic_part(t_us - k_us);
	part = cubic_part(k_us - t_us);
	return w_max > part ? w_max - part : 0;
}

/**
 * tcpdiag_cubic_target() - the window to reach one round trip from now
 * @w_cubic: W_cubic(t + RTT), 32.32
 * @wnd: the present window, 32.32, at most TCPDIAG_WND_MAX
 *
 * RFC 9438, 4.2: at least the present window, at most 1.5 times it.
 *
 * Return: the target, 32.32.
 */
u64 tcpdiag_cubic_target(u64 w_cubic, u64 wnd)
{
	return clamp(w_cubic, wnd, wnd + wnd / 2);
}

/**
 * tcpdiag_cubic_growth() - growth of the window per packet acknowledged
 * @increase: growth of the window over one round trip, 32.32
 * @cwnd: window in packets; 0 counts as 1
 *
 * Return: @increase / @cwnd, below 1, in 2^-32 packets.
 */
u32 tcpdiag_cubic_growth(u64 increase, u32 cwnd)
{
	return min_t(u64, div_u64(increase, max(cwnd, 1U)), U32_MAX);
}

/**
 * tcpdiag_cubic_est_growth() - growth of W_est, Reno's window, per packet
 * @w_est: W_est, 32.32
 * @cwnd_prior: window in packets at the last congestion event
 * @cwnd: window in packets; 0 counts as 1
 *
 * RFC 9438, 4.3: CUBIC's window is cut less than Reno's, so W_est grows more
 * slowly, by alpha = 9/17 packets per round trip. Once it has reached the
 * window of the last event, alpha is 1 as in Reno.
 *
 * Return: alpha / @cwnd in 2^-32 packets.
 */
u32 tcpdiag_cubic_est_growth(u64 w_est, u32 cwnd_prior, u32 cwnd)
{
	bool made_up = w_est >> TCPDIAG_WND_SHIFT >= cwnd_prior;

	return tcpdiag_cubic_growth(made_up ? TCPDIAG_WND_ONE : ALPHA, cwnd);
}

/* Range: @wnd <= 2^62, and the factor is below 1. */
static u64 share(u64 wnd, u32 factor)
{
	return mul_u64_u32_shr(wnd, factor, 32);
}

/**
 * tcpdiag_cubic_after_loss() - the window after a loss: RFC 9438, 4.6
 * @wnd: before it, 32.32
 *
 * Return: 0.7 * @wnd.
 */
u64 tcpdiag_cubic_after_loss(u64 wnd)
{
	return share(wnd, BETA_LOSS);
}

/**
 * tcpdiag_cubic_after_ecn() - the window after an ECN mark: RFC 8511, 3.1
 * @wnd: before it, 32.32
 *
 * Return: 0.85 * @wnd.
 */
u64 tcpdiag_cubic_after_ecn(u64 wnd)
{
	return share(wnd, BETA_ECN);
}

/**
 * tcpdiag_cubic_yield() - W_max with fast convergence: RFC 9438, 4.7
 * @wnd: the window at the congestion event, 32.32
 *
 * Return: 0.85 * @wnd.
 */
u64 tcpdiag_cubic_yield(u64 wnd)
{
	return share(wnd, BETA_YIELD);
}
