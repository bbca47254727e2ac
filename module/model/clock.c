// SPDX-License-Identifier: GPL-2.0
/*
 * Divides the life of a connection by what it was spent on (see clock.h).
 */
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "model/clock.h"
#include "model/measure.h"
#include "model/ticks.h"

/* Without the socket's lock a clock may be read that is older than @then. */
static u32 growth(u32 now, u32 then)
{
	return max_t(s32, now - then, 0);
}

/**
 * tcpdiag_clock_enter() - charge time to the congestion state that is left
 * @s: the socket's states
 * @t: its clocks
 * @class: the class of the state that it enters
 *
 * Context: any.
 */
void tcpdiag_clock_enter(struct tcpdiag_clock_states *s,
			 const struct tcpdiag_clock_ticks *t,
			 enum tcpdiag_clock_class class)
{
	struct tcpdiag_clock_ticks more = {
		.busy = growth(t->busy, s->at.busy),
		.window = growth(t->window, s->at.window),
		.buffer = growth(t->buffer, s->at.buffer),
	};

	s->ticks[s->now] += more.busy;
	if (s->now == TCPDIAG_CLOCK_CLASS_LOSS) {
		s->ticks[s->now] += more.window + more.buffer;
	} else {
		s->window += more.window;
		s->buffer += more.buffer;
	}
	s->at = *t;
	s->now = class;
}

static u64 spent_us(const struct tcpdiag_clock *c)
{
	return c->own_us + c->peer_us + c->window_us + c->buffer_us +
	       c->open_us + c->recovery_us + c->timeout_us + c->unseen_us;
}

/**
 * tcpdiag_clock_make() - measure a connection
 * @c: set to its times
 * @t: TCP's clocks
 * @s: its busy time by congestion state; NULL if it was never seen to change that
 * @seen: all of its life was seen
 * @life_us: its life, as far as it is known
 *
 * TCP may have counted more than @life_us, by the ticks that it rounds up.
 * Without the socket's lock @t may be a little older than @s.
 *
 * Context: any.
 */
void tcpdiag_clock_make(struct tcpdiag_clock *c,
			const struct tcpdiag_clock_ticks *t,
			const struct tcpdiag_clock_states *s, bool seen,
			u64 life_us)
{
	struct tcpdiag_clock_states in = {};

	if (s) {
		in = *s;
		tcpdiag_clock_enter(&in, t, s->now);
	} else {
		in.ticks[seen ? TCPDIAG_CLOCK_CLASS_OPEN :
				TCPDIAG_CLOCK_CLASS_UNSEEN] = t->busy;
		in.window = t->window;
		in.buffer = t->buffer;
	}
	*c = (struct tcpdiag_clock) {
		.window_us = tcpdiag_ticks_us(in.window),
		.buffer_us = tcpdiag_ticks_us(in.buffer),
		.open_us = tcpdiag_ticks_us(in.ticks[TCPDIAG_CLOCK_CLASS_OPEN]),
		.recovery_us =
			tcpdiag_ticks_us(in.ticks[TCPDIAG_CLOCK_CLASS_RECOVERY]),
		.timeout_us =
			tcpdiag_ticks_us(in.ticks[TCPDIAG_CLOCK_CLASS_LOSS]),
		.unseen_us =
			tcpdiag_ticks_us(in.ticks[TCPDIAG_CLOCK_CLASS_UNSEEN]),
	};
	c->life_us = max(life_us, spent_us(c));
}

/**
 * tcpdiag_clock_forget() - TCP's clocks may have counted before this connection
 * @c: the connection's times, just made
 * @life_us: its life, as far as it is known
 *
 * So nobody is accused by them.
 *
 * Context: any.
 */
void tcpdiag_clock_forget(struct tcpdiag_clock *c, u64 life_us)
{
	*c = (struct tcpdiag_clock) {
		.life_us = life_us,
		.unseen_us = min(spent_us(c), life_us),
	};
}

/*
 * Whose turn it is: who was the last to receive; who has never heard the other
 * speak waits for nothing. If both were in the same tick, or nobody has said
 * anything, it is the client's. Who has closed has said all.
 */
static bool is_own_turn(const struct tcpdiag_clock_look *look)
{
	if (look->peer_closed || look->closed)
		return look->peer_closed;
	if (look->sent != look->received)
		return look->sent;
	if (!look->sent || !look->sent_after)
		return look->connected;
	return look->sent_after < 0;
}

/**
 * tcpdiag_clock_idle() - say up to whom an idle time is that goes on
 * @c: the connection's times, just made
 * @look: what its socket says
 *
 * Context: any.
 */
void tcpdiag_clock_idle(struct tcpdiag_clock *c,
			const struct tcpdiag_clock_look *look)
{
	u64 idle = c->life_us - spent_us(c);

	if (look->runs != TCPDIAG_CLOCK_RUNS_IDLE)
		return;
	idle = min(idle, look->since_us);
	if (!is_own_turn(look))
		c->peer_us = idle;
	else if (look->received)
		c->own_us = min(idle, look->received_us);
	else
		c->own_us = idle;
}

/**
 * tcpdiag_clock_add() - add the times of a connection, or of several
 * @to: the sum
 * @c: what to add
 *
 * Context: any.
 */
void tcpdiag_clock_add(struct tcpdiag_clock *to, const struct tcpdiag_clock *c)
{
	to->life_us += c->life_us;
	to->own_us += c->own_us;
	to->peer_us += c->peer_us;
	to->window_us += c->window_us;
	to->buffer_us += c->buffer_us;
	to->open_us += c->open_us;
	to->recovery_us += c->recovery_us;
	to->timeout_us += c->timeout_us;
	to->unseen_us += c->unseen_us;
}

/**
 * tcpdiag_clock_take_back() - take times out of a sum
 * @from: the sum; it may be too small until others are added to it
 * @c: what to take out
 *
 * Context: any.
 */
void tcpdiag_clock_take_back(struct tcpdiag_clock *from,
			     const struct tcpdiag_clock *c)
{
	from->life_us -= c->life_us;
	from->own_us -= c->own_us;
	from->peer_us -= c->peer_us;
	from->window_us -= c->window_us;
	from->buffer_us -= c->buffer_us;
	from->open_us -= c->open_us;
	from->recovery_us -= c->recovery_us;
	from->timeout_us -= c->timeout_us;
	from->unseen_us -= c->unseen_us;
}

static void settle(u64 *us)
{
	if ((s64)*us < 0)
		*us = 0;
}

/**
 * tcpdiag_clock_settle() - make a sum whole from which times were taken back
 * @c: the sum
 *
 * If what was taken back is not in it, a time may be below 0: it is 0 then.
 *
 * Context: any.
 */
void tcpdiag_clock_settle(struct tcpdiag_clock *c)
{
	settle(&c->life_us);
	settle(&c->own_us);
	settle(&c->peer_us);
	settle(&c->window_us);
	settle(&c->buffer_us);
	settle(&c->open_us);
	settle(&c->recovery_us);
	settle(&c->timeout_us);
	settle(&c->unseen_us);
	c->life_us = max(c->life_us, spent_us(c));
}

/**
 * tcpdiag_clock_limited_us() - how long something was in the way that was seen
 * @c: the times
 *
 * Context: any.
 * Return: microseconds.
 */
u64 tcpdiag_clock_limited_us(const struct tcpdiag_clock *c)
{
	return c->window_us + c->buffer_us + c->recovery_us + c->timeout_us;
}

static enum tcpdiag_clock_sample judge_busy(const struct tcpdiag_clock_look *look)
{
	if (!look->unsent)
		return TCPDIAG_CLOCK_SAW_IN_FLIGHT;
	if (look->held)
		return TCPDIAG_CLOCK_SAW_NAGLE;
	if (look->in_flight >= look->cwnd)
		return TCPDIAG_CLOCK_SAW_CWND;
	if (look->paced)
		return TCPDIAG_CLOCK_SAW_PACING;
	/* it waits until the window has room for a larger segment */
	if (look->cwnd_limited && look->unsent >= look->mss)
		return TCPDIAG_CLOCK_SAW_CWND;
	return TCPDIAG_CLOCK_SAW_OTHER;
}

/**
 * tcpdiag_clock_judge() - what a look at a socket finds
 * @look: what it says
 *
 * Context: any.
 * Return: the kind of sample.
 */
enum tcpdiag_clock_sample
tcpdiag_clock_judge(const struct tcpdiag_clock_look *look)
{
	switch (look->runs) {
	case TCPDIAG_CLOCK_RUNS_IDLE:
		return is_own_turn(look) ? TCPDIAG_CLOCK_SAW_OWN :
					   TCPDIAG_CLOCK_SAW_PEER;
	case TCPDIAG_CLOCK_RUNS_WINDOW:
		return look->window ? TCPDIAG_CLOCK_SAW_SMALL :
				      TCPDIAG_CLOCK_SAW_CLOSED;
	case TCPDIAG_CLOCK_RUNS_BUSY:
		return look->open ? judge_busy(look) :
				    TCPDIAG_CLOCK_SAW_NOTHING;
	default:
		return TCPDIAG_CLOCK_SAW_NOTHING;
	}
}

static u64 count(const struct tcpdiag_clock_samples *s, unsigned int first,
		 unsigned int last)
{
	u64 n = 0;

	for (; first <= last; first++)
		n += s->n[first];
	return n;
}

/**
 * tcpdiag_clock_idle_samples() - looks that found connections idle
 * @s: the samples
 *
 * Context: any.
 * Return: how many.
 */
u64 tcpdiag_clock_idle_samples(const struct tcpdiag_clock_samples *s)
{
	return count(s, TCPDIAG_CLOCK_SAW_OWN, TCPDIAG_CLOCK_SAW_PEER);
}

/**
 * tcpdiag_clock_window_samples() - looks that found the peer's window in the way
 * @s: the samples
 *
 * Context: any.
 * Return: how many.
 */
u64 tcpdiag_clock_window_samples(const struct tcpdiag_clock_samples *s)
{
	return count(s, TCPDIAG_CLOCK_SAW_CLOSED, TCPDIAG_CLOCK_SAW_SMALL);
}

/**
 * tcpdiag_clock_busy_samples() - looks that found connections busy without a loss
 * @s: the samples
 *
 * Context: any.
 * Return: how many.
 */
u64 tcpdiag_clock_busy_samples(const struct tcpdiag_clock_samples *s)
{
	return count(s, TCPDIAG_CLOCK_SAW_CWND, TCPDIAG_CLOCK_SAW_OTHER);
}

/*
 * Divide a time by samples: @us of the parts from @part on gets what the samples
 * from @first to @last say, and @rest what is left of it; all of it if they are too
 * few.
 */
static void divide(u64 time, const struct tcpdiag_clock_samples *s,
		   unsigned int first, unsigned int last,
		   u64 us[TCPDIAG_CLOCK_PARTS], unsigned int part,
		   unsigned int rest)
{
	u64 all = count(s, first, last);
	u64 before = 0, until = 0, seen = 0;

	if (all < TCPDIAG_CLOCK_SAMPLES)
		first = last + 1;
	for (; first <= last && part != rest; first++, part++) {
		seen += s->n[first];
		until = tcpdiag_measure_scale(seen, time, all);
		us[part] += until - before;
		before = until;
	}
	us[rest] += time - before;
}

/**
 * tcpdiag_clock_divide() - divide the life of connections into its parts
 * @c: the times that were measured
 * @s: samples of these connections, or of others of their kind
 * @us: set to the parts, in microseconds; they add up to c->life_us
 *
 * Context: any.
 */
void tcpdiag_clock_divide(const struct tcpdiag_clock *c,
			  const struct tcpdiag_clock_samples *s,
			  u64 us[TCPDIAG_CLOCK_PARTS])
{
	memset(us, 0, TCPDIAG_CLOCK_PARTS * sizeof(*us));
	us[TCPDIAG_CLOCK_IDLE_OWN] = c->own_us;
	us[TCPDIAG_CLOCK_IDLE_PEER] = c->peer_us;
	us[TCPDIAG_CLOCK_SEND_BUFFER] = c->buffer_us;
	us[TCPDIAG_CLOCK_RECOVERY] = c->recovery_us;
	us[TCPDIAG_CLOCK_TIMEOUT] = c->timeout_us;
	us[TCPDIAG_CLOCK_UNKNOWN] = c->unseen_us;
	divide(c->life_us - spent_us(c), s, TCPDIAG_CLOCK_SAW_OWN,
	       TCPDIAG_CLOCK_SAW_PEER, us, TCPDIAG_CLOCK_IDLE_OWN,
	       TCPDIAG_CLOCK_IDLE);
	divide(c->window_us, s, TCPDIAG_CLOCK_SAW_CLOSED,
	       TCPDIAG_CLOCK_SAW_SMALL, us, TCPDIAG_CLOCK_WINDOW_CLOSED,
	       TCPDIAG_CLOCK_WINDOW);
	divide(c->open_us, s, TCPDIAG_CLOCK_SAW_CWND, TCPDIAG_CLOCK_SAW_OTHER,
	       us, TCPDIAG_CLOCK_CWND, TCPDIAG_CLOCK_UNKNOWN);
}

/**
 * tcpdiag_clock_blame() - the largest part of a life
 * @us: its parts
 * @percent: set to the percentage of the whole that it is, rounded down
 *
 * Context: any.
 * Return: the part; TCPDIAG_CLOCK_UNKNOWN also if there is no life yet.
 */
enum tcpdiag_clock_part
tcpdiag_clock_blame(const u64 us[TCPDIAG_CLOCK_PARTS], unsigned int *percent)
{
	unsigned int part, most = TCPDIAG_CLOCK_UNKNOWN;
	u64 life = 0;

	for (part = 0; part < TCPDIAG_CLOCK_PARTS; part++) {
		life += us[part];
		if (us[part] > us[most])
			most = part;
	}
	*percent = tcpdiag_measure_scale(us[most], 100, life);
	return most;
}

static const char *const names[] = {
	[TCPDIAG_CLOCK_IDLE_OWN]	= "idle_own",
	[TCPDIAG_CLOCK_IDLE_PEER]	= "idle_peer",
	[TCPDIAG_CLOCK_IDLE]		= "idle",
	[TCPDIAG_CLOCK_WINDOW_CLOSED]	= "peer_window_closed",
	[TCPDIAG_CLOCK_WINDOW_SMALL]	= "peer_window_small",
	[TCPDIAG_CLOCK_WINDOW]		= "peer_window",
	[TCPDIAG_CLOCK_SEND_BUFFER]	= "send_buffer",
	[TCPDIAG_CLOCK_RECOVERY]	= "recovery",
	[TCPDIAG_CLOCK_TIMEOUT]		= "timeout",
	[TCPDIAG_CLOCK_CWND]		= "cwnd",
	[TCPDIAG_CLOCK_NAGLE]		= "nagle",
	[TCPDIAG_CLOCK_PACING]		= "pacing",
	[TCPDIAG_CLOCK_IN_FLIGHT]	= "in_flight",
	[TCPDIAG_CLOCK_UNKNOWN]		= "unknown",
};

static_assert(ARRAY_SIZE(names) == TCPDIAG_CLOCK_PARTS);

/**
 * tcpdiag_clock_name() - the name of a part
 * @part: the part
 *
 * Context: any.
 * Return: the name; with _us that of its column in the view flows.
 */
const char *tcpdiag_clock_name(enum tcpdiag_clock_part part)
{
	return names[part];
}
