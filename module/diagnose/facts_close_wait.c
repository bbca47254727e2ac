// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers what findings judge of sockets that stay in CLOSE_WAIT: the groups,
 * their growth and their owners. Without a suspect nothing is looked at.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "diagnose/facts_close_wait.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/reader.h"
#include "survey/leaks.h"
#include "survey/leaks_growth.h"

static void read_owner(struct tcpdiag_leak *leak)
{
	struct tcpdiag_cw_group *g = &leak->g;

	if (!leak->pid)
		return;
	if (*leak->comm)
		tcpdiag_owner_read(&g->owner, leak->pid, leak->comm, NULL);
	else
		tcpdiag_owner_read(&g->owner, NULL, "", leak->pid);
	if (g->owner.pid)
		g->fds_known = tcpdiag_owner_descriptors(leak->pid, &g->fds,
							 &g->fd_limit);
}

/* False if there is no memory. */
static bool read_groups(const struct tcpdiag_reader *reader,
			struct tcpdiag_close_wait *cw)
{
	struct tcpdiag_leaks *leaks;
	unsigned int i;

	leaks = tcpdiag_leaks_look(reader->tn, reader->owners);
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
 * tcpdiag_facts_close_wait() - gather them
 * @reader: the reader
 * @oldest_us: the longest stay in CLOSE_WAIT
 * @now: how many sockets are in CLOSE_WAIT
 * @cw: where to; all 0
 *
 * Context: process, the reader's; may sleep. Cost: by sockets in CLOSE_WAIT and,
 * if there is a suspect and owners are asked for, by open files.
 * Return: false if there is no memory.
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
