// SPDX-License-Identifier: GPL-2.0
/*
 * Keeps what the watch raises and clears in the namespace's history, at the cost of
 * who causes it.
 */
#include <linux/memcontrol.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "diagnose/because.h"
#include "diagnose/history.h"
#include "diagnose/keep.h"
#include "diagnose/standing.h"
#include "diagnose/stood.h"
#include "store/net.h"

/* The process that a finding is about. */
static struct pid *pid_of(const struct tcpdiag_about *about)
{
	return about->owner.pid ? find_get_pid(about->owner.pid) : NULL;
}

/*
 * The memory cgroup of a process, with a reference, or NULL. What is kept of a
 * finding is charged to who causes it, or else to a process in the namespace.
 */
static struct mem_cgroup *memcg_of(struct pid *pid)
{
	struct mem_cgroup *memcg = NULL;
#ifdef CONFIG_MEMCG
	struct task_struct *task;

	rcu_read_lock();
	task = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;
	if (task)
		memcg = mem_cgroup_from_task(task);
	if (memcg && !css_tryget(&memcg->css))
		memcg = NULL;
	rcu_read_unlock();
#endif
	return memcg;
}

static struct mem_cgroup *payer(struct tcpdiag_watch *watch,
				const struct tcpdiag_about *about)
{
	struct pid *pid = pid_of(about);
	struct mem_cgroup *memcg = memcg_of(pid);

	put_pid(pid);
	return memcg ?: memcg_of(watch->elsewhere.pid);
}

/* The worker waits for nobody's memory. */
#define GFP	(GFP_NOWAIT | __GFP_NOWARN | __GFP_ACCOUNT)

/* The same finding, in words that name no process. */
static const char *for_nobody(const struct tcpdiag_keeper *k,
			      const struct tcpdiag_finding *f)
{
	unsigned int i;

	for (i = 0; k->nobody && i < k->nobody->n; i++)
		if (k->nobody->found[i].code == f->code &&
		    tcpdiag_about_same(&k->nobody->found[i].about, &f->about))
			return k->nobody->found[i].what;
	return "";
}

static bool is_host(const struct tcpdiag_keeper *k)
{
	return net_eq(k->tn->net, &init_net);
}

/*
 * Words at the cost of @payer, who may be at his limit. What is kept of the
 * initial namespace is bounded and the host's own affair: it is paid by the host
 * then. Another namespace has words only if somebody pays for them.
 */
static struct tcpdiag_words *words_for(const struct tcpdiag_keeper *k,
				       const struct tcpdiag_finding *f,
				       const struct mem_cgroup *payer)
{
	struct tcpdiag_words *words;

	if (!payer && !is_host(k) && IS_ENABLED(CONFIG_MEMCG))
		return NULL;
	words = tcpdiag_words_alloc(f, for_nobody(k, f), GFP);
	if (!words && is_host(k))
		words = tcpdiag_words_alloc(f, for_nobody(k, f),
					    GFP & ~__GFP_ACCOUNT);
	if (!words)
		atomic64_inc(&k->tn->alloc_failed);
	return words;
}

static struct tcpdiag_history *new_history(const struct tcpdiag_keeper *k)
{
	struct tcpdiag_history *h = tcpdiag_history_alloc(GFP);

	if (!h && is_host(k))
		h = tcpdiag_history_alloc(GFP & ~__GFP_ACCOUNT);
	if (!h)
		atomic64_inc(&k->tn->alloc_failed);
	return h;
}

static void take_words(const struct tcpdiag_keeper *k, struct tcpdiag_watched *w,
		       const struct tcpdiag_finding *f)
{
	struct tcpdiag_watch *watch = k->tn->watch;
	struct mem_cgroup *memcg = payer(watch, &f->about);
	struct mem_cgroup *before = set_active_memcg(memcg);
	struct tcpdiag_words *words = NULL;

	if (!watch->history) {
		/* pairs with tcpdiag_stood_history() */
		smp_store_release(&watch->history, new_history(k));
	}
	if (watch->history)
		words = words_for(k, f, memcg);
	set_active_memcg(before);
#ifdef CONFIG_MEMCG
	if (memcg)
		css_put(&memcg->css);
#endif
	if (watch->history)
		tcpdiag_history_take_words(watch->history, w, words);
}

/**
 * tcpdiag_keep() - keep a change in the history
 * @keeper: struct tcpdiag_keeper
 * @w: the finding as it is watched
 * @change: what has changed
 * @f: the finding; NULL if it was cleared
 *
 * Context: process, the worker's.
 */
void tcpdiag_keep(void *keeper, struct tcpdiag_watched *w,
		  const struct tcpdiag_change *change,
		  const struct tcpdiag_finding *f)
{
	const struct tcpdiag_keeper *k = keeper;
	struct tcpdiag_watch *watch = k->tn->watch;

	if (f)
		take_words(k, w, f);
	if (!watch->history)
		return;
	tcpdiag_history_add(watch->history, w, change->event, change->now);
	if (!f)
		tcpdiag_history_take_words(watch->history, w, NULL);
}
