// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for a look, waits for it, and tells the readers when it is over (see
 * look.h).
 */
#include <linux/sched/signal.h>

#include "compat.h"
#include "survey/look.h"

/**
 * tcpdiag_look_init() - set up a look
 * @look: the look
 * @func: takes it: calls tcpdiag_look_begin() first and tcpdiag_look_end() last
 *
 * Context: any.
 */
void tcpdiag_look_init(struct tcpdiag_look *look, work_func_t func)
{
	INIT_WORK(&look->work, func);
	atomic_long_set(&look->asked, 0);
	look->done = 0;
	init_waitqueue_head(&look->waiting);
}

static long ask(struct tcpdiag_look *look)
{
	long number = atomic_long_inc_return(&look->asked);

	/* its work waits for a CPU, not for a lock */
	queue_work(tcpdiag_unbound_wq, &look->work);
	return number;
}

/**
 * tcpdiag_look_ask() - ask for a look without waiting for it
 * @look: the look
 *
 * Context: any.
 */
void tcpdiag_look_ask(struct tcpdiag_look *look)
{
	ask(look);
}

static bool is_served(const struct tcpdiag_look *look, long number)
{
	/* pairs with tcpdiag_look_end() */
	return smp_load_acquire(&look->done) - number >= 0;
}

/**
 * tcpdiag_look_wait() - ask for a look and wait until it has been taken
 * @look: the look
 *
 * Context: process, may sleep; no lock that the look takes is held.
 * Return: false if the task is being killed.
 */
bool tcpdiag_look_wait(struct tcpdiag_look *look)
{
	long number = ask(look);

	return !wait_event_killable(look->waiting, is_served(look, number));
}

/**
 * tcpdiag_look_begin() - the work function begins to look
 * @look: the look
 *
 * Context: the work function.
 * Return: whom it serves, for tcpdiag_look_end().
 */
long tcpdiag_look_begin(const struct tcpdiag_look *look)
{
	/* whoever asks after this queues the work again */
	return atomic_long_read(&look->asked);
}

/**
 * tcpdiag_look_end() - the look is taken: wake the readers
 * @look: the look
 * @served: what tcpdiag_look_begin() returned
 *
 * Context: the work function.
 */
void tcpdiag_look_end(struct tcpdiag_look *look, long served)
{
	/* pairs with tcpdiag_look_wait() */
	smp_store_release(&look->done, served);
	wake_up_all(&look->waiting);
}

/**
 * tcpdiag_look_stop() - wait until no look is being taken, before it is freed
 * @look: the look; nobody asks any more
 *
 * Context: process, may sleep.
 */
void tcpdiag_look_stop(struct tcpdiag_look *look)
{
	cancel_work_sync(&look->work);
}
