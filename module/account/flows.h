/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the time of connections goes (model/clock.h), by program and service.
 */
#ifndef TCPDIAG_ACCOUNT_FLOWS_H
#define TCPDIAG_ACCOUNT_FLOWS_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/tcp.h>

#include "model/addr.h"
#include "model/clock.h"
#include "model/slots.h"
#include "store/record.h"
#include "store/shard.h"

struct pid;
struct tcpdiag_net;

/*
 * A key is a group: connections that were accepted on a port; or those of a program,
 * by name, to an address and port, which are the first two words.
 */
#define TCPDIAG_FLOW_V6		BIT(16)
#define TCPDIAG_FLOW_ACTIVE	BIT(17)
#define TCPDIAG_FLOW_PORT(key)	((u16)(key)->rest)
#define TCPDIAG_FLOW_COMM(key)	((char *)((key)->word + 2))
static_assert(TASK_COMM_LEN == 2 * sizeof(u64));

/* A connection without data that lasted for less gets no place in a group. */
#define TCPDIAG_FLOW_BRIEF_NS	((u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_flow - one connection, as it is added to its group
 * @v6: its addresses are IPv6
 * @addr: its ends
 * @sent: bytes that it has sent, each counted once
 * @received: bytes that it has received
 * @clock: where its time went
 */
struct tcpdiag_flow {
	bool v6;
	struct tcpdiag_addr addr;
	u64 sent;
	u64 received;
	struct tcpdiag_clock clock;
};

/**
 * struct tcpdiag_flow_worst - the connection that was held back longest
 * @limited_us: for how long; 0 if none was
 * @part: what most of its life went to, enum tcpdiag_clock_part
 * @percent: how much of it
 * @v6: its addresses are IPv6
 * @addr: its ends
 */
struct tcpdiag_flow_worst {
	u64 limited_us;
	u8 part;
	u8 percent;
	bool v6;
	struct tcpdiag_addr addr;
};

/**
 * struct tcpdiag_flow_sum - connections of a group
 * @connections: how many
 * @sent: bytes that they have sent
 * @received: bytes that they have received
 * @clock: where their time went
 * @worst: one of them
 */
struct tcpdiag_flow_sum {
	u64 connections;
	u64 sent;
	u64 received;
	struct tcpdiag_clock clock;
	struct tcpdiag_flow_worst worst;
};

/**
 * struct tcpdiag_flow_owner - who was last seen with a connection of a group
 * @pid: the process, with a reference; or NULL
 * @comm: its name; empty if nobody was seen
 */
struct tcpdiag_flow_owner {
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct tcpdiag_flows - connections of a shard that have ended
 * @slots: which group has which slot
 * @sum: by slot; the last is that of all others
 * @owner: by slot
 * @last_ns: when the last one ended, by slot
 */
struct tcpdiag_flows {
	struct tcpdiag_slots slots;
	struct tcpdiag_flow_sum sum[TCPDIAG_SLOT_PLACES];
	struct tcpdiag_flow_owner owner[TCPDIAG_SLOT_PLACES];
	u64 last_ns[TCPDIAG_SLOT_PLACES];
};

/**
 * struct tcpdiag_flow_row - open connections of a group
 * @live: as the last round found them; less those that have ended since, so that
 *	what of a sum is missing here is among those that have ended
 * @next: as far as this round has come
 * @samples: of all rounds
 * @owner: who was last seen with one of them
 * @sk: one of them; only compared; NULL while there is none
 * @born_ns: when that was there already
 */
struct tcpdiag_flow_row {
	struct tcpdiag_flow_sum live;
	struct tcpdiag_flow_sum next;
	struct tcpdiag_clock_samples samples;
	struct tcpdiag_flow_owner owner;
	const struct sock *sk;
	u64 born_ns;
};

/**
 * struct tcpdiag_live_flows - open connections of a namespace (survey/flows.c)
 * @lock: protects the rest but @met, @parts and @part, which are the worker's; taken
 *	inside a shard's lock
 * @looked_ns: when the last round began that is over; 0 if none is
 * @began_ns: when this round began
 * @round: the number of this round, 1 to 255
 * @met: connections that the cursor has come to since it last began
 * @parts: how often it goes by in this round
 * @part: how often it has
 * @slots: which group has which slot
 * @row: by slot; the last is that of all others
 */
struct tcpdiag_live_flows {
	raw_spinlock_t lock; /* see @lock */
	u64 looked_ns;
	u64 began_ns;
	u8 round;
	unsigned int met;
	unsigned int parts;
	unsigned int part;
	struct tcpdiag_slots slots;
	struct tcpdiag_flow_row row[TCPDIAG_SLOT_PLACES];
};

void tcpdiag_flow_read_ticks(const struct tcp_sock *tp,
			     struct tcpdiag_clock_ticks *t);
void tcpdiag_flow_measure(struct tcpdiag_flow *flow,
			  const struct tcpdiag_record *rec,
			  const struct sock *sk, u64 now);
bool tcpdiag_flow_key(struct tcpdiag_key *key, const struct tcpdiag_record *rec,
		      const struct tcpdiag_flow *flow);
void tcpdiag_flow_add(struct tcpdiag_flow_sum *sum,
		      const struct tcpdiag_flow *flow);
void tcpdiag_flow_merge(struct tcpdiag_flow_sum *to,
			const struct tcpdiag_flow_sum *sum);
void tcpdiag_flow_note(struct tcpdiag_flow_owner *owner,
		       const struct tcpdiag_record *rec);
void tcpdiag_flows_begin_late(struct tcpdiag_record *rec,
			      const struct sock *sk, u64 life_ns);
void tcpdiag_flows_cong_state(void *unused, struct sock *sk, const u8 ca_state);
void tcpdiag_flows_take(struct tcpdiag_shard *shard,
			struct tcpdiag_record *rec, const struct sock *sk,
			u64 now);
void tcpdiag_flows_free(struct tcpdiag_shard *shard);
size_t tcpdiag_flows_bytes(const struct tcpdiag_shard *shard);

/* The number of the round before one. */
static inline u8 tcpdiag_flow_round_before(u8 round)
{
	return round == 1 ? U8_MAX : round - 1;
}

/* Whether TCP's clocks have counted before: they go on in another connection. */
static inline bool tcpdiag_flow_has_counted(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->chrono_stat[TCP_CHRONO_BUSY - 1] |
	       tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1] |
	       tp->chrono_stat[TCP_CHRONO_SNDBUF_LIMITED - 1] |
	       tp->chrono_type;
}

/* For how long a connection could send. */
static __always_inline u64 tcpdiag_flow_life_ns(const struct tcpdiag_record *rec,
						u64 now)
{
	u64 ns = rec->spent_ns[TCP_ESTABLISHED - 1] +
		 rec->spent_ns[TCP_FIN_WAIT1 - 1] +
		 rec->spent_ns[TCP_CLOSE_WAIT - 1] +
		 rec->spent_ns[TCP_LAST_ACK - 1] +
		 rec->spent_ns[TCP_CLOSING - 1];

	return rec->state == TCP_FIN_WAIT2 ? ns : ns + tcpdiag_stay_ns(rec, now);
}

/**
 * tcpdiag_flows_end() - add a full socket's connection that ends to its group
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state; before tcpdiag_cc_end()
 * @sk: the socket, locked or used by nobody else; its counters are final
 * @now: ktime_get_ns()
 *
 * A short connection without data is only counted.
 *
 * Context: interrupts off.
 */
static __always_inline void tcpdiag_flows_end(struct tcpdiag_shard *shard,
					      struct tcpdiag_record *rec,
					      const struct sock *sk, u64 now)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 life;

	lockdep_assert_held(&shard->lock);
	if (!rec->cc)
		return;
	life = tcpdiag_flow_life_ns(rec, now);
	if (unlikely(tp->data_segs_out | tp->data_segs_in || rec->clock ||
		     life >= TCPDIAG_FLOW_BRIEF_NS)) {
		tcpdiag_flows_take(shard, rec, sk, now);
		return;
	}
	shard->brief++;
	shard->brief_ns += life;
}

#endif /* TCPDIAG_ACCOUNT_FLOWS_H */
