/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long a connection could send.
 */
#ifndef TCPDIAG_STORE_OPEN_H
#define TCPDIAG_STORE_OPEN_H

#include <linux/math64.h>
#include <linux/time64.h>
#include <net/tcp_states.h>

#include "store/record.h"

/* States in which a connection can have data to send. */
#define TCPDIAG_CAN_SEND	(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | \
				 TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)

/**
 * tcpdiag_open_us() - how long a connection could send
 * @rec: its record, not written meanwhile
 * @now: ktime_get_ns()
 *
 * Context: any.
 * Return: microseconds.
 */
static inline u64 tcpdiag_open_us(const struct tcpdiag_record *rec, u64 now)
{
	unsigned int i;
	u64 ns = 0;

	for (i = 1; i <= TCPDIAG_FULL_STATES; i++)
		if (BIT(i) & TCPDIAG_CAN_SEND)
			ns += rec->spent_ns[i - 1];
	if (BIT(rec->state) & TCPDIAG_CAN_SEND)
		ns += tcpdiag_stay_ns(rec, now);
	return div_u64(ns, NSEC_PER_USEC);
}

#endif /* TCPDIAG_STORE_OPEN_H */
