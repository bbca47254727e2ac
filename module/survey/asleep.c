// SPDX-License-Identifier: GPL-2.0
/*
 * Whether this host was asleep lately: the worker looks at the clocks, which is all
 * that the kernel tells afterwards. A virtual machine that its host has stopped or
 * saved does not notice it.
 */
#include <linux/ktime.h>
#include <linux/spinlock.h>

#include "model/sleep.h"
#include "survey/asleep.h"

static DEFINE_SPINLOCK(lock); /* the rest */
static struct tcpdiag_sleep last;

/**
 * tcpdiag_asleep_look() - look at the clocks
 *
 * Context: process; at load, then once a second by the worker.
 */
void tcpdiag_asleep_look(void)
{
	spin_lock(&lock);
	tcpdiag_sleep_look(&last, ktime_get_boottime_ns(), ktime_get_ns());
	spin_unlock(&lock);
}

/**
 * tcpdiag_asleep_read() - when this host was asleep
 * @sleep: set to what the last look found
 *
 * Context: process.
 */
void tcpdiag_asleep_read(struct tcpdiag_sleep *sleep)
{
	spin_lock(&lock);
	*sleep = last;
	spin_unlock(&lock);
}
