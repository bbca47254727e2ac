/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long stays in CLOSE_WAIT usually take, by port. Pure functions;
 * account/stays.c holds the lock.
 */
#ifndef TCPDIAG_MODEL_USUAL_H
#define TCPDIAG_MODEL_USUAL_H

#include <linux/types.h>

/* Ports that are kept; the one whose last stay ended first makes room. */
#define TCPDIAG_USUAL_PORTS	32

/**
 * struct tcpdiag_stay - long stays on one port
 * @port: the local port, or of sockets that connected the remote one
 * @connected: they connected
 * @ended: how many a program ended; 0 if the entry is free
 * @longest_us: the longest of them
 * @last_ns: when the last one was ended, ktime_get_ns()
 */
struct tcpdiag_stay {
	u16 port;
	bool connected;
	u64 ended;
	u64 longest_us;
	u64 last_ns;
};

/**
 * struct tcpdiag_usual - long stays of a namespace
 * @stay: by port
 */
struct tcpdiag_usual {
	struct tcpdiag_stay stay[TCPDIAG_USUAL_PORTS];
};

void tcpdiag_usual_note(struct tcpdiag_usual *u, u16 port, bool connected,
			u64 us, u64 now);
struct tcpdiag_stay *tcpdiag_usual_find(struct tcpdiag_usual *u, u16 port,
					bool connected, u64 now);

#endif /* TCPDIAG_MODEL_USUAL_H */
