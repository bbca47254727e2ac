/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about handshakes that needed more than one SYN-ACK.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_SYNACKS_H
#define TCPDIAG_DIAGNOSE_FACTS_SYNACKS_H

#include <linux/types.h>

#include "model/owner.h"

struct tcpdiag_reader;

/* Fewer lately are chance: nobody is named. */
#define TCPDIAG_SYNACKS_LEAST	5

/**
 * struct tcpdiag_synacks_facts - the port with most such handshakes lately
 * @port: its number, host order; 0 for none
 * @late: such handshakes since insmod
 * @recent: those of the last two to four minutes
 * @of: of so many handshakes
 * @since_us: for how long these two were counted
 * @ago_us: how long ago the last one was
 * @owner: the process that listens; empty if that is not known
 * @defers: the listener has TCP_DEFER_ACCEPT set: the kernel sends a SYN-ACK
 *	again to a client that has sent no data
 */
struct tcpdiag_synacks_facts {
	u16 port;
	u64 late;
	u32 recent;
	u32 of;
	u64 since_us;
	u64 ago_us;
	struct tcpdiag_owner owner;
	bool defers;
};

bool tcpdiag_facts_synacks(const struct tcpdiag_reader *reader,
			   struct tcpdiag_synacks_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_SYNACKS_H */
