/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RST segments of known connections, by reason, program and service.
 */
#ifndef TCPDIAG_ACCOUNT_RESET_TABLE_H
#define TCPDIAG_ACCOUNT_RESET_TABLE_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "model/reset.h"
#include "model/slots.h"

struct pid;
struct tcpdiag_net;
struct tcpdiag_shard;

/**
 * struct tcpdiag_reset_event - a RST that is sent or received
 * @sent: it is sent
 * @reason: why
 * @state: the state of the socket before
 * @v6: its addresses are IPv6
 * @active: this end made the connection, to @peer and @port; else @port is the
 *	port that it was accepted on
 * @local: the peer is on this host, in the same namespace
 * @peer: the peer's address; IPv4 in the first word
 * @own: this end's; not of a minisocket
 * @port: host order
 * @pid: the program, or NULL; the caller holds it
 * @comm: its name; empty if not known
 * @has_idle: @idle_ns is known
 * @idle_ns: how long nothing was sent or received until the connection was
 *	closed by the side that did so first; else until the RST
 * @has_gap: @gap_ns is known
 * @gap_ns: from that close until the RST; if nobody had closed and @unanswered,
 *	since data was last sent
 * @lost: data of this end that the peer had not acknowledged, in bytes
 * @unanswered: what was sent last came from this end: it waits for an answer; if
 *	one side had closed, the same of that side then
 */
struct tcpdiag_reset_event {
	bool sent;
	u8 reason;
	u8 state;
	bool v6;
	bool active;
	bool local;
	struct in6_addr peer;
	struct in6_addr own;
	u16 port;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	bool has_idle;
	u64 idle_ns;
	bool has_gap;
	u64 gap_ns;
	u32 lost;
	bool unanswered;
};

/**
 * struct tcpdiag_reset_row - what is counted of one kind
 * @count: how many
 * @recent: when
 * @idle: times without data before the close
 * @gap: times from the close, or the last data, until the RST
 * @lost: those that had data which the peer had not acknowledged
 * @lost_recent: when
 * @unanswered_recent: when those came that had something waiting for an answer
 * @since_ns: the first since the last pause
 * @n: how many since then
 * @local: those of @n whose peer is on this host
 * @vote: which peer most of @n have
 * @peer: the address of the candidate
 * @own: this end's address of the last one
 * @pid: the last program, with a reference; or NULL
 *
 * Times are those since the last pause too. A pause is as long as a recent count
 * goes back: ten minutes.
 */
struct tcpdiag_reset_row {
	u64 count;
	struct tcpdiag_recent recent;
	struct tcpdiag_range idle;
	struct tcpdiag_range gap;
	u64 lost;
	struct tcpdiag_recent lost_recent;
	struct tcpdiag_recent unanswered_recent;
	u64 since_ns;
	u64 n;
	u64 local;
	struct tcpdiag_vote vote;
	struct in6_addr peer;
	struct in6_addr own;
	struct pid *pid;
};

/**
 * struct tcpdiag_reset_seen - one row, for a reader
 * @sent: see struct tcpdiag_reset_event, also for what follows
 * @reason: see there
 * @state: see there
 * @v6: see there
 * @active: see there
 * @port: see there
 * @addr: if @active, the peer's address
 * @comm: the program's name
 * @row: what is counted; the reader has a reference to its pid
 */
struct tcpdiag_reset_seen {
	bool sent;
	u8 reason;
	u8 state;
	bool v6;
	bool active;
	u16 port;
	struct in6_addr addr;
	char comm[TASK_COMM_LEN];
	struct tcpdiag_reset_row row;
};

/**
 * struct tcpdiag_resets_seen - the table at one moment
 * @now: ktime_get_ns()
 * @n: how many rows there are
 * @other: RSTs that are in no row
 * @seen: the rows, the largest first
 */
struct tcpdiag_resets_seen {
	u64 now;
	unsigned int n;
	u64 other;
	struct tcpdiag_reset_seen seen[TCPDIAG_SLOTS];
};

void tcpdiag_reset_table_add(struct tcpdiag_shard *shard,
			     const struct tcpdiag_reset_event *e);
void tcpdiag_reset_table_take_back(struct tcpdiag_shard *shard,
				   const struct tcpdiag_reset_event *e);
struct tcpdiag_resets_seen *tcpdiag_reset_table_read(struct tcpdiag_net *tn);
void tcpdiag_reset_table_put(struct tcpdiag_resets_seen *seen);
size_t tcpdiag_reset_table_bytes(const struct tcpdiag_net *tn);
void tcpdiag_reset_table_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_RESET_TABLE_H */
