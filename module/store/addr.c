// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of a socket.
 */
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#include <net/route.h>

#include "store/addr.h"

/**
 * tcpdiag_addr_read() - read the two ends of a socket
 * @sk: a full TCP socket; if it is not locked, the parts may be from different
 *	moments
 * @addr: the result; what the family does not use is 0
 *
 * Context: any.
 */
void tcpdiag_addr_read(const struct sock *sk, struct tcpdiag_addr *addr)
{
	const struct inet_sock *inet = inet_sk(sk);

	memset(addr, 0, sizeof(*addr));
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		addr->local = sk->sk_v6_rcv_saddr;
		addr->remote = sk->sk_v6_daddr;
	}
#endif
	if (sk->sk_family == AF_INET) {
		addr->local.s6_addr32[0] = inet->inet_rcv_saddr;
		addr->remote.s6_addr32[0] = inet->inet_daddr;
	}
	addr->lport = ntohs(inet->inet_sport);
	addr->rport = ntohs(inet->inet_dport);
}

/**
 * tcpdiag_addr_here() - whether an address is one of a namespace's own
 * @net: the namespace
 * @v6: it is IPv6
 * @addr: the address; IPv4 in the first word
 *
 * Context: process.
 * Return: true if it is.
 */
bool tcpdiag_addr_here(struct net *net, bool v6, const struct in6_addr *addr)
{
	if (!v6)
		return inet_addr_type(net, addr->s6_addr32[0]) == RTN_LOCAL;
	return IS_ENABLED(CONFIG_IPV6) && ipv6_chk_addr(net, addr, NULL, 0);
}
