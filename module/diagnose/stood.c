// SPDX-License-Identifier: GPL-2.0
/*
 * What the watch knows of a namespace, as readers are told it.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "diagnose/because.h"
#include "diagnose/history.h"
#include "diagnose/standing.h"
#include "diagnose/stood.h"
#include "store/net.h"
#include "store/reader.h"

/**
 * tcpdiag_stood() - what the watch knows of a namespace
 * @tn: the namespace
 *
 * Context: any.
 * Return: what it knows; NULL if the namespace was never judged.
 */
struct tcpdiag_watch *tcpdiag_stood(const struct tcpdiag_net *tn)
{
	/* pairs with make_room() in watch.c */
	return smp_load_acquire(&tn->watch);
}

/**
 * tcpdiag_stood_publish() - tell readers since when findings stand
 * @watch: what the worker knows of the namespace
 *
 * Context: process, the worker's.
 */
void tcpdiag_stood_publish(struct tcpdiag_watch *watch)
{
	const struct tcpdiag_standing *s = watch->s;
	unsigned int i;

	WRITE_ONCE(watch->standing, s->standing);
	spin_lock(&watch->lock);
	watch->n = 0;
	for (i = 0; i < s->n && watch->n < TCPDIAG_FINDINGS_MAX; i++) {
		const struct tcpdiag_watched *w = &s->w[i];

		if (w->raised)
			watch->since[watch->n++] = (struct tcpdiag_since) {
				.code = w->code,
				.about = w->about,
				.since_ns = w->since_ns,
			};
	}
	spin_unlock(&watch->lock);
}

/**
 * tcpdiag_stood_tell_since() - say since when findings stand
 * @tn: the namespace
 * @findings: what a reader is told; those that stand get their @since_us
 *
 * Context: process.
 */
void tcpdiag_stood_tell_since(const struct tcpdiag_net *tn,
			      struct tcpdiag_findings *findings)
{
	struct tcpdiag_watch *watch = tcpdiag_stood(tn);
	u64 now = ktime_get_ns();
	unsigned int i, k;

	if (!watch || !findings->n)
		return;
	spin_lock(&watch->lock);
	for (i = 0; i < findings->n; i++) {
		struct tcpdiag_finding *f = &findings->found[i];

		for (k = 0; k < watch->n && !f->since_us; k++)
			if (watch->since[k].code == f->code &&
			    tcpdiag_about_same(&watch->since[k].about,
					       &f->about))
				f->since_us = div_u64(now -
						      watch->since[k].since_ns,
						      NSEC_PER_USEC);
	}
	spin_unlock(&watch->lock);
}

/**
 * tcpdiag_stood_history() - what was raised and cleared in a namespace
 * @tn: the namespace
 *
 * Context: process.
 * Return: the history, which lives as long as the namespace; NULL if nothing was.
 */
struct tcpdiag_history *tcpdiag_stood_history(const struct tcpdiag_net *tn)
{
	struct tcpdiag_watch *watch = tcpdiag_stood(tn);

	/* pairs with take_words() in keep.c */
	return watch ? smp_load_acquire(&watch->history) : NULL;
}

/**
 * tcpdiag_stood_names() - whether a reader may read the names of the history
 * @reader: the reader
 *
 * They are those of the host's processes, which a container must not learn.
 *
 * Context: process, the reader's.
 * Return: true if it may.
 */
bool tcpdiag_stood_names(const struct tcpdiag_reader *reader)
{
	return reader->owners && task_active_pid_ns(current) == &init_pid_ns;
}

/**
 * tcpdiag_stood_release() - free what a namespace keeps
 * @tn: the namespace, without readers and worker
 *
 * Context: process.
 */
void tcpdiag_stood_release(struct tcpdiag_net *tn)
{
	struct tcpdiag_watch *watch = tn->watch;
	unsigned int i;

	if (!watch)
		return;
	tcpdiag_elsewhere_forget(&watch->elsewhere);
	for (i = 0; watch->s && watch->history && i < watch->s->n; i++)
		tcpdiag_history_take_words(watch->history, &watch->s->w[i],
					   NULL);
	tcpdiag_history_free(watch->history);
	kvfree(watch->s);
	kfree(watch->since);
	kfree(watch);
	tn->watch = NULL;
}
