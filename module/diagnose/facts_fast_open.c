// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about TCP Fast Open.
 */
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <net/net_namespace.h>

#include "diagnose/facts_fast_open.h"
#include "model/ticks.h"
#include "store/net.h"

/* The kernel doubles a pause at most so often. */
#define DOUBLINGS	6

/**
 * tcpdiag_facts_fast_open() - gather the facts about TCP Fast Open
 * @tn: the namespace
 * @facts: the result; all 0 before
 *
 * A pause lasts for net.ipv4.tcp_fastopen_blackhole_timeout, and twice as long
 * each time that no connection with Fast Open succeeds in between
 * (tcp_fastopen_active_should_disable()).
 *
 * Context: process.
 */
void tcpdiag_facts_fast_open(const struct tcpdiag_net *tn,
			     struct tcpdiag_fast_open_facts *facts)
{
	const struct net *net = tn->net;
	unsigned long end;

	facts->timeout_s =
		READ_ONCE(net->ipv4.sysctl_tcp_fastopen_blackhole_timeout);
	facts->pauses = atomic_read(&net->ipv4.tfo_active_disable_times);
	if (!facts->pauses || !facts->timeout_s)
		return;
	end = READ_ONCE(net->ipv4.tfo_active_disable_stamp) +
	      ((unsigned long)facts->timeout_s * HZ <<
	       min_t(unsigned int, facts->pauses - 1, DOUBLINGS));
	if (time_before(jiffies, end))
		facts->paused_us = tcpdiag_ticks_us(end - jiffies);
}
