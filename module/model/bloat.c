// SPDX-License-Identifier: GPL-2.0
/*
 * Tells whether a connection stands in a queue: round trips take much longer than
 * the shortest one while it sends as fast as its congestion window allows.
 *
 * What is no queue: ACKs that the peer delays, because it waits for more (then few
 * segments are out); a peer that does not read; a program that sends now and then; a
 * timeout. A path that has become longer looks like a queue until the shortest
 * round trip is forgotten (net.ipv4.tcp_min_rtt_wlen): so only one that was
 * measured lately counts, and only round trips that vary, as those through a queue
 * do. What stands at the own device has not even left.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/bloat.h"

/* Fewer segments may wait for an ACK that is delayed. */
#define SEVERAL		8
/* Who has sent nothing for so long does not send as fast as he may. */
#define SENDING_US	((u64)USEC_PER_SEC)
/* A round trip that is so much longer than the shortest one hurts. */
#define TIMES		4
#define EXTRA_US	(100 * USEC_PER_MSEC)
/* A shortest round trip that nothing has come near for so long is of another path. */
#define KNOWN_NS	(600 * (u64)NSEC_PER_SEC)
/* Round trips that differ from all others are chance. */
#define FEW		3U
/* A shortest round trip that is older may be one of another path. */
#define FRESH_US	(60 * (u64)USEC_PER_SEC)

/*
 * What has not left this host, if that is most of what is on its way: the kernel
 * counts two bytes for one, at most. Then no ACK of it can be delayed.
 */
static bool is_own(const struct tcpdiag_bloat_look *l)
{
	return l->packets_out && l->own >= l->in_flight;
}

static bool is_busy(const struct tcpdiag_bloat_look *l)
{
	return !l->disturbed &&
	       (l->packets_out >= SEVERAL || is_own(l)) &&
	       l->notsent >= l->mss && l->room >= l->mss &&
	       l->sent_us < SENDING_US && l->srtt_us;
}

/**
 * tcpdiag_bloat_is_fresh() - whether the shortest round trip is of this path
 * @look: what a socket says
 *
 * Context: any.
 * Return: true if it was measured lately.
 */
bool tcpdiag_bloat_is_fresh(const struct tcpdiag_bloat_look *look)
{
	return look->base_us && look->base_ago_us <= FRESH_US;
}

/**
 * tcpdiag_bloat_judge() - find out whether a connection stands in a queue
 * @look: what its socket says
 * @known_us: the shortest round trip that is known of its path from before; 0 for
 *	none
 *
 * Context: any.
 * Return: what it is.
 */
enum tcpdiag_bloat tcpdiag_bloat_judge(const struct tcpdiag_bloat_look *look,
				       u32 known_us)
{
	bool fresh = tcpdiag_bloat_is_fresh(look);
	u32 base = look->base_us;

	if (!is_busy(look) || !base)
		return TCPDIAG_BLOAT_UNKNOWN;
	if (known_us)
		base = min(base, known_us);
	if (look->srtt_us < (u64)base * TIMES ||
	    look->srtt_us - base < EXTRA_US)
		return TCPDIAG_BLOAT_FREE;
	if (!fresh && !known_us)
		return TCPDIAG_BLOAT_UNKNOWN;
	return is_own(look) ? TCPDIAG_BLOAT_OWN : TCPDIAG_BLOAT_PATH;
}

/**
 * tcpdiag_bloat_learn() - note the shortest round trip of a path
 * @known: what is known of it
 * @look: what a socket on it says
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_bloat_learn(struct tcpdiag_bloat_known *known,
			 const struct tcpdiag_bloat_look *look, u64 now)
{
	if (known->us && now >= known->ns + KNOWN_NS)
		known->us = 0;
	if (!tcpdiag_bloat_is_fresh(look) ||
	    (known->us && look->base_us > known->us + known->us / 4))
		return;
	known->us = known->us ? min(known->us, look->base_us) : look->base_us;
	known->ns = now;
}

/* How many are between @low and a fifth more. */
static unsigned int near(const u32 *srtt_us, unsigned int n, u32 low)
{
	unsigned int i, found = 0;

	for (i = 0; i < n; i++)
		found += srtt_us[i] >= low && srtt_us[i] - low <= low / 5;
	return found;
}

/**
 * tcpdiag_bloat_varies() - whether round trips are long because of a queue
 * @srtt_us: smoothed ones, of different seconds
 * @n: how many
 *
 * A queue grows and shrinks with what is sent. If they are nearly all the same, the
 * path has become longer; a few may be of the moment when it did.
 *
 * Context: any.
 * Return: true if they differ.
 */
bool tcpdiag_bloat_varies(const u32 *srtt_us, unsigned int n)
{
	unsigned int i, most = 0;

	for (i = 0; i < n; i++)
		most = max(most, near(srtt_us, n, srtt_us[i]));
	return n - most >= max(FEW, n / 10);
}
