/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Users, as far as they have records: whoever made a network namespace pays for
 * the records of its sockets (payer.c).
 */
#ifndef TCPDIAG_STORE_PAYER_H
#define TCPDIAG_STORE_PAYER_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_shares;
struct tcpdiag_shares_seen;

/**
 * struct tcpdiag_payer - a user that network namespaces belong to
 * @uid: who
 * @accounts: network namespaces that point here; tcpdiag_payers.lock
 * @all: link in tcpdiag_payers.all; tcpdiag_payers.lock
 * @nets: his network namespaces, but for those that end;
 *	tcpdiag_payers.lock
 * @nr_nets: how many are on @nets; tcpdiag_payers.lock
 * @round: how often a search has gone through @nets; reclaim.c,
 *	tcpdiag_payers.lock
 * @unvisited: how many of @nets this round has still to look at; reclaim.c,
 *	tcpdiag_payers.lock
 * @records: his records, spare ones and those beyond the cap included
 * @taken: records that were taken from his TIME_WAITs; tcpdiag_payers.lock
 */
struct tcpdiag_payer {
	kuid_t uid;
	unsigned int accounts;
	struct list_head all;
	struct list_head nets;
	unsigned int nr_nets;
	unsigned int round;
	unsigned int unvisited;
	atomic_long_t records;
	u64 taken;
};

/**
 * struct tcpdiag_payers - all users, and the records of the machine
 * @cap: the most records, max_records
 * @limit: up to how many records anybody gets another
 * @lock: protects @all and what payers say is protected by it. It is taken in
 *	process context only, before a shard's lock, and held for a short time
 * @all: the users that network namespaces belong to; @lock
 * @nr: how many are on @all; written under @lock
 * @taken: records that were taken from TIME_WAITs; @lock
 * @records: records that exist, but for those beyond the cap
 * @users: users that have records
 */
struct tcpdiag_payers {
	unsigned long cap;
	unsigned long limit;
	spinlock_t lock;	/* @all and some fields of its members */
	struct list_head all;
	unsigned int nr;
	u64 taken;
	atomic_long_t records ____cacheline_aligned_in_smp;
	atomic_t users;
};

extern struct tcpdiag_payers tcpdiag_payers;

void tcpdiag_payers_init(unsigned long cap);
int tcpdiag_payer_join(struct tcpdiag_net *tn);
void tcpdiag_payer_hide(struct tcpdiag_net *tn);
void tcpdiag_payer_leave(struct tcpdiag_net *tn);
void tcpdiag_payers_shares(struct tcpdiag_shares *s);
struct tcpdiag_payer *tcpdiag_payers_top(void);
void tcpdiag_payers_read(const struct tcpdiag_reader *reader,
			 struct tcpdiag_shares_seen *seen);

/**
 * tcpdiag_payer_count() - count a record that is made or freed
 * @payer: whose it is
 * @n: 1 or -1
 * @exempt: it is beyond the cap
 *
 * Context: any.
 * Return: records of the machine now, but for those beyond the cap.
 */
static inline unsigned long tcpdiag_payer_count(struct tcpdiag_payer *payer,
						int n, bool exempt)
{
	/* his first, or his last */
	if (unlikely(atomic_long_add_return(n, &payer->records) == max(n, 0)))
		atomic_add(n, &tcpdiag_payers.users);
	if (unlikely(exempt))
		return atomic_long_read(&tcpdiag_payers.records);
	return atomic_long_add_return(n, &tcpdiag_payers.records);
}

#endif /* TCPDIAG_STORE_PAYER_H */
