/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that a program has open after its FIN, and whose peer does not close.
 */
#ifndef TCPDIAG_SURVEY_HELD_H
#define TCPDIAG_SURVEY_HELD_H

#include <linux/types.h>

#include "model/owner.h"

struct tcpdiag_reader;
struct tcpdiag_snapshot;

/* Groups that are kept. */
#define TCPDIAG_HELD_GROUPS	8

/**
 * struct tcpdiag_held_group - such sockets of one owner, state and port
 * @owner: the process that has them open
 * @state: TCP_FIN_WAIT2, TCP_CLOSING or TCP_LAST_ACK
 * @port: the port they share: the local one, or for sockets that connected the
 *	remote one
 * @connected: they connected
 * @estimated: @oldest_us is a lower bound
 * @fds_known: @fds and @fd_limit are known
 * @sockets: how many
 * @oldest_us: the longest stay
 * @fds: descriptors the owner has open
 * @fd_limit: how many it may have
 */
struct tcpdiag_held_group {
	struct tcpdiag_owner owner;
	u8 state;
	u16 port;
	bool connected;
	bool estimated;
	bool fds_known;
	u32 sockets;
	u64 oldest_us;
	u64 fds;
	u64 fd_limit;
};

/**
 * struct tcpdiag_held_facts - such sockets of a namespace
 * @n: groups in @group
 * @group: the one with most sockets first
 * @cut: there were too many: the youngest are not counted
 * @fin_timeout_us: net.ipv4.tcp_fin_timeout: what stays for less is not counted
 */
struct tcpdiag_held_facts {
	unsigned int n;
	struct tcpdiag_held_group group[TCPDIAG_HELD_GROUPS];
	bool cut;
	u64 fin_timeout_us;
};

bool tcpdiag_held_read(const struct tcpdiag_reader *reader,
		       const struct tcpdiag_snapshot *snap,
		       struct tcpdiag_held_facts *facts);

#endif /* TCPDIAG_SURVEY_HELD_H */
