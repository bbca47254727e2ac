/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spin locks of the hot path. Interrupts are off and the sections are short:
 * the queued lock itself, inline, without spin_lock()'s preemption count. On
 * kernels that check locks it is spin_lock(). Not annotated for sparse, which
 * cannot follow a lock that a look-up takes only if it finds something.
 */
#ifndef TCPDIAG_STORE_LOCK_H
#define TCPDIAG_STORE_LOCK_H

#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

static inline void tcpdiag_lock(spinlock_t *lock)
{
	lockdep_assert_irqs_disabled();
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || \
	defined(CONFIG_PREEMPT_RT) || !defined(CONFIG_SMP)
	spin_lock(lock);
#else
	arch_spin_lock(&lock->rlock.raw_lock);
#endif
}

static inline void tcpdiag_unlock(spinlock_t *lock)
{
#if defined(CONFIG_DEBUG_SPINLOCK) || defined(CONFIG_DEBUG_LOCK_ALLOC) || \
	defined(CONFIG_PREEMPT_RT) || !defined(CONFIG_SMP)
	spin_unlock(lock);
#else
	arch_spin_unlock(&lock->rlock.raw_lock);
#endif
}

#endif /* TCPDIAG_STORE_LOCK_H */
