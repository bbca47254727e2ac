/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What holds the descriptors of a process.
 */
#ifndef TCPDIAG_SURVEY_DESCRIPTORS_H
#define TCPDIAG_SURVEY_DESCRIPTORS_H

#include <linux/in6.h>
#include <linux/types.h>

struct pid;
struct tcpdiag_holders;

/**
 * struct tcpdiag_descriptors - the descriptors of a process
 * @known: @used and @limit are known
 * @used: how many are open
 * @limit: how many may be (RLIMIT_NOFILE), or RLIM_INFINITY
 * @sockets: TCP sockets among them, if all of @limit are in use; else 0
 * @state: the state that most of these are in; 0 if that is not known
 * @in_state: how many
 * @with_peer: how many sockets have the same peer as most of them, if they do
 * @v6: its address is IPv6
 * @peer: its address; IPv4 in the first word
 */
struct tcpdiag_descriptors {
	bool known;
	u64 used;
	u64 limit;
	u32 sockets;
	u8 state;
	u32 in_state;
	u32 with_peer;
	bool v6;
	struct in6_addr peer;
};

/* No descriptor is left: accept() fails with EMFILE. */
static inline bool tcpdiag_descriptors_out(const struct tcpdiag_descriptors *d)
{
	return d->known && d->used >= d->limit;
}

void tcpdiag_descriptors_read(const struct tcpdiag_holders *h, struct pid *pid,
			      struct tcpdiag_descriptors *d);

#endif /* TCPDIAG_SURVEY_DESCRIPTORS_H */
