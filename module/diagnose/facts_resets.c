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
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"

/* A port is told of if at least half of the SYNs were for it. */
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

/* Add row @b to row @a of the same kind. */
static void join(struct tcpdiag_reset_row *a, struct tcpdiag_reset_row *b)
{
	a->count += b->count;
	a->lost += b->lost;
	a->local += b->local;
	tcpdiag_recent_join(&a->recent, &b->recent);
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
	f->local = row->local * MOST > row->count;
	f->v6 = s->v6;
	f->one_peer = row->vote.hits * (u64)MOST > row->count;
	f->addr = s->active ? s->addr : row->peer;
	f->port = s->port;
	f->count = row->count;
	f->recent = tcpdiag_recent_sum(&row->recent, now);
	f->per_s = tcpdiag_recent_rate(&row->recent, now);
	f->since_us = ago_us(now, row->recent.since_ns);
	f->ago_us = ago_us(now, row->recent.last_ns);
	f->idle = row->idle;
	f->gap = row->gap;
	f->lost = row->lost;
	if (reader->owners)
		tcpdiag_owner_read(&f->owner, row->pid, s->comm, NULL);
}

static void read_rows(const struct tcpdiag_reader *reader,
		      struct tcpdiag_resets_facts *facts,
		      struct tcpdiag_resets_seen *seen)
{
	unsigned int i, k;

	for (i = 0; i < seen->n; i++) {
		struct tcpdiag_reset_seen *s = &seen->seen[i];

		if (!s->row.count)
			continue;
		for (k = i + 1; k < seen->n; k++)
			if (is_same(s, &seen->seen[k]))
				join(&s->row, &seen->seen[k].row);
		if (facts->n < TCPDIAG_RESET_FACTS &&
		    tcpdiag_recent_sum(&s->row.recent, seen->now))
			read_fact(&facts->fact[facts->n++], reader, s,
				  seen->now);
	}
}

/* False if memory is short. */
static bool read_strays(const struct tcpdiag_reader *reader,
			struct tcpdiag_resets_facts *facts, u64 now)
{
	const struct in6_addr any = {};
	struct tcpdiag_strays strays;

	tcpdiag_resets_read_strays(reader->tn, &strays);
	facts->refused = tcpdiag_recent_sum(&strays.recent, now);
	facts->refused_hits = min(strays.port_hits, facts->refused);
	if (facts->refused_hits * MOST >= facts->refused)
		facts->refused_port = strays.port;
	facts->refused_v6 = strays.v6;
	facts->refused_peer = strays.peer;
	facts->refused_asked = strays.asked;
	facts->refused_ago_us = ago_us(now, strays.recent.last_ns);
	facts->refused_since_us = ago_us(now, strays.recent.since_ns);
	/* a few are no finding */
	return !facts->refused_port ||
	       facts->refused_hits < TCPDIAG_RESETS_MANY_REFUSED ||
	       tcpdiag_port_holder_read(reader, false, &any,
					facts->refused_port,
					strays.recent.last_ns,
					&facts->refused_holder);
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
	read_rows(reader, facts, seen);
	done = read_strays(reader, facts, seen->now);
	tcpdiag_reset_table_put(seen);
	return done;
}
