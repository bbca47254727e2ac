// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports by destination: how many each local address has in use towards
 * each remote address and port, how many there are, how fast they go, and
 * whose connect() found none.
 *
 * A port may be in use towards each destination once, so it is used up by
 * destination. Each shard has a bounded table (slots.h). A destination that has
 * a port in use keeps its slot; one that has none may lose it, with its
 * history, when a new one needs it. When there is no slot the socket is counted
 * with the others. So a row is exact but for sockets that were counted with the
 * others before it had its slot, and there are never more of them than the
 * others have in use.
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "ports_view.h"
#include "record.h"

/* Rates and forecasts are of the last two intervals. */
#define INTERVAL_NS	(5 * (u64)NSEC_PER_SEC)
/* By how much the worker may be early. */
#define EARLY_NS	(NSEC_PER_SEC / 2)

static struct kmem_cache *cache;
/* tcpdiag_net.ports_marked_ns */
static DEFINE_MUTEX(mark_mutex);

/* Sockets and minisockets begin with the same. */
static struct tcpdiag_key key_of(const struct sock_common *c)
{
	struct tcpdiag_key key = { .rest = (__force u16)c->skc_dport };

#if IS_ENABLED(CONFIG_IPV6)
	if (c->skc_family == AF_INET6 && !ipv6_addr_v4mapped(&c->skc_v6_daddr)) {
		memcpy(key.word, &c->skc_v6_rcv_saddr,
		       sizeof(c->skc_v6_rcv_saddr));
		memcpy(key.word + 2, &c->skc_v6_daddr,
		       sizeof(c->skc_v6_daddr));
		key.rest |= TCPDIAG_PEER_V6;
		return key;
	}
#endif
	key.word[0] = tcpdiag_ports_word(c->skc_rcv_saddr, c->skc_daddr);
	return key;
}

static void put_owners(struct tcpdiag_peer_owner *user,
		       struct tcpdiag_peer_owner *victim)
{
	put_pid(user->pid);
	put_pid(victim->pid);
}

static void set_owner(struct tcpdiag_peer_owner *owner,
		      const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	put_pid(owner->pid);
	owner->pid = get_pid(rec->pid);
	memcpy(owner->comm, rec->comm, sizeof(owner->comm));
}

/* A destination without a port in use may go. */
static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_ports *ports = arg;
	struct tcpdiag_peer *p = &ports->peer[slot];

	if (tcpdiag_peer_in_use(p))
		return false;
	tcpdiag_peer_fold(&ports->peer[TCPDIAG_SLOT_OTHER], p);
	put_owners(&p->user, &p->victim);
	memset(p, 0, sizeof(*p));
	return true;
}

/* The slot of a destination, a new one if need be; 0 if there is no memory. */
static unsigned int slot_for(struct tcpdiag_shard *shard,
			     const struct sock_common *c)
{
	struct tcpdiag_key key = key_of(c);
	struct tcpdiag_ports *ports;
	unsigned int slot;

	lockdep_assert_held(&shard->lock);
	if (!shard->ports)
		shard->ports = kmem_cache_zalloc(cache, GFP_ATOMIC |
						 __GFP_NOWARN);
	ports = shard->ports;
	if (!ports) {
		atomic64_inc(&shard->alloc_failed);
		return 0;
	}
	slot = tcpdiag_slots_find(&ports->slots, &key);
	if (slot)
		return slot;
	slot = tcpdiag_slots_take(&ports->slots, &key, give_up, ports);
	if (!slot)
		return TCPDIAG_SLOT_OTHER;
	ports->peer[slot].missed =
		tcpdiag_peer_in_use(&ports->peer[TCPDIAG_SLOT_OTHER]);
	return slot;
}

/**
 * tcpdiag_ports_begin_slowly() - a program connects where none of this shard
 *	did before, or over IPv6
 * @shard: the record's shard, locked
 * @rec: its record
 * @sk: the socket, locked; its addresses and remote port are set
 */
void tcpdiag_ports_begin_slowly(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec,
				const struct sock *sk)
{
	unsigned int slot = slot_for(shard, &sk->__sk_common);

	if (slot)
		tcpdiag_ports_count(rec, shard->ports, slot);
}

/**
 * tcpdiag_ports_used() - remember who connects to a destination
 * @rec: a record of one that does, counted; its shard is locked
 */
void tcpdiag_ports_used(struct tcpdiag_record *rec)
{
	set_owner(&rec->shard->ports->peer[rec->in.peer].user, rec);
}

/**
 * tcpdiag_ports_release_live() - a connection ends without TIME_WAIT
 * @shard: the record's shard, locked
 * @rec: its record, in its last state, counted
 */
void tcpdiag_ports_release_live(struct tcpdiag_shard *shard,
				struct tcpdiag_record *rec)
{
	struct tcpdiag_peer *p = &shard->ports->peer[rec->in.peer];

	lockdep_assert_held(&shard->lock);
	switch (rec->state & ~TCPDIAG_CHANGING) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		p->failed++;
		break;
	case TCP_ESTABLISHED:
		atomic_inc(&p->left);
		fallthrough;
	default:
		p->ended++;
	}
}

/* Did the local end choose its port itself? Those are of the range. */
static bool looks_active(const struct sock_common *c, unsigned int state)
{
	u16 remote = ntohs(c->skc_dport);
	int low, high;

	if (state == TCP_SYN_SENT)
		return true;
	inet_get_local_port_range(read_pnet(&c->skc_net), &low, &high);
	return c->skc_num >= low && c->skc_num <= high &&
	       !(remote >= low && remote <= high);
}

/**
 * tcpdiag_ports_adopt() - take in a connection that is older than the module
 * @shard: the record's shard, locked
 * @rec: its record
 * @sk: the socket or timewait minisocket
 * @state: its state
 *
 * Who connected is not known: the end whose port is in the range of local
 * ports, if the other's is not.
 */
void tcpdiag_ports_adopt(struct tcpdiag_shard *shard,
			 struct tcpdiag_record *rec, const void *sk,
			 unsigned int state)
{
	struct tcpdiag_peer *p;
	unsigned int i;

	if (BIT(state) & (TCPF_LISTEN | TCPF_CLOSE | TCPF_SYN_RECV) ||
	    !looks_active(sk, state))
		return;
	rec->in.peer = slot_for(shard, sk);
	if (!rec->in.peer)
		return;
	p = &shard->ports->peer[rec->in.peer];
	p->found++;
	if (state != TCP_SYN_SENT)
		atomic_inc(&p->opened);
	if (state != TCP_SYN_SENT && state != TCP_ESTABLISHED)
		atomic_inc(&p->left);
	if (state == TCP_TIME_WAIT)
		p->waited++;
	/* it is no growth */
	for (i = 0; i < ARRAY_SIZE(p->mark); i++) {
		p->mark[i].in_use++;
		if (state == TCP_TIME_WAIT)
			p->mark[i].waited++;
		else
			p->mark[i].live++;
	}
}

/**
 * tcpdiag_ports_refused() - connect() found no port
 * @rec: the socket's record; its shard is locked
 * @sk: the socket, locked
 */
void tcpdiag_ports_refused(struct tcpdiag_record *rec, const struct sock *sk)
{
	struct tcpdiag_peer *p;

	lockdep_assert_held(&rec->shard->lock);
	if (!rec->in.peer)
		return;
	p = &rec->shard->ports->peer[rec->in.peer];
	p->no_port++;
	p->no_port_ns = ktime_get_ns();
	set_owner(&p->victim, rec);
}

/**
 * tcpdiag_ports_refused_unknown() - connect() failed on a socket without a
 *	record: count it if there was no port
 * @shard: where it happens, locked
 * @sk: the socket, locked
 *
 * Whether a socket that has connected before got a port again is not known.
 */
void tcpdiag_ports_refused_unknown(struct tcpdiag_shard *shard,
				   const struct sock *sk)
{
	unsigned int slot;

	if (READ_ONCE(sk->sk_txhash))
		return;
	slot = slot_for(shard, &sk->__sk_common);
	if (slot)
		shard->ports->peer[slot].no_port++;
}

static void mark_shard(struct tcpdiag_shard *shard)
{
	unsigned int i;

	spin_lock_irq(&shard->lock);
	if (shard->ports) {
		for (i = 1; i <= shard->ports->slots.used; i++)
			tcpdiag_peer_remember(&shard->ports->peer[i]);
		tcpdiag_peer_remember(&shard->ports->peer[TCPDIAG_SLOT_OTHER]);
	}
	spin_unlock_irq(&shard->lock);
}

/**
 * tcpdiag_ports_tick() - once a second: end an interval if it is over
 * @tn: the namespace
 *
 * Context: process, may sleep.
 */
void tcpdiag_ports_tick(struct tcpdiag_net *tn)
{
	u64 now = ktime_get_ns();
	unsigned int i;

	mutex_lock(&mark_mutex);
	if (now + EARLY_NS < tn->ports_marked_ns[0] + INTERVAL_NS)
		goto out;
	tn->ports_marked_ns[1] = tn->ports_marked_ns[0];
	tn->ports_marked_ns[0] = now;
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (shard)
			mark_shard(shard);
	}
out:
	mutex_unlock(&mark_mutex);
}

/* The range less what is reserved, as connect() sees it. */
static void read_capacity(const struct net *net,
			  struct tcpdiag_ports_view *view)
{
	int port;

	inet_get_local_port_range(net, &view->low, &view->high);
	for (port = view->low; port <= view->high; port++)
		view->reserved += inet_is_local_reserved_port((struct net *)net,
							      port);
	view->capacity = view->high - view->low + 1 - view->reserved;
}

/* @s goes into @into; the processes that are not kept are put. */
static void merge(struct tcpdiag_peer_sum *into, struct tcpdiag_peer_sum *s)
{
	tcpdiag_peer_add(into, s);
	put_owners(&s->user, &s->victim);
}

/* The figures of one shard: a row for each destination. */
static void read_shard(struct tcpdiag_shard *shard,
		       struct tcpdiag_ports_view *view)
{
	struct tcpdiag_peer_sum *row, other;
	struct tcpdiag_ports *ports;
	unsigned int i;
	u32 others;

	spin_lock_irq(&shard->lock);
	ports = shard->ports;
	if (!ports)
		goto out;
	tcpdiag_peer_read(&ports->peer[TCPDIAG_SLOT_OTHER], &other);
	get_pid(other.user.pid);
	get_pid(other.victim.pid);
	others = tcpdiag_peer_sum_in_use(&other);
	merge(&view->other, &other);
	for (i = 1; i <= ports->slots.used; i++) {
		row = &view->row[view->n++];
		tcpdiag_peer_read(&ports->peer[i], row);
		get_pid(row->user.pid);
		get_pid(row->victim.pid);
		row->key = ports->slots.key[i];
		/* what is missing at most, less what is where it has no row */
		row->missed = min(ports->peer[i].missed, others);
		row->missed -= others;
	}
out:
	spin_unlock_irq(&shard->lock);
}

static int by_key(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = a, *y = b;

	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* More ports in use first; then those that were refused; then more connects. */
static int by_use(const void *a, const void *b)
{
	const struct tcpdiag_peer_sum *x = a, *y = b;
	u32 m = tcpdiag_peer_sum_in_use(x), n = tcpdiag_peer_sum_in_use(y);

	if (m != n)
		return m < n ? 1 : -1;
	if (x->no_port != y->no_port)
		return x->no_port < y->no_port ? 1 : -1;
	if (x->connects != y->connects)
		return x->connects < y->connects ? 1 : -1;
	return by_key(a, b);
}

/* One row for each destination. */
static void merge_rows(struct tcpdiag_ports_view *view)
{
	unsigned int i, n = 0;

	sort(view->row, view->n, sizeof(*view->row), by_key, NULL);
	for (i = 0; i < view->n; i++) {
		if (n && !by_key(&view->row[n - 1], &view->row[i]))
			merge(&view->row[n - 1], &view->row[i]);
		else
			view->row[n++] = view->row[i];
	}
	view->n = n;
	for (i = 0; i < n; i++)
		view->row[i].missed += tcpdiag_peer_sum_in_use(&view->other);
	sort(view->row, view->n, sizeof(*view->row), by_use, NULL);
}

/* The least of them are counted with the others, of whom nobody is named. */
static void cut_rows(struct tcpdiag_ports_view *view)
{
	while (view->n > TCPDIAG_PORTS_ROWS)
		merge(&view->other, &view->row[--view->n]);
	put_owners(&view->other.user, &view->other.victim);
}

/**
 * tcpdiag_ports_read() - ports in use by destination
 * @tn: the namespace
 *
 * Context: process, may sleep. Cost: by shards, not by connections.
 * Return: a view for tcpdiag_ports_put(); NULL if there is no memory.
 */
struct tcpdiag_ports_view *tcpdiag_ports_read(struct tcpdiag_net *tn)
{
	struct tcpdiag_ports_view *view;
	unsigned int i, shards = 0;

	tcpdiag_ports_tick(tn);
	for (i = 0; i < TCPDIAG_MAX_SHARDS; i++)
		shards += !!READ_ONCE(tn->shard[i]);
	view = kvzalloc(struct_size(view, row, shards * TCPDIAG_SLOTS),
			GFP_KERNEL);
	if (!view)
		return NULL;
	read_capacity(tn->net, view);
	mutex_lock(&mark_mutex);
	view->window_ms = 1 + div_u64(ktime_get_ns() - tn->ports_marked_ns[1],
				      NSEC_PER_MSEC);
	/* shards may have been added meanwhile: the next read has them */
	for (i = 0; i < TCPDIAG_MAX_SHARDS && shards; i++) {
		struct tcpdiag_shard *shard = READ_ONCE(tn->shard[i]);

		if (!shard)
			continue;
		read_shard(shard, view);
		shards--;
	}
	mutex_unlock(&mark_mutex);
	merge_rows(view);
	cut_rows(view);
	return view;
}

/**
 * tcpdiag_ports_put() - done with a view
 * @view: from tcpdiag_ports_read()
 */
void tcpdiag_ports_put(struct tcpdiag_ports_view *view)
{
	unsigned int i;

	for (i = 0; i < view->n; i++)
		put_owners(&view->row[i].user, &view->row[i].victim);
	kvfree(view);
}

static void read_fact(const struct tcpdiag_ports_view *view,
		      const struct tcpdiag_peer_sum *s, bool owners,
		      struct tcpdiag_ports_fact *fact)
{
	fact->sum = *s;
	fact->sum.user.pid = NULL;
	fact->sum.victim.pid = NULL;
	fact->forecast_s = tcpdiag_peer_forecast(s, view->capacity,
						 view->window_ms);
	if (s->no_port)
		fact->refused_us = div_u64(ktime_get_ns() - s->no_port_ns,
					   NSEC_PER_USEC);
	if (!owners)
		return;
	tcpdiag_owner_read(&fact->user, s->user.pid, s->user.comm, NULL);
	tcpdiag_owner_read(&fact->victim, s->victim.pid, s->victim.comm, NULL);
}

/**
 * tcpdiag_ports_facts() - what findings judge of local ports
 * @tn: the namespace
 * @facts: where to; without memory there are none
 *
 * Context: process, may sleep.
 */
void tcpdiag_ports_facts(struct tcpdiag_net *tn, struct tcpdiag_facts *facts)
{
	struct tcpdiag_ports_view *view = tcpdiag_ports_read(tn);
	struct tcpdiag_ports_facts *f = &facts->ports;
	const struct tcpdiag_peer_sum *refused, *busiest;
	unsigned int i;

	if (!view)
		return;
	f->low = view->low;
	f->high = view->high;
	f->capacity = view->capacity;
	f->window_ms = view->window_ms;
	f->reuse = READ_ONCE(tn->net->ipv4.sysctl_tcp_tw_reuse);
	refused = view->row;
	busiest = view->row;
	for (i = 1; i < view->n; i++) {
		if (view->row[i].no_port_ns > refused->no_port_ns)
			refused = &view->row[i];
		if (view->row[i].made > busiest->made)
			busiest = &view->row[i];
	}
	if (view->n) {
		read_fact(view, view->row, facts->owners, &f->fullest);
		read_fact(view, refused, facts->owners, &f->refused);
		read_fact(view, busiest, facts->owners, &f->busiest);
	}
	tcpdiag_ports_put(view);
}

/**
 * tcpdiag_ports_bytes() - memory of a shard's table
 * @shard: the shard
 *
 * Return: bytes.
 */
size_t tcpdiag_ports_bytes(const struct tcpdiag_shard *shard)
{
	return shard->ports ? sizeof(*shard->ports) : 0;
}

/**
 * tcpdiag_ports_free() - free a shard's table
 * @shard: a shard without records
 */
void tcpdiag_ports_free(struct tcpdiag_shard *shard)
{
	unsigned int i;

	if (!shard->ports)
		return;
	for (i = 1; i <= TCPDIAG_SLOT_OTHER; i++)
		put_owners(&shard->ports->peer[i].user,
			   &shard->ports->peer[i].victim);
	kmem_cache_free(cache, shard->ports);
}

/**
 * tcpdiag_ports_init() - prepare what all tables share
 *
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_ports_init(void)
{
	cache = kmem_cache_create("tcpdiag_ports", sizeof(struct tcpdiag_ports),
				  0, 0, NULL);
	return cache ? 0 : -ENOMEM;
}

/**
 * tcpdiag_ports_exit() - undo tcpdiag_ports_init(), after all purges
 */
void tcpdiag_ports_exit(void)
{
	kmem_cache_destroy(cache);
}
