// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about handshakes that needed more than one SYN-ACK.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "account/service.h"
#include "diagnose/facts_synacks.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/reader.h"
#include "survey/port_holder.h"

/* The service with most of them lately; NULL if there were none. */
static const struct tcpdiag_service_done *
find_worst(const struct tcpdiag_services *s)
{
	const struct tcpdiag_service_done *worst = NULL;
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		const struct tcpdiag_service_done *done = &s->done[i];

		if (done->key != TCPDIAG_SERVICE_OTHER && done->lately.slow &&
		    (!worst || done->lately.slow > worst->lately.slow))
			worst = done;
	}
	return worst;
}

/* False if memory is short. */
static bool name(const struct tcpdiag_reader *reader, u32 key, u64 held_ns,
		 struct tcpdiag_synacks_facts *facts)
{
	struct tcpdiag_port_holder holder;

	if (facts->recent < TCPDIAG_SYNACKS_LEAST)
		return true;
	if (!tcpdiag_service_holder_read(reader, key, held_ns, &holder))
		return false;
	facts->owner = holder.owner;
	facts->defers = holder.defers;
	return true;
}

/**
 * tcpdiag_facts_synacks() - gather the facts about repeated SYN-ACKs
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * If it is not known which listener made a connection, there are none: its port
 * may be that of another one.
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_synacks(const struct tcpdiag_reader *reader,
			   struct tcpdiag_synacks_facts *facts)
{
	const struct tcpdiag_service_done *worst;
	struct tcpdiag_services *s;
	u64 now, last_ns = 0;
	u32 key = 0;

	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_CHILDREN))
		return true;
	s = tcpdiag_services_read(reader->tn);
	if (!s)
		return false;
	now = ktime_get_ns();
	worst = find_worst(s);
	if (worst) {
		key = worst->key;
		facts->port = key;
		facts->late = worst->late;
		facts->recent = worst->lately.slow;
		facts->of = worst->lately.all;
		facts->since_us = div_u64(now - worst->lately.since_ns,
					  NSEC_PER_USEC);
		facts->ago_us = div_u64(now - worst->lately.last_ns,
					NSEC_PER_USEC);
		last_ns = worst->lately.last_ns;
	}
	kvfree(s);
	return !key || name(reader, key, last_ns, facts);
}
