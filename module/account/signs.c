// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps the sockets that gave a sign that they may not be able to go on, until
 * the worker looks at them, once a second. When there are more than fit, those of
 * a namespace with many make room for one with few, and the rest is left to the
 * worker's cursor (survey/stalls.c).
 */
#include <linux/hash.h>
#include <linux/spinlock.h>
#include <net/tcp.h>

#include "account/signs.h"

/* Namespaces that are told apart, at least most of the time. */
#define SHARE_BITS	6
/* Places that are looked at for one to give up. */
#define TRIES		4

static DEFINE_RAW_SPINLOCK(signs_lock);
/* Signs that the worker has not taken yet; signs_lock. */
static struct tcpdiag_signs waiting;
/* How many of them a namespace has, and whose each is, by hash; signs_lock. */
static u16 shares[1 << SHARE_BITS];
static u8 share_of[TCPDIAG_SIGNS];
/* Where room is looked for; signs_lock. */
static u8 turn;

/* Bytes of the oldest segment that is not acknowledged. */
static u32 head_of(const struct sock *sk)
{
	const struct sk_buff *skb = tcp_rtx_queue_head(sk);

	return skb ? min(skb->len, tcp_sk(sk)->mss_cache) : 0;
}

static_assert(TCPDIAG_SIGNS == U8_MAX + 1);

/*
 * The place for a sign of @share: a free one, or that of a share with more than
 * one more; TCPDIAG_SIGNS if there is none. signs_lock.
 */
static unsigned int find_place(unsigned int share)
{
	unsigned int i;

	if (waiting.n < TCPDIAG_SIGNS)
		return waiting.n++;
	for (i = 0; i < TRIES; i++) {
		u8 at = turn++;

		if (shares[share_of[at]] > shares[share] + 1) {
			shares[share_of[at]]--;
			return at;
		}
	}
	return TCPDIAG_SIGNS;
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
	unsigned int share, at;

	lockdep_assert_irqs_disabled();
	if (!inet_csk(sk)->icsk_retransmits)
		return;
	share = hash_ptr(sock_net(sk), SHARE_BITS);
	raw_spin_lock(&signs_lock);
	at = find_place(share);
	if (at < TCPDIAG_SIGNS) {
		shares[share]++;
		share_of[at] = share;
		waiting.key[at] = sk;
		waiting.head[at] = head_of(sk);
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
	memset(shares, 0, sizeof(shares));
	raw_spin_unlock_irq(&signs_lock);
}
