/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What connections lose on their way, by program and peer.
 */
#ifndef TCPDIAG_ACCOUNT_LOSSES_H
#define TCPDIAG_ACCOUNT_LOSSES_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "model/loss.h"
#include "model/reset.h"
#include "model/slots.h"

struct pid;
struct sock;
struct tcpdiag_net;
struct tcpdiag_record;

/* Connections of a row whose segments are counted before they end. */
#define TCPDIAG_LOSS_LIVE	3

/**
 * struct tcpdiag_loss_live - a long connection that loses segments
 * @id: which one it is, a hash; 0 if the place is free
 * @counted: it is one of the long connections that were counted
 * @segments: how many it had sent when it was counted last
 * @again: of those that it sent again
 * @needless: of those that the peer had got already
 */
struct tcpdiag_loss_live {
	u32 id : 31;
	u32 counted : 1;
	u32 segments;
	u32 again;
	u32 needless;
};

/**
 * struct tcpdiag_loss_row - what is lost of one program, and peer or service
 * @since_ns: the first loss since the last pause of ten minutes
 * @last_ns: the last one
 * @first_timeout_ns: the first timeout since there was none in both windows
 * @last_timeout_ns: the last one
 * @window: what was lost lately
 * @accident_second: the second of the clock in which connections last began to end
 *	by TCP_USER_TIMEOUT; 0 for never
 * @vote: which peer most have
 * @peer: the address of the candidate
 * @pid: the last program, with a reference; or NULL
 * @live: connections that are counted and have not ended
 */
struct tcpdiag_loss_row {
	u64 since_ns;
	u64 last_ns;
	u64 first_timeout_ns;
	u64 last_timeout_ns;
	struct tcpdiag_loss_window window;
	u32 accident_second;
	struct tcpdiag_vote vote;
	struct in6_addr peer;
	struct pid *pid;
	struct tcpdiag_loss_live live[TCPDIAG_LOSS_LIVE];
};

/**
 * struct tcpdiag_loss_seen - one row, for a reader
 * @v6: the addresses are IPv6
 * @active: the program connected to @addr and @port; else it accepted on @port
 * @one_peer: most have the same peer
 * @addr: if @active or @one_peer, the peer's address; IPv4 in the first word
 * @port: host order
 * @comm: the name of a program that connected; empty if not known
 * @pid: that program, with a reference; or NULL
 * @since_ns: the first loss since the last pause of ten minutes
 * @last_ns: the last one
 * @timeouts_ns: from the first to the last timeout of @sum
 * @sum: what was lost lately
 */
struct tcpdiag_loss_seen {
	bool v6;
	bool active;
	bool one_peer;
	u16 port;
	struct in6_addr addr;
	char comm[TASK_COMM_LEN];
	struct pid *pid;
	u64 since_ns;
	u64 last_ns;
	u64 timeouts_ns;
	struct tcpdiag_loss_sum sum;
};

/**
 * struct tcpdiag_losses_seen - the table at one moment
 * @now: ktime_get_ns()
 * @sent: segments that the namespace has sent in the time of all figures
 * @sent_again: those that it sent again
 * @other: losses for which there was no row, since the first
 * @n: how many rows there are
 * @seen: the rows, in no order
 */
struct tcpdiag_losses_seen {
	u64 now;
	u64 sent;
	u64 sent_again;
	u64 other;
	unsigned int n;
	struct tcpdiag_loss_seen seen[TCPDIAG_SLOTS];
};

void tcpdiag_losses_recovery(const struct sock *sk);
void tcpdiag_losses_timeout(const struct sock *sk);
void tcpdiag_losses_end(const struct tcpdiag_record *rec,
			const struct sock *sk);
void tcpdiag_losses_tick(struct tcpdiag_net *tn);
struct tcpdiag_losses_seen *tcpdiag_losses_read(struct tcpdiag_net *tn);
void tcpdiag_losses_put(struct tcpdiag_losses_seen *seen);
size_t tcpdiag_losses_bytes(const struct tcpdiag_net *tn);
void tcpdiag_losses_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_ACCOUNT_LOSSES_H */
