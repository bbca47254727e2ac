/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of records: its memory, its chains and their locks.
 */
#ifndef TCPDIAG_STORE_TABLE_H
#define TCPDIAG_STORE_TABLE_H

#include <linux/atomic.h>
#include <linux/types.h>

struct tcpdiag_record;
struct tcpdiag_shard;

#define TCPDIAG_BUCKET_LOCKS	256
/* Freed records that a shard keeps for good while the cap is far. */
#define TCPDIAG_SPARES		1024

/* Each protects the chains of the buckets that share it. */
extern unsigned long tcpdiag_bucket_locks[TCPDIAG_BUCKET_LOCKS];

static inline unsigned long *tcpdiag_bucket_lock(unsigned long bucket)
{
	return &tcpdiag_bucket_locks[bucket % TCPDIAG_BUCKET_LOCKS];
}

/*
 * Records in CLOSE, of sockets that are still open. There are seldom
 * any; without them the end of a socket needs no look-up.
 */
extern atomic_t tcpdiag_nr_closed;

int tcpdiag_table_init(void);
void tcpdiag_table_exit(void);
struct tcpdiag_record *tcpdiag_table_alloc(struct tcpdiag_shard *shard,
					   bool must);
void tcpdiag_table_release(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec);
unsigned int tcpdiag_table_release_spares(struct tcpdiag_shard *shard,
					  unsigned int max);
void tcpdiag_table_trim(struct tcpdiag_shard *shard);
void tcpdiag_table_free_spares(struct tcpdiag_shard *shard);
unsigned long tcpdiag_table_cap(void);
size_t tcpdiag_table_bytes(void);
unsigned int tcpdiag_table_buckets(void);
void tcpdiag_table_each(unsigned int bucket,
			bool (*take)(struct tcpdiag_record *rec, void *arg),
			void *arg);

#endif /* TCPDIAG_STORE_TABLE_H */
