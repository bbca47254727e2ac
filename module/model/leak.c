// SPDX-License-Identifier: GPL-2.0
/*
 * Whether sockets in CLOSE_WAIT are forgotten. A program may keep one for good
 * reason: it works on the answer, or it waits for somebody else to whom it has
 * passed the end on. So each verdict needs a sign:
 *
 *	not accepted	nobody can be working on it
 *	newer		the program has accepted, or made, newer connections since
 *	growth		there are more of them than a while ago
 *	age		they have been there for very long
 *	inherited	who holds them has neither made them nor listens: this alone
 *			proves nothing, for a connection may be handed over on purpose
 *	descriptors	they take the descriptors of their process
 *
 * What a sign is worth depends on whether an answer may be due, or may be due for
 * all that is known, because what was sent at once may be no answer; and a program
 * that has closed such sockets after such stays before is not accused at all.
 * Each process is judged by itself: a crowd of one name is told as one, but what
 * one of them has done proves nothing of another.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "model/close_wait.h"
#include "model/leak.h"

/* Growth measured over less time may be a burst. */
#define SURE_US		(30ULL * USEC_PER_SEC)
/* A process that runs out of descriptors within this time is in danger. */
#define SOON_US		(3600ULL * USEC_PER_SEC)
/* In stays that are too long: when nobody waits, and when nobody works. */
#define LONG_STAYS	10
#define VERY_LONG_STAYS	60
/* So many long stays that the program ended show what is usual. */
#define USUAL_ENDED	3

/* Of what was not there before, nobody knows whether it goes on. */
static bool grows(const struct tcpdiag_cw_group *g)
{
	return g->growth_known && g->growth > 0 && g->growth_us >= SURE_US &&
	       g->grew_from;
}

/* The program has ended such stays before. */
static bool is_usual(const struct tcpdiag_cw_group *g)
{
	return g->ended >= USUAL_ENDED && g->oldest_us <= 2 * g->ended_us;
}

/* They are a good part of the descriptors that are in use. */
static bool takes_descriptors(const struct tcpdiag_cw_group *g)
{
	return g->fds_known &&
	       tcpdiag_cw_main_cause(g) != TCPDIAG_CW_NOT_ACCEPTED &&
	       4ULL * g->suspects >= g->fds;
}

static bool is_out(const struct tcpdiag_cw_group *g)
{
	return takes_descriptors(g) && g->fds >= g->fd_limit;
}

/* Most answers may still be due. */
static bool is_pending(const struct tcpdiag_cw_group *g)
{
	return 2ULL * g->pending > g->suspects;
}

/**
 * tcpdiag_leak_unsure() - whether it is not known that no answer is due
 * @g: the group
 *
 * Context: any.
 * Return: true if for most of the suspects it may be due.
 */
bool tcpdiag_leak_unsure(const struct tcpdiag_cw_group *g)
{
	return 2ULL * g->pending + 2ULL * g->at_once > g->suspects;
}

/**
 * tcpdiag_leak_gave_up() - whether those who may wait for an answer do not any more
 * @g: the group, tcpdiag_leak_unsure()
 *
 * Context: any.
 * Return: true if most of them waited for a while, then closed.
 */
bool tcpdiag_leak_gave_up(const struct tcpdiag_cw_group *g)
{
	return 2ULL * g->gave_up + 2ULL * g->waited >
	       (u64)g->pending + g->at_once;
}

/* More and more of them may be what a server at work has. */
static bool growth_may_be_work(const struct tcpdiag_cw_group *g)
{
	return is_pending(g) ||
	       (tcpdiag_leak_unsure(g) && tcpdiag_leak_gave_up(g));
}

/*
 * At the present growth no descriptor is left soon. With half of them in use
 * even a short burst counts, but work that is going on ends by itself: its
 * growth is believed when little is left.
 */
static bool is_out_soon(const struct tcpdiag_cw_group *g)
{
	if (tcpdiag_cw_full_us(g) >= SOON_US || !takes_descriptors(g))
		return false;
	if (growth_may_be_work(g))
		return grows(g) &&
		       g->fds >= g->fd_limit - g->fd_limit / 10;
	return g->growth_us >= SURE_US || g->fds >= g->fd_limit / 2;
}

/**
 * tcpdiag_leak_signs() - which signs of a leak there are
 * @g: the group
 * @limit_us: a socket that stays for longer stays too long
 *
 * Context: any.
 * Return: TCPDIAG_SIGN_*
 */
unsigned int tcpdiag_leak_signs(const struct tcpdiag_cw_group *g, u64 limit_us)
{
	unsigned int signs = 0;

	if (tcpdiag_cw_main_cause(g) == TCPDIAG_CW_NOT_ACCEPTED)
		signs |= TCPDIAG_SIGN_NOT_ACCEPTED;
	if (g->newest_known && g->newest_us < g->oldest_us)
		signs |= TCPDIAG_SIGN_NEWER;
	if (grows(g))
		signs |= TCPDIAG_SIGN_GROWTH;
	if (g->oldest_us >= VERY_LONG_STAYS * limit_us ||
	    ((g->gave_up || g->waited) &&
	     g->oldest_us >= LONG_STAYS * limit_us))
		signs |= TCPDIAG_SIGN_AGE;
	if (2ULL * g->inherited > g->suspects)
		signs |= TCPDIAG_SIGN_INHERITED;
	if (is_out(g) || is_out_soon(g))
		signs |= TCPDIAG_SIGN_DESCRIPTORS;
	return signs;
}

/* There are as many connections in FIN_WAIT2. */
static bool has_legs(const struct tcpdiag_cw_group *g)
{
	return g->legs && g->legs >= g->suspects && !g->connected;
}

/* There are as many, or there may be. */
static bool may_have_legs(const struct tcpdiag_cw_group *g)
{
	return has_legs(g) || (g->legs_cut && !g->connected);
}

static bool has_all(unsigned int signs, unsigned int all)
{
	return (signs & all) == all;
}

/*
 * A pool keeps what the server has closed until it is taken out again: only one
 * that makes new connections, and more and more, has forgotten the old ones.
 */
static bool is_proven(const struct tcpdiag_cw_group *g, unsigned int signs)
{
	if (signs & TCPDIAG_SIGN_NOT_ACCEPTED)
		return true;
	/* it may be a proxy, of whose connections not all are known */
	if (is_usual(g) || may_have_legs(g))
		return false;
	if (g->connected)
		return has_all(signs, TCPDIAG_SIGN_NEWER |
				      TCPDIAG_SIGN_GROWTH);
	if (is_pending(g))
		return has_all(signs, TCPDIAG_SIGN_NEWER | TCPDIAG_SIGN_AGE) &&
		       (2ULL * g->gave_up > g->pending ||
			signs & TCPDIAG_SIGN_GROWTH);
	if (growth_may_be_work(g))
		return has_all(signs, TCPDIAG_SIGN_NEWER | TCPDIAG_SIGN_AGE);
	if (tcpdiag_leak_unsure(g))
		return signs & (TCPDIAG_SIGN_GROWTH | TCPDIAG_SIGN_AGE);
	return signs & (TCPDIAG_SIGN_NEWER | TCPDIAG_SIGN_GROWTH |
			TCPDIAG_SIGN_AGE);
}

/**
 * tcpdiag_leak_waits() - whether the sockets wait for the next in a chain
 * @g: the group
 *
 * Context: any.
 * Return: true if the owner has as many connections in FIN_WAIT2.
 */
bool tcpdiag_leak_waits(const struct tcpdiag_cw_group *g)
{
	return has_legs(g) && g->owner.comm[0];
}

/**
 * tcpdiag_leak_several() - whether a proxy waits for more than one end
 * @g: the group of a proxy, tcpdiag_leak_waits()
 *
 * Context: any.
 * Return: true if no end has more than half of its connections.
 */
bool tcpdiag_leak_several(const struct tcpdiag_cw_group *g)
{
	return 2ULL * g->next.sockets <= g->legs;
}

/**
 * tcpdiag_leak_judge() - what can be said of a group of sockets
 * @g: the group
 * @limit_us: a socket that stays for longer stays too long
 *
 * Context: any.
 * Return: the verdict.
 */
enum tcpdiag_leak tcpdiag_leak_judge(const struct tcpdiag_cw_group *g,
				     u64 limit_us)
{
	unsigned int signs = tcpdiag_leak_signs(g, limit_us);

	/* what may be a proxy is judged by what is, not by what may come */
	bool runs_out = may_have_legs(g) ? is_out(g) :
					   signs & TCPDIAG_SIGN_DESCRIPTORS;
	bool proven = is_proven(g, signs);

	if (!g->suspects)
		return TCPDIAG_LEAK_NONE;
	if (tcpdiag_leak_waits(g))
		return runs_out ? TCPDIAG_LEAK_URGENT : TCPDIAG_LEAK_PASSES_ON;
	if (is_pending(g) && !proven)
		return runs_out ? TCPDIAG_LEAK_CROWDED : TCPDIAG_LEAK_PENDING;
	if (runs_out)
		return tcpdiag_leak_unsure(g) && !proven ?
		       TCPDIAG_LEAK_CROWDED : TCPDIAG_LEAK_URGENT;
	return proven ? TCPDIAG_LEAK_PROVEN : TCPDIAG_LEAK_UNPROVEN;
}

/**
 * tcpdiag_leak_same() - whether two groups are of the same program and port
 * @a: a group
 * @b: another
 *
 * Context: any.
 * Return: true if the two are told as one: a crowd of processes of one name.
 */
bool tcpdiag_leak_same(const struct tcpdiag_cw_group *a,
		       const struct tcpdiag_cw_group *b)
{
	return a->port == b->port && a->connected == b->connected &&
	       a->cgroup == b->cgroup && a->owner.comm[0] &&
	       !a->owner.kernel && !b->owner.kernel &&
	       !strncmp(a->owner.comm, b->owner.comm, sizeof(a->owner.comm));
}

/*
 * The descriptors told are those of the process that has fewest left, among those
 * whose descriptors these sockets take; that process is the owner then.
 */
static void merge_descriptors(struct tcpdiag_cw_group *sum,
			      const struct tcpdiag_cw_group *g)
{
	if (!takes_descriptors(g) ||
	    (sum->fds_known && sum->fd_limit - min(sum->fds, sum->fd_limit) <=
			       g->fd_limit - min(g->fds, g->fd_limit)))
		return;
	sum->owner = g->owner;
	sum->fds_known = true;
	sum->fds = g->fds;
	sum->fd_limit = g->fd_limit;
}

/* Add a group to another one of the same program; evidence is not added up. */
static void merge(struct tcpdiag_cw_group *sum,
		  const struct tcpdiag_cw_group *g)
{
	unsigned int i;

	if (!sum->processes && !takes_descriptors(sum))
		sum->fds_known = false;
	sum->processes = (sum->processes ?: 1) + 1;
	sum->sockets += g->sockets;
	sum->suspects += g->suspects;
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		sum->causes[i] += g->causes[i];
	if (g->oldest_us > sum->oldest_us) {
		sum->oldest_us = g->oldest_us;
		sum->estimated = g->estimated;
	}
	sum->unread += g->unread;
	/* processes that come and go are no growth of any */
	sum->growth_known = false;
	merge_descriptors(sum, g);
	sum->pending += g->pending;
	sum->gave_up += g->gave_up;
	sum->at_once += g->at_once;
	sum->waited += g->waited;
	/* one process's newer connection says nothing of another's older one */
	sum->newest_known = false;
	if (g->lull_us && (!sum->lull_us || g->lull_us < sum->lull_us))
		sum->lull_us = g->lull_us;
	if (!sum->inherited)
		sum->maker = g->maker;
	sum->inherited += g->inherited;
	sum->legs += g->legs;
	sum->legs_cut |= g->legs_cut;
}

static void join(struct tcpdiag_crowd *crowd, const struct tcpdiag_cw_group *g,
		 u64 limit_us)
{
	bool first = !crowd->sum.suspects;

	if (first)
		crowd->sum = *g;
	else
		merge(&crowd->sum, g);
	crowd->signs |= tcpdiag_leak_signs(g, limit_us);
	crowd->waits = (first || crowd->waits) && tcpdiag_leak_waits(g);
	crowd->no_fds |= is_out(g);
}

/**
 * struct members - some groups out of all
 * @g: all groups
 * @n: how many
 * @of: one of them: those of its program and port
 * @leak: of these those that are judged so
 * @limit_us: by this limit
 */
struct members {
	const struct tcpdiag_cw_group *g;
	unsigned int n;
	const struct tcpdiag_cw_group *of;
	enum tcpdiag_leak leak;
	u64 limit_us;
};

static bool is_same(const struct members *m, const struct tcpdiag_cw_group *g)
{
	return g == m->of || tcpdiag_leak_same(g, m->of);
}

static bool is_member(const struct members *m, const struct tcpdiag_cw_group *g)
{
	return is_same(m, g) && tcpdiag_leak_judge(g, m->limit_us) == m->leak;
}

static bool same_next(const struct tcpdiag_cw_next *a,
		      const struct tcpdiag_cw_next *b)
{
	return a->port == b->port && a->v6 == b->v6 &&
	       !memcmp(&a->addr, &b->addr, sizeof(a->addr));
}

/* All of them that lead where @next does; who is there if all name the same. */
static struct tcpdiag_cw_next all_to(const struct members *m,
				     const struct tcpdiag_cw_next *next)
{
	struct tcpdiag_cw_next all = *next;
	unsigned int i;

	all.sockets = 0;
	for (i = 0; i < m->n; i++) {
		const struct tcpdiag_cw_next *other = &m->g[i].next;

		if (!other->sockets || !is_member(m, &m->g[i]) ||
		    !same_next(other, next))
			continue;
		all.sockets += other->sockets;
		all.here = all.here && other->here &&
			   other->owner.pid == all.owner.pid;
	}
	return all;
}

/* Where more of their connections lead to than anywhere else. */
static void set_next(const struct members *m, struct tcpdiag_cw_next *next)
{
	unsigned int i;

	memset(next, 0, sizeof(*next));
	for (i = 0; i < m->n; i++) {
		struct tcpdiag_cw_next all;

		if (!m->g[i].next.sockets || !is_member(m, &m->g[i]))
			continue;
		all = all_to(m, &m->g[i].next);
		if (all.sockets > next->sockets)
			*next = all;
	}
}

/**
 * tcpdiag_leak_crowd() - judge the groups of one program and port
 * @g: all groups
 * @n: how many
 * @i: one of them
 * @limit_us: a socket that stays for longer stays too long
 * @crowd: the result; set unless false is returned
 *
 * Context: any.
 * Return: false if @i is not the first group of its program and port.
 */
bool tcpdiag_leak_crowd(const struct tcpdiag_cw_group *g, unsigned int n,
			unsigned int i, u64 limit_us,
			struct tcpdiag_crowd *crowd)
{
	struct members m = { g, n, &g[i], TCPDIAG_LEAK_NONE, limit_us };
	unsigned int j;

	for (j = 0; j < i; j++)
		if (tcpdiag_leak_same(&g[j], &g[i]))
			return false;
	for (j = i; j < n; j++)
		if (is_same(&m, &g[j]))
			m.leak = max(m.leak,
				     tcpdiag_leak_judge(&g[j], limit_us));
	memset(crowd, 0, sizeof(*crowd));
	crowd->leak = m.leak;
	for (j = i; j < n; j++) {
		if (is_member(&m, &g[j])) {
			join(crowd, &g[j], limit_us);
		} else if (is_same(&m, &g[j]) && g[j].suspects) {
			crowd->others++;
			crowd->others_suspects += g[j].suspects;
		}
	}
	if (crowd->sum.processes)
		set_next(&m, &crowd->sum.next);
	return true;
}

/**
 * tcpdiag_leak_sign_name() - word for a sign
 * @sign: its bit number, below TCPDIAG_SIGNS
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_leak_sign_name(unsigned int sign)
{
	static const char *const names[TCPDIAG_SIGNS] = {
		"not_accepted", "newer", "growth", "age", "inherited",
		"descriptors",
	};

	return names[sign];
}
