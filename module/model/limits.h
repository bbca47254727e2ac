/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thresholds of findings. Administrators set them as net.tcpdiag.*; a
 * threshold is a field here and one line, with its range and its default, in
 * limits.c.
 */
#ifndef TCPDIAG_MODEL_LIMITS_H
#define TCPDIAG_MODEL_LIMITS_H

#include <linux/types.h>

/**
 * struct tcpdiag_limits - thresholds of findings, net.tcpdiag.*
 * @close_wait_leak_ms: a socket in CLOSE_WAIT for longer is a suspect
 * @stale_established_ms: a connection without keepalive that has carried no
 *	data for longer is stale
 * @stuck_last_ack_ms: a socket in LAST_ACK for longer is stuck
 * @stall_ms: a connection that cannot go on for longer is stalled
 * @slow_accept_ms: a connection that waits longer for accept() waits too long
 * @syn_flood_per_s: this many SYNs a second that find a full queue may be a
 *	flood
 * @failed_connects: a finding needs this many attempts to connect that fail
 *	for one cause in a minute
 * @ports_percent: a destination that uses this share of its local ports is
 *	about to run out of them
 * @churn_per_second: this many connections a second to one destination are
 *	many
 */
struct tcpdiag_limits {
	unsigned int close_wait_leak_ms;
	unsigned int stale_established_ms;
	unsigned int stuck_last_ack_ms;
	unsigned int stall_ms;
	unsigned int slow_accept_ms;
	unsigned int syn_flood_per_s;
	unsigned int failed_connects;
	unsigned int ports_percent;
	unsigned int churn_per_second;
};

/**
 * struct tcpdiag_limit - one threshold
 * @name: name of its sysctl
 * @offset: offset of its field in struct tcpdiag_limits
 * @min: smallest value that may be set
 * @max: largest value that may be set
 * @value: its default
 */
struct tcpdiag_limit {
	const char *name;
	size_t offset;
	unsigned int min;
	unsigned int max;
	unsigned int value;
};

/* How many there are: all fields are of one kind. */
#define TCPDIAG_LIMITS							\
	(sizeof(struct tcpdiag_limits) / sizeof(unsigned int))
extern const struct tcpdiag_limit tcpdiag_limits[TCPDIAG_LIMITS];

void tcpdiag_limits_default(struct tcpdiag_limits *limits);

#endif /* TCPDIAG_MODEL_LIMITS_H */
