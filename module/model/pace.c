// SPDX-License-Identifier: GPL-2.0
/*
 * Tells from two looks at a connection how fast it is, and whether it goes in
 * small segments because a window is small.
 */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/pace.h"

/* A rate of a shorter time may be that of one burst. */
#define LEAST_US	(500 * (u64)USEC_PER_MSEC)
/* Segments that are many enough to tell their size. */
#define SEGMENTS	8
/* Half of the sequence numbers: which of two came first is told up to there. */
#define HALF		BIT_ULL(31)
/*
 * How long a segment may be on its way and still come. RFC 9293 allows two minutes
 * (MSL); nothing is known to keep one for longer than half of that.
 */
#define LIFETIME_S	60
/* A segment of a usual link; loopback has larger ones, which are no measure. */
#define USUAL		1460

static u64 span_us(const struct tcpdiag_pace *before,
		   const struct tcpdiag_pace *now)
{
	return now->at_us - min(now->at_us, before->at_us);
}

/**
 * tcpdiag_pace_rate() - how fast a connection is, in its faster direction
 * @before: a look
 * @now: a later one
 *
 * Context: any.
 * Return: bytes in a second; 0 if that is not known.
 */
u64 tcpdiag_pace_rate(const struct tcpdiag_pace *before,
		      const struct tcpdiag_pace *now)
{
	u64 span = span_us(before, now);
	u64 bytes = max(now->acked - before->acked,
			now->received - before->received);

	return span < LEAST_US ? 0 :
	       div64_u64(bytes * USEC_PER_SEC, span);
}

/**
 * tcpdiag_pace_wraps() - whether a sequence number stands for new bytes while an old
 *	segment with it may still come
 * @bytes_per_second: how fast the connection is
 *
 * Context: any.
 * Return: true if it does.
 */
bool tcpdiag_pace_wraps(u64 bytes_per_second)
{
	return bytes_per_second > HALF / LIFETIME_S;
}

/**
 * tcpdiag_pace_is_small() - whether a window is too small for a usual segment
 * @window: its bytes
 * @mss: the largest segment
 *
 * Context: any.
 * Return: true if it is.
 */
bool tcpdiag_pace_is_small(u32 window, u32 mss)
{
	return window < min_t(u32, mss, USUAL);
}

/*
 * The mean segment; 0 if there were few, or it is not well below the MSS. One that
 * has no room in the window was not made small by it.
 */
static u32 small_segment(u64 bytes, u32 segs, u32 mss, u32 window)
{
	u64 mean;

	if (segs < SEGMENTS || !window)
		return 0;
	mean = div_u64(bytes, segs);
	return mean <= min(min_t(u32, mss, USUAL) / 2, window) ? mean : 0;
}

/**
 * tcpdiag_pace_silly_out() - whether small segments go because the peer's window is
 *	small
 * @before: a look
 * @now: a later one
 *
 * It is if the window was in the way for half of the time or longer: a program that
 * writes little at a time is not held back by it. A peer that ever had room for a
 * segment may have no more because its program does not read.
 *
 * Context: any.
 * Return: bytes of a segment; 0 if not.
 */
u32 tcpdiag_pace_silly_out(const struct tcpdiag_pace *before,
			   const struct tcpdiag_pace *now)
{
	u64 span = span_us(before, now);

	if (span < LEAST_US ||
	    !tcpdiag_pace_is_small(now->max_window, now->mss) ||
	    2 * (now->window_us - before->window_us) < span)
		return 0;
	return small_segment(now->sent - before->sent,
			     now->segs_out - before->segs_out, now->mss,
			     now->max_window);
}

/**
 * tcpdiag_pace_silly_in() - whether small segments come because the window here is
 *	small
 * @before: a look
 * @now: a later one
 *
 * This end does not know what holds the peer back. Segments of a quarter of the
 * window or more may fill it, unless they are messages of that size; those of
 * somebody who types do not.
 *
 * Context: any.
 * Return: bytes of a segment; 0 if not.
 */
u32 tcpdiag_pace_silly_in(const struct tcpdiag_pace *before,
			  const struct tcpdiag_pace *now)
{
	u32 bytes, window = max(before->own_window, now->own_window);

	if (span_us(before, now) < LEAST_US ||
	    now->own_most >= min_t(u32, now->own_mss, USUAL) ||
	    !tcpdiag_pace_is_small(before->own_window, now->own_mss) ||
	    !tcpdiag_pace_is_small(now->own_window, now->own_mss))
		return 0;
	bytes = small_segment(now->received - before->received,
			      now->segs_in - before->segs_in, now->own_mss,
			      window);
	return bytes >= window / 4 ? bytes : 0;
}
