/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which sockets are wanted, in the words of ss.
 */
#ifndef TCPDIAG_TOOLS_FILTER_H
#define TCPDIAG_TOOLS_FILTER_H

#include <stdbool.h>
#include <stdint.h>

struct nlmsghdr;

/* The kernel's limit, with its NUL. */
#define CC_LEN	16

/**
 * struct prefix - a range of addresses
 * @family: AF_INET or AF_INET6; 0 for none
 * @addr: an address, network order
 * @len: length of the prefix in bits
 */
struct prefix {
	int family;
	uint8_t addr[16];
	uint8_t len;
};

/**
 * struct filter - conditions that a socket must meet, all of them
 * @states: one of these states, a bit for each; 0 for any
 * @local: range of the local address
 * @remote: range of the remote address
 * @has_local_port: @local_port is a condition
 * @has_remote_port: @remote_port is a condition
 * @has_pid: @pid is a condition
 * @has_uid: @uid is a condition
 * @has_cgroup: @cgroup is a condition
 * @local_port: local port
 * @remote_port: remote port
 * @pid: the owner
 * @uid: the owner's user id
 * @cgroup: id of the control group
 * @in_state_us: at least this long in its state
 * @cc: congestion control algorithm; "" for any
 * @columns: columns that are wanted, by attribute, a bit for each; 0 for all
 */
struct filter {
	uint32_t states;
	struct prefix local;
	struct prefix remote;
	bool has_local_port;
	bool has_remote_port;
	bool has_pid;
	bool has_uid;
	bool has_cgroup;
	uint16_t local_port;
	uint16_t remote_port;
	uint32_t pid;
	uint32_t uid;
	uint64_t cgroup;
	uint64_t in_state_us;
	char cc[CC_LEN];
	uint64_t columns;
};

bool filter_parse(struct filter *filter, int argc, char **argv, char *why,
		  unsigned int size);
void filter_put_nest(struct nlmsghdr *nlh, uint16_t type,
		     const struct filter *filter);
void filter_put(struct nlmsghdr *nlh, const struct filter *filter);
bool filter_is_of_ends(const struct filter *filter);

#endif /* TCPDIAG_TOOLS_FILTER_H */
