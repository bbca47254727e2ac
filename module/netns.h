/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a namespace's account.
 */
#ifndef TCPDIAG_NETNS_H
#define TCPDIAG_NETNS_H

struct tcpdiag_net;

/* netns.c */
int tcpdiag_netns_init(void);
void tcpdiag_netns_exit(void);

/* sysctl.c */
int tcpdiag_sysctl_net_init(struct tcpdiag_net *tn);
void tcpdiag_sysctl_net_exit(struct tcpdiag_net *tn);

#endif /* TCPDIAG_NETNS_H */
