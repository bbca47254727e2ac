// SPDX-License-Identifier: GPL-2.0
/*
 * Which local addresses a bound socket has.
 */
#include <linux/string.h>
#include <net/ipv6.h>

#include "model/addr.h"

const struct tcpdiag_bound_to tcpdiag_bound_anywhere = { .v6 = true };

/**
 * struct part - what a socket has of one family's addresses
 * @has: any at all
 * @any: all of them
 * @addr: the one it has otherwise; IPv4 in the first word
 */
struct part {
	bool has;
	bool any;
	struct in6_addr addr;
};

static bool is_any(const struct in6_addr *addr)
{
	const struct in6_addr any = {};

	return !memcmp(addr, &any, sizeof(any));
}

static struct part part_v4(const struct tcpdiag_bound_to *b)
{
	bool mapped = b->v6 && ipv6_addr_v4mapped(&b->addr);
	struct part p = {};

	p.addr.s6_addr32[0] = b->addr.s6_addr32[mapped ? 3 : 0];
	if (b->v6 && !mapped) {
		p.any = is_any(&b->addr) && !b->v6only;
		p.has = p.any;
	} else {
		p.any = !p.addr.s6_addr32[0];
		p.has = true;
	}
	return p;
}

static struct part part_v6(const struct tcpdiag_bound_to *b)
{
	return (struct part) {
		.has = b->v6 && !ipv6_addr_v4mapped(&b->addr),
		.any = is_any(&b->addr),
		.addr = b->addr,
	};
}

static bool meet(struct part a, struct part b)
{
	return a.has && b.has &&
	       (a.any || b.any || !memcmp(&a.addr, &b.addr, sizeof(a.addr)));
}

/**
 * tcpdiag_bound_meet() - whether two sockets of one port have an address in
 *	common
 * @a: one of them
 * @b: the other one
 *
 * Context: any.
 * Return: true if they have: one of them keeps the other from binding.
 */
bool tcpdiag_bound_meet(const struct tcpdiag_bound_to *a,
			const struct tcpdiag_bound_to *b)
{
	return meet(part_v4(a), part_v4(b)) || meet(part_v6(a), part_v6(b));
}
