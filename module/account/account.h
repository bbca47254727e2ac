/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account of a namespace as readers see it: one copy of its figures.
 */
#ifndef TCPDIAG_ACCOUNT_ACCOUNT_H
#define TCPDIAG_ACCOUNT_ACCOUNT_H

#include <linux/types.h>

struct tcpdiag_hist;
struct tcpdiag_net;
struct tcpdiag_snapshot;

void tcpdiag_account_read(struct tcpdiag_net *tn,
			  struct tcpdiag_snapshot *snap);
void tcpdiag_account_read_hist(struct tcpdiag_net *tn, unsigned int state,
			       struct tcpdiag_hist *sum);
void tcpdiag_account_read_attempts(struct tcpdiag_net *tn, bool finished,
				   struct tcpdiag_hist *sum);
u32 tcpdiag_account_moves_of(const struct tcpdiag_net *tn, unsigned int state);
u32 tcpdiag_account_generation(const struct tcpdiag_net *tn);
void tcpdiag_account_tick(struct tcpdiag_net *tn);
void tcpdiag_account_settle(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_ACCOUNT_H */
