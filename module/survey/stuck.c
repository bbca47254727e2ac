// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for closed sockets that wait for their peers, when a reader asks: those
 * in FIN_WAIT1, CLOSING and LAST_ACK for more than a second, longest first.
 */
#include <linux/snmp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "compat.h"
#include "model/snapshot.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/stuck.h"

/* At most this many sockets are looked at in each state. */
#define MAX_LOOKED	4096

/**
 * struct search - state of one search
 * @state: the state being searched
 * @now: ktime_get_ns() at the beginning
 * @limit_us: a socket in LAST_ACK for longer is stuck
 * @family: address family of the oldest socket in LAST_ACK
 * @addr: its two ends
 * @facts: the result
 */
struct search {
	unsigned int state;
	u64 now;
	u64 limit_us;
	unsigned short family;
	struct tcpdiag_addr addr;
	struct tcpdiag_stuck_facts *facts;
};

/*
 * The FIN waits behind what was written before it. As long as the peer takes that,
 * however slowly, it acknowledges, and nothing is sent again.
 */
static bool is_peer_silent(const struct search *search, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	u32 heard = tcp_jiffies32 - READ_ONCE(tcp_sk(sk)->rcv_tstamp);

	return tcpdiag_ticks_us(heard) > search->limit_us &&
	       (READ_ONCE(icsk->icsk_retransmits) ||
		READ_ONCE(icsk->icsk_probes_out));
}

static void last_ack(struct search *search, const struct tcpdiag_record *rec,
		     u64 us)
{
	struct tcpdiag_stuck_facts *facts = search->facts;
	const struct sock *sk = rec->key;

	if (us <= search->limit_us || !is_peer_silent(search, sk))
		return;
	facts->last_ack++;
	facts->last_ack_connected += tcpdiag_has_connected(rec);
	if (us < facts->last_ack_oldest_us)
		return;
	facts->last_ack_oldest_us = us;
	facts->retransmits = READ_ONCE(inet_csk(sk)->icsk_retransmits);
	search->family = sk->sk_family;
	tcpdiag_addr_read(sk, &search->addr);
}

static void judge_orphan(const struct tcpdiag_record *rec, void *arg)
{
	struct search *search = arg;
	const struct sock *sk = rec->key;
	u64 entered, us;

	if (tcpdiag_read_begin(rec, &entered) != search->state ||
	    rec->flags & TCPDIAG_F_MINI || !sock_flag(sk, SOCK_DEAD))
		return;
	us = div_u64(search->now - min(search->now, entered), NSEC_PER_USEC);
	search->facts->orphans++;
	search->facts->orphans_oldest_us = max(us,
					       search->facts->orphans_oldest_us);
	if (search->state == TCP_LAST_ACK)
		last_ack(search, rec, us);
}

/**
 * tcpdiag_stuck_read() - look for closed sockets that wait for their peers
 * @reader: the reader
 * @snap: the namespace's account
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep. Cost: grows with sockets that wait for more than
 * a second.
 * Return: false if memory is short.
 */
bool tcpdiag_stuck_read(const struct tcpdiag_reader *reader,
			const struct tcpdiag_snapshot *snap,
			struct tcpdiag_stuck_facts *facts)
{
	static const u8 states[] = { TCP_FIN_WAIT1, TCP_CLOSING, TCP_LAST_ACK };
	struct tcpdiag_net *tn = reader->tn;
	struct search search = {
		.now = ktime_get_ns(),
		.limit_us = (u64)READ_ONCE(tn->limits.stuck_last_ack_ms) *
			    USEC_PER_MSEC,
		.facts = facts,
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		search.state = states[i];
		if (!snap->now[states[i]])
			continue;
		err = tcpdiag_age_each(tn, states[i], MAX_LOOKED, judge_orphan, NULL,
				       &search);
		if (err == -ENOMEM)
			return false;
		facts->cut |= err == -E2BIG;
	}
	if (facts->cut)
		atomic64_inc(&tn->looks_cut);
	if (facts->last_ack)
		tcpdiag_format_peer(facts->peer, search.family, &search.addr);
	facts->on_machine_known = tcpdiag_orphan_count(&facts->on_machine);
	facts->aborted = tcpdiag_mib_total(tn->net,
					   TCPDIAG_MIB_ABORTS_ON_MEMORY);
	facts->rto_max_ms = tcpdiag_rto_max_ms(tn->net);
	facts->orphan_retries =
		READ_ONCE(tn->net->ipv4.sysctl_tcp_orphan_retries);
	return true;
}
