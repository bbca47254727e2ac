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
#include "store/addr.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"

/* @v: with a reference to its pid, which is put. */
static void read_victim(const struct tcpdiag_reader *reader,
			struct tcpdiag_victim *v,
			struct tcpdiag_connect_fact *f)
{
	f->last_known = v->at;
	f->v6 = v->v6;
	f->to = v->addr.remote;
	f->port = v->addr.rport;
	f->local_port = v->addr.lport;
	f->syns = v->syns;
	f->waited_s = v->waited_s;
	f->by_icmp = v->by_icmp;
	f->not_sent = v->not_sent;
	f->here = f->last_known && f->port &&
		  tcpdiag_addr_is_here(reader->tn->net, f->v6, &f->to);
	f->ago_us = div_u64(ktime_get_ns() - v->at, NSEC_PER_USEC);
	if (reader->owners)
		tcpdiag_owner_read(&f->owner, v->pid, v->comm, NULL);
	put_pid(v->pid);
}

static void read_cause(const struct tcpdiag_reader *reader,
		       enum tcpdiag_cause cause, u64 total,
		       struct tcpdiag_connect_fact *f)
{
	struct tcpdiag_victim v;

	f->minute = tcpdiag_attempts_last(reader->tn->failures, cause, &v,
					  &f->most, &f->ports);
	f->total = total;
	read_victim(reader, &v, f);
}

/* Who listens where the last attempt @f went. False if memory is short. */
static bool find_holder(const struct tcpdiag_reader *reader,
			const struct tcpdiag_connect_fact *f,
			struct tcpdiag_port_holder *holder)
{
	if (!f->minute || !f->here)
		return true;
	return tcpdiag_port_holder_asked(reader, f->v6, &f->to, f->port,
					 ktime_get_ns() -
					 f->ago_us * NSEC_PER_USEC, holder);
}

/*
 * Who was refused on this host may have asked the wrong one of its addresses; and
 * to whom nobody answers, a listener of this host may be in vain. False if memory
 * is short.
 */
static bool find_service(const struct tcpdiag_reader *reader,
			 struct tcpdiag_connect_facts *facts)
{
	const struct tcpdiag_connect_fact *f =
		&facts->cause[TCPDIAG_CAUSE_REFUSED];

	facts->holder_known = f->minute && f->here;
	return find_holder(reader, f, &facts->holder) &&
	       find_holder(reader, &facts->silent, &facts->silent_holder);
}

/**
 * tcpdiag_facts_connect() - gather the facts about failed attempts to connect
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_connect(const struct tcpdiag_reader *reader,
			   struct tcpdiag_connect_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_victim v;
	u64 failed[TCPDIAG_CAUSES];
	unsigned int c;
	u64 since_ns;

	facts->syn_retries = READ_ONCE(tn->net->ipv4.sysctl_tcp_syn_retries);
	/* pairs with cmpxchg() in failures_of() */
	if (!READ_ONCE(tn->failures) ||
	    !tcpdiag_phase_hears(TCPDIAG_SOURCE_CONNECTS))
		return true;
	tcpdiag_attempts_read(tn, failed);
	for (c = 0; c < TCPDIAG_CAUSES; c++)
		read_cause(reader, c, failed[c], &facts->cause[c]);
	facts->silent.minute = tcpdiag_attempts_silent(tn->failures, &v,
						       &since_ns);
	facts->silent_since_us = div_u64(ktime_get_ns() - since_ns,
					 NSEC_PER_USEC);
	read_victim(reader, &v, &facts->silent);
	return find_service(reader, facts);
}
