/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker judges all namespaces in turn and remembers which findings stand
 * (standing.h), without a reader. A watcher is told when they change.
 */
#ifndef TCPDIAG_DIAGNOSE_WATCH_H
#define TCPDIAG_DIAGNOSE_WATCH_H

#include <linux/types.h>

struct net;
struct tcpdiag_change;
struct tcpdiag_net;

/**
 * struct tcpdiag_watcher - who is told when findings change
 * @listens: whether somebody wants to know of those of a namespace
 * @tell: a finding of the namespace @net has changed; false if memory is short
 *
 * Both are called by the worker, in process context.
 */
struct tcpdiag_watcher {
	bool (*listens)(struct net *net);
	bool (*tell)(const void *net, const struct tcpdiag_change *change);
};

void tcpdiag_watch_set_watcher(const struct tcpdiag_watcher *new);
void tcpdiag_watch_begin(void);
void tcpdiag_watch_tick(struct tcpdiag_net *tn);
void tcpdiag_watch_end(void);
bool tcpdiag_watch_read(const struct tcpdiag_net *tn, u64 *judged_us,
			unsigned int *standing);

#endif /* TCPDIAG_DIAGNOSE_WATCH_H */
