/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk over the full sockets of a namespace, a batch at a time.
 */
#ifndef TCPDIAG_SCAN_H
#define TCPDIAG_SCAN_H

#include <linux/types.h>

struct net;
struct sock;
struct tcpdiag_addr;
struct tcpdiag_record;

/* How many sockets a reporter holds references to at once. */
#define TCPDIAG_SCAN_BATCH	16

/**
 * struct tcpdiag_scan - a walk over the full sockets of a namespace
 * @net: the namespace
 * @looked_at: records looked at so far, of any kind and namespace
 * @bucket: the chain of the table that the batch comes from
 * @n: sockets in the batch
 * @skip: places of the chain that come before the batch
 * @place: places met so far
 * @found: the batch: each socket with a reference, and the place of its record
 *	in the chain
 *
 * Only full sockets of the namespace have places in a chain: what other namespaces
 * do moves none.
 */
struct tcpdiag_scan {
	const struct net *net;
	unsigned int looked_at;
	unsigned int bucket;
	unsigned int n;
	unsigned int skip;
	unsigned int place;
	struct {
		struct sock *sk;
		unsigned int place;
	} found[TCPDIAG_SCAN_BATCH];
};

bool tcpdiag_scan_fill(struct tcpdiag_scan *scan, unsigned int bucket,
		       unsigned int place, unsigned int end);
bool tcpdiag_scan_more(struct tcpdiag_scan *scan, unsigned int end);
void tcpdiag_scan_put(struct tcpdiag_scan *scan);
bool tcpdiag_scan_copy(struct sock *sk, struct tcpdiag_record *copy,
		       struct tcpdiag_addr *addr);

#endif /* TCPDIAG_SCAN_H */
