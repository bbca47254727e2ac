// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the addresses and ports of a socket are those that a reader asks for.
 */
#include <linux/types.h>
#include <net/ipv6.h>
#include <uapi/linux/tcpdiag.h>

#include "model/addr.h"
#include "model/wanted.h"

static bool same_bits(const __be32 *a, const __be32 *b, unsigned int bits)
{
	__be32 mask;

	for (; bits >= 32; bits -= 32)
		if (*a++ != *b++)
			return false;
	if (!bits)
		return true;
	mask = htonl(~0U << (32 - bits));
	return (*a & mask) == (*b & mask);
}

/**
 * tcpdiag_prefix_has() - whether an address is in a range
 * @prefix: the range
 * @v6: the address is one of IPv6
 * @addr: the address; IPv4 in the first word
 *
 * As for ss, an IPv4 range includes IPv4 addresses in the form of IPv6.
 *
 * Context: any.
 * Return: true if it is.
 */
bool tcpdiag_prefix_has(const struct tcpdiag_prefix *prefix, bool v6,
			const struct in6_addr *addr)
{
	const __be32 *word = addr->s6_addr32;

	if (!prefix->v6 && v6) {
		if (!ipv6_addr_v4mapped(addr))
			return false;
		word += 3;
	} else if (prefix->v6 != v6) {
		return false;
	}
	return same_bits(word, prefix->addr.s6_addr32, prefix->bits);
}

/**
 * tcpdiag_wanted_addr() - whether a reader asks for these addresses and ports
 * @wanted: what the reader asks for
 * @v6: the addresses are of IPv6
 * @addr: the addresses and ports
 *
 * Context: any.
 * Return: true if no condition excludes them.
 */
bool tcpdiag_wanted_addr(const struct tcpdiag_wanted *wanted, bool v6,
			 const struct tcpdiag_addr *addr)
{
	u32 conditions = wanted->conditions;

	if (conditions & TCPDIAG_WANTED(LOCAL_PORT) &&
	    addr->lport != wanted->local_port)
		return false;
	if (conditions & TCPDIAG_WANTED(REMOTE_PORT) &&
	    addr->rport != wanted->remote_port)
		return false;
	if (conditions & TCPDIAG_WANTED(LOCAL_PREFIX) &&
	    !tcpdiag_prefix_has(&wanted->local, v6, &addr->local))
		return false;
	return !(conditions & TCPDIAG_WANTED(REMOTE_PREFIX)) ||
	       tcpdiag_prefix_has(&wanted->remote, v6, &addr->remote);
}
