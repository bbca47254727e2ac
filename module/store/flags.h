/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the small fields of a record mean, and sets of states.
 */
#ifndef TCPDIAG_STORE_FLAGS_H
#define TCPDIAG_STORE_FLAGS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <net/tcp_states.h>

/* struct tcpdiag_record.flags */
#define TCPDIAG_F_MINI		BIT(0)	/* stands for a timewait minisocket */
#define TCPDIAG_F_EST_STAY	BIT(1)	/* @entered is an estimate */
#define TCPDIAG_F_EST_AGE	BIT(2)	/* older than the module */
#define TCPDIAG_F_HANDED_OFF	BIT(3)	/* a minisocket took over */
#define TCPDIAG_F_LISTENER_ANY	BIT(4)	/* its listener has a wildcard address */
#define TCPDIAG_F_LISTENER_V6	BIT(5)	/* its listener is AF_INET6 */
#define TCPDIAG_F_EXEMPT	BIT(6)	/* allowed beyond the cap */
#define TCPDIAG_F_CLOCK_LOST	BIT(7)	/* no memory for its @clock */

/* struct tcpdiag_record.state while the record is being written. */
#define TCPDIAG_CHANGING	BIT(7)

/**
 * enum tcpdiag_role - how a socket came to be
 * @TCPDIAG_ROLE_UNKNOWN: not known: the socket is older than the module
 * @TCPDIAG_ROLE_ACTIVE: connect()
 * @TCPDIAG_ROLE_PASSIVE: made by a listener
 * @TCPDIAG_ROLE_LISTENER: listen()
 */
enum tcpdiag_role {
	TCPDIAG_ROLE_UNKNOWN,
	TCPDIAG_ROLE_ACTIVE,
	TCPDIAG_ROLE_PASSIVE,
	TCPDIAG_ROLE_LISTENER,
};

/* States of an established connection until it is over. */
#define TCPDIAG_CONNECTED						\
	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 |		\
	 TCPF_CLOSING | TCPF_CLOSE_WAIT | TCPF_LAST_ACK)

/* Full sockets are in the states 1 to TCP_CLOSING, never in TIME_WAIT. */
#define TCPDIAG_FULL_STATES	TCP_CLOSING
static_assert(TCPDIAG_FULL_STATES == 11);

#endif /* TCPDIAG_STORE_FLAGS_H */
