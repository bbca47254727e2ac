// SPDX-License-Identifier: GPL-2.0
/*
 * Where the time of connections goes, by program and service (Documentation/flows.md).
 *
 * TCP's own clocks of a socket (tcp_sock.chrono_stat) are read when its connection
 * ends, and by the worker while it lives (survey/flows_live.c). They do not tell a
 * timeout from a full network: that is charged by congestion state, at each change of
 * it. A socket that never leaves the state Open needs no memory for that. One that
 * does gets a struct tcpdiag_clock_states, in its record, until its connection ends; and
 * so does one whose clocks had counted something before they could be followed.
 *
 * Connections that have ended are added up in their shard, in a table that is made
 * for the first one with data.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "account/flows.h"
#include "compat.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/role.h"

/* A group that is so quiet may lose its place to another. */
#define QUIET_NS	(600 * (u64)NSEC_PER_SEC)
/* Reads of clocks that TCP is just about to change. */
#define TRIES		3

/* -- one connection ---------------------------------------------------------- */

/**
 * tcpdiag_flow_read_ticks() - read TCP's clocks, with the piece that is running
 * @tp: the socket; if it is not locked, they may be those of a moment ago
 * @t: set to them
 *
 * Context: any.
 */
void tcpdiag_flow_read_ticks(const struct tcp_sock *tp,
			     struct tcpdiag_clock_ticks *t)
{
	unsigned int type, tries = 0;
	u32 start, more;

	do {
		type = tp->chrono_type;
		start = READ_ONCE(tp->chrono_start);
		/* tcp_chrono_set() writes the sum first */
		smp_rmb();
		t->busy = READ_ONCE(tp->chrono_stat[TCP_CHRONO_BUSY - 1]);
		t->window =
			READ_ONCE(tp->chrono_stat[TCP_CHRONO_RWND_LIMITED - 1]);
		t->buffer =
			READ_ONCE(tp->chrono_stat[TCP_CHRONO_SNDBUF_LIMITED - 1]);
		/* and then the others */
		smp_rmb();
	} while ((tp->chrono_type != type ||
		  READ_ONCE(tp->chrono_start) != start) && ++tries < TRIES);
	more = tcp_jiffies32 - start;
	switch (type) {
	case TCP_CHRONO_BUSY:
		t->busy += more;
		break;
	case TCP_CHRONO_RWND_LIMITED:
		t->window += more;
		break;
	case TCP_CHRONO_SNDBUF_LIMITED:
		t->buffer += more;
		break;
	}
}

/* Whether each change of its congestion state was seen. */
static bool is_seen(const struct tcpdiag_record *rec)
{
	return !(rec->flags & TCPDIAG_F_CLOCK_LOST) &&
	       tcpdiag_phase_hears(TCPDIAG_SOURCE_CONG_STATES);
}

/* A FIN takes a place among the bytes; data that a child's SYN had is not known. */
static u64 received(const struct sock *sk)
{
	u64 bytes = READ_ONCE(tcp_sk(sk)->bytes_received);

	return bytes - (bytes && sock_flag(sk, SOCK_DONE));
}

/**
 * tcpdiag_flow_measure() - measure a connection
 * @flow: set to what it did
 * @rec: its record; its shard is locked
 * @sk: the socket
 * @now: ktime_get_ns()
 *
 * Context: interrupts off.
 */
void tcpdiag_flow_measure(struct tcpdiag_flow *flow,
			  const struct tcpdiag_record *rec,
			  const struct sock *sk, u64 now)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u64 sent = READ_ONCE(tp->bytes_sent);
	u64 life = tcpdiag_flow_life_ns(rec, now);
	struct tcpdiag_clock_ticks t;

	lockdep_assert_held(&rec->shard->lock);
	if (rec->clock)
		life -= min(life, rec->clock->before_ns);
	life = div_u64(life, NSEC_PER_USEC);
	flow->v6 = sk->sk_family == AF_INET6;
	tcpdiag_addr_read(sk, &flow->addr);
	flow->sent = sent - min(sent, READ_ONCE(tp->bytes_retrans));
	flow->received = received(sk);
	tcpdiag_flow_read_ticks(tp, &t);
	tcpdiag_clock_make(&flow->clock, &t, rec->clock, is_seen(rec), life);
	if (unlikely(rec->flags & TCPDIAG_F_CLOCK_LOST))
		tcpdiag_clock_forget(&flow->clock, life);
}

/**
 * tcpdiag_flow_key() - the group of a connection
 * @key: set to it
 * @rec: its record; its shard is locked
 * @flow: what it did
 *
 * Who has an accepted connection is often not known: they are of one program.
 *
 * Context: interrupts off.
 * Return: false if it has none: which end connected is not known.
 */
bool tcpdiag_flow_key(struct tcpdiag_key *key, const struct tcpdiag_record *rec,
		      const struct tcpdiag_flow *flow)
{
	u8 role = tcpdiag_likely_role(rec);

	memset(key, 0, sizeof(*key));
	key->rest = flow->v6 ? TCPDIAG_FLOW_V6 : 0;
	if (role != TCPDIAG_ROLE_ACTIVE) {
		key->rest |= flow->addr.lport;
		return role != TCPDIAG_ROLE_UNKNOWN;
	}
	key->rest |= flow->addr.rport | TCPDIAG_FLOW_ACTIVE;
	memcpy(key->word, &flow->addr.remote, sizeof(flow->addr.remote));
	strscpy_pad(TCPDIAG_FLOW_COMM(key), rec->comm, TASK_COMM_LEN);
	return true;
}

static void note_worst(struct tcpdiag_flow_worst *worst,
		       const struct tcpdiag_flow *flow, u64 limited_us)
{
	static const struct tcpdiag_clock_samples none;
	u64 us[TCPDIAG_CLOCK_PARTS];
	unsigned int percent;

	tcpdiag_clock_divide(&flow->clock, &none, us);
	worst->limited_us = limited_us;
	worst->part = tcpdiag_clock_blame(us, &percent);
	worst->percent = percent;
	worst->v6 = flow->v6;
	worst->addr = flow->addr;
}

/**
 * tcpdiag_flow_add() - add a connection to others of its group
 * @sum: the group
 * @flow: the connection
 *
 * Context: any.
 */
void tcpdiag_flow_add(struct tcpdiag_flow_sum *sum,
		      const struct tcpdiag_flow *flow)
{
	u64 limited = tcpdiag_clock_limited_us(&flow->clock);

	sum->connections++;
	sum->sent += flow->sent;
	sum->received += flow->received;
	tcpdiag_clock_add(&sum->clock, &flow->clock);
	if (unlikely(limited > sum->worst.limited_us))
		note_worst(&sum->worst, flow, limited);
}

/**
 * tcpdiag_flow_merge() - add connections of a group to others
 * @to: the others
 * @sum: the connections
 *
 * Context: any.
 */
void tcpdiag_flow_merge(struct tcpdiag_flow_sum *to,
			const struct tcpdiag_flow_sum *sum)
{
	to->connections += sum->connections;
	to->sent += sum->sent;
	to->received += sum->received;
	tcpdiag_clock_add(&to->clock, &sum->clock);
	if (sum->worst.limited_us > to->worst.limited_us)
		to->worst = sum->worst;
}

/**
 * tcpdiag_flow_note() - note who has a connection of a group
 * @owner: who was noted before
 * @rec: the connection's record; its shard is locked
 *
 * Context: interrupts off.
 */
void tcpdiag_flow_note(struct tcpdiag_flow_owner *owner,
		       const struct tcpdiag_record *rec)
{
	lockdep_assert_held(&rec->shard->lock);
	if (!*rec->comm || (owner->pid == rec->pid && *owner->comm))
		return;
	put_pid(owner->pid);
	owner->pid = get_pid(rec->pid);
	memcpy(owner->comm, rec->comm, sizeof(owner->comm));
}

/* In arithmetic without a sign: see tcpdiag_flow_row.live. */
static void take_back(struct tcpdiag_flow_sum *sum,
		      const struct tcpdiag_flow *flow)
{
	sum->connections--;
	sum->sent -= flow->sent;
	sum->received -= flow->received;
	tcpdiag_clock_take_back(&sum->clock, &flow->clock);
}

/*
 * A connection ends that has been measured while it was open. @key: NULL if it has
 * none.
 */
static noinline void end_live(const struct tcpdiag_record *rec,
			      const struct tcpdiag_flow *flow,
			      const struct tcpdiag_key *key)
{
	unsigned int slot = TCPDIAG_SLOT_OTHER;
	struct tcpdiag_live_flows *f;
	struct tcpdiag_flow_row *row;

	lockdep_assert_held(&rec->shard->lock);
	if (tcpdiag_is_ending(rec))
		return;
	f = READ_ONCE(rec->shard->net->flows);
	if (!f)
		return;
	raw_spin_lock(&f->lock);
	if (key)
		slot = tcpdiag_slots_find(&f->slots, key);
	/* its key has changed since, unless there was no room */
	if (!slot && f->slots.used < TCPDIAG_SLOTS)
		goto unlock;
	row = &f->row[slot ?: TCPDIAG_SLOT_OTHER];
	if (rec->met == f->round && row->next.connections)
		take_back(&row->next, flow);
	else if (rec->met == tcpdiag_flow_round_before(f->round) &&
		 row->live.connections)
		take_back(&row->live, flow);
unlock:
	raw_spin_unlock(&f->lock);
}

/* -- congestion states ------------------------------------------------------- */

static const u8 classes[] = {
	[TCP_CA_Open]		= TCPDIAG_CLOCK_CLASS_OPEN,
	[TCP_CA_Disorder]	= TCPDIAG_CLOCK_CLASS_OPEN,
	[TCP_CA_CWR]		= TCPDIAG_CLOCK_CLASS_RECOVERY,
	[TCP_CA_Recovery]	= TCPDIAG_CLOCK_CLASS_RECOVERY,
	[TCP_CA_Loss]		= TCPDIAG_CLOCK_CLASS_LOSS,
};

/* A peer that has taken its window back has closed it: nothing is lost. */
static enum tcpdiag_clock_class class_of(const struct sock *sk, u8 ca_state)
{
	if (ca_state == TCP_CA_Loss && !tcp_sk(sk)->snd_wnd &&
	    !sock_flag(sk, SOCK_DEAD))
		return TCPDIAG_CLOCK_CLASS_OPEN;
	return classes[ca_state];
}

/* NULL if memory is short. */
static struct tcpdiag_clock_states *
new_states(struct tcpdiag_record *rec, const struct tcpdiag_clock_ticks *t)
{
	struct tcpdiag_clock_states *s = kzalloc(sizeof(*s), TCPDIAG_GFP_EVENT);

	lockdep_assert_held(&rec->shard->lock);
	if (!s) {
		atomic64_inc(&rec->shard->alloc_failed);
		rec->flags |= TCPDIAG_F_CLOCK_LOST;
		return NULL;
	}
	rec->shard->clocks++;
	s->at = *t;
	rec->clock = s;
	return s;
}

/* What was before is of the state that is left, if all of it was seen. */
static void begin_states(struct tcpdiag_record *rec, const struct sock *sk,
			 const struct tcpdiag_clock_ticks *t)
{
	struct tcpdiag_clock_states *s = new_states(rec, t);
	bool seen = is_seen(rec) && classes[inet_csk(sk)->icsk_ca_state] ==
				    TCPDIAG_CLOCK_CLASS_OPEN;

	if (!s)
		return;
	s->ticks[seen ? TCPDIAG_CLOCK_CLASS_OPEN :
			TCPDIAG_CLOCK_CLASS_UNSEEN] = t->busy;
	s->window = t->window;
	s->buffer = t->buffer;
}

/**
 * tcpdiag_flows_begin_late() - leave out what TCP's clocks have counted until now
 * @rec: the record of a connection without a clock; its shard is locked
 * @sk: the socket, locked; tcpdiag_flow_has_counted()
 * @life_ns: its life until now
 *
 * The connection is older than the module, or the socket has had another before.
 * If memory is short, that is counted.
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_flows_begin_late(struct tcpdiag_record *rec,
			      const struct sock *sk, u64 life_ns)
{
	u8 ca_state = inet_csk(sk)->icsk_ca_state;
	struct tcpdiag_clock_states *s;
	struct tcpdiag_clock_ticks t;

	tcpdiag_flow_read_ticks(tcp_sk(sk), &t);
	s = new_states(rec, &t);
	if (!s)
		return;
	s->before_ns = life_ns;
	s->now = is_seen(rec) && ca_state < ARRAY_SIZE(classes) ?
		 class_of(sk, ca_state) : TCPDIAG_CLOCK_CLASS_UNSEEN;
}

static void enter(struct tcpdiag_record *rec, const struct sock *sk,
		  enum tcpdiag_clock_class class)
{
	struct tcpdiag_clock_ticks t;

	lockdep_assert_held(&rec->shard->lock);
	/* @cc: it is a connection that has not ended */
	if (!rec->cc || rec->flags & TCPDIAG_F_CLOCK_LOST)
		return;
	tcpdiag_flow_read_ticks(tcp_sk(sk), &t);
	if (!rec->clock)
		begin_states(rec, sk, &t);
	if (rec->clock)
		tcpdiag_clock_enter(rec->clock, &t, class);
}

static noinline void change_class(const struct sock *sk,
				  enum tcpdiag_clock_class class)
{
	struct tcpdiag_record *rec;
	unsigned long irqflags;

	local_irq_save(irqflags);
	rec = tcpdiag_find_lock(sk);
	if (rec) {
		enter(rec, sk, class);
		tcpdiag_unlock(&rec->shard->lock);
	}
	local_irq_restore(irqflags);
}

/**
 * tcpdiag_flows_cong_state() - a socket is about to change its congestion state
 * @unused: data of the tracepoint
 * @sk: the socket, locked; or new
 * @ca_state: the state that it enters
 *
 * Context: softirq or process.
 */
void tcpdiag_flows_cong_state(void *unused, struct sock *sk, const u8 ca_state)
{
	TCPDIAG_PROBE_GUARD();
	u8 was = inet_csk(sk)->icsk_ca_state;

	if (likely(was == ca_state) || was >= ARRAY_SIZE(classes) ||
	    ca_state >= ARRAY_SIZE(classes) ||
	    classes[was] == classes[ca_state])
		return;
	change_class(sk, class_of(sk, ca_state));
}

/* -- connections that have ended --------------------------------------------- */

/* A group that has ended long ago, or has one connection only, may go. */
static bool give_up(void *arg, unsigned int slot)
{
	struct tcpdiag_flows *f = arg;
	struct tcpdiag_flow_sum *sum = &f->sum[slot];

	if (sum->connections > 1 &&
	    tcpdiag_coarse_ns() < f->last_ns[slot] + QUIET_NS)
		return false;
	tcpdiag_flow_merge(&f->sum[TCPDIAG_SLOT_OTHER], sum);
	put_pid(f->owner[slot].pid);
	memset(sum, 0, sizeof(*sum));
	memset(&f->owner[slot], 0, sizeof(f->owner[slot]));
	return true;
}

static struct tcpdiag_flows *flows_of(struct tcpdiag_shard *shard)
{
	lockdep_assert_held(&shard->lock);
	if (likely(shard->flows))
		return shard->flows;
	shard->flows = kzalloc(sizeof(*shard->flows), TCPDIAG_GFP_EVENT);
	if (!shard->flows)
		atomic64_inc(&shard->alloc_failed);
	return shard->flows;
}

/* @key: NULL if it has none. */
static void add_ended(struct tcpdiag_flows *f, const struct tcpdiag_key *key,
		      const struct tcpdiag_record *rec,
		      const struct tcpdiag_flow *flow, u64 now)
{
	unsigned int slot = 0;

	if (key)
		slot = tcpdiag_slots_find(&f->slots, key) ?:
		       tcpdiag_slots_take(&f->slots, key, give_up, f);
	if (slot)
		tcpdiag_flow_note(&f->owner[slot], rec);
	else
		slot = TCPDIAG_SLOT_OTHER;
	tcpdiag_flow_add(&f->sum[slot], flow);
	f->last_ns[slot] = now;
}

/**
 * tcpdiag_flows_take() - add a connection that ends to its group
 * @shard: the record's shard, locked
 * @rec: its record, still in its last state
 * @sk: the socket, locked or used by nobody else
 * @now: ktime_get_ns()
 *
 * If memory is short, that is counted in the shard, and so are its life and itself.
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_flows_take(struct tcpdiag_shard *shard,
			struct tcpdiag_record *rec, const struct sock *sk,
			u64 now)
{
	struct tcpdiag_flows *f = flows_of(shard);
	struct tcpdiag_flow flow;
	struct tcpdiag_key key;
	bool has_key;

	lockdep_assert_held(&shard->lock);
	tcpdiag_flow_measure(&flow, rec, sk, now);
	has_key = tcpdiag_flow_key(&key, rec, &flow);
	if (likely(f)) {
		add_ended(f, has_key ? &key : NULL, rec, &flow, now);
	} else {
		shard->untold++;
		shard->untold_us += flow.clock.life_us;
	}
	if (rec->met)
		end_live(rec, &flow, has_key ? &key : NULL);
	shard->clocks -= !!rec->clock;
	kfree(rec->clock);
	rec->clock = NULL;
}

/**
 * tcpdiag_flows_free() - free a shard's table
 * @shard: a shard that no event can reach any more
 *
 * Context: any.
 */
void tcpdiag_flows_free(struct tcpdiag_shard *shard)
{
	unsigned int slot;

	for (slot = 1; shard->flows && slot <= TCPDIAG_SLOTS; slot++)
		put_pid(shard->flows->owner[slot].pid);
	kfree(shard->flows);
}

/**
 * tcpdiag_flows_bytes() - memory of a shard's table and of its records' clocks
 * @shard: the shard
 *
 * Context: any; the shard is locked.
 * Return: bytes.
 */
size_t tcpdiag_flows_bytes(const struct tcpdiag_shard *shard)
{
	return (shard->flows ? sizeof(*shard->flows) : 0) +
	       shard->clocks * kmalloc_size_roundup(sizeof(struct tcpdiag_clock_states));
}
