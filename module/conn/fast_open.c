// SPDX-License-Identifier: GPL-2.0
/*
 * What became of a connection's Fast Open, when its SYN-ACK comes. The kernel
 * calls the hooked function for sockets only whose program asked for Fast Open.
 */
#include <net/tcp.h>

#include "account/ports.h"
#include "conn/conn.h"
#include "store/record.h"

/* A SYN-ACK that acknowledges the data has taken it off the queue by now. */
static enum tcpdiag_fast_open outcome_of(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	if (!tp->syn_data)
		return TCPDIAG_FAST_OPEN_ASKED;
	if (RB_EMPTY_ROOT(&sk->tcp_rtx_queue))
		return TCPDIAG_FAST_OPEN_USED;
	return tp->total_retrans ? TCPDIAG_FAST_OPEN_DROPPED :
				   TCPDIAG_FAST_OPEN_REFUSED;
}

/**
 * tcpdiag_fast_open_answered() - count a Fast Open whose SYN-ACK has come
 * @sk: a socket that connect() or sendto() began, locked, ESTABLISHED
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_fast_open_answered(const struct sock *sk)
{
	struct tcpdiag_shard *shard;
	struct tcpdiag_record *rec;

	if (!tcp_sk(sk)->syn_fastopen)
		return;
	rec = tcpdiag_find_lock(sk);
	if (!rec)
		return;
	shard = rec->shard;
	tcpdiag_ports_fast_open(shard, rec, outcome_of(sk));
	tcpdiag_unlock(&shard->lock);
}
