// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about local ports.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "account/ports_read.h"
#include "diagnose/facts_ports.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"

static void read_fact(const struct tcpdiag_ports_table *table,
		      const struct tcpdiag_peer_sum *s, bool owners,
		      struct tcpdiag_ports_fact *fact)
{
	fact->sum = *s;
	fact->sum.user.pid = NULL;
	fact->sum.victim.pid = NULL;
	fact->sum.late_user.pid = NULL;
	fact->sum.binder.pid = NULL;
	fact->sum.fast_open_user.pid = NULL;
	fact->taken = tcpdiag_peer_taken(s, &table->rules);
	fact->reuses = tcpdiag_peer_reuses(s, table->rules.reuse);
	fact->forecast_s = tcpdiag_peer_forecast(s, &table->rules);
	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_CONNECTS))
		fact->sum.no_port = 0;
	if (fact->sum.no_port)
		fact->refused_us = div_u64(ktime_get_ns() - s->no_port_ns,
					   NSEC_PER_USEC);
	if (s->late)
		fact->late_us = div_u64(ktime_get_ns() - s->lately.last_ns,
					NSEC_PER_USEC);
	if (!owners)
		return;
	tcpdiag_owner_read(&fact->user, s->user.pid, s->user.comm, NULL);
	tcpdiag_owner_read(&fact->victim, s->victim.pid, s->victim.comm, NULL);
	tcpdiag_owner_read(&fact->late_user, s->late_user.pid,
			   s->late_user.comm, NULL);
	tcpdiag_owner_read(&fact->fast_open_user, s->fast_open_user.pid,
			   s->fast_open_user.comm, NULL);
}

/* Whether connections to the destination stay in this namespace. */
static bool is_here(const struct tcpdiag_reader *reader,
		    const struct tcpdiag_key *key)
{
	bool v6 = key->rest & TCPDIAG_PEER_V6;
	struct in6_addr to = {};

	if (v6)
		memcpy(&to, key->word + 2, sizeof(to));
	else
		to.s6_addr32[0] = (__force __be32)lower_32_bits(key->word[0]);
	return tcpdiag_addr_is_here(reader->tn->net, v6, &to);
}

/**
 * tcpdiag_facts_ports() - gather the facts about local ports
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_ports(const struct tcpdiag_reader *reader,
			 struct tcpdiag_ports_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_ports_worst worst;
	struct tcpdiag_ports_table *table;

	table = tcpdiag_ports_read_worst(tn, &worst);
	if (!table)
		return false;
	facts->low = table->low;
	facts->high = table->high;
	facts->reserved = table->reserved;
	facts->ecn = READ_ONCE(reader->tn->net->ipv4.sysctl_tcp_ecn);
	facts->rules = table->rules;
	facts->now_ns = ktime_get_ns();
	if (table->n) {
		read_fact(table, worst.fullest, reader->owners, &facts->fullest);
		read_fact(table, worst.refused, reader->owners, &facts->refused);
		read_fact(table, worst.busiest, reader->owners, &facts->busiest);
		read_fact(table, worst.bound, reader->owners, &facts->bound);
		read_fact(table, worst.late, reader->owners, &facts->late);
		read_fact(table, worst.fast_open, reader->owners,
			  &facts->fast_open);
		facts->late_here = is_here(reader, &worst.late->key);
		facts->bound_least = worst.binder_least;
		if (worst.binder && reader->owners)
			tcpdiag_owner_read(&facts->binder, worst.binder->pid,
					   worst.binder->comm, NULL);
	}
	tcpdiag_ports_put(table);
	return true;
}
