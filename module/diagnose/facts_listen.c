// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about listeners: the worst of each kind of trouble.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <net/net_namespace.h>

#include "diagnose/facts_listen.h"
#include "store/net.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/listeners.h"

/* False if memory is short. */
static bool read_one(const struct tcpdiag_reader *reader,
		     const struct tcpdiag_listener *l,
		     struct tcpdiag_listener_fact *f)
{
	struct tcpdiag_holders *h = NULL;
	bool done = true;

	f->v6 = l->v6;
	f->v6only = l->v6only;
	f->addr = l->addr;
	f->port = l->port;
	f->reuseport = l->reuseport;
	f->sharing = l->sharing;
	f->accepting = l->accepting;
	f->never = !l->older && l->rates_known && !l->accepted &&
		   l->done <= l->accepting;
	if (l->accepted)
		f->accepted_us = div_u64(ktime_get_ns() - l->accepted,
					 NSEC_PER_USEC);
	f->since_us = div_u64(ktime_get_ns() - l->verdict_since, NSEC_PER_USEC);
	f->now = l->verdict == TCPDIAG_VERDICT_ACCEPT_FULL;
	f->syn = l->q.syn;
	f->syn_limit = l->syn_limit;
	f->accept = l->q.accept;
	f->limit = l->q.limit;
	f->wait_us = l->wait_us;
	f->done_per_s = l->done_per_s;
	f->accepted_per_s = l->accepted_per_s;
	f->rates_known = l->rates_known;
	f->overflows = l->overflows;
	f->overflows_minute = tcpdiag_minute_sum(&l->overflowed);
	f->drops = l->q.drops - l->drops_before;
	f->floods = l->floods;
	if (!reader->owners)
		return true;
	done = tcpdiag_listener_owner_read(&h, reader, &f->owner, l->sk,
					   l->since, l->pid, l->comm);
	tcpdiag_descriptors_read(h, tcpdiag_holders_of(h, l->sk, l->since,
						       l->pid, NULL),
				 &f->fds);
	tcpdiag_holders_put(h);
	return done;
}

/* False if memory is short. The first stands for all that have no place. */
static bool read_worst(const struct tcpdiag_reader *reader,
		       const struct tcpdiag_listeners_worst *worst,
		       struct tcpdiag_listener_fact f[TCPDIAG_WORST_EACH])
{
	bool done = true;
	unsigned int i;

	for (i = 0; i < worst->n && done; i++) {
		f[i].listeners = i ? 1 : worst->listeners - (worst->n - 1);
		done = read_one(reader, &worst->l[i], &f[i]);
	}
	return done;
}

/**
 * tcpdiag_facts_listen() - gather the facts about listeners
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_listen(const struct tcpdiag_reader *reader,
			  struct tcpdiag_listen_facts *facts)
{
	const struct net *net = reader->tn->net;
	struct tcpdiag_listeners_troubles *t;
	bool done;

	t = tcpdiag_listeners_read_worst(reader->tn);
	if (!t)
		return false;
	facts->aborts = READ_ONCE(net->ipv4.sysctl_tcp_abort_on_overflow);
	facts->syncookies = READ_ONCE(net->ipv4.sysctl_tcp_syncookies);
	facts->max_syn_backlog = READ_ONCE(net->ipv4.sysctl_max_syn_backlog);
	facts->somaxconn = READ_ONCE(net->core.sysctl_somaxconn);
	facts->full_per_s = t->rates.full_per_s;
	facts->valid_per_s = t->rates.valid_per_s;
	facts->flood_unlocated = tcpdiag_flood_is_unlocated(t->rates.flood_seen,
							    ktime_get_ns());
	done = read_worst(reader, &t->worst[TCPDIAG_WORST_FLOOD],
			  facts->flood) &&
	       read_worst(reader, &t->worst[TCPDIAG_WORST_SYN_FULL],
			  facts->syn_full) &&
	       read_worst(reader, &t->worst[TCPDIAG_WORST_OVERFLOW],
			  facts->overflow) &&
	       read_worst(reader, &t->worst[TCPDIAG_WORST_SLOW],
			  facts->slow);
	tcpdiag_listeners_worst_put(t);
	return done;
}
