// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about TIME_WAIT.
 */
#include <net/net_namespace.h>

#include "diagnose/facts_time_wait.h"
#include "store/mibs.h"
#include "store/net.h"

/**
 * tcpdiag_facts_time_wait() - gather the facts about TIME_WAIT
 * @tn: the namespace
 * @facts: the result
 *
 * Context: process.
 */
void tcpdiag_facts_time_wait(const struct tcpdiag_net *tn,
			     struct tcpdiag_time_wait_facts *facts)
{
	const struct inet_timewait_death_row *row =
		&tn->net->ipv4.tcp_death_row;

	facts->limit = READ_ONCE(row->sysctl_max_tw_buckets);
	facts->overflows = tcpdiag_mib(tn, TCPDIAG_MIB_TIME_WAIT_OVERFLOWS);
}
