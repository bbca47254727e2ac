/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The locks of the hot path. Interrupts are off, and the sections are short and
 * bounded.
 *
 * Shards have raw spin locks. The 256 locks of the table's chains are bit spin
 * locks, as those of the kernel's own hash tables (rhashtable) are: nearly never
 * contended, and inline. Six are taken in the life of a connection; as raw spin
 * locks, which are two calls each, they would cost it 90 instructions more
 * (make bench). lockdep is told of them as of one lock.
 *
 * Sparse is told that nothing is held: it cannot follow a lock that a look-up
 * takes only if it finds a record. lockdep_assert_held() shows what is held.
 */
#ifndef TCPDIAG_STORE_LOCK_H
#define TCPDIAG_STORE_LOCK_H

#include <linux/bit_spinlock.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

/* table.c */
extern struct lockdep_map tcpdiag_bucket_map;

static inline void tcpdiag_lock(raw_spinlock_t *lock)
{
	lockdep_assert_irqs_disabled();
	raw_spin_lock(lock);
	__release(lock);
}

static inline void tcpdiag_unlock(raw_spinlock_t *lock)
{
	__acquire(lock);
	raw_spin_unlock(lock);
}

static __always_inline void tcpdiag_bucket_acquire(unsigned long *lock)
{
	lockdep_assert_irqs_disabled();
	lock_map_acquire(&tcpdiag_bucket_map);
	bit_spin_lock(0, lock);
	__release(bitlock);
}

static __always_inline void tcpdiag_bucket_release(unsigned long *lock)
{
	__acquire(bitlock);
	__bit_spin_unlock(0, lock);
	lock_map_release(&tcpdiag_bucket_map);
}

#endif /* TCPDIAG_STORE_LOCK_H */
