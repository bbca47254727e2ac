/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Takes records from users who have more than their share (reclaim.c).
 */
#ifndef TCPDIAG_STORE_RECLAIM_H
#define TCPDIAG_STORE_RECLAIM_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "store/payer.h"

struct tcpdiag_shard;

/**
 * typedef tcpdiag_reclaim_fn - free records of a shard
 * @shard: the shard, not locked
 * @max: at most so many
 * @before: only those of TIME_WAITs that began before, ktime_get_ns(); and
 *	spare ones
 * @taken: raised by the TIME_WAITs that lost theirs
 *
 * Context: process, must not sleep.
 * Return: how many were freed.
 */
typedef unsigned int (*tcpdiag_reclaim_fn)(struct tcpdiag_shard *shard,
					   unsigned int max, u64 before,
					   u64 *taken);

void tcpdiag_reclaim_init(tcpdiag_reclaim_fn free);
void tcpdiag_reclaim_stop(void);
void tcpdiag_reclaim_exit(void);
bool tcpdiag_reclaim_admits_late(const struct tcpdiag_payer *payer);

/**
 * tcpdiag_reclaim_admits() - whether a user gets another record
 * @payer: the user
 *
 * Context: interrupts off.
 * Return: true if he does.
 */
static inline bool tcpdiag_reclaim_admits(const struct tcpdiag_payer *payer)
{
	return likely(atomic_long_read(&tcpdiag_payers.records) <
		      (long)READ_ONCE(tcpdiag_payers.limit)) ||
	       tcpdiag_reclaim_admits_late(payer);
}

#endif /* TCPDIAG_STORE_RECLAIM_H */
