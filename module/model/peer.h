/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counts of the connections to one destination, and figures derived from them:
 * ports in use, rates, a forecast. No kernel state: KUnit links it unchanged.
 */
#ifndef TCPDIAG_PEER_H
#define TCPDIAG_PEER_H

#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/time64.h>
#include <linux/types.h>
#include <net/tcp_states.h>

#include "model/lately.h"
#include "model/slots.h"

/* How many lives the median is taken of. */
#define TCPDIAG_LIVES		8
/* Their unit: a shift where a division by 1,000 would cost more. */
#define TCPDIAG_LIFE_SHIFT	10
/* A connection that lived for less was short: hardly worth its handshake. */
#define TCPDIAG_SHORT_LIFE_MS	1000
/* How long a port is in TIME_WAIT: TCP_TIMEWAIT_LEN. */
#define TCPDIAG_TIME_WAIT_S	60
/* The values of net.ipv4.tcp_tw_reuse: never, always, loopback. */
#define TCPDIAG_REUSE_ALL	1
#define TCPDIAG_REUSE_LOOPBACK	2
/* tcpdiag_peer_forecast(): the ports will not run out. */
#define TCPDIAG_NEVER		U64_MAX

/**
 * struct tcpdiag_peer_owner - a process
 * @pid: its thread group, with a reference; NULL for none
 * @comm: its name
 */
struct tcpdiag_peer_owner {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcpdiag_peer_mark - counts at the end of an interval
 * @made: calls of connect()
 * @waited: entries into TIME_WAIT
 * @live: ports in use, except those in TIME_WAIT
 * @in_use: ports in use
 */
struct tcpdiag_peer_mark {
	u32 made;
	u32 waited;
	u32 live;
	u32 in_use;
};

/**
 * enum tcpdiag_peer_class - what a port is in use for
 * @TCPDIAG_PEER_CONNECTING: a handshake
 * @TCPDIAG_PEER_ESTABLISHED: an established connection
 * @TCPDIAG_PEER_CLOSING: a connection that is being closed
 * @TCPDIAG_PEER_TIME_WAIT: TIME_WAIT
 * @TCPDIAG_PEER_CLASSES: how many there are
 */
enum tcpdiag_peer_class {
	TCPDIAG_PEER_CONNECTING,
	TCPDIAG_PEER_ESTABLISHED,
	TCPDIAG_PEER_CLOSING,
	TCPDIAG_PEER_TIME_WAIT,
	TCPDIAG_PEER_CLASSES,
};

/**
 * enum tcpdiag_fast_open - what became of a connection with TCP Fast Open
 * @TCPDIAG_FAST_OPEN_ASKED: it had no cookie and asked for one
 * @TCPDIAG_FAST_OPEN_USED: its SYN had data, which were taken
 * @TCPDIAG_FAST_OPEN_REFUSED: its data were not taken, at no cost
 * @TCPDIAG_FAST_OPEN_DROPPED: only a later SYN without data was answered
 * @TCPDIAG_FAST_OPENS: how many there are
 */
enum tcpdiag_fast_open {
	TCPDIAG_FAST_OPEN_ASKED,
	TCPDIAG_FAST_OPEN_USED,
	TCPDIAG_FAST_OPEN_REFUSED,
	TCPDIAG_FAST_OPEN_DROPPED,
	TCPDIAG_FAST_OPENS,
};

/**
 * struct tcpdiag_peer - connections in one shard from one local address to one
 *	remote address and port
 * @in_use: ports in use, by enum tcpdiag_peer_class
 * @bound: those whose port bind() to port 0 found
 * @made: calls of connect()
 * @waited: entries into TIME_WAIT
 * @no_port: calls of connect() that found no port
 * @lived: connections whose time as established is known
 * @lived_short: those of @lived that lived less than TCPDIAG_SHORT_LIFE_MS
 * @missed: at most this many sockets of this destination are not counted here,
 *	because they are older than the slot
 * @life: lives of the last connections, in units of 1,024 ns
 * @mark: the counts one and two intervals ago
 * @user: one of the processes that connect there
 * @earlier: another one, which was @user before
 * @victim: the process that last found no port
 * @no_port_ns: when it found none, ktime_get_ns()
 * @unstamped: the last connection that went to TIME_WAIT had no timestamps
 * @late: connects that needed more than one SYN
 * @late_twice: those that needed more than two
 * @late_ns: how long they took, all of them
 * @late_user: the process that made the last one
 * @binder: the process that holds most of @bound, if one holds more than all
 *	others
 * @binder_least: @binder holds at least so many of them
 * @fast_open: connections with Fast Open, by enum tcpdiag_fast_open
 * @fast_open_lost_ns: how long the dropped ones took
 * @fast_open_late: the dropped ones, of all that sent data in the SYN
 * @fast_open_user: the process that made the last dropped one
 *
 * Counters wrap: only differences are read.
 */
struct tcpdiag_peer {
	u32 in_use[TCPDIAG_PEER_CLASSES];
	u32 bound;
	u32 made;
	u32 waited;
	u32 no_port;
	u32 lived;
	u32 lived_short;
	u32 missed;
	u32 life[TCPDIAG_LIVES];
	struct tcpdiag_peer_mark mark[2];
	struct tcpdiag_peer_owner user;
	struct tcpdiag_peer_owner earlier;
	struct tcpdiag_peer_owner victim;
	u64 no_port_ns;
	bool unstamped;
	struct tcpdiag_lately late;
	u32 late_twice;
	u64 late_ns;
	struct tcpdiag_peer_owner late_user;
	struct tcpdiag_peer_owner binder;
	u32 binder_least;
	u32 fast_open[TCPDIAG_FAST_OPENS];
	u64 fast_open_lost_ns;
	struct tcpdiag_lately fast_open_late;
	struct tcpdiag_peer_owner fast_open_user;
};

/**
 * struct tcpdiag_peer_sum - the same for all shards, at one moment
 * @key: local address, remote address and port
 * @in_use: ports in use, by enum tcpdiag_peer_class
 * @bound: those whose port bind() to port 0 found
 * @bound_local: the same for all destinations from this local address
 * @bound_most: the same from the local address with most
 * @connects: calls of connect()
 * @no_port: calls of connect() that found no port
 * @lived: connections whose life is known
 * @lived_short: those of @lived that lived less than TCPDIAG_SHORT_LIFE_MS
 * @lives: how many lives are in @life
 * @life: the last lives, of the shard with most, in units of 1,024 ns
 * @missed: at most this many ports in use are missing from @in_use
 * @made: calls of connect() in the last two intervals
 * @waited: entries into TIME_WAIT in the last two intervals
 * @live_growth: growth of ports in use without TIME_WAIT, in the same time
 * @growth: growth of ports in use, in the same time
 * @user: one of the processes that connect there
 * @victim: the process that last found no port
 * @no_port_ns: when it found none, ktime_get_ns()
 * @unstamped: in some shard the last connection that went to TIME_WAIT had no
 *	timestamps
 * @late: connects that needed more than one SYN
 * @late_twice: those that needed more than two
 * @late_ns: how long they took, all of them
 * @lately: those of @late, and all connects, of the last minutes
 * @late_user: the process that made the last one
 * @binder: a process that holds ports of @bound
 * @binder_least: it holds at least so many of them; 0 if it is not known
 * @fast_open: connections with Fast Open, by enum tcpdiag_fast_open
 * @fast_open_lost_ns: how long the dropped ones took
 * @fast_open_lately: the dropped ones, of all that sent data in the SYN, of the
 *	last minutes
 * @fast_open_user: the process that made the last dropped one
 */
struct tcpdiag_peer_sum {
	struct tcpdiag_key key;
	u32 in_use[TCPDIAG_PEER_CLASSES];
	u32 bound;
	u32 bound_local;
	u32 bound_most;
	u64 connects;
	u64 no_port;
	u64 lived;
	u64 lived_short;
	u32 lives;
	u32 life[TCPDIAG_LIVES];
	u64 missed;
	u32 made;
	u32 waited;
	s32 live_growth;
	s32 growth;
	struct tcpdiag_peer_owner user;
	struct tcpdiag_peer_owner victim;
	u64 no_port_ns;
	bool unstamped;
	u64 late;
	u64 late_twice;
	u64 late_ns;
	struct tcpdiag_lately_sum lately;
	struct tcpdiag_peer_owner late_user;
	struct tcpdiag_peer_owner binder;
	u32 binder_least;
	u32 fast_open[TCPDIAG_FAST_OPENS];
	u64 fast_open_lost_ns;
	struct tcpdiag_lately_sum fast_open_lately;
	struct tcpdiag_peer_owner fast_open_user;
};

/**
 * struct tcpdiag_port_rules - what decides when a destination has no port left
 * @capacity: ports there are for each destination
 * @window_ms: how long the last two intervals took, not 0
 * @reuse: net.ipv4.tcp_tw_reuse
 * @reuse_ms: how long a port must have been in TIME_WAIT until connect() may take
 *	it, if @reuse lets it
 */
struct tcpdiag_port_rules {
	u32 capacity;
	u64 window_ms;
	unsigned int reuse;
	unsigned int reuse_ms;
};

static inline enum tcpdiag_peer_class tcpdiag_peer_class(unsigned int state)
{
	switch (state) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return TCPDIAG_PEER_CONNECTING;
	case TCP_ESTABLISHED:
		return TCPDIAG_PEER_ESTABLISHED;
	case TCP_TIME_WAIT:
		return TCPDIAG_PEER_TIME_WAIT;
	default:
		return TCPDIAG_PEER_CLOSING;
	}
}

/* Ports in use of all classes, TIME_WAIT included. */
static inline u32 tcpdiag_peer_total(const u32 in_use[TCPDIAG_PEER_CLASSES])
{
	return in_use[TCPDIAG_PEER_CONNECTING] +
	       in_use[TCPDIAG_PEER_ESTABLISHED] +
	       in_use[TCPDIAG_PEER_CLOSING] + in_use[TCPDIAG_PEER_TIME_WAIT];
}

/* Most of the ports in use for a destination were found by bind(). */
static inline bool tcpdiag_peer_binds(const struct tcpdiag_peer_sum *s)
{
	return s->bound > tcpdiag_peer_total(s->in_use) / 2;
}

/*
 * At least so many ports are taken for a destination because bind() to port 0
 * found them. connect() leaves out each such port, whatever the local address
 * and family; bind() only those of its own address.
 */
static inline u32 tcpdiag_peer_bound(const struct tcpdiag_peer_sum *s)
{
	return tcpdiag_peer_binds(s) ? s->bound_local :
				       max(s->bound_local, s->bound_most);
}

/*
 * A port that bind() to port 0 took is not free for any other destination; one
 * that connect() took is.
 */
static inline u32 tcpdiag_peer_elsewhere(const struct tcpdiag_peer_sum *s)
{
	return tcpdiag_peer_bound(s) - min(tcpdiag_peer_bound(s), s->bound);
}

/**
 * tcpdiag_peer_lived() - count the life of a connection that has ended
 * @p: its destination
 * @ns: how long it was established, in nanoseconds
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_peer_lived(struct tcpdiag_peer *p, u64 ns)
{
	p->life[p->lived++ % TCPDIAG_LIVES] =
		min_t(u64, ns >> TCPDIAG_LIFE_SHIFT, U32_MAX);
	if (ns < TCPDIAG_SHORT_LIFE_MS * (u64)NSEC_PER_MSEC)
		p->lived_short++;
}

bool tcpdiag_peer_bind(struct tcpdiag_peer *p, const struct pid *pid);
void tcpdiag_peer_unbind(struct tcpdiag_peer *p, const struct pid *pid);
void tcpdiag_peer_late(struct tcpdiag_peer *p, u32 again, u64 ns, u64 now);
void tcpdiag_peer_fast_open(struct tcpdiag_peer *p,
			    enum tcpdiag_fast_open outcome, u64 ns, u64 now);
void tcpdiag_peer_found(struct tcpdiag_peer *p, enum tcpdiag_peer_class as);
void tcpdiag_peer_fold(struct tcpdiag_peer *into, const struct tcpdiag_peer *p);
void tcpdiag_peer_remember(struct tcpdiag_peer *p, u64 now);
void tcpdiag_peer_read(const struct tcpdiag_peer *p,
		       struct tcpdiag_peer_sum *sum);
void tcpdiag_peer_add(struct tcpdiag_peer_sum *into,
		      struct tcpdiag_peer_sum *s);
u64 tcpdiag_peer_rate(const struct tcpdiag_peer_sum *s, u64 window_ms);
unsigned int tcpdiag_peer_percent(u32 ports, u32 capacity);
u64 tcpdiag_peer_median_us(const struct tcpdiag_peer_sum *s);
bool tcpdiag_peer_reuses(const struct tcpdiag_peer_sum *s, unsigned int reuse);
u32 tcpdiag_peer_taken(const struct tcpdiag_peer_sum *s,
		       const struct tcpdiag_port_rules *rules);
u64 tcpdiag_peer_forecast(const struct tcpdiag_peer_sum *s,
			  const struct tcpdiag_port_rules *rules);

#endif /* TCPDIAG_PEER_H */
