/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the watch has raised and cleared in a namespace: the last changes, each
 * with its time and its sentence, for as long as the namespace lives.
 */
#ifndef TCPDIAG_DIAGNOSE_HISTORY_H
#define TCPDIAG_DIAGNOSE_HISTORY_H

#include <linux/spinlock.h>
#include <linux/time64.h>
#include <linux/types.h>

#include "diagnose/finding.h"

struct tcpdiag_change;
struct tcpdiag_history;
struct tcpdiag_watched;

/* Changes that are kept of a namespace. */
#define TCPDIAG_HISTORY		256
/* Findings of the past that are told apart when what has ended is looked for. */
#define TCPDIAG_ENDED_MAX	32
/* What has ended is on the page for so long. */
#define TCPDIAG_ENDED_NS	(3600 * NSEC_PER_SEC)

/**
 * struct tcpdiag_words - whom and what a finding that was raised is about
 * @users: entries of the history, and the watched finding, that point here
 * @about: whom and what
 * @nobody: where in @text the sentence begins that names no process
 * @text: the sentence as the host's administrator reads it, then the other one
 */
struct tcpdiag_words {
	unsigned int users;
	struct tcpdiag_about about;
	unsigned int nobody;
	char text[];
};

/**
 * struct tcpdiag_past - a change as a reader may see it
 * @n: its number, from 0 on
 * @time_us: when it was, in microseconds since 1970
 * @ago_us: how long ago
 * @stood_us: how long the finding has stood until then
 * @event: raised, changed or cleared
 * @code: code of the finding
 * @severity: its severity; if it was cleared, the worst it had
 * @about: whom it is about; the port of a listener, or the peer
 * @what: its sentence; empty if memory was short
 */
struct tcpdiag_past {
	u64 n;
	u64 time_us;
	u64 ago_us;
	u64 stood_us;
	const char *event;
	const char *code;
	enum tcpdiag_severity severity;
	struct tcpdiag_about about;
	char what[sizeof_field(struct tcpdiag_finding, what)];
};

struct tcpdiag_history *tcpdiag_history_alloc(gfp_t gfp);
void tcpdiag_history_free(struct tcpdiag_history *h);
struct tcpdiag_words *tcpdiag_words_alloc(const struct tcpdiag_finding *f,
					  const char *nobody, gfp_t gfp);
void tcpdiag_history_take_words(struct tcpdiag_history *h,
				struct tcpdiag_watched *w,
				struct tcpdiag_words *words);
void tcpdiag_history_add(struct tcpdiag_history *h, struct tcpdiag_watched *w,
			 const char *event, u64 now);
u64 tcpdiag_history_next(struct tcpdiag_history *h);
bool tcpdiag_history_get(struct tcpdiag_history *h, u64 *n, bool names,
			 struct tcpdiag_past *past);
unsigned int
tcpdiag_history_ended(struct tcpdiag_history *h, bool names,
		      const struct tcpdiag_findings *present,
		      struct tcpdiag_past *past,
		      void (*show)(void *arg, const struct tcpdiag_past *past),
		      void *arg, unsigned int max);

#endif /* TCPDIAG_DIAGNOSE_HISTORY_H */
