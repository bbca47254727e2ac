/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A copy of one namespace's figures for reporters. It is made under the
 * account's locks and read without locks.
 */
#ifndef TCPDIAG_SNAPSHOT_H
#define TCPDIAG_SNAPSHOT_H

#include <linux/types.h>

#include "model/cc.h"
#include "model/fsm.h"

/**
 * struct tcpdiag_snapshot - figures of one namespace at one moment
 * @now: sockets in each state; not kept for CLOSE
 * @entered: entries into each state since insmod
 * @left: exits from each state since insmod
 * @preexisting: sockets in each state at insmod;
 *	now = preexisting + entered - left
 * @oldest_us: longest stay that is still open, by state
 * @moves: transitions, [from][to]
 * @cc_begun: connections that became established, by algorithm
 * @cc_live: those of @cc_begun that are not over
 * @records: full sockets with a record
 * @minis: timewait minisockets with a record
 * @refused: sockets without a record because of the cap
 * @taken: TIME_WAITs whose record was taken for another user
 * @alloc_failed: sockets, stays, reads and ticks lost to failed allocations
 * @mismatched: events whose old state was not the recorded one
 * @lost: events that were not counted at all
 * @approximate: the walk at load could not record all sockets
 * @have_requests: entries into NEW_SYN_RECV are counted
 */
struct tcpdiag_snapshot {
	u64 now[TCPDIAG_STATES];
	u64 entered[TCPDIAG_STATES];
	u64 left[TCPDIAG_STATES];
	u64 preexisting[TCPDIAG_STATES];
	u64 oldest_us[TCPDIAG_STATES];
	u64 moves[TCPDIAG_STATES][TCPDIAG_STATES];
	u64 cc_begun[TCPDIAG_CC_SLOTS];
	u64 cc_live[TCPDIAG_CC_SLOTS];
	u64 records;
	u64 minis;
	u64 refused;
	u64 taken;
	u64 alloc_failed;
	u64 mismatched;
	u64 lost;
	bool approximate;
	bool have_requests;
};

#endif /* TCPDIAG_SNAPSHOT_H */
