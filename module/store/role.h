/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which end of a connection called connect(). For a socket older than the module
 * nobody has seen that: then the ports tell.
 */
#ifndef TCPDIAG_STORE_ROLE_H
#define TCPDIAG_STORE_ROLE_H

#include <net/ip.h>
#include <net/sock.h>

#include "store/flags.h"
#include "store/record.h"

/* Whether the local end took its port from the range that connect() uses. */
static inline bool tcpdiag_ports_look_active(struct net *net, u16 local,
					     u16 remote)
{
	int low, high;

	inet_get_local_port_range(net, &low, &high);
	return local >= low && local <= high &&
	       !(remote >= low && remote <= high);
}

/* The same of a socket that still has its port. */
static inline bool tcpdiag_looks_active(const struct sock_common *c)
{
	return tcpdiag_ports_look_active(read_pnet(&c->skc_net), c->skc_num,
					 ntohs(c->skc_dport));
}

/**
 * tcpdiag_has_connected() - whether the local end called connect()
 * @rec: the record of a socket that is or was connected
 *
 * Context: any; the record's socket cannot go: its shard's lock is held, or an
 * event of the socket runs.
 * Return: true if it did, or seems to have.
 */
static inline bool tcpdiag_has_connected(const struct tcpdiag_record *rec)
{
	switch (rec->role) {
	case TCPDIAG_ROLE_ACTIVE:
		return true;
	case TCPDIAG_ROLE_UNKNOWN:
		return tcpdiag_looks_active(rec->key);
	default:
		return false;
	}
}

#endif /* TCPDIAG_STORE_ROLE_H */
