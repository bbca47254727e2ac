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
	return w->code == f->code && !strcmp(w->subject, f->subject);
}

static struct tcpdiag_watched *find(struct tcpdiag_standing *s,
				    const struct tcpdiag_finding *f)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (is_same(&s->w[i], f))
			return &s->w[i];
	return NULL;
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
	w->missed = 1;
	w->since_ns = now;
	return w;
}

/* This judgement has not found it, unless it has set @missed to 0. */
static bool goes_on(const struct tcpdiag_watched *w)
{
	return !w->missed || (w->raised && w->missed < TCPDIAG_STANDING_CLEAR);
}

/**
 * tcpdiag_standing_judged() - compare a judgement with those before
 * @s: what is watched; updated
 * @findings: what the judgement found
 * @now: when, ktime_get_ns()
 *
 * Context: any; one judgement of a namespace at a time.
 */
void tcpdiag_standing_judged(struct tcpdiag_standing *s,
			     const struct tcpdiag_findings *findings, u64 now)
{
	unsigned int i, n = 0, standing = 0;
	struct tcpdiag_watched *w;

	for (i = 0; i < s->n; i++)
		s->w[i].missed++;
	for (i = 0; i < findings->n; i++) {
		const struct tcpdiag_finding *f = &findings->found[i];

		w = find(s, f) ?: add(s, f, now);
		/* no room, or the same as one before, which is worse */
		if (!w || !w->missed)
			continue;
		w->missed = 0;
		w->severity = f->severity;
		w->seen = min(w->seen + 1, TCPDIAG_STANDING_RAISE);
		w->raised |= w->seen == TCPDIAG_STANDING_RAISE;
	}
	for (i = 0; i < s->n; i++) {
		w = &s->w[i];
		if (!goes_on(w))
			continue;
		standing += w->raised;
		s->w[n++] = *w;
	}
	s->n = n;
	WRITE_ONCE(s->standing, standing);
	WRITE_ONCE(s->judged_ns, now);
}
