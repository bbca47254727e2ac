// SPDX-License-Identifier: GPL-2.0
/*
 * Words that findings on RSTs share: where, how often, after what time. Pure
 * functions.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "diagnose/facts_resets.h"
#include "diagnose/finding.h"
#include "diagnose/reset_words.h"
#include "model/format.h"

/* What is on the way forgets no connection that was idle for less. */
#define FORGOTTEN_MS	30000
/* How far a recent count goes back. */
#define RECENT_US \
	(TCPDIAG_RECENT_PARTS * TCPDIAG_RECENT_PART_S * (u64)USEC_PER_SEC)

/**
 * tcpdiag_reset_ms() - a time in words
 * @buf: room for TCPDIAG_DURATION_LEN characters
 * @ms: milliseconds
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_reset_ms(char *buf, u32 ms)
{
	return tcpdiag_format_duration(buf, ms * (u64)USEC_PER_MSEC);
}

/**
 * tcpdiag_reset_address() - an address without a port
 * @buf: room for TCPDIAG_ADDR_LEN characters
 * @v6: it is IPv6
 * @addr: the address; IPv4 in the first word
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_reset_address(char *buf, bool v6,
				  const struct in6_addr *addr)
{
	if (v6)
		scnprintf(buf, TCPDIAG_ADDR_LEN, "%pI6c", addr);
	else
		scnprintf(buf, TCPDIAG_ADDR_LEN, "%pI4", &addr->s6_addr32[0]);
	return buf;
}

/**
 * tcpdiag_reset_how_often() - how many, how often, since when
 * @buf: room for TCPDIAG_RESET_LATELY_LEN characters
 * @x: the RSTs
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_reset_how_often(char *buf,
				    const struct tcpdiag_reset_fact *x)
{
	char since[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	u64 whole = div_u64(x->per_s, 10);

	scnprintf(buf, TCPDIAG_RESET_LATELY_LEN,
		  "%llu time%s in the last %s, %llu.%llu a second, the last one %s ago",
		  x->recent, tcpdiag_plural(x->recent),
		  tcpdiag_format_duration(since, min(x->since_us, RECENT_US)),
		  whole, x->per_s - whole * 10,
		  tcpdiag_format_duration(ago, x->ago_us));
	return buf;
}

/**
 * tcpdiag_reset_range() - two limits, or about one if they are close together
 * @buf: room for the words
 * @len: how much
 * @r: the times; there is one
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_reset_range(char *buf, size_t len,
				const struct tcpdiag_range *r)
{
	char low[TCPDIAG_DURATION_LEN], high[TCPDIAG_DURATION_LEN];

	if (r->max_ms - r->min_ms <= r->max_ms / 8 + 20)
		scnprintf(buf, len, "about %s",
			  tcpdiag_reset_ms(low, r->max_ms));
	else
		scnprintf(buf, len, "%s to %s", tcpdiag_reset_ms(low, r->min_ms),
			  tcpdiag_reset_ms(high, r->max_ms));
	return buf;
}

/**
 * tcpdiag_reset_place() - where a program has its connections
 * @buf: room for TCPDIAG_RESET_PLACE_LEN characters
 * @x: the RSTs
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_reset_place(char *buf, const struct tcpdiag_reset_fact *x)
{
	char addr[TCPDIAG_ADDR_LEN];

	if (x->active)
		scnprintf(buf, TCPDIAG_RESET_PLACE_LEN, "to %s",
			  tcpdiag_format_addr(addr, x->v6, &x->addr, x->port));
	else
		scnprintf(buf, TCPDIAG_RESET_PLACE_LEN, "on port %u", x->port);
	return buf;
}

/**
 * tcpdiag_reset_subject() - what a finding on RSTs is about
 * @f: the finding
 * @x: the RSTs
 *
 * Context: any.
 */
void tcpdiag_reset_subject(struct tcpdiag_finding *f,
			   const struct tcpdiag_reset_fact *x)
{
	char comm[TCPDIAG_COMM_LEN], where[TCPDIAG_RESET_PLACE_LEN];

	tcpdiag_say(f->subject, "%s %s",
		    tcpdiag_format_comm(comm, x->owner.comm),
		    tcpdiag_reset_place(where, x));
	f->about.owner = x->owner;
	f->about.v6 = x->v6;
	if (x->active || x->one_peer)
		f->about.peer = x->addr;
	*(x->active ? &f->about.peer_port : &f->about.port) = x->port;
}

/**
 * tcpdiag_reset_evidence() - the figures behind a finding on RSTs
 * @f: the finding
 * @x: the RSTs
 *
 * Context: any.
 */
void tcpdiag_reset_evidence(struct tcpdiag_finding *f,
			    const struct tcpdiag_reset_fact *x)
{
	size_t n = 0;

	n += scnprintf(f->evidence, sizeof(f->evidence),
		       "reason=%s resets_10min=%llu lost_10min=%llu resets=%llu",
		       tcpdiag_reset_name(x->reason), x->recent, x->lost,
		       x->count);
	if (x->idle.n)
		n += scnprintf(f->evidence + n, sizeof(f->evidence) - n,
			       " idle_min_ms=%u idle_max_ms=%u",
			       x->idle.min_ms, x->idle.max_ms);
	if (x->gap.n)
		scnprintf(f->evidence + n, sizeof(f->evidence) - n,
			  x->reason == TCPDIAG_RESET_BY_PEER ?
			  " after_sent_min_ms=%u after_sent_max_ms=%u" :
			  " after_close_min_ms=%u after_close_max_ms=%u",
			  x->gap.min_ms, x->gap.max_ms);
}

/**
 * tcpdiag_reset_other_end() - the other end of a program's connections
 * @facts: all RSTs
 * @x: those of one end
 * @reason: why the other end has its own
 *
 * Context: any.
 * Return: those of the other end; NULL if it is not on this host, or not known.
 */
const struct tcpdiag_reset_fact *
tcpdiag_reset_other_end(const struct tcpdiag_resets_facts *facts,
			const struct tcpdiag_reset_fact *x,
			enum tcpdiag_reset reason)
{
	const struct tcpdiag_reset_fact *y;
	unsigned int i;

	for (i = 0; x->local && i < facts->n; i++) {
		y = &facts->fact[i];
		if (y->reason == reason && y->local && y->port == x->port &&
		    y->active != x->active)
			return y;
	}
	return NULL;
}

/**
 * tcpdiag_reset_is_forgotten() - whether something on the way has forgotten
 *	connections that a program reuses
 * @x: RSTs
 *
 * Context: any.
 * Return: true if all that were reset had been idle for long.
 */
bool tcpdiag_reset_is_forgotten(const struct tcpdiag_reset_fact *x)
{
	return x->reason == TCPDIAG_RESET_BY_PEER && x->active &&
	       x->recent >= TCPDIAG_RESETS_SEVERAL &&
	       x->lost >= TCPDIAG_RESETS_SEVERAL && x->idle.n &&
	       x->idle.min_ms >= FORGOTTEN_MS;
}

/**
 * tcpdiag_reset_after_sleep() - whether connections may have ended in a sleep
 * @facts: all RSTs
 * @x: some of them
 *
 * Times without data say nothing then: no clock of TCP goes on in a sleep.
 *
 * Context: any.
 * Return: true if this host woke lately, there was none of @x before, and the peers
 * are elsewhere.
 */
bool tcpdiag_reset_after_sleep(const struct tcpdiag_resets_facts *facts,
			       const struct tcpdiag_reset_fact *x)
{
	return facts->sleep.slept_us && !x->local &&
	       x->since_us <= facts->sleep.first_us;
}

/**
 * tcpdiag_reset_say_sleep() - say for how long this host was asleep
 * @f: the finding
 * @facts: all RSTs; it was
 *
 * Context: any.
 */
void tcpdiag_reset_say_sleep(struct tcpdiag_finding *f,
			     const struct tcpdiag_resets_facts *facts)
{
	char slept[TCPDIAG_DURATION_LEN], woke[TCPDIAG_DURATION_LEN];

	tcpdiag_say_more(f->what, "this host was asleep for %s until %s ago",
			 tcpdiag_format_duration(slept, facts->sleep.slept_us),
			 tcpdiag_format_duration(woke, facts->sleep.woke_us));
}
