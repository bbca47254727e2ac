/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attempts to connect that failed.
 */
#ifndef TCPDIAG_ACCOUNT_ATTEMPTS_H
#define TCPDIAG_ACCOUNT_ATTEMPTS_H

#include <linux/sched.h>
#include <linux/spinlock.h>

#include "model/addr.h"
#include "model/causes.h"
#include "model/minute.h"
#include "model/reset.h"

struct sock;
struct tcpdiag_net;
struct tcpdiag_record;
struct tcpdiag_shard;

/**
 * struct tcpdiag_victim - an attempt that failed
 * @at: when it failed, ktime_get_ns(); 0 for none
 * @addr: its two ends
 * @v6: its addresses are IPv6
 * @syns: how often its SYN was sent
 * @waited_s: how long after the first SYN the last one was sent, in seconds
 * @by_icmp: it was refused by an ICMP message
 * @not_sent: the last SYN did not leave this host
 * @pid: the process, with a reference; NULL if not seen
 * @comm: its name then
 */
struct tcpdiag_victim {
	u64 at;
	struct tcpdiag_addr addr;
	bool v6;
	u8 syns;
	u16 waited_s;
	bool by_icmp;
	bool not_sent;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcpdiag_failures - attempts of a namespace that failed lately
 * @lock: protects the rest
 * @last: by enum tcpdiag_cause: the last attempt for the port of @most
 * @tick: number of the last second
 * @counted: failures up to then
 * @minute: failures of the last minute
 * @most: which port most of them were for
 * @unanswered: attempts that failed although their SYN had been sent again and
 *	again, and which destination most were for
 * @silent: the last of these that was for it
 *
 * Allocated at the first attempt that fails.
 */
struct tcpdiag_failures {
	spinlock_t lock; /* the rest */
	struct tcpdiag_victim last[TCPDIAG_CAUSES];
	u64 tick;
	u64 counted[TCPDIAG_CAUSES];
	struct tcpdiag_minute minute[TCPDIAG_CAUSES];
	struct tcpdiag_minute_most most[TCPDIAG_CAUSES];
	struct tcpdiag_most unanswered;
	struct tcpdiag_victim silent;
};

enum tcpdiag_cause tcpdiag_attempts_cause(const struct sock *sk,
					  const struct tcpdiag_record *rec);
void tcpdiag_attempts_failed(struct tcpdiag_shard *shard,
			     const struct sock *sk,
			     const struct tcpdiag_record *rec, bool no_rst);
void tcpdiag_attempts_read(struct tcpdiag_net *tn, u64 failed[TCPDIAG_CAUSES]);
void tcpdiag_attempts_tick(struct tcpdiag_net *tn);
u64 tcpdiag_attempts_last(struct tcpdiag_failures *all,
			  enum tcpdiag_cause cause, struct tcpdiag_victim *v,
			  u64 *most, unsigned int *ports);
u64 tcpdiag_attempts_silent(struct tcpdiag_failures *all,
			    struct tcpdiag_victim *v, u64 *since_ns);
void tcpdiag_attempts_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_ATTEMPTS_H */
