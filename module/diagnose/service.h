/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A service that is there, but not on the address that clients asked for.
 */
#ifndef TCPDIAG_DIAGNOSE_SERVICE_H
#define TCPDIAG_DIAGNOSE_SERVICE_H

#include <linux/types.h>

struct in6_addr;
struct tcpdiag_finding;
struct tcpdiag_port_holder;

bool tcpdiag_service_there(const struct tcpdiag_port_holder *h, bool v6,
			   const struct in6_addr *asked);
bool tcpdiag_service_was_there(const struct tcpdiag_port_holder *h, bool v6,
			       const struct in6_addr *asked);
void tcpdiag_say_service(struct tcpdiag_finding *f,
			 const struct tcpdiag_port_holder *h, bool v6,
			 const struct in6_addr *asked);

#endif /* TCPDIAG_DIAGNOSE_SERVICE_H */
