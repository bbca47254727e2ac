/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has a local port now.
 */
#ifndef TCPDIAG_SURVEY_PORT_HOLDER_H
#define TCPDIAG_SURVEY_PORT_HOLDER_H

#include <linux/types.h>

#include "model/addr.h"
#include "model/owner.h"

struct in6_addr;
struct tcpdiag_reader;

/**
 * struct tcpdiag_port_holder - the sockets that have a local port
 * @listening: listeners
 * @bound: sockets that are only bound
 * @open: connections
 * @time_wait: sockets in TIME_WAIT
 * @cut: there are more: only some were looked at
 * @owner: the process that has the first of them that is not in TIME_WAIT,
 *	listeners first; empty if not known
 * @v6: the addresses of that socket are IPv6
 * @addr: its two ends; all 0 if not known
 * @given: it is a connection, and connect() found its port: the program did not
 *	choose one
 */
struct tcpdiag_port_holder {
	unsigned int listening;
	unsigned int bound;
	unsigned int open;
	unsigned int time_wait;
	bool cut;
	struct tcpdiag_owner owner;
	bool v6;
	struct tcpdiag_addr addr;
	bool given;
};

bool tcpdiag_port_holder_read(const struct tcpdiag_reader *reader, bool v6,
			      const struct in6_addr *addr, u16 port,
			      u64 held_ns, struct tcpdiag_port_holder *result);

#endif /* TCPDIAG_SURVEY_PORT_HOLDER_H */
