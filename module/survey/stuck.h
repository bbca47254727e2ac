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
 * @last_ack: in LAST_ACK for too long
 * @last_ack_oldest_us: the longest of these
 * @peer: whom that one waits for
 * @retransmits: how often that one's FIN was sent again since an answer
 * @orphans: all that no process has and that are there for a second: FIN_WAIT1,
 *	CLOSING, LAST_ACK
 * @orphans_oldest_us: the longest of these
 * @on_machine: orphans of all namespaces, short ones included
 * @aborted: sockets reset because there were too many orphans or too little
 *	memory, since the namespace began (TCPAbortOnMemory)
 * @orphan_retries: net.ipv4.tcp_orphan_retries
 * @cut: there were too many to look at all: the youngest are not counted
 */
struct tcpdiag_stuck_facts {
	u64 last_ack;
	u64 last_ack_oldest_us;
	char peer[TCPDIAG_PEER_LEN];
	unsigned int retransmits;
	u64 orphans;
	u64 orphans_oldest_us;
	u64 on_machine;
	u64 aborted;
	unsigned int orphan_retries;
	bool cut;
};

bool tcpdiag_stuck_read(const struct tcpdiag_reader *reader,
			const struct tcpdiag_snapshot *snap,
			struct tcpdiag_stuck_facts *facts);

#endif /* TCPDIAG_SURVEY_STUCK_H */
