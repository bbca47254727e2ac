// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about connections that end by a RST. Rows of the table that
 * differ only in the state of the socket are one fact.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "account/reset_table.h"
#include "account/resets.h"
#include "diagnose/facts_resets.h"
#include "model/sleep.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/asleep.h"

/* More than half is most. */
#define MOST	2

static bool is_same(const struct tcpdiag_reset_seen *a,
		    const struct tcpdiag_reset_seen *b)
{
	return a->sent == b->sent && a->reason == b->reason &&
	       a->v6 == b->v6 && a->active == b->active && a->port == b->port &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr)) &&
	       !memcmp(a->comm, b->comm, sizeof(a->comm));
}

static void join_range(struct tcpdiag_range *sum, const struct tcpdiag_range *r)
{
	if (!r->n)
		return;
	sum->min_ms = sum->n ? min(sum->min_ms, r->min_ms) : r->min_ms;
	sum->max_ms = max(sum->max_ms, r->max_ms);
	sum->n += r->n;
}

/* Add row @b to row @a of the same kind. Either has figures of its own time. */
static void join(struct tcpdiag_reset_row *a, struct tcpdiag_reset_row *b)
{
	if (b->recent.last_ns > a->recent.last_ns) {
		swap(a->pid, b->pid);
		a->own = b->own;
	}
	a->count += b->count;
	a->n += b->n;
	a->since_ns = min(a->since_ns, b->since_ns);
	a->local += b->local;
	tcpdiag_recent_join(&a->recent, &b->recent);
	tcpdiag_recent_join(&a->lost_recent, &b->lost_recent);
	tcpdiag_recent_join(&a->unanswered_recent, &b->unanswered_recent);
	if (a->vote.id == b->vote.id)
		a->vote.hits += b->vote.hits;
	join_range(&a->idle, &b->idle);
	join_range(&a->gap, &b->gap);
	b->count = 0;
}

static u64 ago_us(u64 now, u64 at)
{
	return div_u64(now - min(now, at), NSEC_PER_USEC);
}

static void read_fact(struct tcpdiag_reset_fact *f,
		      const struct tcpdiag_reader *reader,
		      const struct tcpdiag_reset_seen *s, u64 now)
{
	const struct tcpdiag_reset_row *row = &s->row;

	f->reason = s->reason;
	f->active = s->active;
	f->local = row->local * MOST > row->n;
	f->v6 = s->v6;
	f->one_peer = row->vote.hits * (u64)MOST > row->n;
	f->addr = s->active ? s->addr : row->peer;
	f->port = s->port;
	f->count = row->count;
	f->recent = tcpdiag_recent_sum(&row->recent, now);
	f->per_s = tcpdiag_recent_rate(&row->recent, now);
	f->since_us = ago_us(now, row->since_ns);
	f->ago_us = ago_us(now, row->recent.last_ns);
	f->idle = row->idle;
	f->gap = row->gap;
	f->lost = min(tcpdiag_recent_sum(&row->lost_recent, now), f->recent);
	f->unanswered = min(tcpdiag_recent_sum(&row->unanswered_recent, now),
			    f->recent);
	if (reader->owners)
		tcpdiag_owner_read(&f->owner, row->pid, s->comm, NULL);
}

/*
 * Whether the service goes on without the listener, at the address that its
 * clients asked for. False if memory is short.
 */
static bool find_successor(struct tcpdiag_reset_fact *f,
			   const struct tcpdiag_reader *reader,
			   const struct in6_addr *own)
{
	const struct tcpdiag_bound_to to = { .v6 = f->v6, .addr = *own };
	struct tcpdiag_port_holder holder;

	if (f->reason != TCPDIAG_RESET_NOT_ACCEPTED)
		return true;
	if (!tcpdiag_port_holder_read(reader, &to, f->port, 0, &holder))
		return false;
	f->served = holder.listening;
	f->unsure = !holder.listening && holder.missed;
	return true;
}

/*
 * Who accepted a connection is not seen. Whoever listens on its port now has most
 * likely done so. False if memory is short.
 */
static bool find_server(struct tcpdiag_reset_fact *f,
			const struct tcpdiag_reader *reader)
{
	struct tcpdiag_port_holder holder;

	if ((f->reason != TCPDIAG_RESET_TIMEOUT &&
	     f->reason != TCPDIAG_RESET_PEER_CLOSED) || f->active ||
	    *f->owner.comm || !reader->owners)
		return true;
	if (!tcpdiag_port_holder_read(reader, &tcpdiag_bound_anywhere, f->port,
				      0, &holder))
		return false;
	if (holder.listening)
		f->owner = holder.owner;
	return true;
}

/* Leave one row of each kind that is judged and was there lately. */
static void join_rows(struct tcpdiag_resets_seen *seen)
{
	unsigned int i, k;

	for (i = 0; i < seen->n; i++) {
		struct tcpdiag_reset_seen *s = &seen->seen[i];

		if (!tcpdiag_resets_judge(s->reason, s->state) ||
		    !tcpdiag_recent_sum(&s->row.recent, seen->now))
			s->row.count = 0;
	}
	for (i = 0; i < seen->n; i++)
		for (k = i + 1; seen->seen[i].row.count && k < seen->n; k++)
			if (seen->seen[k].row.count &&
			    is_same(&seen->seen[i], &seen->seen[k]))
				join(&seen->seen[i].row, &seen->seen[k].row);
}

/* The most frequent row that is left; or NULL. */
static struct tcpdiag_reset_seen *next_row(struct tcpdiag_resets_seen *seen)
{
	struct tcpdiag_reset_seen *most = NULL;
	u64 recent, top = 0;
	unsigned int i;

	for (i = 0; i < seen->n; i++) {
		recent = tcpdiag_recent_sum(&seen->seen[i].row.recent,
					    seen->now);
		if (!seen->seen[i].row.count || recent <= top)
			continue;
		top = recent;
		most = &seen->seen[i];
	}
	return most;
}

/* False if memory is short. */
static bool read_rows(const struct tcpdiag_reader *reader,
		      struct tcpdiag_resets_facts *facts,
		      struct tcpdiag_resets_seen *seen)
{
	struct tcpdiag_reset_fact *f = facts->fact;
	struct tcpdiag_reset_seen *s;

	join_rows(seen);
	for (; facts->n < TCPDIAG_RESET_FACTS; f++, facts->n++) {
		s = next_row(seen);
		if (!s)
			return true;
		read_fact(f, reader, s, seen->now);
		if (!find_successor(f, reader, &s->row.own) ||
		    !find_server(f, reader))
			return false;
		s->row.count = 0;
	}
	return true;
}

/* False if memory is short. */
static bool read_strays(const struct tcpdiag_reader *reader,
			struct tcpdiag_resets_facts *facts, u64 now)
{
	struct tcpdiag_strays strays;

	tcpdiag_resets_read_strays(reader->tn, &strays);
	facts->refused = tcpdiag_recent_sum(&strays.port.all, now);
	facts->refused_hits = tcpdiag_most_sum(&strays.port, now);
	if (!facts->refused_hits)
		return true;
	facts->refused_port = strays.port.vote.id;
	facts->refused_v6 = strays.v6;
	facts->refused_peer = strays.peer;
	facts->refused_asked = strays.asked;
	facts->refused_ago_us = ago_us(now, strays.port.hits.last_ns);
	facts->refused_since_us = ago_us(now, strays.port.hits.since_ns);
	/* a few are no finding */
	return facts->refused_hits < TCPDIAG_RESETS_MANY_REFUSED ||
	       tcpdiag_port_holder_asked(reader, strays.v6, &strays.asked,
					 facts->refused_port,
					 strays.port.hits.last_ns,
					 &facts->refused_holder);
}

static void read_sleep(struct tcpdiag_resets_sleep *sleep, u64 now)
{
	struct tcpdiag_sleep s;

	tcpdiag_asleep_read(&s);
	if (!tcpdiag_sleep_was_lately(&s, now))
		return;
	sleep->slept_us = div_u64(s.slept_ns, NSEC_PER_USEC);
	sleep->first_us = ago_us(now, s.first_ns);
	sleep->woke_us = ago_us(now, s.woke_ns);
}

/**
 * tcpdiag_facts_resets() - gather the facts about RSTs
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_resets(const struct tcpdiag_reader *reader,
			  struct tcpdiag_resets_facts *facts)
{
	struct tcpdiag_resets_seen *seen;
	bool done;

	seen = tcpdiag_reset_table_read(reader->tn);
	if (!seen)
		return false;
	facts->migrates =
		READ_ONCE(reader->tn->net->ipv4.sysctl_tcp_migrate_req);
	read_sleep(&facts->sleep, seen->now);
	done = read_rows(reader, facts, seen) &&
	       read_strays(reader, facts, seen->now);
	tcpdiag_reset_table_put(seen);
	return done;
}
