/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR's three estimators, each a few words of state:
 *
 *   bandwidth        maximum over two probing cycles
 *   round-trip time  minimum over ten seconds
 *   aggregation      maximum over ten round trips of what ACKs delivered beyond
 *                    bandwidth times time
 *
 * They have no kernel state and no clock: time is an argument. They run on
 * every ACK, so they are inline. Section numbers are those of
 * draft-ietf-ccwg-bbr.
 *
 * Units: a rate is in packets per microsecond, times 2^BBR3_RATE_SHIFT. A u32
 * then holds rates from one packet in 16.8 s to 255 packets per microsecond,
 * which is 3 Tbit/s with packets of 1500 bytes.
 */
#ifndef TCPDIAG_BBR3_FILTER_H
#define TCPDIAG_BBR3_FILTER_H

#include <linux/minmax.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

#define BBR3_RATE_SHIFT		24
/* Stands for: no bound, no sample, no estimate yet. */
#define BBR3_INFINITE		U32_MAX

/* MinRTTFilterLen: how long a minimum is valid (2.13). */
#define BBR3_MIN_RTT_LEN_US	(10ULL * USEC_PER_SEC)
/* ExtraAckedFilterLen: round trips (2.11); 1 until the pipe was once full. */
#define BBR3_EXTRA_ACKED_ROUNDS	10

/**
 * bbr3_rate() - rate from packets and time
 * @packets: packets delivered or sent within @us
 * @us: microseconds, not 0
 *
 * Range: packets < 2^32 shifted by 24 is below 2^56.
 *
 * Return: packets per microsecond << BBR3_RATE_SHIFT, at most
 *	BBR3_INFINITE - 1.
 */
static inline u32 bbr3_rate(u32 packets, u32 us)
{
	u64 rate = div_u64((u64)packets << BBR3_RATE_SHIFT, us);

	return min_t(u64, rate, BBR3_INFINITE - 1);
}

/**
 * struct bbr3_max_bw - highest rate of the last probing cycle and of this one
 * @before: highest rate of the last cycle
 * @now: highest rate of this cycle; 0 if it had no sample yet
 */
struct bbr3_max_bw {
	u32	before;
	u32	now;
};

static inline u32 bbr3_max_bw(const struct bbr3_max_bw *f)
{
	return max(f->before, f->now);
}

static inline void bbr3_max_bw_add(struct bbr3_max_bw *f, u32 rate)
{
	f->now = max(f->now, rate);
}

/*
 * A cycle ends. If it had no sample, because the application sent too little,
 * the filter stays as it is: only new samples replace old ones.
 */
static inline void bbr3_max_bw_advance(struct bbr3_max_bw *f)
{
	if (!f->now)
		return;
	f->before = f->now;
	f->now = 0;
}

/**
 * struct bbr3_min_rtt - lowest round-trip time of the last ten seconds
 * @stamp_us: when the minimum was measured
 * @rtt_us: the minimum; BBR3_INFINITE if there was no sample
 */
struct bbr3_min_rtt {
	u64	stamp_us;
	u32	rtt_us;
};

/* If the clock was set back, nothing expires. */
static inline bool bbr3_min_rtt_expired(const struct bbr3_min_rtt *f,
					u64 now_us)
{
	return now_us > f->stamp_us + BBR3_MIN_RTT_LEN_US;
}

/*
 * Take a sample. A lower one always becomes the estimate. A higher one does so
 * only if the estimate has @expired (5.3.4.3) and the ACK was not delayed: the
 * receiver's delay is no part of the path.
 */
static inline void bbr3_min_rtt_add(struct bbr3_min_rtt *f, u64 now_us,
				    u32 rtt_us, bool expired, bool delayed)
{
	if (rtt_us == BBR3_INFINITE)
		return;
	if (rtt_us < f->rtt_us || (expired && !delayed)) {
		f->rtt_us = max(rtt_us, 1U);
		f->stamp_us = now_us;
	}
}

/**
 * struct bbr3_extra_acked - what ACKs delivered beyond rate times time
 * @start_us: when the present burst of ACKs began
 * @acked: packets ACKed in this burst
 * @max: highest of @slot, kept so that an ACK need not search for it
 * @slot: highest excess in each of the last round trips
 * @now: index of this round trip in @slot
 */
struct bbr3_extra_acked {
	u64	start_us;
	u32	acked;
	u32	max;
	u32	slot[BBR3_EXTRA_ACKED_ROUNDS];
	u32	now;
};

static inline void bbr3_extra_acked_restart(struct bbr3_extra_acked *f,
					    u64 now_us)
{
	f->start_us = now_us;
	f->acked = 0;
}

/*
 * A round trip ends. The window is ten round trips if @keep, else the new one.
 */
static inline void bbr3_extra_acked_round(struct bbr3_extra_acked *f,
					  bool keep)
{
	unsigned int i;

	if (!keep) {
		memset(f->slot, 0, sizeof(f->slot));
		f->max = 0;
		return;
	}
	f->now = f->now + 1 < BBR3_EXTRA_ACKED_ROUNDS ? f->now + 1 : 0;
	f->slot[f->now] = 0;
	f->max = 0;
	for (i = 0; i < BBR3_EXTRA_ACKED_ROUNDS; i++)
		f->max = max(f->max, f->slot[i]);
}

/*
 * An ACK of @acked packets (5.5.9). @rate is BBR.bw; the excess is at most
 * @cap, the window. Range: a burst that lasts longer than U32_MAX us is over,
 * so rate times us is below 2^64.
 */
static inline void bbr3_extra_acked_add(struct bbr3_extra_acked *f, u64 now_us,
					u32 rate, u32 acked, u32 cap)
{
	u64 us = now_us - f->start_us;
	u64 expected = us;

	if (us <= U32_MAX)
		expected = (rate * us) >> BBR3_RATE_SHIFT;
	if (us > U32_MAX || f->acked <= expected) {
		bbr3_extra_acked_restart(f, now_us);
		expected = 0;
	}
	/* f->acked > expected, so the difference is not negative */
	f->acked += acked;
	acked = min_t(u32, f->acked - (u32)expected, cap);
	if (acked <= f->slot[f->now])
		return;
	f->slot[f->now] = acked;
	f->max = max(f->max, acked);
}

#endif /* TCPDIAG_BBR3_FILTER_H */
