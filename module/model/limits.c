// SPDX-License-Identifier: GPL-2.0
/*
 * The table of thresholds: range and default of each.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>

#include "model/limits.h"

#define SECOND	1000U
#define DAY	(24 * 3600 * SECOND)
#define MONTH	(30 * DAY)

#define LIMIT(field, min, max, value)					\
	{ #field, offsetof(struct tcpdiag_limits, field), min, max, value }

const struct tcpdiag_limit tcpdiag_limits[TCPDIAG_LIMITS] = {
	LIMIT(close_wait_leak_ms, SECOND, DAY, 60 * SECOND),
	/* the default of net.ipv4.tcp_keepalive_time */
	LIMIT(stale_established_ms, SECOND, MONTH, 7200 * SECOND),
	/* about seven retransmissions, the first after 200 ms */
	LIMIT(stuck_last_ack_ms, SECOND, DAY, 30 * SECOND),
	LIMIT(stall_ms, 100, DAY, 5 * SECOND),
	LIMIT(slow_accept_ms, 1, DAY, SECOND),
	LIMIT(syn_flood_per_s, 1, 1000000, 10),
	LIMIT(failed_connects, 1, 1000000, 30),
	LIMIT(ports_percent, 1, 100, 80),
	LIMIT(churn_per_second, 1, 1000000, 100),
};

/**
 * tcpdiag_limits_default() - set all thresholds to their defaults
 * @limits: the thresholds
 *
 * Context: any.
 */
void tcpdiag_limits_default(struct tcpdiag_limits *limits)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_limits); i++)
		*(unsigned int *)((char *)limits + tcpdiag_limits[i].offset) =
			tcpdiag_limits[i].value;
}
