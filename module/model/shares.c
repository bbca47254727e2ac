// SPDX-License-Identifier: GPL-2.0
/*
 * How users share max_records: who gets a record, and whose is taken.
 *
 * A user's share is the cap divided by the users that have records. A user may
 * have more, he borrows, as long as there is room. Once network namespaces
 * belong to more than one user, the last 1/RESERVE of the cap is only for users
 * below their share. When half of that reserve is used, records are taken from
 * TIME_WAITs of whoever has borrowed the most, until the reserve is whole again.
 */
#include <linux/minmax.h>
#include <linux/user_namespace.h>

#include "model/shares.h"

/* This part of the cap is kept for users below their share. */
#define RESERVE	16

static unsigned long reserve(const struct tcpdiag_shares *s)
{
	return s->shared ? s->cap / RESERVE : 0;
}

/**
 * tcpdiag_shares_payer() - the user that a network namespace belongs to
 * @ucounts: what the kernel charges for it, net->ucounts; NULL for the initial
 *	one
 *
 * It is the user that the kernel charges in the initial user namespace: who
 * made the network namespace, or the outermost of the user namespaces that it is
 * in. So a user with many uids in user namespaces of his own is one user.
 *
 * Context: any; the network namespace is alive.
 * Return: the user.
 */
kuid_t tcpdiag_shares_payer(const struct ucounts *ucounts)
{
	if (!ucounts)
		return GLOBAL_ROOT_UID;
	while (ucounts->ns->ucounts)
		ucounts = ucounts->ns->ucounts;
	return ucounts->uid;
}

/**
 * tcpdiag_shares_limit() - up to how many records anybody gets another
 * @s: the records of the machine
 *
 * Context: any.
 * Return: records; the rest of the cap is the reserve.
 */
unsigned long tcpdiag_shares_limit(const struct tcpdiag_shares *s)
{
	return s->cap - reserve(s);
}

/**
 * tcpdiag_shares_share() - how many records of a user nobody takes
 * @s: the records of the machine
 * @mine: how many he has
 *
 * A user who has none yet is counted, for he is about to get one.
 *
 * Context: any.
 * Return: records, at least 1.
 */
unsigned long tcpdiag_shares_share(const struct tcpdiag_shares *s,
				   unsigned long mine)
{
	unsigned long users = max(s->users + !mine, 1U);

	return max(min(s->cap / users, tcpdiag_shares_limit(s)), 1UL);
}

/**
 * tcpdiag_shares_admits() - whether a user gets another record
 * @s: the records of the machine
 * @mine: how many he has
 *
 * Context: any.
 * Return: true if he does.
 */
bool tcpdiag_shares_admits(const struct tcpdiag_shares *s, unsigned long mine)
{
	if (s->records < tcpdiag_shares_limit(s))
		return true;
	return s->records < s->cap && mine < tcpdiag_shares_share(s, mine);
}

/**
 * tcpdiag_shares_is_low() - whether it is time to fill the reserve again
 * @s: the records of the machine
 *
 * Context: any.
 * Return: true if half of the reserve is used.
 */
bool tcpdiag_shares_is_low(const struct tcpdiag_shares *s)
{
	return s->shared && s->records >= s->cap - reserve(s) / 2;
}

/**
 * tcpdiag_shares_wanted() - how many records the reserve lacks
 * @s: the records of the machine
 *
 * Context: any.
 * Return: records.
 */
unsigned long tcpdiag_shares_wanted(const struct tcpdiag_shares *s)
{
	unsigned long limit = tcpdiag_shares_limit(s);

	return s->shared && s->records > limit ? s->records - limit : 0;
}

/**
 * tcpdiag_shares_borrowed() - how many records may be taken from a user
 * @s: the records of the machine
 * @mine: how many he has
 *
 * Context: any.
 * Return: what he has beyond his share.
 */
unsigned long tcpdiag_shares_borrowed(const struct tcpdiag_shares *s,
				      unsigned long mine)
{
	unsigned long share = tcpdiag_shares_share(s, mine);

	return mine > share ? mine - share : 0;
}
