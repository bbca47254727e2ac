// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about bind() and listen() that find their port taken. Who
 * has the port is looked up only if a call failed lately.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <net/net_namespace.h>

#include "diagnose/facts_binds.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"

/* A failure older than this is no finding. */
#define OVER_NS		(3600 * (u64)NSEC_PER_SEC)

/* False if memory is short. */
static bool read_kind(const struct tcpdiag_reader *reader,
		      enum tcpdiag_bind_kind kind,
		      struct tcpdiag_bind_fact *fact)
{
	struct tcpdiag_bind_sum sum;
	u64 ago;

	if (!tcpdiag_binds_worst(reader->tn, kind, &sum))
		return true;
	ago = ktime_get_ns() - sum.last_ns;
	fact->ago_us = div_u64(ago, NSEC_PER_USEC);
	if (reader->owners)
		tcpdiag_owner_read(&fact->victim, sum.victim.pid,
				   sum.victim.comm, NULL);
	tcpdiag_binds_put(&sum);
	sum.victim.pid = NULL;
	fact->sum = sum;
	fact->holder_known = sum.port && ago < OVER_NS;
	return !fact->holder_known ||
	       tcpdiag_port_holder_read(reader, &sum.to, sum.port,
					sum.last_ns, &fact->holder);
}

/**
 * tcpdiag_facts_binds() - gather the facts about bind() and listen()
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_binds(const struct tcpdiag_reader *reader,
			 struct tcpdiag_binds_facts *facts)
{
	const struct net *net = reader->tn->net;
	unsigned int i;

	facts->missed = tcpdiag_phase_binds_missed();
	facts->autobind_reuse = READ_ONCE(net->ipv4.sysctl_ip_autobind_reuse);
	for (i = 0; i < TCPDIAG_BIND_KINDS; i++)
		if (!read_kind(reader, i, &facts->kind[i]))
			return false;
	return true;
}
