// SPDX-License-Identifier: GPL-2.0
/*
 * Compares two looks of the worker's cursor (stalls.c) at a connection that may
 * wrap its sequence numbers without timestamps, or goes in small segments because a
 * window is small. Only such connections are remembered from look to look.
 */
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "model/addr.h"
#include "model/pace.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/record.h"
#include "survey/pace.h"
#include "survey/sampled.h"

/* Connections of a namespace that are remembered. */
#define SLOT_BITS	6
/* Who was not met for so long makes room. */
#define KEEP_US		(10 * (u64)USEC_PER_SEC)
/* Who has moved less in his life cannot wrap in a minute, or not yet. */
#define MANY_BYTES	(256ULL << 20)

/**
 * struct slot - a connection at its last look
 * @key: its socket; only compared; NULL if the slot is free
 * @entered: when its state began
 * @pace: what it said
 */
struct slot {
	const void *key;
	u64 entered;
	struct tcpdiag_pace pace;
};

/**
 * struct tcpdiag_paces - connections of a namespace at their last looks
 * @slot: by hash
 */
struct tcpdiag_paces {
	struct slot slot[1 << SLOT_BITS];
};

/* The worker's: the namespace that it is at has somebody to remember, and no room. */
static bool wanted;

/*
 * The largest segment that peer and path allow: what the kernel sends is bounded to
 * half of a small window as well, and so tells nothing of it.
 */
static u32 mss_of(const struct sock *sk)
{
	u32 mtu = READ_ONCE(inet_csk(sk)->icsk_pmtu_cookie);
	u32 clamp = READ_ONCE(tcp_sk(sk)->rx_opt.mss_clamp);
	u32 headers = READ_ONCE(tcp_sk(sk)->tcp_header_len) +
		      (sk->sk_family == AF_INET ? sizeof(struct iphdr) :
						  sizeof(struct ipv6hdr));

	return min(clamp, mtu - min(mtu, headers));
}

static void read_pace(const struct sock *sk, struct tcpdiag_pace *p)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 limited = READ_ONCE(tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1]);

	if (tp->chrono_type == TCP_CHRONO_RWND_LIMITED)
		limited += tcp_jiffies32 - READ_ONCE(tp->chrono_start);
	p->at_us = div_u64(ktime_get_ns(), NSEC_PER_USEC);
	p->acked = READ_ONCE(tp->bytes_acked);
	p->sent = READ_ONCE(tp->bytes_sent);
	p->segs_out = READ_ONCE(tp->data_segs_out);
	p->received = READ_ONCE(tp->bytes_received);
	p->segs_in = READ_ONCE(tp->data_segs_in);
	p->window_us = tcpdiag_ticks_us(limited);
	p->mss = mss_of(sk);
	p->max_window = READ_ONCE(tp->max_window);
	p->own_mss = READ_ONCE(tp->advmss);
	p->own_window = READ_ONCE(tp->rcv_wnd);
	p->own_most = min_t(u32, READ_ONCE(tp->window_clamp),
			    max(tcp_full_space(sk), 0));
}

/* What does not leave the host is not late by minutes. */
static bool is_here(const struct sock *sk)
{
	struct tcpdiag_addr addr;

	tcpdiag_addr_read(sk, &addr);
	return ipv6_addr_equal(&addr.local, &addr.remote) ||
	       (sk->sk_family == AF_INET ?
		ipv4_is_loopback(addr.remote.s6_addr32[0]) :
		ipv6_addr_loopback(&addr.remote));
}

static bool may_wrap(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return !tp->rx_opt.tstamp_ok &&
	       max(READ_ONCE(tp->bytes_acked),
		   READ_ONCE(tp->bytes_received)) >= MANY_BYTES && !is_here(sk);
}

/* Its program has set SO_RCVBUF; else the kernel makes windows larger. */
static bool may_be_silly_here(const struct sock *sk)
{
	return sk->sk_userlocks & SOCK_RCVBUF_LOCK &&
	       tcpdiag_pace_is_small(READ_ONCE(tcp_sk(sk)->rcv_wnd),
				     READ_ONCE(tcp_sk(sk)->advmss));
}

static bool may_be_silly_there(const struct sock *sk)
{
	return tcpdiag_pace_is_small(READ_ONCE(tcp_sk(sk)->max_window),
				     mss_of(sk));
}

static void add(const struct tcpdiag_record *rec, enum tcpdiag_sample kind,
		u64 a, u64 b)
{
	struct tcpdiag_sample_look look = { .kind = kind, .figure = { a, b } };

	if (a)
		tcpdiag_sampled_add(rec, &look);
}

static void compare(const struct tcpdiag_record *rec,
		    const struct tcpdiag_pace *before,
		    const struct tcpdiag_pace *now)
{
	const struct sock *sk = rec->key;
	u64 rate = may_wrap(sk) ? tcpdiag_pace_rate(before, now) : 0;

	if (tcpdiag_pace_wraps(rate))
		add(rec, TCPDIAG_SAMPLE_WRAP, rate, 0);
	add(rec, TCPDIAG_SAMPLE_SILLY_PEER, tcpdiag_pace_silly_out(before, now),
	    now->max_window);
	if (may_be_silly_here(sk))
		add(rec, TCPDIAG_SAMPLE_SILLY_OWN,
		    tcpdiag_pace_silly_in(before, now),
		    READ_ONCE(sk->sk_rcvbuf));
}

/**
 * tcpdiag_pace_look() - look at what a connection has done since the last look
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_pace_look(const struct tcpdiag_record *rec)
{
	struct tcpdiag_paces *paces = rec->shard->net->paces;
	const struct sock *sk = rec->key;
	struct tcpdiag_pace now;
	struct slot *slot;
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	if (!may_be_silly_there(sk) && !may_be_silly_here(sk) && !may_wrap(sk))
		return;
	if (!paces) {
		wanted = true;
		return;
	}
	read_pace(sk, &now);
	slot = &paces->slot[hash_ptr(sk, SLOT_BITS)];
	if (tcpdiag_read_again(rec, state, entered))
		return;
	if (slot->key == sk && slot->entered == entered)
		compare(rec, &slot->pace, &now);
	else if (slot->key && now.at_us < slot->pace.at_us + KEEP_US)
		return;
	*slot = (struct slot) { .key = sk, .entered = entered, .pace = now };
}

/**
 * tcpdiag_pace_tick() - once a second, after the looks: make room if some is wanted
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_pace_tick(struct tcpdiag_net *tn)
{
	if (wanted) {
		tn->paces = kvzalloc(sizeof(*tn->paces), TCPDIAG_GFP);
		if (!tn->paces)
			atomic64_inc(&tn->alloc_failed);
	}
	wanted = false;
}

/**
 * tcpdiag_pace_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_pace_release(struct tcpdiag_net *tn)
{
	kvfree(tn->paces);
}
