/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about what connections lose on their way.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_LOSSES_H
#define TCPDIAG_DIAGNOSE_FACTS_LOSSES_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/loss.h"
#include "model/owner.h"

struct tcpdiag_reader;

/* Programs and peers that are told of. */
#define TCPDIAG_LOSS_FACTS	8

/**
 * struct tcpdiag_loss_fact - what is lost of one program, and peer or service
 * @owner: the program; empty if not known or hidden from the reader
 * @active: it connected to @addr and @port; else it accepted on @port
 * @v6: the addresses are IPv6
 * @one_peer: most have the same peer
 * @addr: if @active or @one_peer, the peer's address; IPv4 in the first word
 * @port: host order
 * @share: how much of what is sent is sent again
 * @timeouts: how much timeouts hurt
 * @sum: what was lost lately
 * @timeouts_us: from the first to the last timeout of @sum
 * @since_us: how long ago the first loss was since the last pause of ten minutes
 * @ago_us: how long ago the last was
 */
struct tcpdiag_loss_fact {
	struct tcpdiag_owner owner;
	bool active;
	bool v6;
	bool one_peer;
	struct in6_addr addr;
	u16 port;
	enum tcpdiag_loss share;
	enum tcpdiag_loss timeouts;
	struct tcpdiag_loss_sum sum;
	u64 timeouts_us;
	u64 since_us;
	u64 ago_us;
};

/**
 * struct tcpdiag_losses_facts - all of them
 * @n: entries in @fact
 * @fact: those that lose more than usual, who waits longest for timeouts first
 * @sent: segments that the namespace has sent in the last five to ten minutes
 * @sent_again: those that it sent again
 * @ns_timeouts: TcpExtTCPTimeouts since the module was loaded
 * @ns_probes: TcpExtTCPLossProbes
 * @ns_fast: TcpExtTCPFastRetrans
 * @ns_spurious: TcpExtTCPSpuriousRTOs
 * @early_retrans: net.ipv4.tcp_early_retrans: 3 or more sends tail loss probes
 * @recovery: net.ipv4.tcp_recovery: 1 finds losses by time (RACK)
 */
struct tcpdiag_losses_facts {
	unsigned int n;
	struct tcpdiag_loss_fact fact[TCPDIAG_LOSS_FACTS];
	u64 sent;
	u64 sent_again;
	u64 ns_timeouts;
	u64 ns_probes;
	u64 ns_fast;
	u64 ns_spurious;
	unsigned int early_retrans;
	unsigned int recovery;
};

bool tcpdiag_facts_losses(const struct tcpdiag_reader *reader,
			  struct tcpdiag_losses_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_LOSSES_H */
