/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that stay in CLOSE_WAIT: the peer has closed, the program has not.
 * Finds out from kernel facts why each stays, and groups them by owner and
 * port. Pure functions; survey/leaks.c reads the facts from the sockets.
 */
#ifndef TCPDIAG_CLOSE_WAIT_H
#define TCPDIAG_CLOSE_WAIT_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "model/owner.h"

/* Groups that are kept; sockets of further groups are `other`. */
#define TCPDIAG_CW_GROUPS	64
/* A peer that closes so long after its last data did not do so to say its end. */
#define TCPDIAG_CW_GAVE_UP_US	1000000

/**
 * enum tcpdiag_cw_cause - why a socket stays in CLOSE_WAIT
 * @TCPDIAG_CW_NOT_ACCEPTED: still in the accept queue
 * @TCPDIAG_CW_WRITING: it still sends, which is no leak
 * @TCPDIAG_CW_SHARED: more than one process holds the descriptor
 * @TCPDIAG_CW_DATA_UNREAD: data of the peer waits to be read
 * @TCPDIAG_CW_EOF_UNREAD: only the end of file waits to be read
 * @TCPDIAG_CW_EOF_READ: all that was sent has been read, FIN included
 * @TCPDIAG_CW_CAUSES: how many there are
 *
 * The first cause that applies is taken. EOF_READ does not prove that read()
 * returned 0: a FIN may be consumed together with the data before it.
 */
enum tcpdiag_cw_cause {
	TCPDIAG_CW_NOT_ACCEPTED,
	TCPDIAG_CW_WRITING,
	TCPDIAG_CW_SHARED,
	TCPDIAG_CW_DATA_UNREAD,
	TCPDIAG_CW_EOF_UNREAD,
	TCPDIAG_CW_EOF_READ,
	TCPDIAG_CW_CAUSES,
};

/**
 * struct tcpdiag_cw_socket - one socket in CLOSE_WAIT
 * @accepted: accept() has made a descriptor for it
 * @connected: it connected
 * @estimated: @stay_us is a lower bound
 * @sent: it has sent data
 * @age_known: @age_us is known
 * @holders: processes that have it open; 0 if not looked for
 * @rcv_nxt: the sequence number after the FIN
 * @copied_seq: the program has read up to here
 * @write_seq: the program has written up to here
 * @snd_una: the peer has acknowledged up to here
 * @stay_us: time in CLOSE_WAIT
 * @sent_us: time since data was last sent
 * @received: bytes of data that the peer has sent
 * @received_us: time since the last of them came
 * @segments: segments with data that the peer has sent
 * @age_us: time since it was ESTABLISHED
 */
struct tcpdiag_cw_socket {
	bool accepted;
	bool connected;
	bool estimated;
	bool sent;
	bool age_known;
	unsigned int holders;
	u32 rcv_nxt;
	u32 copied_seq;
	u32 write_seq;
	u32 snd_una;
	u64 stay_us;
	u64 sent_us;
	u64 received;
	u64 received_us;
	u32 segments;
	u64 age_us;
};

/**
 * struct tcpdiag_cw_next - the next in a chain: whom a proxy waits for
 * @sockets: how many of the group's @legs lead there
 * @here: most of their other ends are in this namespace, in CLOSE_WAIT
 * @owner: if so, the process that holds them
 * @v6: @addr is IPv6
 * @addr: the address; IPv4 in the first word
 * @port: the port, host order
 */
struct tcpdiag_cw_next {
	u32 sockets;
	bool here;
	struct tcpdiag_owner owner;
	bool v6;
	struct in6_addr addr;
	u16 port;
};

/**
 * struct tcpdiag_cw_group - sockets of one owner and port
 * @owner: the process that holds them; if they are not accepted, the listener's
 * @processes: how many processes it stands for, if it is a sum; else 0
 * @cgroup: id of the sockets' cgroup; 0 if the reader may not see it
 * @port: the port they share: the local one, or for sockets that connected the
 *	remote one
 * @connected: they connected
 * @estimated: @oldest_us is a lower bound
 * @growth_known: @growth is known
 * @fds_known: @fds and @fd_limit are known
 * @sockets: sockets in CLOSE_WAIT for more than a second
 * @suspects: those of @sockets that stay for too long and do not write
 * @causes: the causes of all that stay for too long
 * @oldest_us: longest stay
 * @unread: bytes that wait to be read
 * @growth: growth in sockets per minute
 * @growth_us: the time over which @growth was measured
 * @grew_from: how many sockets there were at its beginning
 * @fds: descriptors the owner has open
 * @fd_limit: how many it may have
 * @pending: those of @suspects on which an answer to the peer may be due
 * @gave_up: those of @pending whose peers waited for a while, then closed
 * @at_once: further ones of @suspects: what was sent last may have been an answer,
 *	or no answer
 * @waited: those of @at_once whose peers waited for a while, then closed
 * @newest_known: @newest_us is known
 * @newest_us: the age of the youngest connection, of all that are accepted
 * @lull_us: the shortest time from a peer's last data to its FIN; 0 if it is
 *	not known
 * @ended: sockets on this port that stayed for too long until their program
 *	closed them
 * @ended_us: the longest of these stays
 * @inherited: those of @suspects whose holder has neither made them nor listens
 * @maker: who listens, or connected them; if @inherited is not 0
 * @legs: sockets in FIN_WAIT2 that the owner connected and still holds; those of
 *	all processes if owners are not known
 * @legs_cut: there may be more of them than @legs: not all were looked at
 * @next: where more of them lead to than to any other end that was looked at
 */
struct tcpdiag_cw_group {
	struct tcpdiag_owner owner;
	u32 processes;
	u64 cgroup;
	u16 port;
	bool connected;
	bool estimated;
	bool growth_known;
	bool fds_known;
	u32 sockets;
	u32 suspects;
	u32 causes[TCPDIAG_CW_CAUSES];
	u64 oldest_us;
	u64 unread;
	s64 growth;
	u64 growth_us;
	u64 grew_from;
	u64 fds;
	u64 fd_limit;
	u32 pending;
	u32 gave_up;
	u32 at_once;
	u32 waited;
	bool newest_known;
	u64 newest_us;
	u64 lull_us;
	u64 ended;
	u64 ended_us;
	u32 inherited;
	struct tcpdiag_owner maker;
	u32 legs;
	bool legs_cut;
	struct tcpdiag_cw_next next;
};

/**
 * struct tcpdiag_close_wait - all of a namespace
 * @n: groups in @groups
 * @groups: the worst first
 * @suspects: suspects in all groups
 * @other: sockets in no group: in CLOSE_WAIT for less than about a second, of
 *	further groups, or not looked at because there were too many
 * @cut: the youngest sockets were not looked at; each group may have more
 */
struct tcpdiag_close_wait {
	unsigned int n;
	bool cut;
	struct tcpdiag_cw_group groups[TCPDIAG_CW_GROUPS];
	u64 suspects;
	u64 other;
};

enum tcpdiag_cw_cause tcpdiag_cw_cause(const struct tcpdiag_cw_socket *s,
				       u64 limit_us);
u32 tcpdiag_cw_unread(const struct tcpdiag_cw_socket *s);
void tcpdiag_cw_add(struct tcpdiag_cw_group *g,
		    const struct tcpdiag_cw_socket *s, u64 limit_us);
bool tcpdiag_cw_is_pending(const struct tcpdiag_cw_socket *s);
bool tcpdiag_cw_worse(const struct tcpdiag_cw_group *a,
		      const struct tcpdiag_cw_group *b);
enum tcpdiag_cw_cause tcpdiag_cw_main_cause(const struct tcpdiag_cw_group *g);
const char *tcpdiag_cw_cause_name(enum tcpdiag_cw_cause cause);
s64 tcpdiag_cw_growth(u64 then, u64 now, u64 span_us);
u64 tcpdiag_cw_full_us(const struct tcpdiag_cw_group *g);

#endif /* TCPDIAG_CLOSE_WAIT_H */
