/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that cannot go on at this moment.
 */
#ifndef TCPDIAG_SURVEY_STALLS_H
#define TCPDIAG_SURVEY_STALLS_H

#include <linux/sched.h>
#include <linux/types.h>

#include "model/addr.h"
#include "model/format.h"
#include "model/owner.h"
#include "model/stall.h"

struct pid;
struct sock;
struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_stall_list;

/* Programs and peers that are told apart. */
#define TCPDIAG_STALL_GROUPS	8

/**
 * struct tcpdiag_stalled - a connection that cannot go on
 * @sk: its socket; only compared, it may be gone
 * @born_ns: when it was there already, ktime_get_ns()
 * @v6: its family is AF_INET6
 * @addr: its ends
 * @state: TCP_ESTABLISHED or TCP_CLOSE_WAIT
 * @connected: it connected; of a socket older than the module, it seems so
 * @pid: the process that was seen to own it, with a reference; or NULL
 * @comm: its name
 * @nonlocal: its local address may be one of another host
 * @stall: why, and since when
 */
struct tcpdiag_stalled {
	const struct sock *sk;
	u64 born_ns;
	bool v6;
	struct tcpdiag_addr addr;
	u8 state;
	bool connected;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	bool nonlocal;
	struct tcpdiag_stall stall;
};

/**
 * struct tcpdiag_stall_group - those of one cause, program and peer
 * @owner: the program
 * @connected: it connected to @peer; else it accepted them on @port
 * @one_peer: all have the same peer; if @connected, always
 * @v6: the peer's address is IPv6
 * @peer: the peer's address; IPv4 in the first word
 * @port: the peer's port if @connected, else the local one
 * @sockets: how many; of those that cannot go on, for longer than
 *	net.tcpdiag.stall_ms
 * @bytes: bytes that wait in all of them
 * @longest: the one that has waited longest
 * @idle_us: the shortest time without anything from the peer before
 * @gone: those whose local address is no longer one of this host
 * @local: the local address of one of these; else all 0
 * @writers: those on which a thread of the program waits in send()
 * @mutual: those whose peer does not read either
 * @threads: threads of the program; 0 if not known or hidden from the reader
 */
struct tcpdiag_stall_group {
	struct tcpdiag_owner owner;
	bool connected;
	bool one_peer;
	bool v6;
	struct in6_addr peer;
	u16 port;
	u32 sockets;
	u64 bytes;
	struct tcpdiag_stall longest;
	u64 idle_us;
	u32 gone;
	struct in6_addr local;
	u32 writers;
	u32 mutual;
	u32 threads;
};

/**
 * struct tcpdiag_stalls_facts - connections that have not gone on for too long
 * @n: groups in @group
 * @group: the one with most sockets first
 * @cut: there are more than are told
 * @retries: net.ipv4.tcp_retries2
 * @keepalive_s: net.ipv4.tcp_keepalive_time
 * @wmem_max: net.ipv4.tcp_wmem, its maximum
 * @rmem_max: net.ipv4.tcp_rmem, its maximum
 * @mtu_probing: net.ipv4.tcp_mtu_probing
 */
struct tcpdiag_stalls_facts {
	unsigned int n;
	struct tcpdiag_stall_group group[TCPDIAG_STALL_GROUPS];
	bool cut;
	unsigned int retries;
	u64 keepalive_s;
	int wmem_max;
	int rmem_max;
	unsigned int mtu_probing;
};

void tcpdiag_stalls_begin(void);
void tcpdiag_stalls_tick(struct tcpdiag_net *tn);
void tcpdiag_stalls_release(struct tcpdiag_net *tn);
struct tcpdiag_stall_list *tcpdiag_stalls_get(struct tcpdiag_net *tn);
void tcpdiag_stalls_put(struct tcpdiag_stall_list *list);
bool tcpdiag_stalls_cut(const struct tcpdiag_stall_list *list);
u64 tcpdiag_stalls_passed_ns(const struct tcpdiag_stall_list *list, bool v6,
			     const struct in6_addr *peer);
bool tcpdiag_stalls_next(const struct tcpdiag_net *tn,
			 const struct tcpdiag_stall_list *list, u64 *pos,
			 struct tcpdiag_stalled *out);
bool tcpdiag_stalls_read(const struct tcpdiag_reader *reader,
			 struct tcpdiag_stalls_facts *facts);

#endif /* TCPDIAG_SURVEY_STALLS_H */
