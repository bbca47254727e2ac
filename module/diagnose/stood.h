/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the watch knows of a namespace, for readers: since when findings stand, and
 * what has passed.
 */
#ifndef TCPDIAG_DIAGNOSE_STOOD_H
#define TCPDIAG_DIAGNOSE_STOOD_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "diagnose/elsewhere.h"
#include "diagnose/finding.h"

struct tcpdiag_history;
struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_standing;

/**
 * struct tcpdiag_since - since when a finding stands, for readers
 * @code: its code
 * @about: whom it is about
 * @since_ns: since when, ktime_get_ns()
 */
struct tcpdiag_since {
	const char *code;
	struct tcpdiag_about about;
	u64 since_ns;
};

/**
 * struct tcpdiag_watch - what the worker knows of a namespace
 * @judged_ns: the last judgement, ktime_get_ns()
 * @standing: how many findings are raised
 * @s: findings that are watched; NULL until there was one; the worker's
 * @history: what was raised and cleared; NULL until there was something
 * @elsewhere: what the reader of the initial namespace is told
 * @lock: protects @n and @since
 * @n: entries in @since
 * @since: findings that stand; NULL until there was one
 */
struct tcpdiag_watch {
	u64 judged_ns;
	unsigned int standing;
	struct tcpdiag_standing *s;
	struct tcpdiag_history *history;
	struct tcpdiag_elsewhere elsewhere;
	spinlock_t lock; /* see @lock */
	unsigned int n;
	struct tcpdiag_since *since;
};

struct tcpdiag_watch *tcpdiag_stood(const struct tcpdiag_net *tn);
void tcpdiag_stood_publish(struct tcpdiag_watch *watch);
void tcpdiag_stood_tell_since(const struct tcpdiag_net *tn,
			      struct tcpdiag_findings *findings);
struct tcpdiag_history *tcpdiag_stood_history(const struct tcpdiag_net *tn);
bool tcpdiag_stood_names(const struct tcpdiag_reader *reader);
void tcpdiag_stood_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_DIAGNOSE_STOOD_H */
