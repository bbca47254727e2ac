// SPDX-License-Identifier: GPL-2.0
/*
 * Watches the findings of all namespaces (see standing.h). The worker judges
 * namespaces in turn: each of them once a second while they are few, and at most
 * NAMESPACES of them, or for about BUDGET_NS, in one second.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "diagnose/diagnosis.h"
#include "diagnose/elsewhere.h"
#include "diagnose/keep.h"
#include "diagnose/standing.h"
#include "diagnose/stood.h"
#include "diagnose/watch.h"
#include "store/net.h"
#include "store/reader.h"

/* What is judged in one second. */
#define NAMESPACES	64
#define BUDGET_NS	(5 * NSEC_PER_MSEC)

/*
 * The namespaces that are judged in this second.
 * @round: number of the round; a namespace is judged once in a round
 * @spent_ns: how long the judgements of this second took
 * @judged: how many there were
 * @left_over: some have to wait for the next second
 */
static struct {
	u64 round;
	u64 spent_ns;
	unsigned int judged;
	bool left_over;
} turn = { .round = 1 };

/**
 * tcpdiag_watch_begin() - a second begins: what may be judged in it
 *
 * Context: process, the worker's.
 */
void tcpdiag_watch_begin(void)
{
	turn.spent_ns = 0;
	turn.judged = 0;
	turn.left_over = false;
}

static bool is_over(void)
{
	return turn.judged == NAMESPACES || turn.spent_ns > BUDGET_NS;
}

/*
 * Who is told of changes, and when it may not be: netlink comes last at load and
 * goes first.
 */
static const struct tcpdiag_watcher *watcher;
static DEFINE_MUTEX(watcher_mutex);

/**
 * tcpdiag_watch_set_watcher() - say who is told what is raised and cleared
 * @new: who; NULL for nobody
 *
 * Context: process, may sleep. After it returns, the one before is not called.
 */
void tcpdiag_watch_set_watcher(const struct tcpdiag_watcher *new)
{
	mutex_lock(&watcher_mutex);
	watcher = new;
	mutex_unlock(&watcher_mutex);
}

/* Compare with the judgements before, keep what changes, and tell. */
static void compare(struct tcpdiag_net *tn,
		    const struct tcpdiag_findings *findings,
		    const struct tcpdiag_findings *nobody)
{
	struct tcpdiag_keeper keeper = { .tn = tn, .nobody = nobody };
	struct tcpdiag_told told = {
		.who = tn->net,
		.keep = tcpdiag_keep,
		.keeper = &keeper,
	};
	struct tcpdiag_watch *watch = tn->watch;

	mutex_lock(&watcher_mutex);
	if (watcher && watcher->listens(tn->net))
		told.tell = watcher->tell;
	tcpdiag_standing_judged(watch->s, findings, ktime_get_ns(), &told);
	mutex_unlock(&watcher_mutex);
	tcpdiag_stood_publish(watch);
	if (!net_eq(tn->net, &init_net))
		tcpdiag_elsewhere_judged(&watch->elsewhere, tn->net, watch->s);
}

static struct tcpdiag_diagnosis *diagnose_for(struct tcpdiag_net *tn,
					      bool owners)
{
	const struct tcpdiag_reader worker = {
		.tn = tn,
		.user_ns = &init_user_ns,
		.owners = owners,
		.hurried = true,
	};

	return tcpdiag_diagnose(&worker);
}

/*
 * What the worker knows of a namespace; most have never had a finding. False if
 * memory is short.
 */
static bool make_room(struct tcpdiag_net *tn, bool findings)
{
	struct tcpdiag_watch *watch = tn->watch;

	if (!watch) {
		watch = kzalloc(sizeof(*watch), TCPDIAG_GFP);
		if (!watch)
			return false;
		spin_lock_init(&watch->lock);
		INIT_LIST_HEAD(&watch->elsewhere.link);
		/* pairs with tcpdiag_stood() */
		smp_store_release(&tn->watch, watch);
	}
	if (!findings || watch->s)
		return true;
	watch->since = kcalloc(TCPDIAG_FINDINGS_MAX, sizeof(*watch->since),
			       TCPDIAG_GFP);
	watch->s = kvzalloc(sizeof(*watch->s), TCPDIAG_GFP);
	if (watch->s && watch->since)
		return true;
	kvfree(watch->s);
	watch->s = NULL;
	kfree(watch->since);
	watch->since = NULL;
	return false;
}

static void judge(struct tcpdiag_net *tn)
{
	struct tcpdiag_diagnosis *d = diagnose_for(tn, true), *nobody = NULL;

	if (!d || !make_room(tn, d->findings.n)) {
		atomic64_inc(&tn->alloc_failed);
		goto put;
	}
	if (tn->watch->s) {
		if (tcpdiag_standing_is_news(tn->watch->s, &d->findings))
			nobody = diagnose_for(tn, false);
		compare(tn, &d->findings, nobody ? &nobody->findings : NULL);
	}
	WRITE_ONCE(tn->watch->judged_ns, ktime_get_ns());
put:
	if (nobody)
		tcpdiag_diagnosis_put(nobody);
	if (d)
		tcpdiag_diagnosis_put(d);
}

/**
 * tcpdiag_watch_tick() - once a second: judge a namespace if it is its turn
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_watch_tick(struct tcpdiag_net *tn)
{
	unsigned int place = 0;
	u64 began;

	if (tn->watch_round == turn.round || !tcpdiag_shard_from(tn, &place))
		return;
	if (is_over()) {
		turn.left_over = true;
		return;
	}
	tn->watch_round = turn.round;
	turn.judged++;
	began = ktime_get_ns();
	judge(tn);
	turn.spent_ns += ktime_get_ns() - began;
}

static struct tcpdiag_elsewhere *elsewhere_of(const struct net *net)
{
	struct tcpdiag_net *tn = tcpdiag_net(net);
	struct tcpdiag_watch *watch = tn ? tcpdiag_stood(tn) : NULL;

	return watch ? &watch->elsewhere : NULL;
}

/**
 * tcpdiag_watch_end() - all namespaces were asked: the round may be over
 *
 * Context: process, the worker's.
 */
void tcpdiag_watch_end(void)
{
	tcpdiag_elsewhere_search(elsewhere_of);
	if (!turn.left_over)
		turn.round++;
}

/**
 * tcpdiag_watch_read() - what is known of a namespace's judgements
 * @tn: the namespace
 * @judged_us: set to how long ago the last one was, in microseconds
 * @standing: set to how many findings are raised
 *
 * Context: process.
 * Return: false if the namespace has not been judged yet.
 */
bool tcpdiag_watch_read(const struct tcpdiag_net *tn, u64 *judged_us,
			unsigned int *standing)
{
	const struct tcpdiag_watch *watch = tcpdiag_stood(tn);
	u64 judged_ns = watch ? READ_ONCE(watch->judged_ns) : 0;

	if (!judged_ns)
		return false;
	*judged_us = div_u64(ktime_get_ns() - judged_ns, NSEC_PER_USEC);
	*standing = READ_ONCE(watch->standing);
	return true;
}
