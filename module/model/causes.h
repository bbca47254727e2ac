/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why an attempt to connect failed. Pure functions.
 */
#ifndef TCPDIAG_CAUSES_H
#define TCPDIAG_CAUSES_H

#include <linux/types.h>

/**
 * enum tcpdiag_cause - why a connection was not established
 * @TCPDIAG_CAUSE_REFUSED: the SYN was answered with RST, or ICMP said so
 * @TCPDIAG_CAUSE_TIMED_OUT: no answer to any SYN
 * @TCPDIAG_CAUSE_UNREACHABLE: ICMP, or no answer to ARP or neighbour discovery
 * @TCPDIAG_CAUSE_RESET: RST after both SYNs, in a simultaneous open
 * @TCPDIAG_CAUSE_NO_PORT: no SYN was sent because no local port was free
 * @TCPDIAG_CAUSE_TUPLE_IN_USE: no SYN was sent because the socket was bound to a
 *	local port that another connection to the same destination uses
 * @TCPDIAG_CAUSE_ABANDONED: the program closed the socket or ended
 * @TCPDIAG_CAUSE_KILLED: by an administrator (ss -K) or a BPF program
 * @TCPDIAG_CAUSE_OTHER: another error
 * @TCPDIAG_CAUSES: how many there are
 */
enum tcpdiag_cause {
	TCPDIAG_CAUSE_REFUSED,
	TCPDIAG_CAUSE_TIMED_OUT,
	TCPDIAG_CAUSE_UNREACHABLE,
	TCPDIAG_CAUSE_RESET,
	TCPDIAG_CAUSE_NO_PORT,
	TCPDIAG_CAUSE_TUPLE_IN_USE,
	TCPDIAG_CAUSE_ABANDONED,
	TCPDIAG_CAUSE_KILLED,
	TCPDIAG_CAUSE_OTHER,
	TCPDIAG_CAUSES,
};

enum tcpdiag_cause tcpdiag_cause_of(int err, bool syn_sent, bool bound);

#endif /* TCPDIAG_CAUSES_H */
