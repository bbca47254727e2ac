/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Programs whose small writes are held back.
 */
#ifndef TCPDIAG_SURVEY_TAILS_H
#define TCPDIAG_SURVEY_TAILS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/owner.h"
#include "model/tail.h"

struct sock;
struct tcpdiag_net;
struct tcpdiag_reader;
struct tcpdiag_record;

/* Programs and peers that are told apart. */
#define TCPDIAG_TAILS	8

/**
 * struct tcpdiag_tail_sum - small writes of one program to one peer
 * @why: TCPDIAG_TAIL_NAGLE or TCPDIAG_TAIL_CORKED
 * @owner: the program
 * @connected: it connected to @peer; else it accepted them on @port
 * @v6: the peer's address is IPv6
 * @peer: the peer's address; IPv4 in the first word
 * @port: the peer's port if @connected, else the local one
 * @samples: how often a connection was found waiting, in looks of one second, in
 *	the last one to two minutes
 * @span_us: since when that was counted
 */
struct tcpdiag_tail_sum {
	enum tcpdiag_tail why;
	struct tcpdiag_owner owner;
	bool connected;
	bool v6;
	struct in6_addr peer;
	u16 port;
	u32 samples;
	u64 span_us;
};

/**
 * struct tcpdiag_tails_facts - programs whose small writes are held back
 * @n: how many in @tail
 * @tail: the programs
 */
struct tcpdiag_tails_facts {
	unsigned int n;
	struct tcpdiag_tail_sum tail[TCPDIAG_TAILS];
};

enum tcpdiag_tail tcpdiag_tails_look(const struct sock *sk);
void tcpdiag_tails_meet(const struct tcpdiag_record *rec);
void tcpdiag_tails_count(struct tcpdiag_net *tn);
bool tcpdiag_tails_any(void);
void tcpdiag_tails_release(struct tcpdiag_net *tn);
void tcpdiag_tails_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_tails_facts *facts);

#endif /* TCPDIAG_SURVEY_TAILS_H */
