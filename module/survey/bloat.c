// SPDX-License-Identifier: GPL-2.0
/*
 * Counts how often transfers are found in a queue, by destination or service:
 * samples, one a second of each connection that the worker's cursor comes to
 * (stalls.c).
 *
 * A destination keeps the shortest round trip that was measured while it had no
 * queue, for ten minutes after the last that was hardly longer: the socket forgets
 * it after five. Clients of a service have paths
 * of their own, so only what their sockets know counts.
 */
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/netdevice.h>
#include <linux/pid.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/dst.h>
#include <net/ipv6.h>
#include <net/tcp.h>

#include "model/bloat.h"
#include "model/lately.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/bloat.h"
#include "survey/port_holder.h"

/* Transfers of one second that are counted. */
#define HITS	64

/**
 * struct hit - a transfer
 * @look: what its socket says
 * @sum: whose it is; without figures and owner
 * @pid: the process that was seen to own it, with a reference; or NULL
 * @comm: its name
 */
struct hit {
	struct tcpdiag_bloat_look look;
	struct tcpdiag_bloat_sum sum;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct bloat - transfers to one destination, or of one service
 * @sum: what is told of them
 * @pid: the last program, with a reference; or NULL
 * @comm: its name
 * @met_ns: when one was last met, ktime_get_ns(); 0 if the place is free
 * @busy: looks that met one that sent as fast as it may
 * @queued: when one was in a queue
 * @own: when that was the own device's
 * @known: the shortest round trip; not of a service
 * @at: how many looks were in a queue
 * @srtt_us: the last of their smoothed round trips, a ring
 * @base_us: the shortest ones of the same looks
 */
struct bloat {
	struct tcpdiag_bloat_sum sum;
	struct pid *pid;
	char comm[TASK_COMM_LEN];
	u64 met_ns;
	u32 busy;
	struct tcpdiag_lately queued;
	struct tcpdiag_lately own;
	struct tcpdiag_bloat_known known;
	unsigned int at;
	u32 srtt_us[TCPDIAG_BLOAT_RTTS];
	u32 base_us[TCPDIAG_BLOAT_RTTS];
};

/**
 * struct tcpdiag_bloats - transfers of a namespace
 * @bloat: by destination or service; the worker writes it, tcpdiag_net.lock
 */
struct tcpdiag_bloats {
	struct bloat bloat[TCPDIAG_BLOATS];
};

/* The worker's: transfers of the namespace that it is at, and how many it has met. */
static struct hit hits[HITS];
static unsigned int nr_hits;
static unsigned int nr_met;
/* For chance under a raw lock, where get_random_u32() may not be called. */
static u32 seed;

static u64 ago_us(u32 then)
{
	return tcpdiag_ticks_us(max_t(s32, tcp_jiffies32 - then, 0));
}

static void read_look(struct tcpdiag_bloat_look *l, const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 una = READ_ONCE(tp->snd_una), next = READ_ONCE(tp->snd_nxt);
	s32 room = una + READ_ONCE(tp->snd_wnd) - next;
	s32 notsent = READ_ONCE(tp->write_seq) - next;
	u32 base = tcp_min_rtt(tp);

	*l = (struct tcpdiag_bloat_look) {
		.disturbed = inet_csk(sk)->icsk_ca_state == TCP_CA_Loss ||
			     READ_ONCE(inet_csk(sk)->icsk_retransmits),
		.packets_out = READ_ONCE(tp->packets_out),
		.in_flight = next - una,
		.notsent = max(notsent, 0),
		.room = max(room, 0),
		.mss = READ_ONCE(tp->mss_cache),
		.sent_us = ago_us(READ_ONCE(tp->lsndtime)),
		.srtt_us = READ_ONCE(tp->srtt_us) >> 3,
		.base_us = base == ~0U ? 0 : base,
		/* minmax keeps when, in jiffies */
		.base_ago_us = ago_us(READ_ONCE(tp->rtt_min.s[0].t)),
		.own = max(sk_wmem_alloc_get(sk), 0),
	};
}

/* Where it leaves this host, and by which congestion control. */
static void read_names(struct tcpdiag_bloat_sum *sum, const struct sock *sk)
{
	const struct tcp_congestion_ops *ca;
	const struct dst_entry *dst;

	rcu_read_lock();
	dst = rcu_dereference(sk->sk_dst_cache);
	if (dst)
		strscpy(sum->device, dst->dev->name, sizeof(sum->device));
	ca = READ_ONCE(inet_csk(sk)->icsk_ca_ops);
	if (ca)
		strscpy(sum->cc, ca->name, sizeof(sum->cc));
	rcu_read_unlock();
}

/* All that are met have the same chance. NULL if this one has none. */
static struct hit *take_hit(void)
{
	unsigned int i = nr_met++;

	if (nr_hits < HITS)
		return &hits[nr_hits++];
	i = reciprocal_scale(jhash_1word(i, seed), i + 1);
	if (i >= HITS)
		return NULL;
	put_pid(hits[i].pid);
	return &hits[i];
}

/**
 * tcpdiag_bloat_meet() - look whether a connection stands in a queue
 * @rec: its record
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_bloat_meet(const struct tcpdiag_record *rec)
{
	const struct sock *sk = rec->key;
	struct tcpdiag_addr addr;
	struct hit now, *h;
	u64 entered;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	/* only the state tells that the key is a socket of full size */
	state = tcpdiag_read_begin(rec, &entered);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return;
	read_look(&now.look, sk);
	/* a shortest round trip of its own: what is known of the path comes later */
	if (!tcpdiag_bloat_judge(&now.look, now.look.base_us))
		return;
	memset(&now.sum, 0, sizeof(now.sum));
	tcpdiag_addr_read(sk, &addr);
	now.sum.connected = tcpdiag_has_connected(rec);
	now.sum.v6 = sk->sk_family == AF_INET6;
	now.sum.peer = addr.remote;
	now.sum.port = now.sum.connected ? addr.rport :
		       rec->listener_port ?: addr.lport;
	read_names(&now.sum, sk);
	memcpy(now.comm, rec->comm, sizeof(now.comm));
	if (tcpdiag_read_again(rec, state, entered))
		return;
	h = take_hit();
	if (!h)
		return;
	now.pid = get_pid(rec->pid);
	*h = now;
}

static bool is_free(const struct bloat *b, u64 now)
{
	return !b->met_ns || now >= b->met_ns + 2 * TCPDIAG_LATELY_NS;
}

/* A route that is not known may be any. */
static bool same_device(const struct tcpdiag_bloat_sum *a,
			const struct tcpdiag_bloat_sum *b)
{
	return !*a->device || !*b->device || !strcmp(a->device, b->device);
}

static bool is_of(const struct bloat *b, const struct tcpdiag_bloat_sum *s)
{
	return b->sum.connected == s->connected && b->sum.port == s->port &&
	       same_device(&b->sum, s) &&
	       (!s->connected ||
		(b->sum.v6 == s->v6 &&
		 ipv6_addr_equal(&b->sum.peer, &s->peer)));
}

/* Which of two places goes to another transfer first. */
static bool gives_way(const struct bloat *a, const struct bloat *b, u64 now)
{
	if (is_free(a, now) != is_free(b, now))
		return is_free(a, now);
	return a->met_ns < b->met_ns;
}

/*
 * The place of a transfer: its own, or else one that is cleared for it, a free one
 * or one that has met no queue. NULL if there is none. @old: set to a pid to put.
 */
static struct bloat *find_place(struct tcpdiag_bloats *bloats,
				const struct tcpdiag_bloat_sum *s, u64 now,
				struct pid **old)
{
	struct bloat *b, *place = NULL;

	for (b = bloats->bloat; b < bloats->bloat + TCPDIAG_BLOATS; b++) {
		if (!is_free(b, now) && is_of(b, s))
			return b;
		if ((is_free(b, now) || !b->queued.total) &&
		    (!place || gives_way(b, place, now)))
			place = b;
	}
	if (place) {
		*old = place->pid;
		memset(place, 0, sizeof(*place));
		place->sum = *s;
	}
	return place;
}

/* One that stands in a queue. Returns a pid to put. */
static struct pid *add(struct bloat *b, const struct hit *h, bool own, u64 now)
{
	unsigned int at = b->at++ % TCPDIAG_BLOAT_RTTS;
	struct pid *old = b->pid;

	b->sum = h->sum;
	b->srtt_us[at] = h->look.srtt_us;
	b->base_us[at] = b->known.us ?: h->look.base_us;
	b->pid = get_pid(h->pid);
	memcpy(b->comm, h->comm, sizeof(b->comm));
	tcpdiag_lately_add(&b->queued, b->busy, now);
	tcpdiag_lately_roll(&b->own, 0, now);
	if (own)
		tcpdiag_lately_add(&b->own, 0, now);
	return old;
}

static void count(struct tcpdiag_net *tn, const struct hit *h, u64 now)
{
	struct pid *old[2] = {};
	enum tcpdiag_bloat how;
	struct bloat *b;

	spin_lock(&tn->lock);
	b = find_place(tn->bloats, &h->sum, now, &old[0]);
	if (b) {
		b->met_ns = now;
		/* clients of a service have paths of their own */
		if (h->sum.connected)
			tcpdiag_bloat_learn(&b->known, &h->look, now);
		how = tcpdiag_bloat_judge(&h->look, b->known.us);
		tcpdiag_lately_roll(&b->queued, b->busy, now);
		b->busy += how != TCPDIAG_BLOAT_UNKNOWN;
		if (how > TCPDIAG_BLOAT_FREE)
			old[1] = add(b, h, how == TCPDIAG_BLOAT_OWN, now);
	}
	spin_unlock(&tn->lock);
	put_pid(old[0]);
	put_pid(old[1]);
}

/* Whether any of them may stand in a queue: most namespaces need no memory. */
static bool is_any_queued(void)
{
	unsigned int i;

	for (i = 0; i < nr_hits; i++)
		if (tcpdiag_bloat_judge(&hits[i].look, 0) > TCPDIAG_BLOAT_FREE)
			return true;
	return false;
}

static bool make_bloats(struct tcpdiag_net *tn)
{
	struct tcpdiag_bloats *bloats;

	if (tn->bloats)
		return true;
	if (!is_any_queued())
		return false;
	bloats = kzalloc(sizeof(*bloats), TCPDIAG_GFP);
	if (!bloats) {
		atomic64_inc(&tn->alloc_failed);
		return false;
	}
	/* pairs with READ_ONCE() in tcpdiag_bloat_read() */
	smp_store_release(&tn->bloats, bloats);
	return true;
}

/**
 * tcpdiag_bloat_count() - count what was met since the last call
 * @tn: the namespace whose connections they were
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_bloat_count(struct tcpdiag_net *tn)
{
	u64 now = ktime_get_ns();
	bool room;

	nr_met = 0;
	if (!nr_hits)
		return;
	seed = get_random_u32();
	room = make_bloats(tn);
	while (nr_hits) {
		struct hit *h = &hits[--nr_hits];

		if (room)
			count(tn, h, now);
		put_pid(h->pid);
	}
}

/**
 * tcpdiag_bloat_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_bloat_release(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; tn->bloats && i < TCPDIAG_BLOATS; i++)
		put_pid(tn->bloats->bloat[i].pid);
	kfree(tn->bloats);
}

static int more_first(const void *a, const void *b)
{
	const struct tcpdiag_bloat_sum *x = a, *y = b;

	return x->samples < y->samples ? 1 : -(x->samples > y->samples);
}

/* The longest round trip of the last looks that met a queue, @n of them. */
static void find_longest(struct bloat *b, unsigned int n)
{
	unsigned int at;

	for (n = min(n, TCPDIAG_BLOAT_RTTS); n; n--) {
		at = (b->at - n) % TCPDIAG_BLOAT_RTTS;
		if (b->srtt_us[at] < b->sum.srtt_us)
			continue;
		b->sum.srtt_us = b->srtt_us[at];
		b->sum.base_us = b->base_us[at];
	}
}

/* A copy with a reference to its pid, and what was counted lately. */
static void copy_bloat(struct tcpdiag_net *tn, struct bloat *b,
		       struct bloat *copy, u64 now)
{
	struct tcpdiag_lately_sum queued, own;

	spin_lock(&tn->lock);
	/* windows end also when nothing is seen any more */
	tcpdiag_lately_roll(&b->queued, b->busy, now);
	tcpdiag_lately_roll(&b->own, 0, now);
	*copy = *b;
	get_pid(copy->pid);
	spin_unlock(&tn->lock);
	tcpdiag_lately_read(&copy->queued, copy->busy, &queued);
	tcpdiag_lately_read(&copy->own, 0, &own);
	copy->sum.samples = queued.slow;
	copy->sum.busy = queued.all;
	copy->sum.own = min(own.slow, queued.slow);
	find_longest(copy, queued.slow);
	copy->sum.varies =
		tcpdiag_bloat_varies(copy->srtt_us,
				     min(copy->at, TCPDIAG_BLOAT_RTTS));
	copy->sum.span_us = div_u64(now - min(now, queued.since_ns),
				    NSEC_PER_USEC);
}

/* Who accepts is not recorded with what was accepted. False if memory is short. */
static bool read_owner(const struct tcpdiag_reader *reader,
		       const struct bloat *b, struct tcpdiag_bloat_sum *sum)
{
	struct tcpdiag_port_holder holder;

	if (!reader->owners)
		return true;
	tcpdiag_owner_read(&sum->owner, b->pid, b->comm, NULL);
	if (sum->connected || sum->owner.pid || *sum->owner.comm)
		return true;
	if (!tcpdiag_port_holder_read(reader, &tcpdiag_bound_anywhere,
				      sum->port, 0, &holder))
		return false;
	sum->owner = holder.owner;
	return true;
}

/**
 * tcpdiag_bloat_read() - which transfers stood in a queue lately
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_bloat_read(const struct tcpdiag_reader *reader,
			struct tcpdiag_bloat_facts *facts)
{
	struct tcpdiag_net *tn = reader->tn;
	struct tcpdiag_bloats *bloats = READ_ONCE(tn->bloats);
	u64 now = ktime_get_ns();
	bool done = true;
	unsigned int i;

	for (i = 0; bloats && done && i < TCPDIAG_BLOATS; i++) {
		struct tcpdiag_bloat_sum *sum = &facts->sum[facts->n];
		struct bloat copy;

		copy_bloat(tn, &bloats->bloat[i], &copy, now);
		if (copy.sum.samples) {
			*sum = copy.sum;
			done = read_owner(reader, &copy, sum);
			facts->n++;
		}
		put_pid(copy.pid);
	}
	sort(facts->sum, facts->n, sizeof(*facts->sum), more_first, NULL);
	return done;
}
