/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worst listeners for each kind of trouble that findings report. Pure
 * functions.
 */
#ifndef TCPDIAG_MODEL_WORST_H
#define TCPDIAG_MODEL_WORST_H

#include <linux/types.h>

#include "model/listener.h"

/* The kinds of trouble. */
enum {
	TCPDIAG_WORST_FLOOD,
	TCPDIAG_WORST_SYN_FULL,
	TCPDIAG_WORST_OVERFLOW,
	TCPDIAG_WORST_SLOW,
	TCPDIAG_WORST_KINDS,
};

/* So many of each kind are told; a group with SO_REUSEPORT is one. */
#define TCPDIAG_WORST_EACH	3

/**
 * struct tcpdiag_listeners_worst - the worst listeners for one kind of trouble
 * @listeners: how many have this trouble, a group with SO_REUSEPORT being one
 * @n: entries in @l and @how_bad, the worst first
 * @how_bad: larger is worse
 * @l: copies
 */
struct tcpdiag_listeners_worst {
	unsigned int listeners;
	unsigned int n;
	u64 how_bad[TCPDIAG_WORST_EACH];
	struct tcpdiag_listener l[TCPDIAG_WORST_EACH];
};

u64 tcpdiag_worst_how_bad(const struct tcpdiag_listener *l, unsigned int kind);
void tcpdiag_worst_add(struct tcpdiag_listeners_worst *w, unsigned int kind,
		       struct tcpdiag_listener *all, size_t i);

#endif /* TCPDIAG_MODEL_WORST_H */
