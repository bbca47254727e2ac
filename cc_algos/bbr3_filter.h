/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR's three estimators, each a few words of state: the bandwidth (a maximum
 * over two probing cycles), the round-trip time (a minimum over ten seconds)
 * and the excess of ACKs over what the bandwidth explains (a maximum over ten
 * round trips). No kernel state and no clock: time is an argument.
 *
 * They run on every ACK, so they are inline. Section numbers without a name are
 * those of draft-ietf-ccwg-bbr.
 *
 * Units: rates are packets per microsecond, times 2^BBR3_RATE_SHIFT. A u32
 * then goes from one packet in 16.8 s to 255 packets a microsecond, which is
 * 3 Tbit/s of 1500 bytes each.
 */
#ifndef TCPDIAG_BBR3_FILTER_H
#define TCPDIAG_BBR3_FILTER_H

#include <linux/minmax.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/types.h>

#define BBR3_RATE_SHIFT		24
/* No bound, no sample, no estimate yet. */
#define BBR3_INFINITE		U32_MAX

/* MinRTTFilterLen: how long a minimum may stand (2.13). */
#define BBR3_MIN_RTT_LEN_US	(10ULL * USEC_PER_SEC)
/* ExtraAckedFilterLen: round trips (2.11); 1 before the pipe was full. */
#define BBR3_EXTRA_ACKED_ROUNDS	10

/**
 * bbr3_rate() - a rate
 * @packets: delivered or sent, in @us
 * @us: not 0
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
 * @before: of the last cycle
 * @now: of this cycle; 0 if it had no sample
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
 * A cycle ends. One without a sample (the application sent too little) takes
 * nothing from the window: a windowed maximum forgets by new samples only.
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
 * @rtt_us: BBR3_INFINITE if there was no sample
 * @stamp_us: when it was measured
 */
struct bbr3_min_rtt {
	u64	stamp_us;
	u32	rtt_us;
};

/* A clock that was put back makes nothing expire. */
static inline bool bbr3_min_rtt_expired(const struct bbr3_min_rtt *f,
					u64 now_us)
{
	return now_us > f->stamp_us + BBR3_MIN_RTT_LEN_US;
}

/*
 * A sample; a higher one counts only when the old one has @expired (5.3.4.3).
 * That of a delayed ACK must not then raise the estimate.
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
 * @start_us: when the present burst began
 * @acked: packets ACKed since then
 * @max: highest excess in the window; kept, so that an ACK need not look for it
 * @slot: highest excess in each of the last round trips
 * @now: slot of this round trip
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

/* A round trip ends: of the window, keep ten of them, or only the new one. */
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
 * An ACK for @acked packets (5.5.9). @rate is BBR.bw, @cap the window.
 * Range: a burst of more than U32_MAX us is none, so the product is below
 * 2^32 * 2^32.
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
	/* acked > expected, so the difference is not negative */
	f->acked += acked;
	acked = min_t(u32, f->acked - (u32)expected, cap);
	if (acked <= f->slot[f->now])
		return;
	f->slot[f->now] = acked;
	f->max = max(f->max, acked);
}

#endif /* TCPDIAG_BBR3_FILTER_H */
