// SPDX-License-Identifier: GPL-2.0
/*
 * Finds out which finding follows from which. A rule is one line: the code of the
 * cause, that of the consequence, and what links the two: a program, a listener or
 * a destination. What is not known links nothing. Pure functions.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "diagnose/because.h"
#include "diagnose/finding.h"

/* -- what links a cause, @a, to a consequence, @b ----------------------------- */

static bool same_program(const struct tcpdiag_about *a,
			 const struct tcpdiag_about *b)
{
	return a->owner.pid && a->owner.pid == b->owner.pid;
}

/* accept() and socket() of a program without descriptors fail with EMFILE. */
static bool program_without_fds(const struct tcpdiag_about *a,
				const struct tcpdiag_about *b)
{
	return a->no_fds && same_program(a, b);
}

static bool is_any(const struct in6_addr *addr)
{
	return ipv6_addr_any(addr);
}

/* Findings on CLOSE_WAIT know the port only: then the address may be any. */
static bool same_listener(const struct tcpdiag_about *a,
			  const struct tcpdiag_about *b)
{
	return a->port && a->port == b->port &&
	       (is_any(&a->local) || is_any(&b->local) ||
		(a->v6 == b->v6 && ipv6_addr_equal(&a->local, &b->local)));
}

/* What waits for accept() waits because the program is slow to call it. */
static bool not_accepted(const struct tcpdiag_about *a,
			 const struct tcpdiag_about *b)
{
	return b->unaccepted && same_listener(a, b);
}

/* Who connects to a listener of this namespace. */
static bool to_listener(const struct tcpdiag_about *a,
			const struct tcpdiag_about *b)
{
	return a->port && a->port == b->peer_port && b->peer_here &&
	       (is_any(&a->local) ||
		(a->v6 == b->v6 && ipv6_addr_equal(&a->local, &b->peer)));
}

/* A full queue drops: it refuses nobody. */
static bool to_listener_in_vain(const struct tcpdiag_about *a,
				const struct tcpdiag_about *b)
{
	return b->error == ETIMEDOUT && to_listener(a, b);
}

/* What is dropped on this host has no fault elsewhere. */
static bool not_sent(const struct tcpdiag_about *a,
		     const struct tcpdiag_about *b)
{
	return b->not_sent;
}

/* On the port where nobody listens. */
static bool to_nobody(const struct tcpdiag_about *a,
		      const struct tcpdiag_about *b)
{
	return b->error == ECONNREFUSED && to_listener(a, b);
}

static bool same_destination(const struct tcpdiag_about *a,
			     const struct tcpdiag_about *b)
{
	return a->peer_port && a->peer_port == b->peer_port &&
	       a->v6 == b->v6 && ipv6_addr_equal(&a->peer, &b->peer);
}

/* What ends in TIME_WAIT holds the ports. */
static bool ports_in_time_wait(const struct tcpdiag_about *a,
			       const struct tcpdiag_about *b)
{
	return b->time_wait && same_destination(a, b);
}

/* A leak knows the port of the destination only, and the program. */
static bool ports_of_leak(const struct tcpdiag_about *a,
			  const struct tcpdiag_about *b)
{
	return !b->time_wait && a->peer_port && a->peer_port == b->peer_port &&
	       same_program(a, b);
}

/* A proxy's sockets on both sides wait for the program behind it. */
static bool other_leg(const struct tcpdiag_about *a,
		      const struct tcpdiag_about *b)
{
	return a->port && a->peer_port && a->peer_port == b->peer_port &&
	       same_program(a, b);
}

/* Only of what the program connected there, not of what it accepted. */
static bool pool_of_leak(const struct tcpdiag_about *a,
			 const struct tcpdiag_about *b)
{
	return !b->port && a->peer_port && a->peer_port == b->peer_port &&
	       same_program(a, b);
}

/* A program whose threads all wait in send() neither reads nor accepts. */
static bool waits_in_send(const struct tcpdiag_about *a,
			  const struct tcpdiag_about *b)
{
	return a->all_write && same_program(a, b);
}

/* One has accepted its connections, the other has made them. */
static bool other_side(const struct tcpdiag_about *a,
		       const struct tcpdiag_about *b)
{
	return (a->port && b->peer_port) || (a->peer_port && b->port);
}

/*
 * What a proxy reads it passes on: it does not read on one side as long as nobody
 * reads on the other, unless it is kept from running. Two clients of a server may
 * have nothing to do with each other.
 */
static bool passes_on(const struct tcpdiag_about *a,
		      const struct tcpdiag_about *b)
{
	return same_program(a, b) && !b->owner.halted &&
	       (a->all_write || (other_side(a, b) && b->sockets &&
				 a->sockets >= b->sockets));
}

/*
 * If more than one cause would do, the first in this table is told. The codes are
 * those of findings.c.
 */
static const struct rule {
	const char *cause;
	const char *consequence;
	bool (*links)(const struct tcpdiag_about *cause,
		      const struct tcpdiag_about *consequence);
} rules[] = {
	{ "close_wait_leak", "close_wait_leak", to_listener },
	{ "close_wait_leak", "held_sockets", other_leg },
	{ "close_wait_leak", "accept_queue_overflow", program_without_fds },
	{ "close_wait_leak", "slow_accept", program_without_fds },
	{ "held_sockets", "accept_queue_overflow", program_without_fds },
	{ "held_sockets", "slow_accept", program_without_fds },
	{ "accept_queue_overflow", "close_wait_leak", not_accepted },
	{ "slow_accept", "close_wait_leak", not_accepted },
	{ "accept_queue_overflow", "slow_accept", same_listener },
	{ "accept_queue_overflow", "syn_queue_full", same_listener },
	{ "syn_flood", "syn_queue_full", same_listener },
	{ "accept_queue_overflow", "slow_connects", to_listener },
	{ "accept_queue_overflow", "slow_connects", same_listener },
	{ "syn_flood", "slow_connects", to_listener },
	{ "syn_queue_full", "slow_connects", to_listener },
	{ "fast_open", "slow_connects", same_destination },
	{ "accept_queue_overflow", "connects_fail", to_listener_in_vain },
	{ "syn_flood", "connects_fail", to_listener_in_vain },
	{ "syn_queue_full", "connects_fail", to_listener_in_vain },
	{ "resets_refused", "connects_fail", to_nobody },
	{ "conntrack_full", "connects_fail", not_sent },
	{ "conntrack_full", "not_sent", not_sent },
	{ "close_wait_leak", "ports_exhausted", ports_of_leak },
	{ "close_wait_leak", "ports_filling", ports_of_leak },
	{ "connection_churn", "ports_exhausted", ports_in_time_wait },
	{ "connection_churn", "ports_filling", ports_in_time_wait },
	{ "ports_exhausted", "ports_filling", same_destination },
	{ "bind_no_port", "ports_filling", same_program },
	{ "pool_outlives_server", "close_wait_leak", pool_of_leak },
	{ "zero_window_own", "zero_window_peer", to_listener },
	{ "zero_window_peer", "zero_window_own", passes_on },
	{ "zero_window_peer", "requests_unread", waits_in_send },
	{ "zero_window_peer", "accept_queue_overflow", waits_in_send },
	{ "zero_window_peer", "slow_accept", waits_in_send },
	{ "peer_silent", "zero_window_own", waits_in_send },
	{ "peer_silent", "requests_unread", waits_in_send },
	{ "peer_silent", "accept_queue_overflow", waits_in_send },
	{ "peer_silent", "slow_accept", waits_in_send },
	{ "not_sent", "zero_window_own", waits_in_send },
	{ "not_sent", "requests_unread", waits_in_send },
	{ "not_sent", "accept_queue_overflow", waits_in_send },
	{ "not_sent", "slow_accept", waits_in_send },
	{ "options_stripped", "window_limited", same_destination },
	{ "options_stripped", "wrap_risk", same_destination },
	{ "silly_window", "window_limited", same_destination },
	{ "bufferbloat", "retransmits", same_destination },
	{ "bufferbloat", "timeouts", same_destination },
	{ "retransmits", "timeouts", same_destination },
};

/* -- what follows from what ---------------------------------------------------- */

/**
 * struct place - where a finding stands
 * @cause: index of the finding that it follows from, or its own
 * @root: index of the one at the end of the causes
 * @severity: of a root: the worst of what it explains
 * @explains: of a root: how many findings follow from it, itself included
 */
struct place {
	u8 cause;
	u8 root;
	u8 severity;
	u8 explains;
};

static unsigned int root_of(const struct place *place, unsigned int i)
{
	while (place[i].cause != i)
		i = place[i].cause;
	return i;
}

/* The cause of the finding @i by one rule; @i if there is none. */
static unsigned int cause_by(const struct tcpdiag_findings *fs,
			     const struct place *place,
			     const struct rule *rule, unsigned int i)
{
	unsigned int c;

	if (strcmp(fs->found[i].code, rule->consequence))
		return i;
	for (c = 0; c < fs->n; c++)
		if (c != i && !strcmp(fs->found[c].code, rule->cause) &&
		    rule->links(&fs->found[c].about, &fs->found[i].about) &&
		    root_of(place, c) != i)
			return c;
	return i;
}

static void find_causes(const struct tcpdiag_findings *fs, struct place *place)
{
	unsigned int i, r;

	for (i = 0; i < fs->n; i++)
		place[i] = (struct place) { .cause = i };
	for (r = 0; fs->n > 1 && r < ARRAY_SIZE(rules); r++)
		for (i = 0; i < fs->n; i++)
			if (place[i].cause == i)
				place[i].cause = cause_by(fs, place, &rules[r],
							  i);
	for (i = 0; i < fs->n; i++) {
		struct place *root = &place[root_of(place, i)];

		place[i].root = root - place;
		root->explains++;
		root->severity = max_t(u8, root->severity,
				       fs->found[i].severity);
	}
}

/* -- the order --------------------------------------------------------------------- */

/* How many findings are between this one and its root. */
static unsigned int depth(const struct place *place, unsigned int i)
{
	unsigned int n = 0;

	for (; place[i].cause != i; i = place[i].cause)
		n++;
	return n;
}

/* Whether @a is told before @b; @b came later than @a, if they are equal. */
static bool before(const struct place *place, unsigned int a, unsigned int b)
{
	const struct place *ra = &place[place[a].root];
	const struct place *rb = &place[place[b].root];

	if (ra == rb)
		return depth(place, a) < depth(place, b);
	if (ra->severity != rb->severity)
		return ra->severity > rb->severity;
	if (ra->explains != rb->explains)
		return ra->explains > rb->explains;
	return ra < rb;
}

/* Sets @order to the indices of the findings in the order in which to tell them. */
static void sort(const struct place *place, unsigned int n, u8 *order)
{
	unsigned int i, k;

	for (i = 0; i < n; i++) {
		for (k = i; k && before(place, i, order[k - 1]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
}

/* Findings are large: each is moved once, by way of the spare entry. */
static void reorder(struct tcpdiag_findings *fs, u8 *order)
{
	struct tcpdiag_finding *spare = &fs->found[TCPDIAG_FINDINGS_MAX];
	unsigned int first, to;

	for (first = 0; first < fs->n; first++) {
		if (order[first] == first)
			continue;
		*spare = fs->found[first];
		for (to = first; order[to] != first;) {
			unsigned int from = order[to];

			fs->found[to] = fs->found[from];
			order[to] = to;
			to = from;
		}
		fs->found[to] = *spare;
		order[to] = to;
	}
}

/* Of an owner that is not known nobody can say that it is another one. */
static bool same_owner(const struct tcpdiag_owner *a,
		       const struct tcpdiag_owner *b)
{
	return !*a->comm || !*b->comm || !strcmp(a->comm, b->comm);
}

/**
 * tcpdiag_about_same() - whether two findings of one code are about the same
 * @a: one
 * @b: the other
 *
 * One of the two readers may know the owner and the other not.
 *
 * Context: any.
 * Return: true if they are.
 */
bool tcpdiag_about_same(const struct tcpdiag_about *a,
			const struct tcpdiag_about *b)
{
	return same_owner(&a->owner, &b->owner) &&
	       (!a->cgroup || !b->cgroup || a->cgroup == b->cgroup) &&
	       a->port == b->port && a->peer_port == b->peer_port &&
	       a->v6 == b->v6 && a->error == b->error &&
	       a->kind == b->kind &&
	       ipv6_addr_equal(&a->local, &b->local) &&
	       ipv6_addr_equal(&a->peer, &b->peer);
}

/**
 * tcpdiag_because() - find out what follows from what, and order the findings
 * @findings: those of one judgement, in the order of tcpdiag_findings_judge()
 *
 * The first one is the cause of the worst findings, and among equals of most.
 * What follows from one comes after it, before the next cause.
 *
 * Context: any.
 */
void tcpdiag_because(struct tcpdiag_findings *findings)
{
	struct place place[TCPDIAG_FINDINGS_MAX];
	u8 order[TCPDIAG_FINDINGS_MAX], at[TCPDIAG_FINDINGS_MAX];
	unsigned int i;

	find_causes(findings, place);
	sort(place, findings->n, order);
	for (i = 0; i < findings->n; i++)
		at[order[i]] = i + 1;
	for (i = 0; i < findings->n; i++)
		findings->found[i].because =
			place[i].cause == i ? 0 : at[place[i].cause];
	reorder(findings, order);
}
