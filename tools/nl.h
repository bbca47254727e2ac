/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talks to the module. nl.c does; test/nl-fake.c makes the same messages from
 * files, so that tests need no module.
 */
#ifndef TCPDIAG_TOOLS_NL_H
#define TCPDIAG_TOOLS_NL_H

#include <stdbool.h>
#include <stdint.h>

struct filter;
struct nlmsghdr;
struct row;
struct view;

/**
 * struct nl - a connection to the module
 * @socket: the netlink socket
 * @family: number of the family
 * @findings: number of its multicast group findings
 * @seq: sequence number of the last request
 * @overrun: events came faster than they were read, and some were lost
 * @interrupted: some listing changed while it was read, and may lack rows or
 *	have some twice
 * @reason: what the kernel said of the last failure, or ""
 */
struct nl {
	struct mnl_socket *socket;
	uint16_t family;
	uint32_t findings;
	uint32_t seq;
	bool overrun;
	bool interrupted;
	char reason[256];
};

/* Returns 0, or a negative errno that ends the listing. */
typedef int (*row_fn)(const struct row *row, void *data);
/* The same, for the summary's message. */
typedef int (*message_fn)(const struct nlmsghdr *nlh, void *data);

/* Puts the attributes of a request. */
typedef void (*put_fn)(struct nlmsghdr *nlh, const void *data);

const char *nl_root(void);
int nl_enter(int fd);
int nl_open(struct nl *nl);
void nl_close(struct nl *nl);
int nl_dump(struct nl *nl, const struct view *view, const struct filter *filter,
	    row_fn fn, void *data);
int nl_get(struct nl *nl, message_fn fn, void *data);
int nl_ask(struct nl *nl, uint8_t cmd, put_fn put, const void *words,
	   message_fn event, void *data);
int nl_fd(const struct nl *nl);
int nl_listen(struct nl *nl, message_fn event, void *data);
int nl_join_findings(struct nl *nl);
int nl_subscribe(struct nl *nl, uint32_t stream, const struct filter *filter);
int nl_events(struct nl *nl, const struct view *event, row_fn fn, void *data);

#endif /* TCPDIAG_TOOLS_NL_H */
