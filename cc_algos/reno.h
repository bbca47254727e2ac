/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Constants and operations that algorithms share with Reno (RFC 5681).
 */
#ifndef TCPDIAG_RENO_H
#define TCPDIAG_RENO_H

#include <net/tcp.h>

/* RFC 5681, 3.1; RFC 9438, 4.6: the least ssthresh, in packets. */
#define TCPDIAG_MIN_SSTHRESH	2U

/* The operations that TCP requires, for an algorithm that acts as Reno. */
#define TCPDIAG_RENO_OPS				\
	.ssthresh	= tcp_reno_ssthresh,		\
	.cong_avoid	= tcp_reno_cong_avoid,		\
	.undo_cwnd	= tcp_reno_undo_cwnd

#endif /* TCPDIAG_RENO_H */
