/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many packets the estimates and bounds of BBR's model want in flight.
 * These functions run on ACKs, so they are inline. Section numbers are those of
 * draft-ietf-ccwg-bbr.
 */
#ifndef TCPDIAG_BBR3_VOLUME_H
#define TCPDIAG_BBR3_VOLUME_H

#include <linux/bits.h>

#include "bbr3_types.h"

/* Headroom: 15 % of inflight_longterm are left to other flows (2.7). */
#define BBR3_HEADROOM_PERCENT	15U
/* UP adds this many packets to the window, however small it is (5.6.4.2). */
#define BBR3_PROBE_UP_EXTRA	2U
/* Larger than any TCP window; sums of two volumes still fit in 32 bits. */
#define BBR3_MAX_VOLUME		BIT(30)

/* Range: the product of two u32 fits in 64 bits; with the gain it needs 128. */
static inline u32 bbr3_volume(u32 bw, u32 rtt_us, u32 gain)
{
	u64 v = mul_u64_u64_shr((u64)bw * rtt_us, gain, BBR3_RATE_SHIFT + 8);

	return min_t(u64, v + 1, BBR3_MAX_VOLUME);
}

/**
 * bbr3_inflight() - bandwidth-delay product times a gain
 * @m: model, whose minimum round-trip time is used
 * @bw: rate
 * @gain: gain in 1/BBR3_UNIT
 *
 * BDPMultiple() of 5.6.4.2, rounded up.
 *
 * Return: packets; the initial window if no round-trip time is known.
 */
static inline u32 bbr3_inflight(const struct bbr3_model *m, u32 bw, u32 gain)
{
	if (m->min_rtt.rtt_us == BBR3_INFINITE)
		return m->initial_cwnd;
	return bbr3_volume(bw, m->min_rtt.rtt_us, gain);
}

/*
 * QuantizationBudget() of 5.6.4.2: room for segmentation offload and delayed
 * ACKs.
 */
static inline u32 bbr3_with_budget(const struct bbr3_model *m, u32 volume)
{
	volume = max3(volume, m->offload_budget, BBR3_MIN_CWND);
	if (m->state == BBR3_UP)
		volume += BBR3_PROBE_UP_EXTRA;
	return volume;
}

/*
 * TargetInflight(): one bandwidth-delay product, but no more than the window.
 */
static inline u32 bbr3_target_inflight(const struct bbr3_model *m, u32 cwnd)
{
	return min(bbr3_inflight(m, m->bw, BBR3_UNIT), cwnd);
}

/* InflightWithHeadroom(). Range: inflight_longterm is below 2^31. */
static inline u32 bbr3_with_headroom(const struct bbr3_model *m)
{
	u32 bound = m->inflight_longterm, headroom;

	if (bound == BBR3_INFINITE)
		return BBR3_INFINITE;
	headroom = max_t(u32, div_u64((u64)bound * BBR3_HEADROOM_PERCENT, 100),
			 1);
	return bound > headroom + BBR3_MIN_CWND ? bound - headroom :
						  BBR3_MIN_CWND;
}

/* IsTimeToCruise(): DOWN ends when no more than this is in flight. */
static inline u32 bbr3_drained_inflight(const struct bbr3_model *m)
{
	u32 bdp = bbr3_inflight(m, bbr3_max_bw(&m->max_bw), BBR3_UNIT);

	return min(bbr3_with_budget(m, bdp), bbr3_with_headroom(m));
}

#endif /* TCPDIAG_BBR3_VOLUME_H */
