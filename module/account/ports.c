// SPDX-License-Identifier: GPL-2.0
/*
 * Local ports by destination: counts ports in use, and how long connections
 * live.
 *
 * The pass (pass.c) counts a connection when it comes to its record, once a
 * second. A connection that ends before that is counted at its end. The pass
 * looks only at records that are new or have changed, and of a connection's
 * events only its end does any work here. The record remembers its slot and
 * class. So an end is counted at once, and a new connection or state at most a
 * second later.
 *
 * A port can be in use once for each destination, so ports run out by
 * destination. Each shard has a bounded table (model/slots.h). A destination
 * with a port in use keeps its slot; one without may lose it, with its history,
 * to a new destination. When no slot is free, a socket is counted with the
 * others. So a row is exact except for sockets that were counted with the
 * others before it got its slot; these are never more than the others have in
 * use.
 */
#include <linux/pid.h>
#include <linux/slab.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "account/ports.h"
#include "account/time_wait.h"
#include "store/age.h"
#include "store/net.h"
#include "store/role.h"

/* Once in so many connects to a destination, the process is noted. */
#define GLANCE	64

static struct kmem_cache *cache;

static u64 word_of(__be32 local, __be32 remote)
{
	return (u64)(__force u32)local << 32 | (__force u32)remote;
}

/* Sockets and minisockets both begin with a struct sock_common. */
static struct tcpdiag_key key_of(const struct sock_common *c, bool own)
{
	struct tcpdiag_key key = {
		.rest = own ? TCPDIAG_PEER_OWN |
			      (__force u16)htons(c->skc_num) :
			      (__force u16)c->skc_dport,
	};

#if IS_ENABLED(CONFIG_IPV6)
	if (c->skc_family == AF_INET6 && !ipv6_addr_v4mapped(&c->skc_v6_daddr)) {
		key.rest |= TCPDIAG_PEER_V6;
		if (!own)
			memcpy(key.word, &c->skc_v6_rcv_saddr,
			       sizeof(c->skc_v6_rcv_saddr));
		memcpy(key.word + 2,
		       own ? &c->skc_v6_rcv_saddr : &c->skc_v6_daddr,
		       sizeof(c->skc_v6_daddr));
		return key;
	}
#endif
	key.word[0] = own ? word_of(0, c->skc_rcv_saddr) :
			    word_of(c->skc_rcv_saddr, c->skc_daddr);
	return key;
}

static void set_owner(struct tcpdiag_peer_owner *owner,
		      const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	put_pid(owner->pid);
	owner->pid = get_pid(rec->pid);
	memcpy(owner->comm, rec->comm, sizeof(owner->comm));
}

static bool has_ended(const struct tcpdiag_peer_owner *owner)
{
	return !owner->pid || !pid_has_task(owner->pid, PIDTYPE_TGID);
}

/* The process noted before is kept too: it may outlive the new one. */
static void note_user(struct tcpdiag_peer *p, const struct tcpdiag_record *rec)
{
	if (p->user.pid != rec->pid && !has_ended(&p->user))
		swap(p->earlier, p->user);
	set_owner(&p->user, rec);
}

static void put_owners(struct tcpdiag_peer *p)
{
	put_pid(p->user.pid);
	put_pid(p->earlier.pid);
	put_pid(p->victim.pid);
	put_pid(p->late_user.pid);
	put_pid(p->binder.pid);
	put_pid(p->fast_open_user.pid);
}

/* A destination without a port in use may lose its slot. */
static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_ports *ports = arg;
	struct tcpdiag_peer *p = &ports->peer[slot];

	if (tcpdiag_peer_total(p->in_use))
		return false;
	if (!(ports->slots.key[slot].rest & TCPDIAG_PEER_OWN))
		tcpdiag_peer_fold(&ports->peer[TCPDIAG_SLOT_OTHER], p);
	put_owners(p);
	memset(p, 0, sizeof(*p));
	return true;
}

static unsigned int new_slot(struct tcpdiag_ports *ports,
			     const struct tcpdiag_key *key)
{
	unsigned int slot = tcpdiag_slots_take(&ports->slots, key, give_up,
					       ports);
	const struct tcpdiag_peer *other = &ports->peer[TCPDIAG_SLOT_OTHER];
	struct tcpdiag_peer *p;

	if (!slot)
		return TCPDIAG_SLOT_OTHER;
	p = &ports->peer[slot];
	p->missed = tcpdiag_peer_total(other->in_use);
	tcpdiag_peer_remember(p, tcpdiag_coarse_ns());
	return slot;
}

static noinline unsigned int any_slot_for(struct tcpdiag_shard *shard,
					  const struct sock_common *c, bool own)
{
	struct tcpdiag_ports *ports = shard->ports;
	struct tcpdiag_key key;
	unsigned int slot;

	lockdep_assert_held(&shard->lock);
	if (!ports) {
		ports = kmem_cache_zalloc(cache, TCPDIAG_GFP_EVENT);
		shard->ports = ports;
	}
	if (!ports) {
		atomic64_inc(&shard->alloc_failed);
		return 0;
	}
	key = key_of(c, own);
	slot = tcpdiag_slots_find(&ports->slots, &key);
	return slot ? slot : new_slot(ports, &key);
}

/* The slot of a destination, taken if it has none; 0 without memory. */
static __always_inline unsigned int slot_for(struct tcpdiag_shard *shard,
					     const struct sock_common *c,
					     bool own)
{
	unsigned int slot;

	if (likely(!own && c->skc_family == AF_INET && shard->ports)) {
		slot = tcpdiag_slots_find_small(&shard->ports->slots,
						word_of(c->skc_rcv_saddr,
							c->skc_daddr),
						(__force u16)c->skc_dport);
		if (likely(slot))
			return slot;
	}
	return any_slot_for(shard, c, own);
}

/* Whether our end connected. Of unknown role in SYN_RECV is a listener's child. */
static bool is_ours(const struct tcpdiag_record *rec, unsigned int state)
{
	return rec->role == TCPDIAG_ROLE_ACTIVE ||
	       (state != TCP_SYN_RECV && tcpdiag_has_connected(rec));
}

/* Count a connection; false without memory, or without a slot for @own. */
static __always_inline bool count(struct tcpdiag_shard *shard,
				  struct tcpdiag_record *rec,
				  enum tcpdiag_peer_class as, bool own)
{
	unsigned int slot = slot_for(shard, rec->key, own);
	struct tcpdiag_peer *p;

	lockdep_assert_held(&shard->lock);
	if (!slot || (own && slot == TCPDIAG_SLOT_OTHER))
		return false;
	p = &shard->ports->peer[slot];
	rec->in.peer = slot;
	rec->in.as = as;
	if (unlikely(rec->flags & TCPDIAG_F_EST_AGE)) {
		tcpdiag_peer_found(p, as);
		return true;
	}
	p->in_use[as]++;
	if (unlikely(rec->in.bound == TCPDIAG_BOUND_ANY) &&
	    tcpdiag_peer_bind(p, rec->pid))
		set_owner(&p->binder, rec);
	if (unlikely(!(p->made++ % GLANCE) || has_ended(&p->user)))
		note_user(p, rec);
	return true;
}

/* Count the life of a connection, if it is not older than the module. */
static __always_inline void lived(struct tcpdiag_peer *p,
				  const struct tcpdiag_record *rec, u64 now)
{
	u64 ns = rec->spent_ns[TCP_ESTABLISHED - 1];

	if (rec->state == TCP_ESTABLISHED && now > rec->entered)
		ns += now - rec->entered;
	if (ns && !(rec->flags & TCPDIAG_F_EST_AGE))
		tcpdiag_peer_lived(p, ns);
}

/* Whether a TIME_WAIT has a timestamp of the peer, without which it stays. */
static bool is_stamped(const void *tw)
{
	return READ_ONCE(tcp_twsk(tw)->tw_ts_recent_stamp);
}

/**
 * tcpdiag_ports_meet() - count a connection that a pass comes to
 * @shard: the record's shard, locked
 * @rec: its record; its socket can be read
 * @state: its state; if it is leaving that state now, the pass comes to it
 *	again
 *
 * Accepted connections are counted only in TIME_WAIT, for time_wait.c.
 *
 * Context: interrupts off.
 * Return: false if memory is short; the pass must come to the record again.
 */
bool tcpdiag_ports_meet(struct tcpdiag_shard *shard, struct tcpdiag_record *rec,
			unsigned int state)
{
	enum tcpdiag_peer_class as = tcpdiag_peer_class(state);
	struct tcpdiag_peer *p;
	bool ours;

	lockdep_assert_held(&shard->lock);
	if (state == TCP_CLOSE || state == TCP_LISTEN)
		return true;
	if (!rec->in.peer) {
		ours = is_ours(rec, state);
		if (!ours && state != TCP_TIME_WAIT)
			return true;
		if (!count(shard, rec, as, !ours))
			return shard->ports;
		p = &shard->ports->peer[rec->in.peer];
	} else {
		if (rec->in.as == as)
			return true;
		p = &shard->ports->peer[rec->in.peer];
		p->in_use[rec->in.as]--;
		p->in_use[as]++;
		rec->in.as = as;
	}
	if (as == TCPDIAG_PEER_TIME_WAIT) {
		p->waited++;
		p->unstamped = !is_stamped(rec->key);
		lived(p, rec, 0);
	}
	return true;
}

/**
 * tcpdiag_ports_give_back() - the slow path of tcpdiag_ports_end()
 * @shard: the record's shard, locked
 * @rec: its record, as in tcpdiag_ports_end()
 * @now: ktime_get_ns()
 *
 * A connection that no pass has come to is counted first.
 *
 * Context: interrupts off.
 */
void tcpdiag_ports_give_back(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec, u64 now)
{
	struct tcpdiag_peer *p;

	lockdep_assert_held(&shard->lock);
	if (!rec->in.peer && !count(shard, rec, TCPDIAG_PEER_CLOSING, false))
		return;
	p = &shard->ports->peer[rec->in.peer];
	p->in_use[rec->in.as]--;
	if (unlikely(rec->in.bound == TCPDIAG_BOUND_ANY))
		tcpdiag_peer_unbind(p, rec->pid);
	if (rec->in.as != TCPDIAG_PEER_TIME_WAIT)
		lived(p, rec, now);
	else
		tcpdiag_time_wait_end(shard, rec);
	memset(&rec->in, 0, sizeof(rec->in));
}

/**
 * tcpdiag_ports_refused() - count a connect() that found no port
 * @shard: the record's shard, locked
 * @rec: the socket's record
 *
 * Context: interrupts off.
 */
void tcpdiag_ports_refused(struct tcpdiag_shard *shard,
			   struct tcpdiag_record *rec)
{
	struct tcpdiag_peer *p;

	lockdep_assert_held(&shard->lock);
	if (!rec->in.peer &&
	    !count(shard, rec, TCPDIAG_PEER_CONNECTING, false))
		return;
	p = &shard->ports->peer[rec->in.peer];
	p->no_port++;
	p->no_port_ns = ktime_get_ns();
	set_owner(&p->victim, rec);
}

/**
 * tcpdiag_ports_late() - count a connect() that needed more than one SYN
 * @shard: the record's shard, locked
 * @rec: the socket's record, still in SYN_SENT
 * @again: how many SYNs were sent again
 * @now: when the SYN-ACK came, ktime_get_ns()
 *
 * Context: interrupts off.
 */
void tcpdiag_ports_late(struct tcpdiag_shard *shard,
			struct tcpdiag_record *rec, u32 again, u64 now)
{
	struct tcpdiag_peer *p;

	lockdep_assert_held(&shard->lock);
	if (!rec->in.peer &&
	    !count(shard, rec, TCPDIAG_PEER_CONNECTING, false))
		return;
	p = &shard->ports->peer[rec->in.peer];
	tcpdiag_peer_late(p, again, tcpdiag_stay_ns(rec, now), now);
	set_owner(&p->late_user, rec);
}

/**
 * tcpdiag_ports_fast_open() - count a Fast Open whose SYN-ACK has come
 * @shard: the record's shard, locked
 * @rec: the socket's record, in ESTABLISHED
 * @outcome: what became of it
 *
 * Context: interrupts off.
 */
void tcpdiag_ports_fast_open(struct tcpdiag_shard *shard,
			     struct tcpdiag_record *rec,
			     enum tcpdiag_fast_open outcome)
{
	struct tcpdiag_peer *p;

	lockdep_assert_held(&shard->lock);
	if (!rec->in.peer &&
	    !count(shard, rec, TCPDIAG_PEER_CONNECTING, false))
		return;
	p = &shard->ports->peer[rec->in.peer];
	tcpdiag_peer_fast_open(p, outcome, rec->spent_ns[TCP_SYN_SENT - 1],
			       ktime_get_ns());
	if (outcome == TCPDIAG_FAST_OPEN_DROPPED)
		set_owner(&p->fast_open_user, rec);
}

/**
 * tcpdiag_ports_refused_unknown() - count a connect() that found no port, of a
 *	socket without a record
 * @shard: a shard of its namespace, locked
 * @sk: the socket, locked
 *
 * Context: interrupts off.
 */
void tcpdiag_ports_refused_unknown(struct tcpdiag_shard *shard,
				   const struct sock *sk)
{
	unsigned int slot = slot_for(shard, &sk->__sk_common, false);

	struct tcpdiag_peer *p;

	if (!slot)
		return;
	p = &shard->ports->peer[slot];
	p->no_port++;
	p->no_port_ns = ktime_get_ns();
	/* who failed before is not who failed now */
	put_pid(p->victim.pid);
	memset(&p->victim, 0, sizeof(p->victim));
}

/**
 * tcpdiag_ports_bytes() - memory of a shard's table
 * @shard: the shard
 *
 * Context: any; the shard is locked.
 * Return: bytes.
 */
size_t tcpdiag_ports_bytes(const struct tcpdiag_shard *shard)
{
	return shard->ports ? sizeof(*shard->ports) : 0;
}

/**
 * tcpdiag_ports_free() - free a shard's table
 * @shard: a shard without records
 *
 * Context: any.
 */
void tcpdiag_ports_free(struct tcpdiag_shard *shard)
{
	unsigned int i;

	if (!shard->ports)
		return;
	for (i = 1; i <= TCPDIAG_SLOT_OTHER; i++)
		put_owners(&shard->ports->peer[i]);
	kmem_cache_free(cache, shard->ports);
}

/**
 * tcpdiag_ports_init() - set up what all tables share
 *
 * Context: process, may sleep; at load.
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
 *
 * Context: process, may sleep; at unload.
 */
void tcpdiag_ports_exit(void)
{
	kmem_cache_destroy(cache);
}
