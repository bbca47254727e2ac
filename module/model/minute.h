/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of the last minute, kept in parts of ten seconds.
 */
#ifndef TCPDIAG_MODEL_MINUTE_H
#define TCPDIAG_MODEL_MINUTE_H

#include <linux/types.h>

#include "model/reset.h"

#define TCPDIAG_MINUTE_PARTS		6
#define TCPDIAG_MINUTE_PART_S		10

/**
 * struct tcpdiag_minute - how often something happened in the last minute
 * @part: a ring of counts of 10 s each
 */
struct tcpdiag_minute {
	u32 part[TCPDIAG_MINUTE_PARTS];
};

/**
 * struct tcpdiag_minute_most - what most events of the last minute have in common
 * @vote: what most of them have, if there is such a thing
 * @counted: how many of its events are in @hits
 * @hits: events for the candidate, since it is the candidate
 * @seen: which things events had, a bit for each, modulo 64: lately, and before
 */
struct tcpdiag_minute_most {
	struct tcpdiag_vote vote;
	u32 counted;
	u64 seen[2];
	struct tcpdiag_minute hits;
};

void tcpdiag_minute_add(struct tcpdiag_minute *w, u64 tick, u64 n);
u64 tcpdiag_minute_sum(const struct tcpdiag_minute *w);
bool tcpdiag_minute_most_add(struct tcpdiag_minute_most *m, u32 id);
unsigned int tcpdiag_minute_most_kinds(const struct tcpdiag_minute_most *m);
void tcpdiag_minute_most_tick(struct tcpdiag_minute_most *m, u64 tick);

#endif /* TCPDIAG_MODEL_MINUTE_H */
