/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ticks of the kernel's clock in microseconds.
 */
#ifndef TCPDIAG_MODEL_TICKS_H
#define TCPDIAG_MODEL_TICKS_H

#include <linux/jiffies.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * tcpdiag_ticks_us() - a number of ticks as a time
 * @ticks: jiffies, or a difference of two stamps of tcp_jiffies32
 *
 * The kernel's own conversion has a result of 32 bits, which wraps at 71.6
 * minutes.
 *
 * Context: any.
 * Return: microseconds.
 */
static inline u64 tcpdiag_ticks_us(u64 ticks)
{
	return ticks * (USEC_PER_SEC / HZ);
}

#endif /* TCPDIAG_MODEL_TICKS_H */
