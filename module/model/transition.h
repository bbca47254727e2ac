/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A change of state of one connection, as subscribers are told of it.
 */
#ifndef TCPDIAG_MODEL_TRANSITION_H
#define TCPDIAG_MODEL_TRANSITION_H

#include <linux/sched.h>
#include <linux/types.h>

#include "model/addr.h"

struct tcpdiag_wanted;

/* Of struct tcpdiag_transition: not known. */
#define TCPDIAG_TRANSITION_NO_STAY	U64_MAX
#define TCPDIAG_TRANSITION_NO_UID	U32_MAX

/**
 * struct tcpdiag_transition - a change of state
 * @ns: when, ktime_get_ns()
 * @stay_ns: time in the state that it left, or TCPDIAG_TRANSITION_NO_STAY
 * @cookie: the kernel's number of the connection, as ss -e shows it
 * @addr: its addresses and ports
 * @v6: they are of IPv6
 * @v6only: the IPv6 wildcard does not stand for IPv4
 * @from: the state that it left
 * @to: the state that it entered
 * @role: enum tcpdiag_role
 * @pid: its owner in the subscriber's pid namespace; 0 if not known
 * @uid: its owner in the subscriber's user namespace, or
 *	TCPDIAG_TRANSITION_NO_UID
 * @comm: name of the owner, or empty
 */
struct tcpdiag_transition {
	u64 ns;
	u64 stay_ns;
	u64 cookie;
	struct tcpdiag_addr addr;
	bool v6;
	bool v6only;
	u8 from;
	u8 to;
	u8 role;
	u32 pid;
	u32 uid;
	char comm[TASK_COMM_LEN];
} __aligned(sizeof(u64)); /* it lies in a queue */

bool tcpdiag_transition_wanted(const struct tcpdiag_wanted *wanted,
			       const struct tcpdiag_transition *t);

#endif /* TCPDIAG_MODEL_TRANSITION_H */
