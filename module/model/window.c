// SPDX-License-Identifier: GPL-2.0
/*
 * How fast a counter grows (see window.h).
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/window.h"

/**
 * tcpdiag_window_add() - add a sample, about once a second
 * @w: the window
 * @total: the counter
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_window_add(struct tcpdiag_window *w, u64 total, u64 now)
{
	w->last = (w->last + 1) % TCPDIAG_WINDOW_SAMPLES;
	w->at_ns[w->last] = now;
	w->total[w->last] = total;
	if (w->n < TCPDIAG_WINDOW_SAMPLES)
		w->n++;
}

/* The newest sample that is old enough; else the oldest. */
static unsigned int since(const struct tcpdiag_window *w, u64 before)
{
	unsigned int i, at = w->last;

	for (i = 0; i < w->n; i++) {
		at = (w->last + TCPDIAG_WINDOW_SAMPLES - i) %
		     TCPDIAG_WINDOW_SAMPLES;
		if (w->at_ns[at] <= before)
			break;
	}
	return at;
}

/**
 * tcpdiag_window_rate() - growth per second
 * @w: the window
 * @total: the counter now
 * @now: ktime_get_ns()
 * @seconds: the time to measure over; shorter if the samples do not go back so
 *	far; up to one sample longer, because it begins at a sample
 *
 * Context: any; the user's lock held.
 * Return: tenths per second; 0 without a sample.
 */
u64 tcpdiag_window_rate(const struct tcpdiag_window *w, u64 total, u64 now,
			unsigned int seconds)
{
	u64 span = seconds * (u64)NSEC_PER_SEC;
	unsigned int at;
	u64 ms;

	if (!w->n)
		return 0;
	at = since(w, now - min(now, span));
	if (total <= w->total[at] || now <= w->at_ns[at])
		return 0;
	ms = div_u64(now - w->at_ns[at], NSEC_PER_MSEC);
	return div64_u64((total - w->total[at]) * 10 * MSEC_PER_SEC,
			 max(ms, 1ULL));
}
