/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which end of a connection called connect(). For a socket older than the module
 * nobody has seen that: then the ports tell.
 */
#ifndef TCPDIAG_STORE_ROLE_H
#define TCPDIAG_STORE_ROLE_H

#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/sock.h>

#include "store/flags.h"
#include "store/record.h"

/* Whether connect() may have chosen a port. */
static inline bool tcpdiag_is_chosen_port(const struct net *net, u16 port)
{
	int low, high;

	inet_get_local_port_range(net, &low, &high);
	return port >= low && port <= high;
}

/*
 * If connect() may have chosen one of the two ports, but not the other, that is the
 * end that connected.
 */
static inline u8 tcpdiag_role_by_ports(const struct sock_common *c)
{
	const struct net *net = read_pnet(&c->skc_net);
	/* a full socket that goes to CLOSE has given its port back */
	u16 num = c->skc_num ?:
		  ntohs(inet_sk((const struct sock *)c)->inet_sport);
	bool chosen = tcpdiag_is_chosen_port(net, num);

	if (chosen == tcpdiag_is_chosen_port(net, ntohs(c->skc_dport)))
		return TCPDIAG_ROLE_UNKNOWN;
	return chosen ? TCPDIAG_ROLE_ACTIVE : TCPDIAG_ROLE_PASSIVE;
}

/**
 * tcpdiag_likely_role() - how a socket came to be, or seems to have
 * @rec: the record of a socket that is or was connected
 *
 * Context: any; the record's socket cannot go: its shard's lock is held, or an
 * event of the socket runs.
 * Return: the role; TCPDIAG_ROLE_UNKNOWN if the ports do not tell.
 */
static inline u8 tcpdiag_likely_role(const struct tcpdiag_record *rec)
{
	return rec->role != TCPDIAG_ROLE_UNKNOWN ?
	       rec->role : tcpdiag_role_by_ports(rec->key);
}

/**
 * tcpdiag_has_connected() - whether the local end called connect()
 * @rec: the record of a socket that is or was connected
 *
 * Context: as tcpdiag_likely_role().
 * Return: true if it did, or seems to have.
 */
static inline bool tcpdiag_has_connected(const struct tcpdiag_record *rec)
{
	return tcpdiag_likely_role(rec) == TCPDIAG_ROLE_ACTIVE;
}

#endif /* TCPDIAG_STORE_ROLE_H */
