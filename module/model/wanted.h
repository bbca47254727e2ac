/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which sockets and columns a reader asks for. Pure functions.
 */
#ifndef TCPDIAG_MODEL_WANTED_H
#define TCPDIAG_MODEL_WANTED_H

#include <linux/bits.h>
#include <linux/in6.h>
#include <linux/types.h>

struct tcpdiag_addr;

/* A condition is named by the number of its netlink attribute. */
#define TCPDIAG_WANTED(condition)	BIT(TCPDIAG_A_FILTER_##condition)
/* Conditions about who owns a socket. */
#define TCPDIAG_WANTED_OWNER						\
	(TCPDIAG_WANTED(PID) | TCPDIAG_WANTED(UID) | TCPDIAG_WANTED(CGROUP))

/**
 * struct tcpdiag_prefix - a range of addresses
 * @v6: of IPv6
 * @bits: how many leading bits must be those of @addr
 * @addr: an address of the range; IPv4 in the first word
 */
struct tcpdiag_prefix {
	bool v6;
	u8 bits;
	struct in6_addr addr;
};

/* Room for the name of an algorithm (TCP_CA_NAME_MAX). */
#define TCPDIAG_WANTED_CC_LEN	16

/**
 * struct tcpdiag_wanted - which sockets and columns a reader asks for
 * @columns: the columns, by the numbers of their attributes
 * @conditions: those that a socket must meet, TCPDIAG_WANTED(); the fields of
 *	the others have no meaning
 * @states: states, one bit each
 * @local_port: local port, host order
 * @remote_port: remote port, host order
 * @local: range of the local address
 * @remote: range of the remote address
 * @pid: the owner, in the reader's pid namespace
 * @uid: the owner's user id, in the reader's user namespace
 * @cgroup: id of the control group
 * @min_us: shortest time in its state, microseconds
 * @cc: name of the congestion control algorithm
 */
struct tcpdiag_wanted {
	u64 columns;
	u32 conditions;
	u32 states;
	u16 local_port;
	u16 remote_port;
	struct tcpdiag_prefix local;
	struct tcpdiag_prefix remote;
	u32 pid;
	u32 uid;
	u64 cgroup;
	u64 min_us;
	char cc[TCPDIAG_WANTED_CC_LEN];
};

bool tcpdiag_prefix_has(const struct tcpdiag_prefix *prefix, bool v6,
			const struct in6_addr *addr);
bool tcpdiag_wanted_addr(const struct tcpdiag_wanted *wanted, bool v6,
			 const struct tcpdiag_addr *addr);

#endif /* TCPDIAG_MODEL_WANTED_H */
