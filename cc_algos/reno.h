/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What algorithms have in common with Reno (RFC 5681).
 */
#ifndef TCPDIAG_RENO_H
#define TCPDIAG_RENO_H

#include <net/tcp.h>

/* RFC 5681, 3.1; RFC 9438, 4.6: ssthresh is never below two segments. */
#define TCPDIAG_MIN_SSTHRESH	2U

/* The operations that TCP requires, for one that is Reno itself. */
#define TCPDIAG_RENO_OPS				\
	.ssthresh	= tcp_reno_ssthresh,		\
	.cong_avoid	= tcp_reno_cong_avoid,		\
	.undo_cwnd	= tcp_reno_undo_cwnd

#endif /* TCPDIAG_RENO_H */
