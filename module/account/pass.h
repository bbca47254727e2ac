/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pass over a namespace's young records, once a second (pass.c).
 */
#ifndef TCPDIAG_ACCOUNT_PASS_H
#define TCPDIAG_ACCOUNT_PASS_H

#include <linux/types.h>

struct tcpdiag_net;

void tcpdiag_pass_tick(struct tcpdiag_net *tn);
void tcpdiag_pass_if_late(struct tcpdiag_net *tn);
u64 tcpdiag_pass_age_us(const struct tcpdiag_net *tn);
void tcpdiag_pass_end(void);

#endif /* TCPDIAG_ACCOUNT_PASS_H */
