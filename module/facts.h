/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that findings judge, and nothing else: a copy of one namespace's account
 * and of what is looked at only when somebody asks, with the thresholds and the
 * host's settings of that moment. Made for one reader: owners it may not see,
 * or cannot, are left out.
 *
 * A new topic is a struct of its own here and one line in facts.c that fills it.
 */
#ifndef TCPDIAG_FACTS_H
#define TCPDIAG_FACTS_H

#include <linux/types.h>

#include "close_wait.h"
#include "snapshot.h"

/**
 * struct tcpdiag_limits - thresholds of findings, net.tcpdiag.*
 * @close_wait_leak_ms: a socket in CLOSE_WAIT for longer is a suspect
 *
 * Each has a default in findings.c and a line in sysctl.c.
 */
struct tcpdiag_limits {
	unsigned int close_wait_leak_ms;
};

/**
 * struct tcpdiag_facts - what findings judge
 * @owners: the reader may see who owns what
 * @limits: thresholds
 * @snap: the account
 * @close_wait: sockets that stay in CLOSE_WAIT
 */
struct tcpdiag_facts {
	bool owners;
	struct tcpdiag_limits limits;
	struct tcpdiag_snapshot snap;
	struct tcpdiag_close_wait close_wait;
};

#endif /* TCPDIAG_FACTS_H */
