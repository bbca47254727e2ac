/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to do about a process that is kept from running.
 */
#ifndef TCPDIAG_DIAGNOSE_HALTED_H
#define TCPDIAG_DIAGNOSE_HALTED_H

#include "diagnose/finding.h"

/**
 * tcpdiag_say_halted() - what to change if a program does nothing because it may not
 * @f: the finding on what it leaves undone; the change in it is overwritten if so
 * @owner: the program
 *
 * Context: any.
 */
static inline void tcpdiag_say_halted(struct tcpdiag_finding *f,
				      const struct tcpdiag_owner *owner)
{
	if (owner->halted == TCPDIAG_HALTED_STOPPED)
		tcpdiag_say(f->application,
			    "let the program go on: it was stopped by a signal (SIGSTOP, SIGTSTP, a job of a shell; kill -CONT %d)",
			    owner->pid);
	else if (owner->halted == TCPDIAG_HALTED_FROZEN)
		tcpdiag_say(f->application,
			    "let the program go on: its cgroup is frozen (docker unpause, systemctl thaw, cgroup.freeze)");
}

#endif /* TCPDIAG_DIAGNOSE_HALTED_H */
