// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of a socket.
 */
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
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

/* In the table of routes of a VRF, which is not looked at, or in no table. */
static bool has_device_v4(struct net *net, __be32 addr)
{
	const struct net_device *dev;
	bool is_up;

	rcu_read_lock();
	dev = __ip_dev_find(net, addr, false);
	is_up = dev && READ_ONCE(dev->flags) & IFF_UP;
	rcu_read_unlock();
	return is_up;
}

static bool is_here_v4(struct net *net, __be32 addr)
{
	return inet_addr_type(net, addr) == RTN_LOCAL ||
	       has_device_v4(net, addr);
}

/* No device has it, but a route makes it local (AnyIP: ip route add local). */
static bool has_route_v6(struct net *net, const struct in6_addr *addr)
{
	struct rt6_info *rt = rt6_lookup(net, addr, NULL, 0, NULL, 0);
	bool is_local = rt && rt->rt6i_flags & RTF_LOCAL;

	ip6_rt_put(rt);
	return is_local;
}

static bool is_here_v6(struct net *net, const struct in6_addr *addr)
{
	return IS_ENABLED(CONFIG_IPV6) &&
	       (ipv6_chk_addr(net, addr, NULL, 0) || has_route_v6(net, addr));
}

/**
 * tcpdiag_addr_is_here() - whether an address is one of this namespace
 * @net: the namespace
 * @v6: the address is IPv6
 * @addr: the address; IPv4 in the first word
 *
 * Context: process.
 * Return: true if connections to it do not leave the namespace.
 */
bool tcpdiag_addr_is_here(struct net *net, bool v6, const struct in6_addr *addr)
{
	if (!v6)
		return is_here_v4(net, addr->s6_addr32[0]);
	if (ipv6_addr_v4mapped(addr))
		return is_here_v4(net, addr->s6_addr32[3]);
	return is_here_v6(net, addr);
}
