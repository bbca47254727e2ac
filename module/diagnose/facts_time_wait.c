// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about TIME_WAIT.
 */
#include <net/net_namespace.h>

#include "account/time_wait_read.h"
#include "diagnose/facts_time_wait.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"

/* False if memory is short. */
static bool find_most(const struct tcpdiag_reader *reader,
		      struct tcpdiag_time_wait_facts *facts)
{
	struct tcpdiag_time_wait_table *t = tcpdiag_time_wait_read(reader->tn);
	const struct tcpdiag_time_wait_row *row;

	if (!t)
		return false;
	if (t->owners.n && reader->owners) {
		row = &t->owners.row[0];
		facts->owned = row->n;
		tcpdiag_owner_read(&facts->owner, row->pid,
				   (const char *)(row->key.word + 1), NULL);
	}
	if (t->dests.n) {
		facts->gone = t->dests.row[0].n;
		facts->dest = t->dests.row[0].key;
	}
	tcpdiag_time_wait_put(t);
	return true;
}

/**
 * tcpdiag_facts_time_wait() - gather the facts about TIME_WAIT
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_time_wait(const struct tcpdiag_reader *reader,
			     struct tcpdiag_time_wait_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	const struct inet_timewait_death_row *row =
		&tn->net->ipv4.tcp_death_row;

	facts->limit = READ_ONCE(row->sysctl_max_tw_buckets);
	facts->lately = tcpdiag_time_wait_overflowed(tn, &facts->overflows);
	return !facts->lately || find_most(reader, facts);
}
