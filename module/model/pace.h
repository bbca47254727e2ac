/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happened in a connection between two looks. Pure functions.
 */
#ifndef TCPDIAG_MODEL_PACE_H
#define TCPDIAG_MODEL_PACE_H

#include <linux/types.h>

/**
 * struct tcpdiag_pace - what a socket says at a look, read without its lock
 * @at_us: when it was
 * @acked: bytes that the peer has acknowledged
 * @sent: bytes that were sent, those sent again included
 * @segs_out: segments with data that were sent
 * @received: bytes that came in order
 * @segs_in: segments with data that came
 * @window_us: how long the peer's window was in the way
 * @mss: the largest segment to send that peer and path allow
 * @max_window: bytes of the largest window that the peer had
 * @own_mss: the largest segment that the peer may send
 * @own_window: bytes of the window here, as it was last told
 * @own_most: bytes of the largest one that the receive buffer allows
 */
struct tcpdiag_pace {
	u64 at_us;
	u64 acked;
	u64 sent;
	u32 segs_out;
	u64 received;
	u32 segs_in;
	u64 window_us;
	u32 mss;
	u32 max_window;
	u32 own_mss;
	u32 own_window;
	u32 own_most;
};

u64 tcpdiag_pace_rate(const struct tcpdiag_pace *before,
		      const struct tcpdiag_pace *now);
bool tcpdiag_pace_wraps(u64 bytes_per_second);
u32 tcpdiag_pace_silly_out(const struct tcpdiag_pace *before,
			   const struct tcpdiag_pace *now);
u32 tcpdiag_pace_silly_in(const struct tcpdiag_pace *before,
			  const struct tcpdiag_pace *now);
bool tcpdiag_pace_is_small(u32 window, u32 mss);

#endif /* TCPDIAG_MODEL_PACE_H */
