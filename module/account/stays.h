/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long programs usually keep sockets in CLOSE_WAIT.
 */
#ifndef TCPDIAG_ACCOUNT_STAYS_H
#define TCPDIAG_ACCOUNT_STAYS_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_record;

void tcpdiag_stays_ended(const struct tcpdiag_record *rec, u64 us);
bool tcpdiag_stays_read(struct tcpdiag_net *tn, u16 port, bool connected,
			u64 *ended, u64 *longest_us);
void tcpdiag_stays_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_STAYS_H */
