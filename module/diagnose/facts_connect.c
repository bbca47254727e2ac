// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about attempts to connect that fail.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <net/net_namespace.h>

#include "account/attempts.h"
#include "diagnose/facts_connect.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"

static void read_cause(const struct tcpdiag_reader *reader,
		       enum tcpdiag_cause cause, u64 total,
		       struct tcpdiag_connect_fact *f)
{
	struct tcpdiag_victim v;

	f->minute = tcpdiag_attempts_last(reader->tn->failures, cause, &v);
	f->total = total;
	f->last_known = v.at;
	f->v6 = v.v6;
	f->to = v.addr.remote;
	f->port = v.addr.rport;
	f->local_port = v.addr.lport;
	f->ago_us = div_u64(ktime_get_ns() - v.at, NSEC_PER_USEC);
	if (reader->owners)
		tcpdiag_owner_read(&f->owner, v.pid, v.comm, NULL);
	put_pid(v.pid);
}

/**
 * tcpdiag_facts_connect() - gather the facts about failed attempts to connect
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's.
 */
void tcpdiag_facts_connect(const struct tcpdiag_reader *reader,
			   struct tcpdiag_connect_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	u64 failed[TCPDIAG_CAUSES];
	unsigned int c;

	facts->syn_retries = READ_ONCE(tn->net->ipv4.sysctl_tcp_syn_retries);
	/* pairs with cmpxchg() in failures_of() */
	if (!READ_ONCE(tn->failures) ||
	    !tcpdiag_phase_hears(TCPDIAG_SOURCE_CONNECTS))
		return;
	tcpdiag_attempts_read(tn, failed);
	for (c = 0; c < TCPDIAG_CAUSES; c++)
		read_cause(reader, c, failed[c], &facts->cause[c]);
}
