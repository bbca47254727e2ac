// SPDX-License-Identifier: GPL-2.0
/*
 * Names of the congestion control algorithms that connections use, ours and
 * the kernel's alike, as small indexes.
 *
 * An entry is made when an algorithm is first seen on an established
 * connection and kept until unload, so that its index can be read without a
 * lock and its name outlives the algorithm's module. Algorithms past the
 * table's end share the last index, "other".
 */
#include <linux/spinlock.h>
#include <linux/string.h>
#include <net/inet_connection_sock.h>

#include "tcpdiag.h"

#define OTHER	(TCPDIAG_CC_SLOTS - 1)

static struct {
	u32 key;
	char name[TCP_CA_NAME_MAX];
} seen[TCPDIAG_CC_SLOTS] = {
	[OTHER] = { .name = "other" },
};

static unsigned int nr_seen;
/* protects additions to seen[] */
static DEFINE_SPINLOCK(seen_lock);

static unsigned int find(u32 key, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (seen[i].key == key)
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
		seen[i].key = ca->key;
		strscpy(seen[i].name, ca->name, sizeof(seen[i].name));
		/* pairs with smp_load_acquire() in tcpdiag_cc_index() */
		smp_store_release(&nr_seen, i + 1);
	}
	spin_unlock_irqrestore(&seen_lock, irqflags);
	return i;
}

/**
 * tcpdiag_cc_index() - index of the algorithm a connection uses
 * @sk: a full TCP socket, locked
 *
 * Context: any.
 * Return: an index below TCPDIAG_CC_SLOTS.
 */
unsigned int tcpdiag_cc_index(const struct sock *sk)
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
 * @index: from tcpdiag_cc_index()
 *
 * Return: the name; an empty string for an index not in use.
 */
const char *tcpdiag_cc_name(unsigned int index)
{
	return seen[index].name;
}
