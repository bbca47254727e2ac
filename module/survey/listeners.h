/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The listeners of a namespace, looked at once a second and for readers.
 */
#ifndef TCPDIAG_SURVEY_LISTENERS_H
#define TCPDIAG_SURVEY_LISTENERS_H

#include <linux/types.h>

#include "model/listener.h"
#include "model/worst.h"
#include "survey/listeners_stock.h"

struct tcpdiag_net;

/* Peaks are taken from samples this far apart. */
#define TCPDIAG_LISTENERS_PERIOD_US	1000000

/**
 * struct tcpdiag_listeners_rates - the last second of a namespace
 * @full_per_s: SYNs that found a full queue
 * @valid_per_s: valid cookies that came back
 * @flood_seen: when most cookies sent did not come back although no listener's
 *	queue was full, ktime_get_ns(); 0 for never
 */
struct tcpdiag_listeners_rates {
	u64 full_per_s;
	u64 valid_per_s;
	u64 flood_seen;
};

/**
 * struct tcpdiag_listeners_troubles - what is wrong with listeners
 * @worst: by TCPDIAG_WORST_*; each listener with a reference to its pid
 * @rates: the last second
 */
struct tcpdiag_listeners_troubles {
	struct tcpdiag_listeners_worst worst[TCPDIAG_WORST_KINDS];
	struct tcpdiag_listeners_rates rates;
};

struct tcpdiag_listeners_troubles *
tcpdiag_listeners_read_worst(struct tcpdiag_net *tn);
void tcpdiag_listeners_worst_put(struct tcpdiag_listeners_troubles *t);
void tcpdiag_listeners_tick(struct tcpdiag_net *tn);
bool tcpdiag_listeners_look(struct tcpdiag_net *tn);
unsigned int tcpdiag_listeners_copy(struct tcpdiag_net *tn, unsigned long from,
				    struct tcpdiag_listener *l,
				    unsigned int room);
void tcpdiag_listeners_read_total(struct tcpdiag_net *tn,
				  struct tcpdiag_listeners_total *total,
				  struct tcpdiag_listeners_rates *rates);
void tcpdiag_listeners_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_LISTENERS_H */
