/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A service is the sum of all listeners of one kind on one port. A child knows
 * only its listener's port, its family, and whether its address was a wildcard,
 * so these make the key. Listeners with the same key (SO_REUSEPORT, for
 * example) share the figures. Each shard has its own services, written under
 * its lock.
 */
#ifndef TCPDIAG_ACCOUNT_SERVICE_H
#define TCPDIAG_ACCOUNT_SERVICE_H

#include <linux/time64.h>
#include <linux/types.h>
#include <net/tcp.h>

#include "model/hist.h"
#include "model/lately.h"
#include "store/shard.h"

struct tcpdiag_net;

/* Services that a shard keeps; the rest are counted as one, "other". */
#define TCPDIAG_SERVICES_MAX	64
/* The key of "other": no port is 0. */
#define TCPDIAG_SERVICE_OTHER	0

/**
 * struct tcpdiag_service - handshakes of a port, in one shard
 * @next: the next in the same chain
 * @key: tcpdiag_service_key()
 * @done: handshakes completed
 * @stayed: those of @done whose stay in SYN_RECV is in its distribution (Fast
 *	Open)
 * @repeated: those of @done that needed more than one SYN-ACK
 * @late: @repeated by time
 * @untimed: those of @done without an exact time (SYN cookies)
 * @fast_open: those of @done whose SYN brought data that was taken
 * @synacks: SYN-ACKs sent again
 * @rtt: time from SYN-ACK to ACK, of the others
 */
struct tcpdiag_service {
	struct tcpdiag_service *next;
	u32 key;
	u64 done;
	u64 stayed;
	u64 repeated;
	struct tcpdiag_lately late;
	u64 untimed;
	u64 fast_open;
	u64 synacks;
	struct tcpdiag_tally rtt;
};

/**
 * struct tcpdiag_service_sum - the same over all shards, for reporters
 * @done: handshakes completed
 * @repeated: those of @done that needed more than one SYN-ACK
 * @untimed: those of @done without an exact time
 * @fast_open: those of @done whose SYN brought data that was taken
 * @synacks: SYN-ACKs sent again
 * @rtt: time from SYN-ACK to ACK
 * @partial: a shard had no room for the service: the rest is in "other"; or it is
 *	not known which service a connection is of
 */
struct tcpdiag_service_sum {
	u64 done;
	u64 repeated;
	u64 untimed;
	u64 fast_open;
	u64 synacks;
	struct tcpdiag_hist rtt;
	bool partial;
};

/**
 * struct tcpdiag_service_done - handshakes of a service
 * @key: its key
 * @full_shards: those of the shards that have it without room for others
 * @done: handshakes completed
 * @late: those of @done that needed more than one SYN-ACK
 * @lately: those of @late, and all handshakes, of the last minutes
 */
struct tcpdiag_service_done {
	u32 key;
	u32 full_shards;
	u64 done;
	u64 late;
	struct tcpdiag_lately_sum lately;
};

/**
 * struct tcpdiag_services - handshakes of all services
 * @full_shards: how many shards have no room for another service
 * @n: entries in @done
 * @done: by key, in ascending order
 */
struct tcpdiag_services {
	u32 full_shards;
	unsigned int n;
	struct tcpdiag_service_done done[];
};

/* @flags: TCPDIAG_F_LISTENER_* */
static inline u32 tcpdiag_service_key(u16 port, u8 flags)
{
	return port | (u32)flags << 16;
}

struct tcpdiag_service *tcpdiag_service_new(struct tcpdiag_shard *shard,
					    u32 key);
u32 tcpdiag_service_key_of(const struct sock *listener);
void tcpdiag_service_synack(struct tcpdiag_shard *shard, u32 key);
void tcpdiag_service_release(struct tcpdiag_shard *shard);
size_t tcpdiag_service_bytes(struct tcpdiag_shard *shard);
void tcpdiag_service_prune(struct tcpdiag_net *tn, const u32 *keys, size_t n);
struct tcpdiag_services *tcpdiag_services_read(struct tcpdiag_net *tn);
bool tcpdiag_services_done(const struct tcpdiag_services *s, u32 key,
			   u64 *done);
u64 tcpdiag_service_at_once(struct tcpdiag_net *tn);
void tcpdiag_service_read(struct tcpdiag_net *tn, u32 key,
			  struct tcpdiag_service_sum *sum);
void tcpdiag_service_read_all(struct tcpdiag_net *tn,
			      struct tcpdiag_service_sum *sum);

void tcpdiag_service_late(struct tcpdiag_service *svc);

static inline struct tcpdiag_service **
tcpdiag_service_chain(struct tcpdiag_shard *shard, u32 key)
{
	return &shard->services[key % TCPDIAG_SERVICE_CHAINS];
}

static inline struct tcpdiag_service *
tcpdiag_service_find(struct tcpdiag_shard *shard, u32 key)
{
	struct tcpdiag_service *svc = *tcpdiag_service_chain(shard, key);

	lockdep_assert_held(&shard->lock);
	while (svc && unlikely(svc->key != key))
		svc = svc->next;
	return svc;
}

/**
 * tcpdiag_service_count() - count a completed handshake
 * @shard: a shard of the child's namespace, locked
 * @key: the key of its listener's service
 * @sk: the child, locked, with the kernel's first sample of its RTT
 * @at_once: its stay in SYN_RECV was 0 and is counted only here
 *
 * The kernel measures from SYN-ACK to ACK, but not if the SYN-ACK was sent
 * again. With a SYN cookie it has only the peer's timestamp, which gives whole
 * milliseconds, so these are not in @rtt.
 *
 * Context: softirq or process, interrupts off.
 */
static __always_inline void tcpdiag_service_count(struct tcpdiag_shard *shard,
						  u32 key,
						  const struct sock *sk,
						  bool at_once)
{
	struct tcpdiag_service *svc = tcpdiag_service_find(shard, key);
	u32 rtt_us = tcp_sk(sk)->srtt_us >> 3;

	if (unlikely(!svc)) {
		svc = tcpdiag_service_new(shard, key);
		if (!svc)
			return;
	}
	svc->done++;
	if (!at_once) {
		svc->stayed++;
		svc->fast_open += tcp_sk(sk)->syn_data_acked;
	}
	if (unlikely(tcp_sk(sk)->total_retrans))
		tcpdiag_service_late(svc);
	else if (likely(rtt_us % USEC_PER_MSEC))
		tcpdiag_tally_add(&svc->rtt, rtt_us);
	else
		svc->untimed++;
}

#endif /* TCPDIAG_ACCOUNT_SERVICE_H */
