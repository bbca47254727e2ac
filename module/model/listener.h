/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The figures of a listener, and the judgement of each second. Pure functions;
 * survey/listeners.c reads the facts from the sockets.
 */
#ifndef TCPDIAG_MODEL_LISTENER_H
#define TCPDIAG_MODEL_LISTENER_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "model/minute.h"

struct pid;
struct sock;

/* A SYN flood is over when it has not been seen for this long. */
#define TCPDIAG_FLOOD_QUIET_S		10
#define TCPDIAG_FLOOD_QUIET_NS						\
	(TCPDIAG_FLOOD_QUIET_S * (u64)NSEC_PER_SEC)

/**
 * enum tcpdiag_verdict - what is wrong with a listener
 * @TCPDIAG_VERDICT_OK: nothing
 * @TCPDIAG_VERDICT_SLOW_ACCEPT: connections wait long for accept()
 * @TCPDIAG_VERDICT_SYN_QUEUE_FULL: the queue of SYNs is full, and clients do
 *	complete their handshakes
 * @TCPDIAG_VERDICT_ACCEPT_FULL: the accept queue is full: connections are
 *	dropped
 * @TCPDIAG_VERDICT_SYN_FLOOD: the queue of SYNs is full, and few handshakes are
 *	completed
 */
enum tcpdiag_verdict {
	TCPDIAG_VERDICT_OK,
	TCPDIAG_VERDICT_SLOW_ACCEPT,
	TCPDIAG_VERDICT_SYN_QUEUE_FULL,
	TCPDIAG_VERDICT_ACCEPT_FULL,
	TCPDIAG_VERDICT_SYN_FLOOD,
};

/**
 * struct tcpdiag_queues - a listener's queues at one moment
 * @syn: requests (NEW_SYN_RECV)
 * @young: those of them whose SYN-ACK was sent only once
 * @accept: established connections that wait for accept()
 * @limit: of either queue, from listen(); the accept queue takes one more
 * @tfo: Fast Open connections whose handshake is not complete
 * @tfo_limit: of them; 0 if Fast Open is off
 * @drops: segments and connections dropped since the socket was made
 */
struct tcpdiag_queues {
	u32 syn;
	u32 young;
	u32 accept;
	u32 limit;
	u32 tfo;
	u32 tfo_limit;
	u32 drops;
};

/**
 * struct tcpdiag_listener - one listener
 * @sk: the socket; after it has been looked at, only compared, never followed
 * @since: when it began to listen, ktime_get_ns(); @sk and @since identify it
 * @key: key of its service
 * @older: it was there before the module
 * @sharing: listeners that share the service, itself included
 * @group: index of the first listener of its group: of those that share address
 *	and port (SO_REUSEPORT); else its own
 * @counted: kinds of trouble that the group is counted for, as bits; of the first
 *	of a group
 * @v6: its family is AF_INET6
 * @v6only: IPv6 only
 * @device: index of the device it is bound to, or 0
 * @port: local port, host order
 * @addr: local address; IPv4 in the first word
 * @uid: the user who owns it
 * @ino: its inode
 * @pid: the process that called listen(), with a reference; NULL if not seen
 * @comm: its name then
 * @q: its queues
 * @syn_limit: from how many on its queue of SYNs is full
 * @syn_peak: largest @q.syn of all samples
 * @accept_peak: largest @q.accept
 * @wait_us: how long the first connection in the accept queue has been waiting
 * @wait_max_us: largest @wait_us
 * @drops_before: @q.drops when it was first seen, or 0 if it is new
 * @drops_last: @q.drops at the last second
 * @overflows: those of its drops that were due to a full accept queue
 * @overflows_last: @overflows at the last second
 * @done: handshakes completed by its service
 * @done_last: @done at the last second
 * @accepting: connections in all accept queues of its service
 * @accepting_last: @accepting at the last second
 * @reuseport: it has SO_REUSEPORT
 * @accepted: when its service last accepted a connection, ktime_get_ns(); 0 for
 *	never, as far as it was seen
 * @done_per_s: growth of @done in the last second
 * @accepted_per_s: connections that were accepted in the last second
 * @done_known: @done has all of them: none is counted elsewhere
 * @done_known_last: @done_known at the last second
 * @rates_known: @done_per_s and @accepted_per_s are known
 * @verdict: what is wrong
 * @verdict_since: when @verdict last changed, ktime_get_ns()
 * @flood_seen: when a SYN flood was last seen, ktime_get_ns()
 * @floods: how many SYN floods began
 * @overflowed: overflows of the last minute
 */
struct tcpdiag_listener {
	const struct sock *sk;
	u64 since;
	u32 key;
	u32 sharing;
	size_t group;
	u8 counted;
	bool older;
	bool v6;
	bool v6only;
	int device;
	u16 port;
	struct in6_addr addr;
	kuid_t uid;
	unsigned long ino;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_queues q;
	u32 syn_limit;
	u32 syn_peak;
	u32 accept_peak;
	u64 wait_us;
	u64 wait_max_us;
	u32 drops_before;
	u32 drops_last;
	u64 overflows;
	u64 overflows_last;
	u64 done;
	u64 done_last;
	u64 accepting;
	u64 accepting_last;
	bool reuseport;
	u64 accepted;
	u64 done_per_s;
	u64 accepted_per_s;
	bool done_known;
	bool done_known_last;
	bool rates_known;
	enum tcpdiag_verdict verdict;
	u64 verdict_since;
	u64 flood_seen;
	u32 floods;
	struct tcpdiag_minute overflowed;
};

/**
 * struct tcpdiag_second - the last second of a namespace
 * @now: its end, ktime_get_ns()
 * @ns: its length, because the worker may be late
 * @tick: number of the second
 * @all: all listeners of the namespace were looked at
 * @overflows: connections and SYNs dropped because an accept queue was full
 * @full: SYNs that found a queue of SYNs full, answered with a cookie or not
 * @cookies: the kernel sends cookies instead of dropping SYNs
 * @max_syn_backlog: net.ipv4.tcp_max_syn_backlog
 * @flood_per_s: this many SYNs that found a full queue may be a flood
 * @slow_us: longer waits for accept() are slow
 */
struct tcpdiag_second {
	u64 now;
	u64 ns;
	u64 tick;
	bool all;
	u64 overflows;
	u64 full;
	bool cookies;
	u32 max_syn_backlog;
	u32 flood_per_s;
	u64 slow_us;
};

/* Does a flood that no queue shows go on? @seen: when last seen; 0: never */
static inline bool tcpdiag_flood_is_unlocated(u64 seen, u64 now)
{
	return seen && now - seen < TCPDIAG_FLOOD_QUIET_NS;
}

u64 tcpdiag_per_second(const struct tcpdiag_second *s, u64 n);
u32 tcpdiag_listener_syn_limit(const struct tcpdiag_listener *l, bool cookies,
			       u32 max_syn_backlog);
void tcpdiag_listeners_second(struct tcpdiag_listener *l, size_t n,
			      const struct tcpdiag_second *s);
const char *tcpdiag_limit_by(u32 limit, u32 somaxconn);
const char *tcpdiag_verdict_name(enum tcpdiag_verdict verdict);

#endif /* TCPDIAG_MODEL_LISTENER_H */
