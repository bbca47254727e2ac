// SPDX-License-Identifier: GPL-2.0
/*
 * How long stays in CLOSE_WAIT usually take, by port. What was usual is forgotten
 * when none has been ended for a day: another program may use the port by then.
 * Pure functions.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "model/usual.h"

#define FORGET_NS	(24 * 3600 * (u64)NSEC_PER_SEC)

static bool is_known(const struct tcpdiag_stay *stay, u64 now)
{
	return stay->ended && now - min(now, stay->last_ns) < FORGET_NS;
}

/**
 * tcpdiag_usual_find() - the long stays on a port
 * @u: those of the namespace
 * @port: the local port, or of sockets that connected the remote one
 * @connected: they connected
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 * Return: them; NULL if none was ended within a day.
 */
struct tcpdiag_stay *tcpdiag_usual_find(struct tcpdiag_usual *u, u16 port,
					bool connected, u64 now)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_USUAL_PORTS; i++) {
		struct tcpdiag_stay *stay = &u->stay[i];

		if (stay->port == port && stay->connected == connected &&
		    is_known(stay, now))
			return stay;
	}
	return NULL;
}

/* An entry that is free, else the one whose last stay ended first. */
static struct tcpdiag_stay *make_room(struct tcpdiag_usual *u)
{
	struct tcpdiag_stay *oldest = &u->stay[0];
	unsigned int i;

	for (i = 0; i < TCPDIAG_USUAL_PORTS; i++) {
		if (!u->stay[i].ended)
			return &u->stay[i];
		if (u->stay[i].last_ns < oldest->last_ns)
			oldest = &u->stay[i];
	}
	return oldest;
}

/**
 * tcpdiag_usual_note() - a program has ended a long stay
 * @u: those of the namespace
 * @port: the local port, or of a socket that connected the remote one
 * @connected: it connected
 * @us: how long it stayed
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_usual_note(struct tcpdiag_usual *u, u16 port, bool connected,
			u64 us, u64 now)
{
	struct tcpdiag_stay *stay;

	stay = tcpdiag_usual_find(u, port, connected, now);
	if (!stay) {
		stay = make_room(u);
		*stay = (struct tcpdiag_stay) {
			.port = port,
			.connected = connected,
		};
	}
	stay->ended++;
	stay->longest_us = max(stay->longest_us, us);
	stay->last_ns = now;
}
