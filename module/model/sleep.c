// SPDX-License-Identifier: GPL-2.0
/*
 * When this host was asleep (see sleep.h).
 */
#include <linux/kernel.h>
#include <linux/minmax.h>

#include "model/sleep.h"

/**
 * tcpdiag_sleep_was_lately() - whether the last sleep may still matter
 * @s: the sleep
 * @now_ns: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 * Return: true if this host woke less than ten minutes ago.
 */
bool tcpdiag_sleep_was_lately(const struct tcpdiag_sleep *s, u64 now_ns)
{
	return s->slept_ns &&
	       now_ns - min(now_ns, s->woke_ns) < TCPDIAG_SLEEP_OVER_NS;
}

/**
 * tcpdiag_sleep_look() - look at the clocks
 * @s: the sleep
 * @boot_ns: ktime_get_boottime_ns()
 * @now_ns: ktime_get_ns(), read at the same time
 *
 * The monotonic clock stands still in a sleep, so the waking was, by it, at any
 * time since the last look: the earliest is taken. A sleep that comes soon after a
 * waking continues the one before.
 *
 * Context: any; the user's lock held; about once a second.
 */
void tcpdiag_sleep_look(struct tcpdiag_sleep *s, u64 boot_ns, u64 now_ns)
{
	u64 ahead_ns = boot_ns - min(boot_ns, now_ns);
	u64 slept_ns = ahead_ns - min(ahead_ns, s->ahead_ns);

	if (s->looked && slept_ns >= TCPDIAG_SLEEP_LEAST_NS) {
		if (!tcpdiag_sleep_was_lately(s, now_ns)) {
			s->slept_ns = 0;
			s->first_ns = s->now_ns;
		}
		s->slept_ns += slept_ns;
		s->woke_ns = s->now_ns;
	}
	s->looked = true;
	s->ahead_ns = ahead_ns;
	s->now_ns = now_ns;
}
