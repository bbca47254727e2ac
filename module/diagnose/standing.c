// SPDX-License-Identifier: GPL-2.0
/*
 * Compares each judgement of a namespace with those before (see standing.h).
 * Pure functions.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "diagnose/standing.h"

static bool is_same(const struct tcpdiag_watched *w,
		    const struct tcpdiag_finding *f)
{
	return w->code == f->code && w->about.cgroup == f->about.cgroup &&
	       !strcmp(w->subject, f->subject);
}

/* Its index; @s->n if it is not watched. */
static unsigned int find(const struct tcpdiag_standing *s,
			 const struct tcpdiag_finding *f)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (is_same(&s->w[i], f))
			break;
	return i;
}

/* If there is no room, the finding is not watched. */
static struct tcpdiag_watched *add(struct tcpdiag_standing *s,
				   const struct tcpdiag_finding *f, u64 now)
{
	struct tcpdiag_watched *w;

	if (s->n == TCPDIAG_STANDING_MAX)
		return NULL;
	w = &s->w[s->n++];
	memset(w, 0, sizeof(*w));
	w->code = f->code;
	strscpy(w->subject, f->subject, sizeof(w->subject));
	w->about = f->about;
	w->missed = 1;
	w->since_ns = now;
	return w;
}

/* This judgement has not found it, unless it has set @missed to 0. */
static bool goes_on(const struct tcpdiag_watched *w)
{
	return !w->missed || (w->raised && w->missed < TCPDIAG_STANDING_CLEAR);
}

/* Whether one more change may be told. */
static bool may_tell(struct tcpdiag_standing *s, u64 now)
{
	if (now - s->events_ns >= TCPDIAG_STANDING_EVENTS_NS) {
		s->events_ns = now;
		s->events = 0;
	}
	if (s->events == TCPDIAG_STANDING_EVENTS)
		return false;
	s->events++;
	return true;
}

static void tell(struct tcpdiag_standing *s, const struct tcpdiag_told *told,
		 struct tcpdiag_watched *w, const char *event,
		 const struct tcpdiag_finding *f, u64 now)
{
	const struct tcpdiag_change change = {
		.event = event,
		.watched = w,
		.what = f ? f->what : NULL,
		.now = now,
		.lost = s->lost,
	};

	if (told && told->keep)
		told->keep(told->keeper, w, &change, f);
	if (!told || !told->tell)
		return;
	if (may_tell(s, now) && told->tell(told->who, &change))
		s->lost = 0;
	else
		s->lost++;
}

/* A judgement finds @w again, or for the first time. */
static void found(struct tcpdiag_standing *s, struct tcpdiag_watched *w,
		  const struct tcpdiag_finding *f, u64 now,
		  const struct tcpdiag_told *told)
{
	bool changed = w->raised && w->severity != f->severity;
	bool was_raised = w->raised;

	w->missed = 0;
	w->about = f->about;
	w->severity = f->severity;
	w->worst = max(w->worst, f->severity);
	w->seen = min(w->seen + 1, TCPDIAG_STANDING_RAISE);
	w->raised |= w->seen == TCPDIAG_STANDING_RAISE;
	if (w->raised && !was_raised)
		tell(s, told, w, "raised", f, now);
	else if (changed)
		tell(s, told, w, "changed", f, now);
}

/* Keep what goes on, and count what stands. */
static unsigned int sweep(struct tcpdiag_standing *s, u64 now,
			  const struct tcpdiag_told *told)
{
	unsigned int i, n = 0, standing = 0;

	for (i = 0; i < s->n; i++) {
		struct tcpdiag_watched *w = &s->w[i];

		if (goes_on(w)) {
			standing += w->raised;
			s->w[n++] = *w;
		} else if (w->raised) {
			tell(s, told, w, "cleared", NULL, now);
		}
	}
	s->n = n;
	return standing;
}

/* Whether a worse one of the same judgement is the same finding. */
static bool is_again(const struct tcpdiag_findings *findings, unsigned int i)
{
	const struct tcpdiag_finding *f = &findings->found[i], *g;

	while (i--) {
		g = &findings->found[i];
		if (g->code == f->code && g->about.cgroup == f->about.cgroup &&
		    !strcmp(g->subject, f->subject))
			return true;
	}
	return false;
}

/**
 * tcpdiag_standing_is_news() - whether a judgement will raise or change a finding
 * @s: what is watched
 * @findings: what the judgement found
 *
 * Context: any.
 * Return: true if it may.
 */
bool tcpdiag_standing_is_news(const struct tcpdiag_standing *s,
			      const struct tcpdiag_findings *findings)
{
	unsigned int i, at;

	for (i = 0; i < findings->n; i++) {
		const struct tcpdiag_finding *f = &findings->found[i];

		at = find(s, f);
		if (at < s->n && !is_again(findings, i) &&
		    (!s->w[at].raised || s->w[at].severity != f->severity))
			return true;
	}
	return false;
}

/**
 * tcpdiag_standing_judged() - compare a judgement with those before
 * @s: what is watched; updated
 * @findings: what the judgement found
 * @now: when, ktime_get_ns()
 * @told: who is told of what was raised, changed or cleared; NULL for nobody
 *
 * Context: any that @told can be called in; one judgement of a namespace at a
 * time.
 */
void tcpdiag_standing_judged(struct tcpdiag_standing *s,
			     const struct tcpdiag_findings *findings, u64 now,
			     const struct tcpdiag_told *told)
{
	struct tcpdiag_watched *w;
	unsigned int i, at;

	for (i = 0; i < s->n; i++)
		s->w[i].missed++;
	for (i = 0; i < findings->n; i++) {
		const struct tcpdiag_finding *f = &findings->found[i];

		at = find(s, f);
		w = at < s->n ? &s->w[at] : add(s, f, now);
		/* unless no room, or the same as one before, which is worse */
		if (w && w->missed)
			found(s, w, f, now, told);
	}
	WRITE_ONCE(s->standing, sweep(s, now, told));
	WRITE_ONCE(s->judged_ns, now);
}
