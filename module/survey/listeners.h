/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listeners of a namespace, looked at once a second and for readers.
 */
#ifndef TCPDIAG_SURVEY_LISTENERS_H
#define TCPDIAG_SURVEY_LISTENERS_H

#include <linux/types.h>

#include "model/listener.h"

struct tcpdiag_net;

/* Peaks are of samples this far apart. */
#define TCPDIAG_LISTENERS_PERIOD_US	1000000

/**
 * struct tcpdiag_listening - all listeners of a namespace
 * @l: the listeners, by address of their socket
 * @n: how many
 * @tick: number of the last second
 * @last_ns: its end, ktime_get_ns()
 * @overflows_last: the namespace's overflows at the last second
 * @full_last: SYNs that met a full queue, at the last second
 * @valid_last: cookies that came back valid, at the last second
 * @full_per_s: growth of the former in the last second
 * @valid_per_s: growth of the latter in the last second
 * @flood_seen: when SYNs were met by cookies that nobody sent back, and no one
 *	listener's queue was full, ktime_get_ns(); 0 for never
 */
struct tcpdiag_listening {
	struct tcpdiag_listener *l;
	size_t n;
	u64 tick;
	u64 last_ns;
	u64 overflows_last;
	u64 full_last;
	u64 valid_last;
	u64 full_per_s;
	u64 valid_per_s;
	u64 flood_seen;
};

/**
 * struct tcpdiag_listeners_total - all listeners of a namespace together
 * @n: how many
 * @q: sums of their queues; limits and drops are not set
 * @flood_seen: as in struct tcpdiag_listening
 */
struct tcpdiag_listeners_total {
	size_t n;
	struct tcpdiag_queues q;
	u64 flood_seen;
};

/* What is wrong with a listener that a finding tells of. */
enum {
	TCPDIAG_WORST_FLOOD,
	TCPDIAG_WORST_SYN_FULL,
	TCPDIAG_WORST_OVERFLOW,
	TCPDIAG_WORST_SLOW,
	TCPDIAG_WORST_KINDS,
};

/**
 * struct tcpdiag_listeners_worst - the listener that has one trouble worst
 * @listeners: how many have it; 0 for none, and then the rest is not set
 * @how_bad: the worse, the larger
 * @l: a copy, with a reference to its pid
 */
struct tcpdiag_listeners_worst {
	unsigned int listeners;
	u64 how_bad;
	struct tcpdiag_listener l;
};

/**
 * struct tcpdiag_listeners_troubles - what is wrong with listeners
 * @worst: by TCPDIAG_WORST_*
 * @full_per_s: SYNs that met a full queue in the last second
 * @valid_per_s: cookies that came back in the last second
 * @flood_seen: as in struct tcpdiag_listening
 */
struct tcpdiag_listeners_troubles {
	struct tcpdiag_listeners_worst worst[TCPDIAG_WORST_KINDS];
	u64 full_per_s;
	u64 valid_per_s;
	u64 flood_seen;
};

struct tcpdiag_listeners_troubles *
tcpdiag_listeners_worst(struct tcpdiag_net *tn);
void tcpdiag_listeners_worst_put(struct tcpdiag_listeners_troubles *t);
void tcpdiag_listeners_tick(struct tcpdiag_net *tn);
bool tcpdiag_listeners_look(struct tcpdiag_net *tn);
unsigned int tcpdiag_listeners_copy(struct tcpdiag_net *tn, unsigned long from,
				    struct tcpdiag_listener *l,
				    unsigned int room);
void tcpdiag_listeners_total(struct tcpdiag_net *tn,
			     struct tcpdiag_listeners_total *total);
void tcpdiag_listeners_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_LISTENERS_H */
