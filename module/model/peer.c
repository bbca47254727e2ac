// SPDX-License-Identifier: GPL-2.0
/*
 * Figures derived from the counts of a destination (see peer.h).
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "model/peer.h"

/**
 * tcpdiag_peer_bind() - count a connection whose port bind() to port 0 found
 * @p: its destination
 * @pid: the process that made it, or NULL
 *
 * Each process votes for itself, and one vote against it takes one away. So the
 * votes that are left are connections that the candidate holds.
 *
 * Context: any; the user's lock held.
 * Return: true if the user is to note the process as @p->binder.
 */
bool tcpdiag_peer_bind(struct tcpdiag_peer *p, const struct pid *pid)
{
	p->bound++;
	if (!pid)
		return false;
	if (pid == p->binder.pid || !p->binder_least) {
		p->binder_least++;
		return pid != p->binder.pid;
	}
	p->binder_least--;
	return false;
}

/**
 * tcpdiag_peer_unbind() - count the end of such a connection
 * @p: its destination
 * @pid: the process that made it, or NULL
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_unbind(struct tcpdiag_peer *p, const struct pid *pid)
{
	p->bound--;
	if (pid && pid == p->binder.pid && p->binder_least)
		p->binder_least--;
	p->binder_least = min(p->binder_least, p->bound);
}

/**
 * tcpdiag_peer_late() - count a connect() that needed more than one SYN
 * @p: its destination; it is in @p->made already
 * @again: how many SYNs were sent again
 * @ns: how long it took
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_late(struct tcpdiag_peer *p, u32 again, u64 ns, u64 now)
{
	tcpdiag_lately_add(&p->late, p->made - 1, now);
	p->late_twice += again > 1;
	p->late_ns += ns;
}

/**
 * tcpdiag_peer_found() - count a port that was in use before insmod
 * @p: its destination
 * @as: what the port is in use for
 *
 * It does not count as growth.
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_found(struct tcpdiag_peer *p, enum tcpdiag_peer_class as)
{
	unsigned int i;

	p->in_use[as]++;
	for (i = 0; i < ARRAY_SIZE(p->mark); i++) {
		p->mark[i].in_use++;
		if (as == TCPDIAG_PEER_TIME_WAIT)
			p->mark[i].waited++;
		else
			p->mark[i].live++;
	}
}

/**
 * tcpdiag_peer_fold() - add the counts of a destination to those of the others
 * @into: the others
 * @p: the destination, with no port in use; its lives and its last victim are
 *	dropped
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_fold(struct tcpdiag_peer *into, const struct tcpdiag_peer *p)
{
	unsigned int i;

	into->made += p->made;
	into->waited += p->waited;
	into->no_port += p->no_port;
	into->lived += p->lived;
	into->lived_short += p->lived_short;
	for (i = 0; i < ARRAY_SIZE(p->mark); i++) {
		into->mark[i].made += p->mark[i].made;
		into->mark[i].waited += p->mark[i].waited;
		into->mark[i].live += p->mark[i].live;
		into->mark[i].in_use += p->mark[i].in_use;
	}
}

/* Connections that sent data in the SYN. */
static u32 fast_opens(const struct tcpdiag_peer *p)
{
	return p->fast_open[TCPDIAG_FAST_OPEN_USED] +
	       p->fast_open[TCPDIAG_FAST_OPEN_REFUSED] +
	       p->fast_open[TCPDIAG_FAST_OPEN_DROPPED];
}

/**
 * tcpdiag_peer_fast_open() - count a connection with Fast Open
 * @p: its destination
 * @outcome: what became of it
 * @ns: how long it took
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_fast_open(struct tcpdiag_peer *p,
			    enum tcpdiag_fast_open outcome, u64 ns, u64 now)
{
	if (outcome == TCPDIAG_FAST_OPEN_DROPPED) {
		tcpdiag_lately_add(&p->fast_open_late, fast_opens(p), now);
		p->fast_open_lost_ns += ns;
	}
	p->fast_open[outcome]++;
}

static u32 live(const struct tcpdiag_peer *p)
{
	return tcpdiag_peer_total(p->in_use) -
	       p->in_use[TCPDIAG_PEER_TIME_WAIT];
}

/**
 * tcpdiag_peer_remember() - mark the counts at the end of an interval
 * @p: a destination
 * @now: ktime_get_ns()
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_remember(struct tcpdiag_peer *p, u64 now)
{
	tcpdiag_lately_roll(&p->late, p->made, now);
	tcpdiag_lately_roll(&p->fast_open_late, fast_opens(p), now);
	p->mark[1] = p->mark[0];
	p->mark[0].made = p->made;
	p->mark[0].waited = p->waited;
	p->mark[0].in_use = tcpdiag_peer_total(p->in_use);
	p->mark[0].live = live(p);
}

/**
 * tcpdiag_peer_read() - read the figures of a destination
 * @p: its counts
 * @sum: the figures, without the key, @missed and references to processes;
 *	overwritten
 *
 * Context: any; the user's lock held.
 */
void tcpdiag_peer_read(const struct tcpdiag_peer *p,
		       struct tcpdiag_peer_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	memcpy(sum->in_use, p->in_use, sizeof(sum->in_use));
	sum->bound = p->bound;
	sum->connects = p->made;
	sum->no_port = p->no_port;
	sum->lived = p->lived;
	sum->lived_short = p->lived_short;
	sum->lives = min_t(u32, p->lived, TCPDIAG_LIVES);
	memcpy(sum->life, p->life, sizeof(sum->life));
	sum->made = p->made - p->mark[1].made;
	sum->waited = p->waited - p->mark[1].waited;
	sum->growth = tcpdiag_peer_total(p->in_use) - p->mark[1].in_use;
	sum->live_growth = live(p) - p->mark[1].live;
	sum->user = p->user;
	sum->victim = p->victim;
	sum->no_port_ns = p->no_port_ns;
	sum->unstamped = p->unstamped;
	memcpy(sum->fast_open, p->fast_open, sizeof(sum->fast_open));
	sum->fast_open_lost_ns = p->fast_open_lost_ns;
	tcpdiag_lately_read(&p->fast_open_late, fast_opens(p),
			    &sum->fast_open_lately);
	sum->fast_open_user = p->fast_open_user;
	sum->late = p->late.total;
	sum->late_twice = p->late_twice;
	sum->late_ns = p->late_ns;
	tcpdiag_lately_read(&p->late, p->made, &sum->lately);
	sum->late_user = p->late_user;
	sum->binder = p->binder;
	sum->binder_least = p->binder_least;
}

/* The last one comes first. */
static void add_late(struct tcpdiag_peer_sum *into, struct tcpdiag_peer_sum *s)
{
	into->late += s->late;
	into->late_twice += s->late_twice;
	into->late_ns += s->late_ns;
	if (s->lately.last_ns > into->lately.last_ns)
		swap(into->late_user, s->late_user);
	tcpdiag_lately_merge(&into->lately, &s->lately);
}

static void add_fast_open(struct tcpdiag_peer_sum *into,
			  struct tcpdiag_peer_sum *s)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_FAST_OPENS; i++)
		into->fast_open[i] += s->fast_open[i];
	into->fast_open_lost_ns += s->fast_open_lost_ns;
	if (s->fast_open_lately.last_ns > into->fast_open_lately.last_ns)
		swap(into->fast_open_user, s->fast_open_user);
	tcpdiag_lately_merge(&into->fast_open_lately, &s->fast_open_lately);
}

static void add_bound(struct tcpdiag_peer_sum *into, struct tcpdiag_peer_sum *s)
{
	into->bound += s->bound;
	if (s->binder.pid == into->binder.pid) {
		into->binder_least += s->binder_least;
	} else if (s->binder_least > into->binder_least) {
		swap(into->binder, s->binder);
		into->binder_least = s->binder_least;
	}
}

/**
 * tcpdiag_peer_add() - add figures of another shard or another destination
 * @into: the figures so far
 * @s: the figures to add. On return it holds the processes that @into does not
 *	keep
 *
 * Context: any.
 */
void tcpdiag_peer_add(struct tcpdiag_peer_sum *into,
		      struct tcpdiag_peer_sum *s)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_PEER_CLASSES; i++)
		into->in_use[i] += s->in_use[i];
	add_bound(into, s);
	into->connects += s->connects;
	into->no_port += s->no_port;
	if (s->lived > into->lived) {
		swap(into->user, s->user);
		into->lives = s->lives;
		memcpy(into->life, s->life, sizeof(into->life));
	}
	into->lived += s->lived;
	into->lived_short += s->lived_short;
	into->missed += s->missed;
	into->made += s->made;
	into->waited += s->waited;
	into->live_growth += s->live_growth;
	into->growth += s->growth;
	into->unstamped |= s->unstamped;
	if (s->no_port_ns > into->no_port_ns) {
		swap(into->victim, s->victim);
		into->no_port_ns = s->no_port_ns;
	}
	add_late(into, s);
	add_fast_open(into, s);
}

/**
 * tcpdiag_peer_rate() - connects per second
 * @s: a destination
 * @window_ms: how long the last two intervals took, not 0
 *
 * Context: any.
 * Return: tenths per second.
 */
u64 tcpdiag_peer_rate(const struct tcpdiag_peer_sum *s, u64 window_ms)
{
	return div64_u64((u64)s->made * 10 * MSEC_PER_SEC, window_ms);
}

/**
 * tcpdiag_peer_percent() - a number of ports in per cent of those there are
 * @ports: how many
 * @capacity: ports there are for a destination
 *
 * Context: any.
 * Return: per cent, rounded down; over 100 if the port range was made smaller
 * or the ports come from another range; 0 if there are none.
 */
unsigned int tcpdiag_peer_percent(u32 ports, u32 capacity)
{
	return capacity ? div_u64(ports * 100ULL, capacity) : 0;
}

/**
 * tcpdiag_peer_end_name() - write an address as ss does
 * @buf: room for TCPDIAG_END_LEN characters
 * @word: the first word of the address; IPv4 in the lower half
 * @rest: the rest of its key
 * @port: write the port too
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_peer_end_name(char *buf, const u64 *word, u32 rest,
				  bool port)
{
	u32 v4 = *word;
	int n;

	if (rest & TCPDIAG_PEER_V6)
		n = scnprintf(buf, TCPDIAG_END_LEN, "[%pI6c]", word);
	else
		n = scnprintf(buf, TCPDIAG_END_LEN, "%pI4", &v4);
	if (port)
		scnprintf(buf + n, TCPDIAG_END_LEN - n, ":%u",
			  ntohs((__force __be16)rest));
	return buf;
}

/**
 * tcpdiag_peer_name() - write a destination as text
 * @buf: room for TCPDIAG_PAIR_LEN characters
 * @key: the destination
 * @between: text between local and remote end
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_peer_name(char *buf, const struct tcpdiag_key *key,
			      const char *between)
{
	bool v6 = key->rest & TCPDIAG_PEER_V6;
	const u64 local = key->word[0] >> 32;
	char ends[2][TCPDIAG_END_LEN];

	tcpdiag_peer_end_name(ends[0], v6 ? key->word : &local, key->rest,
			      false);
	tcpdiag_peer_end_name(ends[1], v6 ? key->word + 2 : key->word,
			      key->rest, true);
	scnprintf(buf, TCPDIAG_PAIR_LEN, "%s%s%s", ends[0], between, ends[1]);
	return buf;
}

static int by_length(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/**
 * tcpdiag_peer_median_us() - median life of the last connections
 * @s: a destination with at least one life
 *
 * Context: any.
 * Return: the median in microseconds, the upper one of an even number; longer
 * lives count as 73 minutes.
 */
u64 tcpdiag_peer_median_us(const struct tcpdiag_peer_sum *s)
{
	u32 life[TCPDIAG_LIVES];

	memcpy(life, s->life, sizeof(life));
	sort(life, s->lives, sizeof(*life), by_length, NULL);
	return div_u64((u64)life[s->lives / 2] << TCPDIAG_LIFE_SHIFT, NSEC_PER_USEC);
}

/* Seconds until @room is filled at @n per @window_ms; never 0. */
static u64 time_to_fill(u64 room, u32 n, u64 window_ms)
{
	return DIV64_U64_ROUND_UP(room * window_ms, (u64)n * MSEC_PER_SEC);
}

static bool is_loopback_v4(u32 addr)
{
	return ipv4_is_loopback((__force __be32)addr);
}

static bool is_loopback(const struct tcpdiag_key *key)
{
	const struct in6_addr *v6 = (const struct in6_addr *)key->word;

	if (key->rest & TCPDIAG_PEER_V6)
		return ipv6_addr_loopback(&v6[0]) || ipv6_addr_loopback(&v6[1]);
	return is_loopback_v4(key->word[0] >> 32) || is_loopback_v4(key->word[0]);
}

/**
 * tcpdiag_peer_reuses() - whether connect() takes ports that are in TIME_WAIT
 * @s: the destination
 * @reuse: net.ipv4.tcp_tw_reuse
 *
 * It takes those that have been there for tcpdiag_port_rules.reuse_ms, if both
 * ends used timestamps.
 *
 * Context: any.
 * Return: true if it does.
 */
bool tcpdiag_peer_reuses(const struct tcpdiag_peer_sum *s, unsigned int reuse)
{
	if (s->unstamped)
		return false;
	return reuse == TCPDIAG_REUSE_ALL ||
	       (reuse == TCPDIAG_REUSE_LOOPBACK && is_loopback(&s->key));
}

/* How many go to TIME_WAIT while one there keeps its port from connect(). */
static u64 held(const struct tcpdiag_peer_sum *s,
		const struct tcpdiag_port_rules *rules)
{
	u64 ms = tcpdiag_peer_reuses(s, rules->reuse) ?
		 rules->reuse_ms : TCPDIAG_TIME_WAIT_S * MSEC_PER_SEC;

	return div64_u64(s->waited * ms, rules->window_ms);
}

/**
 * tcpdiag_peer_taken() - ports that connect() cannot take at present
 * @s: a destination
 * @rules: what decides that
 *
 * These are the ports in use, without those in TIME_WAIT that may be reused; and
 * those that bind() took for other destinations.
 *
 * Context: any.
 * Return: how many; of ports that may be reused an estimate from the rate at
 * which connections go to TIME_WAIT.
 */
u32 tcpdiag_peer_taken(const struct tcpdiag_peer_sum *s,
		       const struct tcpdiag_port_rules *rules)
{
	u32 in_use = tcpdiag_peer_total(s->in_use) + tcpdiag_peer_elsewhere(s);
	u32 waiting = s->in_use[TCPDIAG_PEER_TIME_WAIT];

	if (!tcpdiag_peer_reuses(s, rules->reuse))
		return in_use;
	return in_use - waiting + min_t(u64, waiting, held(s, rules));
}

/**
 * tcpdiag_peer_forecast() - when a destination will have no port left
 * @s: the destination
 * @rules: what decides that
 *
 * A port in TIME_WAIT is free again after TCPDIAG_TIME_WAIT_S, or may be reused
 * after tcpdiag_port_rules.reuse_ms. So at a steady rate the number of those that cannot be
 * taken stops growing. If they and the live connections fit, only growth of live
 * connections can fill the rest; else the present growth of all ports in use is
 * extrapolated.
 *
 * Context: any.
 * Return: seconds; 0 if no port is left; TCPDIAG_NEVER if the ports do not run
 * out at the present rate.
 */
u64 tcpdiag_peer_forecast(const struct tcpdiag_peer_sum *s,
			  const struct tcpdiag_port_rules *rules)
{
	u32 in_use = tcpdiag_peer_total(s->in_use);
	u32 taken = tcpdiag_peer_taken(s, rules);
	u32 capacity = rules->capacity;
	u64 steady;

	if (taken >= capacity)
		return 0;
	steady = in_use - s->in_use[TCPDIAG_PEER_TIME_WAIT] + held(s, rules);
	if (steady < capacity)
		return s->live_growth > 0 ?
		       time_to_fill(capacity - steady, s->live_growth,
				    rules->window_ms) : TCPDIAG_NEVER;
	return s->growth > 0 ? time_to_fill(capacity - taken, s->growth,
					    rules->window_ms) : TCPDIAG_NEVER;
}
