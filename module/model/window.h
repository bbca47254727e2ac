/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast a counter grows, from its values of the last minute, one a second.
 * No kernel state: KUnit links it unchanged.
 */
#ifndef TCPDIAG_WINDOW_H
#define TCPDIAG_WINDOW_H

#include <linux/types.h>

/* 61 samples span a minute; one more may be on its way out. */
#define TCPDIAG_WINDOW_SAMPLES	62

/**
 * struct tcpdiag_window - values of one counter
 * @n: how many samples there are
 * @last: index of the newest
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
