/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The addresses of a socket, and what a child tells of its listener's.
 */
#ifndef TCPDIAG_STORE_ADDR_H
#define TCPDIAG_STORE_ADDR_H

#include <linux/types.h>
#include <net/inet_sock.h>

#include "model/addr.h"
#include "store/flags.h"

void tcpdiag_addr_read(const struct sock *sk, struct tcpdiag_addr *addr);
bool tcpdiag_addr_here(struct net *net, bool v6, const struct in6_addr *addr);

/**
 * tcpdiag_addr_listener_flags() - what a child's record says of its listener
 * @child: the child; or the listener
 *
 * A socket that was bound to an address says so in its sk_userlocks, which its
 * children inherit; their addresses are their own before we see them since 7.1.
 *
 * Context: any.
 * Return: TCPDIAG_F_LISTENER_*.
 */
static inline u8 tcpdiag_addr_listener_flags(const struct sock *child)
{
	u8 flags = child->sk_family == AF_INET6 ? TCPDIAG_F_LISTENER_V6 : 0;

	return child->sk_userlocks & SOCK_BINDADDR_LOCK ?
	       flags : flags | TCPDIAG_F_LISTENER_ANY;
}

#endif /* TCPDIAG_STORE_ADDR_H */
