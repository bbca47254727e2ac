// SPDX-License-Identifier: GPL-2.0
/*
 * Durations as a person reads them, in at most seven characters.
 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "procfs.h"

#define US_PER_MS	1000ULL
#define US_PER_S	(1000 * US_PER_MS)
#define US_PER_MIN	(60 * US_PER_S)
#define US_PER_HOUR	(60 * US_PER_MIN)
#define US_PER_DAY	(24 * US_PER_HOUR)

/* @us in @unit with one decimal below 100, none above. */
static void tenths(char *buf, u64 us, u64 unit, const char *name)
{
	u64 t = div64_u64(us * 10, unit);

	if (t >= 1000)
		snprintf(buf, TCPDIAG_DURATION_LEN, "%llu %s", t / 10, name);
	else
		snprintf(buf, TCPDIAG_DURATION_LEN, "%llu.%llu %s", t / 10,
			 t % 10, name);
}

static void pair(char *buf, u64 us, u64 big, const char *big_name, u64 small,
		 const char *small_name)
{
	u64 n = div64_u64(us, big);

	snprintf(buf, TCPDIAG_DURATION_LEN, "%llu%s%02llu%s", n, big_name,
		 div64_u64(us - n * big, small), small_name);
}

/**
 * tcpdiag_format_duration() - write a duration in units that suit it
 * @buf: room for TCPDIAG_DURATION_LEN characters
 * @us: microseconds, below 2^60
 *
 * Return: @buf.
 */
const char *tcpdiag_format_duration(char *buf, u64 us)
{
	if (us < US_PER_MS)
		snprintf(buf, TCPDIAG_DURATION_LEN, "%llu us", us);
	else if (us < US_PER_S)
		tenths(buf, us, US_PER_MS, "ms");
	else if (us < US_PER_MIN)
		tenths(buf, us, US_PER_S, "s");
	else if (us < US_PER_HOUR)
		pair(buf, us, US_PER_MIN, "m", US_PER_S, "s");
	else if (us < US_PER_DAY)
		pair(buf, us, US_PER_HOUR, "h", US_PER_MIN, "m");
	else
		pair(buf, us, US_PER_DAY, "d", US_PER_HOUR, "h");
	return buf;
}
