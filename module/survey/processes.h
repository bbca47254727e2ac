/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk through the processes of the machine.
 */
#ifndef TCPDIAG_SURVEY_PROCESSES_H
#define TCPDIAG_SURVEY_PROCESSES_H

#include <linux/types.h>

struct task_struct;

bool tcpdiag_process_next(int *nr, struct task_struct **process);

#endif /* TCPDIAG_SURVEY_PROCESSES_H */
