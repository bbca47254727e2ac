/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network namespaces of the machine, each once.
 */
#ifndef TCPDIAG_TOOLS_NETNS_H
#define TCPDIAG_TOOLS_NETNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Room for a name as "ip netns" has it, and for the first digits of an id. */
#define NETNS_NAME_LEN		64
#define CONTAINER_LEN		13

/**
 * struct netns - a network namespace
 * @inode: tells it from all others
 * @pid: the lowest number of a process in it; 0 if only a name holds it
 * @name: its name in /run/netns, the first by the alphabet; "" if it has none
 * @container: first 12 digits of the id of the container that @pid is in, or ""
 */
struct netns {
	uint64_t inode;
	pid_t pid;
	char name[NETNS_NAME_LEN];
	char container[CONTAINER_LEN];
};

/**
 * struct netns_list - all namespaces that were found
 * @netns: the namespaces, in the order of their inodes
 * @n: how many
 * @skipped: processes and names whose namespace could not be seen
 */
struct netns_list {
	struct netns *netns;
	unsigned int n;
	unsigned int skipped;
};

int netns_list(struct netns_list *list, const char *root);
void netns_list_free(struct netns_list *list);
void netns_path(const struct netns *netns, const char *root, char *path,
		size_t size);
void netns_container(char *id, const char *cgroup);

#endif /* TCPDIAG_TOOLS_NETNS_H */
