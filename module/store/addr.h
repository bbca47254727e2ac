/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The addresses of a socket.
 */
#ifndef TCPDIAG_STORE_ADDR_H
#define TCPDIAG_STORE_ADDR_H

#include <linux/types.h>

#include "model/addr.h"

struct sock;

void tcpdiag_addr_read(const struct sock *sk, struct tcpdiag_addr *addr);
u8 tcpdiag_addr_listener_flags(const struct sock *child);

#endif /* TCPDIAG_STORE_ADDR_H */
