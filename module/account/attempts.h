/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attempts to connect that failed, and resets, as the account counts them.
 */
#ifndef TCPDIAG_ATTEMPTS_H
#define TCPDIAG_ATTEMPTS_H

#include <linux/atomic.h>

#include "model/causes.h"
#include "compat.h"
#include "model/fsm.h"
#include "survey/listeners.h"
#include "store/tcpdiag.h"

/**
 * struct tcpdiag_resets - RST segments of one shard
 * @sent: by the state of the socket (0: none) and the kernel's reason
 * @received: by the state of the socket they ended
 *
 * Allocated at the first one.
 */
struct tcpdiag_resets {
	atomic64_t sent[TCPDIAG_STATES][TCPDIAG_RESET_REASONS];
	atomic64_t received[TCPDIAG_STATES];
};

/**
 * struct tcpdiag_victim - the last attempt that failed for a cause
 * @at: ktime_get_ns(); 0 for none
 * @addr: where to
 * @v6: whether its addresses are IPv6
 * @pid: who, with a reference; NULL if not seen
 * @comm: its name then
 */
struct tcpdiag_victim {
	u64 at;
	struct tcpdiag_addr addr;
	bool v6;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcpdiag_failures - attempts of a namespace that failed lately
 * @lock: protects @last
 * @last: by enum tcpdiag_cause
 * @tick: number of the last second; the worker's, as what follows
 * @counted: failures up to then
 * @minute: those of the last minute
 *
 * Allocated at the first attempt that fails.
 */
struct tcpdiag_failures {
	spinlock_t lock; /* last */
	struct tcpdiag_victim last[TCPDIAG_CAUSES];
	u64 tick;
	u64 counted[TCPDIAG_CAUSES];
	struct tcpdiag_minute minute[TCPDIAG_CAUSES];
};

/* attempts.c */
void tcpdiag_attempts_failed(struct sock *sk, const struct tcpdiag_record *rec);
void tcpdiag_attempts_read(struct tcpdiag_net *tn, u64 failed[TCPDIAG_CAUSES]);
void tcpdiag_attempts_tick(struct tcpdiag_net *tn);
bool tcpdiag_attempts_facts(struct tcpdiag_net *tn,
			    struct tcpdiag_facts *facts);
void tcpdiag_attempts_release(struct tcpdiag_net *tn);

/* resets.c */
void tcpdiag_resets_sent(const struct net *net, unsigned int state,
			 unsigned int reason);
void tcpdiag_resets_received(const struct sock *sk);
u64 tcpdiag_resets_read_sent(struct tcpdiag_net *tn, unsigned int state,
			     unsigned int reason);
u64 tcpdiag_resets_read_received(struct tcpdiag_net *tn, unsigned int state);

#endif /* TCPDIAG_ATTEMPTS_H */
