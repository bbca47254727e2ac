/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which process has a socket open now.
 */
#ifndef TCPDIAG_SURVEY_HOLDERS_H
#define TCPDIAG_SURVEY_HOLDERS_H

#include <linux/types.h>

struct pid;
struct sock;
struct tcpdiag_holders;
struct tcpdiag_net;
struct tcpdiag_owner;
struct tcpdiag_reader;

struct tcpdiag_holders *tcpdiag_holders_get(struct tcpdiag_net *tn);
void tcpdiag_holders_put(struct tcpdiag_holders *h);
void tcpdiag_holders_forget(struct tcpdiag_net *tn);
void tcpdiag_holders_tick(struct tcpdiag_net *tn);
struct pid *tcpdiag_holders_of(const struct tcpdiag_holders *h,
			       const struct sock *sk, unsigned int *count);
bool tcpdiag_holders_name(struct tcpdiag_holders **h, struct tcpdiag_net *tn,
			  struct tcpdiag_owner *owner, const struct sock *sk,
			  struct pid *seen, const char *comm);

#endif /* TCPDIAG_SURVEY_HOLDERS_H */
