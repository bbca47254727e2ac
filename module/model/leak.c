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
 *	inherited	who holds them has neither made them nor listens
 *	descriptors	they take the descriptors of their process
 *
 * What a sign is worth depends on whether an answer may be due; and a program
 * that has closed such sockets after such stays before is not accused at all.
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

static bool grows(const struct tcpdiag_cw_group *g)
{
	return g->growth_known && g->growth > 0 && g->growth_us >= SURE_US;
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

/*
 * At the present growth no descriptor is left soon. With half of them in use
 * even a short burst counts, but work that is going on ends by itself: its
 * growth is believed when little is left.
 */
static bool is_out_soon(const struct tcpdiag_cw_group *g)
{
	if (tcpdiag_cw_full_us(g) >= SOON_US || !takes_descriptors(g))
		return false;
	if (is_pending(g))
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
	    (g->gave_up && g->oldest_us >= LONG_STAYS * limit_us))
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
	/* of an owner who is not known, it may be a proxy */
	if (is_usual(g) || has_legs(g))
		return false;
	if (g->connected)
		return has_all(signs, TCPDIAG_SIGN_NEWER |
				      TCPDIAG_SIGN_GROWTH);
	if (is_pending(g))
		return has_all(signs, TCPDIAG_SIGN_NEWER | TCPDIAG_SIGN_AGE) &&
		       (2ULL * g->gave_up > g->pending ||
			signs & TCPDIAG_SIGN_GROWTH);
	return signs & (TCPDIAG_SIGN_NEWER | TCPDIAG_SIGN_GROWTH |
			TCPDIAG_SIGN_AGE | TCPDIAG_SIGN_INHERITED);
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

	if (!g->suspects)
		return TCPDIAG_LEAK_NONE;
	if (tcpdiag_leak_waits(g))
		return is_out(g) ? TCPDIAG_LEAK_URGENT :
				   TCPDIAG_LEAK_PASSES_ON;
	if (signs & TCPDIAG_SIGN_DESCRIPTORS)
		return TCPDIAG_LEAK_URGENT;
	if (is_proven(g, signs))
		return TCPDIAG_LEAK_PROVEN;
	return is_pending(g) ? TCPDIAG_LEAK_PENDING : TCPDIAG_LEAK_UNPROVEN;
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

/* The descriptors told are those of the process that has fewest left. */
static void merge_descriptors(struct tcpdiag_cw_group *sum,
			      const struct tcpdiag_cw_group *g)
{
	if (!g->fds_known ||
	    (sum->fds_known && sum->fd_limit - min(sum->fds, sum->fd_limit) <=
			       g->fd_limit - min(g->fds, g->fd_limit)))
		return;
	sum->fds_known = true;
	sum->fds = g->fds;
	sum->fd_limit = g->fd_limit;
}

/**
 * tcpdiag_leak_merge() - add a group to another one of the same program
 * @sum: the sum; @sum->processes is 0 if it is one process so far
 * @g: a group of another process, tcpdiag_leak_same()
 *
 * Context: any.
 */
void tcpdiag_leak_merge(struct tcpdiag_cw_group *sum,
			const struct tcpdiag_cw_group *g)
{
	unsigned int i;

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
	sum->growth_known = sum->growth_known && g->growth_known;
	sum->growth += g->growth;
	sum->growth_us = min(sum->growth_us, g->growth_us);
	merge_descriptors(sum, g);
	sum->pending += g->pending;
	sum->gave_up += g->gave_up;
	if (g->newest_known &&
	    (!sum->newest_known || g->newest_us < sum->newest_us)) {
		sum->newest_known = true;
		sum->newest_us = g->newest_us;
	}
	if (g->lull_us && (!sum->lull_us || g->lull_us < sum->lull_us))
		sum->lull_us = g->lull_us;
	if (!sum->inherited)
		sum->maker = g->maker;
	sum->inherited += g->inherited;
	if (!sum->legs)
		sum->next = g->next;
	sum->legs += g->legs;
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
