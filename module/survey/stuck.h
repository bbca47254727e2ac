/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closed sockets that wait for their peers.
 */
#ifndef TCPDIAG_SURVEY_STUCK_H
#define TCPDIAG_SURVEY_STUCK_H

#include <linux/types.h>

#include "model/format.h"

struct tcpdiag_reader;
struct tcpdiag_snapshot;

/**
 * struct tcpdiag_stuck_facts - closed sockets that wait for their peers
 * @last_ack: sockets in LAST_ACK for too long, whose peers say nothing
 * @last_ack_connected: those of them for which a program here had called connect()
 * @last_ack_oldest_us: the longest stay of these
 * @peer: the peer that this one waits for
 * @retransmits: retransmissions of its FIN since the last answer
 * @orphans: sockets without a process in FIN_WAIT1, CLOSING or LAST_ACK for
 *	more than a second
 * @orphans_oldest_us: the longest stay of these
 * @on_machine: orphans of all namespaces, younger ones included
 * @on_machine_known: the kernel tells their number
 * @aborted: sockets reset because there were too many orphans or too little
 *	memory, since the namespace began (TCPAbortOnMemory)
 * @orphan_retries: net.ipv4.tcp_orphan_retries
 * @rto_max_ms: net.ipv4.tcp_rto_max_ms, or what is fixed in its place
 * @cut: there were too many: the youngest are not counted
 */
struct tcpdiag_stuck_facts {
	u64 last_ack;
	u64 last_ack_connected;
	u64 last_ack_oldest_us;
	char peer[TCPDIAG_PEER_LEN];
	unsigned int retransmits;
	u64 orphans;
	u64 orphans_oldest_us;
	u64 on_machine;
	bool on_machine_known;
	u64 aborted;
	unsigned int orphan_retries;
	unsigned int rto_max_ms;
	bool cut;
};

bool tcpdiag_stuck_read(const struct tcpdiag_reader *reader,
			const struct tcpdiag_snapshot *snap,
			struct tcpdiag_stuck_facts *facts);

#endif /* TCPDIAG_SURVEY_STUCK_H */
