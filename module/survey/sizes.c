// SPDX-License-Identifier: GPL-2.0
/*
 * Whether large segments get to a peer that they are lost to on some connections:
 * then it is not the MTU of the path. Only the peers of such connections are
 * looked for, among those that the worker's cursor comes to (stalls.c).
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "model/stall.h"
#include "store/addr.h"
#include "store/record.h"
#include "store/shard.h"
#include "survey/sizes.h"

static struct tcpdiag_size *find(struct tcpdiag_sizes *sizes, bool v6,
				 const struct in6_addr *peer)
{
	unsigned int i;

	for (i = 0; i < sizes->n; i++)
		if (sizes->at[i].v6 == v6 &&
		    ipv6_addr_equal(&sizes->at[i].peer, peer))
			return &sizes->at[i];
	return NULL;
}

/**
 * tcpdiag_sizes_suspect() - a connection loses large segments
 * @sizes: the peers that are known to
 * @before: what was known a second ago, or NULL
 * @sk: its socket
 * @segment: bytes of the segment that is lost
 *
 * Context: the worker's; the shard of the socket's record is locked.
 */
void tcpdiag_sizes_suspect(struct tcpdiag_sizes *sizes,
			   const struct tcpdiag_sizes *before,
			   const struct sock *sk, u32 segment)
{
	bool v6 = sk->sk_family == AF_INET6;
	struct tcpdiag_size *size;
	struct tcpdiag_addr addr;

	tcpdiag_addr_read(sk, &addr);
	size = find(sizes, v6, &addr.remote);
	if (size) {
		size->segment = min(size->segment, segment);
		return;
	}
	if (sizes->n == TCPDIAG_SIZES)
		return;
	sizes->at[sizes->n++] = (struct tcpdiag_size) {
		.v6 = v6,
		.peer = addr.remote,
		.segment = segment,
		.passed_ns = before ? tcpdiag_sizes_passed_ns(before, v6,
							      &addr.remote) :
				      0,
	};
}

/**
 * tcpdiag_sizes_meet() - look whether a connection's large segments got there
 * @sizes: the peers that others are lost to
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_sizes_meet(struct tcpdiag_sizes *sizes,
			const struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;
	const struct tcp_sock *tp = tcp_sk(sk);
	struct tcpdiag_size *size;
	struct tcpdiag_addr addr;
	u64 entered, now, ago;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	if (likely(!sizes->n))
		return;
	/* only the state tells that the key is a socket of full size */
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	tcpdiag_addr_read(sk, &addr);
	size = find(sizes, sk->sk_family == AF_INET6, &addr.remote);
	if (!size ||
	    !tcpdiag_stall_passed(READ_ONCE(tp->bytes_acked),
				  READ_ONCE(tp->delivered),
				  READ_ONCE(tp->mss_cache), size->segment))
		return;
	now = ktime_get_ns();
	ago = jiffies64_to_nsecs(max_t(s32, tcp_jiffies32 -
					    READ_ONCE(tp->rcv_tstamp), 0));
	size->passed_ns = max(size->passed_ns, now - min(now, ago));
}

/**
 * tcpdiag_sizes_passed_ns() - when a large segment last got to a peer
 * @sizes: the peers that others are lost to
 * @v6: its address is IPv6
 * @peer: the address
 *
 * Context: any.
 * Return: when it was acknowledged, ktime_get_ns(); 0 if none is known.
 */
u64 tcpdiag_sizes_passed_ns(const struct tcpdiag_sizes *sizes, bool v6,
			    const struct in6_addr *peer)
{
	const struct tcpdiag_size *size =
		find((struct tcpdiag_sizes *)sizes, v6, peer);

	return size ? size->passed_ns : 0;
}
