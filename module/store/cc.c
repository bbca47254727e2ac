// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the congestion control algorithms that connections use, ours and
 * the kernel's alike, as small indexes.
 *
 * An algorithm gets its entry when it is first seen on an established
 * connection. Entries are kept until unload, so that an index can be read
 * without a lock and a name outlives the algorithm's module. When the table is
 * full, further algorithms share the last index, "other".
 */
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/tcp.h>

#include "store/cc.h"

#define OTHER	(TCPDIAG_CC_SLOTS - 1)

u32 tcpdiag_cc_keys[TCPDIAG_CC_SLOTS];

static char names[TCPDIAG_CC_SLOTS][TCP_CA_NAME_MAX] = {
	[OTHER] = "other",
};

static unsigned int nr_seen;
/* protects additions */
static DEFINE_SPINLOCK(seen_lock);

static unsigned int find(u32 key, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (tcpdiag_cc_keys[i] == key)
			return i;
	return OTHER;
}

static noinline unsigned int learn(const struct tcp_congestion_ops *ca)
{
	unsigned long irqflags;
	unsigned int i;

	spin_lock_irqsave(&seen_lock, irqflags);
	i = find(ca->key, nr_seen);
	if (i == OTHER && nr_seen < OTHER) {
		i = nr_seen;
		strscpy(names[i], ca->name, sizeof(names[i]));
		WRITE_ONCE(tcpdiag_cc_keys[i], ca->key);
		/* pairs with smp_load_acquire() in tcpdiag_cc_find() */
		smp_store_release(&nr_seen, i + 1);
	}
	spin_unlock_irqrestore(&seen_lock, irqflags);
	return i;
}

/**
 * tcpdiag_cc_find() - index of a socket's algorithm
 * @sk: the socket, locked
 *
 * Context: any.
 * Return: an index below TCPDIAG_CC_SLOTS.
 */
unsigned int tcpdiag_cc_find(const struct sock *sk)
{
	const struct tcp_congestion_ops *ca = inet_csk(sk)->icsk_ca_ops;
	unsigned int i;

	if (!ca)
		return OTHER;
	/* pairs with smp_store_release() in learn() */
	i = find(ca->key, smp_load_acquire(&nr_seen));
	return likely(i != OTHER) ? i : learn(ca);
}

/**
 * tcpdiag_cc_name() - name of an algorithm
 * @index: below TCPDIAG_CC_SLOTS
 *
 * Context: any.
 * Return: the name; an empty string for an index not in use.
 */
const char *tcpdiag_cc_name(unsigned int index)
{
	return names[index];
}
