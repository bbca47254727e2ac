/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that findings judge, and nothing else: a copy of one namespace's account
 * and of what is looked at only when somebody asks, with the thresholds and the
 * host's settings of that moment. Made for one reader: owners that the reader may not
 * see, or that cannot be found, are left out.
 *
 * A new topic is a struct in a header of its own, a field here and a line in
 * facts.c.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_H
#define TCPDIAG_DIAGNOSE_FACTS_H

#include <linux/types.h>

#include "diagnose/facts_close_wait.h"
#include "diagnose/facts_connect.h"
#include "diagnose/facts_listen.h"
#include "diagnose/facts_ports.h"
#include "diagnose/facts_time_wait.h"
#include "model/limits.h"
#include "model/snapshot.h"
#include "survey/stale.h"
#include "survey/stuck.h"

/**
 * struct tcpdiag_facts - what findings judge
 * @owners: the reader may see who owns what
 * @limits: thresholds
 * @snap: the account
 * @close_wait: sockets that stay in CLOSE_WAIT
 * @stale: connections that have been idle for long
 * @stuck: closed sockets that wait for their peers
 * @listen: listeners
 * @connect: attempts to connect that fail
 * @ports: local ports
 * @time_wait: TIME_WAIT
 */
struct tcpdiag_facts {
	bool owners;
	struct tcpdiag_limits limits;
	struct tcpdiag_snapshot snap;
	struct tcpdiag_close_wait close_wait;
	struct tcpdiag_stale_facts stale;
	struct tcpdiag_stuck_facts stuck;
	struct tcpdiag_listen_facts listen;
	struct tcpdiag_connect_facts connect;
	struct tcpdiag_ports_facts ports;
	struct tcpdiag_time_wait_facts time_wait;
};

#endif /* TCPDIAG_DIAGNOSE_FACTS_H */
