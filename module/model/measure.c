// SPDX-License-Identifier: GPL-2.0
/*
 * What one connection did (see measure.h), from the counters that `ss -ti`
 * prints (most are in RFC 4898).
 */
#include <linux/string.h>
#include <net/tcp.h>

#include "model/measure.h"
#include "model/ticks.h"

#define BITS_PER_BYTE_S	(8ULL * USEC_PER_SEC)
/* No delayed ACK is sooner by more than this. */
#define DELAYED_US	(20 * USEC_PER_MSEC)
/* Of fewer segments that are on their way the last ACK counts, which may be late. */
#define FEW		3

/* Ticks spent as @type, including the period that is still open. */
static u64 spent(const struct tcp_sock *tp, enum tcp_chrono type, u32 now)
{
	u64 ticks = tp->chrono_stat[type - 1];

	if (tp->chrono_type == type)
		ticks += (u32)(now - tp->chrono_start);
	return ticks;
}

static void measure_time(const struct tcp_sock *tp, u32 now, u64 open_us,
			 struct tcpdiag_cc_sample *s)
{
	u64 rwnd = spent(tp, TCP_CHRONO_RWND_LIMITED, now);
	u64 sndbuf = spent(tp, TCP_CHRONO_SNDBUF_LIMITED, now);
	/* TCP does not include the limited times in the busy time */
	u64 busy = spent(tp, TCP_CHRONO_BUSY, now) + rwnd + sndbuf;
	u64 busy_us = tcpdiag_ticks_us(busy);

	s->sum[TCPDIAG_CC_BUSY_US] = busy_us;
	s->sum[TCPDIAG_CC_IDLE_US] = open_us > busy_us ? open_us - busy_us : 0;
	s->sum[TCPDIAG_CC_RWND_LIMITED_US] = tcpdiag_ticks_us(rwnd);
	s->sum[TCPDIAG_CC_SNDBUF_LIMITED_US] = tcpdiag_ticks_us(sndbuf);
	if (busy >= TCPDIAG_CC_GOODPUT_TICKS)
		s->value[TCPDIAG_CC_GOODPUT] =
			tcpdiag_measure_scale(tp->bytes_acked, BITS_PER_BYTE_S,
					      busy_us);
}

/*
 * A peer acknowledges late what is small, because it waits for the rest, and a last
 * segment that has no second one. How many were on their way at a time follows
 * from how long each was (Little's law).
 */
static bool is_ack_delayed(const struct tcp_sock *tp, u32 min_us, u64 busy_us)
{
	u64 segments = tp->data_segs_out, srtt_us = tp->srtt_us >> 3;
	bool small = tp->bytes_sent < segments * tp->mss_cache / 2;
	bool few = segments * srtt_us < FEW * busy_us;

	return (small || few) && srtt_us >= (u64)min_us + DELAYED_US;
}

/* Behind a closed window the round trips are the peer's pauses. */
static bool is_window_closed(const struct tcpdiag_cc_sample *s)
{
	return s->sum[TCPDIAG_CC_RWND_LIMITED_US] >
	       s->sum[TCPDIAG_CC_BUSY_US] / 2;
}

static void measure_rtt(const struct tcp_sock *tp,
			struct tcpdiag_cc_sample *s)
{
	u32 min_us = tcp_min_rtt(tp);

	/* ~0: no sample yet */
	if (!min_us || min_us == ~0U || !tp->srtt_us)
		return;
	s->value[TCPDIAG_CC_MIN_RTT] = min_us;
	/* what does not come from a queue is none */
	if (is_ack_delayed(tp, min_us, s->sum[TCPDIAG_CC_BUSY_US]) ||
	    is_window_closed(s))
		return;
	s->value[TCPDIAG_CC_INFLATION] =
		tcpdiag_measure_scale(tp->srtt_us >> 3, 100, min_us);
}

/**
 * tcpdiag_measure() - figures of a connection
 * @tp: its socket, locked or used by nobody else, so that nothing changes
 * @now: tcp_jiffies32
 * @open_us: for how long it could send, in microseconds
 * @s: the figures; overwritten. All 0 if it never sent data. LOSS_EPISODES and
 *	RTOS are always 0, because the socket does not count them
 *
 * Context: any.
 */
void tcpdiag_measure(const struct tcp_sock *tp, u32 now, u64 open_us,
		     struct tcpdiag_cc_sample *s)
{
	memset(s, 0, sizeof(*s));
	if (!tp->data_segs_out)
		return;
	s->sum[TCPDIAG_CC_SENDERS] = 1;
	s->sum[TCPDIAG_CC_BYTES_ACKED] = tp->bytes_acked;
	s->sum[TCPDIAG_CC_BYTES_SENT] = tp->bytes_sent;
	s->sum[TCPDIAG_CC_BYTES_RETRANS] = tp->bytes_retrans;
	s->sum[TCPDIAG_CC_DELIVERED] = tp->delivered;
	s->sum[TCPDIAG_CC_DELIVERED_CE] = tp->delivered_ce;
	measure_time(tp, now, open_us, s);
	measure_rtt(tp, s);
}
