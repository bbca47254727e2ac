/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TIME_WAITs of one shard, by owner.
 */
#ifndef TCPDIAG_ACCOUNT_TIME_WAIT_H
#define TCPDIAG_ACCOUNT_TIME_WAIT_H

#include <linux/string.h>

#include "model/slots.h"
#include "store/record.h"

/**
 * struct tcpdiag_time_waits - owners of one shard's TIME_WAITs
 * @slots: slots by owner: process and name, or only the name if the process had
 *	ended
 * @last: the slot that was counted last; 0 for none
 * @comm: the name that was counted there, as in the record
 * @n: TIME_WAITs, by slot
 * @pid: the process, or one of those that had ended, with a reference; by slot
 * @mark: on the list of TIME_WAITs, behind those that have been counted
 *
 * Protected by the shard's lock.
 */
struct tcpdiag_time_waits {
	struct tcpdiag_slots slots;
	unsigned int last;
	char comm[TASK_COMM_LEN];
	u32 n[TCPDIAG_SLOT_PLACES];
	struct pid *pid[TCPDIAG_SLOT_PLACES];
	struct tcpdiag_record mark;
};

void tcpdiag_time_wait_prepare(struct tcpdiag_shard *shard);
unsigned int tcpdiag_time_wait_owner(struct tcpdiag_time_waits *tw,
				     const struct tcpdiag_record *rec);
void tcpdiag_time_wait_end(struct tcpdiag_shard *shard,
			   const struct tcpdiag_record *rec);
void tcpdiag_time_wait_unmark(struct tcpdiag_shard *shard);
void tcpdiag_time_wait_free(struct tcpdiag_shard *shard);
size_t tcpdiag_time_wait_bytes(const struct tcpdiag_shard *shard);

/**
 * tcpdiag_time_wait_count() - count a TIME_WAIT for its owner
 * @tw: where it is counted
 * @rec: its record; its shard is locked
 *
 * Most have the same owner as the one before. What is behind the end of a name
 * may differ: then the owner is looked up, and is the same.
 *
 * Context: interrupts off.
 */
static inline void tcpdiag_time_wait_count(struct tcpdiag_time_waits *tw,
					   struct tcpdiag_record *rec)
{
	unsigned int slot = tw->last;

	if (!slot || tw->pid[slot] != rec->pid ||
	    memcmp(tw->comm, rec->comm, sizeof(tw->comm)))
		slot = tcpdiag_time_wait_owner(tw, rec);
	rec->in.owner = slot;
	tw->n[slot]++;
}

#endif /* TCPDIAG_ACCOUNT_TIME_WAIT_H */
