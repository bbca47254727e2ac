// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the connections that cannot go on at this moment. stalls_groups.c puts them
 * together for findings.
 *
 * Once a second the worker makes a list of them: of those that it had, of sockets
 * that gave a sign (account/signs.c), and of those that its cursor comes to, which
 * goes round all open connections. Readers look only at what is on the list, and
 * leave out what goes on by now.
 *
 * Sockets are read under the lock of their record's shard, as by all surveys:
 * neither record nor socket can go away. The socket's own lock is not taken, so
 * figures may be of slightly different moments.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "account/signs.h"
#include "compat.h"
#include "model/ticks.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/bloat.h"
#include "survey/flows.h"
#include "survey/memory.h"
#include "survey/options.h"
#include "survey/pace.h"
#include "survey/sampled.h"
#include "survey/sizes.h"
#include "survey/stalls.h"
#include "survey/tails.h"

/* Open connections of a namespace that are looked at in a second. */
#define PER_SECOND	4096
/* Connections on the list of a namespace. */
#define LIST_MAX	1024
/* Slots for these, by key; at most half of them are used. */
#define SLOT_BITS	11
/* Connections that go on, and requests that wait, get no place behind these. */
#define SLOW_MAX	(LIST_MAX / 2)

/**
 * struct place - a connection on a list
 * @key: its socket; only looked up, it may be gone
 * @entered: when its state began, ktime_get_ns(); 0 if nobody has looked yet
 * @read_ns: when the program was last found to have read; 0 if it has not since
 *	the first look
 * @copied: up to where it had read then, a sequence number
 * @head: bytes of the segment that it sends again; 0 if not known
 * @was_full: its send buffer was found full
 */
struct place {
	const void *key;
	u64 entered;
	u64 read_ns;
	u32 copied;
	u32 head;
	bool was_full;
};

/**
 * struct tcpdiag_stall_list - connections that cannot go on, as the worker saw it
 * @ref: readers, and the namespace
 * @cut: there are more than fit
 * @sizes: peers that large segments are lost to
 * @n: how many
 * @at: the connections
 */
struct tcpdiag_stall_list {
	struct kref ref;
	bool cut;
	struct tcpdiag_sizes sizes;
	unsigned int n;
	struct place at[];
};

static_assert(2 * LIST_MAX <= 1 << SLOT_BITS);

/*
 * The worker's: what it is putting together, and signs of all namespaces. A slot has
 * the index of a place, plus 1: all of an outage are looked for with interrupts off.
 */
static struct {
	unsigned int n;
	bool cut;
	/* of the namespace's list before */
	const struct tcpdiag_sizes *before;
	struct tcpdiag_sizes sizes;
	u16 slot[1 << SLOT_BITS];
	struct place at[LIST_MAX];
} found;
static struct tcpdiag_signs signs;
static const struct tcpdiag_net *sign_of[TCPDIAG_SIGNS];

/* -- one socket -------------------------------------------------------------- */

static u64 ago_us(u32 then)
{
	return tcpdiag_ticks_us(max_t(s32, tcp_jiffies32 - then, 0));
}

static enum tcpdiag_stall_timer timer_of(const struct inet_connection_sock *icsk)
{
	switch (READ_ONCE(icsk->icsk_pending)) {
	case ICSK_TIME_RETRANS:
		return TCPDIAG_STALL_TIMER_AGAIN;
	case ICSK_TIME_PROBE0:
		return TCPDIAG_STALL_TIMER_PROBE;
	default:
		return TCPDIAG_STALL_TIMER_OTHER;
	}
}

static void read_timer(const struct sock *sk, struct tcpdiag_stall_look *l)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct net *net = sock_net(sk);
	u32 probing = READ_ONCE(icsk->icsk_probes_tstamp);
	long left = tcpdiag_timer_at(sk) - jiffies;

	l->timer = timer_of(icsk);
	l->timer_us = tcpdiag_ticks_us(max(left, 0L));
	l->rto_us = tcpdiag_ticks_us(READ_ONCE(icsk->icsk_rto));
	l->backoff = READ_ONCE(icsk->icsk_backoff);
	l->retransmits = READ_ONCE(icsk->icsk_retransmits);
	l->probes_out = READ_ONCE(icsk->icsk_probes_out);
	l->probing_us = probing ? ago_us(probing) : 0;
	l->user_timeout_us = READ_ONCE(icsk->icsk_user_timeout) *
			     (u64)USEC_PER_MSEC;
	l->retries = READ_ONCE(net->ipv4.sysctl_tcp_retries2);
	l->rto_max_us = tcpdiag_rto_max_ms(net) * (u64)USEC_PER_MSEC;
}

/* For how long something has been on its way, the limits of the peer included. */
static u64 busy_us(const struct tcp_sock *tp)
{
	return tp->chrono_type == TCP_CHRONO_BUSY ?
	       ago_us(READ_ONCE(tp->chrono_start)) : 0;
}

/* One of the kernel's clocks of a sender, with the piece that is running. */
static u64 chrono_us(const struct tcp_sock *tp, enum tcp_chrono type)
{
	u32 ticks = READ_ONCE(tp->chrono_stat[type - 1]);

	if (tp->chrono_type == type)
		ticks += tcp_jiffies32 - READ_ONCE(tp->chrono_start);
	return tcpdiag_ticks_us(ticks);
}

static void read_buffers(const struct sock *sk, struct tcpdiag_stall_look *l)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	l->window_us = chrono_us(tp, TCP_CHRONO_RWND_LIMITED);
	l->buffer_us = chrono_us(tp, TCP_CHRONO_SNDBUF_LIMITED);
	l->active_us = chrono_us(tp, TCP_CHRONO_BUSY) + l->window_us +
		       l->buffer_us;
	l->buffer_set = sk->sk_userlocks & SOCK_SNDBUF_LOCK;
	l->buffer = READ_ONCE(sk->sk_sndbuf);
	l->queued = READ_ONCE(sk->sk_wmem_queued);
	l->writer_waits = READ_ONCE(sk->sk_write_pending);
	l->max_window = READ_ONCE(tp->max_window);
	l->unscaled = !tp->rx_opt.wscale_ok;
	l->min_rtt_us = tcp_min_rtt(tp);
}

static void read_receiver(const struct sock *sk, struct tcpdiag_stall_look *l)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 outside = READ_ONCE(tp->last_oow_ack_time);
	u32 next = READ_ONCE(tp->rcv_nxt);
	s32 room = READ_ONCE(tp->rcv_wup) + READ_ONCE(tp->rcv_wnd) - next;

	l->unread = READ_ONCE(sk->sk_socket) ?
		    next - READ_ONCE(tp->copied_seq) : 0;
	l->rcv_wnd = max(room, 0);
	l->has_sent = READ_ONCE(tp->data_segs_out);
	l->layered = READ_ONCE(inet_csk(sk)->icsk_ulp_ops);
	l->least_read = max(READ_ONCE(sk->sk_rcvlowat), 0);
	l->received = READ_ONCE(tp->bytes_received);
	l->rcvbuf_set = sk->sk_userlocks & SOCK_RCVBUF_LOCK;
	l->rcvbuf_grows = !l->rcvbuf_set && READ_ONCE(sk->sk_rcvbuf) <
			  READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_rmem[2]);
	l->rcv_rtt_us = READ_ONCE(tp->rcv_rtt_est.rtt_us) >> 3;
	l->window_max = READ_ONCE(tp->window_clamp);
	l->received_us = ago_us(READ_ONCE(inet_csk(sk)->icsk_ack.lrcvtime));
	/* stamped when a program reads, at most once in a round trip */
	l->read_us = max_t(s64, tcp_clock_us() - READ_ONCE(tp->rcvq_space.time),
			   0);
	l->acked_us = ago_us(READ_ONCE(tp->rcv_tstamp));
	l->keepalive = sock_flag(sk, SOCK_KEEPOPEN);
	l->outside_us = outside ? ago_us(outside) : U64_MAX;
	l->heard_us = min(l->received_us, l->acked_us);
}

static void read_socket(const struct sock *sk, struct tcpdiag_stall_look *l)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	read_timer(sk, l);
	l->first_rto_us = (READ_ONCE(tp->srtt_us) >> 3) +
			  READ_ONCE(tp->rttvar_us);
	l->busy_us = busy_us(tp);
	l->packets_out = READ_ONCE(tp->packets_out);
	l->retrans_out = READ_ONCE(tp->retrans_out);
	l->sacked_out = READ_ONCE(tp->sacked_out);
	l->sack = tp->rx_opt.sack_ok;
	l->in_flight = READ_ONCE(tp->snd_nxt) - READ_ONCE(tp->snd_una);
	l->bytes_acked = READ_ONCE(tp->bytes_acked);
	l->bytes = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_una);
	l->snd_wnd = READ_ONCE(tp->snd_wnd);
	l->mss = READ_ONCE(tp->mss_cache);
	l->sent_us = ago_us(READ_ONCE(tp->lsndtime));
	read_receiver(sk, l);
	read_buffers(sk, l);
}

/* How long it has been in this state; 0 if nobody saw it begin. */
static u64 life_us(const struct tcpdiag_record *rec)
{
	return rec->flags & (TCPDIAG_F_EST_AGE | TCPDIAG_F_EST_STAY) ? 0 :
	       div_u64(tcpdiag_stay_ns(rec, ktime_get_ns()), NSEC_PER_USEC);
}

/* When the program last read, with what was seen before; 0 if not known. */
static u64 last_read_ns(const struct place *before, u32 copied)
{
	return before->entered && before->copied != copied ? ktime_get_ns() :
							     before->read_ns;
}

static u64 read_us(const struct place *at)
{
	return at->read_ns ? div_u64(ktime_get_ns() - at->read_ns,
				     NSEC_PER_USEC) : U64_MAX;
}

/*
 * Whether a connection cannot go on; its record's shard is locked. @before: what
 * the look before this one has left; @now: set to what this one leaves. Only the
 * state tells that the key is a socket of full size.
 */
static bool is_stalled(const struct tcpdiag_record *rec,
		       const struct place *before,
		       struct tcpdiag_stall *stall, struct place *now)
{
	u64 entered;
	u8 state = tcpdiag_read_begin(rec, &entered);
	const struct sock *sk = rec->key;
	struct tcpdiag_stall_look look;

	lockdep_assert_held(&rec->shard->lock);
	if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT)
		return false;
	read_socket(sk, &look);
	look.ended = state == TCP_CLOSE_WAIT;
	look.accepted = !tcpdiag_has_connected(rec);
	look.life_us = life_us(rec);
	*now = (struct place) {
		.key = sk,
		.entered = entered,
		.copied = READ_ONCE(tcp_sk(sk)->copied_seq),
		.head = before->head,
	};
	now->read_ns = last_read_ns(before, now->copied);
	look.head = before->head;
	look.was_full = before->was_full && before->entered == entered;
	now->was_full = tcpdiag_stall_is_full(&look);
	look.read_us = min(look.read_us, read_us(now));
	tcpdiag_stall_judge(&look, stall);
	return stall->cause && !tcpdiag_read_again(rec, state, entered);
}

/* -- the worker -------------------------------------------------------------- */

static void forget_found(void)
{
	if (found.n)
		memset(found.slot, 0, sizeof(found.slot));
	found.n = 0;
	found.cut = false;
	found.before = NULL;
	found.sizes.n = 0;
}

/* The slot of a socket; 0 in it if it was not found yet. */
static u16 *slot_of(const void *key)
{
	unsigned int i = hash_ptr(key, SLOT_BITS);

	while (found.slot[i] && found.at[found.slot[i] - 1].key != key)
		i = (i + 1) % ARRAY_SIZE(found.slot);
	return &found.slot[i];
}

/* The shard is locked. */
static void look_with(const struct tcpdiag_record *rec,
		      const struct place *before)
{
	struct tcpdiag_stall stall;
	struct place now, *known;
	u16 *slot;

	if (!is_stalled(rec, before, &stall, &now))
		return;
	if (stall.cause == TCPDIAG_STALL_LARGE_LOST)
		tcpdiag_sizes_suspect(&found.sizes, found.before, rec->key,
				      stall.segment);
	slot = slot_of(rec->key);
	if (*slot) {
		known = &found.at[*slot - 1];
		known->head = before->head ?: known->head;
		return;
	}
	if (found.n >= (stall.cause < TCPDIAG_STALL_UNREAD ? LIST_MAX :
							     SLOW_MAX)) {
		found.cut |= stall.cause < TCPDIAG_STALL_SLOW;
		return;
	}
	found.at[found.n++] = now;
	*slot = found.n;
}

static void look_at(const struct tcpdiag_record *rec, void *unused)
{
	look_with(rec, &(struct place) {});
	tcpdiag_sizes_meet(&found.sizes, rec);
	tcpdiag_tails_meet(rec);
	tcpdiag_options_look(rec);
	tcpdiag_pace_look(rec);
	tcpdiag_memory_look(rec);
	tcpdiag_flows_meet(rec);
	tcpdiag_bloat_meet(rec);
}

/* Look at a socket, if it still is one of this namespace. */
static void look_again(const struct tcpdiag_net *tn, const struct place *before)
{
	struct tcpdiag_record *rec;

	local_irq_disable();
	rec = tcpdiag_find_lock(before->key);
	if (rec) {
		if (tcpdiag_may_look(rec) && rec->shard->net == tn)
			look_with(rec, before);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_enable();
	cond_resched();
}

static void look_at_known(struct tcpdiag_net *tn)
{
	struct tcpdiag_stall_list *list = tcpdiag_stalls_get(tn);
	struct place at = {};
	unsigned int i;

	found.before = list ? &list->sizes : NULL;
	/* those of the list first: what was seen of them is kept */
	for (i = 0; list && i < list->n; i++)
		look_again(tn, &list->at[i]);
	for (i = 0; i < signs.n; i++) {
		at.key = signs.key[i];
		at.head = signs.head[i];
		if (sign_of[i] == tn)
			look_again(tn, &at);
	}
	found.before = NULL;
	tcpdiag_stalls_put(list);
}

/* The list of what was found; NULL if that is nothing, or without memory. */
static struct tcpdiag_stall_list *make_list(void)
{
	struct tcpdiag_stall_list *list;

	if (!found.n)
		return NULL;
	list = kvmalloc(struct_size(list, at, found.n), TCPDIAG_GFP);
	if (!list)
		return NULL;
	kref_init(&list->ref);
	list->cut = found.cut;
	list->sizes = found.sizes;
	list->n = found.n;
	memcpy(list->at, found.at, found.n * sizeof(*found.at));
	return list;
}

static void publish(struct tcpdiag_net *tn, struct tcpdiag_stall_list *list)
{
	spin_lock(&tn->lock);
	swap(list, tn->stalls);
	spin_unlock(&tn->lock);
	tcpdiag_stalls_put(list);
}

/**
 * tcpdiag_stalls_begin() - once a second, before all namespaces: take the signs
 *
 * Context: process, the worker's.
 */
void tcpdiag_stalls_begin(void)
{
	struct tcpdiag_record *rec;
	unsigned int i;

	tcpdiag_signs_take(&signs);
	for (i = 0; i < signs.n; i++) {
		local_irq_disable();
		rec = tcpdiag_find_lock(signs.key[i]);
		sign_of[i] = rec ? rec->shard->net : NULL;
		if (rec)
			tcpdiag_unlock(&rec->shard->lock);
		local_irq_enable();
	}
}

/* The cursor is there for what else looks at open connections too. */
static void look_at_next(struct tcpdiag_net *tn)
{
	tcpdiag_options_tick(tn);
	tcpdiag_flows_begin(tn);
	if (tcpdiag_age_cursor_on(tn->stalls_cursor, tn, PER_SECOND, look_at,
				  NULL))
		tcpdiag_flows_round(tn);
	tcpdiag_pace_tick(tn);
	tcpdiag_memory_tick(tn);
}

/**
 * tcpdiag_stalls_tick() - once a second: find the connections that cannot go on
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_stalls_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_stall_list *list;

	forget_found();
	look_at_known(tn);
	if (!tn->stalls_cursor &&
	    tcpdiag_age_longest_ns(tn, TCP_ESTABLISHED)) {
		tn->stalls_cursor = tcpdiag_age_cursor_alloc(TCPDIAG_GFP);
		if (!tn->stalls_cursor)
			atomic64_inc(&tn->alloc_failed);
	}
	if (tn->stalls_cursor)
		look_at_next(tn);
	tcpdiag_sampled_count(tn);
	tcpdiag_bloat_count(tn);
	list = make_list();
	if (found.n && !list)
		atomic64_inc(&tn->alloc_failed);
	else
		publish(tn, list);
}

/**
 * tcpdiag_stalls_release() - free what belongs to a namespace that ends
 * @tn: the namespace; its shards are still there
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_stalls_release(struct tcpdiag_net *tn)
{
	tcpdiag_age_cursor_free(tn->stalls_cursor);
	tcpdiag_stalls_put(tn->stalls);
}

/* -- readers ----------------------------------------------------------------- */

static void release_list(struct kref *ref)
{
	kvfree(container_of(ref, struct tcpdiag_stall_list, ref));
}

/**
 * tcpdiag_stalls_put() - put a list
 * @list: from tcpdiag_stalls_get(), or NULL
 *
 * Context: process.
 */
void tcpdiag_stalls_put(struct tcpdiag_stall_list *list)
{
	if (list)
		kref_put(&list->ref, release_list);
}

/**
 * tcpdiag_stalls_get() - the last list of the worker
 * @tn: the namespace
 *
 * Context: process.
 * Return: the list, to be put with tcpdiag_stalls_put(); NULL if it is empty.
 */
struct tcpdiag_stall_list *tcpdiag_stalls_get(struct tcpdiag_net *tn)
{
	struct tcpdiag_stall_list *list;

	spin_lock(&tn->lock);
	list = tn->stalls;
	if (list)
		kref_get(&list->ref);
	spin_unlock(&tn->lock);
	return list;
}

/**
 * tcpdiag_stalls_cut() - whether there are more than the list has
 * @list: the list, or NULL
 *
 * Context: any.
 * Return: true if there are.
 */
bool tcpdiag_stalls_cut(const struct tcpdiag_stall_list *list)
{
	return list && list->cut;
}

/**
 * tcpdiag_stalls_passed_ns() - when a large segment last got to a peer
 * @list: a list with connections that lose large segments to it
 * @v6: its address is IPv6
 * @peer: the address
 *
 * Context: any.
 * Return: when it was acknowledged, ktime_get_ns(); 0 if none is known.
 */
u64 tcpdiag_stalls_passed_ns(const struct tcpdiag_stall_list *list, bool v6,
			     const struct in6_addr *peer)
{
	return tcpdiag_sizes_passed_ns(&list->sizes, v6, peer);
}

/* Its address may be one that this host never had. */
static bool may_be_nonlocal(const struct sock *sk)
{
	/* only read, though the kernel's functions do not say so */
	struct inet_sock *inet = (struct inet_sock *)inet_sk(sk);
	struct net *net = sock_net(sk);

	return inet_can_nonlocal_bind(net, inet) ||
	       (sk->sk_family == AF_INET6 && ipv6_can_nonlocal_bind(net, inet));
}

/* False if it goes on by now, or is another socket. */
static bool describe(const struct tcpdiag_record *rec, const struct place *at,
		     struct tcpdiag_stalled *out)
{
	const struct sock *sk = rec->key;
	struct place now;

	lockdep_assert_held(&rec->shard->lock);
	if (!is_stalled(rec, at, &out->stall, &now) ||
	    now.entered != at->entered)
		return false;
	out->sk = sk;
	out->born_ns = now.entered;
	out->v6 = sk->sk_family == AF_INET6;
	tcpdiag_addr_read(sk, &out->addr);
	out->nonlocal = may_be_nonlocal(sk);
	out->state = rec->state & ~TCPDIAG_CHANGING;
	out->connected = tcpdiag_has_connected(rec);
	out->pid = get_pid(rec->pid);
	memcpy(out->comm, rec->comm, sizeof(out->comm));
	return true;
}

/**
 * tcpdiag_stalls_next() - the next connection on a list that still cannot go on
 * @tn: the namespace
 * @list: its list, or NULL
 * @pos: where to begin; set to where it is
 * @out: the connection, with a reference to its pid that the caller puts
 *
 * Context: process.
 * Return: false at the end.
 */
bool tcpdiag_stalls_next(const struct tcpdiag_net *tn,
			 const struct tcpdiag_stall_list *list, u64 *pos,
			 struct tcpdiag_stalled *out)
{
	struct tcpdiag_record *rec;
	bool is = false;

	for (; list && *pos < list->n; (*pos)++) {
		local_irq_disable();
		rec = tcpdiag_find_lock(list->at[*pos].key);
		if (rec) {
			is = tcpdiag_may_look(rec) && rec->shard->net == tn &&
			     describe(rec, &list->at[*pos], out);
			tcpdiag_unlock(&rec->shard->lock);
		}
		local_irq_enable();
		if (is)
			return true;
	}
	return false;
}
