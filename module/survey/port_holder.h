/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has a local port now.
 */
#ifndef TCPDIAG_SURVEY_PORT_HOLDER_H
#define TCPDIAG_SURVEY_PORT_HOLDER_H

#include <linux/if.h>
#include <linux/types.h>

#include "model/addr.h"
#include "model/owner.h"

struct tcpdiag_bound_to;
struct tcpdiag_reader;

/**
 * struct tcpdiag_port_holder - the sockets that have a local port
 * @listening: listeners
 * @in_time: those known to have listened when the port was taken already
 * @defers: one of the listeners has TCP_DEFER_ACCEPT set
 * @bound: sockets that are only bound
 * @open: connections
 * @time_wait: sockets in TIME_WAIT
 * @cut: there are more: only some were looked at
 * @missed: not all listeners were looked at: there may be one, or another
 * @owner: the process that has the first of them that is not in TIME_WAIT,
 *	listeners first; empty if not known
 * @v6: the addresses of that socket are IPv6
 * @v6only: it has IPV6_V6ONLY
 * @device: the device that it is bound to; empty for none
 * @addr: its two ends; all 0 if not known
 * @given: it is a connection, and connect() found its port: the program did not
 *	choose one
 */
struct tcpdiag_port_holder {
	unsigned int listening;
	unsigned int in_time;
	bool defers;
	unsigned int bound;
	unsigned int open;
	unsigned int time_wait;
	bool cut;
	bool missed;
	struct tcpdiag_owner owner;
	bool v6;
	bool v6only;
	char device[IFNAMSIZ];
	struct tcpdiag_addr addr;
	bool given;
};

bool tcpdiag_port_holder_read(const struct tcpdiag_reader *reader,
			      const struct tcpdiag_bound_to *to, u16 port,
			      u64 held_ns, struct tcpdiag_port_holder *result);
bool tcpdiag_port_holder_asked(const struct tcpdiag_reader *reader, bool v6,
			       const struct in6_addr *asked, u16 port,
			       u64 refused_ns,
			       struct tcpdiag_port_holder *result);
bool tcpdiag_service_holder_read(const struct tcpdiag_reader *reader, u32 key,
				 u64 held_ns,
				 struct tcpdiag_port_holder *result);

#endif /* TCPDIAG_SURVEY_PORT_HOLDER_H */
