/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Peers that large segments seem to be lost to, and when others got there.
 */
#ifndef TCPDIAG_SURVEY_SIZES_H
#define TCPDIAG_SURVEY_SIZES_H

#include <linux/in6.h>
#include <linux/types.h>

struct sock;
struct tcpdiag_record;

/* Peers that are told apart. */
#define TCPDIAG_SIZES	8

/**
 * struct tcpdiag_size - a peer that large segments are lost to
 * @v6: its address is IPv6
 * @peer: its address; IPv4 in the first word
 * @segment: bytes of the smallest one that is lost
 * @passed_ns: when one as large was last acknowledged on another connection,
 *	ktime_get_ns(); 0 if none is known
 */
struct tcpdiag_size {
	bool v6;
	struct in6_addr peer;
	u32 segment;
	u64 passed_ns;
};

/**
 * struct tcpdiag_sizes - peers that large segments are lost to
 * @n: how many are in @at
 * @at: the peers; further ones are left out
 */
struct tcpdiag_sizes {
	unsigned int n;
	struct tcpdiag_size at[TCPDIAG_SIZES];
};

void tcpdiag_sizes_suspect(struct tcpdiag_sizes *sizes,
			   const struct tcpdiag_sizes *before,
			   const struct sock *sk, u32 segment);
void tcpdiag_sizes_meet(struct tcpdiag_sizes *sizes,
			const struct tcpdiag_record *rec);
u64 tcpdiag_sizes_passed_ns(const struct tcpdiag_sizes *sizes, bool v6,
			    const struct in6_addr *peer);

#endif /* TCPDIAG_SURVEY_SIZES_H */
