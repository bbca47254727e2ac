/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A made-up socket and path for tests of an algorithm. The algorithm's
 * operations are called as TCP calls them; the test sets packet counts and
 * clock.
 */
#ifndef TCPDIAG_CC_SOCKET_H
#define TCPDIAG_CC_SOCKET_H

#include <kunit/test.h>
#include <linux/module.h>
#include <net/tcp.h>

/* no aliases here: modprobe must load tcpdiag, not its tests */
#undef MODULE_ALIAS
#define MODULE_ALIAS(alias)	static_assert(sizeof(alias))

#define NO_LIMIT	0x7fffffff

/* The round-trip time, unless a test sets another. */
#define CC_RTT_US	100000U

static inline struct sock *sk_of(struct tcp_sock *tp)
{
	return (struct sock *)tp;
}

struct tcp_sock *tcpdiag_cc_socket(struct kunit *test,
				   const struct tcp_congestion_ops *ops,
				   u32 cwnd, u32 ssthresh);
struct tcp_sock *tcpdiag_cc_connect(struct kunit *test,
				    const struct tcp_congestion_ops *ops,
				    u32 cwnd, u32 ssthresh);
struct tcp_sock *tcpdiag_cc_after_loss(struct kunit *test,
				       const struct tcp_congestion_ops *ops,
				       u32 cwnd);
void tcpdiag_cc_ack(struct tcp_sock *tp, u32 packets);
void tcpdiag_cc_round_trips(struct tcp_sock *tp, u32 n);
void tcpdiag_cc_reduce(struct tcp_sock *tp);
void tcpdiag_cc_undo(struct tcp_sock *tp);
u32 tcpdiag_cc_window_after_loss(struct kunit *test,
				 const struct tcp_congestion_ops *ops,
				 u32 cwnd);
struct tcp_sock *tcpdiag_cc_expect_clamp(struct kunit *test,
					 const struct tcp_congestion_ops *ops);
void tcpdiag_cc_expect_mean(struct kunit *test, struct tcp_sock *tp,
			    u32 per_loss, u32 losses, u32 average,
			    u32 percent);

#endif /* TCPDIAG_CC_SOCKET_H */
