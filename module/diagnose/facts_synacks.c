// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about handshakes that needed more than one SYN-ACK.
 */
#include <linux/in6.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "account/service.h"
#include "diagnose/facts_synacks.h"
#include "store/net.h"
#include "store/reader.h"
#include "survey/port_holder.h"

/* What was longer ago is over. */
#define OVER_NS		(300 * (u64)NSEC_PER_SEC)

/* The service with most of them lately; NULL if there were none. */
static const struct tcpdiag_service_done *
find_worst(const struct tcpdiag_services *s, u64 now)
{
	const struct tcpdiag_service_done *worst = NULL;
	unsigned int i;

	for (i = 0; i < s->n; i++) {
		const struct tcpdiag_service_done *done = &s->done[i];

		if (done->key != TCPDIAG_SERVICE_OTHER && done->late &&
		    now < done->late_last_ns + OVER_NS &&
		    (!worst || done->late_recent > worst->late_recent))
			worst = done;
	}
	return worst;
}

/* False if memory is short. */
static bool name(const struct tcpdiag_reader *reader, u64 held_ns,
		 struct tcpdiag_synacks_facts *facts)
{
	const struct in6_addr any = {};
	struct tcpdiag_port_holder holder;

	if (!tcpdiag_port_holder_read(reader, false, &any, facts->port, held_ns,
				      &holder))
		return false;
	if (holder.listening)
		facts->owner = holder.owner;
	return true;
}

/**
 * tcpdiag_facts_synacks() - gather the facts about repeated SYN-ACKs
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_synacks(const struct tcpdiag_reader *reader,
			   struct tcpdiag_synacks_facts *facts)
{
	struct tcpdiag_services *s = tcpdiag_services_read(reader->tn);
	const struct tcpdiag_service_done *worst;
	u64 now = ktime_get_ns(), last_ns = 0;

	if (!s)
		return false;
	worst = find_worst(s, now);
	if (worst) {
		facts->port = worst->key;
		facts->late = worst->late;
		facts->recent = worst->late_recent;
		facts->of = worst->late_of;
		facts->since_us = div_u64(now - worst->late_since_ns,
					  NSEC_PER_USEC);
		facts->ago_us = div_u64(now - worst->late_last_ns,
					NSEC_PER_USEC);
		last_ns = worst->late_last_ns;
	}
	kvfree(s);
	return !facts->port || name(reader, last_ns, facts);
}
