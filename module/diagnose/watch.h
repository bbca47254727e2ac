/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker judges all namespaces in turn and remembers which findings stand
 * (standing.h), without a reader.
 */
#ifndef TCPDIAG_DIAGNOSE_WATCH_H
#define TCPDIAG_DIAGNOSE_WATCH_H

#include <linux/types.h>

struct tcpdiag_net;

void tcpdiag_watch_begin(void);
void tcpdiag_watch_tick(struct tcpdiag_net *tn);
void tcpdiag_watch_end(void);
bool tcpdiag_watch_read(const struct tcpdiag_net *tn, u64 *judged_us,
			unsigned int *standing);
void tcpdiag_watch_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_DIAGNOSE_WATCH_H */
