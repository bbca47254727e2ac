/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks that a kernel thread takes for all readers who ask.
 *
 * A reader may be kept from the CPU for long (by its cgroup's quota, for
 * example), so it must hold no lock that others wait for while it looks at many
 * sockets or files. Instead it asks for a look, which one work item takes, and
 * waits. A look serves all readers who asked before it began.
 */
#ifndef TCPDIAG_SURVEY_LOOK_H
#define TCPDIAG_SURVEY_LOOK_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/**
 * struct tcpdiag_look - a look that readers may ask for
 * @work: takes it
 * @asked: number of the last reader who asked
 * @done: all readers up to this number are served
 * @waiting: readers who are not served yet
 */
struct tcpdiag_look {
	struct work_struct work;
	atomic_long_t asked;
	long done;
	wait_queue_head_t waiting;
};

void tcpdiag_look_init(struct tcpdiag_look *look, work_func_t func);
void tcpdiag_look_ask(struct tcpdiag_look *look);
bool tcpdiag_look_wait(struct tcpdiag_look *look);
long tcpdiag_look_begin(const struct tcpdiag_look *look);
void tcpdiag_look_end(struct tcpdiag_look *look, long served);
void tcpdiag_look_stop(struct tcpdiag_look *look);

#endif /* TCPDIAG_SURVEY_LOOK_H */
