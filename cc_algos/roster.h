/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The algorithms that TCP has accepted, and those it has not. See roster.c.
 */
#ifndef TCPDIAG_ROSTER_H
#define TCPDIAG_ROSTER_H

#include <linux/types.h>
#include <net/tcp.h>

#include "ab_weights.h"

/* ab_split and as many algorithms as it can have arms. */
#define TCPDIAG_ROSTER_MAX	(TCPDIAG_AB_ARMS + 1)
/* Each name is followed by ", " or the terminating null. */
#define TCPDIAG_ROSTER_TEXT	(TCPDIAG_ROSTER_MAX * (TCP_CA_NAME_MAX + 1))

/**
 * struct tcpdiag_roster - what became of the algorithms
 * @nr: how many are registered
 * @nr_left_out: how many could not be registered
 * @registered: in the order in which they were added
 * @left_out: likewise
 */
struct tcpdiag_roster {
	unsigned int nr;
	unsigned int nr_left_out;
	struct tcp_congestion_ops *registered[TCPDIAG_ROSTER_MAX];
	struct tcp_congestion_ops *left_out[TCPDIAG_ROSTER_MAX];
};

int tcpdiag_roster_add(struct tcpdiag_roster *r, struct tcp_congestion_ops *ops,
		       int (*reg)(struct tcp_congestion_ops *ops));
void tcpdiag_roster_empty(struct tcpdiag_roster *r,
			  void (*unreg)(struct tcp_congestion_ops *ops));
void tcpdiag_roster_left_out(const struct tcpdiag_roster *r, char *text,
			     size_t size);

#endif /* TCPDIAG_ROSTER_H */
