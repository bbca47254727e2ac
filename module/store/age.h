/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lists that keep long stays in order (age.c).
 */
#ifndef TCPDIAG_STORE_AGE_H
#define TCPDIAG_STORE_AGE_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/types.h>

#include "model/fsm.h"

struct hlist_head;
struct tcpdiag_age_cursor;
struct tcpdiag_net;
struct tcpdiag_record;
struct tcpdiag_shard;

/* Records looked at each time their shard is locked. */
#define TCPDIAG_AGE_SLICE	32

/**
 * typedef tcpdiag_age_meet_fn - called for each record a pass comes to
 * @shard: its shard, locked
 * @rec: the record
 * @state: its state, which it may be leaving at this moment
 *
 * Return: false if memory is short; the pass must come to the record again.
 */
typedef bool (*tcpdiag_age_meet_fn)(struct tcpdiag_shard *shard,
				    struct tcpdiag_record *rec,
				    unsigned int state);

/* tcpdiag_coarse_ns() minus the time that jiffies give */
extern u64 tcpdiag_age_jiffies_base;

void tcpdiag_age_set_coarse(void);
struct hlist_head *tcpdiag_age_turn(struct tcpdiag_shard *shard);
bool tcpdiag_age_reverse(struct tcpdiag_shard *shard, struct hlist_head *from);
bool tcpdiag_age_sort(struct tcpdiag_shard *shard, u64 now,
		      tcpdiag_age_meet_fn meet);
void tcpdiag_age_rejuvenate(struct tcpdiag_record *rec);
void tcpdiag_age_put_first(struct tcpdiag_record *rec);
void tcpdiag_age_put_beside(struct tcpdiag_record *rec,
			    struct tcpdiag_record *from);
void tcpdiag_age_oldest(struct tcpdiag_shard *shard, u64 now,
			u64 oldest_us[TCPDIAG_STATES]);
int tcpdiag_age_each(struct tcpdiag_net *tn, unsigned int state,
		     unsigned int max,
		     void (*look)(const struct tcpdiag_record *rec, void *arg),
		     void (*slice_end)(void *arg), void *arg);
struct tcpdiag_age_cursor *tcpdiag_age_cursor_alloc(gfp_t gfp);
void tcpdiag_age_cursor_free(struct tcpdiag_age_cursor *cursor);
bool tcpdiag_age_cursor_on(struct tcpdiag_age_cursor *cursor,
			   struct tcpdiag_net *tn, unsigned int max,
			   void (*look)(const struct tcpdiag_record *rec,
					void *arg), void *arg);
u64 tcpdiag_age_longest_ns(struct tcpdiag_net *tn, unsigned int state);

/*
 * ktime_get_ns() to within a tick, at a tenth of the cost. For long stays that
 * a timer ends.
 */
static inline u64 tcpdiag_coarse_ns(void)
{
	return READ_ONCE(tcpdiag_age_jiffies_base) +
	       get_jiffies_64() * TICK_NSEC;
}

#endif /* TCPDIAG_STORE_AGE_H */
