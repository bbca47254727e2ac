// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about what connections lose on their way.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/sort.h>
#include <net/net_namespace.h>

#include "account/losses.h"
#include "diagnose/facts_losses.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/port_holder.h"

static u64 ago_us(u64 now, u64 at)
{
	return div_u64(now - min(now, at), NSEC_PER_USEC);
}

/* Who listens is not recorded with what was accepted. False if memory is short. */
static bool read_owner(struct tcpdiag_loss_fact *f,
		       const struct tcpdiag_reader *reader,
		       const struct tcpdiag_loss_seen *s)
{
	struct tcpdiag_port_holder holder;

	if (!reader->owners)
		return true;
	tcpdiag_owner_read(&f->owner, s->pid, s->comm, NULL);
	if (s->active || f->owner.pid || *f->owner.comm)
		return true;
	if (!tcpdiag_port_holder_read(reader, &tcpdiag_bound_anywhere, s->port,
				      0, &holder))
		return false;
	f->owner = holder.owner;
	return true;
}

static bool is_usual(const struct tcpdiag_loss_fact *f)
{
	return !tcpdiag_loss_is_impatient(&f->sum) &&
	       f->share == TCPDIAG_LOSS_USUAL &&
	       f->timeouts == TCPDIAG_LOSS_USUAL;
}

static void read_fact(struct tcpdiag_loss_fact *f,
		      const struct tcpdiag_loss_seen *s, u64 now, u64 sent)
{
	*f = (struct tcpdiag_loss_fact) {
		.active = s->active,
		.v6 = s->v6,
		.one_peer = s->active || s->one_peer,
		.addr = s->addr,
		.port = s->port,
		.sum = s->sum,
		.timeouts_us = div_u64(s->timeouts_ns, NSEC_PER_USEC),
		.since_us = ago_us(now, s->since_ns),
		.ago_us = ago_us(now, s->last_ns),
	};
	f->share = tcpdiag_loss_share(&f->sum);
	f->timeouts = tcpdiag_loss_timeouts(&f->sum, f->timeouts_us, sent,
					    !f->one_peer);
}

static void read_frame(struct tcpdiag_net *tn,
		       struct tcpdiag_losses_facts *facts)
{
	const struct netns_ipv4 *ipv4 = &tn->net->ipv4;

	facts->ns_timeouts = tcpdiag_mib(tn, TCPDIAG_MIB_TIMEOUTS);
	facts->ns_probes = tcpdiag_mib(tn, TCPDIAG_MIB_LOSS_PROBES);
	facts->ns_fast = tcpdiag_mib(tn, TCPDIAG_MIB_FAST_RETRANS);
	facts->ns_spurious = tcpdiag_mib(tn, TCPDIAG_MIB_SPURIOUS_RTOS);
	facts->early_retrans = READ_ONCE(ipv4->sysctl_tcp_early_retrans);
	facts->recovery = READ_ONCE(ipv4->sysctl_tcp_recovery);
}

static int longest_first(const void *a, const void *b)
{
	const struct tcpdiag_loss_seen *x = a, *y = b;

	if (x->sum.waited_ms != y->sum.waited_ms)
		return x->sum.waited_ms < y->sum.waited_ms ? 1 : -1;
	return x->sum.again < y->sum.again ? 1 : -(x->sum.again > y->sum.again);
}

/**
 * tcpdiag_facts_losses() - gather the facts about what is lost
 * @reader: the reader
 * @facts: the result; all 0 before
 *
 * Context: process, the reader's; may sleep.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_losses(const struct tcpdiag_reader *reader,
			  struct tcpdiag_losses_facts *facts)
{
	struct tcpdiag_losses_seen *seen;
	struct tcpdiag_loss_fact *f;
	bool done = true;
	unsigned int i;

	if (!READ_ONCE(reader->tn->losses))
		return true;
	seen = tcpdiag_losses_read(reader->tn);
	if (!seen)
		return false;
	facts->sent = seen->sent;
	facts->sent_again = seen->sent_again;
	facts->other = seen->other;
	sort(seen->seen, seen->n, sizeof(*seen->seen), longest_first, NULL);
	for (i = 0; done && i < seen->n && facts->n < TCPDIAG_LOSS_FACTS; i++) {
		f = &facts->fact[facts->n];
		read_fact(f, &seen->seen[i], seen->now, seen->sent);
		if (is_usual(f))
			continue;
		done = read_owner(f, reader, &seen->seen[i]);
		facts->n++;
	}
	if (facts->n)
		read_frame(reader->tn, facts);
	tcpdiag_losses_put(seen);
	return done;
}
