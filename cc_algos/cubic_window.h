/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The window functions of CUBIC (RFC 9438). They are pure; see cubic_window.c.
 */
#ifndef TCPDIAG_CUBIC_WINDOW_H
#define TCPDIAG_CUBIC_WINDOW_H

#include <linux/bits.h>
#include <linux/types.h>

/* Windows are in packets, with 32 bits after the binary point: 32.32. */
#define TCPDIAG_WND_SHIFT	32
#define TCPDIAG_WND_ONE		BIT_ULL(TCPDIAG_WND_SHIFT)
/*
 * Windows are limited to this many packets. With 1,460 bytes each that is 1.5
 * terabytes, hundreds of times the space of sequence numbers.
 */
#define TCPDIAG_WND_MAX_PACKETS	((u32)BIT(30))
#define TCPDIAG_WND_MAX		((u64)TCPDIAG_WND_MAX_PACKETS << TCPDIAG_WND_SHIFT)

/* The time of a stage is counted up to 2^31 us, 35 minutes. */
#define TCPDIAG_CUBIC_T_MAX_US	((u32)BIT(31))

u32 tcpdiag_cubic_root(u64 x);
u32 tcpdiag_cubic_k_us(u64 w_max, u64 wnd);
u64 tcpdiag_cubic_window(u64 w_max, u32 k_us, u32 t_us);
u64 tcpdiag_cubic_target(u64 w_cubic, u64 wnd);
u32 tcpdiag_cubic_est_growth(u64 w_est, u32 cwnd_prior, u32 cwnd);
u32 tcpdiag_cubic_growth(u64 increase, u32 cwnd);
u64 tcpdiag_cubic_after_loss(u64 wnd);
u64 tcpdiag_cubic_after_ecn(u64 wnd);
u64 tcpdiag_cubic_yield(u64 wnd);

#endif /* TCPDIAG_CUBIC_WINDOW_H */
