// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the sockets that gave a sign that they may not be able to go on, until
 * the worker looks at them, once a second. When there are more than fit, the
 * rest is left to the worker's cursor (survey/stalls.c).
 */
#include <linux/spinlock.h>
#include <net/tcp.h>

#include "account/signs.h"

static DEFINE_RAW_SPINLOCK(signs_lock);
/* Signs that the worker has not taken yet; signs_lock. */
static struct tcpdiag_signs waiting;

/* Bytes of the oldest segment that is not acknowledged. */
static u32 head_of(const struct sock *sk)
{
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	return skb ? min(skb->len, tcp_sk(sk)->mss_cache) : 0;
}

/**
 * tcpdiag_signs_timeout() - a timeout has expired
 * @sk: the socket
 *
 * The first timeout is often the loss of a last segment, and over at once.
 *
 * Context: the hook's; interrupts off, the socket is locked.
 */
void tcpdiag_signs_timeout(const struct sock *sk)
{
	lockdep_assert_irqs_disabled();
	if (!inet_csk(sk)->icsk_retransmits)
		return;
	raw_spin_lock(&signs_lock);
	if (waiting.n < TCPDIAG_SIGNS) {
		waiting.key[waiting.n] = sk;
		waiting.head[waiting.n++] = head_of(sk);
	}
	raw_spin_unlock(&signs_lock);
}

/**
 * tcpdiag_signs_take() - take the signs since the last call
 * @signs: set to them
 *
 * Context: process, the worker's.
 */
void tcpdiag_signs_take(struct tcpdiag_signs *signs)
{
	raw_spin_lock_irq(&signs_lock);
	signs->n = waiting.n;
	memcpy(signs->key, waiting.key, waiting.n * sizeof(*waiting.key));
	memcpy(signs->head, waiting.head, waiting.n * sizeof(*waiting.head));
	waiting.n = 0;
	raw_spin_unlock_irq(&signs_lock);
}
