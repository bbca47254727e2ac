/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The addresses of a socket, and what a child tells of its listener's.
 */
#ifndef TCPDIAG_STORE_ADDR_H
#define TCPDIAG_STORE_ADDR_H

#include <linux/types.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "model/addr.h"
#include "store/flags.h"

void tcpdiag_addr_read(const struct sock *sk, struct tcpdiag_addr *addr);

/**
 * tcpdiag_addr_listener_flags() - what a child's record says of its listener
 * @child: the child, which has its listener's address yet; or the listener
 *
 * Context: any.
 * Return: TCPDIAG_F_LISTENER_*.
 */
static inline u8 tcpdiag_addr_listener_flags(const struct sock *child)
{
	bool any = child->sk_rcv_saddr == htonl(INADDR_ANY);
	u8 flags = 0;

	if (child->sk_family == AF_INET6) {
		flags = TCPDIAG_F_LISTENER_V6;
#if IS_ENABLED(CONFIG_IPV6)
		any = ipv6_addr_any(&child->sk_v6_rcv_saddr);
#endif
	}
	return any ? flags | TCPDIAG_F_LISTENER_ANY : flags;
}

#endif /* TCPDIAG_STORE_ADDR_H */
