/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The raw spin locks of shards and of the table's chains, as the hot path takes
 * them: interrupts are off, and the sections are short and bounded.
 *
 * For sparse nothing is held: it cannot follow a lock that a look-up takes only
 * if it finds something. lockdep_assert_held() says what is held.
 */
#ifndef TCPDIAG_STORE_LOCK_H
#define TCPDIAG_STORE_LOCK_H

#include <linux/lockdep.h>
#include <linux/spinlock.h>

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

#endif /* TCPDIAG_STORE_LOCK_H */
