/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The congestion control algorithms of tcpdiag. A new one is a file of its own,
 * a line here, one in the table of registry.c and one in Kbuild
 * (Documentation/add-an-algorithm.md).
 */
#ifndef TCPDIAG_CC_ALGOS_H
#define TCPDIAG_CC_ALGOS_H

#include <net/tcp.h>

#include "compat.h"

struct tcpdiag_net;

/* registry.c */
int tcpdiag_cc_algos_init(void);
void tcpdiag_cc_algos_register(void);
void tcpdiag_cc_algos_exit(void);
unsigned int tcpdiag_cc_algos_count(void);
const char *tcpdiag_cc_algos_name(unsigned int index);

/* aimd.c; not const: registration links it into a list of the kernel's */
extern struct tcp_congestion_ops tcpdiag_aimd;
/* cubic_rfc9438.c */
extern struct tcp_congestion_ops tcpdiag_cubic_rfc9438;

/* bbr3.c */
extern struct tcp_congestion_ops tcpdiag_bbr3;
int tcpdiag_bbr3_init(void);
void tcpdiag_bbr3_exit(void);
u64 tcpdiag_bbr3_fallbacks(void);

/* ab_split.c */
extern struct tcp_congestion_ops tcpdiag_ab_split;
void tcpdiag_ab_split_init(struct tcp_congestion_ops *const *algos,
			   unsigned int n);
void tcpdiag_ab_split_net_exit(struct tcpdiag_net *tn);
int tcpdiag_ab_weights_sysctl(TCPDIAG_CTL_CONST struct ctl_table *table,
			      int write, void *buffer, size_t *lenp,
			      loff_t *ppos);

#endif /* TCPDIAG_CC_ALGOS_H */
