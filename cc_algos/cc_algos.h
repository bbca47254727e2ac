/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The algorithms tcpdiag brings. A new one is a file of its own and one line
 * in the table in registry.c (Documentation/add-an-algorithm.md).
 */
#ifndef TCPDIAG_CC_ALGOS_H
#define TCPDIAG_CC_ALGOS_H

#include <net/tcp.h>

/* registry.c */
int tcpdiag_cc_algos_init(void);
void tcpdiag_cc_algos_exit(void);
unsigned int tcpdiag_cc_algos_count(void);
const char *tcpdiag_cc_algos_name(unsigned int index);

/* aimd.c; not const: registration links it into the kernel's list */
extern struct tcp_congestion_ops tcpdiag_aimd;

#endif /* TCPDIAG_CC_ALGOS_H */
