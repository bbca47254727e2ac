// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts about sockets that stay in CLOSE_WAIT: the groups, their
 * growth and their owners. Without a suspect no socket is looked at.
 */
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "diagnose/facts_close_wait.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/leaks.h"
#include "survey/leaks_growth.h"

/* A parent and its children of the same name share sockets on purpose. */
static void read_maker(struct tcpdiag_leak *leak)
{
	struct tcpdiag_cw_group *g = &leak->g;

	if (*leak->maker_comm)
		tcpdiag_owner_read(&g->maker, leak->maker, leak->maker_comm,
				   NULL);
	else
		tcpdiag_owner_read(&g->maker, NULL, "", leak->maker);
	if (!strcmp(g->maker.comm, g->owner.comm))
		g->inherited = 0;
	if (leak->makers)
		memset(&g->maker, 0, sizeof(g->maker));
}

static void read_owner(struct tcpdiag_leak *leak)
{
	struct tcpdiag_cw_group *g = &leak->g;

	if (*leak->comm)
		tcpdiag_owner_read(&g->owner, leak->pid, leak->comm, NULL);
	else
		tcpdiag_owner_read(&g->owner, NULL, "", leak->pid);
	if (g->inherited)
		read_maker(leak);
	if (leak->next)
		tcpdiag_owner_read(&g->next.owner, NULL, "", leak->next);
	if (g->owner.pid)
		g->fds_known = tcpdiag_owner_descriptors(leak->pid, &g->fds,
							 &g->fd_limit);
}

/* False if memory is short. */
static bool read_groups(const struct tcpdiag_reader *reader,
			struct tcpdiag_close_wait *cw)
{
	struct tcpdiag_holders *holders = NULL;
	struct tcpdiag_leaks *leaks;
	unsigned int i;

	if (reader->owners && !tcpdiag_holders_need(&holders, reader))
		return false;
	leaks = tcpdiag_leaks_look(reader->tn, holders);
	tcpdiag_holders_put(holders);
	if (!leaks)
		return false;
	tcpdiag_leaks_tell_growth(reader->tn, leaks);
	cw->n = leaks->n;
	cw->cut = leaks->cut;
	for (i = 0; i < cw->n; i++) {
		if (reader->owners)
			read_owner(&leaks->group[i]);
		cw->groups[i] = leaks->group[i].g;
	}
	tcpdiag_leaks_put(leaks);
	return true;
}

/**
 * tcpdiag_facts_close_wait() - gather the facts about CLOSE_WAIT
 * @reader: the reader
 * @oldest_us: the longest stay in CLOSE_WAIT
 * @now: how many sockets are in CLOSE_WAIT
 * @cw: the result; all 0 before
 *
 * Context: process, the reader's; may sleep. Cost: if there is a suspect, grows
 * with sockets in CLOSE_WAIT and, for owners, with open files.
 * Return: false if memory is short.
 */
bool tcpdiag_facts_close_wait(const struct tcpdiag_reader *reader,
			      u64 oldest_us, u64 now,
			      struct tcpdiag_close_wait *cw)
{
	u64 limit_us = (u64)READ_ONCE(reader->tn->limits.close_wait_leak_ms) *
		       USEC_PER_MSEC;
	u64 counted = 0;
	unsigned int i;

	if (oldest_us > limit_us && !read_groups(reader, cw))
		return false;
	for (i = 0; i < cw->n; i++) {
		cw->suspects += cw->groups[i].suspects;
		counted += cw->groups[i].sockets;
	}
	cw->other = now - min(now, counted);
	return true;
}
