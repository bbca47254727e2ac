/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one connection did under its congestion control, from the counters that
 * TCP keeps in its socket. No kernel state: KUnit links it unchanged.
 */
#ifndef TCPDIAG_MEASURE_H
#define TCPDIAG_MEASURE_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/tcp.h>
#include <linux/types.h>

/**
 * enum tcpdiag_cc_sum - the sums kept for each algorithm
 * @TCPDIAG_CC_SENDERS: connections that sent data
 * @TCPDIAG_CC_BYTES_ACKED: bytes acknowledged; as in TCP, a SYN and a FIN are
 *	one each
 * @TCPDIAG_CC_BYTES_SENT: bytes of data sent, retransmissions included
 * @TCPDIAG_CC_BYTES_RETRANS: those of BYTES_SENT that were retransmitted
 * @TCPDIAG_CC_DELIVERED: segments delivered
 * @TCPDIAG_CC_DELIVERED_CE: those of DELIVERED with an ECN congestion mark
 * @TCPDIAG_CC_BUSY_US: time with data to send, or sent and not acknowledged
 * @TCPDIAG_CC_IDLE_US: the rest of the time in which it could send
 * @TCPDIAG_CC_RWND_LIMITED_US: busy time limited by the peer's window
 * @TCPDIAG_CC_SNDBUF_LIMITED_US: busy time limited by our own send buffer
 * @TCPDIAG_CC_LOSS_EPISODES: how often loss recovery began
 * @TCPDIAG_CC_RTOS: retransmission timeouts
 * @TCPDIAG_CC_SUMS: how many sums there are
 */
enum tcpdiag_cc_sum {
	TCPDIAG_CC_SENDERS,
	TCPDIAG_CC_BYTES_ACKED,
	TCPDIAG_CC_BYTES_SENT,
	TCPDIAG_CC_BYTES_RETRANS,
	TCPDIAG_CC_DELIVERED,
	TCPDIAG_CC_DELIVERED_CE,
	TCPDIAG_CC_BUSY_US,
	TCPDIAG_CC_IDLE_US,
	TCPDIAG_CC_RWND_LIMITED_US,
	TCPDIAG_CC_SNDBUF_LIMITED_US,
	TCPDIAG_CC_LOSS_EPISODES,
	TCPDIAG_CC_RTOS,
	TCPDIAG_CC_SUMS,
};

/**
 * enum tcpdiag_cc_dist - the distributions over connections
 * @TCPDIAG_CC_GOODPUT: bytes acknowledged per busy time, in bit/s
 * @TCPDIAG_CC_MIN_RTT: smallest RTT, in microseconds
 * @TCPDIAG_CC_INFLATION: smoothed RTT in percent of the smallest
 * @TCPDIAG_CC_DISTS: how many distributions there are
 */
enum tcpdiag_cc_dist {
	TCPDIAG_CC_GOODPUT,
	TCPDIAG_CC_MIN_RTT,
	TCPDIAG_CC_INFLATION,
	TCPDIAG_CC_DISTS,
};

/*
 * Busy times are kept in ticks, and a busy period is off by up to one tick.
 * From this many ticks on that is within a distribution's precision (12.5 %).
 */
#define TCPDIAG_CC_GOODPUT_TICKS	8

/**
 * struct tcpdiag_cc_sample - the figures of one connection
 * @sum: its share in each sum
 * @value: its value in each distribution; 0 for none
 */
struct tcpdiag_cc_sample {
	u64 sum[TCPDIAG_CC_SUMS];
	u64 value[TCPDIAG_CC_DISTS];
};

/**
 * tcpdiag_measure_scale() - a ratio, scaled
 * @part: the numerator
 * @units: the result if @part equals @whole
 * @whole: the denominator
 *
 * Context: any.
 * Return: @part * @units / @whole, rounded down; 0 if @whole is 0; U64_MAX if
 * the result does not fit.
 */
static inline u64 tcpdiag_measure_scale(u64 part, u64 units, u64 whole)
{
	if (!whole)
		return 0;
	/* the quotient has more than 64 bits: the division would trap */
	if (mul_u64_u64_shr(part, units, 64) >= whole)
		return U64_MAX;
	/*
	 * If the compiler knows that @part equals @whole, the x86 assembly gets
	 * the divisor in a register that it overwrites.
	 */
	OPTIMIZER_HIDE_VAR(whole);
	return mul_u64_u64_div_u64(part, units, whole);
}

void tcpdiag_measure(const struct tcp_sock *tp, u32 now, u64 open_us,
		     struct tcpdiag_cc_sample *s);

#endif /* TCPDIAG_MEASURE_H */
