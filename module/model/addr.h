/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The two ends of a connection, as they are printed, and where a socket is bound.
 */
#ifndef TCPDIAG_MODEL_ADDR_H
#define TCPDIAG_MODEL_ADDR_H

#include <linux/build_bug.h>
#include <linux/in6.h>
#include <linux/types.h>

/**
 * struct tcpdiag_addr - the two ends of a connection
 * @local: local address; IPv4 in the first word
 * @remote: remote address; IPv4 in the first word
 * @lport: local port, host order
 * @rport: remote port, host order; 0 for none
 */
struct tcpdiag_addr {
	struct in6_addr local;
	struct in6_addr remote;
	u16 lport;
	u16 rport;
};

/* It is hashed as a whole, so it must have no padding. */
static_assert(sizeof(struct tcpdiag_addr) ==
	      2 * sizeof(struct in6_addr) + 2 * sizeof(u16));

/**
 * struct tcpdiag_bound_to - the local address that a socket is bound to
 * @v6: it is IPv6
 * @v6only: IPV6_V6ONLY is set: a wildcard is none of IPv4
 * @addr: the address; IPv4 in the first word
 */
struct tcpdiag_bound_to {
	bool v6;
	bool v6only;
	struct in6_addr addr;
};

/* Meets any other, of either family. */
extern const struct tcpdiag_bound_to tcpdiag_bound_anywhere;

bool tcpdiag_bound_meet(const struct tcpdiag_bound_to *a,
			const struct tcpdiag_bound_to *b);

#endif /* TCPDIAG_MODEL_ADDR_H */
