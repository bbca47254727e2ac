// SPDX-License-Identifier: GPL-2.0
/*
 * Counts what is lost, and judges it (see loss.h).
 *
 * A path that loses up to one segment in a hundred is a usual one: radio, and the
 * queues that loss-based congestion control fills. The share of segments that are
 * sent again is taken from long connections only: only connections that lost
 * something are seen, and of short ones these are no fair sample.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "model/loss.h"

/* Segments of which a share can be told. */
#define SEGMENTS	2000
/* One connection is enough if it has sent this many. */
#define SEGMENTS_OF_ONE	10000
/* Shares of segments that are sent again, in a thousand. */
#define SOME_PERMILLE	10
#define MUCH_PERMILLE	30
/*
 * Fewer timeouts are accidents, and so is whatever happens within a moment: those of
 * a switch-over stay one, even if a stray one follows.
 */
#define TIMEOUTS	10
#define MOMENT_US	(10 * (u64)USEC_PER_SEC)
#define SECONDS		(TIMEOUTS / 2)
/* One connection is enough if it had this many. */
#define TIMEOUTS_OF_ONE	20
/* Part of the time in which somebody waits for a timeout, in percent. */
#define SOME_PERCENT	2
#define MUCH_PERCENT	20
/* One timeout in so many segments that the namespace has sent. */
#define SOME_SENT	2000
#define MUCH_SENT	200
/* Connections that ended by TCP_USER_TIMEOUT: fewer are accidents. */
#define GIVEN_UP	3
/* Less than what the loss of a segment and of its repetition takes. */
#define IMPATIENT_MS	3000
/* So many timeouts in a row: the peer is not there. */
#define SILENT		2

/**
 * tcpdiag_loss_roll() - begin a new window if it is time
 * @w: the counts
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_loss_roll(struct tcpdiag_loss_window *w, u64 now)
{
	u64 window = 1 + div64_u64(now, TCPDIAG_LOSS_NS);

	/* who took the time before the lock may be late */
	if (window <= w->window)
		return;
	if (w->window && window == w->window + 1) {
		w->since_ns[1] = w->since_ns[0];
		w->sum[1] = w->sum[0];
	} else {
		w->since_ns[1] = now;
		memset(&w->sum[1], 0, sizeof(w->sum[1]));
	}
	w->since_ns[0] = now;
	memset(&w->sum[0], 0, sizeof(w->sum[0]));
	w->window = window;
}

static void take(u32 *count, u32 n)
{
	*count -= min(*count, n);
}

/**
 * tcpdiag_loss_time_out() - count a timeout
 * @sum: the counts of the present window
 * @t: the timeout
 *
 * A peer that answers nothing is another finding: the third timeout in a row takes
 * back what the first two have counted. Each is twice as long as the one before.
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_loss_time_out(struct tcpdiag_loss_sum *sum,
			   const struct tcpdiag_loss_timeout *t)
{
	if (!t->nth) {
		sum->connections += t->first;
		sum->timeouts++;
		sum->seconds += t->new_second;
		sum->tails += t->tail;
		sum->probed += t->probed;
		sum->waited_ms += t->rto_ms;
	} else if (t->nth < SILENT) {
		sum->repeated++;
		sum->waited_ms += t->rto_ms;
	} else if (t->nth == SILENT) {
		take(&sum->connections, t->first);
		take(&sum->timeouts, 1);
		/* what was a tail may not be one any more */
		take(&sum->tails, t->tail || sum->tails > sum->timeouts);
		sum->seconds -= sum->seconds > sum->timeouts;
		take(&sum->probed, sum->probed > sum->timeouts);
		take(&sum->repeated, 1);
		take(&sum->waited_ms, t->rto_ms / 2 + t->rto_ms / 4);
	}
}

/* 0 is none. */
static u32 shorter(u32 a, u32 b)
{
	return a && b ? min(a, b) : a + b;
}

/**
 * tcpdiag_loss_give_up() - count a connection that ends by TCP_USER_TIMEOUT
 * @sum: the counts of the present window
 * @user_timeout_ms: the timeout
 * @accident: none had ended in the %TCPDIAG_LOSS_ACCIDENT_S before
 *
 * After a long one the peer is most likely gone: that is not counted.
 *
 * Context: any; the user's lock held.
 * Return: whether it was counted.
 */
bool tcpdiag_loss_give_up(struct tcpdiag_loss_sum *sum, u32 user_timeout_ms,
			  bool accident)
{
	if (user_timeout_ms >= IMPATIENT_MS)
		return false;
	sum->accidents += accident;
	sum->given_up = min_t(u32, sum->given_up + 1, U16_MAX);
	sum->user_timeout_ms = shorter(sum->user_timeout_ms, user_timeout_ms);
	return true;
}

/**
 * tcpdiag_loss_is_impatient() - whether connections end that could have gone on
 * @sum: what was counted
 *
 * Context: any.
 * Return: true if several have, by a TCP_USER_TIMEOUT that is short.
 */
bool tcpdiag_loss_is_impatient(const struct tcpdiag_loss_sum *sum)
{
	return sum->given_up >= GIVEN_UP;
}

/**
 * tcpdiag_loss_read() - what was counted in both windows
 * @w: the counts, rolled
 * @sum: the result; overwritten
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_loss_read(const struct tcpdiag_loss_window *w,
		       struct tcpdiag_loss_sum *sum)
{
	const struct tcpdiag_loss_sum *a = &w->sum[0], *b = &w->sum[1];

	*sum = (struct tcpdiag_loss_sum) {
		.segments = a->segments + b->segments,
		.connections = a->connections + b->connections,
		.timeouts = a->timeouts + b->timeouts,
		.seconds = a->seconds + b->seconds,
		.tails = a->tails + b->tails,
		.probed = a->probed + b->probed,
		.repeated = a->repeated + b->repeated,
		.waited_ms = a->waited_ms + b->waited_ms,
		.recoveries = a->recoveries + b->recoveries,
		.long_connections = a->long_connections + b->long_connections,
		.again = a->again + b->again,
		.needless = a->needless + b->needless,
		.given_up = min_t(u32, a->given_up + b->given_up, U16_MAX),
		.user_timeout_ms = shorter(a->user_timeout_ms,
					   b->user_timeout_ms),
		.accidents = a->accidents + b->accidents,
	};
}

/**
 * tcpdiag_loss_permille() - the share of segments that were sent again
 * @sum: what was counted
 *
 * Context: any.
 * Return: of a thousand; 0 if it cannot be told.
 */
u32 tcpdiag_loss_permille(const struct tcpdiag_loss_sum *sum)
{
	if (sum->segments < SEGMENTS ||
	    (sum->long_connections < 2 && sum->segments < SEGMENTS_OF_ONE))
		return 0;
	return div64_u64(sum->again * 1000ULL, sum->segments);
}

/**
 * tcpdiag_loss_share() - judge the share of segments that were sent again
 * @sum: what was counted
 *
 * Context: any.
 * Return: how much is lost.
 */
enum tcpdiag_loss tcpdiag_loss_share(const struct tcpdiag_loss_sum *sum)
{
	u32 permille = tcpdiag_loss_permille(sum);

	if (permille < SOME_PERMILLE)
		return TCPDIAG_LOSS_USUAL;
	return permille < MUCH_PERMILLE ? TCPDIAG_LOSS_SOME :
					  TCPDIAG_LOSS_MUCH;
}

/**
 * tcpdiag_loss_timeouts() - judge timeouts
 * @sum: what was counted
 * @span_us: from the first to the last of them
 * @sent: segments that the whole namespace has sent meanwhile
 * @many_peers: they are of clients that have nothing else in common than the
 *	service: each has a path of its own, and some are bad
 *
 * Context: any.
 * Return: how much they hurt.
 */
enum tcpdiag_loss tcpdiag_loss_timeouts(const struct tcpdiag_loss_sum *sum,
					u64 span_us, u64 sent, bool many_peers)
{
	u64 waited_us = sum->waited_ms * (u64)USEC_PER_MSEC;
	bool often;

	if (sum->timeouts < TIMEOUTS || sum->seconds < SECONDS ||
	    span_us < MOMENT_US ||
	    (sum->connections < 2 && sum->timeouts < TIMEOUTS_OF_ONE))
		return TCPDIAG_LOSS_USUAL;
	often = (u64)sum->timeouts * MUCH_SENT >= sent;
	if (100 * waited_us < SOME_PERCENT * span_us ||
	    (u64)sum->timeouts * SOME_SENT < sent || (many_peers && !often))
		return TCPDIAG_LOSS_USUAL;
	if (many_peers || 100 * waited_us < MUCH_PERCENT * span_us || !often)
		return TCPDIAG_LOSS_SOME;
	return TCPDIAG_LOSS_MUCH;
}
