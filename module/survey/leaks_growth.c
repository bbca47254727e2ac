// SPDX-License-Identifier: GPL-2.0
/*
 * How fast groups of sockets that stay in CLOSE_WAIT grow. While there are
 * suspects, the worker remembers every ten seconds how many sockets each group
 * has.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/tcp_states.h>

#include "store/age.h"
#include "store/net.h"
#include "survey/holders.h"
#include "survey/leaks.h"
#include "survey/leaks_growth.h"

/* Growth is measured over a minute, in steps of ten seconds. */
#define STEP_NS		(10 * (u64)NSEC_PER_SEC)
#define STEPS		7
/* Younger samples are not used. */
#define MIN_SPAN_NS	(5 * (u64)NSEC_PER_SEC)

/**
 * struct count - how many sockets a group had
 * @pid: its owner's pid in the initial pid namespace
 * @cgroup: its cgroup
 * @port: its port
 * @connected: its sockets connected
 * @sockets: how many sockets
 */
struct count {
	pid_t pid;
	u64 cgroup;
	u16 port;
	bool connected;
	u32 sockets;
};

/**
 * struct sample - the groups at one moment
 * @taken_ns: when; 0 for never
 * @cut: not all sockets were looked at
 * @groups_full: not all groups are in @counts
 * @n: entries in @counts
 * @counts: by group
 */
struct sample {
	u64 taken_ns;
	bool cut;
	bool groups_full;
	unsigned int n;
	struct count counts[TCPDIAG_CW_GROUPS];
};

/**
 * struct tcpdiag_leaks_history - the groups of the last minute
 * @samples: a ring
 * @last: index of the latest sample
 */
struct tcpdiag_leaks_history {
	struct sample samples[STEPS];
	unsigned int last;
};

/*
 * How many sockets a group had; the sum of all owners for a group without one.
 * False if the group may be missing from the sample.
 */
static bool count_then(const struct sample *sample,
		       const struct tcpdiag_leak *leak, u64 *n)
{
	pid_t pid = pid_nr(leak->pid);
	bool found = false;
	unsigned int i;

	*n = 0;
	for (i = 0; i < sample->n; i++) {
		const struct count *c = &sample->counts[i];

		if (c->port == leak->g.port &&
		    c->connected == leak->g.connected &&
		    (!pid || (c->pid == pid && c->cgroup == leak->g.cgroup))) {
			*n += c->sockets;
			found = true;
		}
	}
	return !sample->groups_full || (pid && found);
}

/* The oldest usable sample of the last minute; or NULL. */
static const struct sample *
sample_then(const struct tcpdiag_leaks_history *history, u64 now)
{
	const struct sample *oldest = NULL;
	unsigned int i;

	for (i = 0; history && i < STEPS; i++) {
		const struct sample *s = &history->samples[i];

		if (!s->taken_ns || now < s->taken_ns + MIN_SPAN_NS ||
		    now > s->taken_ns + (STEPS + 1) * STEP_NS || s->cut)
			continue;
		if (!oldest || s->taken_ns < oldest->taken_ns)
			oldest = s;
	}
	return oldest;
}

/**
 * tcpdiag_leaks_tell_growth() - set the growth of each group where it is known
 * @tn: the namespace
 * @leaks: the groups as they are now
 *
 * Context: process, may sleep.
 */
void tcpdiag_leaks_tell_growth(struct tcpdiag_net *tn,
			       struct tcpdiag_leaks *leaks)
{
	const struct sample *then;
	unsigned int i;
	u64 n;

	/* the growth would be that of the oldest sockets only */
	if (leaks->cut)
		return;
	spin_lock(&tn->lock);
	then = sample_then(tn->leaks, leaks->looked_ns);
	for (i = 0; then && i < leaks->n; i++) {
		struct tcpdiag_cw_group *g = &leaks->group[i].g;

		if (!count_then(then, &leaks->group[i], &n))
			continue;
		g->growth_us = div_u64(leaks->looked_ns - then->taken_ns,
				       NSEC_PER_USEC);
		g->grew_from = n;
		g->growth = tcpdiag_cw_growth(n, g->sockets, g->growth_us);
		g->growth_known = true;
	}
	spin_unlock(&tn->lock);
}

static bool has_suspects(struct tcpdiag_net *tn)
{
	return tcpdiag_age_longest_ns(tn, TCP_CLOSE_WAIT) >
	       (u64)READ_ONCE(tn->limits.close_wait_leak_ms) * NSEC_PER_MSEC;
}

static void take_sample(struct tcpdiag_net *tn,
			const struct tcpdiag_leaks *leaks)
{
	struct tcpdiag_leaks_history *history = tn->leaks;
	struct sample *sample;
	unsigned int i;

	lockdep_assert_held(&tn->lock);
	history->last = (history->last + 1) % STEPS;
	sample = &history->samples[history->last];
	sample->taken_ns = leaks->looked_ns;
	sample->cut = leaks->cut;
	sample->groups_full = leaks->full;
	sample->n = leaks->n;
	for (i = 0; i < leaks->n; i++) {
		const struct tcpdiag_leak *leak = &leaks->group[i];
		struct count *c = &sample->counts[i];

		c->pid = pid_nr(leak->pid);
		c->cgroup = leak->g.cgroup;
		c->port = leak->g.port;
		c->connected = leak->g.connected;
		c->sockets = leak->g.sockets;
	}
}

/* False if memory is short. */
static bool make_history(struct tcpdiag_net *tn)
{
	struct tcpdiag_leaks_history *history = tn->leaks;

	if (history)
		return true;
	history = kvzalloc(sizeof(*history), TCPDIAG_GFP);
	/* readers look at it with the lock held */
	spin_lock(&tn->lock);
	tn->leaks = history;
	spin_unlock(&tn->lock);
	return history;
}

static void remember(struct tcpdiag_net *tn,
		     const struct tcpdiag_holders *holders)
{
	struct tcpdiag_leaks *leaks = tcpdiag_leaks_look(tn, holders);

	if (!leaks) {
		atomic64_inc(&tn->alloc_failed);
		return;
	}
	if (make_history(tn)) {
		spin_lock(&tn->lock);
		take_sample(tn, leaks);
		spin_unlock(&tn->lock);
	} else {
		atomic64_inc(&tn->alloc_failed);
	}
	tcpdiag_leaks_put(leaks);
}

/**
 * tcpdiag_leaks_tick() - every ten seconds: remember how many sockets leaked
 * @tn: the namespace
 *
 * Without suspects it costs almost nothing. While the holders of sockets are
 * being looked up, the sample waits.
 *
 * Context: process, the worker's, once a second.
 */
void tcpdiag_leaks_tick(struct tcpdiag_net *tn)
{
	struct tcpdiag_leaks_history *history = READ_ONCE(tn->leaks);
	struct tcpdiag_holders *holders;
	u64 now = ktime_get_ns();

	/* only the worker writes the history */
	if (history &&
	    now < history->samples[history->last].taken_ns + STEP_NS)
		return;
	if (has_suspects(tn)) {
		holders = tcpdiag_holders_recent();
		if (holders)
			remember(tn, holders);
		tcpdiag_holders_put(holders);
	} else if (history) {
		tcpdiag_leaks_forget(tn);
	}
}

/**
 * tcpdiag_leaks_forget() - drop the samples of a namespace
 * @tn: the namespace
 *
 * Context: process, the worker's, or when it has ended.
 */
void tcpdiag_leaks_forget(struct tcpdiag_net *tn)
{
	struct tcpdiag_leaks_history *history = NULL;

	spin_lock(&tn->lock);
	swap(history, tn->leaks);
	spin_unlock(&tn->lock);
	kvfree(history);
}
