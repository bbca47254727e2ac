/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process as a reader may see it.
 */
#ifndef TCPDIAG_OWNER_H
#define TCPDIAG_OWNER_H

#include <linux/sched.h>
#include <linux/types.h>

/* In the place of a name: a kernel thread connected or listened. */
#define TCPDIAG_KERNEL_COMM	"[kernel]"

/**
 * enum tcpdiag_halted - whether a process is kept from running
 * @TCPDIAG_HALTED_NOT: it is not, or that is not known
 * @TCPDIAG_HALTED_STOPPED: it was stopped (SIGSTOP, SIGTSTP, a terminal)
 * @TCPDIAG_HALTED_FROZEN: its cgroup is frozen, as by docker pause
 */
enum tcpdiag_halted {
	TCPDIAG_HALTED_NOT,
	TCPDIAG_HALTED_STOPPED,
	TCPDIAG_HALTED_FROZEN,
};

/**
 * struct tcpdiag_owner - a process as the reader may see it
 * @pid: its thread group in the reader's pid namespace; 0 if the process has
 *	ended, is not known, or is hidden from the reader
 * @comm: its name; empty if not known or hidden from the reader
 * @kernel: it is the kernel itself
 * @halted: whether it is kept from running
 */
struct tcpdiag_owner {
	pid_t pid;
	char comm[TASK_COMM_LEN];
	bool kernel;
	enum tcpdiag_halted halted;
};

#endif /* TCPDIAG_OWNER_H */
