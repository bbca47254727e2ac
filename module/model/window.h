/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast a counter grows: its values of the last minute, one a second. No
 * kernel state: KUnit links it as it is.
 */
#ifndef TCPDIAG_WINDOW_H
#define TCPDIAG_WINDOW_H

#include <linux/types.h>

/* A minute of seconds, and one that is being left. */
#define TCPDIAG_WINDOW_SAMPLES	62

/**
 * struct tcpdiag_window - values of one counter
 * @n: samples there are
 * @last: the newest
 * @at_ns: when each was taken
 * @total: the counter then
 */
struct tcpdiag_window {
	u8 n;
	u8 last;
	u64 at_ns[TCPDIAG_WINDOW_SAMPLES];
	u64 total[TCPDIAG_WINDOW_SAMPLES];
};

void tcpdiag_window_add(struct tcpdiag_window *w, u64 total, u64 now);
u64 tcpdiag_window_rate(const struct tcpdiag_window *w, u64 total, u64 now,
			unsigned int seconds);

#endif /* TCPDIAG_WINDOW_H */
