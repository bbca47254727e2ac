/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of the last minute, kept in parts of ten seconds.
 */
#ifndef TCPDIAG_MODEL_MINUTE_H
#define TCPDIAG_MODEL_MINUTE_H

#include <linux/types.h>

#define TCPDIAG_MINUTE_PARTS		6
#define TCPDIAG_MINUTE_PART_S		10

/**
 * struct tcpdiag_minute - how often something happened in the last minute
 * @part: a ring of counts of 10 s each
 */
struct tcpdiag_minute {
	u32 part[TCPDIAG_MINUTE_PARTS];
};

void tcpdiag_minute_add(struct tcpdiag_minute *w, u64 tick, u64 n);
u64 tcpdiag_minute_sum(const struct tcpdiag_minute *w);

#endif /* TCPDIAG_MODEL_MINUTE_H */
